import numpy as np


class MaxPool:
    # Max pooling with a square window over (batch, channels, height, width).
    # Remembers where each maximum was.

    def __init__(self, size=2, stride=None):
        self.size = size
        self.stride = stride if stride is not None else size

    def __call__(self, images):
        return self.feedforward(images)

    def feedforward(self, images):
        k, s = self.size, self.stride
        b, c, h, w = images.shape
        oh, ow = 1 + (h - k) // s, 1 + (w - k) // s
        self.in_shape = images.shape
        self.where = np.empty((b, c, oh, ow), dtype=int)
        out = np.empty((b, c, oh, ow))
        for i in range(oh):
            for j in range(ow):
                patch = images[:, :, i * s:i * s + k, j * s:j * s + k].reshape(b, c, -1)
                best = patch.argmax(axis=2)
                self.where[:, :, i, j] = best
                out[:, :, i, j] = np.take_along_axis(patch, best[:, :, None], axis=2)[:, :, 0]
        return out

    def backprop(self, d_out):
        k, s = self.size, self.stride
        d_in = np.zeros(self.in_shape)
        b, c, oh, ow = d_out.shape
        bi, ci = np.meshgrid(np.arange(b), np.arange(c), indexing='ij')
        for i in range(oh):
            for j in range(ow):
                di, dj = np.unravel_index(self.where[:, :, i, j], (k, k))
                d_in[bi, ci, i * s + di, j * s + dj] += d_out[:, :, i, j]
        return d_in


if __name__ == '__main__':
    p = MaxPool(2)
    img = np.arange(16.0).reshape(1, 1, 4, 4)
    print(p(img))
    print(p.backprop(np.ones((1, 1, 2, 2))))
