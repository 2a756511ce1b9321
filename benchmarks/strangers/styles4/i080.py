import numpy as np


def gmm_nll(theta, x, K=2):
    """Negative log-likelihood of a one-dimensional Gaussian mixture.

    theta = [a_1..a_K, mu_1..mu_K, log s_1..log s_K], weights = softmax(a).
    Gradient comes out in the same order.  Used in the muon lifetime fit
    """
    a, mu, ls = theta[:K], theta[K:2*K], theta[2*K:]
    s = np.exp(ls)
    amax = a.max()
    logw = a - amax - np.log(np.sum(np.exp(a - amax)))
    z = (x[:, None] - mu) / s
    logp = logw - 0.5 * z**2 - ls - 0.5 * np.log(2 * np.pi)
    m = logp.max(axis=1, keepdims=True)
    lse = m[:, 0] + np.log(np.exp(logp - m).sum(axis=1))
    nll = -lse.sum()

    resp = np.exp(logp - lse[:, None])
    da = -(resp.sum(axis=0) - x.size * np.exp(logw))
    dmu = -(resp * z / s).sum(axis=0)
    dls = -(resp * (z**2 - 1)).sum(axis=0)
    return nll, np.concatenate([da, dmu, dls])
