"""Right code as people write it is not blamed: what is found by name and shape, which inputs are
admissible, which forms are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.check.findings import wrong

File = Callable[..., Any]


ABOVE = ("dout", "dA", "dZ", "grad_output", "g", "dvalues", "upstream", "delta", "error")


@pytest.mark.parametrize("above", ABOVE)
@pytest.mark.parametrize("order", ["{0}, x", "x, {0}"])
def test_what_comes_from_above_is_first_or_last(file: File, above: str, order: str) -> None:
    text = f"""
        def tanh(x):
            return np.tanh(x)
        def tanh_backward({order.format(above)}):
            return {above} * (1 - np.tanh(x) ** 2)
    """
    found = file(text, "tanh")
    assert found.ok, str(found)
    assert set(found.compared) == {"x"}, str(found)
    assert wrong(file(text, "tanh", "** 2)", "** 2 + 1)")) == {"x"}


@pytest.mark.parametrize("above", ABOVE)
def test_what_comes_from_above_of_a_product(file: File, above: str) -> None:
    text = f"""
        def mul(a, b):
            return a * b
        def mul_backward(a, b, {above}):
            return {above} * b, {above} * a
    """
    found = file(text, "mul")
    assert found.ok, str(found)
    assert set(found.compared) == {"a", "b"}, str(found)


LEAVES = """
    class Affine:
        def __init__(self, W, b):
            self.W, self.b = W, b
        def forward(self, x):
            self.x = x
            return x @ self.W + self.b
        def backward(self, dout):
            gx, gW, gb = dout @ self.W.T, self.x.T @ dout, dout.sum(axis=0)
            LEAVE
"""


@pytest.mark.parametrize(
    "leave",
    [
        "self.dW, self.db = gW, gb; return gx",
        "self.grad_W, self.grad_b = gW, gb; return gx",
        "self.dinputs, self.dW, self.db = gx, gW, gb",
        "self.dInputs, self.W_grad, self.b_grad = gx, gW, gb",
        "self.grads = {'W': gW, 'b': gb}; return gx",
        "self.gradients = {'dW': gW, 'db': gb}; return gx",
        "return gx, gW, gb",
        "return gx, {'W': gW, 'b': gb}",
        "return {'dx': gx, 'dW': gW, 'db': gb}",
        "return gx, [gW, gb]",
        "return [gx, [gW, gb]]",
        "return gx, (gW, gb)",
    ],
)
def test_where_gradients_are_left(file: File, leave: str) -> None:
    text = LEAVES.replace("LEAVE", leave)
    found = file(text, "Affine")
    assert found.ok, str(found)
    assert set(found.compared) == {"x", "W", "b"}, str(found)
    for part, name in (("dout @ self.W.T", "x"), ("self.x.T @ dout", "W"), ("dout.sum(", "b")):
        found = file(text, "Affine", part, f"-{part}")
        assert wrong(found) == {name}, str(found)


NESTED = """
    class Net:
        def __init__(self):
            r = np.random.default_rng(0)
            self.params = [[r.normal(size=(4, 6)), r.normal(size=6)],
                           [r.normal(size=(6, 3)), r.normal(size=3)]]
        def forward(self, x):
            self.kept = []
            for W, b in self.params:
                self.kept.append(x)
                x = np.tanh(x @ W + b)
                self.kept.append(x)
            return x
        def backward(self, dout):
            grads = [None, None]
            for k in (1, 0):
                d = dout * (1 - self.kept[2 * k + 1] ** 2)
                grads[k] = [self.kept[2 * k].T @ d, d.sum(axis=0)]
                dout = d @ self.params[k][0].T
            self.grads = grads
            return dout
"""


def test_nested_lists_of_parameters(file: File) -> None:
    found = file(NESTED, "Net")
    assert found.ok, str(found)
    assert len(found.compared) == 5, str(found)
    assert len(wrong(file(NESTED, "Net", "d.sum(axis=0)", "d[0]"))) == 2


def test_used_objects_and_factories(file: File) -> None:
    """An object that has run before, once or often, starts anew for every run."""
    text = """
        class Count:
            def __init__(self, W):
                self.W, self.cache, self.n = W, [], 0
            def forward(self, x):
                self.n += 1
                self.cache.append(x)
                return x @ self.W
            def backward(self, dout):
                x = self.cache.pop()
                assert not self.cache
                self.dW = x.T @ dout
                return dout @ self.W.T
        def make():
            return Count(np.random.default_rng(0).normal(size=(4, 3)))
        used = make()
        used.backward(used.forward(np.ones((2, 4))))
        used.backward(used.forward(np.zeros((3, 4))))
    """
    for name, given in (
        ("Count", {}), ("make", {}), ("used", {}),
        ("Count", {"init": "W=rand(4, 3)"}), ("make", {"input": "x=rand(5, 4)"}),
    ):  # fmt: skip
        found = file(text, name, **given)
        assert found.ok
        assert set(found.compared) == {"x", "W"}, f"{name}: {found}"
        found = file(text, name, "self.dW = x.T", "self.dW = 2 * x.T", **given)
        assert wrong(found) == {"W"}, f"{name}: {found}"


RNN = """
    class RNN:
        def __init__(self, Wx, Wh, b):
            self.Wx, self.Wh, self.b = Wx, Wh, b
            self.h, self.dh, self.layers, self.caches = None, None, None, None
        def forward(self, xs):
            n, T, d = xs.shape
            if KEEPS or self.h is None:
                self.h = np.zeros((n, len(self.Wh)))
            self.caches, hs = [], []
            for k in range(T):
                before = self.h
                self.h = np.tanh(xs[:, k] @ self.Wx + before @ self.Wh + self.b)
                self.caches.append((xs[:, k], before, self.h))
                hs.append(self.h)
            return np.stack(hs, axis=1)
        def backward(self, dhs):
            dxs = np.zeros((len(dhs), dhs.shape[1], len(self.Wx)))
            self.dWx, self.dWh = np.zeros_like(self.Wx), np.zeros_like(self.Wh)
            self.db, dh = np.zeros_like(self.b), 0
            for k in reversed(range(len(self.caches))):
                x, before, h = self.caches[k]
                d = (dhs[:, k] + dh) * (1 - h * h)
                self.dWx += x.T @ d
                self.dWh += before.T @ d
                self.db += d.sum(axis=0)
                dxs[:, k] = d @ self.Wx.T
                dh = d @ self.Wh.T
            self.dh = dh
            return dxs
"""


@pytest.mark.parametrize("keeps", ["True", "False"])
def test_states_are_no_parameters(file: File, keeps: str) -> None:
    text = RNN.replace("KEEPS", keeps)
    found = file(text, "RNN")
    assert found.ok, str(found)
    assert set(found.compared) == {"xs", "Wx", "Wh", "b"}, str(found)
    carries = [n for n in found.notes if "state" in n]
    assert bool(carries) == (keeps == "False"), str(found)
    found = file(text, "RNN", "dh = d @ self.Wh.T", "dh = d @ self.Wh")
    assert wrong(found)
    assert "reused" not in {f.mistake for f in found.findings}


SHAPES = """
    class Column:
        def forward(self, x, t):
            self.x, self.t, n = x, t, len(x)
            p = 1 / (1 + np.exp(-x))
            self.p, x = p, x.reshape(-1)
            return -np.mean(t.reshape(-1) * np.log(p.reshape(-1))
                            + (1 - t.reshape(-1)) * np.log(1 - p.reshape(-1)))
        def backward(self):
            return (self.p - self.t.reshape(self.p.shape)) / len(self.x)
    class Mean:
        def forward(self, y, t):
            self.d = y - t
            return np.mean(self.d ** 2)
        def backward(self):
            return 2 * self.d / len(self.d)
    class Between:
        def forward(self, p, t):
            self.p, self.t = p, t
            c = np.clip(p, 1e-7, 1 - 1e-7)
            return -np.sum(t * np.log(c) + (1 - t) * np.log(1 - c))
        def backward(self):
            return (self.p - self.t) / (self.p * (1 - self.p))
    class Positive:
        def forward(self, x):
            self.x = x
            return np.log(x) + np.sqrt(x)
        def backward(self, dout):
            return dout * (1 / self.x + 0.5 / np.sqrt(self.x))
"""


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (
            "Column",
            "(self.p - self.t.reshape(self.p.shape))",
            "(self.p - 2 * self.t.reshape(-1, 1))",
        ),
        ("Mean", "return 2 * self.d", "return 3 * self.d"),
        ("Between", "(self.p * (1 - self.p))", "(self.p * (1 + self.p))"),
        ("Positive", "0.5 / np", "0.6 / np"),
    ],
)
def test_shapes_and_ranges_that_a_layer_is_meant_for(
    file: File, name: str, old: str, new: str
) -> None:
    """One column, one output, numbers between 0 and 1, positive ones: tried before it is blamed."""
    found = file(SHAPES, name)
    assert found.ok, str(found)
    if name in ("Column", "Mean"):
        assert any("right for" in n for n in found.notes) or "(5, 1)" in found.inputs, str(found)
    assert wrong(file(SHAPES, name, old, new)), name


COLUMNS = """
    class Dense:
        def __init__(self, n_in, n_out):
            r = np.random.default_rng(0)
            self.W, self.b = r.normal(size=(n_out, n_in)), r.normal(size=(n_out, 1))
        def forward(self, A):
            self.A = A
            return self.W @ A + self.b
        def backward(self, dZ):
            self.dW = dZ @ self.A.T
            self.db = dZ.sum(axis=1, keepdims=True)
            return self.W.T @ dZ
    def linear_forward(A, W, b):
        return W @ A + b, (A, W, b)
    def linear_backward(dZ, cache):
        A, W, b = cache
        m = A.shape[1]
        dW = dZ @ A.T / m
        db = np.sum(dZ, axis=1, keepdims=True) / m
        return W.T @ dZ, dW, db
"""


def test_examples_as_columns(file: File) -> None:
    found = file(COLUMNS, "Dense")
    assert found.ok, str(found)
    assert found.inputs == "A (4, 5)", str(found)
    assert wrong(file(COLUMNS, "Dense", "self.dW = dZ", "self.dW = 2 * dZ")) == {"W"}
    assert wrong(file(COLUMNS, "Dense", "self.db = dZ.sum", "self.db = dZ.mean")) == {"b"}


def test_a_mean_that_is_left_to_the_layer(file: File) -> None:
    found = file(COLUMNS, "linear_forward")
    assert found.ok, str(found)
    assert set(found.compared) == {"A", "W", "b"}, str(found)
    assert any("linear_backward" in n and "5 examples (columns)" in n for n in found.notes)
    for old, name in (("dW = dZ @ A.T / m", "b"), ("keepdims=True) / m", "W")):
        found = file(COLUMNS, "linear_forward", old, old.removesuffix(" / m"))
        assert not found.ok, str(found)
        assert wrong(found) == {name}, str(found)
    found = file(COLUMNS, "linear_forward", "return W.T @ dZ, dW", "return -W.T @ dZ, dW")
    assert "A" in wrong(found), str(found)


FORMS = """
    class Net:
        def __init__(self):
            self.W = np.random.default_rng(0).normal(size=(4, 3))
        def forward(self, x):
            return np.tanh(x @ self.W)
        def backprop(self, x, y):
            a = self.forward(x)
            return x.T @ ((a - y) * (1 - a * a))
    class Costly(Net):
        def cost(self, output, target):
            return np.sum((output - target) ** 2)
"""


def test_the_loss_of_a_network_without_one(file: File) -> None:
    found = file(FORMS, "Net")
    assert found.ok, str(found)
    assert set(found.compared) == {"W"}, str(found)
    assert any("½ Σ (y − t)²" in n and "Rumelhart" in n for n in found.notes), str(found)
    found = file(FORMS, "Net", "(a - y) * (1 - a * a)", "(a - y) * a * (1 - a)")
    assert wrong(found) == {"W"}, str(found)
    # Its own cost decides: what is right for half of it is wrong.
    found = file(FORMS, "Costly")
    assert wrong(found) == {"W"}, str(found)
    assert found.findings[0].mistake == "scale", str(found)
    found = file(FORMS, "Costly", "x.T @ ((a - y)", "x.T @ (2 * (a - y)")
    assert found.ok, str(found)


def test_a_loss_of_the_class_decides(file: File) -> None:
    text = """
        class Regressor:
            def __init__(self, n_in=4, n_out=3):
                self.W = np.random.default_rng(0).normal(size=(n_in, n_out))
            def forward(self, x):
                self.x = x
                self.out = x @ self.W
                return self.out
            def loss(self, x, t):
                return np.mean((self.forward(x) - t) ** 2)
            def backward(self, t):
                self.dW = self.x.T @ (2 * (self.out - t) / t.size)
                return {"W": self.dW}
    """
    found = file(text, "Regressor")
    assert found.ok, str(found)
    assert wrong(file(text, "Regressor", "t.size", "t.shape[0]")) == {"W"}
