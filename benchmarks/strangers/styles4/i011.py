# RBFネットワーク（卒研の予備実験）
# y = Σ_j w_j exp(-||x - c_j||^2 / (2 σ_j^2)) + b
import numpy as np


class RBFNet():

    def __init__(self, 入力次元=2, 中間数=5, seed=1):
        乱数 = np.random.RandomState(seed)
        self.c = 乱数.uniform(-1, 1, (中間数, 入力次元))
        self.log_sigma = np.zeros(中間数)
        self.w = 乱数.randn(中間数)
        self.b = 0.0

    def 順伝播(self, X):
        self.X = X
        self.差 = X[:, None, :] - self.c[None, :, :]
        self.距離2 = np.sum(self.差 ** 2, axis=2)
        self.phi = np.exp(-0.5 * self.距離2 * np.exp(-2 * self.log_sigma))
        return self.phi @ self.w + self.b

    def 損失(self, X, t):
        return 0.5 * np.mean((self.順伝播(X) - t) ** 2)

    def 勾配(self, X, t):
        y = self.順伝播(X)
        e = (y - t) / len(t)
        dw = self.phi.T @ e
        db = np.sum(e)
        g = e[:, None] * self.w * self.phi              # (N, M)
        inv2 = np.exp(-2 * self.log_sigma)
        dc = np.einsum('nm,nmd->md', g, self.差) * inv2[:, None]
        dlog_sigma = np.sum(g * self.距離2, axis=0) * inv2
        return {'c': dc, 'log_sigma': dlog_sigma, 'w': dw, 'b': db}

    def 学習(self, X, t, 学習率=0.3, 回数=500):
        for i in range(回数):
            for 名, 値 in self.勾配(X, t).items():
                setattr(self, 名, getattr(self, 名) - 学習率 * 値)


if __name__ == '__main__':
    X = np.random.uniform(-1, 1, (100, 2))
    t = np.sin(3 * X[:, 0]) * X[:, 1]
    net = RBFNet(2, 12)
    print('学習前', net.損失(X, t))
    net.学習(X, t)
    print('学習後', net.損失(X, t))
