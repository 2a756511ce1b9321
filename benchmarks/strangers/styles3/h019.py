import numpy as np


class Embedding:
    """Lookup table. ids: int array (batch, time) -> (batch, time, dim)"""

    def __init__(self, vocab_size=10, dim=6, scale=0.1):
        self.weight = scale * np.random.randn(vocab_size, dim)
        self.grad = np.zeros_like(self.weight)
        self.ids = None

    def forward(self, ids):
        self.ids = np.asarray(ids)
        return self.weight[self.ids]

    def backward(self, dout):
        self.grad[...] = 0
        self.grad[self.ids] += dout
        return None

    def step(self, lr):
        self.weight -= lr * self.grad


if __name__ == '__main__':
    emb = Embedding(5, 3)
    sentence = np.array([[0, 3, 4, 3], [1, 1, 2, 0]])
    out = emb.forward(sentence)
    print(out.shape)
    emb.backward(np.ones_like(out))
    print(emb.grad)
