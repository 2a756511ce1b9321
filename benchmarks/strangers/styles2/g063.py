import numpy as np

class Maxout:
    """maxout unit: each output is the max of k linear pieces"""
    def __init__(self, n_in, n_out, k=2):
        self.W = np.random.randn(n_in, n_out, k) * 0.1
        self.b = np.zeros((n_out, k))

    def forward(self, X):
        self.X = X
        Z = np.tensordot(X, self.W, axes=(1, 0)) + self.b   # N, n_out, k
        self.winner = Z.argmax(axis=2)
        return Z.max(axis=2)

    def backward(self, dOut):
        k = self.b.shape[1]
        dZ = dOut[:, :, None] * np.eye(k)[self.winner]
        self.dW = np.tensordot(self.X, dZ, axes=(0, 0))
        self.db = dZ.sum(axis=0)
        return np.tensordot(dZ, self.W, axes=([1, 2], [1, 2]))
