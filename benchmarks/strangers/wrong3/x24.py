import numpy as np

# Deep neural network, columns are examples (course week 4 style)


def initialize_parameters(layer_dims, seed=3):
    np.random.seed(seed)
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters["W" + str(l)] = np.random.randn(layer_dims[l], layer_dims[l - 1]) * 0.5
        parameters["b" + str(l)] = np.zeros((layer_dims[l], 1))
    return parameters


def L_model_forward(X, parameters):
    """[LINEAR -> TANH] * (L-1) -> LINEAR -> SIGMOID"""
    caches = []
    A = X
    L = len(parameters) // 2
    for l in range(1, L + 1):
        A_prev = A
        W, b = parameters["W" + str(l)], parameters["b" + str(l)]
        Z = np.dot(W, A_prev) + b
        A = np.tanh(Z) if l < L else 1 / (1 + np.exp(-Z))
        caches.append((A_prev, W, A))
    return A, caches


def compute_cost(AL, Y):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m
    return np.squeeze(cost)


def L_model_backward(AL, Y, caches):
    grads = {}
    L = len(caches)
    m = AL.shape[1]
    Y = Y.reshape(AL.shape)

    dA = -(np.divide(Y, AL) + np.divide(1 - Y, 1 - AL))
    for l in range(L, 0, -1):
        A_prev, W, A = caches[l - 1]
        if l == L:
            dZ = dA * A * (1 - A)
        else:
            dZ = dA * (1 - A ** 2)
        grads["dW" + str(l)] = np.dot(dZ, A_prev.T) / m
        grads["db" + str(l)] = np.sum(dZ, axis=1, keepdims=True) / m
        dA = np.dot(W.T, dZ)
    return grads


def update_parameters(parameters, grads, learning_rate):
    for l in range(1, len(parameters) // 2 + 1):
        parameters["W" + str(l)] -= learning_rate * grads["dW" + str(l)]
        parameters["b" + str(l)] -= learning_rate * grads["db" + str(l)]
    return parameters


if __name__ == "__main__":
    X = np.random.randn(2, 30)
    Y = (X[:1] * X[1:] > 0).astype(float)
    params = initialize_parameters([2, 5, 4, 1])
    for i in range(300):
        AL, caches = L_model_forward(X, params)
        params = update_parameters(params, L_model_backward(AL, Y, caches), 0.5)
    print(compute_cost(AL, Y))
