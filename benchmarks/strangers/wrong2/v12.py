import numpy as np

def sig(z):
    return 1 / (1 + np.exp(-z))


class LSTMRegressor:
    """LSTM over (T, B, D), the last hidden state goes to a linear output. MSE loss."""

    def __init__(self, D, H, seed=1):
        r = np.random.RandomState(seed)
        self.H = H
        self.p = {
            'Wx': r.randn(D, 4 * H) * 0.5,
            'Wh': r.randn(H, 4 * H) * 0.5,
            'b': r.randn(4 * H) * 0.1,
            'Wo': r.randn(H, 1),
            'bo': np.zeros(1),
        }

    def forward(self, x, y):
        T, B, _ = x.shape
        H, p = self.H, self.p
        h, c = np.zeros((B, H)), np.zeros((B, H))
        self.x, self.steps = x, []
        for t in range(T):
            a = x[t] @ p['Wx'] + h @ p['Wh'] + p['b']
            i, f, o = sig(a[:, :H]), sig(a[:, H:2*H]), sig(a[:, 2*H:3*H])
            g = np.tanh(a[:, 3*H:])
            c_new = f * c + i * g
            h_new = o * np.tanh(c_new)
            self.steps.append((h, c, i, f, o, g, c_new))
            h, c = h_new, c_new
        self.h = h
        self.diff = h @ p['Wo'] + p['bo'] - y
        return np.mean(self.diff ** 2)

    def backward(self):
        p = self.p
        gr = {k: np.zeros_like(v) for k, v in p.items()}
        dy = 2 * self.diff / self.diff.size
        gr['Wo'] = self.h.T @ dy
        gr['bo'] = dy.sum(0)
        dh = dy @ p['Wo'].T
        dc = np.zeros_like(dh)
        for t in range(len(self.steps) - 1, -1, -1):
            h_prev, c_prev, i, f, o, g, c = self.steps[t]
            do = dh * np.tanh(c)
            dc = dc + dh * o * (1 - np.tanh(c) ** 2)
            da = np.hstack([dc * g * i * (1 - i),
                            dc * c_prev * f * (1 - f),
                            do * o * (1 - o),
                            dc * i * (1 - g ** 2)])
            gr['Wx'] += da.T @ self.x[t]
            gr['Wh'] += h_prev.T @ da
            gr['b'] += da.sum(0)
            dh = da @ p['Wh'].T
            dc = dc * f
        return gr
