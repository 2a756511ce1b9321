import numpy as np

LOG2PI = np.log(2 * np.pi)


def mdn_loss(out, y, K):
    """Mixture density network (Bishop 1994), 1-d target.

    out : (N, 3K) raw network outputs  [logits | means | log sigmas]
    returns mean negative log likelihood and its gradient w.r.t. out
    """
    N = len(y)
    logit, mu, ls = out[:, :K], out[:, K:2*K], out[:, 2*K:]
    logpi = logit - np.log(np.exp(logit).sum(axis=1, keepdims=True))
    t = (y[:, None] - mu) / np.exp(ls)
    comp = logpi - 0.5 * t ** 2 - ls - 0.5 * LOG2PI
    top = comp.max(axis=1, keepdims=True)
    ll = top + np.log(np.exp(comp - top).sum(axis=1, keepdims=True))

    gamma = np.exp(comp - ll)     # responsibilities
    d_logit = np.exp(logpi) - gamma
    d_mu = -gamma * t / np.exp(ls)
    d_ls = -gamma * (t ** 2 - 1)
    return -ll.mean(), np.hstack([d_logit, d_mu, d_ls]) / N
