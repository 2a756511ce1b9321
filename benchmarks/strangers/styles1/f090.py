import numpy as np


class AvgPool2D:
    """
    hparameters -- dictionary with "f" (window) and "stride"
    """

    def __init__(self, hparameters):
        self.f = hparameters["f"]
        self.stride = hparameters["stride"]

    def forward(self, X):
        self.X_shape = X.shape
        m, n_H, n_W, n_C = X.shape
        out_h = 1 + (n_H - self.f) // self.stride
        out_w = 1 + (n_W - self.f) // self.stride
        Z = np.zeros((m, out_h, out_w, n_C))
        for i in range(out_h):
            for j in range(out_w):
                hs, ws = i * self.stride, j * self.stride
                Z[:, i, j, :] = np.mean(X[:, hs:hs + self.f, ws:ws + self.f, :], axis=(1, 2))
        return Z

    def backward(self, dZ):
        dX = np.zeros(self.X_shape)
        m, out_h, out_w, n_C = dZ.shape
        k = self.f
        for b in range(m):
            for i in range(out_h):
                for j in range(out_w):
                    hs, ws = i * self.stride, j * self.stride
                    for c in range(n_C):
                        dX[b, hs:hs + k, ws:ws + k, c] += dZ[b, i, j, c] * np.ones((k, k))
        return dX
