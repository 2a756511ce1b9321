# GARCH(1,1) by maximum likelihood, for the econometrics seminar.
#   r_t = sqrt(h_t) z_t ,  h_t = omega + alpha r_{t-1}^2 + beta h_{t-1}
# Parameters enter through logs so that the optimiser is unconstrained.
import numpy as np


def garch_nll(theta, r):
    """theta = (log omega, log alpha, log beta); r = demeaned returns.
    Returns the average negative log-likelihood and its gradient."""
    omega, alpha, beta = np.exp(theta)
    T = len(r)
    h = float(np.mean(r ** 2))          # start at the sample variance
    dh = np.zeros(3)                    # dh/d(omega, alpha, beta)
    nll = 0.0
    g = np.zeros(3)
    for t in range(T):
        if t > 0:
            h_prev = h
            h = omega + alpha * r[t - 1] ** 2 + beta * h_prev
            dh = np.array([1.0, r[t - 1] ** 2, h_prev])
        nll += 0.5 * (np.log(2 * np.pi) + np.log(h) + r[t] ** 2 / h)
        g += 0.5 * (1.0 / h - r[t] ** 2 / h ** 2) * dh
    return nll / T, g * np.array([omega, alpha, beta]) / T


def simulate(T=500, omega=0.1, alpha=0.1, beta=0.8, seed=0):
    rng = np.random.RandomState(seed)
    h = omega / (1 - alpha - beta)
    out = np.empty(T)
    for t in range(T):
        out[t] = np.sqrt(h) * rng.randn()
        h = omega + alpha * out[t] ** 2 + beta * h
    return out


if __name__ == "__main__":
    r = simulate()
    th = np.log([0.2, 0.2, 0.5])
    for k in range(300):
        f, g = garch_nll(th, r)
        th = th - 0.5 * g
    print(np.exp(th), f)
