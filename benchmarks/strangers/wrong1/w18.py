import numpy as np


class TinyCNN:
    """conv 3x3 -> relu -> maxpool 2x2 -> fully connected -> softmax"""

    def __init__(self, img=8, filters=3, classes=4):
        rng = np.random.RandomState(5)
        self.F = rng.randn(filters, 3, 3) * 0.5
        self.fb = rng.randn(filters) * 0.1
        side = (img - 2) // 2
        self.W = rng.randn(filters * side * side, classes) * 0.3
        self.b = np.zeros(classes)

    def forward(self, X):
        # X: (N, img, img) gray images
        n, h, w = X.shape
        self.X = X
        self.z = np.zeros((n, len(self.F), h - 2, w - 2))
        for i in range(h - 2):
            for j in range(w - 2):
                patch = X[:, i:i + 3, j:j + 3]
                self.z[:, :, i, j] = np.tensordot(patch, self.F, ([1, 2], [1, 2])) + self.fb
        r = np.maximum(self.z, 0)
        blocks = r.reshape(n, len(self.F), (h - 2) // 2, 2, (w - 2) // 2, 2)
        pooled = blocks.max(axis=(3, 5))
        self.mask = blocks == pooled[:, :, :, None, :, None]
        self.pool_shape = pooled.shape
        self.flat = pooled.reshape(n, -1)
        s = self.flat @ self.W + self.b
        e = np.exp(s - s.max(1, keepdims=True))
        self.p = e / e.sum(1, keepdims=True)
        return self.p

    def loss(self, X, y):
        p = self.forward(X)
        return -np.mean(np.log(p[np.arange(len(y)), y]))

    def gradients(self, X, y):
        self.forward(X)
        n = len(y)
        ds = self.p.copy()
        ds[np.arange(n), y] -= 1
        ds /= n
        g = {'W': self.flat.T @ ds, 'b': ds.sum(0)}
        dpool = (ds @ self.W.T).reshape(self.pool_shape)
        dr = (self.mask * dpool[:, :, :, None, :, None]).reshape(self.z.shape)
        dz = np.where(dr > 0, dr, 0)
        g['F'] = np.zeros_like(self.F)
        for i in range(dz.shape[2]):
            for j in range(dz.shape[3]):
                g['F'] += np.tensordot(dz[:, :, i, j], self.X[:, i:i + 3, j:j + 3], (0, 0))
        g['fb'] = dz.sum(axis=(0, 2, 3))
        return g
