import numpy as np


class Criterion(object):
    """Base class for losses."""

    def __call__(self, y_hat, y):
        return self.forward(y_hat, y)

    def forward(self, y_hat, y):
        raise NotImplementedError

    def derivative(self):
        raise NotImplementedError


class HingeLoss(Criterion):
    def __init__(self, margin=1.0, reduction='mean'):
        assert reduction in ('mean', 'sum')
        self.margin = margin
        self.reduction = reduction

    def forward(self, y_hat, y):
        # y in {-1, +1}
        self.y = y
        self.slack = self.margin - y * y_hat
        losses = np.maximum(0.0, self.slack)
        self.n = losses.size
        return losses.mean() if self.reduction == 'mean' else losses.sum()

    def derivative(self):
        g = np.where(self.slack > 0, -self.y, 0.0)
        if self.reduction == 'mean':
            g = g / self.n
        return g
