"""Layer objects in textbook form: forward(x), backward(dout), self.W beside self.dW."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any

import numpy as np

from denpa.check.remarks import Remark
from denpa.check.subject import Part, Rule, Subject, Values
from denpa.core.errors import ArgumentError


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
class Layer(Subject):
    """A layer object in textbook form: forward(x), backward(dout), self.W and self.dW.

    Gradients of parameters are found beside them by name (W and dW, W and grad_W, …), in lists
    `params` and `grads`, or in dicts of these names; `backward` may also return them all. Every
    evaluation runs on a fresh copy, so that nothing is kept from one to the next. An input of
    integers (rows of an embedding) has no derivative; only the parameters are looked at then.
    """

    layer: Any
    given: tuple[Any, ...]  # arguments of forward; the first is differentiated, targets are not
    title: str = ""
    values: dict[str, np.ndarray] = field(init=False)
    inputs: tuple[str, ...] = field(init=False)
    override: Callable[..., Any] | None = None  # takes the place of backward
    analytic = True

    def __post_init__(self) -> None:
        for method in ("forward", "backward"):
            if not callable(getattr(self.layer, method, None)):
                raise ArgumentError(
                    f"{type(self.layer).__name__} has no method {method}; a layer has forward(x) "
                    "and backward(dout)"
                )
        self.title = self.title or type(self.layer).__name__
        self.fresh = copy.deepcopy(self.layer)
        self.takes = bool(inspect.signature(self.layer.backward).parameters)  # what is above
        names = list(inspect.signature(self.layer.forward).parameters)
        first = names[0] if names else "x"
        whole = np.asarray(self.given[0]).dtype.kind in "iub" and not isinstance(
            self.given[0], list
        )
        self.inputs = () if whole else (first,)
        self.values = {} if whole else {first: np.array(self.given[0], np.float64)}
        trial = copy.deepcopy(self.fresh)
        y = np.asarray(self._forward(trial))
        self._backward(trial, np.ones(y.shape))
        self.places = _places(trial)
        for name, place in self.places.items():
            array = place.read(self.fresh)
            self.values[name] = np.array(array, np.float64)

    def _takes_integers_only(self) -> bool:
        if np.asarray(self.given[0]).dtype.kind not in "iub":
            return False
        try:
            copy.deepcopy(self.fresh).forward(np.array(self.given[0], np.float64), *self.given[1:])
        except Exception:  # such as indices that float64 cannot be
            return True
        return False

    def _forward(self, layer: Any, values: Values | None = None) -> Any:
        if values is None or not self.inputs:
            return layer.forward(*copy.deepcopy(self.given))
        return layer.forward(np.array(values[self.inputs[0]]), *self.given[1:])

    def _backward(self, layer: Any, upstream: np.ndarray) -> Any:
        backward = layer.backward if self.override is None else partial(self.override, layer)
        if not self.takes:
            return backward()
        return backward(upstream if upstream.ndim else float(upstream))

    def _copy(self, values: Values) -> Any:
        layer = copy.deepcopy(self.fresh)
        for name, place in self.places.items():
            place.write(layer, np.array(values[name]))
        return layer

    def forward(self, values: Values) -> np.ndarray:
        """See `Subject`."""
        return np.asarray(self._forward(self._copy(values), values))

    def backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        layer = self._copy(values)
        self._forward(layer, values)
        return self._gradients(layer, self._backward(layer, np.array(upstream)))

    def again(self, first: Values, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        layer = self._copy(values)
        self._forward(layer, first)
        self._backward(layer, np.array(upstream))
        self._forward(layer, values)
        return self._gradients(layer, self._backward(layer, np.array(upstream)))

    def habits(self, values: Values, upstream: np.ndarray) -> list[str]:
        """See `Subject`."""
        layer, u = self._copy(values), np.array(upstream)
        found = []
        if self.inputs:
            x = np.array(values[self.inputs[0]])
            layer.forward(x, *self.given[1:])
            found = [] if np.array_equal(x, values[self.inputs[0]]) else ["input-changed"]
        else:
            self._forward(layer)
        dx = self._backward(layer, u)
        if not np.array_equal(u, upstream):
            own = isinstance(dx, np.ndarray) and np.shares_memory(dx, u)
            found.append("taken-over" if own else "upstream-changed")
        return found

    def remarks(self) -> list[Remark]:
        """See `Subject`."""
        own = [
            n
            for n, place in self.places.items()
            if isinstance(x := place.read(self.layer), np.ndarray)
            and any(isinstance(g, np.ndarray) and np.shares_memory(x, g) for g in self.given)
        ]
        named = self.inputs[0] if self.inputs else "x"
        return [Remark("aliased", {"a": named, "b": n}) for n in own]

    def _gradients(self, layer: Any, returned: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        several = isinstance(returned, tuple) or (
            isinstance(returned, list) and all(isinstance(x, np.ndarray) for x in returned)
        )
        parts = returned if several else (returned,)
        if self.inputs and parts and parts[0] is not None:
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

    def rule(self) -> Rule | None:
        """See `Subject`."""

        def replaced(f: Callable[..., Any]) -> Subject:
            twin = copy.copy(self)
            twin.override = f
            return twin

        return Rule(type(self.layer).backward, replaced)

    def parts(self, values: Values) -> list[Part]:
        """See `Subject`."""
        layer = self._copy(values)
        kept = {name: copy.deepcopy(inner) for name, inner in _inner(layer)}
        given: dict[str, list[tuple[Any, ...]]] = {}
        back: list[str] = []
        for name, inner in _inner(layer):
            inner.forward = _noting(
                inner.forward, lambda x, n=name: given.setdefault(n, []).append(x)
            )
            inner.backward = _noting(inner.backward, lambda x, n=name: back.append(n))
        y = np.asarray(self._forward(layer, values))
        self._backward(layer, np.ones(y.shape))
        return [
            Part(title, Layer(kept[name], calls[0], title), len(calls),
                 back.index(name) if name in back else None)
            for name, calls in given.items()
            for title in [f"{name} ({type(kept[name]).__name__})"]
        ]  # fmt: skip


def _inner(layer: Any) -> Iterator[tuple[str, Any]]:
    """The layer objects that an object holds, in attributes, lists and dicts of its own."""
    for name, held in list(getattr(layer, "__dict__", {}).items()):
        if isinstance(held, dict):
            inside = [(f"{name}[{k!r}]", x) for k, x in held.items()]
        elif isinstance(held, (list, tuple)):
            inside = [(f"{name}[{k}]", x) for k, x in enumerate(held)]
        else:
            inside = [(name, held)]
        for title, x in inside:
            able = all(callable(getattr(x, m, None)) for m in ("forward", "backward"))
            if able and hasattr(x, "__dict__") and not inspect.isclass(x):
                yield title, x


def _noting(f: Callable[..., Any], note: Callable[..., Any]) -> Callable[..., Any]:
    """A method that notes what it is given. Its parameters stay visible to `inspect`."""

    @wraps(f)
    def noted(*given: Any) -> Any:
        note(copy.deepcopy(given))
        return f(*given)

    return noted


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
