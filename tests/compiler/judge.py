"""Whether two runs of one program agree, as far as rounding lets them.

A tolerance for a whole program cannot be a constant: a difference of rounding grows in a
subtraction and becomes a 1 in place of a 0 at a comparison. So the program is run again several
times by NumPy, each inexact equation disturbed at random by a few units in the last place (Monte
Carlo arithmetic: Parker, *Monte Carlo Arithmetic*, 1997). An element of an output may differ from
the definition about as much as it moves under that, and an integer, a bool, a NaN only where it
moves at all.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.core.graph import Graph, Value
from denpa.core.shape import describe

ULPS = 4.0
FEW, MANY = 6, 64  # disturbed runs: at the first doubt, and before anything is called a difference

_MOVES = "reshape permute broadcast_to cat slice pad flip detach gather unfold cast uniform"
_PICKS = "neg abs relu maximum minimum where sign floor round amax argmax argsort floor_divide"
_TESTS = "eq lt le bitwise_and bitwise_or bitwise_xor bitwise_not"
EXACT = frozenset(f"{_MOVES} {_PICKS} {_TESTS}".split())
"""Ops whose result has no rounding of its own, or one that every machine must make alike."""

_SUMS = frozenset({"sum", "mean", "matmul", "linear", "cumsum", "fold", "scatter_add"})
_PRODUCTS = frozenset({"matmul", "linear"})
_ELEMENTARY = {"pow", "exp", "log", "log1p", "expm1", "sin", "cos"}
_CURVED = frozenset(_ELEMENTARY | {"tanh", "sigmoid", "erf", "softplus"})


def _noise(rng: np.random.Generator, y: np.ndarray, size: Any) -> np.ndarray:
    """y moved at random by up to `size` (absolute)."""
    moved = y + rng.uniform(-1.0, 1.0, y.shape) * size
    return np.where(np.isfinite(y), moved, y).astype(y.dtype)


def _spread(v: Value, args: list[Any], y: np.ndarray) -> Any:
    """The size of a rounding error of this equation, absolute."""
    assert v.op is not None
    info = np.finfo(y.dtype)
    name = v.op.name
    size: Any = np.abs(y).astype(np.float64)
    if name in _SUMS:
        wide = [np.abs(a) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a for a in args]
        size = np.abs(np.asarray(v.op.eval(*wide, **v.params))).astype(np.float64)
        terms = args[0].size / max(1, min(y.size, args[0].size))
        if name in ("matmul", "linear", "cumsum"):
            terms = args[0].shape[v.params.get("dim", -1)]
        size = size * max(1.0, terms) ** 0.5
    elif name == "logsumexp":
        size = size + 1 + np.max(np.where(np.isfinite(args[0]), np.abs(args[0]), 0), initial=0)
    elif name == "sigmoid":  # by NumPy it is 0 where exp(-x) overflows, below the normal numbers
        size = size + float(info.tiny) / float(info.eps)
    elif name == "addcmul":
        size = np.abs(args[0]) + np.abs(args[1] * args[2])
    elif name == "remainder":
        size = size + np.abs(args[1])
    size = np.where(np.isfinite(size), size, 0.0)
    return ULPS * (size * float(info.eps) + float(info.smallest_subnormal))


def disturbed(graph: Graph, arrays: list[np.ndarray], seed: int) -> list[np.ndarray]:
    """One run by NumPy with random rounding errors."""
    rng = np.random.default_rng(seed)
    known: dict[int, Any] = {id(v): v.array for v in graph.constants}
    known |= {id(v): a for v, a in zip(graph.inputs, arrays, strict=True)}
    with np.errstate(all="ignore"):
        for v in graph.equations:
            assert v.op is not None
            args = [known[id(x)] if isinstance(x, Value) else x for x in v.inputs]
            inexact = v.dtype.kind == "f" and v.op.name not in EXACT
            if inexact and v.op.name in _CURVED:  # the right answer to nearly the right question
                args = [
                    _noise(rng, a, np.abs(a) * float(np.finfo(a.dtype).eps))
                    if isinstance(a, np.ndarray)
                    else a
                    for a in args
                ]
            if v.op.name in _PRODUCTS and seed % 2:  # a fused multiply-add does not round products
                args = [_wide(a) if isinstance(a, np.ndarray) else a for a in args]
            y = np.asarray(v.op.eval(*args, **v.params)).astype(v.dtype)
            known[id(v)] = _noise(rng, y, _spread(v, args, y)) if inexact else y
    return [known[id(v)] for v in graph.outputs]


def _wide(a: np.ndarray) -> np.ndarray:
    return a.astype(np.float64) if a.dtype.kind == "f" else a


def _same(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Where two arrays are equal, NaN to NaN."""
    return (a == b) | ((a != a) & (b != b))


class _Band:
    """What an element may be, as seen from the disturbed runs."""

    def __init__(self, expected: np.ndarray) -> None:
        self.expected = _wide(expected)
        self.float = expected.dtype.kind == "f"
        self.free = np.zeros(expected.shape, bool)  # moves without a measure
        self.moves = np.zeros(expected.shape)
        if self.float:
            info = np.finfo(expected.dtype)
            finite = np.where(np.isfinite(self.expected), np.abs(self.expected), 0.0)
            self.least = ULPS * (finite * float(info.eps) + float(info.smallest_subnormal))

    def see(self, run: np.ndarray) -> None:
        run = _wide(run)
        if not self.float:
            self.free |= run != self.expected
            return
        both = np.isfinite(run) & np.isfinite(self.expected)
        self.free |= ~both & ~_same(run, self.expected)
        with np.errstate(all="ignore"):
            self.moves = np.maximum(self.moves, np.where(both, np.abs(run - self.expected), 0.0))

    def wrong(self, got: np.ndarray) -> np.ndarray:
        got = _wide(got)
        bad = ~(_same(got, self.expected) | self.free)
        if self.float:
            with np.errstate(all="ignore"):
                near = np.abs(got - self.expected) <= 4.0 * self.moves + self.least
            both = np.isfinite(got) & np.isfinite(self.expected)
            bad &= ~(both & near)
        return bad


def compare(
    expected: list[np.ndarray], got: list[np.ndarray], graph: Graph, arrays: list[np.ndarray]
) -> str | None:
    """The first difference that rounding does not explain, in words; None where there is none.

    `expected` is what NumPy gives for `arrays`, `got` what is judged.
    """
    if len(got) != len(expected):
        return f"{len(got)} outputs in place of {len(expected)}"
    for k, (e, g) in enumerate(zip(expected, got, strict=True)):
        if (e.shape, e.dtype) != (np.shape(g), g.dtype):
            return f"output {k} is {describe(g)} in place of {describe(e)}"
    bands = [_Band(e) for e in expected]
    done = 0
    for runs in (0, FEW, MANY):
        for n in range(done, runs):
            for band, run in zip(bands, disturbed(graph, arrays, n), strict=True):
                band.see(run)
        done = max(done, runs)
        wrong = [band.wrong(g) for band, g in zip(bands, got, strict=True)]
        if not any(w.any() for w in wrong):
            return None
    k = next(k for k, w in enumerate(wrong) if w.any())
    place = tuple(int(i[0]) for i in np.nonzero(np.atleast_1d(wrong[k])))[: expected[k].ndim]
    moves = float(bands[k].moves[place])
    return (
        f"output {k}, {int(wrong[k].sum())} of {wrong[k].size} elements: at {list(place)} "
        f"{got[k][place]!r} in place of {expected[k][place]!r} (rounding moves it by {moves:.1e})"
    )
