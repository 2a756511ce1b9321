import numpy as np

class T:
    "array with a place for the gradient (like .g in the fastai lesson)"
    def __init__(self, d): self.d, self.g = d, None

class Relu():
    def __call__(self, inp):
        self.inp = inp
        self.out = T(np.clip(inp.d, 0., None) - 0.5)
        return self.out

    def backward(self): self.inp.g = (self.inp.d > 0).astype(float) * self.out.g

class Lin():
    def __init__(self, w, b): self.w, self.b = T(w), T(b)

    def __call__(self, inp):
        self.inp = inp
        self.out = T(inp.d @ self.w.d + self.b.d)
        return self.out

    def backward(self):
        self.inp.g = self.out.g @ self.w.d.T
        # Creating a giant outer product, just to sum it, is inefficient!
        self.w.g = (self.inp.d[:, :, None] * self.out.g[:, None, :]).sum(0)
        self.b.g = self.out.g.sum(0)

class Mse():
    def __call__(self, inp, targ):
        self.inp = inp
        self.targ = targ
        self.out = ((inp.d.squeeze(-1) - targ) ** 2).mean()
        return self.out

    def backward(self):
        self.inp.g = 2. * (self.inp.d.squeeze(-1) - self.targ)[:, None] / self.targ.shape[0]

class Model():
    def __init__(self, w1, b1, w2, b2):
        self.layers = [Lin(w1, b1), Relu(), Lin(w2, b2)]
        self.loss = Mse()

    def __call__(self, x, targ):
        self.x = x = T(x)
        for l in self.layers: x = l(x)
        return self.loss(x, targ)

    def backward(self):
        self.loss.backward()
        for l in reversed(self.layers): l.backward()
