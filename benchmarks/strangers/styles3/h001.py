import numpy as np


class TinyTwoLayer(object):
    """
    input - fully connected - ReLU - fully connected - softmax
    Regularisation is 0.5 * reg * sum(W*W) on both weight matrices.
    """

    def __init__(self, input_size, hidden_size, output_size, std=1e-1):
        self.params = {}
        self.params['W1'] = std * np.random.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = std * np.random.randn(hidden_size, output_size)
        self.params['b2'] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.0):
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        N = X.shape[0]

        hidden = X.dot(W1) + b1
        act = hidden * (hidden > 0)
        scores = act.dot(W2) + b2
        if y is None:
            return scores

        shifted = scores - scores.max(axis=1)[:, None]
        logZ = np.log(np.exp(shifted).sum(axis=1))
        data_loss = np.mean(logZ - shifted[np.arange(N), y])
        loss = data_loss + 0.5 * reg * (np.sum(W1 ** 2) + np.sum(W2 ** 2))

        probs = np.exp(shifted - logZ[:, None])
        probs[np.arange(N), y] -= 1
        probs /= N

        grads = {}
        grads['W2'] = act.T.dot(probs) + reg * W2
        grads['b2'] = probs.sum(axis=0)
        dact = probs.dot(W2.T)
        dact[hidden <= 0] = 0
        grads['W1'] = X.T.dot(dact) + reg * W1
        grads['b1'] = dact.sum(axis=0)
        return loss, grads

    def train(self, X, y, lr=1e-3, lr_decay=0.95, reg=1e-5, iters=100, bs=200):
        hist = []
        for it in range(iters):
            idx = np.random.choice(X.shape[0], bs)
            loss, g = self.loss(X[idx], y[idx], reg)
            hist.append(loss)
            for k in self.params:
                self.params[k] -= lr * g[k]
            if it % 50 == 49:
                lr *= lr_decay
        return hist

    def predict(self, X):
        return self.loss(X).argmax(axis=1)
