import numpy as np


class Embedding:
    def __init__(self, vocab_size, dim, rng=None):
        rng = rng or np.random.default_rng(0)
        self.W = 0.1 * rng.standard_normal((vocab_size, dim))
        self.dW = np.zeros_like(self.W)

    def forward(self, idx):
        """idx: integer array (batch, seq_len) -> (batch, seq_len, dim)"""
        self.idx = idx
        return self.W[idx]

    def backward(self, dout):
        self.dW = np.zeros_like(self.W)
        self.dW[self.idx] += dout
        return None   # no gradient for integer inputs
