"""Layers of images as textbooks write them: columns of patches, padding, strides, winners."""

import numpy as np


class StridedConvolution:
    def __init__(self, W, b):
        self.W, self.b, self.stride, self.pad = W, b, 2, 1
        self.dW = self.db = None

    def forward(self, x):
        s, p, (n, c, h, w) = self.stride, self.pad, x.shape
        oh, ow = (h + 2 * p - 3) // s + 1, (w + 2 * p - 3) // s + 1
        padded, col = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)]), np.zeros((n, c, 3, 3, oh, ow))
        for i in range(3):
            for j in range(3):
                col[:, :, i, j] = padded[:, :, i : i + s * oh : s, j : j + s * ow : s]
        self.shape, self.rows = padded.shape, self.W.reshape(len(self.W), -1)
        self.col = col.transpose(0, 4, 5, 1, 2, 3).reshape(n * oh * ow, -1)
        y = self.col @ self.rows.T + self.b
        return y.reshape(n, oh, ow, -1).transpose(0, 3, 1, 2)

    def backward(self, dout):
        s, p, (n, o, oh, ow) = self.stride, self.pad, dout.shape
        d = dout.transpose(0, 2, 3, 1).reshape(-1, o)
        self.db = d.sum(axis=0)
        self.dW = (self.col.T @ d).T.reshape(self.W.shape)
        dcol = (d @ self.rows).reshape(n, oh, ow, -1, 3, 3).transpose(0, 3, 4, 5, 1, 2)
        image = np.zeros(self.shape)
        for i in range(3):
            for j in range(3):
                image[:, :, i : i + s * oh : s, j : j + s * ow : s] += dcol[:, :, i, j]
        return image[:, :, p:-p, p:-p]


class SameConvolution:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def windows(self, x):
        padded = np.pad(x, [(0, 0), (0, 0), (1, 1), (1, 1)])
        return np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))

    def forward(self, x):
        self.x = x
        return np.einsum("nchwij,ocij->nohw", self.windows(x), self.W)

    def backward(self, dout):
        self.dW = np.einsum("nchwij,nohw->ocij", self.windows(self.x), dout)
        turned = self.W[:, :, ::-1, ::-1]
        dx = np.einsum("nohwij,ocij->nchw", self.windows(dout), turned)
        return dx


class WinnerPooling:
    def forward(self, x):
        n, c, h, w = x.shape
        col = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(-1, 4)
        self.shape, self.arg_max = x.shape, None
        self.arg_max = col.argmax(axis=1)
        return col.max(axis=1).reshape(n, c, h // 2, w // 2)

    def backward(self, dout):
        dmax = np.zeros((dout.size, 4))
        dmax[np.arange(dout.size), self.arg_max] = dout.ravel()
        dx = dmax.reshape(*dout.shape, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(self.shape)
        return dx


class Upsample:
    def forward(self, x):
        self.shape = x.shape
        return np.repeat(np.repeat(x, 2, axis=2), 2, axis=3)

    def backward(self, dout):
        n, c, h, w = self.shape
        windows = dout.reshape(n, c, h, 2, w, 2)
        dx = windows.sum(axis=(3, 5))
        return dx
