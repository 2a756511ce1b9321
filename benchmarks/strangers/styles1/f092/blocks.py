from .linear import Linear, ReLU


class ResidualBlock:
    """y = x + W2 relu(W1 x + b1) + b2"""

    def __init__(self, dim, hidden, seed=0):
        self.fc1 = Linear(dim, hidden, seed=seed)
        self.act = ReLU()
        self.fc2 = Linear(hidden, dim, seed=seed + 1)

    def forward(self, x):
        h = self.act.forward(self.fc1.forward(x))
        return x + self.fc2.forward(h)

    def backward(self, dy):
        d = self.fc2.backward(dy)
        d = self.act.backward(d)
        return self.fc1.backward(d)

    def params_and_grads(self):
        for layer in (self.fc1, self.fc2):
            yield layer.W, layer.dW
            yield layer.b, layer.db
