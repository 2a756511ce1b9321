"""Linear-chain CRF: negative log likelihood of one tagged sentence, and the
gradient by the forward-backward recursions."""
import numpy as np


def lse(a, axis=None):
    m = np.max(a, axis=axis, keepdims=True)
    r = m + np.log(np.sum(np.exp(a - m), axis=axis, keepdims=True))
    return r.item() if axis is None else np.squeeze(r, axis=axis)


def crf_nll(emit, trans, tags):
    """
    emit : (T, K) scores of tag k at place t
    trans: (K, K) trans[i, j] score of going from i to j
    tags : (T,) gold tags
    -> nll, d_emit, d_trans
    """
    T, K = emit.shape
    alpha = np.empty((T, K))
    beta = np.zeros((T, K))
    alpha[0] = emit[0]
    for t in range(1, T):
        alpha[t] = emit[t] + lse(alpha[t - 1][:, None] + trans, axis=0)
    for t in range(T - 2, -1, -1):
        beta[t] = lse(trans + (emit[t + 1] + beta[t + 1])[None, :], axis=1)
    logZ = lse(alpha[-1])

    gold = emit[np.arange(T), tags].sum() + trans[tags[:-1], tags[1:]].sum()
    nll = logZ - gold

    d_emit = np.exp(alpha + beta - logZ)
    d_emit[np.arange(T), tags] -= 1
    d_trans = np.zeros_like(trans)
    for t in range(T - 1):
        pair = alpha[t][:, None] + trans + (emit[t + 1] + beta[t + 1])[None, :]
        d_trans += np.exp(pair - logZ)
        d_trans[tags[t], tags[t + 1]] -= 1
    return nll, d_emit, d_trans
