import numpy as np

# GRU 셀 직접 구현하기 (스터디 5주차)


class GRUCell:
    def __init__(self, n_in, n_hidden, seed=None):
        rng = np.random.RandomState(seed)
        s = 1.0 / np.sqrt(n_hidden)
        self.W = rng.uniform(-s, s, (n_in, 3 * n_hidden))      # x 쪽:  [z | r | n]
        self.U = rng.uniform(-s, s, (n_hidden, 3 * n_hidden))  # h 쪽
        self.b = np.zeros(3 * n_hidden)
        self.n_hidden = n_hidden

    @staticmethod
    def _sig(a):
        return 1 / (1 + np.exp(-a))

    def forward(self, x, h):
        """x: (배치, n_in), h: (배치, n_hidden)"""
        H = self.n_hidden
        xw = x @ self.W + self.b
        z = self._sig(xw[:, :H] + h @ self.U[:, :H])
        r = self._sig(xw[:, H:2 * H] + h @ self.U[:, H:2 * H])
        n = np.tanh(xw[:, 2 * H:] + (r * h) @ self.U[:, 2 * H:])
        h_new = (1 - z) * n + z * h
        self.cache = x, h, z, r, n
        return h_new

    def backward(self, dh_new):
        H = self.n_hidden
        x, h, z, r, n = self.cache
        Uz, Ur, Un = self.U[:, :H], self.U[:, H:2 * H], self.U[:, 2 * H:]

        dn = dh_new * (1 - z) * (1 - n * n)
        dz = dh_new * (h - n) * z * (1 - z)
        drh = dn @ Un.T
        dr = drh * h * r * (1 - r)

        dh = dh_new * z
        dh = dh + drh * r
        dh = dh + dz @ Uz.T + dr @ Ur.T

        da = np.concatenate([dz, dr, dn], axis=1)
        self.dW = x.T @ da
        self.db = da.sum(0)
        self.dU = np.concatenate([h.T @ dz, h.T @ dr, h.T @ dn], axis=1)
        dx = da @ self.W.T
        return dx, dh


if __name__ == '__main__':
    cell = GRUCell(4, 5, seed=0)
    x = np.random.randn(2, 4)
    h = np.random.randn(2, 5)
    print(cell.forward(x, h))
    dx, dh = cell.backward(np.ones((2, 5)))
    print(dx.shape, dh.shape)
