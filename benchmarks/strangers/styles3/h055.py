import numpy as np

EPS = 1.0      # well depth
SIG = 1.0      # diameter


def lj_cluster(xyz):
    """Energy of a Lennard-Jones cluster and dE/dr.

    xyz is flat (3N,) as the minimiser wants it, or (N, 3).
    The gradient comes back in the shape of xyz.  (NB: minus the force.)
    """
    r = np.asarray(xyz, float).reshape(-1, 3)
    n = len(r)
    e = 0.0
    g = np.zeros_like(r)
    for i in range(n - 1):
        for j in range(i + 1, n):
            d = r[i] - r[j]
            d2 = d @ d
            s6 = (SIG * SIG / d2) ** 3
            s12 = s6 * s6
            e += 4 * EPS * (s12 - s6)
            # dE/d(d2) * 2 d
            f = 4 * EPS * (-6 * s12 + 3 * s6) / d2
            g[i] += 2 * f * d
            g[j] -= 2 * f * d
    return e, g.reshape(np.shape(xyz))


def steepest_descent(xyz, nstep=500, h=1e-3):
    for _ in range(nstep):
        e, g = lj_cluster(xyz)
        gn = np.linalg.norm(g)
        xyz = xyz - h * g / max(1.0, gn)
    return xyz, e
