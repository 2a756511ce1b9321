"""RBF-Netz zur Anpassung einer Potentialkurve.

f(x) = sum_k w_k exp(-|x - c_k|^2 / (2 s_k^2)),   E = 1/2 sum_i (f(x_i) - y_i)^2

Alle Parameter (Gewichte w, Zentren c, Breiten s) werden per Gradientenabstieg
angepasst.
"""
import numpy as np


def phi(x, c, s):
    # x: (n, d), c: (K, d), s: (K,)
    diff = x[:, None, :] - c[None, :, :]
    r2 = np.sum(diff ** 2, axis=2)
    return np.exp(-r2 / (2 * s ** 2)), diff, r2


def energie(w, c, s, x, y):
    p, _, _ = phi(x, c, s)
    return 0.5 * np.sum((p @ w - y) ** 2)


def energie_und_gradient(w, c, s, x, y):
    """Liefert E und das Tupel (dE/dw, dE/dc, dE/ds)."""
    p, diff, r2 = phi(x, c, s)
    res = p @ w - y
    E = 0.5 * np.sum(res ** 2)

    dw = p.T @ res
    a = res[:, None] * p * w          # dE/d(ln phi), (n, K)
    dc = np.einsum('ik,ikd->kd', a / s ** 2, diff)
    ds = np.sum(a * r2, axis=0) / s ** 2
    return E, (dw, dc, ds)


if __name__ == '__main__':
    rng = np.random.default_rng(5)
    x = np.linspace(-2, 2, 40)[:, None]
    y = (x[:, 0] ** 2 - 1) ** 2
    K = 6
    w, c, s = rng.normal(size=K), rng.uniform(-2, 2, (K, 1)), np.full(K, 0.8)
    for schritt in range(2000):
        E, (dw, dc, ds) = energie_und_gradient(w, c, s, x, y)
        w, c, s = w - 5e-3 * dw, c - 5e-3 * dc, s - 5e-3 * ds
    print('E =', E)
