import numpy as np


class Dropout:
    """Inverted dropout.

    The generator is created anew from `seed` in every training pass, so that
    runs can be repeated exactly (useful for debugging).
    """

    def __init__(self, p=0.3, seed=123):
        self.keep = 1.0 - p
        self.seed = seed
        self.mask = None

    def forward(self, X, train=True):
        if train:
            rng = np.random.RandomState(self.seed)
            self.mask = (rng.rand(*X.shape) < self.keep) / self.keep
        else:
            self.mask = np.ones_like(X)
        return X * self.mask

    def backward(self, dA):
        return dA * self.mask
