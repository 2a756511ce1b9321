"""What code can read, by its bytecode; what counts as pure; what is entered as guards."""

from __future__ import annotations

import collections
import datetime
import io
import itertools
import math
import operator
import random
import re
import threading
import time
import types
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.compiler.trace import objects
from denpa.compiler.trace import purity as pure
from denpa.compiler.trace.bytecode import Path, reads
from denpa.compiler.trace.calls import Listener, listening
from denpa.compiler.trace.guards import Guards
from denpa.compiler.trace.objects import look
from denpa.compiler.trace.reach import MOST, Reach, Refused
from denpa.compiler.trace.records import GONE, Part, Place, Whole, array_place, same, shown


def code(text: str) -> types.CodeType:
    space: dict[str, Any] = {}
    exec(text, space)
    found: types.CodeType = space["f"].__code__
    return found


# -- bytecode --------------------------------------------------------------------------------------


def test_variables_and_the_attributes_behind_them() -> None:
    found = reads(
        code("def f(x):\n  global n\n  n = np.random.rand(3) + config.scale\n  return x.a")
    )
    assert Path("np", ("random", "rand")) in found.globals
    assert Path("config", ("scale",)) in found.globals
    assert found.stores == ("n",)
    assert {"a", "scale", "random", "rand"} <= found.names
    assert not found.computed
    assert reads(code("def f(x):\n  import os.path\n  return os")).imports == ("os.path",)


def test_free_variables() -> None:
    import math as module

    def f() -> Any:
        return module.pi, value

    value = 1.0
    assert set(reads(f.__code__).cells) == {Path("module", ("pi",)), Path("value", ())}


@pytest.mark.parametrize(
    ("expression", "constant"),
    [
        ("getattr(x, 'a')", True),
        ("getattr(x, 'a', n)", True),
        ("getattr(x, 'a', 'b')", True),
        ("getattr(g(x[0]), 'a', np.random.rand(3))", True),
        ("setattr(x, 'a', x.n + 1)", True),
        ("getattr(x, n)", False),
        ("getattr(x, n, 'a')", False),
        ("getattr(x, 'a' + n)", False),
        ("getattr(x, 'a' + n, 'b')", False),
        ("getattr(x, f'a{n}')", False),
        ("getattr(x, 'a' if n else n)", False),
        ("getattr(x, *n)", False),
        ("getattr(x, 'a'), getattr(x, n)", False),
        ("hasattr(x, 'a') and getattr(x, 'b')", True),
        ("map(getattr, x, n)", False),
    ],
)
def test_whether_a_name_is_computed(expression: str, constant: bool) -> None:
    assert reads(code(f"def f(x, n):\n  return {expression}")).constant is constant


@pytest.mark.parametrize(
    ("text", "computed"),
    [
        ("return vars(x)", True),
        ("return x.__dict__", True),
        ("return dataclasses.asdict(x)", True),
        ("match x:\n    case P(1): return 2", True),
        ("match x:\n    case P(a=1): return 2", False),
        ("return x.a", False),
    ],
)
def test_what_asks_for_all_attributes(text: str, computed: bool) -> None:
    found = reads(code(f"def f(x):\n  {text}"))
    assert found.computed is computed
    if "a=" in text:
        assert "a" in found.names


def test_names_in_constants() -> None:
    found = reads(code("def f(x):\n  return g(x, 'net.scale', ('k', 'not a name'))"))
    assert {"net", "scale", "k"} <= found.names
    assert "not a name" not in found.names


# -- what is known ---------------------------------------------------------------------------------

PURE = [len, getattr, sorted, math.sqrt, operator.add, [].append, {}.get, "".join, (1,).count,
        np.asarray, np.zeros(3).sum, np.float32(1).item, collections.deque().append,
        re.compile("a").match, itertools.tee, dict.fromkeys, {1}.add,
        datetime.date(2000, 1, 1).weekday,
        object.__reduce_ex__.__get__(1)]  # fmt: skip
IMPURE = [print, open, input, eval, globals, time.time, time.perf_counter, random.random,
          random.Random(0).random, datetime.datetime.now, datetime.date.today, io.StringIO().write,
          np.fromfile, np.zeros(3).tofile, threading.get_ident, __import__,
          threading.Lock().acquire,
          type.__subclasses__.__get__(int)]  # fmt: skip


def called(f: Any) -> str:
    return str(f.__qualname__)


@pytest.mark.parametrize("f", PURE, ids=called)
def test_pure(f: Any) -> None:
    assert pure.pure(f)


@pytest.mark.parametrize("f", IMPURE, ids=called)
def test_impure(f: Any) -> None:
    assert not pure.pure(f)


def test_the_code_of_whom_is_looked_into() -> None:
    def mine() -> None:
        pass

    assert pure.sealed(dp.nn.Linear.forward.__code__, vars(dp.nn))
    assert pure.sealed(np.linalg.norm.__wrapped__.__code__, {})
    assert not pure.sealed(mine.__code__, globals())
    assert not pure.sealed(collections.Counter.update.__code__, {})
    assert pure.of_python(collections.Counter.update.__code__)
    assert not pure.of_python(mine.__code__)


class Plain:
    pass


class Numbers(list[float]):
    __slots__ = ("a", "b")


@pytest.mark.parametrize(
    ("cls", "python"),
    [(Plain, True), (Numbers, True), (dp.nn.Linear, True),
     (random.Random.__base__, False), (list, False),
     (type(re.compile("")), False), (np.random.Generator, False), (threading.local, False),
     (type(iter([])), False), (types.SimpleNamespace, False)],
)  # fmt: skip
def test_what_is_written_in_python(cls: type, python: bool) -> None:
    assert pure.written_in_python(cls) is python


# -- what is reached -------------------------------------------------------------------------------


def reached(f: Any) -> Guards:
    reach = Reach(look)
    reach.root(f, "f")
    with listening(Listener(reach)):
        f()
    reach.close()
    return reach.guards


def test_only_what_code_has_a_name_for() -> None:
    o: Any = Plain()
    o.read, o.other, o.nothing = [1.0], [2.0], {"a": iter([])}

    def f() -> Any:
        return o.read[0]

    guards = reached(f)
    o.other.append(3.0)
    o.nothing["b"] = 1
    o.new = 1
    assert guards.hold()
    o.read.append(1.0)
    assert [d.path for d in guards.differences()] == ["o.read"]
    o.read.pop()
    assert guards.hold()
    o.read = [1.0]
    assert [d.path for d in guards.differences()] == ["o.read"]


def test_code_that_does_not_run_does_not_count() -> None:
    numbers = iter([1.0])

    def draws() -> Any:
        return next(numbers)

    def f(run: bool = False) -> Any:
        return draws() if run else 0

    reached(f)
    with pytest.raises(Refused, match=r"reads numbers, a list_iterator, which is used up"):
        reached(lambda: f(True))
    assert next(numbers) == 1.0  # not used up by the attempt


def test_an_effect_is_refused_before_it_happens() -> None:
    out = io.StringIO()

    def f() -> Any:
        print("once", file=out)

    with pytest.raises(Refused):
        reached(f)
    assert out.getvalue() == ""


def test_depth_and_size_have_no_limit_but_the_number_of_entries() -> None:
    deep: list[Any] = []
    for _ in range(MOST - 10):
        deep = [deep]
    guards = reached(lambda: deep)
    inner = deep
    while inner:
        inner = inner[0]
    assert guards.hold()
    inner.append(1)
    assert not guards.hold()
    with pytest.raises(Refused, match=f"more than {MOST:,} entries"):
        reached(lambda: [deep, list(deep)] and many)


many = list(map(float, range(MOST + 1)))


def test_arrays_up_to_a_size() -> None:
    small = np.zeros(objects.MOST_BYTES // 8)
    large = np.zeros(objects.MOST_BYTES // 8 + 1)
    assert reached(lambda: small).hold()
    with pytest.raises(Refused, match=r"reads large, a NumPy array of 65,544 bytes"):
        reached(lambda: large)


def test_no_code_of_the_objects_runs() -> None:
    class Touchy:
        k = 1.0

        def __eq__(self, other: object) -> bool:
            raise AssertionError

        __hash__ = __repr__ = __len__ = __bool__ = __iter__ = __eq__  # type: ignore[assignment]

    class Row(list[Any]):
        def __iter__(self) -> Any:
            raise AssertionError

        __len__ = __eq__ = __iter__  # type: ignore[assignment]

    o, row = Touchy(), Row([Touchy()])
    names = {"a": o}

    def f() -> Any:
        return names, o.k, row

    guards = reached(f)
    assert guards.hold()
    o.k = 2.0
    names["a"] = Touchy()
    list.append(row, o)
    assert {d.path for d in guards.differences()} == {"o.k", "names['a']", "row"}
    assert all(d.moved and d.what for d in guards.differences())


# -- records ---------------------------------------------------------------------------------------


def test_what_is_the_same() -> None:
    nan = float("nan")
    equal: list[Any] = [
        (1, 1), (1.5, 1.5), (nan, float("nan")), ("ab", "".join("ab")), (2j, 2j),
        ((1, ("a",)), (1, ("a",))), (np.float32(1), np.float32(1)),
        (np.dtype("f4"), np.dtype("float32")),
    ]  # fmt: skip
    other: list[Any] = [
        (1, True), (1, 1.0), (0.0, -0.0), (1.0, np.float64(1)), ([], []), ("1", 1),
        (1 + 0j, complex(1, -0.0)), (np.float32(1), np.float64(1)), ((1,), (True,)),
        (Plain(), Plain()), (None, False),
    ]  # fmt: skip
    assert all(same(x, y) for x, y in equal)
    assert not any(same(x, y) for x, y in other)


@pytest.mark.parametrize(
    ("container", "change"),
    [
        ({"a": 1, "b": 2}, lambda x: x.pop("a")),
        ({"a": 1, "b": 2}, lambda x: x.update(c=3)),
        ({"a": 1, "b": 2}, lambda x: x.update(a=x.pop("a"))),
        ({1: "a"}, lambda x: (x.clear(), x.update({True: "a"}))),
        (collections.OrderedDict(a=1, b=2), lambda x: x.move_to_end("a")),
        (collections.defaultdict(int, a=1), lambda x: x["b"]),
        ([1, 2], lambda x: x.reverse()),
        ([1, 2], lambda x: x.__setitem__(0, 1.0)),
        ([1, 2], lambda x: x.append(3)),
        (collections.deque([1, 2], maxlen=2), lambda x: x.append(3)),
        ({1, 2}, lambda x: x.discard(1)),
        ({1}, lambda x: (x.clear(), x.add(True))),
    ],
)
def test_a_container_is_compared_and_put_back(container: Any, change: Any) -> None:
    before = repr(container)
    guards = Guards()
    guards.wholes.append(Whole(container, "c"))
    assert guards.hold()
    change(container)
    assert not guards.hold()
    guards.undo_trace(failed=True)
    assert repr(container) == before
    assert guards.hold()


def test_equal_numbers_in_place_of_others_are_no_difference() -> None:
    held = {"a": 1000.5, "b": ["x"]}
    guards = Guards()
    guards.wholes.append(Whole(held, "held"))
    held["a"] = float("1000.5")
    assert guards.hold()
    held["b"] = ["x"]
    assert not guards.hold()


def test_entries_of_classes_and_arrays_are_put_back() -> None:
    class C:
        k = 1.0

    part = Part(vars(C), "C", owner=C)
    assert part.enter("k") == 1.0
    assert part.enter("gone") is GONE
    a = np.arange(6.0).reshape(2, 3)
    places: list[Place] = [array_place(a, "a")]
    guards = Guards()
    guards.parts.append(part)
    guards.places += places
    C.k, C.gone, a[0, 1] = 2.0, 1, np.nan  # type: ignore[attr-defined]
    assert [d.what for d in guards.differences()] == [
        "changes C.k (it was 1.0)", "changes C.gone (it was not there)", "changes the numbers of a",
    ]  # fmt: skip
    guards.undo_trace(failed=True)
    assert C.k == 1.0
    assert not hasattr(C, "gone")
    assert a.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_values_in_messages() -> None:
    assert shown(1.5) == "1.5"
    assert shown([1, "a"]) == "[1, 'a']"
    assert shown([Plain()]) == "a list of 1"
    assert shown("x" * 100).endswith("…")
    assert shown(Plain()) == "a Plain"
    assert shown(len) == "len"
