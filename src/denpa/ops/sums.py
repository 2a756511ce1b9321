"""The order in which many numbers are added: a tree.

Rounding errors grow with the longest chain of additions that a number goes through. One number
after the other is a chain as long as the sum: the mean of two million float32 0.1 is 0.0985. So
no more than `FAN` numbers are ever added one after the other; their totals are added in the same
way, and so on. A sum of n numbers is a tree of depth log n, and its error is at most
4 ε log₂ n Σ|xᵢ| (Higham, "The accuracy of floating point summation", SIAM J. Sci. Comput. 14,
1993, section 4: the height of the tree times ε/2).

Which numbers meet first follows from the sizes and from the order in memory, never from threads:
here what lies far apart (rows i, i + n/32, …, so that each addition runs through memory), in
native code what lies side by side (`compiler.loop_sums`).
"""

from __future__ import annotations

from functools import cache
from math import prod
from typing import Any

import numpy as np

FAN = 32
"""So many numbers, at most, are added one after the other. It is there for the error; time hardly
changes (`benchmarks.tuned FAN`, one thread of an AMD EPYC, Zen 5): sums of 1000 × 1000 with 16 and
with 64 take 1.00 and 0.99 times as long in native code, in eager mode 1.07 and 0.98."""


def total(x: Any, dim: tuple[int, ...], keepdim: bool) -> Any:
    """The sum of an array along some of its dims, in its own dtype; float16 is summed in float32.

    >>> import numpy as np
    >>> tenths = np.full((2_000_000, 2), 0.1, np.float32)
    >>> [round(float(s[0]), -2) for s in (np.add.reduce(tenths), total(tenths, (0,), False))]
    [197000.0, 200000.0]
    """
    kind: Any = x.dtype
    if kind.kind == "f":
        x, times = _once(x, dim)
        if kind.itemsize == 2 or times > 1:
            wide = x if kind.itemsize > 2 else x.astype(np.float32)
            return np.asarray(total(wide, dim, keepdim) * wide.dtype.type(times)).astype(kind)
        outer = _outer(x, dim)
        while prod([x.shape[d] for d in outer]) > FAN:
            if x.shape[outer[0]] > FAN:
                x = _folded(x, outer[0])
            else:
                x = np.add.reduce(x, axis=outer.pop(0), keepdims=True)
    add: Any = np.add.reduce
    return add(x, axis=dim, keepdims=keepdim, dtype=kind)


def _once(x: Any, dim: tuple[int, ...]) -> tuple[Any, int]:
    """The array without what a broadcast repeats along `dim`, and how often it is there."""
    times = 1
    if 0 not in x.strides:
        return x, times
    for d in dim:
        if x.strides[d] == 0 and x.shape[d] > 1:
            times *= x.shape[d]
            x = x[(*(slice(None),) * d, slice(1))]
    return x, times


def _outer(x: Any, dim: tuple[int, ...]) -> list[int]:
    """The dims along which NumPy adds row to row, widest strides first. Along the one that is
    innermost in memory it adds pairs of pairs, as we want it."""
    shape = x.shape
    if prod([shape[d] for d in dim]) <= FAN or (len(dim) == len(shape) and x.flags.forc):
        return []
    by_stride = sorted([(-abs(s), d) for d, s in enumerate(x.strides) if shape[d] > 1])
    return [d for _, d in by_stride[:-1] if d in dim]


def _folded(x: Any, d: int) -> Any:
    """The array with its dim `d` summed down to fewer rows, by at most `FAN`."""
    before, n, after = x.shape[:d], x.shape[d], x.shape[d + 1 :]
    size = block(n, FAN)
    q, rest = divmod(n, size)
    if not rest:
        return np.add.reduce(x.reshape(*before, size, q, *after), axis=d)
    lead = (slice(None),) * d
    sums = np.empty((*before, q + 1, *after), x.dtype)
    whole = x[(*lead, slice(n - rest))].reshape(*before, size, q, *after)
    np.add.reduce(whole, axis=d, out=sums[(*lead, slice(q))])
    np.add.reduce(x[(*lead, slice(n - rest, n))], axis=d, out=sums[(*lead, q)])
    return sums


@cache
def block(n: int, most: int = FAN) -> int:
    """How many of `n` numbers make a block: no rest, if blocks need not be much smaller for it.

    >>> block(100), block(128), block(101)
    (25, 32, 32)
    """
    return next((k for k in range(most, most // 2, -1) if n % k == 0), most)


def running(x: Any, dim: int) -> Any:
    """The running sums along a dim: of blocks of `FAN`, to which the running sums of the blocks'
    totals are added.

    >>> import numpy as np
    >>> tenths = np.full(2_000_000, 0.1, np.float32)
    >>> [round(float(s[-1]), -2) for s in (np.cumsum(tenths), running(tenths, 0))]
    [197000.0, 200000.0]
    """
    n = x.shape[dim]
    if x.dtype.kind != "f" or n <= FAN:
        return np.cumsum(x, axis=dim, dtype=x.dtype)
    if x.dtype.itemsize == 2:
        return running(x.astype(np.float32), dim).astype(x.dtype)
    x = np.moveaxis(x, dim, 0)
    whole = n - n % FAN
    sums = np.empty(x.shape, x.dtype)
    blocks = sums[:whole].reshape(-1, FAN, *x.shape[1:])  # a view
    np.cumsum(x[:whole].reshape(blocks.shape), axis=1, out=blocks)
    np.cumsum(x[whole:], axis=0, out=sums[whole:])
    before = running(blocks[:, -1], 0)
    blocks[1:] += before[:-1, None]
    sums[whole:] += before[-1]
    return np.ascontiguousarray(np.moveaxis(sums, 0, dim))
