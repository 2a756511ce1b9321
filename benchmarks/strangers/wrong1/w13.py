import numpy as np


def init_params(sizes, seed=1):
    rng = np.random.RandomState(seed)
    Ws = [rng.randn(a, b) / np.sqrt(a) for a, b in zip(sizes[:-1], sizes[1:])]
    bs = [np.zeros((1, b)) for b in sizes[1:]]
    return Ws, bs


class MLP:
    """Three weight layers, tanh hidden units, softmax output, weight decay."""

    def __init__(self, sizes=(6, 9, 7, 3), reg=0.05):
        self.weights, self.biases = init_params(sizes)
        self.reg = reg

    def predict(self, X):
        self.activations = [X]
        a = X
        for k in range(len(self.weights)):
            z = a @ self.weights[k] + self.biases[k]
            if k < len(self.weights) - 1:
                a = np.tanh(z)
            else:
                z = z - z.max(axis=1, keepdims=True)
                a = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
            self.activations.append(a)
        return a

    def loss(self, X, y):
        p = self.predict(X)
        data_loss = np.mean(-np.log(p[np.arange(len(y)), y]))
        reg_loss = 0.5 * self.reg * sum(np.sum(W * W) for W in self.weights)
        return data_loss + reg_loss

    def gradient(self, X, y):
        p = self.predict(X)
        delta = p.copy()
        delta[np.arange(len(y)), y] -= 1
        delta /= len(y)
        dWs, dbs = [], []
        for k in reversed(range(len(self.weights))):
            a = self.activations[k]
            dWs.insert(0, a.T @ delta + 2 * self.reg * self.weights[k])
            dbs.insert(0, delta.sum(axis=0, keepdims=True))
            if k > 0:
                delta = (delta @ self.weights[k].T) * (1 - a ** 2)
        return dWs, dbs
