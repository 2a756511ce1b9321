"""Squeeze-and-Excitation block, channels first (N, C, H, W)"""
import numpy as np


class SEBlock:
    def __init__(self, channels=4, reduction=2):
        hidden = channels // reduction
        self.params = {}
        self.params['w1'] = np.random.randn(channels, hidden)
        self.params['b1'] = 0.1 * np.random.randn(hidden)
        self.params['w2'] = np.random.randn(hidden, channels)
        self.params['b2'] = 0.1 * np.random.randn(channels)

    def forward(self, x):
        p = self.params
        s = x.mean(axis=(2, 3))
        a = s @ p['w1'] + p['b1']
        h = np.maximum(a, 0)
        e = 1 / (1 + np.exp(-(h @ p['w2'] + p['b2'])))
        out = x * e[:, :, None, None]
        cache = (x, s, a, h, e)
        return out, cache

    def backward(self, dout, cache):
        p = self.params
        x, s, a, h, e = cache
        area = x.shape[2] * x.shape[3]
        grads = {}
        de = (dout * x).sum(axis=(2, 3)) * e * (1 - e)
        grads['w2'] = h.T @ de
        grads['b2'] = de.sum(0)
        da = (de @ p['w2'].T) * (a > 0)
        grads['w1'] = s.T @ da
        grads['b1'] = da.sum(0)
        ds = da @ p['w1'].T
        dx = dout * e[:, :, None, None] + ds[:, :, None, None] / area
        return dx, grads


if __name__ == '__main__':
    blk = SEBlock()
    y, c = blk.forward(np.random.randn(2, 4, 3, 3))
    dx, g = blk.backward(np.ones_like(y), c)
    print(dx.shape, sorted(g))
