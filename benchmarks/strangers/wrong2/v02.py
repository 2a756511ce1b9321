import numpy as np

class LeakyReLU():
    def __init__(self, alpha=0.1):
        self.alpha = alpha

    def forward(self, x):
        self.neg = (x <= 0)
        out = x.copy()
        out[self.neg] *= self.alpha
        return out

    def backward(self, dout):
        dx = dout.copy()
        dx[self.neg] = self.alpha
        return dx
