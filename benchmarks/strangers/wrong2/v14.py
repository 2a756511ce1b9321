import numpy as np


class ConvNet:
    """conv 3x3 (valid) -> ReLU -> 2x2 average pool -> flatten -> dense -> softmax"""

    def __init__(self, img=8, cin=1, filters=3, classes=4):
        self.K = np.random.randn(filters, cin, 3, 3) * 0.4
        self.kb = np.zeros(filters)
        side = (img - 2) // 2
        self.W = np.random.randn(side * side * filters, classes) * 0.2
        self.b = np.zeros(classes)

    def forward(self, X):
        self.X = X
        N, C, H, W = X.shape
        conv = np.zeros((N, self.K.shape[0], H - 2, W - 2))
        for i in range(H - 2):
            for j in range(W - 2):
                patch = X[:, :, i:i+3, j:j+3]
                conv[:, :, i, j] = np.tensordot(patch, self.K, axes=([1, 2, 3], [1, 2, 3])) + self.kb
        self.conv = conv
        act = np.maximum(conv, 0)
        pool = (act[:, :, ::2, ::2] + act[:, :, 1::2, ::2]
                + act[:, :, ::2, 1::2] + act[:, :, 1::2, 1::2]) / 4
        self.pool_shape = pool.shape
        self.flat = pool.transpose(0, 2, 3, 1).reshape(N, -1)
        logits = self.flat @ self.W + self.b
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.probs = e / e.sum(axis=1, keepdims=True)
        return self.probs

    def loss(self, X, y):
        p = self.forward(X)
        return -np.mean(np.log(p[np.arange(len(y)), y]))

    def backward(self, y):
        N, F, h, w = self.pool_shape
        d = self.probs.copy()
        d[np.arange(N), y] -= 1
        d /= N
        dW, db = self.flat.T @ d, d.sum(axis=0)

        dflat = d @ self.W.T
        dpool = dflat.reshape(N, F, h, w)
        dact = dpool.repeat(2, axis=2).repeat(2, axis=3) / 4
        dconv = dact * (self.conv > 0)

        dK = np.zeros_like(self.K)
        for i in range(dconv.shape[2]):
            for j in range(dconv.shape[3]):
                patch = self.X[:, :, i:i+3, j:j+3]
                dK += np.tensordot(dconv[:, :, i, j], patch, axes=([0], [0]))
        dkb = dconv.sum(axis=(0, 2, 3))
        return {"K": dK, "kb": dkb, "W": dW, "b": db}
