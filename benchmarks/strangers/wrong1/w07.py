import numpy as np


class AvgPool2D:
    """Average pooling over NCHW images."""

    def __init__(self, pool_size=2, stride=2):
        self.pool_size = pool_size
        self.stride = stride

    def forward(self, x):
        self.x_shape = x.shape
        N, C, H, W = x.shape
        k, s = self.pool_size, self.stride
        out_h = (H - k) // s + 1
        out_w = (W - k) // s + 1
        out = np.empty((N, C, out_h, out_w))
        for i in range(out_h):
            for j in range(out_w):
                window = x[:, :, i * s:i * s + k, j * s:j * s + k]
                out[:, :, i, j] = window.mean(axis=(2, 3))
        return out

    def backward(self, grad):
        dx = np.zeros(self.x_shape)
        k, s = self.pool_size, self.stride
        for i in range(grad.shape[2]):
            for j in range(grad.shape[3]):
                g = grad[:, :, i, j][:, :, None, None]
                dx[:, :, i * s:i * s + k, j * s:j * s + k] += g
        return dx
