# conv1d text classifier (Kim 2014 in miniature): conv -> relu -> max over time -> softmax
# input: already embedded sentences, shape (N, T, E)
import numpy as np


class TextCNN:
    def __init__(self, embed=5, filters=6, width=3, classes=2, seed=0):
        rs = np.random.RandomState(seed)
        self.width = width
        self.F = rs.randn(width * embed, filters) * 0.3
        self.fb = rs.randn(filters) * 0.1
        self.V = rs.randn(filters, classes) * 0.3
        self.vb = np.zeros(classes)

    def windows(self, x):
        N, T, E = x.shape
        n = T - self.width + 1
        return np.stack([x[:, i:i + self.width].reshape(N, -1) for i in range(n)], axis=1)

    def forward(self, x):
        self.x = x
        self.win = self.windows(x)                       # N, n, width*E
        a = self.win @ self.F + self.fb
        self.where = a.argmax(axis=1)                    # N, filters
        top = np.take_along_axis(a, self.where[:, None, :], axis=1)[:, 0]
        self.pooled = np.maximum(top, 0)
        z = self.pooled @ self.V + self.vb
        z = z - z.max(1, keepdims=True)
        self.logp = z - np.log(np.exp(z).sum(1, keepdims=True))
        return self.logp

    def loss(self, x, y):
        logp = self.forward(x)
        return -logp[np.arange(len(y)), y].mean()

    def gradient(self, x, y):
        """dict of gradients of self.loss(x, y); includes 'x' itself"""
        self.forward(x)
        N = len(y)
        d = np.exp(self.logp)
        d[np.arange(N), y] -= 1
        d /= N
        g = {'V': self.pooled.T @ d, 'vb': d.sum(0)}
        dp = (d @ self.V.T) * (self.pooled > 0)
        da = np.zeros(self.win.shape[:2] + (self.F.shape[1],))
        np.put_along_axis(da, self.where[:, None, :], dp[:, None, :], axis=1)
        g['F'] = np.einsum('nkw,nkf->wf', self.win, da)
        g['fb'] = da.sum((0, 1))
        dwin = da @ self.F.T
        dx = np.zeros_like(self.x)
        for i in range(dwin.shape[1]):
            dx[:, i:i + self.width] += dwin[:, i].reshape(N, self.width, -1)
        g['x'] = dx
        return g


if __name__ == "__main__":
    net = TextCNN()
    X = np.random.randn(20, 7, 5)
    y = (X[:, :, 0].max(1) > 1.3).astype(int)
    for epoch in range(100):
        g = net.gradient(X, y)
        for k in ('F', 'fb', 'V', 'vb'):
            getattr(net, k)[...] -= 0.5 * g[k]
    print(net.loss(X, y))
