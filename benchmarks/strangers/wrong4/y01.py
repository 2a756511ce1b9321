import numpy as np


class TwoLayerNet(object):
    """affine - relu - affine - softmax.

    params: W1 (D,H), b1 (H,), W2 (H,C), b2 (C,)
    """

    def __init__(self, input_size=6, hidden_size=8, output_size=4, std=1e-1, seed=None):
        rng = np.random.RandomState(seed)
        self.params = {}
        self.params['W1'] = std * rng.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = std * rng.randn(hidden_size, output_size)
        self.params['b2'] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.1):
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        N, D = X.shape

        h_pre = X.dot(W1) + b1
        h = np.maximum(0, h_pre)
        scores = h.dot(W2) + b2
        if y is None:
            return scores

        shifted = scores - np.max(scores, axis=1, keepdims=True)
        exp = np.exp(shifted)
        probs = exp / exp.sum(axis=1, keepdims=True)
        data_loss = -np.log(probs[np.arange(N), y]).sum() / N
        loss = data_loss + reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        grads = {}
        dscores = probs.copy()
        dscores[np.arange(N), y] -= 1
        dscores /= N
        grads['W2'] = h.T.dot(dscores) + 2 * reg * W2
        grads['b2'] = dscores.sum(axis=0)
        dh = dscores.dot(W2.T)
        dh[h_pre <= 0] = 0
        grads['W1'] = X.T.dot(dh) + reg * W1
        grads['b1'] = dh.sum(axis=0)
        return loss, grads

    def train(self, X, y, learning_rate=1e-2, reg=1e-3, num_iters=100, batch_size=32):
        history = []
        for it in range(num_iters):
            idx = np.random.choice(X.shape[0], batch_size)
            loss, grads = self.loss(X[idx], y[idx], reg=reg)
            history.append(loss)
            for k in self.params:
                self.params[k] -= learning_rate * grads[k]
        return history

    def predict(self, X):
        return np.argmax(self.loss(X), axis=1)


if __name__ == '__main__':
    X = np.random.randn(100, 6)
    y = (X[:, 0] > 0).astype(int) + 2 * (X[:, 1] > 0).astype(int)
    net = TwoLayerNet()
    print(net.train(X, y)[-1])
