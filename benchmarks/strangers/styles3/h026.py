import numpy as np


class GRU:
    """Gated recurrent unit over a full sequence, x is (T, D), hidden size H.

    z = s(x Wz + h Uz + bz)        update gate
    r = s(x Wr + h Ur + br)        reset gate
    n = tanh(x Wn + (r*h) Un + bn) candidate
    h' = (1-z) * n + z * h
    """

    def __init__(self, D, H, rng=np.random):
        k = 1 / np.sqrt(H)
        self.D, self.H = D, H
        for g in 'zrn':
            setattr(self, 'W' + g, rng.uniform(-k, k, (D, H)))
            setattr(self, 'U' + g, rng.uniform(-k, k, (H, H)))
            setattr(self, 'b' + g, rng.uniform(-k, k, H))

    @staticmethod
    def _s(v):
        return 0.5 * (1 + np.tanh(0.5 * v))

    def forward(self, x, h0=None):
        h = np.zeros(self.H) if h0 is None else h0
        self.tape = []
        hs = []
        for xt in x:
            z = self._s(xt @ self.Wz + h @ self.Uz + self.bz)
            r = self._s(xt @ self.Wr + h @ self.Ur + self.br)
            n = np.tanh(xt @ self.Wn + (r * h) @ self.Un + self.bn)
            new = (1 - z) * n + z * h
            self.tape.append((xt, h, z, r, n))
            h = new
            hs.append(h)
        return np.stack(hs)

    def backward(self, dhs):
        self.grads = {p + g: np.zeros_like(getattr(self, p + g)) for p in 'WUb' for g in 'zrn'}
        G = self.grads
        dx = np.zeros((len(self.tape), self.D))
        carry = np.zeros(self.H)
        for t in range(len(self.tape) - 1, -1, -1):
            xt, h, z, r, n = self.tape[t]
            d = dhs[t] + carry
            dz = d * (h - n) * z * (1 - z)
            dn = d * (1 - z) * (1 - n ** 2)
            drh = self.Un @ dn
            dr = drh * h * r * (1 - r)
            for g, da, inp in (('z', dz, h), ('r', dr, h), ('n', dn, r * h)):
                G['W' + g] += np.outer(xt, da)
                G['U' + g] += np.outer(inp, da)
                G['b' + g] += da
            dx[t] = self.Wz @ dz + self.Wr @ dr + self.Wn @ dn
            carry = d * z + drh * r + self.Uz @ dz + self.Ur @ dr
        return dx, carry
