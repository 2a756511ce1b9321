import numpy as np


class Parameter:
    def __init__(self, data):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = np.zeros_like(self.data)


class Module:
    def __call__(self, *args):
        return self.forward(*args)

    def parameters(self):
        return [p for p in self.__dict__.values() if isinstance(p, Parameter)]

    def zero_grad(self):
        for p in self.parameters():
            p.grad[...] = 0


class LayerNorm(Module):
    """Normalise the last dimension of a (batch, features) array."""

    def __init__(self, normalized_shape, eps=1e-5):
        self.eps = eps
        self.weight = Parameter(np.ones(normalized_shape))
        self.bias = Parameter(np.zeros(normalized_shape))

    def forward(self, x):
        mean = x.mean(axis=-1, keepdims=True)
        var = x.var(axis=-1, keepdims=True)
        self.rstd = 1.0 / np.sqrt(var + self.eps)
        self.xhat = (x - mean) * self.rstd
        return self.weight.data * self.xhat + self.bias.data

    def backward(self, grad_out):
        self.weight.grad += (grad_out * self.xhat).sum(axis=0)
        self.bias.grad += grad_out.sum(axis=0)
        g = grad_out * self.weight.data
        m1 = g.mean(axis=0, keepdims=True)
        m2 = (g * self.xhat).mean(axis=-1, keepdims=True)
        return (g - m1 - self.xhat * m2) * self.rstd


if __name__ == "__main__":
    ln = LayerNorm(6)
    x = np.random.randn(4, 6)
    print(ln(x).std(axis=-1))
    print(ln.backward(np.random.randn(4, 6)))
