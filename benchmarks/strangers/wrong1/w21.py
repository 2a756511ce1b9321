import numpy as np


def sig(x):
    return 1 / (1 + np.exp(-x))


class LSTMClassifier:
    """Reads X (N, T, D), the last hidden state goes into a softmax over C classes."""

    def __init__(self, D=4, H=6, C=3, seed=0):
        r = np.random.RandomState(seed)
        self.params = {
            'Wx': r.randn(D, 4 * H) * 0.5, 'Wh': r.randn(H, 4 * H) * 0.5,
            'b': r.randn(4 * H) * 0.1, 'V': r.randn(H, C), 'c': np.zeros(C)}
        self.H = H

    def loss_and_grads(self, X, y):
        p, H = self.params, self.H
        N, T, D = X.shape
        h, c = np.zeros((N, H)), np.zeros((N, H))
        caches = []
        for t in range(T):
            a = X[:, t] @ p['Wx'] + h @ p['Wh'] + p['b']
            i, f, o = sig(a[:, :H]), sig(a[:, H:2 * H]), sig(a[:, 2 * H:3 * H])
            g = np.tanh(a[:, 3 * H:])
            c_new = f * c + i * g
            tc = np.tanh(c_new)
            caches.append((X[:, t], h, c, i, f, o, g, tc))
            h, c = o * tc, c_new
        s = h @ p['V'] + p['c']
        s = np.exp(s - s.max(axis=1, keepdims=True))
        s /= s.sum(axis=1, keepdims=True)
        loss = -np.log(s[np.arange(N), y]).mean()

        grads = {k: np.zeros_like(v) for k, v in p.items()}
        ds = s
        ds[np.arange(N), y] -= 1
        ds /= N
        grads['V'] = h.T @ ds
        grads['c'] = ds.sum(axis=0)
        dh, dc = ds @ p['V'].T, np.zeros((N, H))
        for x, h0, c0, i, f, o, g, tc in reversed(caches):
            do = dh * tc
            dc = dh * o * (1 - tc ** 2)
            da = np.hstack([dc * g * i * (1 - i), dc * c0 * f * (1 - f),
                            do * o * (1 - o), dc * i * (1 - g ** 2)])
            grads['Wx'] += x.T @ da
            grads['Wh'] += h0.T @ da
            grads['b'] += da.sum(axis=0)
            dh = da @ p['Wh'].T
            dc = dc * f
        return loss, grads
