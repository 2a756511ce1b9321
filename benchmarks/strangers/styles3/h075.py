import numpy as np


class TextClassifier:
    """fastText-like: average of word vectors -> linear -> softmax.

    docs: int array (n_docs, n_words), labels: int array (n_docs,)
    """

    def __init__(self, vocab=12, dim=5, classes=3, seed=0):
        rng = np.random.RandomState(seed)
        self.emb = rng.randn(vocab, dim)
        self.out = rng.randn(dim, classes)
        self.b = np.zeros(classes)

    def scores(self, docs):
        self.mean_vec = self.emb[docs].mean(axis=1)
        return self.mean_vec @ self.out + self.b

    def loss(self, docs, labels):
        s = self.scores(docs)
        s = s - s.max(axis=1, keepdims=True)
        self.logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
        return -self.logp[np.arange(len(labels)), labels].mean()

    def gradients(self, docs, labels):
        self.loss(docs, labels)
        n, words = docs.shape
        d = np.exp(self.logp)
        d[np.arange(n), labels] -= 1
        d /= n
        g_out = self.mean_vec.T @ d
        g_b = d.sum(axis=0)
        g_mean = d @ self.out.T
        g_emb = np.zeros_like(self.emb)
        g_emb[docs] += np.repeat(g_mean[:, None, :], words, axis=1) / words
        return {"emb": g_emb, "out": g_out, "b": g_b}

    def train(self, docs, labels, lr=1.0, steps=100):
        for _ in range(steps):
            for k, g in self.gradients(docs, labels).items():
                getattr(self, k)[...] -= lr * g
