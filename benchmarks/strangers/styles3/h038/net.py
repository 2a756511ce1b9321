import numpy as np

from .layers import Dense, ReLU
from .losses import mse


class Network:
    """Stack of Dense layers with ReLU in between."""

    def __init__(self, sizes=(3, 5, 2), loss=mse, seed=0):
        rng = np.random.default_rng(seed)
        self.loss_fn = loss
        self.layers = []
        last = len(sizes) - 2
        for i in range(len(sizes) - 1):
            self.layers.append(Dense(sizes[i], sizes[i + 1], rng))
            if i != last:
                self.layers.append(ReLU())

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad):
        for layer in self.layers[::-1]:
            grad = layer.backward(grad)
        return grad

    def gradients(self):
        return [(l.dw, l.db) for l in self.layers if l.trainable]

    def train_step(self, x, y, lr=0.01):
        loss, grad = self.loss_fn(self.forward(x), y)
        self.backward(grad)
        for l in self.layers:
            if l.trainable:
                l.w -= lr * l.dw
                l.b -= lr * l.db
        return loss
