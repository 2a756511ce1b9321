"""Recurrent layers: the same weights in every step, whose gradients add."""

import numpy as np


class Rnn:
    def __init__(self, Wx, Wh, b):
        self.Wx, self.Wh, self.b = Wx, Wh, b
        self.dWx = self.dWh = self.db = None

    def forward(self, x):
        self.x, self.h = x, [np.zeros((len(x), len(self.b)))]
        for s in range(x.shape[1]):
            self.h.append(np.tanh(x[:, s] @ self.Wx + self.h[-1] @ self.Wh + self.b))
        return np.stack(self.h[1:], axis=1)

    def backward(self, dout):
        self.dWx, self.dWh = np.zeros_like(self.Wx), np.zeros_like(self.Wh)
        self.db = np.zeros_like(self.b)
        dx, dh = np.zeros_like(self.x), np.zeros_like(self.h[0])
        for s in reversed(range(self.x.shape[1])):
            dz = (dout[:, s] + dh) * (1 - self.h[s + 1] ** 2)
            self.dWx += self.x[:, s].T @ dz
            self.dWh += self.h[s].T @ dz
            self.db += dz.sum(axis=0)
            dx[:, s] = dz @ self.Wx.T
            dh = dz @ self.Wh.T
        return dx


class LstmCell:
    def __init__(self, W, b, h, c):
        self.W, self.b, self.h, self.c = W, b, h, c
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)

    def forward(self, x):
        self.both = np.concatenate([x, self.h], axis=1)
        z = self.both @ self.W + self.b
        i, f, o = (1 / (1 + np.exp(-z[:, k : k + 2])) for k in (0, 2, 4))
        g = np.tanh(z[:, 6:])
        self.gates, self.th = (i, f, o, g), np.tanh(f * self.c + i * g)
        return o * self.th

    def backward(self, dout):
        (i, f, o, g), th = self.gates, self.th
        dc = dout * o * (1 - th**2)
        do = dout * th * o * (1 - o)
        di = dc * g * i * (1 - i)
        df = dc * self.c * f * (1 - f)
        dg = dc * i * (1 - g**2)
        dz = np.concatenate([di, df, do, dg], axis=1)
        self.dW = self.both.T @ dz
        self.db = dz.sum(axis=0)
        return (dz @ self.W.T)[:, :3]


class LeakyIntegrator:
    def __init__(self, a):
        self.a = a
        self.da = None

    def forward(self, x):
        self.h = [np.zeros_like(x[:, 0])]
        for s in range(x.shape[1]):
            self.h.append(self.a * self.h[-1] + x[:, s])
        return np.stack(self.h[1:], axis=1)

    def backward(self, dout):
        dx, dh = np.zeros_like(dout), np.zeros_like(self.h[0])
        self.da = np.zeros_like(self.a)
        for s in reversed(range(dout.shape[1])):
            dh = dout[:, s] + dh
            dx[:, s] = dh
            self.da += (dh * self.h[s]).sum(axis=0)
            dh = dh * self.a
        return dx


class IirFilter:
    def __init__(self, b, a):
        self.b, self.a = b, a
        self.db = self.da = None

    def forward(self, x):
        self.x, self.steps = np.pad(x, ((0, 0), (1, 0))), x.shape[1]
        self.y = np.zeros((len(x), self.steps + 2))
        for s in range(self.steps):
            new = self.b[0] * self.x[:, s + 1] + self.b[1] * self.x[:, s]
            self.y[:, s + 2] = new + self.a[0] * self.y[:, s + 1] + self.a[1] * self.y[:, s]
        return self.y[:, 2:]

    def backward(self, dout):
        dx, dy = np.zeros_like(self.x), np.pad(dout, ((0, 0), (2, 0)))
        self.db, self.da = np.zeros_like(self.b), np.zeros_like(self.a)
        for s in reversed(range(self.steps)):
            d = dy[:, s + 2]
            self.db += [np.sum(d * self.x[:, s + 1]), np.sum(d * self.x[:, s])]
            self.da += [np.sum(d * self.y[:, s + 1]), np.sum(d * self.y[:, s])]
            dx[:, s + 1] += self.b[0] * d
            dx[:, s] += self.b[1] * d
            dy[:, s + 1] += self.a[0] * d
            dy[:, s] += self.a[1] * d
        return dx[:, 1:]


class MinimalGatedUnit:
    def __init__(self, Wf, Uf, Wg):
        self.Wf, self.Uf, self.Wg = Wf, Uf, Wg
        self.dWf = self.dUf = self.dWg = None

    def forward(self, x):
        h, self.kept, out = np.zeros((len(x), len(self.Uf))), [], []
        for s in range(x.shape[1]):
            f = 1 / (1 + np.exp(-x[:, s] @ self.Wf - h @ self.Uf))
            g = np.tanh(x[:, s] @ self.Wg)
            self.kept.append((x[:, s], h, f, g))
            h = (1 - f) * h + f * g
            out.append(h)
        return np.stack(out, axis=1)

    def backward(self, dout):
        dx, dnext = [None] * len(self.kept), np.zeros_like(dout[:, 0])
        self.dWf, self.dUf = np.zeros_like(self.Wf), np.zeros_like(self.Uf)
        self.dWg = np.zeros_like(self.Wg)
        for s in reversed(range(len(self.kept))):
            x, h, f, g = self.kept[s]
            dh = dout[:, s] + dnext
            df = dh * (g - h) * f * (1 - f)
            dg = dh * f * (1 - g**2)
            self.dWf += x.T @ df
            self.dUf += h.T @ df
            self.dWg += x.T @ dg
            dx[s] = df @ self.Wf.T + dg @ self.Wg.T
            dnext = dh * (1 - f)
            dnext += df @ self.Uf.T
        return np.stack(dx, axis=1)
