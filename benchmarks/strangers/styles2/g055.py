import numpy as np


class SimpleRNN:
    def __init__(self, D, H):
        self.Wx = np.random.randn(D, H) / np.sqrt(D)
        self.Wh = np.random.randn(H, H) / np.sqrt(H)
        self.b = np.zeros(H)

    def forward(self, xs, h0):
        # xs (N,T,D) -> hs (N,T,H)
        N, T, D = xs.shape
        self.xs, self.h0 = xs, h0
        self.hs = np.empty((N, T, len(self.b)))
        h = h0
        for t in range(T):
            h = np.tanh(xs[:, t] @ self.Wx + h @ self.Wh + self.b)
            self.hs[:, t] = h
        return self.hs

    def backward(self, dhs):
        N, T, D = self.xs.shape
        dxs = np.empty_like(self.xs)
        self.dWx, self.dWh, self.db = (np.zeros_like(p) for p in (self.Wx, self.Wh, self.b))
        dh = 0
        for t in reversed(range(T)):
            dt = (dhs[:, t] + dh) * (1 - self.hs[:, t] ** 2)
            h_prev = self.hs[:, t - 1] if t > 0 else self.h0
            self.dWx += self.xs[:, t].T @ dt
            self.dWh += h_prev.T @ dt
            self.db += dt.sum(axis=0)
            dxs[:, t] = dt @ self.Wx.T
            dh = dt @ self.Wh
        return dxs, dh
