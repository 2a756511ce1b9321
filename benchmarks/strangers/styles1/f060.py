import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class GRU:
    def __init__(self, Wx, Wh, b):
        self.Wx, self.Wh, self.b = Wx, Wh, b
        self.dWx, self.dWh, self.db = None, None, None
        self.cache = None

    def forward(self, x, h_prev):
        H = self.Wh.shape[0]
        Wxz, Wxr, Wxh = self.Wx[:, :H], self.Wx[:, H:2 * H], self.Wx[:, 2 * H:]
        Whz, Whr, Whh = self.Wh[:, :H], self.Wh[:, H:2 * H], self.Wh[:, 2 * H:]
        bz, br, bh = self.b[:H], self.b[H:2 * H], self.b[2 * H:]

        z = sigmoid(np.dot(x, Wxz) + np.dot(h_prev, Whz) + bz)
        r = sigmoid(np.dot(x, Wxr) + np.dot(h_prev, Whr) + br)
        h_hat = np.tanh(np.dot(x, Wxh) + np.dot(r * h_prev, Whh) + bh)
        h_next = (1 - z) * h_prev + z * h_hat

        self.cache = (x, h_prev, z, r, h_hat)
        return h_next

    def backward(self, dh_next):
        H = self.Wh.shape[0]
        x, h_prev, z, r, h_hat = self.cache

        dh_hat = dh_next * z
        dh_prev = dh_next * (1 - z)

        # tanh
        dt_h = dh_hat * (1 - h_hat ** 2)
        dhr = np.dot(dt_h, self.Wh[:, 2 * H:].T)
        dWhh = np.dot((r * h_prev).T, dt_h)
        dh_prev += r * dhr

        # update gate(z)
        dt_z = (dh_next * h_hat - dh_next * h_prev) * z * (1 - z)
        dh_prev += np.dot(dt_z, self.Wh[:, :H].T)

        # reset gate(r)
        dt_r = dhr * h_prev * r * (1 - r)
        dh_prev += np.dot(dt_r, self.Wh[:, H:2 * H].T)

        dt = np.hstack((dt_z, dt_r, dt_h))
        self.dWx = np.dot(x.T, dt)
        self.dWh = np.hstack((np.dot(h_prev.T, dt_z), np.dot(h_prev.T, dt_r), dWhh))
        self.db = np.sum(dt, axis=0)
        dx = np.dot(dt, self.Wx.T)
        return dx, dh_prev
