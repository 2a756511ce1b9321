import numpy as np

sig = lambda x: 1/(1+np.exp(-x))


class CelulaGRU:
    """Una celda GRU. Lotes por filas: x (N, D), h (N, H)"""

    def __init__(self, D, H):
        s = 1/np.sqrt(H)
        u = lambda a, b: np.random.uniform(-s, s, (a, b))
        self.Wz, self.Uz, self.bz = u(D, H), u(H, H), np.zeros(H)
        self.Wr, self.Ur, self.br = u(D, H), u(H, H), np.zeros(H)
        self.Wc, self.Uc, self.bc = u(D, H), u(H, H), np.zeros(H)

    def forward(self, x, h):
        z = sig(x @ self.Wz + h @ self.Uz + self.bz)
        r = sig(x @ self.Wr + h @ self.Ur + self.br)
        rh = r*h
        c = np.tanh(x @ self.Wc + rh @ self.Uc + self.bc)
        h_nuevo = (1-z)*h + z*c
        self.cache = x, h, z, r, rh, c
        return h_nuevo

    def backward(self, dh_nuevo):
        x, h, z, r, rh, c = self.cache
        dc = dh_nuevo*z
        dz = dh_nuevo*(c-h)
        dh = dh_nuevo*(1-z)

        ac = dc*(1-c**2)
        drh = ac @ self.Uc.T
        dr = drh*h
        dh += drh

        az = dz*z*(1-z)
        ar = dr*r*(1-r)
        dh += az @ self.Uz.T + ar @ self.Ur.T
        dx = az @ self.Wz.T + ar @ self.Wr.T + ac @ self.Wc.T

        self.dWz, self.dUz, self.dbz = x.T @ az, h.T @ az, az.sum(0)
        self.dWr, self.dUr, self.dbr = x.T @ ar, h.T @ ar, ar.sum(0)
        self.dWc, self.dUc, self.dbc = x.T @ ac, rh.T @ ac, ac.sum(0)
        return dx, dh
