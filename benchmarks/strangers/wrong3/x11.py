# Attention from scratch, part 2: the backward pass.
# One head, one sentence: X is (tokens, d_model).
import math
import numpy as np


def softmax_rows(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class SelfAttentionHead:

    def __init__(self, d_model, d_head, rng=None):
        rng = rng or np.random.default_rng(123)
        k = 1 / math.sqrt(d_model)
        self.Wq = rng.uniform(-k, k, (d_model, d_head))
        self.Wk = rng.uniform(-k, k, (d_model, d_head))
        self.Wv = rng.uniform(-k, k, (d_model, d_head))
        self.scale = 1 / math.sqrt(d_head)
        self.grads = {}

    def forward(self, X):
        Q, K, V = X @ self.Wq, X @ self.Wk, X @ self.Wv
        A = softmax_rows(Q @ K.T * self.scale)
        self.saved = X, Q, K, V, A
        return A @ V

    def backward(self, dY):
        X, Q, K, V, A = self.saved

        # Y = A V
        dA = dY @ V.T
        dV = A.T @ dY

        # softmax, row by row
        dS = A * (dA - np.sum(dA * A, axis=-1, keepdims=True))
        dS = dS * self.scale

        # S = Q K^T
        dQ = dS @ K
        dK = dS @ Q

        self.grads = {
            "Wq": X.T @ dQ,
            "Wk": X.T @ dK,
            "Wv": X.T @ dV,
        }
        return dQ @ self.Wq.T + dK @ self.Wk.T + dV @ self.Wv.T


if __name__ == "__main__":
    head = SelfAttentionHead(8, 4)
    out = head.forward(np.random.randn(5, 8))
    dX = head.backward(np.ones_like(out))
    print(out.shape, dX.shape)
