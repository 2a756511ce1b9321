import numpy as np


class Conv1D:
    """causal, dilated 1-d convolution (WaveNet). input (N, T, Cin)"""

    def __init__(self, c_in, c_out, width=2, dilation=1):
        self.width, self.dilation = width, dilation
        self.kernel = np.random.normal(scale=0.2, size=(width, c_in, c_out))
        self.bias = np.zeros(c_out)

    def _shift(self, t, n):
        """delay by n steps, fill with zeros"""
        if n == 0:
            return t
        out = np.zeros_like(t)
        out[:, n:] = t[:, :-n]
        return out

    def forward(self, x):
        self.x = x
        y = self.bias
        for k in range(self.width):
            y = y + self._shift(x, k * self.dilation) @ self.kernel[k]
        return y

    def backward(self, dy):
        self.dbias = dy.sum(axis=(0, 1))
        self.dkernel = np.zeros_like(self.kernel)
        dx = np.zeros_like(self.x)
        for k in range(self.width):
            n = k * self.dilation
            self.dkernel[k] = np.einsum('nti,nto->io', self._shift(self.x, n), dy)
            T = dy.shape[1]
            dx[:, :T - n] += dy[:, n:] @ self.kernel[k].T
        return dx
