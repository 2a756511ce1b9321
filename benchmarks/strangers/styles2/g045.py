import numpy as np


class BCEWithLogitsLoss:
    """Binary cross entropy on raw scores, mean over everything.

    pos_weight multiplies the positive term, like in torch.
    """

    def __init__(self, pos_weight=1.0):
        self.pos_weight = pos_weight

    def forward(self, logits, targets):
        self.logits, self.targets = logits, targets
        log_p = -np.logaddexp(0, -logits)      # log sigmoid(x)
        log_1mp = -np.logaddexp(0, logits)     # log (1 - sigmoid(x))
        ll = self.pos_weight * targets * log_p + (1 - targets) * log_1mp
        return -ll.mean()

    def backward(self):
        p = 1 / (1 + np.exp(-self.logits))
        g = (1 - self.targets) * p - self.pos_weight * self.targets * (1 - p)
        return g / self.logits.size
