import numpy as np


class BiRNN:
    """Bidirectional vanilla RNN over a batch of sequences (T, B, D) -> (T, B, 2H).

    params: Wf, Uf, bf (left to right), Wb, Ub, bb (right to left)
    """

    def __init__(self, D, H, seed=0):
        rs = np.random.RandomState(seed)
        self.H = H
        self.p = {}
        for d in "fb":
            self.p["W" + d] = rs.randn(D, H) / np.sqrt(D)
            self.p["U" + d] = rs.randn(H, H) / np.sqrt(H)
            self.p["b" + d] = np.zeros(H)

    def _scan(self, x, d):
        h = np.zeros((x.shape[1], self.H))
        hs = []
        for xt in x:
            h = np.tanh(xt @ self.p["W" + d] + h @ self.p["U" + d] + self.p["b" + d])
            hs.append(h)
        return np.stack(hs)

    def _scan_back(self, x, hs, dhs, d):
        g = {k + d: np.zeros_like(self.p[k + d]) for k in "WUb"}
        dx = np.zeros_like(x)
        carry = np.zeros_like(hs[0])
        for t in range(len(x) - 1, -1, -1):
            da = (dhs[t] + carry) * (1 - hs[t] ** 2)
            prev = hs[t - 1] if t > 0 else np.zeros_like(hs[0])
            g["W" + d] += x[t].T @ da
            g["U" + d] += prev.T @ da
            g["b" + d] += da.sum(0)
            dx[t] = da @ self.p["W" + d].T
            carry = da @ self.p["U" + d].T
        return dx, g

    def forward(self, x):
        self.x = x
        self.hf = self._scan(x, "f")
        self.hb = self._scan(x[::-1], "b")
        return np.concatenate([self.hf, self.hb[::-1]], axis=-1)

    def backward(self, dout):
        df, db = dout[..., :self.H], dout[..., self.H:]
        dx_f, gf = self._scan_back(self.x, self.hf, df, "f")
        dx_b, gb = self._scan_back(self.x[::-1], self.hb, db, "b")
        self.g = {**gf, **gb}
        return dx_f + dx_b[::-1]


if __name__ == "__main__":
    net = BiRNN(3, 4)
    y = net.forward(np.random.randn(6, 2, 3))
    print(y.shape, net.backward(y).shape)
