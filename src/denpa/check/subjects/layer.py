"""Objects with a method that computes and one that goes back: layers and networks in textbook form,
forward(x), backward(dout), self.W beside self.dW."""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any

import numpy as np

from denpa.check.argument_roles import bare, gradient_names
from denpa.check.locate import ParsedSource
from denpa.check.remarks import Remark
from denpa.check.subject import InnerLayer, Values
from denpa.check.subjects.binding import RATE, required
from denpa.check.subjects.parameters import Parameterised
from denpa.check.subjects.places import (
    ParameterPlace,
    Path,
    attributes,
    partner,
    put,
    read,
)
from denpa.check.subjects.readings import trial_target
from denpa.core.errors import ArgumentError
from denpa.words import say

_CLEARS = (
    "zero_grad",
    "zero_grads",
    "zero_gradients",
    "clear_grad",
    "clear_grads",
    "cleargrads",
    "cleargrad",
    "reset_grad",
    "reset_grads",
    "reset_gradients",
    "flush_gradients",
    "clear_gradients",
    "zero_gradient",
)


def method(layer: Any, run: str = "forward") -> Any:
    """The method that runs an object: forward, or a call of it. Errors: ArgumentError."""
    found = getattr(layer, run, None)
    if not callable(found) and run == "forward" and callable(layer):
        return layer.__call__
    if not callable(found):
        raise ArgumentError(
            say(
                "{kind} has no method {run}; a layer has forward(x) and backward(dout)",
                kind=type(layer).__name__,
                run=run,
            )
        )
    return found


_OWN = (("attribute", "grad"), ("attribute", "gradient"))


class Layer(Parameterised):
    """An object with `run` and `back`, in textbook form forward(x) and backward(dout).

    Gradients of parameters are found beside them by name (W and dW, W and grad_W, …), in lists
    `params` and `grads`, or in dicts of these names; `backward` may also return them all, or
    subtract them. Every evaluation runs on a fresh copy, so that nothing is kept from one to the
    next. Parameters are what forward reads and does not change, also where the first forward makes
    them; what changes from call to call is a state.
    """

    def __init__(
        self,
        layer: Any,
        given: Sequence[Any],
        title: str = "",
        run: str = "forward",
        back: str | None = "backward",
        said: Sequence[Remark] = (),
        slope_first: bool = False,
        lenient: bool = False,
    ) -> None:
        if run == "forward" and not callable(getattr(layer, run, None)):
            method(layer, run)
            run = "__call__"
        if back is not None:
            method(layer, back)
        self.layer = layer
        super().__init__(
            layer, run, back, given, title or type(layer).__name__, said, slope_first, lenient
        )

    def _trial(self, parts: Sequence[Any]) -> int:
        self._beside()
        return super()._trial(parts)

    def _beside(self) -> None:
        """Where the gradients of parameters are once backward has run."""
        self._inputs()
        owner = self._copy(self.values)
        first = self._outputs(parts := self._parts(owner, self._arrays(self.values)))[0]
        if self.target is None:
            self.target = trial_target(first)
        y = self._value(parts)
        self._back(owner, parts, self.values, np.ones(y.shape))
        rate = self.reading.binding.takes(RATE)
        for name, place in self.places.items():
            at = None if rate else partner(owner, place.path)
            self.places[name] = ParameterPlace(place.path, at)
        buffers = {p.gradients for p in self.places.values()}
        for name in [n for n, p in self.places.items() if p.path in buffers]:
            del self.places[name], self.values[name]

    def _missing(self, used: Sequence[str]) -> list[str]:
        """The input, where only it could have been forgotten; entries of a list or dict of which
        others have gradients."""
        found = [n for n in self.inputs if n not in used and self._forgotten(used)]
        stores = {
            self.places[n].path[:-1]
            for n in used
            if n in self.places and self.places[n].path[-1][0] == "item"
        }
        found += [
            n
            for n, p in self.places.items()
            if n not in used
            and (
                p.gradients is not None
                or (p.path[:-1] in stores and isinstance(p.read(self.fresh), np.ndarray))
            )
        ]
        return found

    def _forgotten(self, used: Sequence[str]) -> bool:
        """Whether backward should have given the gradient of the input: where it gives no other,
        or computes it and does not return it. The first layer of a network need not."""
        if self.reading.form is not None or self._scalar_loss() or self.reading.at:
            return False
        return not used or unused(
            self._function(), [n for x in self.inputs for n in gradient_names(x)]
        )

    def _scalar_loss(self) -> bool:
        return bool(self.run not in ("forward", "__call__", "forward_pass"))

    def again(self, first: Values, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        if self.updates or self.carries or self.collects:  # another function the second time
            return self.backward(values, upstream)
        owner = self._copy(values)
        self._derived(owner, first, np.array(upstream))
        clear = next((n for n in _CLEARS if callable(getattr(owner, n, None))), None)
        if clear is not None:  # gradients add up until they are cleared
            getattr(owner, clear)()
        for place in self.places.values():  # a parameter's own .grad, which whoever trains clears
            at = place.gradients
            if at is not None and len(at) > 1 and at[-1] in _OWN:
                put(owner, at, copy.deepcopy(read(self.fresh, at)))
        return self._derived(owner, values, np.array(upstream))

    def remarks(self) -> list[Remark]:
        """See `Subject`."""
        told = [Remark("carries")] if self.carries else []
        return [*super().remarks(), *told]

    def code(self) -> Any:
        """See `Subject`."""
        return super().code() if self.back != "backward" else type(self.layer)

    def parts(self, values: Values) -> list[InnerLayer]:
        """See `Subject`."""
        owner = self._copy(values)
        if not isinstance(self.back, str):
            return []
        kept = {name: copy.deepcopy(inner) for name, _, inner in _inner(owner)}
        given: dict[str, list[tuple[Any, ...]]] = {}
        back: list[str] = []
        for name, _, inner in _inner(owner):
            inner.forward = _noting(
                inner.forward, lambda x, n=name: given.setdefault(n, []).append(x)
            )
            inner.backward = _noting(inner.backward, lambda x, n=name: back.append(n))
        parts = self._parts(owner, self._arrays(values))
        runs = {name: len(calls) for name, calls in given.items()}  # backward may go forward again
        y = self._value(parts)
        self._back(owner, parts, values, np.ones(y.shape))
        found = []
        for name, calls in given.items():
            title = f"{name} ({type(kept[name]).__name__})"
            try:
                inside = Layer(kept[name], calls[0], title)
            except ArgumentError:
                continue
            turn = back.index(name) if name in back else None
            found.append(InnerLayer(title, inside, runs.get(name, 1), turn))
        return found


def unused(f: Any, names: Sequence[str]) -> bool:
    """Whether a function makes a variable of one of these names, or the last that it makes, and
    does nothing with it."""
    source = ParsedSource.of(f)
    nodes = list(ast.walk(source.tree)) if source is not None else []
    read_ = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    made = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    returns = any(isinstance(n, ast.Return) and n.value is not None for n in nodes)
    return not returns and any(bare(n) in names for n in made - read_)


def of_object(obj: Any, given: Sequence[Any]) -> Layer:
    """A layer or a network, in the first style of the table that it fits and in which it runs with
    these arguments; in textbook form where it fits none.

    Errors: ArgumentError where a method is missing; what the code raises in the first style.
    """
    from denpa.check.opening.method_pairs import matching

    error: Exception | None = None
    for style, run, back in matching(obj):
        if back is not None and len(required(getattr(obj, run)) or ()) <= len(given):
            try:
                return Layer(obj, given, "", run, back, slope_first=style.slope)
            except Exception as e:
                error = error or e
    if error is not None:
        raise error
    return Layer(obj, given)


def _inner(layer: Any) -> Iterator[tuple[str, Path, Any]]:
    """The layer objects that an object holds, in attributes, lists and dicts of its own: a title,
    the path, the object. One that is held twice comes once."""
    seen: set[int] = set()
    for name, held in list(attributes(layer).items()):
        inside: list[tuple[str, Path, Any]] = [(name, (("attribute", name),), held)]
        if isinstance(held, dict):
            inside = [
                (f"{name}[{k!r}]", (("attribute", name), ("item", k)), x) for k, x in held.items()
            ]
        elif isinstance(held, (list, tuple)):
            inside = [
                (f"{name}[{k}]", (("attribute", name), ("item", k)), x) for k, x in enumerate(held)
            ]
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
