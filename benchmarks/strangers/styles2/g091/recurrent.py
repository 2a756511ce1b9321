import numpy as np
from .base import Layer, sigma


class LSTM(Layer):
    def __init__(self, n_in, n_units):
        super().__init__()
        self.n_units = n_units
        self.add("Wx", n_in, 4 * n_units)
        self.add("Wh", n_units, 4 * n_units)
        self.add("b", 4 * n_units)

    def forward(self, x):
        N, T, _ = x.shape
        h = c = np.zeros((N, self.n_units))
        self.tape, hs = [], []
        for t in range(T):
            A = x[:, t] @ self.params["Wx"] + h @ self.params["Wh"] + self.params["b"]
            f, g, i, o = np.split(A, 4, axis=1)
            f, g, i, o = sigma(f), np.tanh(g), sigma(i), sigma(o)
            c_next = f * c + g * i
            self.tape.append((x[:, t], h, c, f, g, i, o, c_next))
            c = c_next
            h = o * np.tanh(c)
            hs.append(h)
        return np.stack(hs, axis=1)

    def backward(self, dhs):
        self.zero_grads()
        dh = dc = 0
        dx = []
        for t, (xt, h_prev, c_prev, f, g, i, o, c) in reversed(list(enumerate(self.tape))):
            dh = dh + dhs[:, t]
            tanh_c = np.tanh(c)
            ds = dc + dh * o * (1 - tanh_c ** 2)
            dA = np.hstack([ds * c * f * (1 - f),
                            ds * i * (1 - g ** 2),
                            ds * g * i * (1 - i),
                            dh * tanh_c * o * (1 - o)])
            dc = ds * f
            self.grads["Wx"] += xt.T @ dA
            self.grads["Wh"] += h_prev.T @ dA
            self.grads["b"] += dA.sum(axis=0)
            dx.insert(0, dA @ self.params["Wx"].T)
            dh = dA @ self.params["Wh"].T
        return np.stack(dx, axis=1)
