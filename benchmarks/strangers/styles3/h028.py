#!/usr/bin/env python3
"""
Fit of N Lorentzian lines plus linear background to a spectrum.

    f(nu) = sum_j A_j g_j^2 / ((nu - nu_j)^2 + g_j^2) + c0 + c1 * nu

Parameter vector p = [A_1, nu_1, g_1, A_2, nu_2, g_2, ..., c0, c1].
"""
import numpy as np


def model(p, nu):
    f = p[-2] + p[-1] * nu
    for A, n0, g in p[:-2].reshape(-1, 3):
        f = f + A * g ** 2 / ((nu - n0) ** 2 + g ** 2)
    return f


def jacobian(p, nu):
    J = np.empty((nu.size, p.size))
    for j, (A, n0, g) in enumerate(p[:-2].reshape(-1, 3)):
        d = nu - n0
        den = d ** 2 + g ** 2
        J[:, 3 * j] = g ** 2 / den
        J[:, 3 * j + 1] = 2 * A * g ** 2 * d / den ** 2
        J[:, 3 * j + 2] = 2 * A * g * d ** 2 / den ** 2
    J[:, -2] = 1.0
    J[:, -1] = nu
    return J


def chi2(p, nu=np.linspace(-5, 5, 41), y=None, sigma=0.1):
    """Returns chi^2 and its gradient. Without data, a noiseless test line is used."""
    p = np.asarray(p, dtype=float)
    if y is None:
        y = 1.0 / (1.0 + nu ** 2)
    res = (model(p, nu) - y) / sigma
    return res @ res, 2.0 * jacobian(p, nu).T @ res / sigma


if __name__ == '__main__':
    rng = np.random.default_rng(0)
    nu = np.linspace(-5, 5, 101)
    true = np.array([1.0, -1.0, 0.5, 2.0, 1.5, 0.8, 0.1, 0.02])
    y = model(true, nu) + 0.02 * rng.standard_normal(nu.size)
    p = true + 0.1 * rng.standard_normal(true.size)
    for it in range(20):      # Levenberg-Marquardt light
        J = jacobian(p, nu)
        p = p - np.linalg.solve(J.T @ J + 1e-6 * np.eye(p.size), J.T @ (model(p, nu) - y))
    print(np.round(p, 3))
