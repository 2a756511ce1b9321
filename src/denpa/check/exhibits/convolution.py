"""Convolutions, which compute correlations: over images, over time, with strides, by channel."""

import numpy as np


class Convolution:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW = self.db = None

    def windows(self, x):
        return np.lib.stride_tricks.sliding_window_view(x, self.W.shape[2:], (2, 3))

    def forward(self, x):
        self.x = x
        return np.einsum("nchwij,ocij->nohw", self.windows(x), self.W) + self.b[:, None, None]

    def backward(self, dout):
        h, w = dout.shape[2:]
        dx = np.zeros_like(self.x)
        for i in range(self.W.shape[2]):
            for j in range(self.W.shape[3]):
                part = np.einsum("nohw,oc->nchw", dout, self.W[:, :, i, j])
                dx[:, :, i : i + h, j : j + w] += part
        self.dW = np.einsum("nchwij,nohw->ocij", self.windows(self.x), dout)
        self.db = dout.sum(axis=(0, 2, 3))
        return dx


class TimeConvolution:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW = self.db = None

    def forward(self, x):
        self.x, size = x, x.shape[2] - self.W.shape[2] + 1
        y = np.zeros((len(x), len(self.W), size))
        for k in range(self.W.shape[2]):
            y += self.W[:, :, k] @ x[:, :, k : k + size]
        return y + self.b[:, None]

    def backward(self, dout):
        size, dx, dW = dout.shape[2], np.zeros_like(self.x), np.zeros_like(self.W)
        for k in range(self.W.shape[2]):
            seen = self.x[:, :, k : k + size]
            dW[:, :, k] = np.einsum("not,nct->oc", dout, seen)
            dx[:, :, k : k + size] += self.W[:, :, k].T @ dout
        self.dW = dW
        self.db = dout.sum(axis=(0, 2))
        return dx


class DepthwiseConvolution:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def windows(self, x):
        return np.lib.stride_tricks.sliding_window_view(x, (2, 2), (2, 3))

    def forward(self, x):
        self.x = x
        return np.einsum("nchwij,cij->nchw", self.windows(x), self.W)

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        for i in range(2):
            for j in range(2):
                dx[:, :, i : i + 3, j : j + 3] += self.W[:, i, j, None, None] * dout
        self.dW = np.einsum("nchwij,nchw->cij", self.windows(self.x), dout)
        return dx


class ColumnConvolution:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW = self.db = None

    def forward(self, x):
        self.shape, self.corners = x.shape, [(i, j) for i in (0, 2) for j in (0, 2)]
        cut = [x[:, :, i : i + 3, j : j + 3].reshape(len(x), -1) for i, j in self.corners]
        self.columns = np.concatenate(cut)
        return self.columns @ self.W + self.b

    def backward(self, dout):
        d, n = dout, self.shape[0]
        self.db = d.sum(axis=0)
        self.dW = self.columns.T @ d
        dcolumns = d @ self.W.T
        image = np.zeros(self.shape)
        for k, (top, left) in enumerate(self.corners):
            rows = dcolumns[k * n : (k + 1) * n]
            image[:, :, top : top + 3, left : left + 3] += rows.reshape(n, 2, 3, 3)
        return image


class PenalisedConvolution:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW = self.db = None

    def forward(self, x, t):
        self.seen = np.lib.stride_tricks.sliding_window_view(x, (2, 2), (2, 3))
        self.shape, y = x.shape, np.einsum("nchwij,ocij->nohw", self.seen, self.W)
        self.d = y + self.b[:, None, None] - t
        return 0.5 * np.sum(self.d**2) + 0.025 * np.sum(self.W**2)

    def backward(self, dout=1):
        dW = np.einsum("nchwij,nohw->ocij", self.seen, self.d)
        self.dW = dW + 0.05 * self.W
        self.db = self.d.sum(axis=(0, 2, 3))
        dx = np.zeros(self.shape)
        for i in range(2):
            for j in range(2):
                part = np.einsum("nohw,oc->nchw", self.d, self.W[:, :, i, j])
                dx[:, :, i : i + 3, j : j + 3] += part
        return dx
