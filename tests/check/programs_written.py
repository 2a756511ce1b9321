"""Whole programs as people write them, right where $ is filled with the line that is asked for."""

from __future__ import annotations

NETWORK = """
    class Net:
        def __init__(self):
            r = np.random.default_rng(3)
            self.params = {"W1": r.normal(size=(4, 6)), "b1": r.normal(size=6),
                           "W2": r.normal(size=(6, 3)), "b2": r.normal(size=3)}
        def loss(self, x, t):
            p = self.params
            self.a = x @ p["W1"] + p["b1"]
            self.z = np.maximum(self.a, 0)
            self.y = self.z @ p["W2"] + p["b2"]
            return np.mean((self.y - t) ** 2)
        def gradient(self, x, t):
            self.loss(x, t)
            g = {}
            dy = 2 * (self.y - t) / t.size
            g["W2"], g["b2"] = self.z.T @ dy, dy.sum(axis=0)
            dz = dy @ self.params["W2"].T
            $
            g["W1"] = x.T @ da
            g["b1"] = da.sum(axis=0)
            return g
"""
PAIR = """
    def forward(x, W1, b1, W2):
        h = x.dot(W1) + b1
        r = np.maximum(0, h)
        return r.dot(W2), (x, h, r, W1, W2)
    def backward(dout, cache):
        x, h, r, W1, W2 = cache
        dW2 = r.T.dot(dout)
        dr = dout.dot(W2.T)
        $
        dW1 = x.T.dot(dr)
        db1 = np.sum(dr, axis=0)
        return dr.dot(W1.T), dW1, db1, dW2
"""
RNN = """
    class Rnn:
        def __init__(self):
            r = np.random.default_rng(0)
            self.W, self.U, self.b = r.normal(size=(4, 3)), r.normal(size=(3, 3)), r.normal(size=3)
        def forward(self, xs):
            n, steps, _ = xs.shape
            self.xs, self.hs = xs, np.zeros((n, steps + 1, 3))
            for t in range(steps):
                self.hs[:, t + 1] = np.tanh(xs[:, t] @ self.W + self.hs[:, t] @ self.U + self.b)
            return self.hs[:, 1:]
        def backward(self, dhs):
            self.dW, self.dU = np.zeros_like(self.W), np.zeros_like(self.U)
            self.db, dxs, dh = np.zeros_like(self.b), np.zeros_like(self.xs), 0
            for t in reversed(range(dhs.shape[1])):
                $
                self.dW += self.xs[:, t].T @ da
                self.dU += self.hs[:, t].T @ da
                self.db += da.sum(axis=0)
                dxs[:, t] = da @ self.W.T
                dh = da @ self.U.T
            return dxs
"""
ENGINE = """
    class Node:
        def __init__(self, data, parents=()):
            self.data, self.grad, self.parents = data, np.zeros_like(data), parents
            self._backward = lambda: None
        def __add__(self, other):
            out = Node(self.data + other.data, (self, other))
            def _backward():
                self.grad += out.grad
                other.grad += out.grad
            out._backward = _backward
            return out
        def __mul__(self, other):
            out = Node(self.data * other.data, (self, other))
            def _backward():
                $
                other.grad += self.data * out.grad
            out._backward = _backward
            return out
        def tanh(self):
            t = np.tanh(self.data)
            out = Node(t, (self,))
            def _backward():
                self.grad += (1 - t ** 2) * out.grad
            out._backward = _backward
            return out
    def run(x, y):
        a, b = Node(x), Node(y)
        c = a * b
        return a, b, (a * c + b).tanh()
    def f(x, y):
        return run(x, y)[2].data
    def f_grad(x, y, dout):
        a, b, out = run(x, y)
        order, seen = [], set()
        def visit(v):
            if v not in seen:
                seen.add(v)
                for p in v.parents:
                    visit(p)
                order.append(v)
        visit(out)
        out.grad = dout
        for v in reversed(order):
            v._backward()
        return a.grad, b.grad
"""
HELPERS = """
    class Mlp:
        def __init__(self):
            r = np.random.default_rng(1)
            self.W1, self.W2 = r.normal(size=(4, 5)), r.normal(size=(5, 3))
        def _act(self, z):
            return np.tanh(z)
        def _slope(self, a):
            $
        def forward(self, x):
            self.x = x
            self.h = self._act(x @ self.W1)
            self.o = self._act(self.h @ self.W2)
            return self.o
        def backward(self, grad):
            d2 = grad * self._slope(self.o)
            self.dW2 = self.h.T @ d2
            d1 = (d2 @ self.W2.T) * self._slope(self.h)
            self.dW1 = self.x.T @ d1
            return d1 @ self.W1.T
"""
LISTS = """
    def sigmoid(z):
        return 1.0 / (1.0 + np.exp(-z))
    def sigmoid_prime(z):
        return sigmoid(z) * (1 - sigmoid(z))
    class Net:
        def __init__(self):
            r = np.random.default_rng(2)
            self.weights = [r.normal(size=(3, 5)), r.normal(size=(5, 4)), r.normal(size=(4, 2))]
            self.grads = [None, None, None]
        def forward(self, x):
            self.zs, self.a = [], [x]
            for W in self.weights:
                self.zs.append(self.a[-1] @ W)
                self.a.append(sigmoid(self.zs[-1]))
            return self.a[-1]
        def backward(self, d):
            for i in (2, 1, 0):
                $
                self.grads[i] = self.a[i].T @ d
                d = d @ self.weights[i].T
            return d
"""
SOFTMAX = """
    class Softmax:
        def forward(self, x):
            self.x = x
            e = np.exp(x - x.max(axis=1, keepdims=True))
            self.y = e / e.sum(axis=1, keepdims=True)
            return self.y
        def backward(self, dout):
            dx = np.zeros_like(dout)
            n, k = dout.shape
            for b in range(n):
                for i in range(k):
                    for j in range(k):
                        here = 1.0 if i == j else 0.0
                        $
            return dx
"""
JACOBIANS = """
    class Softmax:
        def forward(self, x):
            e = np.exp(x - x.max(axis=1, keepdims=True))
            self.out = e / e.sum(axis=1, keepdims=True)
            return self.out
        def backward(self, dvalues):
            dinputs = np.empty_like(dvalues)
            for k, (o, d) in enumerate(zip(self.out, dvalues)):
                $
                dinputs[k] = np.dot(jac, d)
            return dinputs
"""
CONVOLUTION = """
    class Conv:
        def __init__(self):
            self.W, self.pad = np.random.default_rng(0).normal(size=(2, 3, 3, 3)), 1
        def forward(self, x):
            n, c, h, w = self.shape = x.shape
            p = self.pad
            self.xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
            out = np.zeros((n, 2, h, w))
            for i in range(h):
                for j in range(w):
                    out[:, :, i, j] = np.einsum(
                        "ncab,fcab->nf", self.xp[:, :, i:i+3, j:j+3], self.W)
            return out
        def backward(self, dout):
            n, c, h, w = self.shape
            p, dxp, self.dW = self.pad, np.zeros_like(self.xp), np.zeros_like(self.W)
            for i in range(h):
                for j in range(w):
                    d = dout[:, :, i, j]
                    self.dW += np.einsum("nf,ncab->fcab", d, self.xp[:, :, i:i+3, j:j+3])
                    dxp[:, :, i:i+3, j:j+3] += np.einsum("nf,fcab->ncab", d, self.W)
            $
"""
LOOPS = """
    def conv_forward(x, w):
        N, C, H, W = x.shape
        F, _, K, K = w.shape
        out = np.zeros((N, F, H - K + 1, W - K + 1))
        for i in range(out.shape[2]):
            for j in range(out.shape[3]):
                out[:, :, i, j] = np.einsum("ncab,fcab->nf", x[:, :, i:i+K, j:j+K], w)
        return out, (x, w)
    def conv_backward(dout, cache):
        x, w = cache
        F, C, K, _ = w.shape
        dx, dw = np.zeros_like(x), np.zeros_like(w)
        for n in range(len(x)):
            for f in range(F):
                for c in range(C):
                    for i in range(dout.shape[2]):
                        for j in range(dout.shape[3]):
                            $
                            dw[f, c] += x[n, c, i:i+K, j:j+K] * dout[n, f, i, j]
        return dx, dw
"""
POOL = """
    def pool_forward(x):
        n, c, h, w = x.shape
        out = np.zeros((n, c, h // 2, w // 2))
        for i in range(h // 2):
            for j in range(w // 2):
                out[:, :, i, j] = x[:, :, 2*i:2*i+2, 2*j:2*j+2].max(axis=(2, 3))
        return out, x
    def pool_backward(dout, cache):
        x = cache
        dx = np.zeros_like(x)
        for n in range(dout.shape[0]):
            for c in range(dout.shape[1]):
                for i in range(dout.shape[2]):
                    for j in range(dout.shape[3]):
                        win = x[n, c, 2*i:2*i+2, 2*j:2*j+2]
                        mask = win == win.max()
                        $
        return dx
"""
CBOW = """
    class Cbow:
        def __init__(self):
            r = np.random.default_rng(0)
            self.params = {"W1": r.normal(size=(5, 4)), "b1": r.normal(size=(5, 1)),
                           "W2": r.normal(size=(4, 5)), "b2": r.normal(size=(4, 1))}
        def loss(self, x, t):
            p = self.params
            self.h = np.maximum(p["W1"] @ x + p["b1"], 0)
            e = np.exp(p["W2"] @ self.h + p["b2"])
            self.y = e / e.sum(axis=0)
            return -np.sum(t * np.log(self.y)) / x.shape[1]
        def gradient(self, x, t):
            self.loss(x, t)
            m = x.shape[1]
            d = self.y - t
            l1 = (self.params["W2"].T @ d) * (self.h > 0)
            g = {"W1": l1 @ x.T / m, "W2": d @ self.h.T / m}
            g["b1"] = np.sum(l1, axis=1, keepdims=True) / m
            $
            return g
"""
SUMS = """
    class Model:
        def __init__(self):
            r = np.random.default_rng(0)
            self.reg = 0.05
            self.params = {"W1": r.normal(size=(2, 4)), "b1": r.normal(size=(1, 4)),
                           "W2": r.normal(size=(4, 2)), "b2": r.normal(size=(1, 2))}
        def loss(self, X, y):
            p = self.params
            self.a = np.tanh(X @ p["W1"] + p["b1"])
            e = np.exp(self.a @ p["W2"] + p["b2"])
            self.probs = e / e.sum(axis=1, keepdims=True)
            data = np.sum(-np.log(self.probs[range(len(X)), y]))
            reg = self.reg / 2 * (np.sum(p["W1"] ** 2) + np.sum(p["W2"] ** 2))
            return (data + reg) / len(X)
        def gradient(self, X, y):
            self.loss(X, y)
            p = self.params
            d = self.probs.copy()
            d[range(len(X)), y] -= 1
            dW2 = self.a.T @ d + self.reg * p["W2"]
            db2 = d.sum(axis=0, keepdims=True)
            dh = d @ p["W2"].T * (1 - self.a ** 2)
            dW1 = X.T @ dh + self.reg * p["W1"]
            db1 = dh.sum(axis=0, keepdims=True)
            n = len(X)
            $
"""
KEPT = """
    class Net:
        def __init__(self):
            r = np.random.default_rng(0)
            self.W1, self.W2 = r.normal(size=(4, 5)), r.normal(size=(5, 3))
        def forward(self, x):
            z = x @ self.W1
            h = np.tanh(z)
            self.x = x
            $
            return h @ self.W2
        def backward(self, dout):
            self.dW2 = self.h.T @ dout
            d = dout @ self.W2.T * (1 - self.h ** 2)
            self.dW1 = self.x.T @ d
            return d @ self.W1.T
"""
