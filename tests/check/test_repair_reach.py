"""Classic mistakes inside whole programs, as people write them: each is named, with its line and
with code that is right; and the same program without it is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Checked = Callable[..., Any]

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
MISTAKES = [
    # program, what is checked, input, the right line, the wrong one, name, gradients, expected
    (NETWORK, "Net", "x=rand(5,4), t=rand(5,3)", "da = dz * (self.a > 0)", "da = dz * (dz > 0)",
     "upstream-mask", "W1 b1", "dz * (self.a > 0)"),
    (NETWORK, "Net", "x=rand(5,4), t=rand(5,3)", "da = dz * (self.a > 0)",
     "da = np.maximum(0, dz)", "upstream-mask", "W1 b1", "dz * (self.a > 0)"),
    (NETWORK, "Net", "x=rand(5,4), t=rand(5,3)", "da = dz * (self.a > 0)",
     "da = np.where(dz > 0, dz, 0)", "upstream-mask", "W1 b1", "np.where(self.a > 0, dz, 0)"),
    (NETWORK, "Net", "x=rand(5,4), t=rand(5,3)", "da = dz * (self.a > 0)", "da = dz",
     "activation-forgotten", "W1 b1", "dz * (self.a > 0)"),
    (PAIR, "forward", "x=rand(5,4), W1=rand(4,6), b1=rand(6), W2=rand(6,3)", "dr[h <= 0] = 0",
     "dr[dr <= 0] = 0", "upstream-mask", "x W1 b1", "dr[h <= 0] = 0"),
    (RNN, "Rnn", "xs=rand(5,4,4)", "da = (dhs[:, t] + dh) * (1 - self.hs[:, t + 1] ** 2)",
     "da = (dhs[:, -1] + dh) * (1 - self.hs[:, t + 1] ** 2)", "index", "xs W U b",
     "(dhs[:, t] + dh) * (1 - self.hs[:, t + 1] ** 2)"),
    (RNN, "Rnn", "xs=rand(5,4,4)", "da = (dhs[:, t] + dh) * (1 - self.hs[:, t + 1] ** 2)",
     "da = (dhs[:, t] + dh) * (1 - self.hs[:, t] ** 2)", "wrong-variable", "xs W U b",
     "(dhs[:, t] + dh) * (1 - self.hs[:, t + 1] ** 2)"),
    (ENGINE, "f", "x=rand(3,4), y=rand(3,4)", "self.grad += other.data * out.grad",
     "self.grad = other.data * out.grad", "overwritten", "x",
     "self.grad += other.data * out.grad"),
    (ENGINE, "f", "x=rand(3,4), y=rand(3,4)", "self.grad += other.data * out.grad",
     "self.grad += self.data * out.grad", "wrong-variable", "x",
     "self.grad += other.data * out.grad"),
    (HELPERS, "Mlp", "x=rand(5,4)", "return 1 - a ** 2", "return 1 - a", "wrong-function",
     "x W1 W2", "1 - a ** 2"),
    (LISTS, "Net", "x=rand(5,3)", "d = d * sigmoid_prime(self.zs[i])",
     "d = d * sigmoid_prime(self.a[i + 1])", "fed-the-wrong-one",
     "x weights[0] weights[1] weights[2]", "d * (self.a[i + 1] * (1 - self.a[i + 1]))"),
    (SOFTMAX, "Softmax", "x=rand(3,4)",
     "dx[b, i] += dout[b, j] * self.y[b, j] * (here - self.y[b, i])",
     "dx[b, i] = dout[b, j] * self.y[b, j] * (here - self.y[b, i])", "overwritten", "x",
     "dx[b, i] += dout[b, j] * self.y[b, j] * (here - self.y[b, i])"),
    (JACOBIANS, "Softmax", "x=rand(3,4)", "jac = np.diagflat(o) - np.outer(o, o)",
     "jac = np.diagflat(o)", "diagonal-only", "x", "np.diagflat(o) - np.outer(o, o)"),
    (CONVOLUTION, "Conv", "x=rand(2,3,4,4)", "return dxp[:, :, p:-p, p:-p]",
     "return dxp[:, :, :h, :w]", "places", "x", "dxp[:, :, p:p + h, p:p + w]"),
    (LOOPS, "conv_forward", "x=rand(2,3,4,4), w=rand(2,3,2,2)",
     "dx[n, c, i:i+K, j:j+K] += w[f, c] * dout[n, f, i, j]",
     "dx[n, 0, i:i+K, j:j+K] += w[f, c] * dout[n, f, i, j]", "index", "x",
     "dx[n, c, i:i + K, j:j + K] += w[f, c] * dout[n, f, i, j]"),
    (POOL, "pool_forward", "x=rand(2,2,4,4)",
     "dx[n, c, 2*i:2*i+2, 2*j:2*j+2] += dout[n, c, i, j] * mask",
     "dx[n, c, 2*i:2*i+2, 2*j:2*j+2] += dout[n, c, i, j] / 4", "pooling-spread", "x",
     "dx[n, c, 2 * i:2 * i + 2, 2 * j:2 * j + 2] += dout[n, c, i, j] * ("
     "x[n, c, 2 * i:2 * i + 2, 2 * j:2 * j + 2] == "
     "np.max(x[n, c, 2 * i:2 * i + 2, 2 * j:2 * j + 2]))"),
    (POOL, "pool_forward", "x=rand(2,2,4,4)",
     "dx[n, c, 2*i:2*i+2, 2*j:2*j+2] += dout[n, c, i, j] * mask",
     "dx[n, c, 2*i:2*i+2, 2*j:2*j+2] += win * mask", "wrong-variable", "x",
     "dx[n, c, 2 * i:2 * i + 2, 2 * j:2 * j + 2] += dout[n, c, i, j] * mask"),
    (CBOW, "Cbow", "x=rand(4,6), t=eye(4)[[0,1,2,3,1,0]].T",
     'g["b2"] = np.sum(d, axis=1, keepdims=True) / m',
     'g["b2"] = np.sum(d @ self.h.T / m, axis=1, keepdims=True)', "bias-from-weights", "b2",
     "np.sum(d / m, axis=1, keepdims=True)"),
    (CBOW, "Cbow", "x=rand(4,6), t=eye(4)[[0,1,2,3,1,0]].T",
     'g["b2"] = np.sum(d, axis=1, keepdims=True) / m',
     'g["b2"] = np.sum(g["W2"], axis=1, keepdims=True)', "bias-from-weights", "b2", None),
    (SUMS, "Model", "X=rand(5,2), y=array([0,1,1,0,1])",
     'return {"W1": dW1 / n, "b1": db1 / n, "W2": dW2 / n, "b2": db2 / n}',
     'return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}', "scale", "W1 b1 W2 b2",
     '{"W1": dW1 / n, "b1": db1 / n, "W2": dW2 / n, "b2": db2 / n}'),
    (KEPT, "Net", "x=rand(5,4)", "self.h = h", "self.h = z", "wrong-variable", "x W1 W2", "h"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("program", "name", "given", "right", "wrong", "mistake", "gradients", "expected"),
    MISTAKES,
    ids=[f"{m[1]}-{m[4][:30]}" for m in MISTAKES],
)
def test_a_mistake_in_a_program_is_named(
    checked: Checked, program: str, name: str, given: str, right: str, wrong: str, mistake: str,
    gradients: str, expected: str | None,
) -> None:  # fmt: skip
    found = checked(program.replace("$", right), name, input=given)
    assert found.ok, str(found)
    found = checked(program.replace("$", f"{wrong}  # here"), name, input=given)
    assert [f.mistake for f in found.findings] == [mistake], str(found)
    (finding,) = found.findings
    assert {finding.name, *finding.also} == set(gradients.split()), str(found)
    assert finding.verified is not None
    assert finding.verified < 1e-7
    assert finding.location.text == f"{wrong}  # here"
    if expected is not None:
        assert finding.expected == expected
