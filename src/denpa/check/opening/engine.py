"""Engines that people write to learn how one works: a class of numbers or arrays with operators,
`data`, `grad` and `backward()`, as in Karpathy's micrograd (2020).

Everything that the class can do is tried on values of its own: each operator, with values and with
plain numbers, each method that makes a value of a value, products and sums of arrays. The results
are added up, each times a random weight: so each has a gradient from above that is like no other
number of the computation, and what forgets it, or takes something else for it, shows.
"""

from __future__ import annotations

import inspect
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial, reduce
from typing import Any

import numpy as np

from denpa.check.argument_roles import bare
from denpa.check.subjects.pair import Pair
from denpa.core.errors import ArgumentError
from denpa.words import say

_DATA = ("data", "value", "val", "d", "x")
_GRADS = ("grad", "g", "gradient", "der")
BACKS = (
    "backward",
    "backprop",
    "rueckwaerts",
    "rückwärts",
    "retropropagar",
    "retropropager",
    "atras",
    "arriere",
    "逆伝播",
    "역전파",
    "反向传播",
)
# Methods of a value alone that are no function of it, or one without a derivative.
_NO_FUNCTIONS = re.compile(
    r"_|zero|clear|reset|detach|copy|clone|stop|no_?grad|item|numpy|tolist|arg|sign|round|floor|"
    r"ceil|step|const|build|topo|sort|visit|draw|print|show|" + "|".join(BACKS)
)

Term = Callable[..., Any]


class Engine(Pair):
    """A function of values of somebody's class, whose gradient the class computes."""

    cls: Any = None
    untried: tuple[str, ...] = ()  # what the class can do and was not asked for

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


class Expression:
    """What a class is tried on: `value` and `gradient` of arrays, the `arrays`, and in words what
    is computed (`text`) and what not (`untried`)."""

    def __init__(self, cls: Any, matrices: bool) -> None:
        self.cls, self.data = cls, _data(cls)
        self.arrays = _arrays(matrices)
        self.terms: list[tuple[str, Term]] = []
        self.raised: dict[str, Exception] = {}  # by terms whose way back raises
        self.mistaken = ""  # what an operator computes wrongly, in words
        used: set[str] = set()
        for told, names, term in _terms(cls, matrices):
            with suppress(Exception):  # what it cannot do, or not with these
                made = term(**self._values())
                x = np.asarray(getattr(made, self.data), np.float64)
                if (
                    isinstance(made, cls)
                    and x.size
                    and np.isfinite(x).all()
                    and ("r" not in inspect.signature(term).parameters or self._undoes(term))
                ):
                    self._total([(told, term)], self._values())
                    self.terms.append((told, term))
                    used.update(names)
        able = [n for n in vars(cls) if callable(getattr(cls, n)) and not _is_plumbing(n)]
        self.untried = tuple(n for n in able if n not in used)
        self.text = ", ".join(told for told, _ in self.terms)
        # What is wrong by itself is looked at by itself; what is not, in the sum of all.
        wrong = [term for term in self.terms if not self._right(term)]
        able = [term for term in self.terms if term[0] not in self.raised]
        self.terms = wrong or able
        if self.raised and not wrong:
            raise next(iter(self.raised.values()))
        self.looked = ", ".join(told for told, _ in self.terms)
        taken = {n for _, term in self.terms for n in inspect.signature(term).parameters}
        self.arrays = {n: a for n, a in self.arrays.items() if n in taken}
        for told, term in self.terms if not wrong else ():
            self._is_what_it_says(told, term)

    def _undoes(self, term: Term) -> bool:
        """Whether the gradient of a row that was broadcast is a row: an engine that leaves that out
        is not made for it."""
        values = self._values()
        getattr(self._total([("", term)], values), _back(self.cls))()
        return bool(np.shape(_gradient(values["r"])) == np.shape(self.arrays["r"]))

    def _is_what_it_says(self, told: str, term: Term) -> None:
        """Whether an operator computes the same as with plain numbers: of something else the
        derivative may well be right."""
        with suppress(Exception):  # NumPy has no such method
            right = np.asarray(term(**self.arrays), np.float64)
            own = np.asarray(getattr(term(**self._values()), self.data), np.float64)
            if own.shape == right.shape and not np.allclose(own, right, 1e-6, 1e-9):
                at = int(np.argmax(np.abs(own - right)))
                got, due = own.reshape(-1)[at], right.reshape(-1)[at]
                self.mistaken = self.mistaken or say(
                    "{cls}: {told} is {got:.4g}; with plain numbers it is {due:.4g}",
                    cls=self.cls.__name__,
                    told=told,
                    got=got,
                    due=due,
                )

    def _right(self, term: tuple[str, Term]) -> bool:
        """Whether the derivative of one term alone is that of differences along a direction."""
        rng, arrays = np.random.default_rng(3), list(self.arrays.values())
        along = [rng.standard_normal(np.shape(a)) for a in arrays]

        def at(h: float) -> float:
            moved = [a + h * v for a, v in zip(arrays, along, strict=True)]
            y = getattr(self._total([term], self._values(moved)), self.data)
            return float(np.asarray(y).reshape(()))

        values = self._values()
        try:
            getattr(self._total([term], values), _back(self.cls))()
        except Exception as error:  # the user's own
            self.raised[term[0]] = error
            return True
        found = [_gradient(v) for v in values.values()]
        own = sum(
            float(np.sum(np.asarray(g, np.float64) * v))
            for g, v in zip(found, along, strict=True)
            if g is not None
        )
        slopes = [(at(h) - at(-h)) / (2 * h) for h in (1e-4, 1e-5, 1e-6)]
        return min(abs(s - own) for s in slopes) <= 1e-4 * max(abs(slopes[0]), 1e-2)

    def _values(self, arrays: Sequence[Any] | None = None) -> dict[str, Any]:
        given = self.arrays.values() if arrays is None else arrays
        return {n: self.cls(_plain(a)) for n, a in zip(self.arrays, given, strict=True)}

    def _total(self, terms: Sequence[tuple[str, Term]], values: dict[str, Any]) -> Any:
        """All terms, each times weights of its own, added up to one number."""
        rng = np.random.default_rng(7)
        parts = [self._weighted(term(**values), rng) for _, term in terms]
        return reduce(operator.add, parts) if parts else None

    def _weighted(self, made: Any, rng: np.random.Generator) -> Any:
        """A number: what was made times a weight; of an array each element times another one, and
        the sum of all times one more. Where there are products of matrices alone, with a row from
        the left and a column from the right."""

        def weights(*shape: int) -> Any:
            return self.cls(_plain(rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape)))

        shape = np.shape(getattr(made, self.data))
        if "__mul__" not in vars(self.cls) and shape:
            return (weights(1, shape[0]) @ made @ weights(shape[-1], 1)).sum()
        part = weights(*shape) * made
        return weights() * part.sum() if shape else part

    def value(self, *arrays: Any) -> Any:
        """The sum as a number."""
        y = np.asarray(getattr(self._total(self.terms, self._values(arrays)), self.data))
        return y.reshape(()) if y.size == 1 else y

    def gradient(self, *arrays: Any) -> Any:
        """Its derivatives, as the class has them."""
        values = self._values(arrays)
        getattr(self._total(self.terms, values), _back(self.cls))()
        return tuple(_shaped(_gradient(v), a) for v, a in zip(values.values(), arrays, strict=True))


def expression(cls: Any) -> Expression:
    """What a class is tried on: arrays where it keeps arrays, else numbers.

    Errors: TypeError where neither works; whatever the class raises for both.
    """
    kept = None
    with suppress(Exception):
        kept = getattr(cls(np.eye(3)), _data(cls))
    error: Exception | None = None
    for matrices in (True, False) if isinstance(kept, np.ndarray) else (False, True):
        try:
            found = Expression(cls, matrices)
            arrays = list(found.arrays.values())
            if not found.terms:
                raise TypeError(say("neither a + b nor a * b works"))
            if found.mistaken:
                raise ArgumentError(found.mistaken)
            y = found.value(*arrays)
            if np.asarray(y).size != 1 or any(g is None for g in found.gradient(*arrays)):
                raise TypeError(say("no number, or no gradient"))
        except ArgumentError:
            raise
        except Exception as e:  # the user's own: it takes something else
            error = error or e
            continue
        for name in ("value", "gradient"):
            method = partial(getattr(found, name))
            method.__signature__ = _signature(found.arrays)  # type: ignore[attr-defined]
            setattr(found, name, method)
        return found
    assert error is not None
    raise error


def _arrays(matrices: bool) -> dict[str, Any]:
    """a and b, of both signs; p, which is positive; of arrays a row and matrices besides."""
    if not matrices:
        return {"a": np.float64(0.7), "b": np.float64(-0.4), "p": np.float64(1.3)}
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 3, 4))
    r, m, s = (rng.standard_normal(shape) for shape in ((1, 4), (4, 2), (4, 4)))
    return {"a": a, "b": b, "p": rng.uniform(0.5, 2.0, (3, 4)), "r": r, "m": m, "s": s}


_Told = tuple[str, tuple[str, ...], Term]


def _terms(cls: Any, matrices: bool) -> Iterator[_Told]:
    """All that can be tried: in words, the methods that it uses, and the computation."""
    # A value that is used in several places, at several depths.
    yield "a * b + a + b * a", ("__add__", "__mul__"), lambda a, b, **_: a * b + a + b * a
    yield "(a * b) * a + a * b", (), lambda a, b, **_: (lambda c: c * a + c)(a * b)
    yield "a - b", ("__sub__",), lambda a, b, **_: a - b
    yield "-a", ("__neg__",), lambda a, **_: -a
    yield "a / (p * p)", ("__truediv__",), lambda a, p, **_: a / (p * p)
    for n in (2, 3, -1, 0.5):
        yield f"(p * p) ** {n}", ("__pow__",), lambda p, n=n, **_: (p * p) ** n
    yield "(p * p) ** a", ("__pow__",), lambda a, p, **_: (p * p) ** a
    for sign, name in (("+", "add"), ("-", "sub"), ("*", "mul"), ("/", "truediv"), ("**", "pow")):
        f = {"**": operator.pow}.get(sign) or getattr(operator, name)
        yield f"(p * p) {sign} 2", (f"__{name}__",), lambda p, f=f, **_: f(p * p, 2.0)
        yield f"3 {sign} (p * p)", (f"__r{name}__",), lambda p, f=f, **_: f(3.0, p * p)
    for name in _functions(cls):
        yield f"{name}(p * p)", (name,), lambda p, name=name, **_: getattr(p * p, name)()
        with suppress(Exception):  # of negative numbers, too, where it can
            below = np.asarray(getattr(getattr(cls(-0.7), name)(), _data(cls)), np.float64)
            if np.isfinite(below).all():
                yield f"{name}(a)", (name,), lambda a, name=name, **_: getattr(a, name)()
                yield f"{name}(a * b)", (name,), lambda a, b, name=name, **_: getattr(a * b, name)()
    if not matrices:
        return
    yield "a + r", ("__add__",), lambda a, r, **_: a + r
    yield "a * r", ("__mul__",), lambda a, r, **_: a * r
    yield "r - a", ("__sub__",), lambda a, r, **_: r - a
    yield "a @ m", ("__matmul__",), lambda a, m, **_: a @ m
    yield "a @ s", ("__matmul__",), lambda a, s, **_: a @ s
    yield "s @ (s * s)", ("__matmul__",), lambda s, **_: s @ (s * s)
    yield "(a @ s) @ s + a @ s + a", (), lambda a, s, **_: (lambda c: c @ s + c + a)(a @ s)
    for name in ("dot", "matmul", "mm"):
        yield f"a.{name}(m)", (name,), lambda a, m, name=name, **_: getattr(a, name)(m)
    for name in ("sum", "mean", "max"):
        for axis in (0, 1):
            yield (
                f"a.{name}({axis})",
                (name,),
                lambda a, name=name, axis=axis, **_: getattr(a, name)(axis),
            )
    yield "a.reshape(4, 3)", ("reshape",), lambda a, **_: a.reshape(4, 3)


def _functions(cls: Any) -> Iterator[str]:
    """Methods that take a value alone."""
    for name, held in vars(cls).items():
        if _NO_FUNCTIONS.match(name) or not inspect.isfunction(held):
            continue
        takes = list(inspect.signature(held).parameters.values())[1:]
        if all(
            p.default is not p.empty or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in takes
        ):
            yield name


def _is_plumbing(name: str) -> bool:
    """Methods that compute nothing, such as __init__, __repr__ and zero_grad."""
    if name.startswith("__"):
        return re.fullmatch(r"__r?(add|sub|mul|truediv|matmul|pow)__|__neg__", name) is None
    return _NO_FUNCTIONS.match(name) is not None


def _data(cls: Any) -> str:
    """Where a value has its number.

    Errors: TypeError where none is found.
    """
    v = cls(0.37)
    held = [n for n in _DATA if hasattr(v, n)]
    held += [n for n, x in vars(v).items() if np.ndim(x) == 0 and x == 0.37]
    if not held:
        raise TypeError(say("no attribute of {cls} is its number", cls=cls.__name__))
    return held[0]


def _signature(names: Sequence[str] | dict[str, Any]) -> inspect.Signature:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature([inspect.Parameter(n, kind) for n in names])


def _plain(a: Any) -> Any:
    return float(a) if not np.ndim(a) else np.array(a, np.float64)


def _gradient(v: Any) -> Any:
    held = {bare(n): x for n, x in vars(v).items()} if hasattr(v, "__dict__") else {}
    found = next((getattr(v, n) for n in _GRADS if hasattr(v, n)), held.get("grad"))
    return getattr(found, "data", found) if not isinstance(found, np.ndarray) else found


def _shaped(g: Any, like: Any) -> Any:
    a = np.asarray(g, np.float64)
    return a.reshape(()) if not np.ndim(like) and a.size == 1 else a
