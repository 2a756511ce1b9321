"""L2-SVM (squared hinge), primal, for ECE 5xx homework 3.

I translated my Octave script, so y in {-1,+1} and column vectors.
"""
import numpy as np


def objective(w, b, X, y, C=1.0):
    # X: m-by-n, w: n-by-1, y: m-by-1
    xi = np.maximum(0, 1 - y * (X @ w + b))
    return 0.5 * (w.T @ w).item() + C * np.sum(xi ** 2)


def gradient(w, b, X, y, C=1.0):
    xi = np.maximum(0, 1 - y * (X @ w + b))
    gw = w - 2 * C * X.T @ (xi * y)
    gb = -2 * C * np.sum(xi * y)
    return gw, gb


def cost_and_grad(theta, X, y, C=1.0):
    """theta = [w; b] as one flat vector, for a minimiser."""
    y = np.asarray(y, dtype=float).reshape(-1, 1)
    w, b = theta[:-1].reshape(-1, 1), theta[-1]
    gw, gb = gradient(w, b, X, y, C)
    return objective(w, b, X, y, C), np.append(gw.ravel(), gb)
