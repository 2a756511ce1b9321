"""Lennard-Jones-Cluster, reduzierte Einheiten (eps = sigma = 1).

Praktikum Computerphysik, Aufgabe 7
"""
import numpy as np


def energie_und_gradient(koord, r0=1.0):
    """koord: flacher Vektor (x1,y1,z1,x2,...). Liefert E und dE/dkoord."""
    koord = np.asarray(koord, dtype=float)
    N = koord.size // 3
    r = koord.reshape(N, 3)
    E = 0.0
    g = np.zeros((N, 3))
    for i in range(N - 1):
        for j in range(i + 1, N):
            d = r[i] - r[j]
            r2 = d @ d
            s6 = (r0**2 / r2)**3
            E += 4.0 * (s6 * s6 - s6)
            # dE/dr * 1/r
            f = 4.0 * (-12.0 * s6 * s6 + 6.0 * s6) / r2
            g[i] += f * d
            g[j] -= f * d
    return E, g.ravel()


def gradientenabstieg(koord, schritt=1e-3, n=2000):
    x = koord.copy()
    for k in range(n):
        E, g = energie_und_gradient(x)
        gn = np.linalg.norm(g)
        if gn < 1e-6:
            break
        x -= schritt * g / max(1.0, gn / 10)
    return x, E


if __name__ == "__main__":
    start = np.array([0, 0, 0, 1.2, 0, 0, 0.5, 1.1, 0.1, 0.4, 0.3, 1.2])
    x, E = gradientenabstieg(start)
    print("E_min (N=4) =", E, " Literatur: -6")
