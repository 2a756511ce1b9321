# Matrix factorization for movie ratings, no numpy needed.
# R[u][i] == 0 means "not rated"

def predict(P, Q, u, i):
    s = 0.0
    for k in range(len(P[u])):
        s += P[u][k] * Q[i][k]
    return s


def mf_loss(P, Q, R, lam=0.1):
    total = 0.0
    for u in range(len(R)):
        for i in range(len(R[u])):
            if R[u][i] > 0:
                total += (R[u][i] - predict(P, Q, u, i)) ** 2
    for row in P + Q:
        for v in row:
            total += lam * v * v
    return total


def mf_gradients(P, Q, R, lam=0.1):
    """gradients of mf_loss for users (P) and items (Q)"""
    K = len(P[0])
    dP = [[2 * lam * v for v in row] for row in P]
    dQ = [[2 * lam * v for v in row] for row in Q]
    for u in range(len(R)):
        for i in range(len(R[u])):
            if R[u][i] > 0:
                err = R[u][i] - predict(P, Q, u, i)
                for k in range(K):
                    dP[u][k] += -2 * err * Q[i][k]
                    dQ[i][k] += 2 * err * P[u][k]
    return dP, dQ


def train(R, K=2, steps=200, lr=0.01, lam=0.1):
    import random
    random.seed(0)
    P = [[random.random() for _ in range(K)] for _ in R]
    Q = [[random.random() for _ in range(K)] for _ in R[0]]
    for s in range(steps):
        dP, dQ = mf_gradients(P, Q, R, lam)
        for M, dM in ((P, dP), (Q, dQ)):
            for a in range(len(M)):
                for k in range(K):
                    M[a][k] -= lr * dM[a][k]
    return P, Q


if __name__ == "__main__":
    ratings = [[5, 3, 0, 1], [4, 0, 0, 1], [1, 1, 0, 5], [1, 0, 4, 4], [0, 1, 5, 4]]
    P, Q = train(ratings, steps=5)
    print(mf_loss(P, Q, ratings))
