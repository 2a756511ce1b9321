import numpy as np


def focal_loss(gamma=2.0, alpha=0.25):
    """RetinaNet focal loss. Returns a function f(logits, labels) -> (loss, backward)"""

    def f(logits, labels):
        p = 1 / (1 + np.exp(-logits))
        pt = np.where(labels == 1, p, 1 - p)
        at = np.where(labels == 1, alpha, 1 - alpha)
        loss = -(at * (1 - pt) ** gamma * np.log(pt)).sum()

        def backward():
            sign = np.where(labels == 1, 1, -1)
            g = at * (1 - pt) ** gamma * (gamma * pt * np.log(pt) - (1 - pt))
            return g * sign

        return loss, backward

    return f
