import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# x must already be sigmoid(x)
def sigmoid_derivative(x):
    return x * (1 - x)


class NeuralNet:
    def __init__(self, n_in, n_hidden, n_out, lr=0.5):
        self.lr = lr
        self.w1 = np.random.uniform(-1, 1, (n_in, n_hidden))
        self.b1 = np.zeros((1, n_hidden))
        self.w2 = np.random.uniform(-1, 1, (n_hidden, n_out))
        self.b2 = np.zeros((1, n_out))

    def feed_forward(self, X):
        self.X = X
        self.z1 = np.dot(X, self.w1) + self.b1
        self.a1 = sigmoid(self.z1)
        self.z2 = np.dot(self.a1, self.w2) + self.b2
        self.a2 = sigmoid(self.z2)
        return self.a2

    def cost(self, y):
        return 0.5 * np.sum((y - self.a2) ** 2)

    def back_propagate(self, y):
        output_error = self.a2 - y
        output_delta = output_error * sigmoid_derivative(self.a2)
        hidden_error = output_delta.dot(self.w2.T)
        hidden_delta = hidden_error * sigmoid_derivative(self.z1)

        self.w2 -= self.lr * self.a1.T.dot(output_delta)
        self.b2 -= self.lr * output_delta.sum(axis=0, keepdims=True)
        self.w1 -= self.lr * self.X.T.dot(hidden_delta)
        self.b1 -= self.lr * hidden_delta.sum(axis=0, keepdims=True)
