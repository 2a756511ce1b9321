import numpy as np


def initialize_parameters(layer_dims, seed=1):
    np.random.seed(seed)
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters["W" + str(l)] = np.random.randn(layer_dims[l], layer_dims[l - 1]) / np.sqrt(layer_dims[l - 1])
        parameters["b" + str(l)] = np.zeros((layer_dims[l], 1))
    return parameters


def model_forward(X, parameters):
    """X: (n_x, m). RELU on the hidden layers, SIGMOID on the last one."""
    L = len(parameters) // 2
    caches = {"A0": X}
    A = X
    for l in range(1, L + 1):
        Z = np.dot(parameters["W" + str(l)], A) + parameters["b" + str(l)]
        A = np.maximum(0, Z) if l < L else 1 / (1 + np.exp(-Z))
        caches["Z" + str(l)] = Z
        caches["A" + str(l)] = A
    return A, caches


def compute_cost(AL, Y):
    m = Y.shape[1]
    return float(-np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m)


def model_backward(Y, parameters, caches):
    grads = {}
    L = len(parameters) // 2
    m = Y.shape[1]
    dZ = caches["A" + str(L)] - Y
    for l in range(L, 0, -1):
        grads["dW" + str(l)] = np.dot(dZ, caches["A" + str(l - 1)].T) / m
        grads["db" + str(l)] = np.sum(dZ, keepdims=True) / m
        if l > 1:
            dA = np.dot(parameters["W" + str(l)].T, dZ)
            dZ = dA * (caches["Z" + str(l - 1)] > 0)
    return grads


class DeepNN:
    def __init__(self, layer_dims=(5, 4, 3, 1), learning_rate=0.05):
        self.parameters = initialize_parameters(layer_dims)
        self.learning_rate = learning_rate

    def forward(self, X):
        AL, self.caches = model_forward(X, self.parameters)
        return AL

    def cost(self, X, Y):
        return compute_cost(self.forward(X), Y)

    def backward(self, Y):
        self.grads = model_backward(Y, self.parameters, self.caches)
        return self.grads

    def fit(self, X, Y, num_iterations=500):
        for i in range(num_iterations):
            c = self.cost(X, Y)
            self.backward(Y)
            for k in self.parameters:
                self.parameters[k] = self.parameters[k] - self.learning_rate * self.grads["d" + k]
            if i % 100 == 0:
                print("Cost after iteration", i, ":", c)


if __name__ == "__main__":
    X = np.random.randn(5, 40)
    Y = (X.sum(axis=0, keepdims=True) > 0).astype(float)
    DeepNN().fit(X, Y)
