"""Networks as people write them whole, right; tests plant mistakes by changing a line."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable
from typing import Any

import numpy as np

RNG = np.random.default_rng(0)


class TwoLayer:
    def __init__(self, W1, b1, W2, b2):  # type: ignore[no-untyped-def]
        self.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
        self.grads: dict[str, Any] = {}

    def forward(self, x, t):  # type: ignore[no-untyped-def]
        p = self.params
        self.x, self.t = x, t
        self.a1 = x @ p["W1"] + p["b1"]
        self.z1 = 1 / (1 + np.exp(-self.a1))
        a2 = self.z1 @ p["W2"] + p["b2"]
        e = np.exp(a2 - a2.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return -np.sum(t * np.log(self.y)) / len(x)

    def backward(self, dout=1):  # type: ignore[no-untyped-def]
        p = self.params
        dy = (self.y - self.t) / len(self.x)
        self.grads["W2"] = self.z1.T @ dy
        self.grads["b2"] = dy.sum(axis=0)
        dz1 = dy @ p["W2"].T
        da1 = dz1 * self.z1 * (1 - self.z1)
        self.grads["W1"] = self.x.T @ da1
        self.grads["b1"] = da1.sum(axis=0)
        dx = da1 @ p["W1"].T
        return dx


class Recurrent:
    def __init__(self, Wx, Wh, b):  # type: ignore[no-untyped-def]
        self.Wx, self.Wh, self.b = Wx, Wh, b
        self.dWx = self.dWh = self.db = None

    def forward(self, x):  # type: ignore[no-untyped-def]
        n, t, _ = x.shape
        self.x = x
        self.h = np.zeros((t + 1, n, self.Wh.shape[0]))
        for k in range(t):
            self.h[k] = np.tanh(x[:, k] @ self.Wx + self.h[k - 1] @ self.Wh + self.b)
        return self.h[t - 1]

    def backward(self, dout):  # type: ignore[no-untyped-def]
        t = self.x.shape[1]
        self.dWx = np.zeros_like(self.Wx)
        self.dWh = np.zeros_like(self.Wh)
        self.db = np.zeros_like(self.b)
        dx = np.zeros_like(self.x)
        dh = dout
        for k in reversed(range(t)):
            da = dh * (1 - self.h[k] ** 2)
            self.dWx += self.x[:, k].T @ da
            self.dWh += self.h[k - 1].T @ da
            self.db += da.sum(axis=0)
            dx[:, k] = da @ self.Wx.T
            dh = da @ self.Wh.T
        return dx


class Leaky:
    def __init__(self, slope):  # type: ignore[no-untyped-def]
        self.slope = slope

    def forward(self, x):  # type: ignore[no-untyped-def]
        self.x = x
        return np.where(x > 0, x, self.slope * x)

    def backward(self, dout):  # type: ignore[no-untyped-def]
        return np.where(self.x > 0, dout, self.slope * dout)


class Embedding:
    def __init__(self, W):  # type: ignore[no-untyped-def]
        self.W = W
        self.dW = None

    def forward(self, idx):  # type: ignore[no-untyped-def]
        self.idx = idx
        return self.W[idx]

    def backward(self, dout):  # type: ignore[no-untyped-def]
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.idx, dout)


class Swish:
    def forward(self, x):  # type: ignore[no-untyped-def]
        self.x = x
        self.s = 1 / (1 + np.exp(-x))
        return x * self.s

    def backward(self, dout):  # type: ignore[no-untyped-def]
        dx = dout * self.s
        ds = dout * self.x
        dx += ds * self.s * (1 - self.s)
        return dx


_r = RNG.standard_normal
MADE: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "TwoLayer": (
        (_r((4, 5)), _r(5), _r((5, 3)), _r(3)),
        (_r((6, 4)), np.eye(3)[[0, 1, 2, 0, 1, 1]]),
    ),
    "Recurrent": ((_r((3, 4)), 0.5 * _r((4, 4)), _r(4)), (_r((2, 5, 3)),)),
    "Leaky": ((0.1,), (_r((5, 4)),)),
    "Embedding": ((_r((6, 3)),), (np.array([0, 2, 2, 5, 1, 2]),)),
    "Swish": ((), (_r((5, 4)),)),
}


def planted(name: str, old: str = "", new: str = "") -> tuple[Any, tuple[Any, ...]]:
    """An object of a class with one piece of its source exchanged, and what forward takes."""
    source = inspect.getsource(globals()[name])
    assert not old or source.count(old) == 1, (name, old, source.count(old))
    source = source.replace(old, new) if old else source
    file = f"<{name} {new}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    names: dict[str, Any] = {"np": np, "Any": Any, "__name__": "planted"}
    exec(compile(source, file, "exec", dont_inherit=True), names)
    made: Callable[..., Any] = names[name]
    init, given = MADE[name]
    return made(*(np.array(a) for a in init)), given
