"""Whose an element is: what a lane touches, by arithmetic.

Two kernels agree about a buffer if every element that a lane touches in the one belongs to the
same lane in the other. For affine places that is a matter of arithmetic: an access whose address,
written in mixed radix, has the split variable as its digit of weight σ in rows of a given length
gives element `address` to the share of index (address mod row) // σ. Equal (σ, row, cuts) means
equal owners; the cuts are written as n where they are those that every axis of n steps has.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from denpa.compiler.lower.kernels import Access, Kernel

Cuts = int | tuple[tuple[int, int], ...]  # the shares of the lanes, or n for `shares(n, lanes)`
Owner = tuple[int, int, Cuts] | None  # (σ, row, cuts); None: no lane owns the elements alone
ALONE = (0, 0, 0)  # everything belongs to lane 0


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


def unit(n: int, parts: int) -> int:
    """Of what the cuts between so many parts of 0 … n−1 are multiples: long axes are cut at whole
    cache lines of float32."""
    return 16 if n >= 32 * parts else 4 if n >= 8 * parts else 1


def shares(n: int, lanes: int, pieces: int = 0) -> list[tuple[int, int]]:
    """What of 0 … n−1 each lane has: a function of n alone, so equal extents are divided alike.

    With `pieces` those of `shares(n, pieces)` stay whole, however many lanes there are.

    >>> shares(100, 2), shares(3, 4), shares(100, 3, 2)
    ([(0, 48), (48, 100)], [(0, 0), (0, 1), (1, 2), (2, 3)], [(0, 0), (0, 48), (48, 100)])
    """
    parts = pieces or lanes
    step = unit(n, parts)
    units = -(-n // step)
    cuts = [min(n, units * k // parts * step) for k in range(parts)] + [n]
    return list(pairwise(cuts[parts * k // lanes] for k in range(lanes + 1)))


def divided(kernel: Kernel, axis: int, lanes: int) -> list[tuple[int, int]]:
    """Every lane's share of an axis of a kernel."""
    return shares(kernel.extents[axis], lanes, kernel.pieces.get(axis, 0))


def owned(kernel: Kernel, access: Access, axis: int | None, lanes: int) -> Owner:
    """How the elements of an access are owned when the lanes divide a kernel along `axis`."""
    found = owner(access, kernel.extents, axis)
    if found is None or axis is None or axis not in kernel.pieces:
        return found
    cuts = divided(kernel, axis, lanes)
    return found if cuts == shares(kernel.extents[axis], lanes) else (*found[:2], tuple(cuts))
