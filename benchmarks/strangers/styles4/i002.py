"""triplet loss for the face verification exercise"""
import numpy as np


def triplet_forward(anchor, positive, negative, margin=1.0):
    """All inputs have shape (N, D). Squared euclidean distances."""
    ap = anchor - positive
    an = anchor - negative
    d_ap = np.sum(ap ** 2, axis=1)
    d_an = np.sum(an ** 2, axis=1)
    hinge = d_ap - d_an + margin
    loss = np.mean(np.maximum(hinge, 0))
    cache = (ap, an, hinge)
    return loss, cache


def triplet_backward(cache, dloss=1.0):
    ap, an, hinge = cache
    active = (hinge > 0).astype(ap.dtype)[:, None]
    scale = 2.0 * dloss * active / ap.shape[0]
    d_anchor = scale * (ap - an)
    d_positive = -scale * ap
    d_negative = scale * an
    return d_anchor, d_positive, d_negative


def semi_hard(anchor, positive, pool, margin=1.0):
    d_ap = np.sum((anchor - positive) ** 2, 1)
    d = ((anchor[:, None] - pool[None]) ** 2).sum(-1)
    bad = (d <= d_ap[:, None]) | (d >= d_ap[:, None] + margin)
    return pool[np.where(bad, np.inf, d).argmin(1)]


if __name__ == "__main__":
    np.random.seed(0)
    a, p, n = np.random.randn(3, 10, 4)
    for i in range(30):
        loss, cache = triplet_forward(a, p, n)
        da, dp, dn = triplet_backward(cache)
        a -= .5 * da
        p -= .5 * dp
        n -= .5 * dn
    print("loss after 30 steps: ", loss)
