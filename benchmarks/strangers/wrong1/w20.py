import numpy as np


def add_bias(a):
    return np.hstack([a, np.ones((a.shape[0], 1))])


def g(z):
    return 1 / (1 + np.exp(-z))


def unroll(Theta1, Theta2):
    return np.concatenate([Theta1.ravel(), Theta2.ravel()])


def nn_cost_function(nn_params, n_in, n_hidden, n_labels, X, Y, lam):
    """
    Sigmoid network with bias units, Y is one-hot (m, n_labels).
    Theta1: (n_hidden, n_in + 1), Theta2: (n_labels, n_hidden + 1)
    returns J and the unrolled gradient
    """
    split = n_hidden * (n_in + 1)
    Theta1 = nn_params[:split].reshape(n_hidden, n_in + 1)
    Theta2 = nn_params[split:].reshape(n_labels, n_hidden + 1)
    m = X.shape[0]

    a1 = add_bias(X)
    h = g(a1 @ Theta1.T)
    a2 = add_bias(h)
    a3 = g(a2 @ Theta2.T)
    J = -np.sum(Y * np.log(a3) + (1 - Y) * np.log(1 - a3)) / m
    J += lam / (2 * m) * (np.sum(Theta1[:, :-1] ** 2) + np.sum(Theta2[:, :-1] ** 2))

    d3 = a3 - Y
    d2 = (d3 @ Theta2) * h * (1 - h)
    grad1 = d2.T @ a1 / m
    grad2 = d3.T @ a2 / m
    grad1[:, :-1] += lam / m * Theta1[:, :-1]
    grad2[:, :-1] += lam / m * Theta2[:, :-1]
    return J, unroll(grad1, grad2)


def make_params(n_in=4, n_hidden=5, n_labels=3):
    rng = np.random.RandomState(0)
    return unroll(rng.randn(n_hidden, n_in + 1), rng.randn(n_labels, n_hidden + 1))
