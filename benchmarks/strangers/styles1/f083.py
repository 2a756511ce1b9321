import numpy as np


def huber_loss(y_true, y_pred, delta=1.0):
    err = y_pred - y_true
    small = np.abs(err) <= delta
    sq = 0.5 * err ** 2
    lin = delta * (np.abs(err) - 0.5 * delta)
    return np.where(small, sq, lin).mean()


def huber_grad(y_true, y_pred, delta=1.0):
    """d(huber_loss) / d(y_pred)"""
    err = y_pred - y_true
    return np.clip(err, -delta, delta) / err.size
