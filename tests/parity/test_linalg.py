"""Products of matrices: matmul, mm, bmm, dot, outer, einsum, linear."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .harness import Case, bools, check, each, forms, ints, normal

V, W = normal(4, seed=1), normal(4, seed=2)
A, B = normal(3, 4, seed=3), normal(4, 5, seed=4)
P, Q = normal(2, 3, 4, seed=5), normal(2, 4, 5, seed=6)


def products() -> Iterator[list[Case]]:
    for left, right in [
        ((4,), (4,)), ((3, 4), (4,)), ((4,), (4, 5)), ((3, 4), (4, 5)), ((2, 3, 4), (4, 5)),
        ((2, 3, 4), (4,)), ((4,), (2, 4, 5)), ((2, 3, 4), (2, 4, 5)), ((3, 4), (2, 4, 5)),
        ((2, 1, 3, 4), (5, 4, 2)), ((1, 3, 4), (2, 4, 5)), ((0, 4), (4, 5)), ((3, 0), (0, 5)),
        ((0,), (0,)), ((2, 3, 0), (0,)), ((0, 3, 4), (0, 4, 5)), ((1, 1), (1, 1)),
    ]:  # fmt: skip
        yield forms("mt", "matmul", [normal(*left, seed=7), normal(*right, seed=8)])
    yield forms("mt", "mm", [A, B])
    yield forms("mt", "mm", [normal(0, 4), B])
    yield forms("mt", "bmm", [P, Q])
    yield forms("mt", "bmm", [normal(0, 3, 4), normal(0, 4, 5)])
    yield forms("mt", "dot", [V, W])
    yield forms("m", "dot", [normal(0), normal(0)])
    yield forms("mt", "outer", [V, normal(3)])
    more: list[tuple[str, list[Any]]] = [("mv", [A, V]), ("addmm", [normal(3, 5), A, B]),
        ("baddbmm", [normal(2, 3, 5), P, Q]),
                       ("inner", [A, V]), ("ger", [V, W]), ("kron", [A, B]),
                       ("trace", [A]), ("diag", [A]), ("diagonal", [P])]  # fmt: skip
    more.append(("tensordot", [A, B, 1]))
    for name, args in more:
        yield forms("m", name, args, flags={"optional": True})
    yield [Case("x @ y", lambda m, a, b: a @ b, (P, Q)),
            Case("A @ v", lambda m, a, b: a @ b, (A, V)),
           Case("x @ x", lambda m, a: a @ a.T @ a, (A,)),
           Case("int mm", lambda m, a, b: a @ b, (ints(9, 2, 3), ints(9, 3, 2))),
           Case("int32 mv", lambda m, a, b: a @ b,
                (ints(9, 2, 3).astype("int32"), ints(9, 3).astype("int32")))]  # fmt: skip


@each(products(), second=True, strided=True)
def test_products(case: Case, dtype: str) -> None:
    check(case, dtype)


def einsums() -> Iterator[Case]:
    rows = [
        ("ij,jk->ik", (A, B)), ("ij,jk", (A, B)), ("i,i->", (V, W)), ("i,j->ij", (V, W)),
        ("bij,bjk->bik", (P, Q)), ("ij->ji", (A,)), ("ij->", (A,)), ("ij->j", (A,)),
        ("ii->i", (normal(3, 3),)), ("ii", (normal(3, 3),)), ("bij,jk->bik", (P, B)),
        ("...ij,...jk->...ik", (P, Q)), ("...j,j->...", (P, V)),
        ("ij,jk,kl->il", (A, B, normal(5, 2))),
        ("bhqd,bhkd->bhqk", (normal(2, 2, 3, 4), normal(2, 2, 5, 4))), ("ij,ij->i", (A, A + 1)),
        (" i j , j k -> k i ", (A, B)), ("i,i,i->i", (V, W, V - 1)),
        ("bi,ij,bj->b", (normal(2, 3), A, normal(2, 4))),
        ("a,b->", (V, normal(3))), ("ba", (A,)), ("i...->...", (P,)),
        ("ij,kj->ik", (A, normal(0, 4))),
    ]  # fmt: skip
    for text, arrays in rows:
        yield Case(
            f"einsum({text})", lambda m, *t, text=text: m.einsum(text, *t), arrays, second=True
        )
    yield Case("einsum(list)", lambda m, a, b: m.einsum("ij,jk->ik", [a, b]), (A, B), optional=True)


@each(einsums(), strided=True)
def test_einsum(case: Case, dtype: str) -> None:
    check(case, dtype)


def linears() -> Iterator[list[Case]]:
    weight, bias = normal(5, 4, seed=9), normal(5, seed=10)
    for shape in [(4,), (3, 4), (2, 3, 4), (0, 4), (2, 0, 4)]:
        yield forms("f", "linear", [normal(*shape), weight, bias])
        yield forms("f", "linear", [normal(*shape), weight])
    yield forms("f", "linear", [A, weight], bias=None)
    yield forms("f", "linear", [A, normal(4)], tag="vector-weight", flags={"optional": True})
    yield forms(
        "f", "bilinear", [normal(2, 3), normal(2, 4), normal(5, 3, 4)], flags={"optional": True}
    )


@each(linears(), second=True, strided=True)
def test_linear(case: Case, dtype: str) -> None:
    check(case, dtype)


@each([Case("mask @", lambda m, a, b: (a * b.float().to(a.dtype)) @ a.T, (A, bools(3, 4))),
       Case("large sum", lambda m, a: a @ a.T, (np.ones((2, 4097)) * 0.1,))])  # fmt: skip
def test_mixed_products(case: Case, dtype: str) -> None:
    check(case, dtype)
