"""What is checked: a function of named arrays and somebody's claim about its derivative.

Everything that can be checked (a layer class as in a textbook, a pair of functions, a module of
Denpa or PyTorch, a JAX function) becomes a `Subject`; numeric derivatives, signatures and reports
know nothing else.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from denpa.core.errors import ArgumentError

Values = Mapping[str, np.ndarray]


class Subject(Protocol):
    """A function with a hand-written derivative."""

    title: str
    values: dict[str, np.ndarray]  # inputs and parameters, float64
    inputs: tuple[str, ...]  # those names that are inputs; the others are parameters

    def forward(self, values: Values) -> np.ndarray:
        """The output, with nothing kept from one call to the next."""

    def backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """The claimed gradients of Σ upstream·output, after a forward pass; a name for which the
        code computes none is absent."""

    def again(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """The gradients after forward and backward have run twice on one object."""

    def habits(self, values: Values, upstream: np.ndarray) -> list[str]:
        """What the code does besides: "input-changed", "upstream-changed"."""

    def code(self) -> Any:
        """The Python object whose source is shown, or None."""


@dataclass(frozen=True)
class Names:
    """How a class calls a parameter and its gradient."""

    parameter: str
    gradient: str


# The gradient's name from the parameter's, as textbooks, courses and libraries write it.
_PATTERNS = (
    "d{}",
    "grad_{}",
    "{}_grad",
    "g{}",
    "d_{}",
    "{}_d",
    "delta_{}",
    "{}_gradient",
    "{}grad",
)


def paired(given: Mapping[str, Any]) -> list[Names]:
    """Attributes that are arrays and have a gradient beside them, by name.

    >>> paired({"W": np.ones(2), "b": np.ones(1), "dW": None, "db": None, "x": None})
    [Names(parameter='W', gradient='dW'), Names(parameter='b', gradient='db')]
    """
    found = []
    for name, x in given.items():
        if not isinstance(x, np.ndarray) or x.dtype.kind not in "f":
            continue
        for pattern in _PATTERNS:
            gradient = pattern.format(name)
            if gradient in given and gradient != name:
                found.append(Names(name, gradient))
                break
    return found


@dataclass
class Layer:
    """A layer object in textbook form: forward(x), backward(dout), self.W and self.dW.

    Gradients of parameters are found beside them by name (W and dW, W and grad_W, …), in lists
    `params` and `grads`, or in dicts of these names; `backward` may also return them all. Every
    evaluation runs on a fresh copy, so that nothing is kept from one to the next.
    """

    layer: Any
    given: tuple[Any, ...]  # arguments of forward; the first is differentiated, targets are not
    title: str = ""
    values: dict[str, np.ndarray] = field(init=False)
    inputs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        for method in ("forward", "backward"):
            if not callable(getattr(self.layer, method, None)):
                raise ArgumentError(
                    f"{type(self.layer).__name__} has no method {method}; a layer has forward(x) "
                    "and backward(dout)"
                )
        self.title = self.title or type(self.layer).__name__
        names = list(inspect.signature(self.layer.forward).parameters)
        first = names[0] if names else "x"
        self.inputs = (first,)
        self.values = {first: np.array(self.given[0], np.float64)}
        self.fresh = copy.deepcopy(self.layer)
        trial = copy.deepcopy(self.fresh)
        y = np.asarray(self._forward(trial, self.given[0]))
        self._backward(trial, np.ones(y.shape))
        self.places = _places(trial)
        for name, place in self.places.items():
            array = place.read(self.fresh)
            self.values[name] = np.array(array, np.float64)

    def _forward(self, layer: Any, x: Any) -> Any:
        return layer.forward(x, *self.given[1:])

    def _backward(self, layer: Any, upstream: np.ndarray) -> Any:
        takes = inspect.signature(layer.backward).parameters
        return (
            layer.backward(upstream if upstream.ndim else float(upstream))
            if takes
            else (layer.backward())
        )

    def _copy(self, values: Values) -> Any:
        layer = copy.deepcopy(self.fresh)
        for name, place in self.places.items():
            place.write(layer, np.array(values[name]))
        return layer

    def forward(self, values: Values) -> np.ndarray:
        """See `Subject`."""
        return np.asarray(self._forward(self._copy(values), np.array(values[self.inputs[0]])))

    def backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        layer = self._copy(values)
        self._forward(layer, np.array(values[self.inputs[0]]))
        return self._gradients(layer, self._backward(layer, np.array(upstream)))

    def again(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        layer = self._copy(values)
        returned = None
        for _ in range(2):
            self._forward(layer, np.array(values[self.inputs[0]]))
            returned = self._backward(layer, np.array(upstream))
        return self._gradients(layer, returned)

    def habits(self, values: Values, upstream: np.ndarray) -> list[str]:
        """See `Subject`."""
        layer, x, u = self._copy(values), np.array(values[self.inputs[0]]), np.array(upstream)
        self._forward(layer, x)
        found = [] if np.array_equal(x, values[self.inputs[0]]) else ["input-changed"]
        self._backward(layer, u)
        return found if np.array_equal(u, upstream) else [*found, "upstream-changed"]

    def _gradients(self, layer: Any, returned: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        several = isinstance(returned, tuple) or (
            isinstance(returned, list) and all(isinstance(x, np.ndarray) for x in returned)
        )
        parts = returned if several else (returned,)
        if parts and parts[0] is not None:
            found[self.inputs[0]] = parts[0]
        for name, place in self.places.items():
            gradient = place.gradient(layer)
            if gradient is not None:
                found[name] = gradient
        rest = [n for n in self.places if n not in found]
        found |= dict(zip(rest, parts[1:], strict=False))
        return found

    def code(self) -> Any:
        """See `Subject`."""
        return type(self.layer)


@dataclass(frozen=True)
class _Attribute:
    parameter: str
    to: str

    def read(self, layer: Any) -> Any:
        return getattr(layer, self.parameter)

    def write(self, layer: Any, array: np.ndarray) -> None:
        setattr(layer, self.parameter, array)

    def gradient(self, layer: Any) -> Any:
        return getattr(layer, self.to, None)


@dataclass(frozen=True)
class _Entry:
    """Entry `key` of layer.params and layer.grads, lists or dicts."""

    params: str
    grads: str
    key: Any

    def read(self, layer: Any) -> Any:
        return getattr(layer, self.params)[self.key]

    def write(self, layer: Any, array: np.ndarray) -> None:
        old = self.read(layer)
        if isinstance(old, np.ndarray) and old.dtype == array.dtype:
            old[...] = array  # an attribute may be the same array
        else:
            getattr(layer, self.params)[self.key] = array

    def gradient(self, layer: Any) -> Any:
        grads = getattr(layer, self.grads)
        try:
            return grads[self.key]
        except (KeyError, IndexError):
            return None


_LISTS = (("params", "grads"), ("parameters", "gradients"), ("weights", "grads"))


def _places(layer: Any) -> dict[str, Any]:
    """Where a layer that has run backward keeps its parameters and gradients."""
    own = getattr(layer, "__dict__", {})
    found: dict[str, Any] = {n.parameter: _Attribute(n.parameter, n.gradient) for n in paired(own)}
    if found:
        return found
    for params, grads in _LISTS:
        held, claimed = own.get(params), own.get(grads)
        if isinstance(held, dict) and isinstance(claimed, dict):
            return {str(k): _Entry(params, grads, k) for k in held}
        if isinstance(held, list) and isinstance(claimed, list):
            return {f"{params}[{k}]": _Entry(params, grads, k) for k in range(len(held))}
    return {}


@dataclass
class Pair:
    """A function and what claims to be its gradient: `f(x, …)` and `gradient(x, …)`.

    `gradient` takes the same arrays and returns one array, or one for each; where f is element by
    element these are its derivatives. It may take the upstream gradient as a last argument and
    return the product.
    """

    f: Callable[..., Any]
    gradient: Callable[..., Any]
    arrays: Sequence[Any]
    title: str = ""
    values: dict[str, np.ndarray] = field(init=False)
    inputs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.title = self.title or getattr(self.f, "__name__", "f")
        names = _parameter_names(self.f, len(self.arrays))
        self.inputs = tuple(names)
        self.values = {n: np.array(a, np.float64) for n, a in zip(names, self.arrays, strict=True)}
        takes = _count(self.gradient)
        self.upstream = takes is not None and takes == len(names) + 1

    def forward(self, values: Values) -> np.ndarray:
        """See `Subject`."""
        return np.asarray(self.f(*(np.array(values[n]) for n in self.inputs)))

    def backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        arrays = [np.array(values[n]) for n in self.inputs]
        if self.upstream:
            found = self.gradient(*arrays, np.array(upstream))
        else:
            found = self.gradient(*arrays)
        parts = _parts(found, len(arrays))
        if not self.upstream:
            parts = [None if g is None else np.asarray(g) * upstream for g in parts]
        return {n: g for n, g in zip(self.inputs, parts, strict=True) if g is not None}

    def again(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        self.backward(values, upstream)
        return self.backward(values, upstream)

    def habits(self, values: Values, upstream: np.ndarray) -> list[str]:
        """See `Subject`."""
        arrays = [np.array(values[n]) for n in self.inputs]
        self.f(*arrays)
        same = all(np.array_equal(a, values[n]) for a, n in zip(arrays, self.inputs, strict=True))
        return [] if same else ["input-changed"]

    def code(self) -> Any:
        """See `Subject`."""
        return self.gradient


def _parts(found: Any, n: int) -> list[Any]:
    parts = list(found) if isinstance(found, (tuple, list)) and n > 1 else [found]
    if len(parts) != n:
        raise ArgumentError(
            f"the gradient function returns {len(parts)} array(s) for {n} arguments; return one "
            "for each, or None for those without"
        )
    return parts


def _parameter_names(f: Any, n: int) -> list[str]:
    try:
        names = list(inspect.signature(f).parameters)
    except (TypeError, ValueError):
        names = []
    return (names + [f"x{k}" for k in range(len(names), n)])[:n]


def _count(f: Any) -> int | None:
    try:
        found = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return None
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(p.kind in kinds and p.default is inspect.Parameter.empty for p in found)
