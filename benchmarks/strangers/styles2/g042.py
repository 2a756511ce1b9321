import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def sparse_autoencoder_cost(theta, visible_size, hidden_size, lambda_, rho, beta, data):
    """UFLDL exercise. data: (visible_size, m). theta: unrolled parameter vector."""
    hv = hidden_size * visible_size
    W1 = theta[0:hv].reshape(hidden_size, visible_size)
    W2 = theta[hv:2*hv].reshape(visible_size, hidden_size)
    b1 = theta[2*hv:2*hv + hidden_size]
    b2 = theta[2*hv + hidden_size:]
    m = data.shape[1]

    a2 = sigmoid(W1.dot(data) + b1[:, None])
    a3 = sigmoid(W2.dot(a2) + b2[:, None])

    # sparsity
    rho_hat = a2.sum(axis=1) / m
    KL = np.sum(rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat)))
    cost = np.sum((a3 - data) ** 2) / (2 * m) \
        + (lambda_ / 2) * (np.sum(W1 ** 2) + np.sum(W2 ** 2)) + beta * KL

    sparsity_delta = -rho / rho_hat + (1 - rho) / (1 - rho_hat)
    delta3 = -(data - a3) * a3 * (1 - a3)
    delta2 = (W2.T.dot(delta3) + beta * sparsity_delta[:, None]) * a2 * (1 - a2)

    W1grad = delta2.dot(data.T) / m + lambda_ * W1
    W2grad = delta3.dot(a2.T) / m + lambda_ * W2
    b1grad = delta2.sum(axis=1) / m
    b2grad = delta3.sum(axis=1) / m
    grad = np.concatenate((W1grad.ravel(), W2grad.ravel(), b1grad, b2grad))
    return cost, grad
