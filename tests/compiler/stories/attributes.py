"""Attributes and classes."""

from __future__ import annotations

import abc
import dataclasses
import enum
import operator
import types
from collections.abc import Iterator
from typing import Any

import denpa as dp
from tests.compiler.stories.told import Box, Wrap, X, compiled

F, nn = dp.nn.functional, dp.nn


# -- attributes and classes ------------------------------------------------------------------------


@compiled
def an_attribute_shadows_the_class(w: Wrap) -> Iterator[Any]:
    class C:
        k = 1.0

    o = C()
    f = w(lambda x: o.k * x.sum())
    yield f(X)
    o.k = 2.0
    yield f(X)
    del o.k
    yield f(X)
    C.k = 3.0
    yield f(X)


@compiled
def a_method_is_replaced(w: Wrap) -> Iterator[Any]:
    class C:
        def g(self) -> float:
            return 1.0

    o: Any = C()
    f = w(lambda x: o.g() * x.sum())
    yield f(X)
    C.g = lambda self: 2.0  # type: ignore[method-assign]
    yield f(X)
    o.g = lambda: 4.0
    yield f(X)


@compiled
def the_class_of_an_object(w: Wrap) -> Iterator[Any]:
    class A:
        def g(self) -> float:
            return 1.0

    class B:
        def g(self) -> float:
            return 2.0

    class P:
        def g(self) -> float:
            return 5.0

    class D(P):
        pass

    o, d = A(), D()
    f = w(lambda x: (o.g() + d.g()) * x.sum())
    yield f(X)
    o.__class__ = B  # type: ignore[assignment]
    yield f(X)
    D.__bases__ = (type("Q", (P,), {"g": lambda self: 7.0}),)
    yield f(X)


@compiled
def the_class_of_a_layer(w: Wrap) -> Iterator[Any]:
    class Halved(nn.Linear):
        def forward(self, x: Any) -> Any:
            return super().forward(x) * 0.5

    dp.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 2))
    f = w(lambda x: net(x).sum())
    yield f(X)
    net[0].__class__ = Halved
    yield f(X)


@compiled
def the_dict_of_an_object(w: Wrap) -> Iterator[Any]:
    o = Box(1.0)
    f = w(lambda x: o.k * x.sum())
    yield f(X)
    o.__dict__ = {"k": 2.0}
    yield f(X)


@compiled
def all_attributes_of_an_object(w: Wrap) -> Iterator[Any]:
    o: Any = Box(1.0)
    f = w(lambda x: sum(vars(o).values()) * x.sum())
    yield f(X)
    o.z = 3.0
    yield f(X)
    o.k = 9.0
    yield f(X)
    del o.z
    yield f(X)


@compiled
def attributes_by_computed_names(w: Wrap) -> Iterator[Any]:
    o: Any = Box(0.0)
    o.w0, o.w1, i = 1.0, 2.0, [0]
    f = w(lambda x: getattr(o, f"w{i[0]}") * x.sum())
    yield f(X)
    o.w0 = 5.0
    yield f(X)
    i[0] = 1
    yield f(X)
    o.w1 = 9.0
    yield f(X)


@compiled
def a_function_by_name(w: Wrap) -> Iterator[Any]:
    c = types.SimpleNamespace(act="relu")
    f = w(lambda x: getattr(F, c.act)(x).sum())
    yield f(X)
    c.act = "sigmoid"
    yield f(X)


@compiled
def names_in_a_format_and_in_a_getter(w: Wrap) -> Iterator[Any]:
    o, get = Box("a"), operator.attrgetter("k")
    f = w(lambda x: x.sum() * (len("{.k}".format(o)) + 2 * len(get(o))))  # noqa: UP032
    yield f(X)
    o.k = "abc"
    yield f(X)


@compiled
def a_match_on_positions(w: Wrap) -> Iterator[Any]:
    class P:
        __match_args__ = ("a",)

        def __init__(self, a: float) -> None:
            self.a = a

    o = P(1.0)

    @w
    def f(x: Any) -> Any:
        match o:
            case P(1.0):
                return x.sum()
            case P(a):
                return x.sum() * a

    yield f(X)
    o.a = 3.0
    yield f(X)


@compiled
def properties_and_descriptors(w: Wrap) -> Iterator[Any]:
    class D:
        def __init__(self) -> None:
            self.k = 1.0

        def __get__(self, o: Any, owner: Any = None) -> float:
            return self.k

    class C:
        v = D()

        @property
        def p(self) -> float:
            return 1.0

    o = C()
    f = w(lambda x: (o.p + o.v) * x.sum())
    yield f(X)
    C.p = property(lambda self: 2.0)  # type: ignore[assignment]
    yield f(X)
    vars(C)["v"].k = 2.0
    yield f(X)


@compiled
def slots(w: Wrap) -> Iterator[Any]:
    @dataclasses.dataclass(slots=True)
    class C:
        k: float = 1.0

    o = C()
    f = w(lambda x: o.k * x.sum())
    yield f(X)
    o.k = 2.0
    yield f(X)


@compiled
def the_attributes_of_a_metaclass(w: Wrap) -> Iterator[Any]:
    class M(type):
        @property
        def k(cls) -> Any:
            return cls.hidden  # type: ignore[attr-defined]

    class C(metaclass=M):
        hidden = 1.0

    f = w(lambda x: x.sum() * C.k)
    yield f(X)
    C.hidden = 2.0
    yield f(X)
    M.k = property(lambda cls: 7.0)  # type: ignore[assignment]
    yield f(X)


@compiled
def what_a_class_counts_as(w: Wrap) -> Iterator[Any]:
    class A(abc.ABC):  # noqa: B024
        pass

    o = Box(1.0)
    f = w(lambda x: x.sum() * (2.0 if isinstance(o, A) else 1.0))
    yield f(X)
    A.register(Box)
    yield f(X)


@compiled
def members_of_an_enum(w: Wrap) -> Iterator[Any]:
    class C(enum.Enum):
        A = 1.0
        B = 2.0

    o = Box(C.A)
    f = w(lambda x: (x * o.k.value).sum())
    yield f(X)
    o.k = C.B
    yield f(X)


@compiled
def a_getattr_of_its_own(w: Wrap) -> Iterator[Any]:
    class C:
        def __init__(self) -> None:
            self.__dict__["_d"] = {"k": 1.0}

        def __getattr__(self, name: str) -> Any:
            return self._d[name]

    o = C()
    f = w(lambda x: o.k * x.sum())
    yield f(X)
    o._d["k"] = 2.0
    yield f(X)


@compiled
def operators_of_its_own(w: Wrap) -> Iterator[Any]:
    class C:
        k = 1.0

        def __getitem__(self, i: int) -> float:
            return self.k * i

        def __len__(self) -> int:
            return 3

        def __iter__(self) -> Iterator[float]:
            yield self.k

    o = C()
    f = w(lambda x: (o[2] + len(o) + sum(o)) * x.sum())
    yield f(X)
    o.k = 2.0
    yield f(X)
    C.__len__ = lambda self: 7  # type: ignore[method-assign]
    yield f(X)
