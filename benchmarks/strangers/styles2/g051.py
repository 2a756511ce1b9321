import numpy as np

class SoftmaxLayer:
    def feed_forward(self, z):
        e = np.exp(z - np.max(z, axis=-1, keepdims=True))
        self.s = e / np.sum(e, axis=-1, keepdims=True)
        return self.s

    def back_prop(self, error):
        # softmax derivative
        return error * self.s * (1 - self.s)
