# 순환 신경망(RNN) 직접 구현 과제
import numpy as np


class RNN:
    def __init__(self, input_dim, hidden_dim, output_dim):
        self.Wx = np.random.randn(hidden_dim, input_dim) * 0.3
        self.Wh = np.random.randn(hidden_dim, hidden_dim) * 0.3
        self.Wy = np.random.randn(output_dim, hidden_dim) * 0.3
        self.bh = np.zeros(hidden_dim)
        self.by = np.zeros(output_dim)

    def forward(self, xs):
        """xs: (T, input_dim) -> 출력 ys: (T, output_dim)"""
        self.xs = xs
        h = np.zeros_like(self.bh)
        self.hs = [h]          # hs[0] 은 초기 상태
        ys = []
        for x in xs:
            h = np.tanh(self.Wx @ x + self.Wh @ h + self.bh)
            self.hs.append(h)
            ys.append(self.Wy @ h + self.by)
        return np.array(ys)

    def backward(self, dys):
        """dys: 출력에 대한 기울기 (T, output_dim)"""
        self.dWx, self.dWh, self.dWy = (np.zeros_like(w) for w in (self.Wx, self.Wh, self.Wy))
        self.dbh, self.dby = np.zeros_like(self.bh), np.zeros_like(self.by)
        dxs = np.zeros_like(self.xs)
        dh_next = np.zeros_like(self.bh)
        # 시간을 거꾸로 거슬러 올라간다
        for t in range(len(self.xs) - 1, -1, -1):
            h, h_prev = self.hs[t + 1], self.hs[t]
            self.dWy += np.outer(dys[t], h)
            self.dby += dys[t]
            dh = self.Wy.T @ dys[t] + dh_next
            dz = dh * (1 - h ** 2)
            self.dWx += np.outer(dz, self.xs[t])
            self.dWh += np.outer(dz, h)
            self.dbh += dz
            dxs[t] = self.Wx.T @ dz
            dh_next = self.Wh.T @ dz
        return dxs

    def update(self, lr=0.01):
        for name in ('Wx', 'Wh', 'Wy', 'bh', 'by'):
            w = getattr(self, name)
            w -= lr * np.clip(getattr(self, 'd' + name), -1, 1)


if __name__ == '__main__':
    t = np.linspace(0, 6, 30)
    xs, target = np.sin(t)[:, None], np.sin(t + 0.2)[:, None]
    rnn = RNN(1, 8, 1)
    for epoch in range(200):
        ys = rnn.forward(xs)
        rnn.backward(2 * (ys - target) / len(xs))
        rnn.update()
    print('손실:', np.mean((ys - target) ** 2))
