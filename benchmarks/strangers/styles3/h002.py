# coding: utf-8
# 課題3: 誤差逆伝播法で2層ネットを作る
import numpy as np


def softmax(x):
    x = x - np.max(x, axis=-1, keepdims=True)
    return np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)


def cross_entropy(y, t):
    """バッチ平均の交差エントロピー (t は one-hot でもラベルでもよい)"""
    if y.ndim == 1:
        y = y.reshape(1, -1)
        t = t.reshape(1, -1)
    if t.size == y.size:
        t = t.argmax(axis=1)
    n = y.shape[0]
    return -np.sum(np.log(y[np.arange(n), t] + 1e-12)) / n


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.x = None
        self.dW, self.db = None, None

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW = np.dot(self.x.T, dout)
        self.db = dout.sum(axis=0)
        return np.dot(dout, self.W.T)


class SoftmaxLoss:
    def __init__(self):
        self.loss = None
        self.y = None  # softmaxの出力
        self.t = None  # 教師データ

    def forward(self, x, t):
        self.t = t
        self.y = softmax(x)
        self.loss = cross_entropy(self.y, self.t)
        return self.loss

    def backward(self, dout=1):
        if self.t.size == self.y.size:
            dx = self.y - self.t
        else:
            n = self.t.shape[0]
            dx = self.y.copy()
            dx[np.arange(n), self.t] -= 1
        return dx * dout


if __name__ == '__main__':
    rng = np.random.RandomState(1)
    a = Affine(rng.randn(4, 3) * 0.1, np.zeros(3))
    crit = SoftmaxLoss()
    x = rng.randn(10, 4)
    t = np.eye(3)[rng.randint(0, 3, 10)]
    for i in range(20):
        loss = crit.forward(a.forward(x), t)
        a.backward(crit.backward())
        a.W -= 0.1 * a.dW
        a.b -= 0.1 * a.db
        print(i, '誤差', loss)
