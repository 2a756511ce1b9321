# 手写一个迷你深度学习框架 (miniflow)
import numpy as np


class Module:
    def __init__(self):
        self._params = {}
        self._grads = {}

    def __call__(self, x):
        return self.forward(x)

    def parameters(self):
        for k in self._params:
            yield self, k


class Linear(Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self._params['W'] = np.random.randn(n_in, n_out) * np.sqrt(2.0 / n_in)
        self._params['b'] = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self._params['W'] + self._params['b']

    def backward(self, dy):
        self._grads['W'] = self.x.T @ dy
        self._grads['b'] = dy.sum(0)
        return dy @ self._params['W'].T


class LeakyReLU(Module):
    def __init__(self, slope=0.1):
        super().__init__()
        self.slope = slope

    def forward(self, x):
        self.k = np.where(x > 0, 1.0, self.slope)
        return x * self.k

    def backward(self, dy):
        return dy * self.k


class Residual(Module):
    """y = x + f(x)"""
    def __init__(self, *layers):
        super().__init__()
        self.layers = layers

    def parameters(self):
        for l in self.layers:
            yield from l.parameters()

    def forward(self, x):
        y = x
        for l in self.layers:
            y = l(y)
        return x + y

    def backward(self, dy):
        d = dy
        for l in reversed(self.layers):
            d = l.backward(d)
        return dy + d


class MiniResNet(Module):
    def __init__(self, n_in=5, width=6, n_out=3, blocks=2):
        super().__init__()
        self.layers = [Linear(n_in, width)]
        for _ in range(blocks):
            self.layers.append(Residual(Linear(width, width), LeakyReLU(), Linear(width, width)))
        self.layers.append(LeakyReLU())
        self.layers.append(Linear(width, n_out))

    def parameters(self):
        for l in self.layers:
            yield from l.parameters()

    def forward(self, x):
        for l in self.layers:
            x = l(x)
        return x

    def backward(self, dy):
        for l in self.layers[::-1]:
            dy = l.backward(dy)
        return dy


class SGD:
    def __init__(self, model, lr=0.01):
        self.model, self.lr = model, lr

    def step(self):
        for m, k in self.model.parameters():
            m._params[k] -= self.lr * m._grads[k]


if __name__ == '__main__':
    np.random.seed(0)
    net = MiniResNet()
    opt = SGD(net, 0.005)
    X, Y = np.random.randn(32, 5), np.random.randn(32, 3)
    for i in range(100):
        d = net(X) - Y
        net.backward(2 * d / len(X))
        opt.step()
    print('loss', (d ** 2).mean())
