# McFadden conditional logit. Translated from an old GAUSS / Fortran program,
# hence the loops.  Panel of N travellers, J modes, K attributes.
from math import exp, log


def CLOGIT(BETA, XMAT, ICHOICE):
    """BETA(K), XMAT(N)(J)(K), ICHOICE(N) in 0..J-1.  Returns FLOGL, GRAD -- the
    log likelihood (to be MAXIMISED) and its first derivatives."""
    N = len(XMAT)
    K = len(BETA)
    FLOGL = 0.0
    GRAD = [0.0] * K
    for I in range(N):
        J = len(XMAT[I])
        V = [0.0] * J
        VMAX = -1.0e30
        for M in range(J):
            for L in range(K):
                V[M] = V[M] + BETA[L] * XMAT[I][M][L]
            if V[M] > VMAX:
                VMAX = V[M]
        DENOM = 0.0
        P = [0.0] * J
        for M in range(J):
            P[M] = exp(V[M] - VMAX)
            DENOM = DENOM + P[M]
        for M in range(J):
            P[M] = P[M] / DENOM
        IC = int(ICHOICE[I])
        FLOGL = FLOGL + V[IC] - VMAX - log(DENOM)
        for L in range(K):
            XBAR = 0.0
            for M in range(J):
                XBAR = XBAR + P[M] * XMAT[I][M][L]
            GRAD[L] = GRAD[L] + XMAT[I][IC][L] - XBAR
    return FLOGL, GRAD
