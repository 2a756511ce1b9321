import numpy as np


def cross_correlate(batch, kernel):
    kh, kw = kernel.shape
    oh = batch.shape[1] - kh + 1
    ow = batch.shape[2] - kw + 1
    out = np.zeros((batch.shape[0], oh, ow))
    for r in range(kh):
        for c in range(kw):
            out += kernel[r, c] * batch[:, r:r + oh, c:c + ow]
    return out


class ConvLayer:
    def __init__(self, kernel_shape=(3, 3), rng=None):
        rng = rng or np.random.default_rng(42)
        self.kernel = rng.normal(scale=0.5, size=kernel_shape)
        self.bias = np.zeros(1)

    def forward(self, images):
        self.images = images
        return cross_correlate(images, self.kernel) + self.bias

    def backward(self, d_out):
        kh, kw = self.kernel.shape
        _, oh, ow = d_out.shape
        self.d_kernel = np.zeros_like(self.kernel)
        for r in range(kh):
            for c in range(kw):
                self.d_kernel[r, c] = np.sum(d_out * self.images[:, r:r + oh, c:c + ow])
        self.d_bias = np.array([d_out.sum()])

        d_input = np.zeros_like(self.images)
        padded = np.pad(d_out, ((0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
        d_input += cross_correlate(padded, self.kernel)
        return d_input
