import numpy as np

sigm = lambda v: 1.0 / (1.0 + np.exp(-v))


class GRUCell:
    def __init__(self, n_in, n_hidden, seed=None):
        rng = np.random.RandomState(seed)
        self.params = {}
        for gate in "zrh":
            self.params["W" + gate] = rng.randn(n_in, n_hidden) * 0.5
            self.params["U" + gate] = rng.randn(n_hidden, n_hidden) * 0.5
            self.params["b" + gate] = np.zeros(n_hidden)
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}

    def forward(self, x, h_prev):
        p = self.params
        z = sigm(x @ p["Wz"] + h_prev @ p["Uz"] + p["bz"])
        r = sigm(x @ p["Wr"] + h_prev @ p["Ur"] + p["br"])
        hh = np.tanh(x @ p["Wh"] + (r * h_prev) @ p["Uh"] + p["bh"])
        self.saved = x, h_prev, z, r, hh
        return z * h_prev + (1 - z) * hh

    def backward(self, dh):
        x, h_prev, z, r, hh = self.saved
        p = self.params
        dhh = dh * (1 - z) * (1 - hh ** 2)
        dz = dh * (h_prev - hh) * z * (1 - z)
        drh = dhh @ p["Uh"].T
        dr = drh * h_prev * r * (1 - r)
        for gate, d, hin in (("z", dz, h_prev), ("r", dr, h_prev), ("h", dhh, r * h_prev)):
            self.grads["W" + gate] = x.T @ d
            self.grads["U" + gate] = hin.T @ d
            self.grads["b" + gate] = d.sum(0)
        dx = dz @ p["Wz"].T + dr @ p["Wr"].T + dhh @ p["Wh"].T
        dh_prev = drh * r + dz @ p["Uz"].T + dr @ p["Ur"].T
        return dx, dh_prev
