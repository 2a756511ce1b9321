import numpy as np


class Layer(object):
    def __init__(self, name=''):
        self.name = name
        self.params = {}
        self.grads = {}

    def __repr__(self):
        return '%s(%s)' % (self.__class__.__name__, self.name)


class PReLU(Layer):
    def __init__(self, num_channels, init=0.25, name='prelu'):
        super(PReLU, self).__init__(name)
        self.params['alpha'] = np.full(num_channels, init)

    def forward(self, x):
        # x: (N, C)
        self.x = x
        alpha = self.params['alpha']
        return np.where(x > 0, x, alpha * x)

    def backward(self, grad_out):
        x, alpha = self.x, self.params['alpha']
        dalpha = np.where(x > 0, x, 0) * grad_out
        self.grads['alpha'] = dalpha.sum(axis=0)
        return np.where(x > 0, 1.0, alpha) * grad_out
