"""Tracing a function that trains: what it reads and changes becomes the inputs and outputs of a
program.

While a tracer is active, reading a tensor that was made before (a parameter, a buffer, the state
of an optimizer or of the random numbers) gives a stand-in without data, remembered as an input of
the program; every op on it records an equation. Names that mean another value when the function
ends are the program's state: pairs of an input and an output. Afterwards all is put back, also
after an error.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from denpa.autodiff.layout import form_of
from denpa.autodiff.mode import STATE
from denpa.autodiff.tensor import Tensor
from denpa.compiler.trace.objects import look
from denpa.compiler.trace.reach import Reach
from denpa.compiler.trace.slots import GRAD, SLOT, grad_of, value_of
from denpa.core.errors import GraphError
from denpa.core.graph import Value
from denpa.core.op import OPS
from denpa.core.shape import describe
from denpa.core.source import current_scope, here, where


def fail(message: str) -> NoReturn:
    """Raise an error of the running function, with the user's line."""
    error = GraphError(message)
    error.where = where(here(), current_scope())
    if STATE.tracer is not None:
        STATE.tracer.failed(error)
    raise error


class NotYet(BaseException):
    """The function makes state in this call that later calls will find: run it eagerly once."""


@dataclass(eq=False)
class Captured:
    """A tensor from outside: what it meant, and its stand-in."""

    tensor: Tensor
    before: Value
    value: Value
    grad_of: Tensor | None = None  # it was read as the .grad of this tensor
    live: bool = False  # it is a NumPy array of the user's


@dataclass(eq=False)
class Gradient:
    """A `.grad` from outside that was read or set."""

    tensor: Tensor
    before: Tensor | None
    read: bool


@dataclass(eq=False)
class Option:
    """A number of an optimizer's group that the program takes as an input, f64[]."""

    group: dict[str, Any]
    key: str
    place: int | None  # in a tuple, such as betas
    value: Value
    zero: bool

    def now(self) -> Any:
        """What the group says at present."""
        x = self.group[self.key]
        return x if self.place is None else x[self.place]


class Tracer:
    """The record of one run of a function on stand-ins."""

    def __init__(self, varying: frozenset[str]) -> None:
        self.varying = varying  # keys of the options that are inputs
        self.first = Value((), np.dtype(bool)).number  # what has a lower number is from outside
        self.captured: dict[int, Captured] = {}
        self.gradients: dict[int, Gradient] = {}
        self.stale: dict[int, Tensor] = {}
        self.held: dict[tuple[int, str, int | None], Option] = {}
        self.reach = Reach(look, varying)
        self.differentiated = False
        self.error: GraphError | None = None  # the first; code may have caught it
        self._owners: dict[int, Tensor] = {}  # id of a gradient from outside -> whose it is
        self._adopted: list[tuple[dict[str, Any], str]] = []
        self._arrays: dict[int, Tensor] = {}  # id of a NumPy array from outside -> its tensor
        self._known: dict[int, Any] = {}  # modules and optimizers
        self.functions: list[Value] = []  # calls of user-defined Functions that are recorded

    # -- reading -----------------------------------------------------------------------------------

    def read(self, t: Tensor, value: Value) -> Value:
        """The value of a tensor; a stand-in for one from outside."""
        if id(t) in self.stale:
            fail(
                f"a view of {describe(value)} was taken, and one of the two changed in place "
                "before the other was read; in a compiled function write x = f(x) instead of "
                "f_(x), or change a .clone()"
            )
        if value.number >= self.first:
            return value
        if value.array is None:
            fail(
                f"{describe(value)} was made inside another compiled function and has no values; "
                "return it from that function instead of keeping it"
            )
        stand = Value(value.shape, value.dtype, None, value.requires_grad)
        stand.owner, stand.hooks = value.owner, value.hooks
        stand.form = form_of(value)
        grad_of = self._owners.get(id(t))
        self.captured[id(t)] = Captured(t, value, stand, grad_of)
        SLOT.__set__(t, stand)
        return stand

    def touch_grad(self, t: Tensor, g: Tensor | None, read: bool) -> None:
        """Someone reads or sets the `.grad` of a tensor."""
        if id(t) in self.gradients or (
            id(t) not in self.captured and value_of(t).number >= self.first
        ):
            return
        before = grad_of(t)
        self.gradients[id(t)] = Gradient(t, before, read)
        if before is not None and read:
            self._owners.setdefault(id(before), t)

    # -- changing ----------------------------------------------------------------------------------

    def assign(self, t: Tensor, value: Value) -> None:
        """The name `t` means other numbers from here on; called by `Tensor._assign`."""
        old = t._value
        if value.op is None or value.storage is not None:  # another name's value: a copy of it
            value = OPS["cast"](Tensor(value), dtype=value.dtype)._value
        names = [] if old.storage is None else old.storage.names()
        others = list({id(o): o for o in names if o is not t}.values())
        if STATE.recording and (value.requires_grad or old.requires_grad):
            if others:
                raise NotImplementedError(
                    "in-place change of a tensor of which views exist, while gradients are "
                    "recorded; write x = f(x) instead, or call .clone() first"
                )
            t._value = value
            return
        value = self._in_role(t, old, value)
        value.storage = old.storage
        t._value = value
        for o in others:
            seen = value_of(o)
            if _numbers_of(seen) is _numbers_of(old):  # t.detach(), or what t was detached from
                same = OPS["detach"](Tensor(value))._value
                same = self._in_role(o, seen, same)
                same.storage = old.storage
                SLOT.__set__(o, same)
            elif not self._through(o, seen, old, value):
                self.stale[id(o)] = o

    def _through(self, other: Tensor, seen: Value, old: Value, value: Value) -> bool:
        """A name changed from `old` to `value`: give another one in its memory the new numbers, by
        way of what both are views of."""
        up, down = _way(old), _way(seen)
        base = next((v for v in up if any(v is w for w in down)), None)
        if base is None or (seen.requires_grad and base is not seen):
            return False
        new: Any = Tensor(value)
        for v in up[: next(k for k, w in enumerate(up) if w is base)]:
            of: Value = v.inputs[0]
            assert v.op is not None
            if v.op.name == "reshape":
                new = OPS["reshape"](new, shape=of.shape)
            elif v.op.name == "permute":
                dims = tuple(int(k) for k in np.argsort(v.params["dims"]))
                new = OPS["permute"](new, dims=dims)
            elif v.op.name == "slice":
                place = {"shape": of.shape, "start": v.params["start"], "step": v.params["step"]}
                mask = OPS["pad"](np.ones(v.shape, bool), **place)
                new = OPS["where"](mask, OPS["pad"](new, **place), Tensor(of))
            elif v.op.name == "diagonal" and v.op.vjp is not None:
                (mask,) = v.op.vjp(np.ones(v.shape, bool), None, (of,), {}, [True])
                (new,) = v.op.vjp(new, None, (Tensor(of),), {}, [True])
                new = OPS["where"](mask, new, Tensor(of))
            elif v.op.name != "detach":
                return False
        for v in reversed(down[: next(k for k, w in enumerate(down) if w is base)]):
            assert v.op is not None
            new = v.op(new, **v.params)
        fresh = self._in_role(other, seen, new._value)
        fresh.storage, fresh.form = value.storage, seen.form
        SLOT.__set__(other, fresh)
        return True

    def _in_role(self, t: Tensor, old: Value, value: Value) -> Value:
        """A new value for a name outside the record: a leaf stays a leaf that asks for a
        gradient."""
        if not old.requires_grad:
            return value
        leaf = old.op is None or (
            old.op.name == "detach" and old.owner is not None and old.rule is None
        )
        if not leaf:
            fail(
                f"{describe(old)}, which was computed with gradients, is changed in place under "
                "no_grad; in a compiled function write x = f(x), or change a .detach().clone()"
            )
        value = OPS["detach"](Tensor(value))._value  # no gradient flows into the update
        value.requires_grad = True
        value.owner = old.owner if old.owner is not None else weakref.ref(t)
        value.hooks = old.hooks
        return value

    def replace(self, t: Tensor, value: Value) -> None:
        """`t.data = new`."""
        old = t._value
        if (value.shape, value.dtype) != (old.shape, old.dtype):
            fail(
                f".data of {describe(old)} is set to {describe(value)}: a compiled function "
                "cannot change a shape or dtype; do it outside"
            )
        if is_view_from_outside(value) or (value.op is None and value.array is None):
            fail(
                f".data of {describe(old)} is set to a tensor from outside, with which it would "
                "share memory; use .copy_()"
            )
        before, STATE.recording = STATE.recording, False
        try:
            self.assign(t, value)
        finally:
            STATE.recording = before

    def alias(self, t: Tensor, other: Tensor) -> None:
        """`other` is `t.detach()`: in eager mode they share memory."""
        storage = t._value.shared()
        other._value.storage = storage
        storage.add_name(t)
        storage.add_name(other)

    # -- what modules and optimizers tell ----------------------------------------------------------

    def saw(self, module: Any) -> None:
        """A module is called: what it holds must be the same next time."""
        self._see(module)

    def _see(self, x: Any) -> None:
        if id(x) not in self._known:
            self._known[id(x)] = x
            self.reach.root(x, type(x).__name__)

    def array(self, a: np.ndarray) -> Tensor | None:
        """A tensor that reads a NumPy array from outside at each call; None for an array that the
        function has made itself."""
        if self.reach.arrays.get(id(a)) is not a or a.dtype.kind not in "fiub":
            return None
        if type(a) is not np.ndarray or not a.dtype.isnative or a.dtype.itemsize > 8:
            return None
        t = self._arrays.get(id(a))
        if t is None:
            t = self._arrays[id(a)] = Tensor(Value(a.shape, a.dtype, a))
            stand = Value(a.shape, a.dtype)
            self.captured[id(t)] = Captured(t, value_of(t), stand, live=True)
            SLOT.__set__(t, stand)
        return t

    def live(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Operands, NumPy arrays from outside as tensors."""
        if not any(type(a) is np.ndarray for a in args):
            return args
        return tuple(a if type(a) is not np.ndarray else _either(self.array(a), a) for a in args)

    def saw_function(self, function: Any) -> None:
        """A user-defined Function is applied: its rules must say the same next time."""
        self._see(function)

    def options(self, optimizer: Any, group: dict[str, Any]) -> Mapping[str, Any]:
        """The options of a group in a step: those that vary as stand-ins."""
        self._see(optimizer)
        self.reach.optimizers.steps(optimizer)
        result: dict[str, Any] = {}
        for key, x in group.items():
            if key == "params":
                continue
            if key in self.varying:
                if type(x) is tuple:
                    x = tuple(self._option(group, key, k, y) for k, y in enumerate(x))
                else:
                    x = self._option(group, key, None, x)
            result[key] = x
        return result

    def _option(self, group: dict[str, Any], key: str, place: int | None, x: Any) -> Any:
        if isinstance(x, bool) or not isinstance(x, (int, float, np.generic)):
            return x
        if x == 0 and key != "lr":  # no momentum and none of size 0 are two programs
            return x
        name = (id(group), key, place)
        if name not in self.held:
            value = Value((), np.dtype("float64"))
            self.held[name] = Option(group, key, place, value, bool(x == 0))
        return Tensor(self.held[name].value)

    def adopt(self, state: dict[str, Any], key: str) -> None:
        """An optimizer has just made `state[key]`: it counts as made before."""
        t = state[key]
        old = value_of(t)
        stand = Value(old.shape, old.dtype)
        self.captured[id(t)] = Captured(t, old, stand)
        self._adopted.append((state, key))
        SLOT.__set__(t, stand)

    def not_yet(self) -> NoReturn:
        """The step makes state that depends on this call's numbers."""
        raise NotYet

    def failed(self, error: GraphError) -> None:
        """What a program cannot do was asked for."""
        self.error = self.error or error

    # -- the end -----------------------------------------------------------------------------------

    def restore(self, failed: bool) -> None:
        """Give every name its meaning from outside back."""
        for c in self.captured.values():
            SLOT.__set__(c.tensor, c.before)
        for g in self.gradients.values():
            GRAD.__set__(g.tensor, g.before)
        if failed:
            for state, key in self._adopted:
                state.pop(key, None)
        else:
            self.reach.guards.renew()


def _either(t: Tensor | None, a: np.ndarray) -> Any:
    return a if t is None else t


def _numbers_of(value: Value) -> Value:
    while value.op is not None and value.op.name == "detach":
        value = value.inputs[0]
    return value


def is_view_from_outside(value: Value) -> bool:
    """Whether a value has the memory of one from outside, under another name."""
    seen = value
    while seen.op is not None and (seen.op.view or seen.op.name == "detach"):
        seen = seen.inputs[0]
    return seen is not value and seen.op is None and seen.array is None


def _way(view: Value) -> list[Value]:
    """A value and what it is a view of, one after the other, in one memory."""
    found = [view]
    while view.op is not None and (view.op.view or view.op.name == "detach"):
        view = view.inputs[0]
        if view.storage is not found[0].storage:
            break
        found.append(view)
    return found
