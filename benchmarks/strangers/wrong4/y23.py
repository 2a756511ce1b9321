import numpy as np


class DropoutNet:
    """
    Kaggle tabular regression: dense -> leaky relu -> dropout -> dense, MSE.
    (notebook cells 12-15 in one class)
    """

    def __init__(self, n_features=5, n_hidden=16, keep_prob=0.7, alpha=0.1):
        self.keep_prob = keep_prob
        self.alpha = alpha
        self.W1 = np.random.randn(n_features, n_hidden) * np.sqrt(2 / n_features)
        self.b1 = np.zeros((1, n_hidden))
        self.W2 = np.random.randn(n_hidden, 1) * np.sqrt(1 / n_hidden)
        self.b2 = np.zeros((1, 1))

    def forward(self, X, train=True):
        self.X = X
        self.Z1 = X @ self.W1 + self.b1
        self.A1 = np.where(self.Z1 > 0, self.Z1, self.alpha * self.Z1)
        if train:
            self.D1 = np.random.rand(*self.A1.shape) < self.keep_prob
            self.A1 = self.A1 * self.D1 / self.keep_prob
        else:
            self.D1 = None
        return self.A1 @ self.W2 + self.b2

    def compute_loss(self, y_hat, y):
        return np.mean((y_hat - y) ** 2)

    def backward(self, y_hat, y):
        dout = 2 * (y_hat - y) / y.size
        dW2 = self.A1.T @ dout
        db2 = dout.sum(axis=0, keepdims=True)
        dA1 = dout @ self.W2.T
        if self.D1 is not None:
            dA1 = dA1 * self.D1
        dZ1 = dA1 * np.where(self.Z1 > 0, 1.0, self.alpha)
        dW1 = self.X.T @ dZ1
        db1 = dZ1.sum(axis=0, keepdims=True)
        return dW1, db1, dW2, db2

    def train_step(self, X, y, lr=0.01):
        y_hat = self.forward(X, train=True)
        dW1, db1, dW2, db2 = self.backward(y_hat, y)
        self.W1 -= lr * dW1
        self.b1 -= lr * db1
        self.W2 -= lr * dW2
        self.b2 -= lr * db2
        return self.compute_loss(y_hat, y)


if __name__ == '__main__':
    X = np.random.randn(200, 5)
    y = (X[:, :1] * X[:, 1:2]) + 0.1 * np.random.randn(200, 1)
    net = DropoutNet()
    for epoch in range(301):
        l = net.train_step(X, y)
        if epoch % 100 == 0:
            print(epoch, l)
