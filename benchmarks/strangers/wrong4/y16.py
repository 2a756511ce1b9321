import numpy as np


class Embedding:
    """Lookup table: ids (any shape) -> vectors (ids.shape + (dim,))."""

    def __init__(self, vocab_size=10, dim=4, scale_by_sqrt_dim=True):
        self.weight = np.random.normal(0.0, 0.5, size=(vocab_size, dim))
        self.grad_weight = np.zeros_like(self.weight)
        self.scale = np.sqrt(dim) if scale_by_sqrt_dim else 1.0
        self._ids = None

    def forward(self, ids):
        self._ids = np.asarray(ids)
        return self.weight[self._ids] * self.scale

    def backward(self, grad_output):
        flat = self._ids.reshape(-1)
        g = grad_output.reshape(flat.size, -1) * self.scale
        self.grad_weight = np.zeros_like(self.weight)
        self.grad_weight[flat] += g
        return None     # ids have no gradient


if __name__ == "__main__":
    emb = Embedding(6, 3)
    sentence = np.array([[1, 4, 1], [0, 5, 4]])
    print(emb.forward(sentence).shape)
    emb.backward(np.ones((2, 3, 3)))
    print(emb.grad_weight)
