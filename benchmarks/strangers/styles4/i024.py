# layers as closures: every function returns (output, pullback)
# Inspired by how Julia people do it. No classes at all.
import numpy as np


def affine(W, b, x):
    def back(g):
        return x.T @ g, g.sum(0), g @ W.T
    return x @ W + b, back


def elu(x, alpha=1.0):
    neg = alpha * np.expm1(np.minimum(x, 0))
    def back(g):
        return g * np.where(x > 0, 1.0, neg + alpha)
    return np.where(x > 0, x, neg), back


def weightnorm(V, g):
    """W = g * V / |V| column by column"""
    n = np.sqrt((V * V).sum(0))
    U = V / n
    def back(dW):
        dg = (dW * U).sum(0)
        dV = g / n * (dW - U * dg)
        return dV, dg
    return U * g, back


def mean_logcosh(y, t):
    e = y - t
    def back():
        return np.tanh(e) / e.size
    return np.mean(np.logaddexp(e, -e) - np.log(2)), back


def value_and_grad(params, x, t):
    """params = dict V1, g1, b1, V2, g2, b2. Returns loss and dict of the same keys."""
    W1, p1 = weightnorm(params['V1'], params['g1'])
    a, p2 = affine(W1, params['b1'], x)
    h, p3 = elu(a)
    W2, p4 = weightnorm(params['V2'], params['g2'])
    y, p5 = affine(W2, params['b2'], h)
    loss, p6 = mean_logcosh(y, t)

    grads = {}
    dW2, grads['b2'], dh = p5(p6())
    grads['V2'], grads['g2'] = p4(dW2)
    dW1, grads['b1'], dx = p2(p3(dh))
    grads['V1'], grads['g1'] = p1(dW1)
    return loss, grads


def init(n_in, n_hid, n_out, seed=0):
    r = np.random.default_rng(seed)
    return dict(V1=r.normal(size=(n_in, n_hid)), g1=np.ones(n_hid), b1=np.zeros(n_hid),
                V2=r.normal(size=(n_hid, n_out)), g2=np.ones(n_out), b2=np.zeros(n_out))


if __name__ == '__main__':
    r = np.random.default_rng(1)
    X, T = r.normal(size=(30, 3)), r.normal(size=(30, 2))
    P = init(3, 10, 2)
    for _ in range(200):
        L, G = value_and_grad(P, X, T)
        P = {k: P[k] - 0.3 * G[k] for k in P}
    print(L)
