"""Backwards that raise, as people write them: what stands there, and what is to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

rng = np.random.default_rng(7)


def rand(*shape: int) -> np.ndarray:
    return rng.standard_normal(shape)


@dataclass(frozen=True)
class Wrong:
    name: str
    source: str  # the line that raises ends with "  # !"
    make: str  # of the names in the source, the object or the pair of functions
    given: tuple[Any, ...]
    gradient: str  # that is told first
    words: tuple[str, ...]  # in the first line of the report, beginning with the mistake's name
    expected: str = ""  # what belongs there
    also: tuple[str, ...] = ()  # other findings: the names of their gradients
    line: str = "  # !"  # what the line told ends with


AFFINE = """
import numpy as np
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return x.dot(self.W) + self.b
    def backward(self, dout):
        self.dW = {dW}
        self.db = {db}
        dx = {dx}
        return dx
"""


def affine(
    dx: str = "dout.dot(self.W.T)", dW: str = "self.x.T.dot(dout)", db: str = "dout.sum(axis=0)"
) -> str:
    return AFFINE.format(dx=dx, dW=dW, db=db)


MAKE = "Affine(rng.standard_normal((4, 3)), rng.standard_normal(3))"
X = (rand(5, 4),)

WRONG = [
    Wrong("dot-W", affine("dout.dot(self.W)  # !"), MAKE, X, "x",
          ("operand-transposed", "dout (5, 3) times self.W (4, 3) does not fit; self.W.T does"),
          "dout.dot(self.W.T)"),
    Wrong("W-dot", affine("np.dot(self.W, dout)  # !"), MAKE, X, "x",
          ("order", "self.W (4, 3) times dout (5, 3) does not fit"), "np.dot(dout, self.W.T)"),
    Wrong("x-dot-dout", affine(dW="self.x.dot(dout)  # !"), MAKE, X, "W",
          ("operand-transposed", "self.x (5, 4) times dout (5, 3)", "self.x.T does"),
          "self.x.T.dot(dout)"),
    Wrong("both", affine("dout.dot(self.W)  # !", "self.x.dot(dout)"), MAKE, X, "W",
          ("operand-transposed", "self.x.T does"), "self.x.T.dot(dout)", ("x",),
          "self.x.dot(dout)"),
    Wrong("star", affine("dout * self.W  # !"), MAKE, X, "x",
          ("product-kind", "dout (5, 3) * self.W (4, 3) does not fit"), "dout @ self.W.T"),
    Wrong("dW-wrong-too", affine("dout @ self.W  # !", "2 * self.x.T.dot(dout)"), MAKE, X, "x",
          ("operand-transposed", "self.W.T does"), "dout @ self.W.T", ("W",)),
    Wrong("misspelt", affine("dut.dot(self.W.T)  # !"), MAKE, X, "x",
          ("undefined-name", "dut is not defined; dout is meant"), "dout.dot(self.W.T)"),
    Wrong("self-forgotten", affine("dout.dot(W.T)  # !"), MAKE, X, "x",
          ("undefined-name", "W is not defined; self.W is meant"), "dout.dot(self.W.T)"),
    Wrong("attribute", affine(dW="self.input.T.dot(dout)  # !"), MAKE, X, "W",
          ("undefined-name", "forward does not set self.input; it sets self.x"),
          "self.x.T.dot(dout)"),
    Wrong("small-w", affine("dout.dot(self.w.T)  # !"), MAKE, X, "x",
          ("undefined-name", "there is no self.w; self.W is meant"), "dout.dot(self.W.T)"),
    Wrong("method", affine(db="dout.sun(axis=0)  # !"), MAKE, X, "b",
          ("undefined-name", "dout has no attribute sun"), "dout.sum(axis=0)"),
    Wrong("numpy-method", affine("np.matmull(dout, self.W.T)  # !"), MAKE, X, "x",
          ("undefined-name", "np has no attribute matmull"), "np.matmul(dout, self.W.T)"),
    Wrong("axis-too-far", affine(db="dout.sum(axis=2)  # !"), MAKE, X, "b",
          ("axis", "dout (5, 3)", "axis=2"), "dout.sum(axis=0)"),
    Wrong("none-added", """
import numpy as np
class Scale:
    def __init__(self, a):
        self.a = a
        self.da = None
    def forward(self, x):
        self.x = x
        return self.a * x
    def backward(self, dout):
        self.da += np.sum(dout * self.x, axis=0)  # !
        return dout * self.a
""", "Scale(rng.standard_normal(4))", X, "a", ("none-added", "self.da is None", "+="),
          "self.da = np.sum(dout * self.x, axis=0)"),
    Wrong("bias-added", """
import numpy as np
class Bias:
    def __init__(self, b):
        self.b = b
        self.db = np.zeros_like(b)
    def forward(self, x):
        return x + self.b
    def backward(self, dout):
        self.db[...] = dout  # !
        return dout
""", "Bias(rng.standard_normal(4))", X, "b", ("bias-not-summed", "dout (5, 4) does not fit into"),
          "dout.sum(axis=0)"),
    Wrong("columns", """
import numpy as np
def linear(W, X, b):
    return np.dot(W, X) + b, (W, X, b)
def linear_backward(dZ, cache):
    W, X, b = cache
    m = X.shape[1]
    dW = np.dot(dZ, X)  # !
    db = np.sum(dZ, axis=1, keepdims=True)
    dX = np.dot(W.T, dZ)
    return dW, dX, db
""", "linear, linear_backward", (rand(3, 4), rand(4, 6), rand(3, 1)), "W",
          ("operand-transposed", "dZ (3, 6) times X (4, 6)", "X.T does"), "np.dot(dZ, X.T)"),
    Wrong("asserted", """
import numpy as np
def linear(W, X, b):
    return np.dot(W, X) + b, (W, X, b)
def linear_backward(dZ, cache):
    W, X, b = cache
    dW = np.dot(dZ, X.T)
    db = np.sum(dZ, axis=1)  # !
    dX = np.dot(W.T, dZ)
    assert db.shape == b.shape
    return dW, dX, db
""", "linear, linear_backward", (rand(3, 4), rand(4, 6), rand(3, 1)), "b", ("keepdims",),
          "np.sum(dZ, axis=1, keepdims=True)"),
    Wrong("two-layers", """
import numpy as np
class Net:
    def __init__(self):
        r = np.random.default_rng(1)
        self.params = {"W1": r.normal(size=(4, 5)), "b1": r.normal(size=5),
                       "W2": r.normal(size=(5, 3)), "b2": r.normal(size=3)}
        self.grads = {}
    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.params["W1"] + self.params["b1"])
        return self.h @ self.params["W2"] + self.params["b2"]
    def backward(self, dout):
        self.grads["W2"] = self.h.T @ dout
        self.grads["b2"] = dout.sum(axis=0)
        dh = dout @ self.params["W2"]  # !
        dz = dh * (1 - self.h ** 2)
        self.grads["W1"] = self.x.T @ dz
        self.grads["b1"] = dz.sum(axis=0)
        return dz @ self.params["W1"].T
""", "Net()", X, "x", ("operand-transposed", "dout (5, 3) times self.params['W2'] (5, 3)",
                       "self.params['W2'].T does"), 'dout @ self.params["W2"].T'),
    Wrong("two-lines-raise", """
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
        dz = dout.dot(self.W2) * (1 - self.h ** 2)  # !
        self.dW1 = self.x.T @ dz
        return dz.dot(self.W1)
""", "Net()", X, "W1", ("operand-transposed", "dout (5, 3) times self.W2 (6, 3)",
                        "self.W2.T does"), "dout.dot(self.W2.T) * (1 - self.h ** 2)", ("x",)),
    Wrong("loop", """
import numpy as np
class MLP:
    def __init__(self, sizes):
        r = np.random.default_rng(2)
        self.weights = [r.normal(size=(i, o)) for i, o in zip(sizes, sizes[1:])]
        self.grads = [None] * len(self.weights)
    def forward(self, x):
        self.a = [x]
        for W in self.weights:
            self.a.append(np.tanh(self.a[-1] @ W))
        return self.a[-1]
    def backward(self, dout):
        delta = dout
        for i in reversed(range(len(self.weights))):
            delta = delta * (1 - self.a[i + 1] ** 2)
            self.grads[i] = self.a[i].T @ delta
            delta = delta @ self.weights[i]  # !
        return delta
""", "MLP([4, 6, 5, 3])", X, "x",
          ("operand-transposed", "delta (5, 3) times self.weights[i] (5, 3)",
           "self.weights[i].T does"), "delta @ self.weights[i].T"),
    Wrong("loop-index", """
import numpy as np
class MLP:
    def __init__(self, sizes):
        r = np.random.default_rng(2)
        self.weights = [r.normal(size=(i, o)) for i, o in zip(sizes, sizes[1:])]
        self.grads = [None] * len(self.weights)
    def forward(self, x):
        self.a = [x]
        for W in self.weights:
            self.a.append(np.tanh(self.a[-1] @ W))
        return self.a[-1]
    def backward(self, dout):
        delta = dout
        for i in reversed(range(len(self.weights))):
            delta = delta * (1 - self.a[i] ** 2)  # !
            self.grads[i] = self.a[i].T @ delta
            delta = delta @ self.weights[i].T
        return delta
""", "MLP([4, 6, 5, 3])", X, "x", ("index", "delta (5, 3)", "self.a[i + 1]"),
          "delta * (1 - self.a[i + 1] ** 2)"),
    Wrong("helper", """
import numpy as np
def back_through(dout, W):
    return np.dot(dout, W)  # !
class Affine:
    def __init__(self, W):
        self.W = W
    def forward(self, x):
        self.x = x
        return x @ self.W
    def backward(self, dout):
        self.dW = self.x.T @ dout
        return back_through(dout, self.W)
""", "Affine(rng.standard_normal((4, 3)))", X, "x",
          ("operand-transposed", "dout (5, 3) times W (4, 3) does not fit; W.T does"),
          "np.dot(dout, W.T)"),
    Wrong("helper-given-wrong", """
import numpy as np
def back_through(dout, W):
    return np.dot(dout, W.T)
class Affine:
    def __init__(self, W):
        self.W = W
    def forward(self, x):
        self.x = x
        return x @ self.W
    def backward(self, dout):
        self.dW = self.x.T @ dout
        return back_through(dout, self.x)  # !
""", "Affine(rng.standard_normal((4, 3)))", X, "x", ("wrong-variable",),
          "back_through(dout, self.W)"),
    Wrong("inner-layer", """
import numpy as np
class Linear:
    def __init__(self, W):
        self.W = W
        self.dW = None
    def forward(self, x):
        self.x = x
        return x @ self.W
    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.W  # !
class Net:
    def __init__(self):
        r = np.random.default_rng(3)
        self.layers = [Linear(r.normal(size=(4, 6))), Linear(r.normal(size=(6, 3)))]
    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x
    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout
""", "Net()", X, "x", ("operand-transposed", "dout (5, 3) times self.W (6, 3)", "self.W.T does"),
          "dout @ self.W.T"),
    Wrong("whole", """
import numpy as np
class TwoLayerNet:
    def __init__(self):
        r = np.random.default_rng(1)
        self.params = {"W1": r.normal(size=(4, 5)), "b1": r.normal(size=5),
                       "W2": r.normal(size=(5, 3)), "b2": r.normal(size=3)}
    def predict(self, x):
        z = 1 / (1 + np.exp(-(x @ self.params["W1"] + self.params["b1"])))
        s = z @ self.params["W2"] + self.params["b2"]
        e = np.exp(s - s.max(axis=1, keepdims=True))
        return z, e / e.sum(axis=1, keepdims=True)
    def loss(self, x, t):
        return -np.sum(t * np.log(self.predict(x)[1])) / len(x)
    def gradient(self, x, t):
        z, y = self.predict(x)
        dy = (y - t) / x.shape[0]
        grads = {}
        grads["W2"] = np.dot(z.T, dy)
        grads["b2"] = np.sum(dy, axis=0)
        dz = np.dot(dy, self.params["W2"])  # !
        da = z * (1 - z) * dz
        grads["W1"] = np.dot(x.T, da)
        grads["b1"] = np.sum(da, axis=0)
        return grads
""", "TwoLayerNet()", (rand(5, 4), np.eye(3)[[0, 1, 2, 1, 0]]), "W1",
          ("operand-transposed", "dy (5, 3) times self.params['W2'] (5, 3)"),
          'np.dot(dy, self.params["W2"].T)'),
    Wrong("key", """
import numpy as np
class Net:
    def __init__(self):
        r = np.random.default_rng(1)
        self.params = {"W1": r.normal(size=(4, 3)), "b1": r.normal(size=3)}
        self.grads = {}
    def forward(self, x):
        self.x = x
        return x @ self.params["W1"] + self.params["b1"]
    def backward(self, dout):
        self.grads["W1"] = self.x.T @ dout
        self.grads["b1"] = dout.sum(axis=0)
        return dout @ self.params["w1"].T  # !
""", "Net()", X, "x", ("undefined-name", "self.params has no key 'w1'; it has 'W1', 'b1'"),
          'dout @ self.params["W1"].T'),
    Wrong("softmax-keepdims", """
import numpy as np
class Softmax:
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return self.y
    def backward(self, dout):
        s = np.sum(dout * self.y, axis=1)
        return self.y * (dout - s)  # !
""", "Softmax()", X, "x", ("keepdims", "dout (5, 4) - s (5,) does not fit"),
          "np.sum(dout * self.y, axis=1, keepdims=True)", (), "axis=1)"),
    Wrong("sigmoid-dot", """
import numpy as np
class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out
    def backward(self, dout):
        return np.dot(dout, self.out * (1 - self.out))  # !
""", "Sigmoid()", X, "x", ("product-kind", "dout (5, 4) times self.out * (1 - self.out) (5, 4)"),
          "dout * (self.out * (1 - self.out))"),
    Wrong("flatten", """
import numpy as np
class Flatten:
    def forward(self, x):
        self.x = x
        return x.reshape(len(x), -1)
    def backward(self, dout):
        return dout.reshape(5, 2, 2)  # !
""", "Flatten()", (rand(5, 2, 3),), "x", ("does-not-fit", "dout (5, 6)", "(5, 2, 2)"),
          "dout.reshape(self.x.shape)"),
    Wrong("unbound", """
import numpy as np
class Twice:
    def forward(self, x):
        self.x = x
        return x * x
    def backward(self, dout):
        dx += 2 * self.x * dout  # !
        return dx
""", "Twice()", X, "x", ("none-added", "dx is used before it has a value"),
          "dx = 2 * self.x * dout"),
    Wrong("vector-outer", """
import numpy as np
class One:
    def __init__(self, W):
        self.W = W
    def forward(self, x):
        self.x = x
        return self.W @ x
    def backward(self, dout):
        self.dW = dout @ self.x  # !
        return self.W.T @ dout
""", "One(rng.standard_normal((3, 4)))", (rand(4),), "W",
          ("product-kind", "dout (3,) times self.x (4,)"), "np.outer(dout, self.x)"),
    Wrong("einsum-time", """
import numpy as np
class OverTime:
    def __init__(self, W):
        self.W = W
    def forward(self, x):
        self.x = x
        return np.einsum("nti,io->nto", x, self.W)
    def backward(self, dout):
        self.dW = np.einsum("nti,nto->io", self.x, dout)
        return np.einsum("nto,oi->nti", dout, self.W)  # !
""", "OverTime(rng.standard_normal((4, 3)))", (rand(2, 5, 4),), "x",
          ("operand-transposed", "dout (2, 5, 3) times self.W (4, 3)", "self.W.T does"),
          'np.einsum("nto,oi->nti", dout, self.W.T)'),
]  # fmt: skip
