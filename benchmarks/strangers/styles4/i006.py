# GroupNorm, 输入 NCHW
import numpy as np


class GroupNorm:
    def __init__(self, num_groups=2, num_channels=4, eps=1e-5):
        assert num_channels % num_groups == 0, "通道数必须能被组数整除"
        self.G = num_groups
        self.C = num_channels
        self.eps = eps
        self.gamma = np.random.uniform(0.5, 1.5, (1, num_channels, 1, 1))
        self.beta = np.random.uniform(-.5, .5, (1, num_channels, 1, 1))

    def forward(self, x):
        N, C, H, W = x.shape
        xg = x.reshape(N, self.G, -1)          # 每组拉平
        mean = xg.mean(axis=2, keepdims=True)
        var = xg.var(axis=2, keepdims=True)
        self.inv_std = 1.0 / np.sqrt(var + self.eps)
        self.x_norm = (xg - mean) * self.inv_std
        self.shape = x.shape
        return self.x_norm.reshape(x.shape) * self.gamma + self.beta

    def backward(self, dy):
        N, C, H, W = self.shape
        self.d_beta = dy.sum(axis=(0, 2, 3), keepdims=True)
        self.d_gamma = (dy * self.x_norm.reshape(self.shape)).sum(axis=(0, 2, 3), keepdims=True)

        dxn = (dy * self.gamma).reshape(N, self.G, -1)
        m = H * W                              # 元素个数
        s1 = dxn.sum(axis=2, keepdims=True)
        s2 = (dxn * self.x_norm).sum(axis=2, keepdims=True)
        dx = self.inv_std / m * (m * dxn - s1 - self.x_norm * s2)
        return dx.reshape(self.shape)


if __name__ == '__main__':
    gn = GroupNorm(2, 4)
    y = gn.forward(np.random.randn(2, 4, 3, 3) * 3 + 1)
    print(y.mean(), y.std())
    print(gn.backward(np.ones_like(y)).sum())
