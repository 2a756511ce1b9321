"""What cannot be compared."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

import denpa as dp
from tests.compiler.stories.told import Box, Wrap, X, eager, refused

F, nn = dp.nn.functional, dp.nn


# -- what cannot be compared -----------------------------------------------------------------------


@eager
def iterators(w: Wrap) -> Iterator[Any]:
    held = [iter([1.0, 2.0, 3.0, 4.0])]
    f = w(lambda x: x.sum() * next(held[0]))
    for _ in range(3):
        yield f(X)


@eager
def a_loop_over_a_zip(w: Wrap) -> Iterator[Any]:
    pairs = zip([1.0, 2.0, 3.0], [1, 2, 3], strict=True)

    @w
    def f(x: Any) -> Any:
        for a, b in pairs:
            return x.sum() * a * b

    for _ in range(3):
        yield f(X)


@eager
def a_generator_of_numpy(w: Wrap) -> Iterator[Any]:
    o = Box({"g": np.random.default_rng(0)})
    f = w(lambda x: x.sum() * float(o.k["g"].normal()))
    for _ in range(3):
        yield f(X)


@eager
def a_cache_of_what_changes(w: Wrap) -> Iterator[Any]:
    k = [1.0]

    @functools.lru_cache
    def g(n: int) -> float:
        return k[0] * n

    f = w(lambda x: g(2) * x.sum())
    yield f(X)
    yield f(X)
    k[0] = 5.0
    yield f(X)
    g.cache_clear()
    yield f(X)


@eager
def a_large_array(w: Wrap) -> Iterator[Any]:
    a = np.ones((200, 200), np.float32)
    f = w(lambda x: x.sum() * float(a[0, 0]))
    yield f(X)
    yield f(X)
    a[0, 0] = 2
    yield f(X)


@eager
def an_array_of_objects(w: Wrap) -> Iterator[Any]:
    a = np.array([1.0, 2.0], object)
    f = w(lambda x: x.sum() * a[0])
    yield f(X)
    yield f(X)
    a[0] = 2.0
    yield f(X)


@eager
def an_error_that_is_swallowed(w: Wrap) -> Iterator[Any]:
    import time

    @w
    def f(x: Any) -> Any:
        try:
            k = time.time() * 0 + 2
        except BaseException:
            k = 100.0
        return x.sum() * k

    for _ in range(3):
        yield f(X)


@refused
def a_number_that_is_not_known(w: Wrap) -> Iterator[Any]:
    @w
    def f(x: Any) -> Any:
        s = x.sum()
        try:
            k = 2.0 if s.item() > 0 else 3.0
        except Exception:
            k = 100.0
        return s * k

    yield f(X)


@refused
def a_list_among_the_arguments(w: Wrap) -> Iterator[Any]:
    @w
    def f(x: Any, log: list[int]) -> Any:
        log.append(1)
        return x.sum() * len(log)

    yield f(X, [])


@refused
def an_iterator_of_its_own(w: Wrap) -> Iterator[Any]:
    class Up:
        n = 0.0

        def __init__(self) -> None:
            self.n = 0.0

        def __next__(self) -> float:
            self.n += 1
            return self.n

    up: Any = Up()
    f = w(lambda x: x.sum() * next(up))
    yield f(X)


@refused
def a_counter_by_a_computed_name(w: Wrap) -> Iterator[Any]:
    o, name = Box(0), ["k"]

    @w
    def f(x: Any) -> Any:
        setattr(o, name[0], getattr(o, name[0]) + 1)
        return x.sum() * o.k

    yield f(X)
