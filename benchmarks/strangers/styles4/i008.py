# Mixture density network, the blog post's numpy version.
# One input, one output, the inverse-sine toy problem.
import numpy as np


class MDN:
    def __init__(self, hidden=8, mixtures=3, seed=0):
        r = np.random.default_rng(seed)
        self.M = mixtures
        self.W1 = r.normal(size=(1, hidden))
        self.b1 = r.normal(size=hidden)
        self.W2 = r.normal(size=(hidden, 3 * mixtures)) * 0.3
        self.b2 = r.normal(size=3 * mixtures) * 0.3

    def forward(self, x):
        """x (N,1) -> log pi, mu, log sigma, each (N, M)"""
        self.x = x
        self.h = np.tanh(x @ self.W1 + self.b1)
        o = self.h @ self.W2 + self.b2
        a, mu, s = np.split(o, 3, axis=1)
        a = a - a.max(1, keepdims=True)
        logpi = a - np.log(np.exp(a).sum(1, keepdims=True))
        return logpi, mu, s

    def nll(self, x, y):
        """y (N,1). Fills self.grads as well, call it loss.backward() if you like."""
        logpi, mu, s = self.forward(x)
        N = len(x)
        u = (y - mu) * np.exp(-s)
        comp = logpi - s - 0.5 * u ** 2 - 0.5 * np.log(2 * np.pi)
        top = comp.max(1, keepdims=True)
        ll = top + np.log(np.exp(comp - top).sum(1, keepdims=True))
        loss = -ll.mean()

        post = np.exp(comp - ll)
        da = (np.exp(logpi) - post) / N
        dmu = -post * u / N
        ds = post * (1 - u ** 2) / N
        do = np.concatenate([da, dmu, ds], axis=1)
        dh = (do @ self.W2.T) * (1 - self.h ** 2)
        self.grads = {
            "W2": self.h.T @ do, "b2": do.sum(0),
            "W1": self.x.T @ dh, "b1": dh.sum(0),
        }
        return loss


if __name__ == "__main__":
    r = np.random.default_rng(1)
    y = r.uniform(-4, 4, (200, 1))
    x = np.sin(0.75 * y) * 3 + y * 0.5 + r.normal(size=(200, 1)) * 0.2
    net = MDN()
    for it in range(1000):
        L = net.nll(x, y)
        for k, g in net.grads.items():
            setattr(net, k, getattr(net, k) - 0.05 * g)
        if it % 250 == 0:
            print(it, L)
