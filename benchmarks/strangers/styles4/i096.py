import numpy as np


class BatchNormSchicht:
    """Batch-Normalisierung für vollvernetzte Schichten (Zeilen = Beispiele)"""

    def __init__(self, dim, momentum=0.9, eps=1e-5):
        self.gamma = np.ones(dim)
        self.beta = np.zeros(dim)
        self.eps = eps
        self.momentum = momentum
        self.lauf_mittel = np.zeros(dim)
        self.lauf_var = np.ones(dim)

    def forward(self, x, training=True):
        if not training:
            xn = (x - self.lauf_mittel) / np.sqrt(self.lauf_var + self.eps)
            return self.gamma * xn + self.beta
        mittel = x.mean(axis=0)
        var = x.var(axis=0)
        self.lauf_mittel = self.momentum * self.lauf_mittel + (1 - self.momentum) * mittel
        self.lauf_var = self.momentum * self.lauf_var + (1 - self.momentum) * var
        self.xz = x - mittel
        self.istd = 1.0 / np.sqrt(var + self.eps)
        self.xn = self.xz * self.istd
        return self.gamma * self.xn + self.beta

    def backward(self, dout):
        N = dout.shape[0]
        self.dgamma = np.sum(dout * self.xn, axis=0)
        self.dbeta = np.sum(dout, axis=0)
        dxn = dout * self.gamma
        dvar = np.sum(dxn * self.xz, axis=0) * (-0.5) * self.istd ** 3
        dmittel = -np.sum(dxn, axis=0) * self.istd
        dx = dxn * self.istd + dvar * 2.0 * self.xz / N + dmittel
        return dx
