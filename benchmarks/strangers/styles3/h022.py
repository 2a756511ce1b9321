"""1-D GAN in NumPy: a generator that learns N(4, 1.5). Part of a blog post."""
import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


class Discriminator:
    def __init__(self, hidden=8, lr=0.01, slope=0.2):
        self.W1 = np.random.normal(0, 0.5, (1, hidden))
        self.b1 = np.random.normal(0, 0.1, (1, hidden))
        self.W2 = np.random.normal(0, 0.5, (hidden, 1))
        self.b2 = np.zeros((1, 1))
        self.slope = slope
        self.lr = lr

    def forward(self, x):
        self.x = x
        self.z1 = x @ self.W1 + self.b1
        self.a1 = np.where(self.z1 > 0, self.z1, self.slope * self.z1)
        self.logit = self.a1 @ self.W2 + self.b2
        return self.logit

    def bce(self, label):
        """Mean binary cross entropy of the last forward pass, label is 0 or 1."""
        z = self.logit
        return np.mean(np.maximum(z, 0) - z * label + np.log1p(np.exp(-np.abs(z))))

    def backward(self, label):
        """Gradients of bce(label); returns the gradient on the input (for G)."""
        m = self.x.shape[0]
        dz2 = (sigmoid(self.logit) - label) / m
        self.dW2 = self.a1.T @ dz2
        self.db2 = dz2.sum(axis=0, keepdims=True)
        dz1 = (dz2 @ self.W2.T) * np.where(self.z1 > 0, 1.0, self.slope)
        self.dW1 = self.x.T @ dz1
        self.db1 = dz1.sum(axis=0, keepdims=True)
        return dz1 @ self.W1.T

    def update(self):
        for p in ('W1', 'b1', 'W2', 'b2'):
            getattr(self, p).__isub__(self.lr * getattr(self, 'd' + p))


class Generator:
    def __init__(self, lr=0.01):
        self.a, self.c, self.lr = 1.0, 0.0, lr

    def sample(self, m):
        self.z = np.random.randn(m, 1)
        return self.a * self.z + self.c

    def learn(self, dx):
        self.a -= self.lr * np.sum(dx * self.z)
        self.c -= self.lr * np.sum(dx)


if __name__ == '__main__':
    D, G = Discriminator(), Generator()
    for step in range(500):
        D.forward(np.random.normal(4, 1.5, (32, 1)))
        D.backward(1)
        D.update()
        D.forward(G.sample(32))
        D.backward(0)
        D.update()
        D.forward(G.sample(32))
        G.learn(D.backward(1))
    print('generator: scale %.2f shift %.2f' % (G.a, G.c))
