import numpy as np


class TiedAutoencoder:
    """Autoencoder avec poids partagés : le décodeur utilise W.T

    h = sigm(x W + b),  r = h W.T + c
    cout = moyenne sur les exemples de 1/2 ||r - x||^2 + l2/2 ||W||^2
    """

    def __init__(self, n_visible, n_hidden, l2=1e-3, rng=None):
        rng = rng or np.random.RandomState(42)
        self.W = rng.uniform(-0.3, 0.3, size=(n_visible, n_hidden))
        self.b = np.zeros(n_hidden)
        self.c = np.zeros(n_visible)
        self.l2 = l2

    def encode(self, x):
        return 1. / (1. + np.exp(-(x @ self.W + self.b)))

    def decode(self, h):
        return h @ self.W.T + self.c

    def cost_and_grads(self, x):
        n = len(x)
        h = self.encode(x)
        r = self.decode(h)
        diff = r - x
        cost = 0.5 * np.sum(diff ** 2) / n + 0.5 * self.l2 * np.sum(self.W ** 2)

        dr = diff / n
        dh = dr @ self.W
        da = dh * h * (1 - h)
        # deux contributions : encodeur et décodeur
        gW = x.T @ da + dr.T @ h + self.l2 * self.W
        gb = da.sum(0)
        gc = dr.sum(0)
        return cost, (gW, gb, gc)

    def fit(self, x, epochs=50, lr=0.1):
        for e in range(epochs):
            cost, (gW, gb, gc) = self.cost_and_grads(x)
            self.W -= lr * gW
            self.b -= lr * gb
            self.c -= lr * gc
        return cost
