import numpy as np


class Activation(object):

    """
    Interface for activation functions (non-linearities).
    """

    # No additional work is needed for this class, as it acts like an
    # abstract base class for the others

    def __init__(self):
        self.state = None

    def __call__(self, x):
        return self.forward(x)


class Swish(Activation):
    def __init__(self, beta=1.0):
        super(Swish, self).__init__()
        self.beta = np.array(beta, dtype=float)
        self.dbeta = np.array(0.0)

    def forward(self, Z):
        self.Z = Z
        self.sig = 1 / (1 + np.exp(-self.beta * Z))
        self.A = Z * self.sig
        return self.A

    def backward(self, dLdA):
        dAdZ = self.sig + self.beta * self.Z * self.sig * (1 - self.sig)
        dAdbeta = self.Z ** 2 * self.sig * (1 - self.sig)
        self.dbeta = np.sum(dLdA * dAdbeta)
        return dLdA * dAdZ
