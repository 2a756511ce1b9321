import numpy as np


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


class SelfAttention:
    def __init__(self, d_model, d_k, causal=True, seed=None):
        rng = np.random.default_rng(seed)
        s = 1.0 / np.sqrt(d_model)
        self.Wq = rng.normal(0, s, (d_model, d_k))
        self.Wk = rng.normal(0, s, (d_model, d_k))
        self.Wv = rng.normal(0, s, (d_model, d_k))
        self.d_k = d_k
        self.causal = causal

    def forward(self, X):
        """X: (batch, seq, d_model)"""
        self.X = X
        self.Q, self.K, self.V = X @ self.Wq, X @ self.Wk, X @ self.Wv
        scores = self.Q @ self.K.transpose(0, 2, 1) / np.sqrt(self.d_k)
        if self.causal:
            T = X.shape[1]
            mask = np.triu(np.ones((T, T), dtype=bool), k=1)
            scores = np.where(mask, -1e9, scores)
        self.A = softmax(scores)
        return self.A @ self.V

    def backward(self, dO):
        dA = dO @ self.V.transpose(0, 2, 1)
        dV = self.A.transpose(0, 2, 1) @ dO

        # softmax
        dS = self.A * (dA - np.sum(dA * self.A, axis=-1, keepdims=True))
        dS /= np.sqrt(self.d_k)

        dQ = dS @ self.K
        dK = dS.transpose(0, 2, 1) @ self.Q

        self.dWq = np.einsum('btd,btk->dk', self.X, dQ)
        self.dWk = np.einsum('btd,btk->dk', self.X, dK)
        self.dWv = np.einsum('btd,btk->dk', self.X, dV)
        return dQ @ self.Wq.T + dK @ self.Wk.T + dV @ self.Wv.T
