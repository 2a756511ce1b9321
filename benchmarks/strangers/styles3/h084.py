import numpy as np


class HeteroscedasticHead:
    """Predicts a mean and a log standard deviation, y ~ N(m(x), s(x)^2).

    Used by the calibration experiment: loss = mean Gaussian negative log likelihood.
    """

    def __init__(self, features=4, seed=5):
        rng = np.random.default_rng(seed)
        self.wm = rng.normal(size=features) * 0.5
        self.ws = rng.normal(size=features) * 0.5
        self.cm = np.zeros(1)
        self.cs = np.zeros(1)

    def forward(self, x, y):
        self.x, self.y = x, y
        self.mean = x @ self.wm + self.cm
        self.log_s = x @ self.ws + self.cs
        self.s = np.exp(self.log_s)
        u = (y - self.mean) / self.s
        return np.mean(0.5 * u ** 2 + self.log_s + 0.5 * np.log(2 * np.pi))

    def backward(self):
        n = len(self.y)
        r = self.y - self.mean
        d_mean = -r / self.s ** 2 / n
        d_log_s = (1.0 / self.s - r ** 2 / self.s ** 3) / n
        self.grads = {
            "wm": self.x.T @ d_mean, "cm": np.array([d_mean.sum()]),
            "ws": self.x.T @ d_log_s, "cs": np.array([d_log_s.sum()]),
        }
        return np.outer(d_mean, self.wm) + np.outer(d_log_s, self.ws)

    def sgd(self, lr=0.05):
        for k, g in self.grads.items():
            getattr(self, k)[:] -= lr * g
