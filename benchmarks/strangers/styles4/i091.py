# sentiment bag-of-embeddings classifier, kaggle notebook turned into a script
import numpy as np


class BagOfEmbeddings:
    def __init__(self, vocab_size=20, emb_dim=5, n_classes=3):
        self.E = np.random.normal(0, .5, (vocab_size, emb_dim))
        self.W = np.random.normal(0, .5, (emb_dim, n_classes))
        self.b = np.zeros(n_classes)

    def forward(self, tokens):
        """tokens : int array (batch, length)"""
        self.tokens = tokens
        self.mean = self.E[tokens].mean(axis=1)
        logits = self.mean @ self.W + self.b
        logits -= logits.max(1, keepdims=True)
        self.probs = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        return self.probs

    def loss(self, tokens, labels):
        p = self.forward(tokens)
        return -np.log(p[np.arange(len(labels)), labels]).mean()

    def backward(self, labels):
        n, L = self.tokens.shape
        d = self.probs.copy()
        d[np.arange(n), labels] -= 1
        d /= n
        self.dW = self.mean.T @ d
        self.db = d.sum(0)
        dmean = d @ self.W.T
        self.dE = np.zeros_like(self.E)
        self.dE[self.tokens] += dmean[:, None, :] / L
        return self.dE, self.dW, self.db

    def step(self, lr=.1):
        self.E -= lr * self.dE
        self.W -= lr * self.dW
        self.b -= lr * self.db


if __name__ == '__main__':
    np.random.seed(0)
    X = np.random.randint(0, 20, (64, 7))
    y = X[:, 0] % 3
    m = BagOfEmbeddings()
    for ep in range(101):
        l = m.loss(X, y)
        m.backward(y)
        m.step(.5)
        if ep % 25 == 0:
            print(f'epoch {ep:3d} loss {l:.4f}')
