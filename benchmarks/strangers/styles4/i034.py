"""Denoising autoencoder with tied weights. The corruption is done by the caller."""
import numpy as np


def logistic(a):
    return 1.0 / (1.0 + np.exp(-a))


class TiedAutoencoder:
    def __init__(self, n_visible=6, n_hidden=3, weight_decay=1e-3, rng=None):
        rng = rng if rng is not None else np.random.RandomState(123)
        bound = 4 * np.sqrt(6.0 / (n_hidden + n_visible))
        self.W = rng.uniform(-bound, bound, (n_visible, n_hidden))
        self.bhid = np.zeros(n_hidden)
        self.bvis = np.zeros(n_visible)
        self.weight_decay = weight_decay

    def encode(self, x):
        return logistic(x @ self.W + self.bhid)

    def decode(self, h):
        return logistic(h @ self.W.T + self.bvis)

    def cost(self, x_noisy, x):
        z = self.decode(self.encode(x_noisy))
        xent = -np.sum(x * np.log(z) + (1 - x) * np.log(1 - z), axis=1)
        return xent.mean() + 0.5 * self.weight_decay * np.sum(self.W ** 2)

    def cost_grads(self, x_noisy, x):
        """returns [gW, gbhid, gbvis]"""
        n = x.shape[0]
        h = self.encode(x_noisy)
        z = self.decode(h)
        delta_out = (z - x) / n
        delta_hid = (delta_out @ self.W) * h * (1 - h)
        gW = x_noisy.T @ delta_hid
        gW += self.weight_decay * self.W
        return [gW, delta_hid.sum(0), delta_out.sum(0)]

    def partial_fit(self, x_noisy, x, lr=0.1):
        for p, g in zip((self.W, self.bhid, self.bvis), self.cost_grads(x_noisy, x)):
            p -= lr * g


if __name__ == "__main__":
    rng = np.random.RandomState(0)
    X = (rng.rand(50, 6) > 0.5).astype(float)
    X[:, 3:] = X[:, :3]
    da = TiedAutoencoder(rng=rng)
    for epoch in range(200):
        noisy = X * (rng.rand(*X.shape) > 0.2)
        da.partial_fit(noisy, X)
    print(da.cost(X, X))
