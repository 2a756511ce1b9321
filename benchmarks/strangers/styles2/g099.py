import numpy as np


class PoolingLayer:
    """Max pooling with overlapping windows (AlexNet: 3x3, stride 2). x is (N, H, W, C)."""

    def __init__(self, pool_size=3, stride=2):
        self.ps = pool_size
        self.st = stride

    def _windows(self, H, W):
        for r, i in enumerate(range(0, H - self.ps + 1, self.st)):
            for c, j in enumerate(range(0, W - self.ps + 1, self.st)):
                yield r, c, slice(i, i + self.ps), slice(j, j + self.ps)

    def propagate(self, x):
        N, H, W, C = x.shape
        self.x = x
        out = np.zeros((N, (H - self.ps) // self.st + 1, (W - self.ps) // self.st + 1, C))
        for r, c, si, sj in self._windows(H, W):
            out[:, r, c] = x[:, si, sj].max(axis=(1, 2))
        return out

    def propagate_back(self, dout):
        N, H, W, C = self.x.shape
        dx = np.zeros_like(self.x)
        for r, c, si, sj in self._windows(H, W):
            win = self.x[:, si, sj]
            hit = win == win.max(axis=(1, 2), keepdims=True)
            dx[:, si, sj] += hit * dout[:, r, c][:, None, None, :]
        return dx
