from .layers import Dense, Act
from .losses import mse


class Net:
    def __init__(self, sizes, act="tanh"):
        self.dense = [Dense(a, b) for a, b in zip(sizes, sizes[1:])]
        self.layers = []
        for d in self.dense:
            self.layers += [d, Act(act)]
        self.layers[-1] = Act("linear")

    def predict(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        value, self.dloss = mse(self.predict(x), t)
        return value

    def backward(self):
        d = self.dloss
        for layer in reversed(self.layers):
            d = layer.backward(d)
        return d
