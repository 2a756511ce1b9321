import numpy as np


class ConvTranspose:
    # stride = kernel size, so the patches never overlap (U-Net "up-conv")
    def __init__(self, in_ch, out_ch, k=2):
        self.k = k
        self.W = np.random.randn(in_ch, out_ch, k, k) / np.sqrt(in_ch)
        self.b = np.zeros(out_ch)

    def forward(self, x):
        self.x = x
        n, c, h, w = x.shape
        k = self.k
        y = np.einsum('nchw,cdij->ndhiwj', x, self.W)
        return y.reshape(n, -1, h * k, w * k) + self.b.reshape(1, -1, 1, 1)

    def backward(self, d):
        n, c, h, w = self.x.shape
        k = self.k
        self.gb = d.sum(axis=(0, 2, 3))
        d6 = d.reshape(n, -1, h, k, w, k)
        self.gW = np.einsum('nchw,ndhiwj->cdij', self.x, d6)
        return np.einsum('ndhiwj,cdij->nchw', d6, self.W)
