import numpy as np

class Linear:
    def __init__(self, n):
        self.w = np.random.randn(n, n) * 0.3
        self.b = np.zeros((1, n))

    def forward(self, x):
        self.x = x
        return x.dot(self.w) + self.b

    def backward(self, dy):
        self.dw = self.x.T.dot(dy)
        self.db = dy.sum(axis=0, keepdims=True)
        return dy.dot(self.w.T)

class Block:
    # output = x + fc2(tanh(fc1(x)))
    def __init__(self, n):
        self.fc1 = Linear(n)
        self.fc2 = Linear(n)

    def forward(self, x):
        self.act = np.tanh(self.fc1.forward(x))
        return x + self.fc2.forward(self.act)

    def backward(self, dy):
        d = self.fc2.backward(dy)
        d = d * (1 - self.act ** 2)
        dx = self.fc1.backward(d)
        return dx
