"""Whose an element is: what a lane touches, by arithmetic.

Two kernels agree about a buffer if every element that a lane touches in the one belongs to the
same lane in the other. For affine places that is a matter of arithmetic: an access whose address,
written in mixed radix, has the split variable as its digit of weight σ in rows of a given length
gives element `address` to the share of index (address mod row) // σ. Equal (σ, row, n) means equal
owners.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from denpa.compiler.loops import Access

Owner = tuple[int, int, int] | None  # (σ, row, n); None: no lane owns the elements alone
ALONE = (0, 0, 0)  # everything belongs to lane 0
LINE = 64  # bytes of a cache line


def owner(access: Access, extents: Sequence[int], split: int | None) -> Owner:
    """How the elements of an access are owned when axis `split` is divided."""
    if split is None:
        return ALONE
    n, weight = extents[split], access.coefs[split]
    if weight <= 0:
        return None
    others = [
        (c, extents[a]) for a, c in enumerate(access.coefs) if a != split and extents[a] > 1 and c
    ]
    # Rows may be longer in memory than the n elements that are divided.
    whole = min((c for c, _ in others if c >= weight * n), default=weight * n)
    low = access.const % whole
    for c, count in others:
        if c < 0:
            return None
        if c < weight:
            low += c * (count - 1)
        elif c % whole:
            return None
    return (weight, whole, n) if low < weight else None


def shares(n: int, lanes: int) -> list[tuple[int, int]]:
    """What of 0 … n−1 each lane has: a function of n alone, so equal extents are divided alike.

    Long axes are cut at multiples of 16 (a cache line of float32).

    >>> shares(100, 2), shares(3, 4)
    ([(0, 48), (48, 100)], [(0, 0), (0, 1), (1, 2), (2, 3)])
    """
    unit = 16 if n >= 32 * lanes else 4 if n >= 8 * lanes else 1
    units = -(-n // unit)
    cuts = [min(n, units * k // lanes * unit) for k in range(lanes)] + [n]
    return list(pairwise(cuts))
