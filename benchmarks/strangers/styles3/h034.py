import numpy as np


class CausalConv1d:
    """Dilated causal convolution, the WaveNet kind.

    x: (batch, in_channels, length) -> (batch, out_channels, length)
    """

    def __init__(self, in_channels, out_channels, kernel_size=2, dilation=1):
        self.k, self.dil = kernel_size, dilation
        std = (in_channels * kernel_size) ** -0.5
        self.w = np.random.normal(0, std, (out_channels, in_channels, kernel_size))
        self.b = np.zeros(out_channels)
        self.gw = self.gb = None

    @property
    def left(self):
        return (self.k - 1) * self.dil

    def fprop(self, x):
        T = x.shape[2]
        self.xp = np.pad(x, ((0, 0), (0, 0), (self.left, 0)))
        y = np.broadcast_to(self.b[None, :, None], (x.shape[0], self.b.size, T)).copy()
        for j in range(self.k):
            seg = self.xp[:, :, j * self.dil:j * self.dil + T]
            y += np.einsum('oi,nit->not', self.w[:, :, j], seg)
        return y

    def bprop(self, gy):
        T = gy.shape[2]
        gxp = np.zeros_like(self.xp)
        self.gw = np.zeros_like(self.w)
        self.gb = gy.sum((0, 2))
        for j in range(self.k):
            a = j * self.dil
            self.gw[:, :, j] = np.einsum('not,nit->oi', gy, self.xp[:, :, a:a + T])
            gxp[:, :, a:a + T] += np.einsum('oi,not->nit', self.w[:, :, j], gy)
        return gxp[:, :, self.left:]
