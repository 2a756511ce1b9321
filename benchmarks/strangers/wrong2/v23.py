import numpy as np

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def sigmoidGradient(z):
    g = sigmoid(z)
    return g * (1 - g)

def nnCostFunction(Theta1, Theta2, X, Y, lam):
    """ Two-layer sigmoid network, cross-entropy cost with weight decay.
        Theta1: hidden x (n+1), Theta2: labels x (hidden+1), Y is one-hot. """
    m = X.shape[0]
    ones = np.ones((m, 1))

    # Part 1: feedforward
    a1 = np.hstack((ones, X))
    z2 = a1.dot(Theta1.T)
    a2 = np.hstack((ones, sigmoid(z2)))
    z3 = a2.dot(Theta2.T)
    h = sigmoid(z3)

    J = -np.sum(Y * np.log(h) + (1 - Y) * np.log(1 - h)) / m
    J = J + lam / (2.0 * m) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))

    # Part 2: backpropagation
    d3 = h - Y
    d2 = d3.dot(Theta2) * sigmoidGradient(z2)
    Theta1_grad = d2.T.dot(a1) / m
    Theta2_grad = d3.T.dot(a2) / m

    # Part 3: regularization, not for the bias column
    Theta1_grad[:, 1:] += lam / m * Theta1[:, 1:]
    Theta2_grad[:, 1:] += lam / m * Theta2[:, 1:]
    return J, Theta1_grad, Theta2_grad
