import numpy as np
# Neural network from scratch - titanic style binary classification


class NeuralNet:
    def __init__(self, layers=[5, 8, 1], learning_rate=0.001, iterations=100):
        self.params = {}
        self.learning_rate = learning_rate
        self.iterations = iterations
        self.loss = []
        self.layers = layers
        self.X = None
        self.y = None
        self.init_weights()

    def init_weights(self):
        np.random.seed(1)
        self.params['W1'] = np.random.randn(self.layers[0], self.layers[1]) * 0.5
        self.params['b1'] = np.random.randn(self.layers[1]) * 0.1
        self.params['W2'] = np.random.randn(self.layers[1], self.layers[2]) * 0.5
        self.params['b2'] = np.random.randn(self.layers[2]) * 0.1

    def sigmoid(self, Z):
        return 1 / (1 + np.exp(-Z))

    def entropy_loss(self, y, yhat):
        eps = 1e-10
        yhat = np.clip(yhat, eps, 1 - eps)
        return -np.sum(y * np.log(yhat) + (1 - y) * np.log(1 - yhat)) / len(y)

    def forward_propagation(self):
        self.A1 = self.sigmoid(self.X @ self.params['W1'] + self.params['b1'])
        self.yhat = self.sigmoid(self.A1 @ self.params['W2'] + self.params['b2'])
        return self.yhat, self.entropy_loss(self.y, self.yhat)

    def back_propagation(self):
        m = len(self.y)
        dl_wrt_z2 = (self.yhat - self.y) * self.yhat * (1 - self.yhat) / m
        dl_wrt_A1 = dl_wrt_z2 @ self.params['W2'].T
        grads = {
            'W2': self.A1.T @ dl_wrt_z2,
            'b2': dl_wrt_z2.sum(axis=0),
        }
        dl_wrt_z1 = dl_wrt_A1 * self.A1 * (1 - self.A1)
        grads['W1'] = self.X.T @ dl_wrt_z1
        grads['b1'] = dl_wrt_z1.sum(axis=0)
        self.grads = grads
        return grads

    def fit(self, X, y):
        self.X = X
        self.y = y.reshape(-1, 1)
        for i in range(self.iterations):
            yhat, loss = self.forward_propagation()
            grads = self.back_propagation()
            for k in self.params:
                self.params[k] = self.params[k] - self.learning_rate * grads[k]
            self.loss.append(loss)

    def predict(self, X):
        A1 = self.sigmoid(X @ self.params['W1'] + self.params['b1'])
        return np.round(self.sigmoid(A1 @ self.params['W2'] + self.params['b2']))
