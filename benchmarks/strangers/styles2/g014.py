import numpy as np


class Tanh:
    """y = tanh(x)"""

    def __init__(self):
        self.x = None

    def forward(self, x):
        self.x = x
        return np.tanh(x)

    def backward(self, dy):
        return dy * (1 - self.x ** 2)


if __name__ == '__main__':
    t = Tanh()
    print(t.forward(np.linspace(-2, 2, 5)))
    print(t.backward(np.ones(5)))
