"""Somebody's code called: forward, then backward, and what is a gradient of what they return."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from denpa.check.argument_roles import bare, gradient_names, is_target
from denpa.check.patience import running
from denpa.check.remarks import Remark
from denpa.check.subject import GradientRule, Subject, Values
from denpa.check.subjects.binding import ABOVE, CACHE, OUTPUT, RATE, TARGET
from denpa.check.subjects.claims import claimed
from denpa.check.subjects.copying import Copying
from denpa.check.subjects.listed import as_arrays, as_lists
from denpa.check.subjects.places import ParameterPlace, attributes, floats, read
from denpa.check.subjects.readings import (
    LEFT,
    BackwardReading,
    fielded,
    optional_rates,
    real,
    times,
    value_at,
)  # fmt: skip
from denpa.words import say

_INPUTS = ("dinputs", "dinput", "dx", "gradinput", "gradinputs", "inputgrad", "inputgradient",
           "dlinput", "gradx", "xgrad", "dinputdata", "inputgrads", "gradin", "din",
           "da")  # fmt: skip


class Calling(Copying):
    """A computation and its derivative, called: `run` and then `back`, as `reading` says."""

    analytic = True
    reading: BackwardReading
    order: tuple[str, ...]  # what the parts that backward returns are, by their names
    everything: tuple[dict[str, np.ndarray], dict[str, ParameterPlace]]
    """Before what has no gradient goes."""

    cold: Any = None  # the object as it was made, where forward makes its parameters
    reached: Any = None  # lines of the code that inputs have reached

    def __init__(
        self, owner: Any, run: Any, back: Any, given: Sequence[Any], title: str = "",
        said: Sequence[Remark] = (), slope_first: bool = False, lenient: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(owner, run, back, given, title, said)
        self.damp = np.ones(())  # what outputs are multiplied by, for code that clips gradients
        self.lenient = lenient  # whether a backward that raises is taken all the same
        self.slope_first = slope_first
        self.updates: frozenset[str] = frozenset()  # parameters that backward itself moves
        self.target: Any = None
        self.own_rates: dict[str, float] = {}  # of the parameters that backward moves
        self.unlooked: list[str] = []  # what could not be compared, in words
        self.carries = False  # a state from one call of forward to the next
        self.idle: frozenset[str] = frozenset()  # arrays that the output does not depend on
        self.step = 1.0  # what backward is given for a learning rate
        self.chosen: dict[str, float] = {}  # and for arguments that it has a default for
        self.at = 0  # which part is the value, where gradients are returned with it
        self.misfits = 0  # gradients that have another shape than what they are of
        self.left: list[str] = []  # gradients without a partner
        self.moved: tuple[str, ...] = ()  # parameters whose numbers are not the object's own
        try:
            self._open()
        except Exception:
            if not self.listed:
                raise
            self.listed, self.fresh = False, copy.deepcopy(owner)
            self.arguments = self._arguments()
            self._open()

    def _ran(self, owner: Any, given: Sequence[Any]) -> list[Any]:
        """What a run returned: outputs, and behind them perhaps a cache."""
        with running():
            raw = self._runs(owner)(*given)
        if raw is None and owner is not None:
            held = attributes(owner)
            raw = next((held[n] for n in LEFT if floats(held.get(n))), None)
        several = isinstance(raw, tuple) or (
            isinstance(raw, list) and any(isinstance(a, np.ndarray) for a in raw)
        )
        return list(raw) if several else [raw]

    def _parts(self, owner: Any, given: Sequence[Any]) -> list[Any]:
        """What a run returned, and behind it the number of a loss that is a method of its own."""
        parts = self._ran(owner, given)
        if self.reading.loss:
            aims = [TARGET] if self.reading.binding.takes(TARGET) else []
            parts.append(getattr(owner, self.reading.loss)(*(copy.deepcopy(self.target)
                                                             for _ in aims)))  # fmt: skip
        return parts

    def _outputs(self, parts: Sequence[Any]) -> list[np.ndarray]:
        if self.back is None:
            return [np.asarray(parts[value_at(parts)])]
        at = self.reading.at
        return [np.asarray(y) for y in parts[at : at + self.reading.outputs]]

    def _value(self, parts: Sequence[Any]) -> np.ndarray:
        reading, arrays = self.reading, self._outputs(parts)
        y = arrays[0] if len(arrays) == 1 else np.concatenate([a.reshape(-1) for a in arrays])
        y = y if reading.form is None else reading.form.value(y, self.target)
        return y if self._plain() else self.damp * y

    def _plain(self) -> bool:
        return not self.damp.ndim and float(self.damp) == 1.0

    def forward(self, values: Values) -> np.ndarray:
        """See `Subject`. Several outputs are put one behind the other."""
        with self._swapped(values):
            return self._value(self._parts(self._copy(values), self._arrays(values)))

    def backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        with self._swapped(values):
            return self._derived(self._copy(values), values, np.array(upstream))

    def _derived(self, owner: Any, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """Forward, then backward; the gradients by name."""
        parts = self._parts(owner, self._arrays(values))
        returned = self._back(owner, parts, values, upstream)
        return self._scaled(self._claims(owner, returned, values), upstream)

    def deaf(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """The gradients of a backward that follows no forward pass, so that it knows none of its
        options."""
        parts, owner = self._ran(self._copy(values), self._arrays(values)), self._copy(values)
        returned = self._back(owner, parts, values, upstream)
        return self._scaled(self._claims(owner, returned, values), upstream)

    def _back(self, owner: Any, parts: Sequence[Any], values: Values, upstream: np.ndarray) -> Any:
        reading = self.reading
        if self.back is None:
            self.at = value_at(parts)
            rest = [_finite(y) for k, y in enumerate(parts) if k != self.at]
            both = rest[0] if len(rest) == 1 else tuple(rest)
            return as_arrays(both, self.shapes()) if self.listed else both
        outputs = self._outputs(parts)
        above: list[Any] = []
        if reading.form is None and reading.binding.takes(ABOVE):
            row, at = (self.damp * upstream).reshape(-1), 0
            for y in outputs:
                part = row[at : at + y.size].reshape(y.shape)
                whole = upstream if len(outputs) == 1 and self._plain() else part
                above.append(whole if whole.ndim else float(whole))
                at += y.size
        given = self._arrays(values)
        arguments = []
        for _, role, k in reading.binding.roles:
            arguments.append(self._argument(owner, role, k, above, given, parts, outputs))
        back = self._backs(owner)
        rates = optional_rates(back) if owner is not None else []
        with running():
            found = _finite(back(*arguments, **dict.fromkeys(rates, 1.0), **self.chosen))
        return as_arrays(found, self.shapes()) if self.listed else found

    def shapes(self) -> set[tuple[int, ...]]:
        """Those of everything that may have a gradient."""
        return {np.shape(a) for a in (*self.values.values(), *self.everything[0].values())}

    def _argument(
        self, owner: Any, role: str, k: int, above: list[Any], given: list[Any],
        parts: Sequence[Any], outputs: list[np.ndarray],
    ) -> Any:  # fmt: skip
        """What backward is given for an argument of a role."""
        if role == ABOVE:
            one = above[k] if k < len(above) else 1.0
            return as_lists(one) if self.listed else one
        if role == "given":
            return given[k]
        if role == CACHE:
            return parts[-1]
        if role == OUTPUT:
            return self._seen_output(owner, outputs[0], given)
        if role == TARGET:
            return as_lists(self.target) if self.listed else copy.deepcopy(self.target)
        return self.step if role == RATE else True

    @staticmethod
    def _seen_output(owner: Any, y: np.ndarray, given: Sequence[Any]) -> np.ndarray:
        """The output as backward is given it: of a loss that has one inside, such as the softmax
        before a cross-entropy, that."""
        inner = attributes(owner).get("output") if owner is not None else None
        fits = isinstance(inner, np.ndarray) and given and inner.shape == np.shape(given[0])
        return np.array(inner if fits and not y.ndim else y)

    def _scaled(self, claims: dict[str, Any], upstream: np.ndarray) -> dict[str, Any]:
        """Claims times what comes from above, where backward was not given it."""
        if self.reading.binding.takes(ABOVE):
            return claims
        if self.reading.rows:
            return {n: np.tensordot(upstream, g, upstream.ndim) for n, g in claims.items()}
        return {n: times(g, upstream) for n, g in claims.items()}

    def _claims(self, owner: Any, returned: Any, values: Values) -> dict[str, Any]:
        found: dict[str, Any] = {}
        returned = None if returned is owner else fielded(returned, values)
        for name, place in self.places.items():
            gradient = place.gradient(owner) if owner is not None else None
            if name in self.updates:
                gradient = values[name] - np.asarray(place.read(owner))
                gradient = gradient / self.own_rates.get(name, 1.0)
            if gradient is not None:
                found[name] = gradient
        aims = [n for n in values if n in self.arguments and is_target(n, self.names)]
        open_ = {n: np.shape(values[n]) for n in (*values, *aims) if n not in found}
        open_ = {n: open_.pop(n) for n in [n for n in open_ if n not in aims]} | open_
        if returned is None and owner is not None and self.inputs:
            left = self._left(owner)
            return found | ({} if left is None else {self.inputs[0]: left})
        if owner is None and not isinstance(returned, dict):  # variables of the file: by name only
            told = set(self.order)
            open_ = {n: s for n, s in open_.items() if n not in self.places or n in told}
        if self.reading.of:
            return found | {self.reading.of: returned}
        if owner is not None and self._nobodys(returned, found, values):
            return found
        own = [n for n in open_ if n not in aims and n not in self.idle]
        first = list(self.inputs)
        mine = [list(self.names), own, first] if owner is None else [own, list(self.names), first]
        if owner is not None and not isinstance(returned, (tuple, list, dict)) and first:
            alike = [n for n in own if np.shape(returned) == open_[n]]
            return found | {first[0] if first[0] in alike or not alike else alike[0]: returned}
        if owner is not None and isinstance(returned, (tuple, list)):
            there = [np.shape(g) for g in returned] if all(map(real, returned)) else []
            params = [n for n in own if n in self.places]
            fits = [m for m in (own, params, mine[1]) if [open_.get(n) for n in m] == there]
            if fits and there:
                mine = fits
            elif there and sorted(there) in (sorted(open_[n] for n in m) for m in (own, params)):
                mine = []  # attributes stand in no order: each by its shape
        order = self.order
        if self.back is None and self.at < len(order):  # the value is not among them
            order = order[: self.at] + order[self.at + 1 :]
        claims, self.left = claimed(returned, open_, order, mine)
        return found | claims

    def _nobodys(self, returned: Any, found: Mapping[str, Any], values: Values) -> bool:
        """Whether a lone thing that is returned is told already: the gradient of a parameter that
        is left in the object, too, or the error where backward has moved the parameters."""
        if isinstance(returned, (tuple, list, dict)) or not real(returned):
            return False
        if self.inputs and np.shape(returned) == np.shape(values[self.inputs[0]]):
            return False
        if self.updates and not np.ndim(returned):
            return True
        return any(np.array_equal(returned, g) for g in found.values() if real(g) and np.ndim(g))

    def _left(self, owner: Any) -> Any:
        """The gradient of the input where backward leaves it in the object."""
        held = {bare(n): x for n, x in attributes(owner).items()}
        names = [*gradient_names(self.inputs[0]), *_INPUTS]
        return next((held[n] for n in names if held.get(n) is not None), None)

    def _open(self) -> None:
        raise NotImplementedError

    # -- what a subject is asked besides -----------------------------------------------------------

    def reopened(self) -> Calling:
        """The same thing opened anew: what has gradients may be known only once backward runs."""
        twin = copy.copy(self)
        twin.lenient = False
        twin.fresh = copy.deepcopy(self.owner)
        twin.arguments = twin._arguments()
        twin._open()
        return twin

    def cold_run(self) -> None:
        """One forward pass of the object as it was made, which may make its parameters."""
        if self.cold is not None and self.cold is not self.fresh:
            self._runs(copy.deepcopy(self.cold))(*self._arrays(self.everything[0]))

    def habits(self, values: Values, upstream: np.ndarray) -> list[str]:
        """See `Subject`."""
        owner, given = self._copy(values), self._arrays(values)
        parts = self._parts(owner, given)
        same = all(np.array_equal(read(given, p), values[n], equal_nan=True)
                   for n, p in self.arguments.items() if n in values)  # fmt: skip
        found = [] if same else ["input-changed"]
        if self.back is None or not self.reading.binding.takes(ABOVE):
            return found
        above = np.array(upstream)
        returned = self._back(owner, parts, values, above)
        if not np.array_equal(above, upstream):
            claims = self._claims(owner, returned, values)
            own = any(isinstance(g, np.ndarray) and np.shares_memory(g, above)
                      for g in claims.values())  # fmt: skip
            found.append("taken-over" if own else "upstream-changed")
        return found

    def remarks(self) -> list[Remark]:
        """See `Subject`."""
        return [*self.said, *self._aliased()]

    def _aliased(self) -> Iterator[Remark]:
        held = [(n, read(self.given, p)) for n, p in self.arguments.items() if n in self.values]
        held += [(n, p.read(self.fresh)) for n, p in self.places.items() if self.owner is not None]
        for k, (a, x) in enumerate(held):
            for b, y in held[k + 1 :]:
                arrays = isinstance(x, np.ndarray) and isinstance(y, np.ndarray)
                if arrays and a in self.arguments and np.shares_memory(x, y):
                    yield Remark("aliased", {"a": a, "b": b})

    @property
    def above(self) -> str:
        """What backward calls the gradient from above."""
        return str(self.reading.binding.above)

    def code(self) -> Any:
        """See `Subject`."""
        return self._function()

    def rule(self) -> GradientRule | None:
        """See `Subject`."""
        f = self._function()
        if f is None:
            return None

        def replaced(other: Callable[..., Any]) -> Subject:
            twin = copy.copy(self)
            twin.override = other
            return twin

        return GradientRule(f, replaced)


def _finite(x: Any) -> Any:
    """What was returned. Errors: TypeError for np.r_ and its like, which have items without end, so
    that even their shape never comes."""
    if isinstance(x, (type(np.r_), type(np.c_), type(np.s_), type(np.mgrid), type(np.ogrid))):
        name = type(x).__name__
        raise TypeError(say("{name} is no array", name=name))
    return x
