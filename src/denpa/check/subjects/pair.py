"""Functions with a gradient: one that computes and one that claims to be its gradient, a forward
and a backward that share a cache, or one function that returns its value and its gradient."""

from __future__ import annotations

import ast
import copy
import inspect
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from denpa.check.locate import Source
from denpa.check.remarks import Remark
from denpa.check.subject import Rule, Subject, Values
from denpa.core.errors import ArgumentError

_CACHE = re.compile(r"(.*_)?(cache|caches|ctx|saved|memory|memo)\d*")
TARGETS = frozenset(
    ("t", "target", "targets", "label", "labels", "y_true", "actual", "truth", "expected")
)  # arguments that a loss is not differentiated by


@dataclass
class Pair(Subject):
    """A function and what claims to be its gradient: `f(x, …)` and `gradient(x, …)`.

    `gradient` takes the same arrays and returns one array, or one for each; where f is element by
    element these are its derivatives. It may take the upstream gradient as a last argument and
    return the product. Of a loss f(prediction, target) it may return the first alone.

    Or f returns its output and a cache, and `gradient(dout, cache)` the gradients in the order of
    f's arguments, or a dict of them ({"dW": …}), as courses write it (CS231n: affine_forward and
    affine_backward). Several outputs before the cache have a dout each. A variable name in
    gradient's `return` counts more than its place. Arguments that are no arrays of floats stay as
    they are: options, dicts, and whole numbers where f does not take floats for them.
    """

    f: Callable[..., Any]
    gradient: Callable[..., Any]
    arrays: Sequence[Any]
    title: str = ""
    values: dict[str, np.ndarray] = field(init=False)
    inputs: tuple[str, ...] = field(init=False)
    said: tuple[Remark, ...] = ()
    analytic = True

    def __post_init__(self) -> None:
        self.title = self.title or getattr(self.f, "__name__", "f")
        self.names = tuple(_parameter_names(self.f, len(self.arrays)))
        given = dict(zip(self.names, self.arrays, strict=True))
        self.values = {n: np.array(a, np.float64) for n, a in given.items() if _numeric(a)}
        self.shapes: list[tuple[int, ...]] = []  # of the outputs before the cache
        y = self._trial(given)
        takes = _required(self.gradient)
        own = [n for n in takes or () if n not in self.names]
        if isinstance(y, tuple) and len(y) > 1 and (len(own) > 1 or takes is None):
            self.shapes = [np.shape(part) for part in y[:-1]]
            arrays = [n for n in self.values if isinstance(given[n], (np.ndarray, list, tuple))]
            if arrays:  # a number beside them is an option
                self.values = {n: self.values[n] for n in arrays}
        self.inputs = tuple(self.values)[:1] if self.shapes else tuple(self.values)
        self.upstream = takes is not None and len(takes) == len(self.names) + 1
        self.above = "dout"  # what gradient calls the gradient with respect to f's output
        if takes and self.upstream:
            self.above = takes[-1]
        if self.shapes:
            self.above = next((n for n in own if not _CACHE.fullmatch(n)), "dout")
        self.order = _returned(self.gradient, tuple(self.values)) if self.shapes else ()
        aims = [n for n in self.values if n.lower() in TARGETS]
        if aims and len(aims) < len(self.values):  # looked at only if there is a gradient for them
            with suppress(Exception):
                claims = self.backward(self.values, np.ones(np.shape(self.forward(self.values))))
                self._drop([n for n in aims if n not in claims])
        if not self.values:
            raise ArgumentError(
                f"{self.title}: no argument is an array of floats, so there is nothing to "
                "differentiate"
            )

    def _drop(self, names: Sequence[str]) -> None:
        """Arguments that stay as they are."""
        self.values = {n: a for n, a in self.values.items() if n not in names}
        self.inputs = tuple(n for n in self.inputs if n not in names)

    def _trial(self, given: dict[str, Any]) -> Any:
        """One call; where it takes no floats for whole numbers, these stay whole."""
        try:
            return self._run(self.values)
        except Exception:
            kept, floats = (
                self.values,
                {n: a for n, a in self.values.items() if not _whole(given[n])},
            )
        if floats and len(floats) < len(kept):
            self.values = floats
            with suppress(Exception):
                return self._run(floats)
            self.values = kept
        return None  # the next call raises again, and is told

    def _given(self, values: Values) -> list[Any]:
        """The arguments of f: the values, and copies of what stays."""
        return [
            np.array(values[n]) if n in self.values else copy.deepcopy(a)
            for n, a in zip(self.names, self.arrays, strict=True)
        ]

    def _run(self, values: Values) -> Any:
        return self.f(*self._given(values))

    def forward(self, values: Values) -> np.ndarray:
        """See `Subject`. Several outputs are put one behind the other."""
        found = self._run(values)
        if not self.shapes:
            return np.asarray(found)
        parts = [np.asarray(y) for y in found[:-1]]
        return parts[0] if len(parts) == 1 else np.concatenate([y.reshape(-1) for y in parts])

    def backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        return self._backward(values, np.array(upstream))

    def _backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        if self.shapes:
            return self._claims(self._through(values, upstream))
        arrays = self._given(values)
        found = self.gradient(*arrays, upstream) if self.upstream else self.gradient(*arrays)
        claims = self._claims(found)
        if not self.upstream:
            claims = {n: _times(g, upstream) for n, g in claims.items()}
        return claims

    def _through(self, values: Values, upstream: np.ndarray) -> Any:
        """What backward(dout, cache) returns. Options that f takes, too, are given by name."""
        given = self._given(values)
        cache = self.f(*given)[-1]
        row, at, above = upstream.reshape(-1), 0, []
        for shape in self.shapes:
            size = int(np.prod(shape))
            part = row[at : at + size].reshape(shape)
            above.append(upstream if len(self.shapes) == 1 else part)
            at += size
        takes = _required(self.gradient)
        if takes is None:
            return self.gradient(*above, cache)
        options = dict(zip(self.names, given, strict=True))
        own = [n for n in takes if n not in options]
        caches = [n for n in own if _CACHE.fullmatch(n)]
        kept = caches[0] if caches else own[-1]
        rest = [n for n in own if n != kept]
        if len(rest) != len(above):
            raise ArgumentError(
                f"{_called(self.gradient)} takes {', '.join(takes)}; {self.title} returns "
                f"{len(above)} output(s) and a cache, so it should take a gradient for each "
                "output, and the cache"
            )
        known = {**dict(zip(rest, above, strict=True)), kept: cache}
        return self.gradient(*(known[n] if n in known else options[n] for n in takes))

    def _claims(self, found: Any) -> dict[str, Any]:
        """Gradients by name, from a dict, by the names in `return`, or in order."""
        names = list(self.values)
        if isinstance(found, dict):
            plain = {_plain(str(k), names): g for k, g in found.items()}
            return {n: plain[n] for n in names if plain.get(n) is not None}
        several = isinstance(found, (tuple, list)) and len(self.names) > 1
        parts = list(found) if several or isinstance(found, tuple) else [found]
        if self.order and len(self.order) == len(parts):
            names = list(self.order)
        elif len(parts) == len(self.names):
            names = list(self.names)
        elif len(parts) == 1 and len(names) > 1 and len(self.names) > 1:
            names = [n for n in names if n.lower() not in TARGETS]
        if len(parts) != len(names):
            raise ArgumentError(
                f"the gradient function returns {len(parts)} array(s) for {len(self.values)} "
                "arguments; return one for each, or None for those without"
            )
        return {
            n: g for n, g in zip(names, parts, strict=True) if g is not None and n in self.values
        }

    def habits(self, values: Values, upstream: np.ndarray) -> list[str]:
        """See `Subject`."""
        given = self._given(values)
        self.f(*given)
        held = zip(self.names, given, strict=True)
        same = all(np.array_equal(a, values[n]) for n, a in held if n in self.values)
        found = [] if same else ["input-changed"]
        if self.shapes:
            above = np.array(upstream)
            claims = self._backward(values, above)
            if not np.array_equal(above, upstream):
                own = any(isinstance(g, np.ndarray) and np.shares_memory(g, above)
                          for g in claims.values())  # fmt: skip
                found.append("taken-over" if own else "upstream-changed")
        return found

    def remarks(self) -> list[Remark]:
        """See `Subject`."""
        named = [(n, a) for n, a in zip(self.names, self.arrays, strict=True) if n in self.values]
        return [*self.said, *(
            Remark("aliased", {"a": a, "b": b})
            for k, (a, x) in enumerate(named)
            for b, y in named[k + 1 :]
            if isinstance(x, np.ndarray) and isinstance(y, np.ndarray) and np.shares_memory(x, y)
        )]  # fmt: skip

    def code(self) -> Any:
        """See `Subject`."""
        return self.gradient

    def rule(self) -> Rule | None:
        """See `Subject`."""

        def replaced(f: Callable[..., Any]) -> Subject:
            twin = copy.copy(self)
            twin.gradient = f
            return twin

        return Rule(self.gradient, replaced)


class Joint(Pair):
    """One function that returns its value and the gradient, as losses of courses do:
    `softmax_loss(x, y) -> loss, dx`. Its value is a number."""

    def __init__(
        self, f: Callable[..., Any], arrays: Sequence[Any], title: str = "",
        said: tuple[Remark, ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(f, f, arrays, title, said)
        y = self._run(self.values)
        if not isinstance(y, tuple) or len(y) < 2 or np.ndim(y[0]) or not _numeric(y[0]):
            raise ArgumentError(f"{self.title} does not return (value, gradient)")
        self.order = _returned(f, tuple(self.values), skip=1)
        claims = self.backward(self.values, np.ones(()))
        self._drop([n for n in self.values if n not in claims])  # such as the data, beside weights
        self.inputs = tuple(self.values)[:1]

    def forward(self, values: Values) -> np.ndarray:
        """See `Subject`."""
        return np.asarray(self._run(values)[0])

    def _backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        _, *rest = self.gradient(*self._given(values))
        found = rest[0] if len(rest) == 1 else tuple(rest)
        names = [n for n in self.values if not self.order or n in self.order]
        if not isinstance(found, (tuple, dict)) and len(names) > 1:  # of the first that fits
            fits = [n for n in names if np.shape(found) == self.values[n].shape]
            claims = {(fits or names)[0]: found}
        else:
            claims = self._claims(found)
        return {n: _times(g, upstream) for n, g in claims.items()}


def _numeric(a: Any) -> bool:
    """Whether it is made of numbers that could be floats."""
    if isinstance(a, (bool, str, dict, type(None))):
        return False
    try:
        return np.asarray(a).dtype.kind in "iufb" and np.asarray(a).dtype != bool
    except ValueError:  # lists of unlike lengths
        return False


def _whole(a: Any) -> bool:
    return np.asarray(a).dtype.kind in "iu"


def _called(f: Any) -> str:
    return str(getattr(f, "__name__", "the gradient function"))


def _plain(gradient: str, names: Sequence[str]) -> str:
    """The argument that a gradient's name belongs to; the name itself if to none.

    >>> [_plain(n, ("x", "prev_h", "W")) for n in ("dx", "dprev_h", "grad_W", "loss")]
    ['x', 'prev_h', 'W', 'loss']
    """
    for text in (
        gradient.removeprefix("d"), gradient.removeprefix("d_"), gradient.removeprefix("grad_"),
        gradient.removeprefix("g"), gradient.removesuffix("_grad"), gradient,
    ):  # fmt: skip
        if text in names:
            return text
    return gradient


def _returned(f: Any, names: Sequence[str], skip: int = 0) -> tuple[str, ...]:
    """The arguments that the variables in the last `return` are the gradients of, if each is one's:
    `return dw, db` are those of w and b, whatever f takes first."""
    source = Source.of(f)
    returns = [n for n in ast.walk(source.tree) if isinstance(n, ast.Return)] if source else []
    if not returns:
        return ()
    value: Any = max(returns, key=lambda n: n.lineno).value
    parts = value.elts[skip:] if isinstance(value, ast.Tuple) else [value]
    found = [_plain(p.id, names) if isinstance(p, ast.Name) else "" for p in parts]
    return tuple(found) if set(found) <= set(names) and len(set(found)) == len(found) else ()


def _times(g: Any, upstream: np.ndarray) -> Any:
    """A gradient times what comes from above; one of another shape stays, to be told as such."""
    a = np.asarray(g)
    fits = not upstream.ndim or a.shape == upstream.shape
    return a * upstream if fits and a.dtype.kind in "biufc" else g


def _parameter_names(f: Any, n: int) -> list[str]:
    try:
        names = list(inspect.signature(f).parameters)
    except (TypeError, ValueError):
        names = []
    return (names + [f"x{k}" for k in range(len(names), n)])[:n]


def _required(f: Any) -> list[str] | None:
    """The names of the arguments that a function must be given; None where nobody knows."""
    try:
        found = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return None
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in found if p.kind in kinds and p.default is inspect.Parameter.empty]
