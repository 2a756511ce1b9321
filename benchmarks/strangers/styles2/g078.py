import numpy as np


class InputLayer:
    """token + learned position embeddings"""

    def __init__(self, n_vocab, n_ctx, n_embd, seed=1337):
        r = np.random.RandomState(seed)
        self.params = {"wte": r.randn(n_vocab, n_embd) * 0.02,
                       "wpe": r.randn(n_ctx, n_embd) * 0.01}
        self.grads = {}

    def forward(self, tok):
        self.tok = tok
        return self.params["wte"][tok] + self.params["wpe"][:tok.shape[1]]

    def backward(self, dx):
        V, C = self.params["wte"].shape
        onehot = np.eye(V)[self.tok.ravel()]
        self.grads["wte"] = onehot.T @ dx.reshape(-1, C)
        dwpe = np.zeros_like(self.params["wpe"])
        dwpe[:dx.shape[1]] = dx.sum(axis=0)
        self.grads["wpe"] = dwpe
        return None  # integers have no gradient
