import numpy as np


class BatchNorm1d:
    def __init__(self, num_features, eps=1e-5, momentum=0.9):
        self.gamma = np.ones(num_features)
        self.beta = np.zeros(num_features)
        self.eps = eps
        self.momentum = momentum
        self.running_mean = np.zeros(num_features)
        self.running_var = np.ones(num_features)
        self.training = True

    def forward(self, x):
        if not self.training:
            x_hat = (x - self.running_mean) / np.sqrt(self.running_var + self.eps)
            return self.gamma * x_hat + self.beta

        mu = x.mean(axis=0)
        var = x.var(axis=0)
        self.xmu = x - mu
        self.ivar = 1.0 / np.sqrt(var + self.eps)
        self.x_hat = self.xmu * self.ivar

        m = self.momentum
        self.running_mean = m * self.running_mean + (1 - m) * mu
        self.running_var = m * self.running_var + (1 - m) * var
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        N = dout.shape[0]
        self.dbeta = dout.sum(axis=0)
        self.dgamma = np.sum(dout * self.x_hat, axis=0)

        dx_hat = dout * self.gamma
        s1 = dx_hat.sum(axis=0)
        s2 = np.sum(dx_hat * self.x_hat, axis=0)
        return self.ivar / N * (N * dx_hat - s1 - self.xmu * s2)
