import numpy as np

# 平均池化层 (支持填充, count_include_pad = False)
# x 形状: (batch, height, width, channel)


class AvgPool2D:
    def __init__(self, pool_size=2, strides=2, padding=0):
        self.k = pool_size
        self.s = strides
        self.p = padding

    def _range(self, i, size):
        start = i * self.s - self.p
        return max(start, 0), min(start + self.k, size)

    def forward(self, x):
        self.in_shape = x.shape
        n, h, w, c = x.shape
        oh = (h + 2 * self.p - self.k) // self.s + 1
        ow = (w + 2 * self.p - self.k) // self.s + 1
        y = np.zeros((n, oh, ow, c))
        for i in range(oh):
            r0, r1 = self._range(i, h)
            for j in range(ow):
                c0, c1 = self._range(j, w)
                y[:, i, j, :] = x[:, r0:r1, c0:c1, :].mean(axis=(1, 2))
        return y

    def backward(self, dy):
        n, h, w, c = self.in_shape
        dx = np.zeros(self.in_shape)
        for i in range(dy.shape[1]):
            r0, r1 = self._range(i, h)
            for j in range(dy.shape[2]):
                c0, c1 = self._range(j, w)
                area = (r1 - r0) * (c1 - c0)
                dx[:, r0:r1, c0:c1, :] += dy[:, i:i + 1, j:j + 1, :] / area
        return dx


x = np.arange(32.0).reshape(1, 4, 4, 2)
pool = AvgPool2D(3, 2, 1)
print(pool.forward(x)[..., 0])
print(pool.backward(np.ones((1, 2, 2, 2)))[..., 0])
