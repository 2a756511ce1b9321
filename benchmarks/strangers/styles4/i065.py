"""Débruitage 2D par variation totale lissée (TP traitement d'images)."""
import numpy as np


def grad2d(u):
    gx = np.zeros_like(u)
    gy = np.zeros_like(u)
    gx[:-1, :] = u[1:, :] - u[:-1, :]
    gy[:, :-1] = u[:, 1:] - u[:, :-1]
    return gx, gy


def div2d(px, py):
    """opérateur adjoint : <grad u, p> = -<u, div p>"""
    d = np.zeros_like(px)
    d[0, :] += px[0, :]
    d[1:-1, :] += px[1:-1, :] - px[:-2, :]
    d[-1, :] -= px[-2, :]
    d[:, 0] += py[:, 0]
    d[:, 1:-1] += py[:, 1:-1] - py[:, :-2]
    d[:, -1] -= py[:, -2]
    return d


def tv_objectif(u, f, lam=0.3, eps=0.05):
    """J(u) = 1/2 ||u - f||^2 + lam * sum sqrt(|grad u|^2 + eps^2); renvoie J, J'"""
    gx, gy = grad2d(u)
    norme = np.sqrt(gx ** 2 + gy ** 2 + eps ** 2)
    val = 0.5 * np.sum((u - f) ** 2) + lam * np.sum(norme)
    derivee = (u - f) - lam * div2d(gx / norme, gy / norme)
    return val, derivee


if __name__ == '__main__':
    rng = np.random.RandomState(0)
    image = np.zeros((32, 32))
    image[8:24, 8:24] = 1.
    bruitee = image + 0.2 * rng.randn(32, 32)
    u = bruitee.copy()
    for k in range(200):
        J, g = tv_objectif(u, bruitee)
        u -= 0.05 * g
    print(J, np.abs(u - image).mean())
