import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


class GRU:
    # z_t = s([h, x] Wz), r_t = s([h, x] Wr), n_t = tanh([r*h, x] Wn)
    # h_t = (1 - z) * h + z * n
    def __init__(self, input_dim, hidden_dim):
        self.D = input_dim
        self.H = hidden_dim
        n = input_dim + hidden_dim
        self.Wz = np.random.randn(n, hidden_dim) / np.sqrt(n)
        self.Wr = np.random.randn(n, hidden_dim) / np.sqrt(n)
        self.Wn = np.random.randn(n, hidden_dim) / np.sqrt(n)

    def forward(self, xs, h0):
        """xs: (T, N, D), h0: (N, H); returns all hidden states (T, N, H)."""
        self.cache = []
        h, out = h0, []
        for x in xs:
            hx = np.concatenate([h, x], axis=1)
            z = sigmoid(hx @ self.Wz)
            r = sigmoid(hx @ self.Wr)
            rhx = np.concatenate([r * h, x], axis=1)
            n = np.tanh(rhx @ self.Wn)
            self.cache.append((h, hx, z, r, rhx, n))
            h = (1 - z) * h + z * n
            out.append(h)
        return np.stack(out)

    def backward(self, dhs):
        H = self.H
        self.dWz = np.zeros_like(self.Wz)
        self.dWr = np.zeros_like(self.Wr)
        self.dWn = np.zeros_like(self.Wn)
        dxs = []
        dh_next = np.zeros_like(dhs[0])
        for t in reversed(range(len(dhs))):
            h, hx, z, r, rhx, n = self.cache[t]
            dh = dhs[t] + dh_next
            dn = dh * z * (1 - n ** 2)
            dz = dh * (n - h) * z * (1 - z)
            drhx = dn @ self.Wn.T
            dr = drhx[:, :H] * h * r * (1 - r)
            dhx = dz @ self.Wz.T + dr @ self.Wr.T
            self.dWz += hx.T @ dz
            self.dWr += hx.T @ dr
            self.dWn += rhx.T @ dn
            dh_next = dh * (1 - z) + drhx[:, :H] * r + dhx[:, self.D:]
            dxs.append(drhx[:, H:] + dhx[:, H:])
        return np.stack(dxs[::-1]), dh_next
