"""Normalisation: mean and variance depend on every number, and so do the gradients."""

import numpy as np


class BatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta
        self.dgamma = self.dbeta = None

    def forward(self, x):
        self.centred = x - x.mean(axis=0)
        self.std = np.sqrt((self.centred**2).mean(axis=0) + 1e-7)
        self.z = self.centred / self.std
        return self.gamma * self.z + self.beta

    def backward(self, dout):
        self.dbeta = dout.sum(axis=0)
        self.dgamma = (dout * self.z).sum(axis=0)
        dz = dout * self.gamma
        dx = (dz - dz.mean(axis=0) - self.z * (dz * self.z).mean(axis=0)) / self.std
        return dx


class ImageBatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta
        self.dgamma, self.dbeta = np.zeros_like(gamma), np.zeros_like(beta)

    def forward(self, x):
        centred = x - x.mean(axis=(0, 2, 3), keepdims=True)
        self.std = np.sqrt((centred**2).mean(axis=(0, 2, 3), keepdims=True) + 1e-5)
        self.z = centred / self.std
        return self.gamma[:, None, None] * self.z + self.beta[:, None, None]

    def backward(self, dout):
        self.dbeta = dout.sum(axis=(0, 2, 3))
        self.dgamma = (dout * self.z).sum(axis=(0, 2, 3))
        dz = dout * self.gamma[:, None, None]
        along = (dz * self.z).mean(axis=(0, 2, 3), keepdims=True)
        dx = (dz - dz.mean(axis=(0, 2, 3), keepdims=True) - self.z * along) / self.std
        return dx


class LayerNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta
        self.dgamma = self.dbeta = None

    def forward(self, x):
        centred = x - x.mean(axis=1, keepdims=True)
        self.inv = 1 / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-6)
        self.z = centred * self.inv
        return self.gamma * self.z + self.beta

    def backward(self, dout):
        self.dgamma = np.sum(dout * self.z, 0)
        self.dbeta = np.sum(dout, 0)
        g = dout * self.gamma
        along = np.mean(g * self.z, axis=1, keepdims=True)
        dx = (g - g.mean(1, keepdims=True) - self.z * along) * self.inv
        return dx


class RmsNorm:
    def __init__(self, g):
        self.g = g
        self.dg = None

    def forward(self, x):
        self.rms = np.sqrt((x**2).mean(axis=1, keepdims=True) + 1e-6)
        self.z = x / self.rms
        return self.g * self.z

    def backward(self, dout):
        self.dg = (dout * self.z).sum(axis=0)
        d = dout * self.g
        dx = (d - self.z * (d * self.z).mean(1, keepdims=True)) / self.rms
        return dx


class InstanceNorm:
    def forward(self, x):
        centred = x - x.mean(axis=(2, 3), keepdims=True)
        self.std = np.sqrt((centred**2).mean(axis=(2, 3), keepdims=True) + 1e-5)
        self.z = centred / self.std
        return self.z

    def backward(self, dout):
        mean = dout.mean(axis=(2, 3), keepdims=True)
        along = (dout * self.z).mean(axis=(2, 3), keepdims=True)
        dx = (dout - mean - self.z * along) / self.std
        return dx


class Centre:
    def forward(self, x):
        return x - x.mean(axis=0)

    def backward(self, dout):
        dx = dout - dout.mean(axis=0)
        return dx
