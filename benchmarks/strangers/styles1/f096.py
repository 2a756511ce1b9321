import numpy as np


def sigmoid(x):
    return 1. / (1 + np.exp(-x))


class TiedAutoencoder(object):
    def __init__(self, n_visible=2, n_hidden=3, rng=None):
        if rng is None:
            rng = np.random.RandomState(1234)
        a = 1. / n_visible
        self.W = rng.uniform(low=-a, high=a, size=(n_visible, n_hidden))
        self.hbias = np.zeros(n_hidden)
        self.vbias = np.zeros(n_visible)

    def get_hidden_values(self, X):
        return sigmoid(np.dot(X, self.W) + self.hbias)

    def get_reconstructed_input(self, hidden):
        return np.dot(hidden, self.W.T) + self.vbias

    def cost(self, X):
        z = self.get_reconstructed_input(self.get_hidden_values(X))
        return 0.5 * np.mean(np.sum((z - X) ** 2, axis=1))

    def gradients(self, X):
        y = self.get_hidden_values(X)
        z = self.get_reconstructed_input(y)

        d_visible = (z - X) / X.shape[0]
        d_hidden = np.dot(d_visible, self.W) * y * (1 - y)

        dW = np.dot(X.T, d_hidden)
        dhbias = np.sum(d_hidden, axis=0)
        dvbias = np.sum(d_visible, axis=0)
        return dW, dhbias, dvbias
