"""Functions whose surroundings change between calls: each yields its results, some of them after a
change that eager mode follows.

A case is given a wrapper, the identity or `dp.compile`, and is a story of its own: what must be
equal are the yielded tensors. The kinds are those in which a program is most easily out of date.
"""

from __future__ import annotations

import abc
import collections
import contextlib
import dataclasses
import enum
import functools
import operator
import os
import sys
import types
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import denpa as dp

F, nn = dp.nn.functional, dp.nn
Wrap = Callable[[Any], Any]
Case = Callable[[Wrap], Iterator[Any]]
X = dp.tensor(np.random.default_rng(0).standard_normal((5, 4)).astype(np.float32))

COMPILED: dict[str, Case] = {}  # every call that can goes through a program
EAGER: dict[str, Case] = {}  # runs eagerly after a warning
REFUSED: dict[str, Case] = {}  # is a GraphError


def _in(table: dict[str, Case]) -> Callable[[Case], Case]:
    def add(f: Case) -> Case:
        table[f.__name__] = f
        return f

    return add


compiled, eager, refused = _in(COMPILED), _in(EAGER), _in(REFUSED)


class Box:
    """An object with one attribute."""

    def __init__(self, k: Any) -> None:
        self.k = k


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


# -- networks, optimizers, hooks -------------------------------------------------------------------


@compiled
def a_network_in_a_dict(w: Wrap) -> Iterator[Any]:
    dp.manual_seed(0)
    d = {"net": nn.Sequential(nn.Linear(4, 2))}
    f = w(lambda x: d["net"](x).sum())
    yield f(X)
    d["net"].append(nn.Tanh())
    yield f(X)
    d["net"][1] = nn.ReLU()
    yield f(X)
    d["net"] = nn.Sequential(nn.Linear(4, 3))
    yield f(X)


@compiled
def subclasses_of_layers(w: Wrap) -> Iterator[Any]:
    class Mine(nn.Dropout):
        pass

    class Line(nn.Linear):
        pass

    dp.manual_seed(0)
    drop, line = Mine(0.5), Line(4, 4)
    f = w(lambda x: drop(line(x)).sum())
    yield f(X)
    drop.p = 0.9
    yield f(X)
    line.bias = None
    yield f(X)
    drop.eval()
    yield f(X)


@compiled
def hooks(w: Wrap) -> Iterator[Any]:
    t, k = dp.ones(4, requires_grad=True), [1.0]
    net = nn.Tanh()
    handle = t.register_hook(lambda g: g * k[0])

    @w
    def f(x: Any) -> Any:
        t.grad = None
        (net(x) * t).sum().backward()
        return t.grad * 1

    yield f(X)
    k[0] = 2.0
    yield f(X)
    handle.remove()
    yield f(X)
    t.register_hook(lambda g: g * 5)
    yield f(X)
    before = net.register_forward_hook(lambda m, i, o: o * k[0])
    yield f(X)
    k[0] = 3.0
    yield f(X)
    before.remove()
    net.register_forward_hook(lambda m, i, o: o * 7)
    yield f(X)


@compiled
def state_of_an_optimizer(w: Wrap) -> Iterator[Any]:
    p = dp.ones(4, requires_grad=True)
    opt = dp.optim.Adam([p], lr=0.1)

    @w
    def f(x: Any) -> Any:
        opt.zero_grad()
        loss = (x * p).sum()
        loss.backward()
        opt.step()
        return loss

    for k in range(12):
        yield f(X)
        yield p.detach().clone()
        if k == 3:
            opt.param_groups[0]["betas"] = (0.5, 0.9)
        if k == 5:
            opt.state.clear()
        if k == 7:
            opt.state[p]["exp_avg"] = dp.ones(4)
        if k == 9:
            opt.state[p]["step"] = dp.tensor(1.0)
    assert opt.state[p]["step"].item() == 3


@compiled
def a_rate_that_code_reads(w: Wrap) -> Iterator[Any]:
    p = dp.ones(4, requires_grad=True)
    opt = dp.optim.SGD([p], lr=0.1)

    @w
    def f(x: Any) -> Any:
        opt.zero_grad()
        loss = (x * p).sum() * opt.param_groups[0]["lr"]
        loss.backward()
        opt.step()
        return loss

    for _ in range(4):
        yield f(X)
        opt.param_groups[0]["lr"] *= 0.5


@compiled
def an_attribute_of_an_optimizer(w: Wrap) -> Iterator[Any]:
    opt: Any = dp.optim.SGD([dp.ones(1, requires_grad=True)], lr=0.1)
    opt.scale = Box(2.0)
    f = w(lambda x: x.sum() * opt.scale.k)
    yield f(X)
    opt.scale.k = 3.0
    yield f(X)


# -- what a call sets ------------------------------------------------------------------------------


@compiled
def modes_set_inside(w: Wrap) -> Iterator[Any]:
    net = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3))

    @w
    def f(x: Any) -> Any:
        net.train()
        return net(x).sum() + net[1].running_mean.sum()

    dp.manual_seed(0)
    net[0].reset_parameters()
    for _ in range(3):
        yield f(X)
        assert net.training
        net.eval()
        yield f(X)


@compiled
def results_kept_in_attributes(w: Wrap) -> Iterator[Any]:
    class M(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.line = nn.Linear(4, 2)
            self.last: Any = None
            self.seen: dict[str, Any] = {}

        def forward(self, x: Any) -> Any:
            self.last = self.line(x)
            self.seen["a"] = self.last * 2
            return self.last.sum()

    dp.manual_seed(0)
    m = M()
    f = w(m)
    for k in range(5):
        yield f(X * k)
        yield m.last.detach()
        yield m.seen["a"].detach()
        if k == 2:
            m.seen.clear()
        if k == 3:
            m.line = nn.Linear(4, 3)


@compiled
def made_when_first_asked_for(w: Wrap) -> Iterator[Any]:
    class M(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.place: Any = None
            self.table: Any = None

        def forward(self, x: Any) -> Any:
            if self.place is None:
                self.place = dp.arange(4).float()
                self.table = {"k": 2.0}
            return (x + self.place).sum() * self.table["k"]

    m = M()
    f = w(m)
    yield f(X)
    yield f(X)
    m.place = dp.ones(4)
    yield f(X)
    m.table["k"] = 3.0
    yield f(X)


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
