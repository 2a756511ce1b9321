"""Where the NaN and infinities of an array come from, element by element.

Beside the numbers goes an array of the same shape that names, for each that is NaN or infinite, its
origin in a short table. It is made for results that hold such numbers, in anomaly mode alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from denpa.autodiff.blame import Origin
from denpa.core.op import Op

_REDUCED = frozenset(["sum", "mean", "amax", "logsumexp"])
_MOVED = frozenset(
    ["reshape", "permute", "broadcast_to", "slice", "diagonal", "flip", "gather", "unfold", "cat"]
)
_SAME = frozenset(["cast", "detach"])

Pair = tuple[Any, "Taint | None"]  # an operand and what it is tainted with
_State = tuple[np.ndarray, np.ndarray, np.ndarray]  # where NaN, where infinite, number of origin


def infected(array: np.ndarray) -> bool:
    """Whether an array holds a NaN or an infinity."""
    return array.dtype.kind == "f" and not np.isfinite(array).all()


class Taint:
    """For each element the number of its origin in `table`; 0, None there, for finite ones."""

    __slots__ = ("numbers", "table")

    def __init__(self, numbers: np.ndarray, table: list[Origin | None]) -> None:
        self.numbers, self.table = numbers, table

    @classmethod
    def all(cls, array: np.ndarray, origin: Origin) -> Taint:
        """One origin for all that is not finite."""
        return cls((~np.isfinite(array)).astype(np.int32), [None, origin])

    def at(self, place: int) -> Origin:
        """The origin of the element at a place in row-major order."""
        origin = self.table[int(self.numbers.flat[place])]
        assert origin is not None
        return origin


def spread(
    op: Op | None,
    params: Mapping[str, Any],
    result: np.ndarray,
    operands: Sequence[Pair],
    made: Origin,
) -> tuple[Taint, int | None]:
    """The taint of a result, `made` by `op` (None: each operand counts for each element), and the
    first place at which a NaN was made of operands without one."""
    table: list[Origin | None] = [None]
    states: list[_State] = []
    for a, taint in operands:
        array = np.asarray(a)
        if array.dtype.kind != "f":
            states.append((np.zeros((), bool), np.zeros((), bool), np.zeros((), np.int32)))
            continue
        numbers: Any = np.zeros((), np.int32)
        if taint is not None:
            numbers = np.where(taint.numbers > 0, taint.numbers + (len(table) - 1), 0)
            table += taint.table[1:]
        states.append((np.isnan(array), np.isinf(array), numbers))
    shape = result.shape
    nan, infinite = np.zeros(shape, bool), np.zeros(shape, bool)
    origin, given = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    is_made = np.array([o is not None and not o.given for o in table])
    for was_nan, was_infinite, numbers in _aligned(op, params, shape, operands, states):
        nan |= was_nan
        infinite |= was_infinite
        own = is_made[numbers]
        origin = np.where((origin == 0) & own, numbers, origin)
        given = np.where((given == 0) & ~own, numbers, given)
    bad, is_nan = ~np.isfinite(result), np.isnan(result)
    fresh = bad & (origin == 0) & ~nan & (is_nan | ~infinite)
    origin = np.where(bad, origin, 0)
    origin[fresh] = len(table)
    table.append(made)
    came = bad & (origin == 0)
    if fresh.any() or (came & (given == 0)).any():
        made.keep()
    if came.any():
        origin[came] = np.where(given[came] > 0, given[came], len(table))
        table.append(Origin(made.maker, made.result, made.operands, given=True))
    used, numbers = np.unique(origin, return_inverse=True)
    kept = [table[k] for k in used]
    if used[0] != 0:  # no element is finite
        kept, numbers = [None, *kept], numbers + 1
    news = np.flatnonzero(is_nan & ~nan)
    first = int(news[0]) if news.size else None
    return Taint(numbers.reshape(shape).astype(np.int32), kept), first


def _aligned(
    op: Op | None,
    params: Mapping[str, Any],
    shape: tuple[int, ...],
    operands: Sequence[Pair],
    states: Sequence[_State],
) -> list[_State]:
    """The states of the operands that each element of the result was made of."""
    name = "" if op is None else op.name
    if op is not None and (op.kind == "pointwise" or name in _SAME):
        return [_over(state, shape) for state in states]
    if name in _REDUCED:
        dims = tuple(params["dim"])
        nan, infinite, numbers = states[0]
        highest = np.broadcast_to(numbers, nan.shape).max(axis=dims, initial=0)
        nan, infinite = np.asarray(nan.any(axis=dims)), np.asarray(infinite.any(axis=dims))
        return [(nan.reshape(shape), infinite.reshape(shape), highest.reshape(shape))]
    if op is not None and name in _MOVED:
        found = []
        for part in range(3):
            moved = [
                np.broadcast_to(state[part], np.shape(a)) if np.asarray(a).dtype.kind == "f" else a
                for (a, _), state in zip(operands, states, strict=True)
            ]
            found.append(np.asarray(op.eval(*moved, **params)))
        return [(found[0], found[1], found[2])]
    return [_whole(state) for state in states]


def _over(state: _State, shape: tuple[int, ...]) -> _State:
    try:
        nan, infinite, numbers = (np.broadcast_to(x, shape) for x in state)
    except ValueError:
        return _whole(state)
    return nan, infinite, numbers


def _whole(state: _State) -> _State:
    """Any element of the operand."""
    nan, infinite, numbers = state
    return np.asarray(nan.any()), np.asarray(infinite.any()), np.asarray(numbers.max(initial=0))
