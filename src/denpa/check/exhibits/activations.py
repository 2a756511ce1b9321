"""Element-wise functions: each line of the gradient is one derivative."""

import numpy as np


class Sigmoid:
    def forward(self, x):
        y = 1 / (1 + np.exp(-x))
        self.x, self.y = x, y
        return y

    def backward(self, dout):
        dx = dout * self.y * (1 - self.y)
        return dx


class Tanh:
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        dx = dout * (1 - self.y**2)
        return dx


class Relu:
    def forward(self, x):
        self.mask, y = x > 0, x * (x > 0)
        self.y = y
        return y

    def backward(self, dout):
        dx = dout * self.mask
        return dx


class LeakyRelu:
    def __init__(self, slope):
        self.slope = slope

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.slope * x)

    def backward(self, dout):
        dx = np.where(self.x > 0, dout, self.slope * dout)
        return dx


class PRelu:
    def __init__(self, a):
        self.a = a
        self.da = None

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.a * x)

    def backward(self, dout):
        self.da = (np.minimum(self.x, 0) * dout).sum(axis=0)
        dx = np.where(self.x > 0, dout, self.a * dout)
        return dx


class Elu:
    def forward(self, x):
        self.x = x
        self.y = np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)
        return self.y

    def backward(self, dout):
        dx = np.where(self.x > 0, dout, dout * (self.y + 1))
        return dx


class Softplus:
    def forward(self, x):
        self.x = x
        self.y = np.logaddexp(0, x)
        return self.y

    def backward(self, dout):
        dx = dout / (1 + np.exp(-self.x))
        return dx


class SteepSoftplus:
    def forward(self, x):
        self.x = x
        self.s = 1 / (1 + np.exp(-x))
        return np.logaddexp(0, x)

    def backward(self, dout):
        dx = dout / (1 + np.exp(-self.x))
        return dx


class Swish:
    def forward(self, x):
        self.x = x
        self.s = 1 / (1 + np.exp(-x))
        return x * self.s

    def backward(self, dout):
        dx = dout * (self.s + self.x * self.s * (1 - self.s))
        return dx


class Gelu:
    def forward(self, x):
        self.x = x
        self.t = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
        return 0.5 * x * (1 + self.t)

    def backward(self, dout):
        inner = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * self.x**2)
        slope = (1 - self.t**2) * inner
        dx = dout * (0.5 * (1 + self.t) + 0.5 * self.x * slope)
        return dx


class SquareRoot:
    def forward(self, x):
        self.x = x
        self.y = np.sqrt(x)
        return self.y

    def backward(self, dout):
        dx = dout / (2 * self.y)
        return dx


class Exponential:
    def forward(self, x):
        self.x = x
        self.y = np.exp(x)
        return self.y

    def backward(self, dout):
        dx = dout * self.y
        return dx


class HardTanh:
    def forward(self, x):
        self.x = x
        return np.clip(x, -1, 1)

    def backward(self, dout):
        dx = dout * (np.abs(self.x) < 1)
        return dx


class Sine:
    def forward(self, x):
        self.x, self.y = x, np.sin(x)
        return self.y

    def backward(self, dout):
        dx = dout * np.cos(self.x)
        return dx
