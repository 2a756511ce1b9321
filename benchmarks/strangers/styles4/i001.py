# STAT 545 - Problem set 4, question 3
# Fitting a diagonal-covariance mixture of Gaussians by gradient descent
# (instead of EM).  The parameters are unconstrained:
#     logits  (K,)     -> mixing weights through a softmax
#     mu      (K, D)
#     logvar  (K, D)
import numpy as np


def logsumexp(a, axis):
    m = a.max(axis=axis, keepdims=True)
    return (m + np.log(np.exp(a - m).sum(axis=axis, keepdims=True))).squeeze(axis)


def gmm_nll(X, logits, mu, logvar):
    """Average negative log likelihood and its gradient.

    returns nll, (dlogits, dmu, dlogvar)
    """
    N, D = X.shape
    logpi = logits - logsumexp(logits, 0)
    diff = X[:, None, :] - mu[None]                    # N,K,D
    prec = np.exp(-logvar)                             # K,D
    quad = (diff ** 2 * prec).sum(-1)                  # N,K
    logp = -0.5 * (quad + logvar.sum(-1) + D * np.log(2 * np.pi)) + logpi
    ll = logsumexp(logp, 1)
    nll = -ll.mean()

    # responsibilities do all of the work
    R = np.exp(logp - ll[:, None])
    dlogits = np.exp(logpi) - R.mean(0)
    dmu = -(R[:, :, None] * diff * prec).sum(0) / N
    dlogvar = 0.5 * (R[:, :, None] * (1.0 - diff ** 2 * prec)).sum(0) / N
    return nll, (dlogits, dmu, dlogvar)


def fit(X, K=3, lr=0.3, steps=200, seed=0):
    rng = np.random.default_rng(seed)
    params = [np.zeros(K), X[rng.choice(len(X), K, replace=False)].copy(),
              np.zeros((K, X.shape[1]))]
    for s in range(steps):
        nll, grads = gmm_nll(X, *params)
        for p, g in zip(params, grads):
            p -= lr * g
        if s % 50 == 0:
            print("step %3d  nll %.4f" % (s, nll))
    return params


if __name__ == '__main__':
    rng = np.random.default_rng(1)
    data = np.concatenate([rng.normal(c, 0.5, size=(60, 2)) for c in (-2, 0, 3)])
    print(fit(data)[1])
