"""Sums of pads that nowhere meet: the gradient of max pooling, of interleaving, of slices.

pad(a) + pad(b) + … with disjoint places is no sum: every element has one source. Such a sum is
written piece by piece, and what keeps zeros may be done to the pieces instead.
"""

from __future__ import annotations

from itertools import combinations
from math import gcd

from denpa.core.graph import Graph, Value

# Pieces. `benchmarks.tuned spread._MOST`, one thread of an AMD EPYC (Zen 5), the gradient of max
# pooling: with 16 at most, 25 of them take 1.66 times as long, 36 of them 2.1, and 1.2 to compile;
# with 8, 9 of them 1.5. With 128, 81 of them take 0.73 (with 8 even 0.59): more than 64 are rare,
# and each pair of pieces is compared.
_MOST = 64


def pieces(x: object) -> list[Value]:
    """The pads that `x` is a sum of, each with places of its own; none where it is no such sum.

    >>> from denpa.core.dtype import float32
    >>> from denpa.compiler.passes.rewrite import make
    >>> a = Value((2,), float32)
    >>> even, odd = (make("pad", a, like=a, shape=(4,), start=(k,), step=(2,)) for k in (0, 1))
    >>> len(pieces(make("add", even, odd, like=a))), len(pieces(make("add", even, even, like=a)))
    (2, 0)
    """
    found = _terms(x)
    if len(found) > _MOST or any(not _apart(p, q) for p, q in combinations(found, 2)):
        return []
    return found


def _terms(x: object) -> list[Value]:
    if not isinstance(x, Value) or x.op is None:
        return []
    if x.op.name == "pad":
        return [x]
    if x.op.name != "add":
        return []
    a, b = (_terms(y) if getattr(y, "shape", None) == x.shape else [] for y in x.inputs)
    return [*a, *b] if a and b else []


def _apart(p: Value, q: Value) -> bool:
    """Whether two pads put nothing in the same place: in some dim no index is common."""
    dims = zip(
        p.params["start"],
        p.params["step"],
        p.inputs[0].shape,
        q.params["start"],
        q.params["step"],
        q.inputs[0].shape,
        strict=True,
    )
    for a, s, n, b, t, m in dims:
        if (a - b) % gcd(s, t) or a + s * (n - 1) < b or b + t * (m - 1) < a:
            return True
    return False


def assembled(graph: Graph) -> tuple[dict[int, list[Value]], set[int]]:
    """By id, the sums that are written piece by piece, and the values that exist only inside
    them."""
    users: dict[int, list[Value]] = {}
    for v in graph.equations:
        for x in v.inputs:
            if isinstance(x, Value):
                users.setdefault(id(x), []).append(v)
    kept = {id(v) for v in graph.outputs}
    sums: dict[int, list[Value]] = {}
    inside: set[int] = set()

    def enclosed(x: Value) -> bool:
        return id(x) not in kept and all(id(u) in sums or id(u) in inside for u in users[id(x)])

    for v in reversed(graph.equations):
        assert v.op is not None
        if v.op.name not in ("add", "pad"):
            continue
        if id(v) in users and enclosed(v):
            inside.add(id(v))
        elif v.op.name == "add":
            found = pieces(v)
            if found:
                sums[id(v)] = found
    return sums, inside
