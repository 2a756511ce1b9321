import numpy as np


class BatchNormalization:
    """Batch normalisation for 2-D inputs, with running averages for inference."""

    def __init__(self, num_features, eps=1e-5, momentum=0.9):
        self.gamma = np.ones(num_features)
        self.beta = np.zeros(num_features)
        self.eps = eps
        self.momentum = momentum
        self.running_mean = np.zeros(num_features)
        self.running_var = np.ones(num_features)
        self.grads = {}

    def parameters(self):
        return {'gamma': self.gamma, 'beta': self.beta}

    def forward(self, X, training=True):
        if not training:
            X_hat = (X - self.running_mean) / np.sqrt(self.running_var + self.eps)
            return self.gamma * X_hat + self.beta
        mu = X.mean(axis=0)
        var = X.var(axis=0)
        self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
        self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var

        self.X_centered = X - mu
        self.inv_std = 1.0 / np.sqrt(var + self.eps)
        self.X_hat = self.X_centered * self.inv_std
        return self.gamma * self.X_hat + self.beta

    def backward(self, accum_grad):
        m = accum_grad.shape[0]
        self.grads['gamma'] = np.sum(accum_grad * self.X_hat, axis=0)
        self.grads['beta'] = np.sum(accum_grad, axis=0)

        # step by step, as on the blackboard
        dX_hat = accum_grad * self.gamma
        dvar = np.sum(dX_hat * self.X_centered, axis=0) * -0.5 * self.inv_std ** 3
        dmu = -np.sum(dX_hat * self.inv_std, axis=0) + dvar * np.mean(-2.0 * self.X_centered, axis=0)
        dX = dX_hat * self.inv_std + dvar * 2.0 * self.X_centered / m + dmu / m
        return dX
