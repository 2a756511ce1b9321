import numpy as np


class BinaryCrossEntropy:
    """
    L = -1/N sum( y log p + (1 - y) log(1 - p) )

    p are probabilities (already passed through a sigmoid), y the 0/1 targets.
    """

    def __init__(self, eps=1e-12):
        self.eps = eps

    def forward(self, p, y):
        self.p = np.clip(p, self.eps, 1.0 - self.eps)
        self.y = y
        ll = y * np.log(self.p) + (1 - y) * np.log(1 - self.p)
        return -np.mean(ll)

    def backward(self):
        n = self.y.size
        # d/dp log(p) = 1/p,  d/dp log(1-p) = 1/(1-p)
        dp = -(self.y / self.p + (1 - self.y) / (1 - self.p))
        return dp / n
