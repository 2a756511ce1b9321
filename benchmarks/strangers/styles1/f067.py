import numpy as np


class Variable:
    def __init__(self, data):
        self.data = data
        self.grad = None
        self.creator = None
        self.generation = 0

    def set_creator(self, func):
        self.creator = func
        self.generation = func.generation + 1

    def backward(self):
        if self.grad is None:
            self.grad = np.ones_like(self.data)
        funcs = [self.creator] if self.creator is not None else []
        seen_set = set(funcs)
        while funcs:
            funcs.sort(key=lambda f: f.generation)
            f = funcs.pop()
            gxs = f.backward(f.output.grad)
            if not isinstance(gxs, tuple):
                gxs = (gxs,)
            for x, gx in zip(f.inputs, gxs):
                x.grad = gx if x.grad is None else x.grad + gx
                if x.creator is not None and x.creator not in seen_set:
                    funcs.append(x.creator)
                    seen_set.add(x.creator)

    def __mul__(self, o): return Mul()(self, o)
    def __add__(self, o): return Add()(self, o)


class Function:
    def __call__(self, *inputs):
        self.inputs = inputs
        self.generation = max(x.generation for x in inputs)
        self.output = Variable(np.asarray(self.forward(*[x.data for x in inputs])))
        self.output.set_creator(self)
        return self.output

class Mul(Function):
    def forward(self, x0, x1): return x0 * x1
    def backward(self, gy): return gy * self.inputs[1].data, gy * self.inputs[0].data

class Add(Function):
    def forward(self, x0, x1): return x0 + x1
    def backward(self, gy): return gy, gy


class Exp(Function):
    def forward(self, x): return np.exp(x)
    def backward(self, gy): return np.exp(self.inputs[0].data) * gy


def exp(x):
    return Exp()(x)
