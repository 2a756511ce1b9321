import numpy as np

# Gaussian process regression: log hyper-parameters and the evidence
# (light-curve detrending; see R&W eq. 5.9 for the gradient)


def squared_distances(x):
    return (x[:, None] - x[None, :]) ** 2


def neg_log_evidence(log_theta, x, y):
    """
    log_theta = [log amplitude, log length-scale, log noise]
    x, y      : 1-d arrays of the same length

    returns  -log p(y | x, theta)  and its derivative wrt. log_theta
    """
    amp, ell, sig = np.exp(log_theta)
    n = len(x)
    d2 = squared_distances(x)
    Kf = amp ** 2 * np.exp(-0.5 * d2 / ell ** 2)
    K = Kf + sig ** 2 * np.eye(n)

    L = np.linalg.cholesky(K)
    Linv = np.linalg.solve(L, np.eye(n))
    Kinv = Linv.T @ Linv
    a = Kinv @ y
    nle = 0.5 * y @ a + np.log(np.diag(L)).sum() + 0.5 * n * np.log(2 * np.pi)

    dK = [2 * Kf,
          Kf * d2 / ell ** 2,
          2 * sig ** 2 * np.eye(n)]
    Q = Kinv - np.outer(a, a)
    grad = np.array([0.5 * np.sum(Q * M) for M in dK])
    return nle, grad


if __name__ == "__main__":
    rng = np.random.default_rng(11)
    x = np.sort(rng.uniform(0, 10, 40))
    y = 1.5 * np.sin(x) + 0.2 * rng.normal(size=40)
    th = np.zeros(3)
    for i in range(300):
        f, g = neg_log_evidence(th, x, y)
        th -= 0.01 * g
    print("amp, ell, sigma:", np.exp(th))
