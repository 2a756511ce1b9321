# sparseAutoencoderCost, ported from my MATLAB version
import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def sparse_autoencoder_cost(theta, visible_size, hidden_size, data,
                            lam=1e-3, rho=0.05, beta=3.0):
    """data: one example per column. theta: [W1(:); W2(:); b1; b2]"""
    n = hidden_size * visible_size
    W1 = theta[0:n].reshape(hidden_size, visible_size)
    W2 = theta[n:2 * n].reshape(visible_size, hidden_size)
    b1 = theta[2 * n:2 * n + hidden_size].reshape(-1, 1)
    b2 = theta[2 * n + hidden_size:].reshape(-1, 1)
    m = data.shape[1]

    z2 = W1.dot(data) + b1
    a2 = sigmoid(z2)
    z3 = W2.dot(a2) + b2
    a3 = sigmoid(z3)

    rho_hat = a2.mean(axis=1).reshape(-1, 1)
    kl = np.sum(rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat)))
    err = a3 - data
    cost = 0.5 * np.sum(err ** 2) / m + 0.5 * lam * (np.sum(W1 ** 2) + np.sum(W2 ** 2)) + beta * kl

    delta3 = err * a3 * (1 - a3)
    sparsity = beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat))
    delta2 = W2.T.dot(delta3) * a2 * (1 - a2) + sparsity

    W1grad = delta2.dot(data.T) / m + lam * W1
    W2grad = delta3.dot(a2.T) / m + lam * W2
    b1grad = delta2.sum(axis=1) / m
    b2grad = delta3.sum(axis=1) / m

    grad = np.concatenate((W1grad.ravel(), W2grad.ravel(), b1grad, b2grad))
    return cost, grad


if __name__ == '__main__':
    v, h = 8, 3
    r = np.sqrt(6) / np.sqrt(h + v + 1)
    theta = np.concatenate((np.random.rand(2 * h * v) * 2 * r - r, np.zeros(h + v)))
    c, g = sparse_autoencoder_cost(theta, v, h, np.random.rand(v, 20))
    print(c, np.linalg.norm(g))
