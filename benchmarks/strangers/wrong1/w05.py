import numpy as np


class BatchNorm1d:
    def __init__(self, dim, eps=1e-5, momentum=0.9):
        self.eps = eps
        self.momentum = momentum
        self.params = {'gamma': np.random.rand(dim) + 0.5, 'beta': np.zeros(dim)}
        self.grads = {}
        self.running_mean = np.zeros(dim)
        self.running_var = np.ones(dim)

    def forward(self, X, train=True):
        if not train:
            xn = (X - self.running_mean) / np.sqrt(self.running_var + self.eps)
            return self.params['gamma'] * xn + self.params['beta']
        mu = X.mean(axis=0)
        xmu = X - mu
        var = (xmu ** 2).mean(axis=0)
        std = np.sqrt(var + self.eps)
        xhat = xmu / std
        self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
        self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        self.cache = xmu, std, xhat
        return self.params['gamma'] * xhat + self.params['beta']

    def backward(self, dY):
        xmu, std, xhat = self.cache
        N = dY.shape[0]
        self.grads['beta'] = dY.sum(axis=0)
        self.grads['gamma'] = (dY * xhat).sum(axis=0)
        dxhat = dY * self.params['gamma']
        dvar = np.sum(dxhat * xmu * -0.5 * std ** -3, axis=0)
        dmu = np.sum(-dxhat / std, axis=0) + dvar * np.mean(-2 * xmu, axis=0)
        dX = dxhat / std + dvar * xmu / N + dmu / N
        return dX
