import numpy as np


class TwoLayerDropoutNet(object):
    def __init__(self, input_size=8, hidden_size=10, num_classes=4, keep=0.7, seed=3):
        np.random.seed(seed)
        self.keep = keep
        self.seed = seed
        self.params = {}
        self.params['W1'] = 0.5 * np.random.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = 0.5 * np.random.randn(hidden_size, num_classes)
        self.params['b2'] = np.zeros(num_classes)

    def loss(self, X, y=None):
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        N = X.shape[0]

        hidden = np.maximum(0, X.dot(W1) + b1)
        if y is None:
            return hidden.dot(W2) + b2
        # same mask every time so that the net can be grad-checked
        rng = np.random.RandomState(self.seed)
        mask = (rng.rand(*hidden.shape) < self.keep) / self.keep
        dropped = hidden * mask
        scores = dropped.dot(W2) + b2

        scores -= scores.max(axis=1, keepdims=True)
        probs = np.exp(scores)
        probs /= probs.sum(axis=1, keepdims=True)
        loss = -np.log(probs[range(N), y]).mean()

        grads = {}
        dscores = probs.copy()
        dscores[range(N), y] -= 1
        dscores /= N
        grads['W2'] = dropped.T.dot(dscores)
        grads['b2'] = dscores.sum(axis=0)
        dhidden = dscores.dot(W2.T)
        dhidden[hidden <= 0] = 0
        grads['W1'] = X.T.dot(dhidden)
        grads['b1'] = dhidden.sum(axis=0)
        return loss, grads
