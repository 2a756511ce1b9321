import numpy as np


class InstanceNorm2d:
    def __init__(self, num_features, eps=1e-5, affine=True):
        self.eps = eps
        self.affine = affine
        if affine:
            self.gamma = np.random.uniform(0.5, 1.5, num_features)
            self.beta = np.zeros(num_features)

    def forward(self, inp):
        # every (sample, channel) picture gets its own mean and variance
        mu = inp.mean(axis=(2, 3), keepdims=True)
        self.sd = np.sqrt(inp.var(axis=(2, 3), keepdims=True) + self.eps)
        self.normed = (inp - mu) / self.sd
        if not self.affine:
            return self.normed
        return self.gamma[None, :, None, None] * self.normed + self.beta[None, :, None, None]

    def backward(self, g):
        if self.affine:
            self.d_gamma = np.einsum('nchw,nchw->c', g, self.normed)
            self.d_beta = np.einsum('nchw->c', g)
            g = g * self.gamma[None, :, None, None]
        m1 = g.mean(axis=(2, 3), keepdims=True)
        m2 = (g * self.normed).mean(axis=(2, 3), keepdims=True)
        return (g - m1 - self.normed * m2) / self.sd
