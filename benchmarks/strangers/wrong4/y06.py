import numpy as np


class Layer:
    def __init__(self):
        self.training = True

    def params(self):
        return []

    def grads(self):
        return []

    def __call__(self, *a):
        return self.forward(*a)


class LayerNorm(Layer):
    """层归一化: 对最后一维做归一化, 输入 (batch, seq, dim)"""

    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.dim = dim
        self.eps = eps
        self.g = np.random.uniform(0.5, 1.5, dim)
        self.b = np.zeros(dim)
        self.dg = np.zeros(dim)
        self.db = np.zeros(dim)

    def forward(self, x):
        # 均值和方差
        m = x.mean(-1, keepdims=True)
        v = x.var(-1, keepdims=True)
        self.istd = 1.0 / np.sqrt(v + self.eps)
        self.xhat = (x - m) * self.istd
        return self.xhat * self.g + self.b

    def backward(self, dy):
        axes = tuple(range(dy.ndim - 1))
        # 参数梯度
        self.dg = (dy * self.xhat).sum(axis=axes)
        self.db = dy.sum(axis=axes)
        # 输入梯度
        t = dy * self.g
        m1 = t.mean(-1, keepdims=True)
        m2 = (dy * self.xhat).mean(-1, keepdims=True)
        return self.istd * (t - m1 - self.xhat * m2)

    def params(self):
        return [self.g, self.b]

    def grads(self):
        return [self.dg, self.db]


if __name__ == '__main__':
    ln = LayerNorm(8)
    x = np.random.randn(2, 3, 8)
    y = ln(x)
    dx = ln.backward(np.ones_like(y))
    print(y.shape, dx.shape)
