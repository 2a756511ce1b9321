"""Changes of shape: views, permutations, joins, splits, padding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .harness import Case, bools, check, each, forms, ints, normal

X = normal(3, 4)
CUBE = normal(2, 3, 4, seed=1)
THIN = normal(1, 3, 1, 2, seed=2)
SCALAR = np.array(1.5)
EMPTY = np.zeros((0, 3))
SQUARE = normal(2, 4, 4, seed=3)


def views() -> Iterator[list[Case]]:
    for shape in [(4, 3), (2, -1), (-1,), (2, 2, 3), (12,), (1, 12, 1)]:
        yield forms("mt", "reshape", [X], shape)
        yield forms("t", "reshape", [X], *shape, tag="flat-args")
        yield forms("t", "view", [X], *shape, flags={"strided": False})
        yield forms("t", "view", [X], shape, tag="tuple", flags={"strided": False})
    yield forms("mt", "reshape", [SCALAR], (1, 1))
    yield forms("mt", "reshape", [normal(1, 1)], ())
    yield forms("m", "reshape", [EMPTY], (3, 0))
    yield forms("m", "reshape", [EMPTY], (-1, 3), tag="inferred")
    yield forms("t", "reshape_as", [X, normal(4, 3)], flags={"optional": True})
    yield forms("t", "view_as", [X, normal(4, 3)], flags={"optional": True, "strided": False})
    for args in [(), (1,), (0, 1), (1, -1), (1, 2), (-2, -1), (0, 0)]:
        yield forms("mt", "flatten", [CUBE], *args)
    yield forms("m", "flatten", [CUBE], start_dim=1)
    yield forms("m", "flatten", [CUBE], end_dim=1)
    yield forms("mt", "flatten", [SCALAR])
    yield forms("m", "flatten", [EMPTY])
    yield forms("mt", "unflatten", [X], 1, (2, 2), flags={"optional": True})
    for dims in [(0, 1), (-1, 0), (1, 1), (1, 2)]:
        yield forms("mt", "transpose", [CUBE], *dims)
    yield forms("m", "transpose", [CUBE], dim0=0, dim1=2)
    yield forms("m", "transpose", [SCALAR], 0, -1)
    yield forms("mt", "swapaxes", [CUBE], 0, 2, flags={"optional": True})
    yield forms("mt", "movedim", [CUBE], 0, 2, flags={"optional": True})
    yield forms("mt", "t", [X], flags={"optional": True})
    for order in [(2, 0, 1), (-1, 0, 1), (0, 1, 2)]:
        yield forms("mt", "permute", [CUBE], order)
        yield forms("t", "permute", [CUBE], *order, tag="flat-args")
    yield forms("m", "permute", [SCALAR], ())
    for dim in [0, 2, -2, 1, (0, 2), (-4, -2, 1)]:
        yield forms("mt", "squeeze", [THIN], dim)
    yield forms("mt", "squeeze", [THIN])
    yield forms("m", "squeeze", [THIN], dim=0)
    yield forms("m", "squeeze", [SCALAR], 0)
    yield forms("m", "squeeze", [normal(1, 1)], tag="to-scalar")
    for dim in [0, 1, 2, -1, -3]:
        yield forms("mt", "unsqueeze", [X], dim)
    yield forms("m", "unsqueeze", [SCALAR], 0)
    yield forms("m", "unsqueeze", [X], dim=-2)
    for shape in [(2, 3, 4), (-1, 4), (3, -1), (5, -1, -1), (0, 3, 4)]:
        yield forms("t", "expand", [X], *shape)
        yield forms("t", "expand", [X], shape, tag="tuple")
    yield forms("t", "expand", [THIN], 5, 3, 7, 2)
    yield forms("t", "expand", [SCALAR], 2, 3)
    yield forms("t", "expand_as", [normal(3, 1), X], flags={"optional": True})
    yield forms("mt", "broadcast_to", [normal(3, 1)], (2, 3, 4))
    yield forms("mt", "broadcast_to", [SCALAR], (2,))
    yield forms("m", "broadcast_tensors", [normal(3, 1), normal(4)], flags={"optional": True})
    yield [
        Case("x.T", lambda m, x: x.T, (X,)),
        Case("x.mT", lambda m, x: x.mT, (CUBE,), optional=True),
        Case("contiguous", lambda m, x: x.T.contiguous().view(-1), (X,)),
        Case("view chain", lambda m, x: x.view(12).view(2, 6)[1].view(3, 2).T, (X,), strided=False),
        Case("clone", lambda m, x: x.clone() * x, (X,)),
        Case("sizes", lambda m, x: (tuple(x.shape), tuple(x.size()), x.size(-1), x.ndim, x.dim(),
                                    x.numel(), x.is_contiguous()), (CUBE,), strided=False),
        Case("x.flatten().sum()", lambda m, x: (x.flatten() ** 2).sum(), (CUBE,)),
        Case("ravel", lambda m, x: x.ravel(), (CUBE,), optional=True),
    ]  # fmt: skip


@each(views(), strided=True)
def test_views(case: Case, dtype: str) -> None:
    check(case, dtype)


def joins() -> Iterator[Case]:
    a, b, c = normal(2, 3, seed=4), normal(1, 3, seed=5), normal(2, 3, seed=6)
    yield Case("cat 0", lambda m, *t: m.cat(t), (a, b, c), second=True)
    yield Case("cat dim=0", lambda m, *t: m.cat(list(t), dim=0), (a, b, c))
    yield Case("cat -1", lambda m, *t: m.cat(t, -1), (a, c, a[:, :1]))
    yield Case("cat twice", lambda m, x: m.cat([x, x * 2, x], 1), (a,), second=True)
    yield Case("cat empty", lambda m, *t: m.cat(t), (a, np.zeros((0, 3))))
    yield Case("cat legacy empty", lambda m, *t: m.cat(t), (a, np.zeros((0,))), optional=True,
               grad=False)  # fmt: skip
    yield Case("cat one", lambda m, x: m.cat([x]), (a,))
    yield Case("cat int", lambda m, *t: m.cat(t), (ints(5, 2, 3), ints(5, 1, 3).astype("int32")))
    yield Case("cat mixed", lambda m, *t: m.cat(t), (ints(5, 2, 3), a))
    yield Case("cat bool", lambda m, *t: m.cat(t), (bools(2, 3), ints(5, 2, 3)))
    for name in ["concat", "concatenate"]:
        yield Case(name, lambda m, *t, n=name: getattr(m, n)(t), (a, b), optional=True)
    for name in ["hstack", "vstack", "dstack"]:
        yield Case(name, lambda m, *t, n=name: getattr(m, n)(t), (a, c), optional=True)
    for dim in [0, 1, 2, -1, -3]:
        yield Case(f"stack {dim}", lambda m, *t, d=dim: m.stack(t, d), (a, c), second=True)
        yield Case(f"stack dim={dim}", lambda m, *t, d=dim: m.stack(list(t), dim=d), (a, c))
    yield Case("stack scalars", lambda m, *t: m.stack(t), (SCALAR, np.array(2.5)))
    yield Case("stack rows", lambda m, x: m.stack([r.sum() for r in x]), (X,))


@each(joins(), strided=True)
def test_joins(case: Case, dtype: str) -> None:
    check(case, dtype)


def parts() -> Iterator[list[Case]]:
    long = normal(7, 3, seed=7)
    for size in [1, 2, 3, 7, 10, [2, 4, 1], [7, 0], (3, 4)]:
        yield forms("mt", "split", [long], size)
    yield forms("mt", "split", [long], 2, 1)
    yield forms("mt", "split", [long], 2, dim=-1)
    yield forms("mt", "split", [long], [1, 2], dim=1)
    yield forms("m", "split", [EMPTY], 2)
    for n in [1, 2, 3, 4, 7, 9]:
        yield forms("mt", "chunk", [long], n)
    yield forms("mt", "chunk", [long], 2, 1)
    yield forms("mt", "chunk", [long], chunks=2, dim=-1)
    yield forms("mt", "unbind", [X], flags={"optional": True})
    yield forms("mt", "unbind", [X], dim=1, flags={"optional": True})
    yield forms("mt", "narrow", [X], 1, 1, 2, flags={"optional": True})
    yield forms("mt", "select", [X], 1, 2, flags={"optional": True})
    yield forms("mt", "tensor_split", [long], 3, flags={"optional": True})
    yield [
        Case("split used in part", lambda m, x: x.split(2)[1] * 2, (long,)),
        Case("chunk used in part", lambda m, x: m.chunk(x, 3)[-1].exp(), (long,)),
    ]


@each(parts(), second=True, strided=True)
def test_parts(case: Case, dtype: str) -> None:
    check(case, dtype)


def moves() -> Iterator[list[Case]]:
    image = normal(2, 3, 4, 5, seed=8)
    for pad in [(1, 2), (0, 1, 2, 0), (1, 1, 1, 1, 1, 1), (-1, 1), (-1, -1, 0, -1), (0, 0)]:
        yield forms("f", "pad", [CUBE], pad)
        yield forms("f", "pad", [CUBE], pad, value=2.5)
        yield forms("f", "pad", [CUBE], pad, "constant", -1.0)
    for mode in ["reflect", "replicate", "circular"]:
        yield forms("f", "pad", [image], (1, 2, 2, 1), mode=mode, flags={"optional": True})
        yield forms("f", "pad", [CUBE], (1, 2), mode=mode, flags={"optional": True})
    yield forms("f", "pad", [ints(5, 2, 3)], (1, 1))
    yield forms("f", "pad", [bools(2, 3)], (1, 0), value=True)
    for dims in [(0,), (1,), (0, 2), (-1,), (0, 1, 2)]:
        yield forms("mt", "flip", [CUBE], dims)
        yield forms("t", "flip", [CUBE], *dims, tag="flat-args")
    yield forms("m", "flip", [SCALAR], ())
    rolls: list[tuple[Any, Any]] = [(1, 0), (-2, 1), (10, -1), ((1, 2), (0, 2)), ((1, 1), (1, 1))]
    for shifts, axes in rolls:
        yield forms("mt", "roll", [CUBE], shifts, axes)
    yield forms("mt", "roll", [CUBE], 3)
    yield forms("m", "roll", [CUBE], shifts=(1,), dims=(0,))
    yield forms("m", "roll", [EMPTY], 1, 0)
    for reps in [(2, 3), (1, 1), (2, 1, 3), (0, 1), (4, 2, 1, 1)]:
        yield forms("t", "repeat", [X], *reps)
        yield forms("t", "repeat", [X], reps, tag="tuple")
        yield forms("mt", "tile", [X], reps, flags={"optional": True})
    yield forms("t", "repeat", [SCALAR], 3)
    yield forms("mt", "repeat_interleave", [X], 2, dim=1, flags={"optional": True})
    for name in ["tril", "triu"]:
        for k in [0, 1, -1, 2, -3, 7]:
            yield forms("mt", name, [SQUARE], k)
        yield forms("mt", name, [X])
        yield forms("m", name, [X], diagonal=1)
        yield forms("m", name, [bools(4, 4)])
        yield forms("m", name, [ints(5, 4, 4)], -1)
        yield forms("m", name, [np.array([[np.nan, np.inf], [np.inf, 1.0]])], tag="nan")


@each(moves(), second=True, strided=True)
def test_moves(case: Case, dtype: str) -> None:
    check(case, dtype)
