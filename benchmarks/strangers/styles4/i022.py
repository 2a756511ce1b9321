# マックスアウト層 + PReLU（論文再現メモ）
import numpy as np


class Maxout:
    def __init__(self, n_in, n_out, pieces=3):
        self.W = np.random.randn(pieces, n_in, n_out) * np.sqrt(1 / n_in)
        self.b = np.random.randn(pieces, 1, n_out) * 0.1

    def forward(self, x):
        self.x = x
        z = np.einsum('ni,kio->kno', x, self.W) + self.b
        self.idx = z.argmax(axis=0)
        return z.max(axis=0)

    def backward(self, dy):
        # 最大だったところにだけ勾配を流す
        K = self.W.shape[0]
        dz = (self.idx[None] == np.arange(K)[:, None, None]) * dy[None]
        self.dW = np.einsum('ni,kno->kio', self.x, dz)
        self.db = dz.sum(axis=1, keepdims=True)
        return np.einsum('kno,kio->ni', dz, self.W)


class PReLU:
    def __init__(self, n, init=0.25):
        self.a = np.full(n, init)

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.a * x)

    def backward(self, dy):
        neg = self.x <= 0
        self.da = np.sum(dy * self.x * neg, axis=0)
        return np.where(neg, self.a * dy, dy)


class MaxoutNet:
    def __init__(self, n_in=4, n_mid=6, n_out=2):
        self.layers = [Maxout(n_in, n_mid), PReLU(n_mid), Maxout(n_mid, n_out, 2)]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dy):
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy


if __name__ == '__main__':
    net = MaxoutNet()
    y = net.forward(np.random.randn(8, 4))
    print(net.backward(y).shape)
