import numpy as np

# Denoising autoencoder with tied weights (W for the encoder, W' for the decoder).
# Rows are examples.


class TiedAutoencoder:

    def __init__(self, n_visible, n_hidden, rng=None):
        rng = rng or np.random.RandomState(1234)
        bound = 4 * np.sqrt(6.0 / (n_visible + n_hidden))
        self.W = rng.uniform(-bound, bound, size=(n_visible, n_hidden))
        self.bhid = np.zeros(n_hidden)
        self.bvis = np.zeros(n_visible)
        self.rng = rng

    def corrupt(self, x, level=0.3):
        return x * self.rng.binomial(1, 1 - level, size=x.shape)

    def encode(self, x):
        return 1 / (1 + np.exp(-(x.dot(self.W) + self.bhid)))

    def decode(self, h):
        return 1 / (1 + np.exp(-(h.dot(self.W.T) + self.bvis)))

    def cost_and_grads(self, x, x_tilde=None):
        """mean reconstruction cross-entropy, and a dict of gradients"""
        if x_tilde is None:
            x_tilde = x
        n = len(x)
        y = self.encode(x_tilde)
        z = self.decode(y)
        cost = -np.sum(x * np.log(z) + (1 - x) * np.log(1 - z)) / n

        dz = (z - x) / n
        dy = dz.dot(self.W) * y * (1 - y)
        grads = {
            "W": dz.T.dot(y),
            "bhid": dy.sum(axis=0),
            "bvis": dz.sum(axis=0),
        }
        return cost, grads

    def fit(self, X, epochs=10, batch=20, lr=0.1):
        for ep in range(epochs):
            tot = []
            for i in range(0, len(X), batch):
                xb = X[i:i + batch]
                c, g = self.cost_and_grads(xb, self.corrupt(xb))
                for name in g:
                    setattr(self, name, getattr(self, name) - lr * g[name])
                tot.append(c)
            print("epoch", ep, "cost", np.mean(tot))
