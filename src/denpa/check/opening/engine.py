"""Engines that people write to learn how one works: a class of numbers or arrays with operators,
`data`, `grad` and `backward()`, as in Karpathy's micrograd (2020). An expression of what the class
can do, in which values are used twice, is differentiated."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import reduce
from typing import Any

import numpy as np

from denpa.check.roles import bare
from denpa.check.subjects.pair import Pair
from denpa.core.language import say

_DATA = ("data", "value", "val", "d", "x")
_GRADS = ("grad", "g", "gradient", "der")
_UNARY = ("tanh", "relu", "sigmoid", "exp", "sin", "cos", "square", "leaky_relu", "softplus")
_SUMS = ("sum", "mean")
BACKS = ("backward", "backprop", "rueckwaerts", "rückwärts", "retropropagar", "retropropager",
         "atras", "arriere", "逆伝播", "역전파", "反向传播")  # fmt: skip


class Engine(Pair):
    """A function of values of somebody's class, whose gradient the class computes."""

    cls: Any = None

    def _function(self) -> Any:
        return getattr(self.cls, _back(self.cls))


def _back(cls: Any) -> str:
    """What its method that goes back is called."""
    return next((n for n in BACKS if callable(getattr(cls, n, None))), "")


def is_engine(x: Any) -> bool:
    """Whether a class makes values with operators and goes back through them.

    >>> is_engine(int)
    False
    """
    if not inspect.isclass(x) or not _back(x) or callable(getattr(x, "forward", None)):
        return False
    return "__add__" in vars(x) and bool({"__mul__", "__matmul__"} & set(vars(x)))


def expression(cls: Any) -> tuple[Callable[..., Any], Callable[..., Any], Sequence[Any], str]:
    """A function of two values, its gradient by the class, values, and what it computes.

    Errors: whatever the class raises, for numbers and for arrays.
    """
    rng = np.random.default_rng(0)
    choices: list[tuple[Any, Any]] = [(0.7, -0.4)]
    choices += [(rng.standard_normal((3, 3)), rng.standard_normal((3, 3)))]
    with suppress(Exception):  # what keeps arrays is tried on them first
        if isinstance(getattr(cls(np.eye(3)), _data(cls)), np.ndarray):
            choices.reverse()
    error: Exception | None = None
    for arrays in choices:
        for unary in (True, False):
            names = [u for u in _UNARY if callable(getattr(cls, u, None))] if unary else []
            try:
                value, gradient, text = _made(cls, names, np.ndim(arrays[0]) > 0)
                y = value(*arrays)
                if np.asarray(y).size != 1 or any(g is None for g in gradient(*arrays)):
                    raise TypeError(say("no number, or no gradient", "数か勾配がありません"))
            except Exception as e:  # the user's own: it takes something else
                error = error or e
                continue
            return value, gradient, arrays, text
    assert error is not None
    raise error


def _made(cls: Any, unary: Sequence[str], matrices: bool) -> Any:
    told: list[str] = []

    def out(a: Any, b: Any) -> Any:
        times = "__mul__" in vars(cls)
        c, turned = (a * b, b * a) if times else (a @ b, b @ a)
        sign = "*" if times else "@"
        told[:] = [f"a {sign} b + a + b {sign} a + b"]
        y = c + a + turned + b
        for name in unary:
            if not times:
                y = y + getattr(c, name)()
                told.append(f"{name}(a @ b)")
                continue
            y = y + getattr(c, name)() * c + c * getattr(c, name)()
            told.append(f"{name}(a * b) * (a * b) + (a * b) * {name}(a * b)")
        if "__sub__" in vars(cls):
            y = y - b
            told.append("- b")
        if matrices and "__matmul__" in vars(cls):
            y = y + c @ b + b @ c
            told.append("(a * b) @ b + b @ (a * b)")
        elif matrices and callable(getattr(cls, "dot", None)):
            y = y + c.dot(b) + b.dot(c)
            told.append("(a * b).dot(b) + b.dot(a * b)")
        totals = [n for n in _SUMS if matrices and callable(getattr(cls, n, None))]
        told[-1:] = [told[-1] + f" ({' + '.join(totals)} of it)"] if totals else told[-1:]
        return reduce(operator.add, [getattr(y, n)() for n in totals]) if totals else y

    data = _data(cls)

    def number(v: Any) -> Any:
        return getattr(v, data)

    def value(a: Any, b: Any) -> Any:
        y = np.asarray(number(out(cls(_plain(a)), cls(_plain(b)))), np.float64)
        return y.reshape(()) if y.size == 1 else y

    def gradient(a: Any, b: Any) -> Any:
        x, y = cls(_plain(a)), cls(_plain(b))
        getattr(out(x, y), _back(cls))()
        return tuple(_shaped(_gradient(v), like) for v, like in ((x, a), (y, b)))

    x, y = (0.7, -0.4) if not matrices else (np.eye(3) + 0.3, np.eye(3) - 0.2)
    out(cls(_plain(x)), cls(_plain(y)))
    return value, gradient, " + ".join(told).replace("+ -", "-")


def _data(cls: Any) -> str:
    """Where a value has its number.

    Errors: TypeError where none is found.
    """
    v = cls(0.37)
    held = [n for n in _DATA if hasattr(v, n)]
    held += [n for n, x in vars(v).items() if np.ndim(x) == 0 and x == 0.37]
    if not held:
        raise TypeError(say(f"no attribute of {cls.__name__} is its number",
                            f"{cls.__name__} の数がどの属性にあるか分かりません"))  # fmt: skip
    return held[0]


def _plain(a: Any) -> Any:
    return float(a) if not np.ndim(a) else np.array(a, np.float64)


def _gradient(v: Any) -> Any:
    held = {bare(n): x for n, x in vars(v).items()} if hasattr(v, "__dict__") else {}
    found = next((getattr(v, n) for n in _GRADS if hasattr(v, n)), held.get("grad"))
    return getattr(found, "data", found) if not isinstance(found, np.ndarray) else found


def _shaped(g: Any, like: Any) -> Any:
    a = np.asarray(g, np.float64)
    return a.reshape(()) if not np.ndim(like) and a.size == 1 else a
