import numpy as np


class PReLU:
    """y = x  si x > 0, sinon alpha_c * x  (un alpha par canal, NCHW ou NC)"""

    def __init__(self, canaux, alpha0=0.25):
        self.alpha = np.full(canaux, alpha0)
        self.dalpha = np.zeros(canaux)

    def _forme(self, x):
        return self.alpha.reshape((1, -1) + (1,) * (x.ndim - 2))

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self._forme(x) * x)

    def backward(self, g):
        x = self.x
        axes = (0,) + tuple(range(2, x.ndim))
        self.dalpha = np.sum(g * np.minimum(x, 0), axis=axes)
        return g * np.where(x > 0, 1.0, self._forme(x))
