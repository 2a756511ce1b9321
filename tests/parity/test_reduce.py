"""Reductions, sorting and the normalised exponentials."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .harness import Case, D, bools, check, each, forms, ints, normal

X = normal(3, 4)
CUBE = normal(2, 3, 4, seed=1)
TIES = np.array([[2.0, 5.0, 5.0, 1.0], [3.0, 3.0, 3.0, 3.0], [0.0, -0.0, -1.0, 0.0]])
NANS = np.array([[1.0, np.nan, 3.0, np.nan], [np.inf, 1.0, -np.inf, 0.0], [4.0, 3.0, 4.0, 4.0]])
ZEROS = np.array([[1.0, 0.0, 3.0], [0.0, 0.0, 2.0], [2.0, -3.0, 4.0]])
SCALAR = np.array(1.5)
EMPTY = np.zeros((0, 3))
COUNTS = ints(9, 3, 4, low=-4)
MASK = bools(3, 4)


def sums() -> Iterator[list[Case]]:
    for name in ["sum", "mean"]:
        for tag, x in [("", X), ("", CUBE), ("", SCALAR), ("", EMPTY), ("nan", NANS)]:
            yield forms("mt", name, [x], tag=tag)
        for dim in [0, -1, 1, (0, 2), (-1, 0), (0, 1, 2)]:
            yield forms("mt", name, [CUBE], dim)
            yield forms("mt", name, [CUBE], dim=dim, keepdim=True)
        yield forms("mt", name, [CUBE], dim=None)
        yield forms("m", name, [CUBE], 1, True)
        yield forms("m", name, [CUBE], dim=())
        yield forms("m", name, [EMPTY], 0)
        yield forms("m", name, [EMPTY], 1)
        yield forms("m", name, [SCALAR], 0)
        yield forms("m", name, [X], dtype=D("float64"))
    yield forms("mt", "sum", [COUNTS])
    yield forms("m", "sum", [MASK], 1)
    yield forms("m", "sum", [COUNTS.astype("int32")], 0, tag="int32")
    yield forms("m", "sum", [COUNTS], dtype=D("float32"))
    yield forms("m", "mean", [COUNTS], dtype=D("float64"))
    for name in ["var", "std"]:
        degrees: list[dict[str, Any]] = [
            {},
            {"correction": 0},
            {"correction": 2},
            {"unbiased": False},
        ]
        for kw in degrees:
            yield forms("mt", name, [X], tag="plain", **kw)
            yield forms("mt", name, [CUBE], dim=1, keepdim=True, **kw)
            yield forms("mt", name, [CUBE], dim=(0, 2), **kw)
        yield forms("mt", name, [CUBE], 0)
        yield forms("mt", name, [CUBE], -1)
        yield forms("mt", name, [CUBE], 1, False)
        yield forms("m", name, [CUBE], 1, True, True)
        yield forms("m", name, [CUBE], False)
        yield forms("m", name, [CUBE], dim=None, correction=1)
        yield forms("m", name, [np.full((3, 1), 2.0)], dim=0, tag="constant")
        yield forms("m", name, [normal(1, 3)], dim=0, tag="one-row")
        yield forms("m", name, [np.zeros((0,))], tag="none")
    for name in ["var_mean", "std_mean"]:
        yield forms("m", name, [CUBE], 1, flags={"optional": True})
    yield forms("mt", "prod", [X])
    yield forms("mt", "prod", [CUBE], 1)
    yield forms("mt", "prod", [CUBE], dim=-1, keepdim=True)
    yield forms("m", "prod", [ZEROS])
    yield forms("m", "prod", [ZEROS], 0)
    yield forms("m", "prod", [ZEROS], 1)
    yield forms("m", "prod", [EMPTY])
    yield forms("m", "prod", [EMPTY], 0)
    yield forms("m", "prod", [COUNTS])
    yield forms("m", "prod", [MASK], 1)
    yield forms("m", "prod", [SCALAR])
    for name in ["logsumexp"]:
        for dim in [0, -1, (0, 2), (1,)]:
            yield forms("mt", name, [CUBE], dim)
            yield forms("mt", name, [CUBE], dim=dim, keepdim=True)
        yield forms("m", name, [NANS], 1)
        yield forms("m", name, [np.array([[-np.inf, -np.inf], [1000.0, 1001.0]])], 1)
        yield forms("m", name, [EMPTY], 0)
        yield forms("m", name, [SCALAR], 0)
    for name in ["softmax", "log_softmax"]:
        for dim in [0, 1, -1]:
            yield forms("mtf", name, [CUBE], dim)
            yield forms("mtf", name, [CUBE], dim=dim)
        yield forms("mf", name, [X], dim=1, dtype=D("float64"))
        yield forms("mf", name, [COUNTS], dim=1, dtype=D("float32"))
        yield forms("m", name, [np.array([[1e4, -1e4, 0.0], [-np.inf, 0.0, 1.0]])], 1)
        yield forms("m", name, [NANS], 1)
        yield forms("m", name, [SCALAR], 0)
        yield forms("m", name, [EMPTY], 1)
        yield forms("m", name, [EMPTY], 0, tag="reduced")
    yield forms("mt", "nansum", [NANS[:1]], flags={"optional": True})


@each(sums(), second=True, strided=True)
def test_sums(case: Case, dtype: str) -> None:
    check(case, dtype)


def extremes() -> Iterator[list[Case]]:
    for name in ["amax", "amin"]:
        for tag, x in [("", X), ("ties", TIES), ("", SCALAR)]:
            yield forms("mt", name, [x], tag=tag)
        for dim in [0, -1, (0, 1), (1,), (-1, 0)]:
            yield forms("mt", name, [TIES], dim)
            yield forms("mt", name, [TIES], dim=dim, keepdim=True)
        yield forms("m", name, [NANS], 1)
        yield forms("m", name, [CUBE], (0, 2))
        yield forms("m", name, [EMPTY], 1)
        yield forms("m", name, [COUNTS], 1)
        yield forms("m", name, [MASK], 1)
        yield forms("m", name, [SCALAR], 0, tag="dim")
    for name in ["max", "min"]:
        for tag, x in [("", X), ("ties", TIES), ("nan", NANS), ("", SCALAR)]:
            yield forms("mt", name, [x], tag=tag)
        for tag, x in [("", X), ("ties", TIES), ("nan", NANS)]:
            for dim in [0, -1]:
                yield forms("mt", name, [x], dim, tag=tag)
                yield forms("mt", name, [x], dim=dim, keepdim=True, tag=tag)
        yield forms("m", name, [TIES], 1, True)
        yield forms("mt", name, [X, normal(4, seed=8)])
        yield forms("m", name, [TIES, TIES[:, ::-1].copy()])
        yield forms("m", name, [COUNTS])
        yield forms("m", name, [COUNTS], 0)
        yield forms("m", name, [MASK], 1)
        yield forms("m", name, [SCALAR], 0, tag="dim")
        yield forms("m", name, [EMPTY], 1, tag="empty")
    for name in ["argmax", "argmin"]:
        for tag, x in [("", X), ("ties", TIES), ("nan", NANS), ("", SCALAR), ("int", COUNTS)]:
            yield forms("mt", name, [x], tag=tag)
        for tag, x in [("", X), ("ties", TIES), ("nan", NANS)]:
            for dim in [0, -1]:
                yield forms("mt", name, [x], dim, tag=tag)
                yield forms("m", name, [x], dim=dim, keepdim=True, tag=tag)
        yield forms("m", name, [X], keepdim=True)
        yield forms("m", name, [X], None)
    for name in ["any", "all"]:
        yield forms("mt", name, [MASK], flags={"optional": True})
        yield forms("mt", name, [MASK], 1, True, flags={"optional": True})
        yield forms("m", name, [COUNTS], 0, flags={"optional": True})
    yield forms("mt", "count_nonzero", [ZEROS], flags={"optional": True})
    yield forms("mt", "median", [X], flags={"optional": True})
    yield forms("mt", "nonzero", [ZEROS], flags={"optional": True})


@each(extremes(), strided=True)
def test_extremes(case: Case, dtype: str) -> None:
    check(case, dtype)


def named() -> Iterator[Case]:
    for name in ["max", "min", "sort"]:
        yield Case(
            f"{name}.fields",
            lambda m, x, name=name: [(r.values, r.indices) for r in [getattr(m, name)(x, dim=1)]],
            (X,),
        )
    yield Case("topk.fields", lambda m, x: m.topk(x, 2).values * m.topk(x, 2).indices, (X,))


@each(named())
def test_named_results(case: Case, dtype: str) -> None:
    check(case, dtype)


def sorting() -> Iterator[list[Case]]:
    for tag, x in [("", X), ("nan", NANS)]:
        orders: list[dict[str, Any]] = [{}, {"dim": 0}, {"descending": True}]
        for kw in [*orders, {"dim": 0, "descending": True}]:
            yield forms("mt", "sort", [x], tag=tag, **kw)
            yield forms("mt", "argsort", [x], tag=tag, flags={"optional": True}, **kw)
    for descending in [False, True]:
        yield forms("mt", "sort", [TIES], stable=True, dim=1, descending=descending)
        yield forms("mt", "sort", [TIES], stable=True, dim=0, descending=descending)
        yield forms("m", "sort", [MASK], stable=True, descending=descending)
        yield forms("m", "sort", [COUNTS], stable=True, descending=descending)
    yield forms("m", "sort", [X], 0, True)
    yield forms("m", "sort", [SCALAR])
    yield forms("m", "sort", [EMPTY])
    yield forms("mt", "topk", [X], 2)
    yield forms("mt", "topk", [X], 2, 0)
    yield forms("mt", "topk", [X], k=3, dim=-1, largest=False)
    yield forms("m", "topk", [CUBE], 1, 1, True, True)
    yield forms("m", "topk", [X], 0)
    yield forms("m", "topk", [normal(6)], 6)
    yield forms("m", "topk", [NANS[1:2]], 2, tag="inf")
    yield forms("m", "topk", [np.array([1.0, np.nan, 3.0])], 2, tag="nan")
    yield forms("m", "topk", [SCALAR], 1)
    yield forms("m", "topk", [COUNTS.astype("int32") * 7 + np.arange(4)], 2, tag="int32")
    for dim in [0, 1, -1]:
        yield forms("mt", "cumsum", [CUBE], dim, flags={"second": True})
        yield forms("m", "cumsum", [CUBE], dim=dim)
    yield forms("m", "cumsum", [COUNTS.astype("int32")], 0)
    yield forms("m", "cumsum", [MASK], 1)
    yield forms("m", "cumsum", [X], 0, dtype=D("float64"))
    yield forms("m", "cumsum", [SCALAR], 0)
    yield forms("m", "cumsum", [EMPTY], 0)
    yield forms("m", "cumprod", [X], 0, flags={"optional": True})
    yield forms("mt", "unique", [COUNTS], flags={"optional": True})


@each(sorting(), strided=True)
def test_sorting(case: Case, dtype: str) -> None:
    check(case, dtype)


def norms() -> Iterator[list[Case]]:
    inf = float("inf")
    for p in [2, 1, 3, 0.5, inf, -inf, 0, "fro"]:
        flags = {"grad": p != 0}  # a count has no slope: None in PyTorch, zeros are as right
        yield forms("mt", "norm", [X], p, flags=flags)
        if p != "fro":
            yield forms("mt", "norm", [CUBE], p, 1, flags=flags)
            yield forms("mt", "norm", [CUBE], p=p, dim=-1, keepdim=True, flags=flags)
    yield forms("mt", "norm", [X])
    yield forms("mt", "norm", [CUBE], dim=(0, 2))
    yield forms("mt", "norm", [CUBE], 2, dim=(0, 2), keepdim=True)
    yield forms("m", "norm", [SCALAR])
    yield forms("m", "norm", [np.zeros((3,))], tag="zero")
    yield forms("m", "norm", [ZEROS], 2, 1, tag="with-zeros")
    yield forms("m", "norm", [ZEROS], 1, 1, tag="with-zeros")
    yield forms("m", "norm", [TIES], inf, 1, tag="ties")
    yield forms("m", "norm", [EMPTY])
    yield [
        Case("linalg.norm", lambda m, x: m.linalg.norm(x), (X,), optional=True),
        Case("linalg.norm(ord,dim)", lambda m, x: m.linalg.norm(x, ord=1, dim=1), (X,),
             optional=True),
        Case("linalg.vector_norm", lambda m, x: m.linalg.vector_norm(x, ord=3), (X,),
             optional=True),
        Case("F.normalize", lambda m, x: m.nn.functional.normalize(x, dim=1), (X,),
             optional=True),
    ]  # fmt: skip


@each(norms(), second=False, strided=True)
def test_norms(case: Case, dtype: str) -> None:
    check(case, dtype)
