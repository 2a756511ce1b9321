import numpy as np


class Sampling:
    """Reparametrisation trick: z = mu + exp(log_var / 2) * eps"""

    def __init__(self, seed=42):
        self.seed = seed

    def forward(self, mu, log_var):
        gen = np.random.default_rng(self.seed)
        self.eps = gen.standard_normal(mu.shape)
        self.sigma = np.exp(0.5 * log_var)
        return mu + self.sigma * self.eps

    def backward(self, dz):
        dmu = dz
        dlog_var = dz * self.eps * self.sigma
        return dmu, dlog_var
