"""More backwards that raise: networks, layers of courses, caches."""

from __future__ import annotations

import numpy as np

from tests.check.raising_written import Wrong, X, rand

COURSES = [
    Wrong("rnn-bias", """
import numpy as np
class RNN:
    def __init__(self, Wx, Wh, b):
        self.Wx, self.Wh, self.b = Wx, Wh, b
        self.dWx = np.zeros_like(Wx); self.dWh = np.zeros_like(Wh); self.db = np.zeros_like(b)
    def forward(self, xs):
        N, T, D = xs.shape
        self.xs = xs
        self.hs = [np.zeros((N, self.Wh.shape[0]))]
        for t in range(T):
            self.hs.append(np.tanh(xs[:, t] @ self.Wx + self.hs[-1] @ self.Wh + self.b))
        return np.stack(self.hs[1:], axis=1)
    def backward(self, dhs):
        N, T, H = dhs.shape
        dxs = np.zeros_like(self.xs)
        dh = 0
        self.dWx[...] = 0; self.dWh[...] = 0; self.db[...] = 0
        for t in reversed(range(T)):
            dz = (dhs[:, t] + dh) * (1 - self.hs[t + 1] ** 2)
            self.dWx += self.xs[:, t].T @ dz
            self.dWh += self.hs[t].T @ dz
            self.db += dz
            dxs[:, t] = dz @ self.Wx.T
            dh = dz @ self.Wh.T
        return dxs
""", "RNN(*(rng.standard_normal(s) for s in ((4, 3), (3, 3), 3)))", (rand(2, 5, 4),), "b",
          ("bias-not-summed", "dz (2, 3) does not fit into self.db (3,)"),
          "self.db += dz.sum(axis=0)", (), "self.db += dz"),
    Wrong("rnn-one-step-too-far", """
import numpy as np
class RNN:
    def __init__(self, Wx, Wh, b):
        self.Wx, self.Wh, self.b = Wx, Wh, b
        self.dWx = np.zeros_like(Wx); self.dWh = np.zeros_like(Wh); self.db = np.zeros_like(b)
    def forward(self, xs):
        N, T, D = xs.shape
        self.xs = xs
        self.hs = [np.zeros((N, self.Wh.shape[0]))]
        for t in range(T):
            self.hs.append(np.tanh(xs[:, t] @ self.Wx + self.hs[-1] @ self.Wh + self.b))
        return np.stack(self.hs[1:], axis=1)
    def backward(self, dhs):
        N, T, H = dhs.shape
        dxs = np.zeros_like(self.xs)
        dh = 0
        self.dWx[...] = 0; self.dWh[...] = 0; self.db[...] = 0
        for t in reversed(range(T + 1)):
            dz = (dhs[:, t] + dh) * (1 - self.hs[t + 1] ** 2)
            self.dWx += self.xs[:, t].T @ dz
            self.dWh += self.hs[t].T @ dz
            self.db += dz.sum(axis=0)
            dxs[:, t] = dz @ self.Wx.T
            dh = dz @ self.Wh.T
        return dxs
""", "RNN(*(rng.standard_normal(s) for s in ((4, 3), (3, 3), 3)))", (rand(2, 5, 4),), "xs",
          ("constant", "line 20: dhs (2, 5, 3) has no [:, t] (t = 5)"),
          "reversed(range(T))", (), "for t in reversed(range(T + 1)):"),
    Wrong("two-mistakes", """
import numpy as np
class Net:
    def __init__(self):
        r = np.random.default_rng(1)
        self.W1, self.W2 = r.normal(size=(4, 6)), r.normal(size=(6, 3))
        self.dW1 = self.dW2 = None
    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W1)
        return self.h @ self.W2
    def backward(self, dout):
        self.dW2 = self.h.T @ dout
        dh = dout @ self.W2
        dz = dh * (1 - self.h)
        self.dW1 = self.x.T @ dz
        return dz @ self.W1.T
""", "Net()", X, "x",
          ("operand-transposed", "self.W2.T does"),
          "dout @ self.W2.T", ("x",), "dh = dout @ self.W2"),
    Wrong("booleans", """
import numpy as np
class R:
    def forward(self, x):
        self.mask = x <= 0
        return np.where(self.mask, 0, x)
    def backward(self, dout):
        return dout * -self.mask
""", "R()", X, "x",
          ("booleans", "self.mask is made of booleans"),
          "dout * ~self.mask", (), "-self.mask"),
    Wrong("argument", """
import numpy as np
class S:
    def forward(self, x):
        self.z = x
        return np.tanh(x)
    def d(self, z):
        return 1 - np.tanh(z)**2
    def backward(self, dout):
        return dout * self.d()
""", "S()", X, "x",
          ("arguments", "self.d(self.z) works"),
          "dout * self.d(self.z)", (), "self.d()"),
    Wrong("function-misspelt", """
import numpy as np
def sigmoid(x): return 1/(1+np.exp(-x))
def sigmoid_grad(x):
    return sigmoid(x) * (1 - sigmoid(x))
class S:
    def forward(self, x):
        self.z = x
        return sigmoid(x)
    def backward(self, dout):
        return dout * sigmoid_gard(self.z)
""", "S()", X, "x",
          ("undefined-name", "sigmoid_gard is not defined; sigmoid_grad is meant"),
          "dout * sigmoid_grad(self.z)", (), "sigmoid_gard(self.z)"),
    Wrong("convolution", """
import numpy as np
class Conv1x1:
    def __init__(self, W):
        self.W = W
    def forward(self, x):
        self.x = x
        N, C, H, Wd = x.shape
        self.col = x.transpose(0, 2, 3, 1).reshape(-1, C)
        out = self.col @ self.W.T
        return out.reshape(N, H, Wd, -1).transpose(0, 3, 1, 2)
    def backward(self, dout):
        FN = self.W.shape[0]
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, FN)
        self.dW = dout.T @ self.col
        dcol = np.dot(dout, self.W.T)
        N, C, H, Wd = self.x.shape
        return dcol.reshape(N, H, Wd, C).transpose(0, 3, 1, 2)
""", "Conv1x1(rng.standard_normal((3, 2)))", (rand(2, 2, 4, 5),), "x",
          ("operand-transposed", "dout (40, 3) times self.W.T (2, 3) does not fit; self.W does"),
          "np.dot(dout, self.W)", (), "np.dot(dout, self.W.T)"),
    Wrong("softmax-jacobian", """
import numpy as np
class Softmax:
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return self.y
    def backward(self, dout):
        dx = np.zeros_like(dout)
        for n in range(len(dout)):
            y = self.y[n].reshape(-1, 1)
            J = np.diagflat(y) - np.dot(y, y)
            dx[n] = J @ dout[n]
        return dx
""", "Softmax()", X, "x",
          ("operand-transposed", "y (4, 1) times y (4, 1) does not fit; y.T does"),
          "np.diagflat(y) - np.dot(y, y.T)", (), "np.dot(y, y)"),
    Wrong("inherited", """
import numpy as np
class Base:
    def __init__(self, W): self.W = W
    def forward(self, x):
        self.x = x
        return self.act(x @ self.W)
    def act(self, z):
        self.z = z
        return z
    def dact(self, g): return g
    def backward(self, dout):
        g = self.dact(dout)
        self.grad_W = self.x.T @ g
        return g @ self.W.T
class Tanh(Base):
    def __init__(self, W):
        super().__init__(W)
    def act(self, z):
        self.y = np.tanh(z)
        return self.y
    def dact(self, g):
        return g @ (1 - self.y ** 2)
""", "Tanh(rng.standard_normal((4, 3)))", X, "x",
          ("product-kind", "g (5, 3) times 1 - self.y ** 2 (5, 3)"),
          "g * (1 - self.y ** 2)", (), "g @ (1 - self.y ** 2)"),
    Wrong("decorated", """
import numpy as np, functools
def log(f):
    @functools.wraps(f)
    def inner(*a, **k):
        return f(*a, **k)
    return inner
class A:
    def __init__(self, W): self.W = W
    def forward(self, x):
        self.x = x
        return x @ self.W
    @log
    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.W
""", "A(rng.standard_normal((4, 3)))", X, "x",
          ("operand-transposed", "self.W.T does"),
          "dout @ self.W.T", (), "dout @ self.W"),
    Wrong("lists-of-weights", """
import numpy as np
class Net:
    def __init__(self):
        r = np.random.default_rng(0)
        self.W = [r.normal(size=(4,6)), r.normal(size=(6,5)), r.normal(size=(5,3))]
        self.b = [np.zeros(6), np.zeros(5), np.zeros(3)]
    def forward(self, x):
        self.acts = [x]
        self.zs = []
        a = x
        for w, b in zip(self.W, self.b):
            z = a @ w + b
            self.zs.append(z)
            a = 1 / (1 + np.exp(-z))
            self.acts.append(a)
        return a
    def backward(self, dout):
        self.dW = [None]*3
        self.db = [None]*3
        delta = dout * self.acts[-1] * (1 - self.acts[-1])
        for l in range(2, -1, -1):
            self.dW[l] = self.acts[l].T @ delta
            self.db[l] = delta.sum(axis=0)
            if l > 0:
                a = self.acts[l]
                delta = (self.W[l] @ delta) * a * (1 - a)
        return delta @ self.W[0].T
""", "Net()", (rand(7, 4),), "x",
          ("order", "self.W[l] (5, 3) times delta (7, 3)", "delta @ self.W[l].T does"),
          "delta @ self.W[l].T * a * (1 - a)", (), "(self.W[l] @ delta) * a * (1 - a)"),
    Wrong("layers-as-columns", """
import numpy as np
def sig(z): return 1/(1+np.exp(-z))
class Net:
    def __init__(self, sizes):
        r = np.random.default_rng(0)
        self.biases = [r.normal(size=(y,1)) for y in sizes[1:]]
        self.weights = [r.normal(size=(y,x)) for x,y in zip(sizes[:-1], sizes[1:])]
        self.params = self.weights + self.biases
    def forward(self, a):
        self.as_ = [a]; self.zs = []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, a) + b
            self.zs.append(z)
            a = sig(z)
            self.as_.append(a)
        return a
    def backward(self, dout):
        nabla_w = [None]*len(self.weights); nabla_b = [None]*len(self.weights)
        delta = dout * sig(self.zs[-1]) * (1 - sig(self.zs[-1]))
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, self.as_[-2].transpose())
        for l in range(2, len(self.weights) + 1):
            z = self.zs[-l]
            sp = sig(z) * (1 - sig(z))
            delta = np.dot(self.weights[-l+1], delta) * sp
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, self.as_[-l-1].transpose())
        self.grads = nabla_w + nabla_b
        return self.weights[0].T @ delta
""", "Net([4, 5, 3])", (rand(4, 1),), "a",
          ("operand-transposed", "self.weights[-l + 1].T does"),
          "np.dot(self.weights[-l + 1].T, delta) * sp", (), "delta) * sp"),
    Wrong("max-pooling", """
import numpy as np
class Pool:
    def forward(self, x):
        N, C, H, W = x.shape
        self.x = x
        r = x.reshape(N, C, H // 2, 2, W // 2, 2)
        self.r = r
        self.out = r.max(axis=(3, 5))
        return self.out
    def backward(self, dout):
        mask = self.r == self.out
        return (mask * dout[:, :, :, None, :, None]).reshape(self.x.shape)
""", "Pool()", (rand(2, 3, 4, 6),), "x",
          ("does-not-fit", "self.r (2, 3, 2, 2, 3, 2) == self.out (2, 3, 2, 3)"),
          "self.r == self.out[:, :, :, None, :, None]", (), "self.r == self.out"),
    Wrong("class-numbers", """
import numpy as np
class CE:
    def forward(self, x, t):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        self.t = t
        return -np.log(self.p[np.arange(len(t)), t]).mean()
    def backward(self, dout=1):
        dx = self.p.copy()
        dx[np.arange(dx.shape[1]), self.t] -= 1
        return dx / len(self.t)
""", "CE()", (rand(5, 3), np.array([0, 2, 1, 1, 0])), "x",
          ("index", "dx.shape[0] belongs there"),
          "dx[np.arange(dx.shape[0]), self.t] -= 1", (), "self.t] -= 1"),
    Wrong("another-cache", """
import numpy as np
def relu_back(dout, cache):
    return dout * (cache > 0)
def affine_back(dout, cache):
    x, W = cache
    return dout @ W.T, x.T @ dout
class Net:
    def __init__(self):
        r = np.random.default_rng(0)
        self.params = dict(W1=r.normal(size=(4,6)), W2=r.normal(size=(6,3)))
    def forward(self, x):
        z = x @ self.params["W1"]
        h = np.maximum(z, 0)
        self.c1, self.c2, self.c3 = (x, self.params["W1"]), z, (h, self.params["W2"])
        return h @ self.params["W2"]
    def backward(self, dout):
        self.grads = {}
        dh, self.grads["W2"] = affine_back(dout, self.c3)
        dz = relu_back(dh, self.c2)
        dx, self.grads["W1"] = affine_back(dz, self.c3)
        return dx
""", "Net()", X, "x",
          ("wrong-variable", "line 7: dout (5, 6) times W.T (3, 6) does not fit", "self.c1"),
          "affine_back(dz, self.c1)", (), "affine_back(dz, self.c3)"),
    Wrong("arguments", """
import numpy as np
def f(x, w):
    y = x @ w
    return y, (x, w, y)
def f_backward(dy, cache):
    x, w = cache
    return dy @ w.T, x.T @ dy
""", "f, f_backward", (rand(5, 4), rand(4, 3)), "x",
          ("arguments", "cache holds 3 values, and 2 names take them"),
          "x, w, _ = cache", (), "x, w = cache"),
    Wrong("joined", """
import numpy as np
class Cell:
    def __init__(self, W):
        self.W = W
    def forward(self, x, h):
        self.z = np.concatenate([x, h], axis=1)
        self.x = x
        self.y = np.tanh(self.z @ self.W)
        return self.y
    def backward(self, dout):
        da = dout * (1 - self.y ** 2)
        self.dW = np.dot(self.z.T, da)
        dz = np.dot(da, self.W)
        D = self.x.shape[1]
        return dz[:, :D], dz[:, D:]
""", "Cell(rng.standard_normal((7, 3)))", (rand(5, 4), rand(5, 3)), "x",
          ("operand-transposed", "da (5, 3) times self.W (7, 3)"),
          "np.dot(da, self.W.T)", (), "np.dot(da, self.W)"),
    Wrong("attention", """
import numpy as np
def attention(Q, K, V):
    S = Q @ K.T / np.sqrt(Q.shape[1])
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return P @ V, (Q, K, V, P)
def attention_backward(dO, cache):
    Q, K, V, P = cache
    dV = P @ dO
    dP = dO @ V.T
    dS = P * (dP - (dP * P).sum(axis=1, keepdims=True)) / np.sqrt(Q.shape[1])
    dQ = dS @ K
    dK = dS.T @ Q
    return dQ, dK, dV
""", "attention, attention_backward", (rand(5, 4), rand(6, 4), rand(6, 3)), "V",
          ("operand-transposed", "P.T does"),
          "P.T @ dO", (), "dV = P @ dO"),
]  # fmt: skip
