# 自然言語処理の課題：単語埋め込みの平均で文を分類する
import numpy as np


class BagOfEmbeddings:
    def __init__(self, vocab_size=10, dim=4, n_class=3):
        rng = np.random.default_rng(0)
        self.E = rng.normal(0, 0.5, (vocab_size, dim))
        self.W = rng.normal(0, 0.5, (dim, n_class))
        self.b = np.zeros(n_class)

    def forward(self, ids, t):
        """ids: (N, L) の単語ID, t: (N,) の正解ラベル。損失を返す"""
        self.ids, self.t = ids, t
        self.h = self.E[ids].mean(axis=1)
        a = self.h @ self.W + self.b
        a -= a.max(axis=1, keepdims=True)
        self.y = np.exp(a) / np.exp(a).sum(axis=1, keepdims=True)
        return -np.log(self.y[np.arange(len(t)), t] + 1e-12).mean()

    def backward(self):
        N, L = self.ids.shape
        da = self.y.copy()
        da[np.arange(N), self.t] -= 1
        da /= N
        self.dW = self.h.T @ da
        self.db = da.sum(axis=0)
        dh = da @ self.W.T

        self.dE = np.zeros_like(self.E)
        for pos in range(L):
            self.dE[self.ids[:, pos]] += dh / L
        return self.dE, self.dW, self.db

    def update(self, lr=0.1):
        self.E -= lr * self.dE
        self.W -= lr * self.dW
        self.b -= lr * self.db


if __name__ == '__main__':
    model = BagOfEmbeddings()
    ids = np.random.randint(0, 10, (20, 5))
    t = ids[:, 0] % 3
    for epoch in range(200):
        loss = model.forward(ids, t)
        model.backward()
        model.update(0.5)
    print('損失:', loss)
