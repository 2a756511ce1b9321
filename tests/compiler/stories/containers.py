"""Numbers, containers, functions."""

from __future__ import annotations

import collections
import contextlib
import functools
import os
import sys
import types
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

import denpa as dp
from tests.compiler.stories.told import Box, Wrap, X, compiled

F, nn = dp.nn.functional, dp.nn


# -- numbers and containers ------------------------------------------------------------------------


@compiled
def true_becomes_one(w: Wrap) -> Iterator[Any]:
    c: dict[str, Any] = {"flag": True}
    s: set[Any] = {1}

    @w
    def f(x: Any) -> Any:
        k = 1 if c["flag"] is True else 2
        return x.sum() * k * (3 if [v for v in s if type(v) is bool] else 5)

    yield f(X)
    c["flag"] = 1
    yield f(X)
    c["flag"] = 1.0
    yield f(X)
    s.clear()
    s.add(True)
    yield f(X)


@compiled
def zero_becomes_minus_zero(w: Wrap) -> Iterator[Any]:
    c = [0.0]
    f = w(lambda x: (x.sum() * 0 + 1) / dp.tensor(c[0]))
    yield f(X)
    c[0] = -0.0
    yield f(X)
    c[0] = float("nan")
    yield f(X)


@compiled
def containers_in_containers(w: Wrap) -> Iterator[Any]:
    d: Any = {"a": [{"b": ({"c": collections.deque([1.0])},)}]}
    f = w(lambda x: x.sum() * d["a"][0]["b"][0]["c"][0])
    yield f(X)
    d["a"][0]["b"][0]["c"][0] = 2.0
    yield f(X)
    d["a"][0]["b"][0]["c"].appendleft(5.0)
    yield f(X)
    d["a"].insert(0, {"b": ({"c": [7.0]},)})
    yield f(X)


@compiled
def dicts_of_all_kinds(w: Wrap) -> Iterator[Any]:
    below = {"k": 1.0}
    user, chain = collections.UserDict(k=1.0), collections.ChainMap({}, below)
    ordered = collections.OrderedDict(a=2.0, b=3.0)
    f = w(lambda x: x.sum() * user["k"] * chain["k"] * next(iter(ordered.values())))
    yield f(X)
    user["k"] = 2.0
    yield f(X)
    below["k"] = 3.0
    yield f(X)
    ordered.move_to_end("a")
    yield f(X)


@compiled
def objects_in_a_list(w: Wrap) -> Iterator[Any]:
    found = [Box(1.0), Box(2.0)]
    f = w(lambda x: sum(c.k * n for n, c in enumerate(found, 1)) * x.sum())
    yield f(X)
    found[1].k = 5.0
    yield f(X)
    found.append(Box(7.0))
    yield f(X)
    found[0], found[1] = found[1], found[0]
    yield f(X)


@compiled
def a_named_tuple(w: Wrap) -> Iterator[Any]:
    T = collections.namedtuple("T", "a b")
    c = [T(1.0, 2.0)]
    f = w(lambda x: c[0].a * x.sum())
    yield f(X)
    c[0] = c[0]._replace(a=3.0)
    yield f(X)


@compiled
def bytes_of_a_bytearray(w: Wrap) -> Iterator[Any]:
    a = bytearray(b"\1\2")
    f = w(lambda x: x.sum() * a[0])
    yield f(X)
    a[0] = 9
    yield f(X)


@compiled
def a_weak_reference(w: Wrap) -> Iterator[Any]:
    o = Box(1.0)
    r = weakref.ref(o)
    f = w(lambda x: x.sum() * (5.0 if r() is None else r().k))  # type: ignore[union-attr]
    yield f(X)
    o.k = 3.0
    yield f(X)
    del o
    yield f(X)


@compiled
def arrays_as_numbers_and_as_tensors(w: Wrap) -> Iterator[Any]:
    a, b, c = np.ones(4, np.float32), np.ones((2, 4), np.float32), np.ones(4, np.float32)
    o = Box(np.ones(4, np.float32))

    @w
    def f(x: Any) -> Any:
        y = x * dp.tensor(a * 2) * dp.from_numpy(b[1]) * dp.tensor(c) * o.k
        return y.sum() * float(c[0]) + b.ndim

    yield f(X)
    a[1] = 5.0
    yield f(X)
    b[1, 2] = 5.0
    yield f(X)
    c[:] = 3.0
    yield f(X)
    o.k[0] = 2.0
    yield f(X)
    o.k = np.full(4, 3.0, np.float32)
    yield f(X)


# -- functions -------------------------------------------------------------------------------------


@compiled
def parts_of_a_function(w: Wrap) -> Iterator[Any]:
    def g(x: Any, m: float = 1.0, *, k: float = 1.0) -> Any:
        return x.sum() * k * m * getattr(g, "scale", 1.0)

    def h(x: Any, m: float = 1.0, *, k: float = 1.0) -> Any:
        return x.sum() * 11 * len(g.__name__)

    f = w(lambda x: g(x))
    yield f(X)
    g.__kwdefaults__["k"] = 3.0  # type: ignore[index]
    yield f(X)
    g.__kwdefaults__ = {"k": 4.0}
    yield f(X)
    g.__defaults__ = (2.0,)
    yield f(X)
    g.scale = 7.0  # type: ignore[attr-defined]
    yield f(X)
    g.__code__ = h.__code__
    yield f(X)


@compiled
def wrappers_partials_and_managers(w: Wrap) -> Iterator[Any]:
    s = {"k": 1.0}

    def twice(g: Any) -> Any:
        @functools.wraps(g)
        def inner(*a: Any) -> Any:
            return g(*a) * s["k"]

        return inner

    @twice
    def h(x: Any, d: Any) -> Any:
        return x.sum() * d["w"]

    @contextlib.contextmanager
    def scaled(v: float) -> Iterator[float]:
        yield v * s["k"]

    d = {"w": 1.0}
    p = functools.partial(h)

    @w
    def f(x: Any) -> Any:
        with scaled(2.0) as v:
            return p(x, d) * v

    yield f(X)
    s["k"] = 3.0
    yield f(X)
    d["w"] = 5.0
    yield f(X)


@compiled
def functions_in_containers(w: Wrap) -> Iterator[Any]:
    table, o = {"relu": dp.relu, "tanh": dp.tanh}, Box("relu")
    f = w(lambda x: table[o.k](x).sum())
    yield f(X)
    o.k = "tanh"
    yield f(X)
    table["tanh"] = dp.sigmoid
    yield f(X)


@compiled
def modules_of_python(w: Wrap) -> Iterator[Any]:
    m = types.ModuleType("denpa_tests_stale")
    exec("k = 1.0\ndef g(x): return x.sum() * k", m.__dict__)
    sys.modules["denpa_tests_stale"] = m

    @w
    def f(x: Any) -> Any:
        from denpa_tests_stale import k  # type: ignore[import-not-found]

        return m.g(x) * k

    yield f(X)
    m.k = 2.0  # type: ignore[attr-defined]
    yield f(X)
    m.g = lambda x: x.sum() * 9  # type: ignore[attr-defined]
    yield f(X)
    del sys.modules["denpa_tests_stale"]


@compiled
def the_dict_of_a_module(w: Wrap) -> Iterator[Any]:
    m = types.ModuleType("denpa_tests_stale_dict")
    m.k = 1.0  # type: ignore[attr-defined]
    f = w(lambda x: x.sum() * m.__dict__["k"])
    yield f(X)
    m.k = 2.0  # type: ignore[attr-defined]
    yield f(X)


@compiled
def a_global_hides_a_builtin(w: Wrap) -> Iterator[Any]:
    names: dict[str, Any] = {}
    exec("def f(x): return x.sum() * max(1.0, 2.0)", names)
    f = w(names["f"])
    yield f(X)
    names["max"] = min
    yield f(X)


@compiled
def the_environment(w: Wrap) -> Iterator[Any]:
    os.environ["DENPA_TESTS_A"] = "1"

    @w
    def f(x: Any) -> Any:
        a, b = os.environ.get("DENPA_TESTS_A", "4"), os.getenv("DENPA_TESTS_B", "3")
        return x.sum() * float(a) * float(b)

    yield f(X)
    os.environ["DENPA_TESTS_A"] = "2"
    yield f(X)
    del os.environ["DENPA_TESTS_A"]
    yield f(X)
    os.environ["DENPA_TESTS_B"] = "7"
    yield f(X)
    del os.environ["DENPA_TESTS_B"]
