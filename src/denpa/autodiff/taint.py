"""Where the NaN and infinities of an array come from, element by element.

Beside the numbers goes an array of the same shape that names, for each that is NaN or infinite, its
origin in a short table. It is made for results that hold such numbers, in anomaly mode alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from denpa.autodiff.blame import Cause
from denpa.core.op import Op

_REDUCED = frozenset(["sum", "mean", "amax", "logsumexp"])
_MOVED = frozenset(
    ["reshape", "permute", "broadcast_to", "slice", "diagonal", "flip", "gather", "unfold", "cat"]
)
_SAME = frozenset(["cast", "detach"])

Pair = tuple[Any, "Taint | None"]  # an operand and what it is tainted with
# Where an operand is NaN, where infinite, and the numbers of origins that made it and that were
# given.
_State = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def infected(array: np.ndarray) -> bool:
    """Whether an array holds a NaN or an infinity."""
    return array.dtype.kind == "f" and not np.isfinite(array).all()


class Taint:
    """For each element the number of its origin in `table`; 0, None there, for finite ones."""

    __slots__ = ("numbers", "table")

    def __init__(self, numbers: np.ndarray, table: list[Cause | None]) -> None:
        self.numbers, self.table = numbers, table

    @classmethod
    def all(cls, array: np.ndarray, origin: Cause) -> Taint:
        """One origin for all that is not finite."""
        return cls((~np.isfinite(array)).astype(np.int32), [None, origin])

    def at(self, place: int) -> Cause:
        """The origin of the element at a place in row-major order."""
        origin = self.table[int(self.numbers.flat[place])]
        assert origin is not None
        return origin


def spread(
    op: Op | None,
    params: Mapping[str, Any],
    result: np.ndarray,
    operands: Sequence[Pair],
    made: Cause,
) -> tuple[Taint, int | None]:
    """The taint of a result, `made` by `op` (None: each operand counts for each element), and the
    first place at which a NaN was made of operands without one."""
    table: list[Cause | None] = [None]
    states = [_state(a, taint, table) for a, taint in operands]
    shape = result.shape
    nan, infinite = np.zeros(shape, bool), np.zeros(shape, bool)
    origin, given = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    for was_nan, was_infinite, maker, giver in _aligned(op, params, shape, operands, states):
        nan |= was_nan
        infinite |= was_infinite
        origin = np.where(origin > 0, origin, maker)
        given = np.where(given > 0, given, giver)
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
        table.append(Cause(made.maker, made.result, made.operands, given=True))
    used = np.bincount(origin.reshape(-1), minlength=len(table)) > 0
    used[0] = True
    numbers = (np.cumsum(used) - 1).astype(np.int32)[origin]
    news = np.flatnonzero(is_nan & ~nan)
    first = int(news[0]) if news.size else None
    return Taint(numbers, [o for o, kept in zip(table, used, strict=True) if kept]), first


def _state(a: Any, taint: Taint | None, table: list[Cause | None]) -> _State:
    """What is wrong with an operand; its origins are entered into the table."""
    array = np.asarray(a)
    none = np.zeros((), np.int32)
    if array.dtype.kind != "f":
        return np.zeros((), bool), np.zeros((), bool), none, none
    nan, infinite = np.isnan(array), np.isinf(array)
    if taint is None:
        return nan, infinite, none, none
    numbers = np.where(taint.numbers > 0, taint.numbers + (len(table) - 1), 0)
    if numbers.shape == array.shape:  # what was written over since is finite
        numbers = np.where(nan | infinite, numbers, 0)
    table += taint.table[1:]
    made = np.array([o is not None and not o.given for o in table])[numbers]
    return nan, infinite, np.where(made, numbers, 0), np.where(made, 0, numbers)


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
        full = states[0][0].shape
        parts = [np.broadcast_to(x, full).max(axis=params["dim"], initial=0) for x in states[0]]
        return [tuple(np.reshape(x, shape) for x in parts)]  # type: ignore[list-item]
    if op is not None and name in _MOVED:
        parts = []
        for part in range(4):
            moved = [
                np.broadcast_to(state[part], np.shape(a)) if np.asarray(a).dtype.kind == "f" else a
                for (a, _), state in zip(operands, states, strict=True)
            ]
            parts.append(np.asarray(op.eval(*moved, **params)))
        return [tuple(parts)]
    return [_whole(state) for state in states]


def _over(state: _State, shape: tuple[int, ...]) -> _State:
    try:
        return tuple(np.broadcast_to(x, shape) for x in state)  # type: ignore[return-value]
    except ValueError:
        return _whole(state)


def _whole(state: _State) -> _State:
    """Any element of the operand."""
    return tuple(np.asarray(x.max(initial=0)) for x in state)  # type: ignore[return-value]
