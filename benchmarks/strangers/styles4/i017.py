# t-SNE: KL divergence and its gradient.  Student project, data visualisation course.
# P comes from another script (perplexity search), must be symmetric and sum to 1.
import numpy as np


def tsne_kl(Y, P):
    """
    Y : n x 2 embedding
    P : n x n joint probabilities
    """
    n = Y.shape[0]
    D = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            D[i, j] = np.sum((Y[i] - Y[j]) ** 2)
    num = 1.0 / (1.0 + D)
    np.fill_diagonal(num, 0.0)
    Q = num / num.sum()

    off = ~np.eye(n, dtype=bool)
    C = np.sum(P[off] * np.log(np.maximum(P[off], 1e-12) / np.maximum(Q[off], 1e-12)))

    dY = np.zeros_like(Y)
    PQ = (P - Q) * num
    for i in range(n):
        dY[i] = 4 * np.sum(PQ[i][:, None] * (Y[i] - Y), axis=0)
    return C, dY


def random_P(n, rng):
    P = rng.random((n, n))
    np.fill_diagonal(P, 0)
    P = P + P.T
    return P / P.sum()


if __name__ == '__main__':
    rng = np.random.default_rng(0)
    P = random_P(12, rng)
    Y = rng.normal(size=(12, 2))
    vel = np.zeros_like(Y)
    for it in range(100):
        C, g = tsne_kl(Y, P)
        vel = 0.8 * vel - 5 * g
        Y = Y + vel
    print('KL =', C)
