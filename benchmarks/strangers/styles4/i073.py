import numpy as np


class LinearSVM(object):

    def __init__(self, num_classes=3, reg=1e-3, delta=1.0):
        self.num_classes = num_classes
        self.reg = reg
        self.delta = delta
        self.W = None

    def loss(self, X, y):
        """ multiclass (Crammer-Singer style) hinge; returns loss and dW.  X: N x D """
        if self.W is None:
            self.W = 0.01 * np.random.randn(X.shape[1], self.num_classes)
        num_train = X.shape[0]
        loss = 0.0
        dW = np.zeros(self.W.shape)
        for i in range(num_train):
            scores = X[i].dot(self.W)
            correct = scores[y[i]]
            for j in range(self.num_classes):
                if j == y[i]:
                    continue
                margin = scores[j] - correct + self.delta
                if margin > 0:
                    loss += margin
                    dW[:, j] += X[i]
                    dW[:, y[i]] -= X[i]
        loss = loss / num_train + self.reg * np.sum(self.W * self.W)
        dW = dW / num_train + 2 * self.reg * self.W
        return loss, dW

    def train(self, X, y, learning_rate=1e-2, num_iters=100, batch_size=50, verbose=False):
        history = []
        for it in range(num_iters):
            pick = np.random.choice(len(X), batch_size)
            loss, grad = self.loss(X[pick], y[pick])
            history.append(loss)
            self.W -= learning_rate * grad
            if verbose and it % 10 == 0:
                print('iter %d: %f' % (it, loss))
        return history

    def predict(self, X):
        return np.argmax(X.dot(self.W), axis=1)
