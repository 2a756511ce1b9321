"""Rows taken out of a table: an index that stands there twice brings two gradients."""

import numpy as np


class Embedding:
    def __init__(self, W):
        self.W = W
        self.dW = np.zeros_like(W)

    def forward(self, idx):
        self.idx = idx
        return self.W[idx]

    def backward(self, dout):
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.idx, dout)
        return None


class BagOfWords:
    def __init__(self, W):
        self.params = {"W": W}
        self.grads = {}

    def forward(self, words):
        self.words = words
        return self.params["W"][words].mean(axis=1)

    def backward(self, dout):
        dW = np.zeros_like(self.params["W"])
        each = dout[:, None] / 3
        np.add.at(dW, self.words, each)
        self.grads["W"] = dW


class TakeRows:
    def __init__(self, rows):
        self.rows = rows

    def forward(self, x):
        self.shape = x.shape
        return x[self.rows]

    def backward(self, dout):
        dx = np.zeros(self.shape)
        np.add.at(dx, self.rows, dout)
        return dx
