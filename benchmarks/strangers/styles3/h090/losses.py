import numpy as np


def smooth_l1(pred, target, beta=1.0):
    """returns (loss, dpred), mean over all elements"""
    d = pred - target
    small = np.abs(d) < beta
    loss = np.where(small, 0.5 * d * d / beta, np.abs(d) - 0.5 * beta).mean()
    return loss, np.where(small, d / beta, np.sign(d)) / d.size
