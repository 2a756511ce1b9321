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
        if not _floats(x):
            continue
        for pattern in _PATTERNS:
            gradient = pattern.format(name)
            if gradient in given and gradient != name:
                found.append(Names(name, gradient))
                break
    return found


def _floats(x: Any) -> bool:
    """An array of floats, a float, or lists of them."""
    if isinstance(x, list) and x:
        return all(_floats(part) for part in x) and not isinstance(x[0], np.ndarray)
    return isinstance(x, float) or (isinstance(x, np.ndarray) and x.dtype.kind == "f")


def method(layer: Any, run: str = "forward") -> Any:
    """The method that runs an object: forward, or a call of it. Errors: ArgumentError."""
    found = getattr(layer, run, None)
    if not callable(found) and run == "forward" and callable(layer):
        return layer.__call__
    if not callable(found):
        raise ArgumentError(
            f"{type(layer).__name__} has no method {run}; a layer has forward(x) and backward(dout)"
        )
    return found


def output(layer: Any, returned: Any) -> Any:
    """What forward has computed: returned, or left in layer.output (Kinsley and Kukieła 2020)."""
    return getattr(layer, "output", None) if returned is None else returned


_RATES = ("learning_rate", "lr", "eta", "alpha", "rate")


def rate_of(layer: Any) -> str:
    """What backward calls a learning rate that it must be given: it updates the parameters
    itself then."""
    takes = inspect.signature(layer.backward).parameters.values()
    empty = inspect.Parameter.empty
    return next((p.name for p in takes if p.name in _RATES and p.default is empty), "")


@dataclass
class Layer(Subject):
    """A layer object in textbook form: forward(x), backward(dout), self.W and self.dW.

    Gradients of parameters are found beside them by name (W and dW, W and grad_W, …), in lists
    `params` and `grads`, or in dicts of these names; `backward` may also return them all, or be
    given a learning rate and subtract them. If it returns as many arrays as forward takes, they
    are the gradients of these. Every evaluation runs on a fresh copy, so that nothing is kept from
    one to the next. Whole numbers that forward takes only as such (rows of an embedding) have no
    derivative; only the parameters are looked at then.
    """

    layer: Any
    given: tuple[Any, ...]  # arguments of forward; the first is differentiated, targets are not
    title: str = ""
    values: dict[str, np.ndarray] = field(init=False)
    inputs: tuple[str, ...] = field(init=False)
    override: Callable[..., Any] | None = None  # takes the place of backward
    analytic = True

    def __post_init__(self) -> None:
        for needed in ("forward", "backward"):
            method(self.layer, needed)
        self.title = self.title or type(self.layer).__name__
        self.fresh = copy.deepcopy(self.layer)
        self.takes = bool(inspect.signature(self.layer.backward).parameters)  # what is above
        self.rate = rate_of(self.layer)
        names = list(inspect.signature(method(self.layer)).parameters)
        names += [f"x{k}" for k in range(len(names), len(self.given))]
        first = names[0] if names else "x"
        self.places: dict[str, Any] = {}
        self.further: dict[str, int] = {}  # inputs behind the first, and their places
        self.inputs, self.values = (first,), {}
        if np.asarray(self.given[0]).dtype.kind in "iub" and not isinstance(self.given[0], list):
            self._whole(first)
        else:
            self.values = {first: np.array(self.given[0], np.float64)}
        trial = copy.deepcopy(self.fresh)
        y = np.asarray(self._forward(trial))
        returned = self._backward(trial, np.ones(y.shape))
        self.places = _updated(self.fresh, trial) if self.rate else _places(self.fresh, trial)
        for name, place in self.places.items():
            self.values[name] = np.array(place.read(self.fresh), np.float64)
        if isinstance(returned, tuple) and len(returned) == len(self.given):
            for k, (name, a) in enumerate(zip(names, self.given, strict=False)):
                real = isinstance(a, np.ndarray) and a.dtype.kind == "f"
                if k and real and returned[k] is not None and name not in self.values:
                    self.further[name] = k
                    self.values[name] = np.array(a, np.float64)

    def _whole(self, first: str) -> None:
        """Whole numbers as an input: if floats do as well, they are some."""
        x = np.array(self.given[0], np.float64)
        try:
            trial = copy.deepcopy(self.fresh)
            y = np.asarray(output(trial, method(trial)(x, *copy.deepcopy(self.given[1:]))))
            dx = self._backward(trial, np.ones(y.shape))
            fits = np.shape(dx[0] if isinstance(dx, tuple) else dx) == x.shape
        except Exception:  # such as indices that floats cannot be
            fits = False
        if fits:
            self.values = {first: x}
        else:
            self.inputs = ()

    def _forward(self, layer: Any, values: Values | None = None) -> Any:
        given = list(copy.deepcopy(self.given))
        if values is not None and self.inputs:
            given[0] = np.array(values[self.inputs[0]])
            for name, k in self.further.items():
                given[k] = np.array(values[name])
        return output(layer, method(layer)(*given))

    def _backward(self, layer: Any, upstream: np.ndarray) -> Any:
        backward = layer.backward if self.override is None else partial(self.override, layer)
        if not self.takes:
            return backward()
        above = upstream if upstream.ndim else float(upstream)
        return backward(above, **{self.rate: 1.0}) if self.rate else backward(above)

    def _copy(self, values: Values) -> Any:
        memo: dict[int, Any] = {}  # arrays that are replaced need not be copied first
        new = {name: np.array(values[name]) for name in self.places}
        for name, place in self.places.items():
            old = place.read(self.fresh)
            if isinstance(old, np.ndarray):
                memo.setdefault(id(old), new[name])
        layer = copy.deepcopy(self.fresh, memo)
        for name, place in self.places.items():
            if place.read(layer) is not new[name]:
                place.write(layer, new[name])
        return layer

    def forward(self, values: Values) -> np.ndarray:
        """See `Subject`."""
        return np.asarray(self._forward(self._copy(values), values))

    def backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        layer = self._copy(values)
        self._forward(layer, values)
        return self._gradients(layer, self._backward(layer, np.array(upstream)), values)

    def again(self, first: Values, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        if self.rate:  # other parameters the second time
            return self.backward(values, upstream)
        layer = self._copy(values)
        self._forward(layer, first)
        self._backward(layer, np.array(upstream))
        self._forward(layer, values)
        return self._gradients(layer, self._backward(layer, np.array(upstream)), values)

    def habits(self, values: Values, upstream: np.ndarray) -> list[str]:
        """See `Subject`."""
        layer, u = self._copy(values), np.array(upstream)
        found = []
        if self.inputs:
            x = np.array(values[self.inputs[0]])
            method(layer)(x, *copy.deepcopy(self.given[1:]))
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

    def _gradients(self, layer: Any, returned: Any, values: Values) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if returned is None and self.inputs:  # left in the object
            returned = getattr(layer, f"d{self.inputs[0]}", None)
        several = isinstance(returned, tuple) or (
            isinstance(returned, list) and all(isinstance(x, np.ndarray) for x in returned)
        )
        parts = returned if several else (returned,)
        if self.inputs and parts and parts[0] is not None:
            found[self.inputs[0]] = parts[0]
        for name, place in self.places.items():
            gradient = place.gradient(layer)
            if gradient is not None and self.rate:
                gradient = values[name] - gradient
            if gradient is not None:
                found[name] = gradient
        if self.further:
            return found | {n: parts[k] for n, k in self.further.items() if k < len(parts)}
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
        kept = {name: copy.deepcopy(inner) for name, _, inner in _inner(layer)}
        given: dict[str, list[tuple[Any, ...]]] = {}
        back: list[str] = []
        for name, _, inner in _inner(layer):
            inner.forward = _noting(
                inner.forward, lambda x, n=name: given.setdefault(n, []).append(x)
            )
            inner.backward = _noting(inner.backward, lambda x, n=name: back.append(n))
        y = np.asarray(self._forward(layer, values))
        runs = {name: len(calls) for name, calls in given.items()}  # backward may go forward again
        self._backward(layer, np.ones(y.shape))
        return [
            Part(title, Layer(kept[name], calls[0], title), runs.get(name, 1),
                 back.index(name) if name in back else None)
            for name, calls in given.items()
            for title in [f"{name} ({type(kept[name]).__name__})"]
        ]  # fmt: skip


def _inner(layer: Any) -> Iterator[tuple[str, tuple[Any, ...], Any]]:
    """The layer objects that an object holds, in attributes, lists and dicts of its own: a title,
    the attribute (and the key in it), the object. One that is held twice comes once."""
    seen: set[int] = set()
    for name, held in list(getattr(layer, "__dict__", {}).items()):
        inside: list[tuple[str, tuple[Any, ...], Any]] = [(name, (name,), held)]
        if isinstance(held, dict):
            inside = [(f"{name}[{k!r}]", (name, k), x) for k, x in held.items()]
        elif isinstance(held, (list, tuple)):
            inside = [(f"{name}[{k}]", (name, k), x) for k, x in enumerate(held)]
        for title, path, x in inside:
            able = all(callable(getattr(x, m, None)) for m in ("forward", "backward"))
            if able and hasattr(x, "__dict__") and not inspect.isclass(x) and id(x) not in seen:
                seen.add(id(x))
                yield title, path, x


def _noting(f: Callable[..., Any], note: Callable[..., Any]) -> Callable[..., Any]:
    """A method that notes what it is given. Its parameters stay visible to `inspect`."""

    @wraps(f)
    def noted(*given: Any, **named: Any) -> Any:
        note(copy.deepcopy(inspect.signature(f).bind(*given, **named).args))
        return f(*given, **named)

    return noted


@dataclass(frozen=True)
class _Attribute:
    parameter: str
    to: str

    def read(self, layer: Any) -> Any:
        return getattr(layer, self.parameter)

    def write(self, layer: Any, array: np.ndarray) -> None:
        listed = isinstance(self.read(layer), (list, float))
        setattr(layer, self.parameter, array.tolist() if listed else array)

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


@dataclass(frozen=True)
class _Inside:
    """A parameter of a layer that the layer holds: in an attribute, or under a key in one."""

    path: tuple[Any, ...]
    place: Any

    def _held(self, layer: Any) -> Any:
        held = getattr(layer, self.path[0])
        return held[self.path[1]] if len(self.path) > 1 else held

    def read(self, layer: Any) -> Any:
        return self.place.read(self._held(layer))

    def write(self, layer: Any, array: np.ndarray) -> None:
        self.place.write(self._held(layer), array)

    def gradient(self, layer: Any) -> Any:
        return self.place.gradient(self._held(layer))


_LISTS = (("params", "grads"), ("parameters", "gradients"), ("weights", "grads"))


def _attributes(layer: Any) -> dict[str, Any]:
    """What an object holds: in its dict, in slots, and behind properties."""
    found = dict(getattr(layer, "__dict__", {}))
    for cls in type(layer).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        names = [slots] if isinstance(slots, str) else list(slots)
        names += [n for n, x in vars(cls).items() if isinstance(x, property)]
        for name in names:
            try:
                found.setdefault(name, getattr(layer, name))
            except Exception:  # not set yet, or the property's own
                continue
    return found


def _places(fresh: Any, layer: Any) -> dict[str, Any]:
    """Where a layer that has run backward keeps its parameters, which a fresh one has, too, and
    gradients; those of layers that it holds as well, unless it has the same arrays itself."""
    found = _own_places(fresh, layer)
    known = {id(place.read(fresh)) for place in found.values()}
    after = {path: inner for _, path, inner in _inner(layer)}
    for title, path, inner in _inner(fresh):
        for name, place in (_places(inner, after[path]) if path in after else {}).items():
            if id(place.read(inner)) not in known:
                found[f"{title}.{name}"] = _Inside(path, place)
    return found


def _own_places(fresh: Any, layer: Any) -> dict[str, Any]:
    """As `_places`, of a layer without those that it holds."""
    own = _attributes(layer)
    before = {n for n, x in _attributes(fresh).items() if _floats(x)}
    found: dict[str, Any] = {
        n.parameter: _Attribute(n.parameter, n.gradient)
        for n in paired(own)
        if n.parameter in before
    }
    if found:
        return found
    for params, grads in _LISTS:
        held, claimed = own.get(params), own.get(grads)
        if isinstance(held, dict) and isinstance(claimed, dict):
            return {str(k): _Entry(params, grads, k) for k in held}
        if isinstance(held, list) and isinstance(claimed, list):
            return {f"{params}[{k}]": _Entry(params, grads, k) for k in range(len(held))}
    return {}


def _updated(fresh: Any, layer: Any) -> dict[str, Any]:
    """The arrays that a backward with a learning rate has changed: its parameters."""
    return {
        n: _Attribute(n, n)
        for n, x in _attributes(fresh).items()
        if isinstance(x, np.ndarray) and _floats(x)
        if not np.array_equal(x, np.asarray(getattr(layer, n, None)))
    }
