# SVM linear multiclasse (um-contra-todos) com perda hinge ao quadrado
import numpy as np


def custo_svm(W, X, y, C=1.0):
    """
    W: matriz (D+1, K), última linha é o viés
    X: (N, D)
    y: rótulos inteiros 0..K-1
    Retorna (custo, dW)
    """
    N = X.shape[0]
    K = W.shape[1]
    Xb = np.hstack([X, np.ones((N, 1))])
    alvo = -np.ones((N, K))
    alvo[range(N), y] = 1

    margem = 1 - alvo * Xb.dot(W)
    violou = np.maximum(0, margem)
    custo = 0.5 * np.sum(W[:-1] ** 2) + C * np.sum(violou ** 2) / N

    dW = -2 * C / N * Xb.T.dot(violou * alvo)
    dW[:-1] += W[:-1]
    return custo, dW


def treinar(X, y, K, epocas=200, lr=0.05):
    W = np.zeros((X.shape[1] + 1, K))
    for ep in range(epocas):
        c, g = custo_svm(W, X, y)
        W -= lr * g
        if ep % 50 == 0:
            print("época", ep, "custo", round(c, 4))
    return W


if __name__ == "__main__":
    np.random.seed(0)
    X = np.vstack([np.random.randn(30, 2) + c for c in ([3, 0], [-3, 0], [0, 4])])
    y = np.repeat([0, 1, 2], 30)
    W = treinar(X, y, 3)
    print("acurácia:", np.mean(np.argmax(np.c_[X, np.ones(90)] @ W, 1) == y))
