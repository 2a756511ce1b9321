import numpy as np


class GaussianBottleneck:
    """The middle of a VAE.

    forward(h, eps) -> z, kl      with mu = h Wm + bm, logvar = h Wv + bv
    backward(dz, dkl) -> dh       (dkl: scalar weight of the KL term in the total loss)
    kl is the KL(q || N(0, I)) summed over latents and averaged over the batch.
    """

    def __init__(self, n_in=6, n_latent=2, seed=11):
        rng = np.random.default_rng(seed)
        self.Wm = rng.normal(0, n_in ** -0.5, (n_in, n_latent))
        self.Wv = rng.normal(0, n_in ** -0.5, (n_in, n_latent))
        self.bm = np.zeros(n_latent)
        self.bv = np.zeros(n_latent)

    def forward(self, h, eps):
        self.h, self.eps = h, eps
        self.mu = h @ self.Wm + self.bm
        self.logvar = h @ self.Wv + self.bv
        self.sd = np.exp(0.5 * self.logvar)
        z = self.mu + self.sd * eps
        kl = -0.5 * np.sum(1 + self.logvar - self.mu ** 2 - self.sd ** 2) / len(h)
        return z, kl

    def backward(self, dz, dkl=1.0):
        n = len(self.h)
        dmu = dz + dkl * self.mu / n
        dlv = dz * self.eps * 0.5 * self.sd + dkl * 0.5 * (self.sd ** 2 - 1) / n
        self.dWm, self.dbm = self.h.T @ dmu, dmu.sum(0)
        self.dWv, self.dbv = self.h.T @ dlv, dlv.sum(0)
        return dmu @ self.Wm.T + dlv @ self.Wv.T
