import numpy as np


class Softmax:
    def forward(self, z):
        # subtract max for numerical stability
        e = np.exp(z - np.max(z, axis=-1, keepdims=True))
        self.s = e / np.sum(e, axis=-1, keepdims=True)
        return self.s

    def backward(self, grad_output):
        # dL/dz given dL/ds
        s = self.s
        grad_input = grad_output * s * (1 - s)
        return grad_input
