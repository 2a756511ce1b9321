import numpy as np

class Dropout:
    def __init__(self, p_drop=0.5, seed=123):
        self.p = p_drop
        self.seed = seed
        self.training = True

    def forward(self, X):
        if not self.training:
            return X
        # same seed -> same mask, easier to debug
        rng = np.random.RandomState(self.seed)
        self.mask = (rng.rand(*X.shape) >= self.p) / (1.0 - self.p)
        return X * self.mask

    def backward(self, dY):
        if not self.training:
            return dY
        return dY * self.mask
