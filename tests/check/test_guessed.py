"""How inputs are guessed that no name tells: by mending what is raised, by the words in the code,
and never larger than a check may be."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from denpa.check.opening.kinds import may_return_gradients
from denpa.check.opening.mending import Mending
from denpa.check.opening.repairs import Spec, State, repairs
from denpa.check.opening.usage import uses
from denpa.check.subjects.places import leaves, partner
from denpa.core.errors import ArgumentError

Checked = Callable[..., Any]


def test_no_input_of_gigabytes_is_tried() -> None:
    ran: list[str] = []
    search = Mending(lambda text: (ran.append(text), 0), [], 5.0)  # type: ignore[arg-type]
    states = [State((("x", Spec("array", ("a",) * n)),), (("a", 1000),)) for n in (1, 2, 3, 4)]
    assert list(itertools.islice(search.found(states), 4))
    assert ran == ["x=rand(1000)", "x=rand(1000, 1000)"]


@pytest.mark.parametrize(
    "error",
    [
        ValueError("shape-mismatch for sum"),
        AssertionError(),
        ValueError("the sizes of x and W do not match"),
        ValueError("x and y must have the same length"),
    ],
)
def test_sizes_of_which_an_error_tells_no_numbers(error: Exception) -> None:
    two = (("x", Spec("array", ("s1", "s2"))), ("W", Spec("array", ("s3", "s4"))))
    state = State(two, (("s1", 5), ("s2", 8), ("s3", 3), ("s4", 11)))
    assert "x=rand(5, 8), W=rand(8, 11)" in {s.text() for _, s in repairs(state, error)}
    known = ValueError("operands could not be broadcast together with shapes (5,8) (3,8)")
    texts = {s.text() for cost, s in repairs(state, known) if cost <= 1}
    assert "x=rand(5, 8), W=rand(8, 11)" not in texts  # it says that another two are one


def test_numpys_words_for_sizes_without_numbers() -> None:
    with pytest.raises(ValueError, match=r"^shape-mismatch for sum$"):
        np.tensordot(np.zeros((2, 3)), np.zeros((4, 5)), axes=(1, 0))


CONTRACTED = """
    class Contrai:
        def __init__(self, canais_a, canais_b):
            self.filtros = np.random.randn(canais_a, canais_b, 2)
        def vai(self, entrada):
            self.entrada = entrada
            return np.tensordot(entrada, self.filtros, axes=(1, 0))
        def volta(self, gradiente):
            self.d_filtros = np.tensordot(self.entrada, gradiente, axes=(0, 0))
            return np.tensordot(gradiente, self.filtros, axes=((1, 2), (1, 2)))
"""


def test_a_class_that_contracts(checked: Checked) -> None:
    found = checked(CONTRACTED, "Contrai")
    assert found.ok
    assert set(found.compared) >= {"entrada", "filtros"}
    wrong = checked(CONTRACTED.replace("= np.tensordot(self", "= 2 * np.tensordot(self"), "Contrai")
    assert {f.name for f in wrong.findings} == {"filtros"}


def test_methods_of_unknown_names_that_disagree_are_told(checked: Checked) -> None:
    text = CONTRACTED.replace("axes=(0, 0))", "axes=(0, 0)).round(1)")
    with pytest.raises(ArgumentError, match="vai and volta, tried as such, disagree"):
        checked(text, "Contrai")


def test_keys_that_are_spelled_out_in_a_row() -> None:
    def f(params: dict[str, Any], x: Any) -> Any:
        We, Wd = (params[k] for k in ("We", "Wd"))
        return x @ We @ Wd + params["b"]

    assert uses(f, ["params", "x"])["params"].keys == ["We", "Wd", "b"] or (
        uses(f, ["params", "x"])["params"].keys == ["b", "We", "Wd"]
    )
    assert not uses(f, ["params", "x"])["x"].keys


def test_grad_beside_the_one_parameter() -> None:
    class Table:
        def __init__(self) -> None:
            self.weight, self.grad = np.ones((4, 3)), np.zeros((4, 3))

    class Two(Table):
        def __init__(self) -> None:
            super().__init__()
            self.bias = np.ones(3)

    (path, _), *_ = leaves(Table())
    assert partner(Table(), path) == (("attribute", "grad"),)
    assert partner(Two(), path) is None  # it may be the bias's


def test_lists_of_unlike_lengths_are_several_arrays() -> None:
    ragged = {"W": [[[1.0, 2.0]], [[1.0], [2.0]]], "b": [0.5, 1.5]}
    assert [np.shape(x) for _, x in leaves(ragged)] == [(1, 2), (2, 1), (2,)]


ENGINE = """
    class Zahl:
        def __init__(self, w, eltern=()):
            self.w, self.eltern, self.grad = float(w), eltern, 0.0
            self.schub = lambda: None
        def __add__(self, o):
            out = Zahl(self.w + o.w, (self, o))
            def schub():
                self.grad += out.grad
                o.grad += out.grad
            out.schub = schub
            return out
        def __mul__(self, o):
            out = Zahl(self.w * o.w, (self, o))
            def schub():
                self.grad += o.w * out.grad
                o.grad += self.w * out.grad
            out.schub = schub
            return out
        def backward(self):
            order, seen = [], set()
            def walk(v):
                if v not in seen:
                    seen.add(v)
                    [walk(e) for e in v.eltern]
                    order.append(v)
            walk(self)
            self.grad = 1.0
            for v in reversed(order):
                v.schub()
"""


def test_an_engine_whose_number_has_any_name(checked: Checked) -> None:
    assert checked(ENGINE, "Zahl").ok
    wrong = checked(ENGINE.replace("o.grad += self.w", "o.grad = self.w"), "Zahl")
    assert [f.mistake for f in wrong.findings] == ["overwritten"]
    with pytest.raises(ArgumentError, match="no attribute of Zahl is its number"):
        checked(ENGINE.replace("float(w)", "str(w)"), "Zahl")


def test_the_sizes_of_a_network_are_seen_in_its_code(checked: Checked) -> None:
    text = """
        class Netz:
            def __init__(self, aufbau):
                pairs = zip(aufbau[:-1], aufbau[1:])
                self.W = [np.random.randn(a, b) for a, b in pairs]
            def forward(self, x):
                self.xs = [x]
                for W in self.W:
                    self.xs.append(np.tanh(self.xs[-1] @ W))
                return self.xs[-1]
            def backward(self, d):
                self.dW = [None] * len(self.W)
                for k in reversed(range(len(self.W))):
                    d = d * (1 - self.xs[k + 1] ** 2)
                    self.dW[k] = self.xs[k].T @ d
                    d = d @ self.W[k].T
                return d
    """
    found = checked(text, "Netz")
    assert found.ok
    assert set(found.compared) >= {"W[0]", "W[1]"}
    wrong = checked(text.replace("1 - self.xs[k + 1] ** 2", "1 - self.xs[k + 1]"), "Netz")
    assert not wrong.ok


def test_what_others_do_with_a_gradient_is_another_thing(checked: Checked) -> None:
    text = """
        def hinge(W, X, y):
            S = X @ W
            M = np.maximum(0, S - S[range(len(y)), y][:, None] + 1)
            M[range(len(y)), y] = 0
            K = (M > 0).astype(float)
            K[range(len(y)), y] = -K.sum(1)
            dW = X.T @ K
            return M.sum(), dW
        def fit(X, y, classes):
            W = np.zeros((X.shape[1], classes))
            for _ in range(50):
                W -= 0.1 * hinge(W, X, y)[1]
            return W
    """
    assert checked(text, "hinge").ok
    assert not checked(text.replace("-K.sum(1)", "-1"), "hinge").ok


@pytest.mark.parametrize(
    ("returned", "may"),
    [("f, -score", True), ("e, g.reshape(2)", True), ("loss, G", False), ("x, y", False),
     ("total, GRAD", True), ("da, db", False), ("tape[f], (bar[x], bar[y])", True)],
)  # fmt: skip
def test_what_may_be_gradients_by_its_name(tmp_path: Any, returned: str, may: bool) -> None:
    (tmp_path / "a.py").write_text(f"def f(a, b):\n    return {returned}\n")
    held: dict[str, Any] = {}
    exec(compile((tmp_path / "a.py").read_text(), str(tmp_path / "a.py"), "exec"), held)
    assert bool(may_return_gradients("f", held)) is may


OPERATORS = """
    import math
    class Num:
        def __init__(self, value, prev=()):
            self.value, self.grad, self.prev, self.push = value, 0.0, prev, lambda: None
        def _made(self, value, *pairs):
            out = Num(value, tuple(v for v, _ in pairs))
            def push():
                for v, slope in pairs:
                    v.grad += slope * out.grad
            out.push = push
            return out
        def __add__(self, o):
            o = o if isinstance(o, Num) else Num(o)
            return self._made(self.value + o.value, (self, 1.0), (o, 1.0))
        def __mul__(self, o):
            o = o if isinstance(o, Num) else Num(o)
            return self._made(self.value * o.value, (self, o.value), (o, self.value))
        def __pow__(self, n):
            return self._made(self.value**n, (self, n * self.value ** (n - 1)))
        def __rsub__(self, o):
            return self * -1 + o
        def log(self):
            return self._made(math.log(self.value), (self, 1 / self.value))
        def tanh(self):
            t = math.tanh(self.value)
            return self._made(t, (self, 1 - t * t))
        def relu(self):
            return self._made(max(self.value, 0.0), (self, float(self.value > 0)))
        def backward(self):
            order, seen = [], set()
            def walk(v):
                if id(v) not in seen:
                    seen.add(id(v))
                    for w in v.prev:
                        walk(w)
                    order.append(v)
            walk(self)
            self.grad = 1.0
            for v in reversed(order):
                v.push()
"""


@pytest.mark.parametrize(
    ("right", "other"),
    [
        ("n * self.value ** (n - 1)", "n * self.value ** n"),
        ("(self, 1 / self.value)", "(self, self.value)"),
        ("(self, 1 - t * t)", "(self, 1 - t)"),
        ("float(self.value > 0)", "self.value"),
        ("v.grad += slope * out.grad", "v.grad += slope"),  # no gradient from above
        ("v.grad += slope * out.grad", "v.grad = slope * out.grad"),
        ("for w in v.prev:\n                        walk(w)", "pass"),
    ],
)
def test_every_operation_of_an_engine_is_tried(checked: Checked, right: str, other: str) -> None:
    assert checked(OPERATORS, "Num").ok
    assert OPERATORS.count(right) == 1
    assert not checked(OPERATORS.replace(right, other), "Num").ok


def test_what_an_operator_means_is_looked_at_too(checked: Checked) -> None:
    with pytest.raises(ArgumentError, match=r"Num: 3 - \(p \* p\) is -1.31; with plain numbers it"):
        checked(OPERATORS.replace("self * -1 + o", "self + -o"), "Num")


ARRAYS = """
    class Feld:
        def __init__(self, data, back=None):
            self.data, self.grad, self.back = np.asarray(data, float), 0.0, back
        def _add(self, g):
            while np.ndim(g) > self.data.ndim:
                g = g.sum(0)
            for k, n in enumerate(self.data.shape):
                g = g.sum(k, keepdims=True) if n == 1 else g
            self.grad = self.grad + g
            if self.back:
                self.back(g)
        def __add__(self, o):
            return Feld(self.data + o.data, lambda g: (self._add(g), o._add(g)))
        def __mul__(self, o):
            return Feld(self.data * o.data, lambda g: (self._add(g * o.data),
                                                       o._add(g * self.data)))
        def __matmul__(self, o):
            return Feld(self.data @ o.data, lambda g: (self._add(g @ o.data.T),
                                                       o._add(self.data.T @ g)))
        def relu(self):
            return Feld(np.maximum(self.data, 0), lambda g: self._add(g * (self.data > 0)))
        def sum(self):
            return Feld(self.data.sum(), lambda g: self._add(g * np.ones_like(self.data)))
        def backward(self):
            self._add(np.ones_like(self.data))
"""


@pytest.mark.parametrize(
    ("right", "other"),
    [
        ("self.data.T @ g)", "self.data.T @ g.T)"),
        ("self._add(g @ o.data.T)", "self._add(g.T @ o.data.T)"),
        ("g * (self.data > 0)", "self.data * (self.data > 0)"),
        ("g * np.ones_like(self.data)", "np.ones_like(self.data)"),
        ("g.sum(k, keepdims=True)", "g.mean(k, keepdims=True)"),
        ("o._add(g * self.data)", "o._add(g * o.data)"),
    ],
)
def test_every_operation_on_arrays_too(checked: Checked, right: str, other: str) -> None:
    assert checked(ARRAYS, "Feld").ok
    assert ARRAYS.count(right) == 1
    assert not checked(ARRAYS.replace(right, other), "Feld").ok


def test_an_engine_that_undoes_no_broadcast_is_not_blamed_for_it(checked: Checked) -> None:
    plain = ARRAYS.replace("if n == 1 else g", "if n == 0 else g")
    found = checked(plain, "Feld")
    assert found.ok
    assert "r" not in found.compared
