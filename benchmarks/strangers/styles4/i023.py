import numpy as np


class LayerNormalization:
    """レイヤー正規化
    最後の軸について平均0・分散1にしてから gamma, beta で変換する
    """

    def __init__(self, gamma, beta, eps=1e-6):
        self.gamma = gamma
        self.beta = beta
        self.eps = eps
        self.xhat = None
        self.std = None
        self.dgamma = None
        self.dbeta = None

    def forward(self, x):
        mu = x.mean(axis=-1, keepdims=True)
        var = x.var(axis=-1, keepdims=True)
        self.std = np.sqrt(var + self.eps)
        self.xhat = (x - mu) / self.std
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        axes = tuple(range(dout.ndim - 1))
        self.dbeta = dout.sum(axis=axes)
        self.dgamma = (dout * self.xhat).sum(axis=axes)

        # xhat を通る勾配
        g = dout * self.gamma
        g_mean = g.mean(axis=-1, keepdims=True)
        gx_mean = (g * self.xhat).mean(axis=-1, keepdims=True)
        dx = (g - g_mean - self.xhat * gx_mean) / self.std
        return dx
