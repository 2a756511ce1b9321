# Fatoração de matrizes em Python puro (sistema de recomendação de filmes)


def erro_e_gradiente(P, Q, notas, reg=0.02):
    """P: lista de listas (usuários x fatores), Q: (filmes x fatores)
    notas: lista de trincas (usuario, filme, nota)
    Devolve o erro total e os gradientes gP, gQ (mesmos formatos)."""
    k = len(P[0])
    gP = [[0.0] * k for _ in P]
    gQ = [[0.0] * k for _ in Q]
    erro = 0.0
    for u, i, nota in notas:
        prev = sum(P[u][f] * Q[i][f] for f in range(k))
        e = nota - prev
        erro += e * e
        for f in range(k):
            erro += reg * (P[u][f] ** 2 + Q[i][f] ** 2)
            gP[u][f] += -2 * e * Q[i][f] + 2 * reg * P[u][f]
            gQ[i][f] += -2 * e * P[u][f] + 2 * reg * Q[i][f]
    return erro, gP, gQ


def treinar(P, Q, notas, passos=500, lr=0.01):
    for p in range(passos):
        erro, gP, gQ = erro_e_gradiente(P, Q, notas)
        for M, g in ((P, gP), (Q, gQ)):
            for a in range(len(M)):
                for f in range(len(M[a])):
                    M[a][f] -= lr * g[a][f]
        if p % 100 == 0:
            print(p, erro)
    return P, Q


if __name__ == "__main__":
    import random
    notas = [(0, 0, 5), (0, 1, 3), (1, 0, 4), (1, 2, 1), (2, 1, 2), (2, 2, 5)]
    P = [[random.random() for _ in range(2)] for _ in range(3)]
    Q = [[random.random() for _ in range(2)] for _ in range(3)]
    treinar(P, Q, notas)
