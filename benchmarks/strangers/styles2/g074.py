import numpy as np


def contrastive(f1, f2, same, margin=2.0):
    """Siamese loss (Hadsell et al. 2006): same=1 pull together, same=0 push apart.
    returns loss, grad f1, grad f2"""
    diff = f1 - f2
    dist = np.sqrt(np.sum(diff ** 2, axis=1) + 1e-12)
    gap = np.maximum(margin - dist, 0)
    loss = np.mean(same * dist ** 2 + (1 - same) * gap ** 2)

    ddist = (2 * same * dist - 2 * (1 - same) * gap) / len(same)
    g = (ddist / dist)[:, None] * diff
    return loss, g, -g
