"""Anomaly mode: which op made the NaN or the infinity that did harm.

The rule, the same in eager and in compiled code:

* A NaN that an op makes in the forward pass of operands without one is an anomaly at once.
* Infinity alone is none. A mask of -inf before a softmax, the -inf of log(0) that `where` leaves
  out, the slope of a root at 0 that goes nowhere: these are healthy as long as what follows is
  finite. Infinity is an anomaly once an op makes a NaN of it, or once what `backward` starts from
  (the loss), a gradient or an updated parameter is infinite.
* What is made in the backward pass, NaN or infinity, is an anomaly once it reaches a gradient.
* Blamed is the origin of the harm: the first op that made the NaN, or the infinity, of finite
  numbers. Infinity that was given (a mask, a constant, data) has no such op; there the op is blamed
  that made a NaN of it: the softmax of a row that is -inf throughout, not the mask. Numbers that
  were NaN or infinite when an op was given them are told as given, if they reach a loss or a
  gradient.

`denpa.autodiff.taint` follows the numbers from op to op. A compiled step is watched for what is NaN
in its forward pass and for results that are not finite; a step in which there are any changes
nothing and is run again in eager mode, which judges it. So an op whose result no loss, no gradient
and no other result is computed from, which a compiled step leaves out, cannot be blamed there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from denpa.autodiff.blame import Cause, backward_of, blamed, ended, maker_here, updated
from denpa.autodiff.taint import Pair, Taint, infected, spread
from denpa.core.graph import Value
from denpa.core.op import OPS, Op, Traced

_GUARDED = frozenset(["clamp", "clamp_min", "clamp_max", "isclose", "leaky_relu"])
"""Functions that may make a NaN of infinite operands inside and leave it out of their result."""


def forward(op: Op, out: Value, inputs: Sequence[Any], arrays: Sequence[Any], params: Any) -> None:
    """Look at the result of an op of the forward pass: remember where its infinities come from, and
    raise if it made a NaN."""
    out.maker = maker_here(op.name)
    result = out.array
    assert result is not None
    if not infected(result):
        return
    made = Cause(out.maker, result, tuple(arrays))
    pairs = [(a, _taint(x)) for a, x in zip(arrays, inputs, strict=True)]
    out.taint, nan = spread(op, params, result, pairs, made)
    if nan is not None and out.maker.name not in _GUARDED:
        raise blamed(out.taint.at(nan), nan, made)


def _taint(x: Any) -> Taint | None:
    found: Taint | None = x.taint if isinstance(x, Value) else None
    return found


class MessageWatch:
    """What the messages of one backward pass are tainted with."""

    def __init__(self, read: Callable[[Value, Sequence[bool]], set[int]]) -> None:
        self._read = read  # what the rule of an equation reads
        self._known: dict[int, Taint] = {}

    def start(self, root: Value, seed: Any) -> None:
        """Look at what backward starts from: a loss is one number."""
        if root.array is not None and root.array.size == 1 and infected(root.array):
            raise ended("the loss", root.array, root.taint, root)
        array = held(seed)
        if array is not None and infected(array):
            made = Cause(backward_of(root), array, (array,), given=True)
            self._known[id(root)] = Taint.all(array, made)

    def sent(self, v: Value, x: Value, g: Any, message: Any, before: Any, total: Any) -> None:
        """Follow what the equation of `v`, sent the message `g`, sends to its input `x`, and its
        sum with what others sent `before`."""
        known, own = self._known.get(id(x)), self._known.get(id(v))
        array = held(message)
        taint = None
        if array is None:  # the messages to the results of a user's function, together
            taint = own
        elif infected(array):
            taint = self._through(v, x, g, own, array)
        if isinstance(message, Traced):
            message._value.taint = taint  # type: ignore[attr-defined]
        array = held(total)
        if array is not None and before is not None and infected(array):
            pairs: list[Pair] = [(held(before), known), (held(message), taint)]
            made = Cause(backward_of(v), array, tuple(a for a, _ in pairs))
            taint = spread(OPS["add"], {}, array, pairs, made)[0]
        if taint is None:
            taint = known
        if taint is not None:
            self._known[id(x)] = taint

    def _through(
        self, v: Value, to: Value, g: Any, own: Taint | None, message: np.ndarray
    ) -> Taint:
        e = v if v.rule is None else v.rule
        assert e.op is not None
        pairs: list[Pair] = [(a, own) for a in _parts(g)]
        if e.op.kind != "function":
            read = self._read(e, [x is to for x in e.inputs])
            args = [x for x in (*e.inputs, e) if not isinstance(x, Value) or id(x) in read]
            pairs += [(x.array if isinstance(x, Value) else x, _taint(x)) for x in args]
        came = tuple(a for a, _ in pairs)
        made = Cause(backward_of(v), message, came, rows=to.op is not None)
        each = e.op.kind == "pointwise"
        each = each and all(np.shape(a) in ((), message.shape) for a, _ in pairs)
        return spread(e.op if each else None, e.params, message, pairs, made)[0]

    def gradient(self, v: Value, g: Any) -> None:
        """Look at a gradient, the message to a leaf or to what was asked for."""
        array = held(g)
        if array is None or not infected(array):
            return
        taint = self._known.get(id(v))
        raise ended("a gradient", array, taint, v)


def held(x: Any) -> Any:
    """The numbers of an array, a tensor or a number; None for what has none."""
    if isinstance(x, (np.ndarray, np.generic, bool, int, float)):
        return x
    value = getattr(x, "_value", None)
    return None if value is None else value.array


def _parts(g: Any) -> list[Any]:
    """The arrays of a message; of a user's function, those to each of its results."""
    parts = getattr(g, "parts", None)
    return [held(a) for a in ((g,) if parts is None else parts.values())]


def update(rule: Any, p: Any, new: Any, old: np.ndarray, g: np.ndarray, hyper: Any) -> None:
    """Look at the new numbers of a parameter, before they are written."""
    if infected(np.asarray(new)):
        raise updated(rule, p, np.asarray(new), old, g, hyper)
