"""What objects hold, by their kind: what is entered in the guards, and what is visited next."""

from __future__ import annotations

import abc
import array
import collections
import collections.abc
import enum
import functools
import gc
import io
import operator
import random
import types
import typing
import weakref
from collections.abc import Iterable
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor
from denpa.compiler.trace import purity
from denpa.compiler.trace.bytecode import reads
from denpa.compiler.trace.reach import RANDOM, Open, Reach
from denpa.compiler.trace.records import (
    GONE,
    Part,
    Place,
    Whole,
    array_place,
    buffer_place,
    cell_place,
    dict_of,
)

_words = str.split
# Of an array that is compared number by number at each call: with one of so many a call takes 18
# µs, with half 0.97 and with twice as many 1.12 times as long (`benchmarks.tuned MOST_BYTES`, AMD
# EPYC, Zen 5).
MOST_BYTES = 1 << 16

_SETS = (set, frozenset)
_VALUE: Any = Tensor.__dict__["_value"]  # the slot itself, whoever stands in its place
# What Denpa's own code reads of anybody's objects.
_ALWAYS = frozenset({"forward", "update", "step", "init_state"})
_OPERATORS = _ALWAYS | {
    f"__{name}__"
    for name in _words("""
    call bool len eq ne lt le gt ge hash getitem setitem delitem contains iter next enter exit add
    radd sub rsub mul rmul truediv rtruediv floordiv mod pow neg abs matmul float int index getattr
    getattribute setattr get set array iadd isub imul format""")
}
_STANDARD = frozenset(  # classes that nobody changes
    {typing.Generic, typing.Protocol, enum.Enum, enum.IntEnum, enum.Flag, enum.EnumType}
    | {c for c in vars(collections.abc).values() if isinstance(c, type)}
)
_NO_METHODS = frozenset(
    _words(
        "__dict__ __weakref__ __doc__ __module__ __slots__ __annotations__ __slotnames__ "
        "__qualname__ __firstlineno__ __static_attributes__ __dataclass_fields__ "
        "__dataclass_params__ __abstractmethods__ __parameters__ __orig_bases__ __match_args__ "
        "__annotate__"
    )
)
_BASES = frozenset(
    {
        object, dict, list, tuple, set, frozenset, collections.deque, collections.OrderedDict,
        collections.defaultdict, int, float, complex, str, bytes, bytearray, array.array, type,
        np.ndarray, np.generic, types.SimpleNamespace, BaseException, property, functools.partial,
    }
)  # fmt: skip


def look(reach: Reach, x: Any, path: str) -> None:
    """Enter what an object holds."""
    kind = type(x)
    if isinstance(x, Tensor):
        _tensor(reach, x, path)
    elif isinstance(x, types.FunctionType):
        _function(reach, x, path)
    elif isinstance(x, types.MethodType):
        own = path.removesuffix(f".{getattr(x.__func__, '__name__', '')}")
        reach.visit(x.__self__, "self" if own == path else own)
        reach.visit(x.__func__, path)
    elif isinstance(x, type):
        _class(reach, x, path)
    elif isinstance(x, types.ModuleType):
        _module(reach, x, path)
    elif isinstance(x, types.BuiltinFunctionType):
        if not isinstance(x.__self__, types.ModuleType | None):
            reach.visit(x.__self__, path)
    elif isinstance(x, (staticmethod, classmethod)):
        reach.visit(x.__func__, path)
    elif isinstance(x, property):
        for f in (x.fget, x.fset, x.fdel):
            reach.visit(f, path)
    elif isinstance(x, functools.partial):
        parts = operator.attrgetter("func", "args", "keywords")
        reach.guards.places.append(Place(f"the parts of {path}", functools.partial(parts, x)))
        for y in (x.func, x.args, x.keywords):
            reach.visit(y, path)
    elif isinstance(x, (operator.attrgetter, operator.methodcaller)):
        names = [n for n in x.__reduce__()[1] if isinstance(n, str)]
        reach.more_names(part for n in names for part in n.split("."))
    elif kind is slice:
        for y in (x.start, x.stop, x.step):
            reach.visit(y, path)
    elif isinstance(x, weakref.ref):
        reach.guards.places.append(Place(path, functools.partial(_alive, x)))
        target = x()
        reach.weak.add(id(target))
        reach.visit(target, path)
    elif kind is types.MappingProxyType:
        for y in gc.get_referents(x):
            reach.visit(y, path)
    elif kind is functools._lru_cache_wrapper:
        _cached(reach, x, path)
    elif not purity.leaf(x):
        _instance(reach, x, kind, path)


def _tensor(reach: Reach, x: Tensor, path: str) -> None:
    """A tensor's numbers are inputs of the program; what is left are its hooks."""
    hooks = _VALUE.__get__(x).hooks  # not `x._value`, which would be a read
    if hooks is not None:
        _container(reach, hooks, f"the hooks of {path}", ours=True)
    if dict_of(x) is not None:  # of a class of the user's
        _attributes(reach, x, type(x), path)


def _function(reach: Reach, f: types.FunctionType, path: str) -> None:
    sealed = purity.sealed(f.__code__, f.__globals__)
    if sealed or purity.of_python(f.__code__):  # perhaps a wrapper around a user's function
        for cell in f.__closure__ or ():
            place = cell_place(cell, path)
            reach.guards.cells.append((cell, place))
            if place.value is not GONE:
                reach.visit(place.value, path)
    if sealed:
        return
    reach.guards.function(f, path)
    names = f.__code__.co_varnames
    first = f.__code__.co_argcount - len(f.__defaults__ or ())
    for k, y in enumerate(f.__defaults__ or ()):
        reach.visit(y, names[first + k])
    if f.__kwdefaults__:
        _container(reach, f.__kwdefaults__, f"the defaults of {path}", ours=True)
    reach.attributes(Open(Part(f.__dict__, path)))
    reach.function(f, path)


def _cached(reach: Reach, x: Any, path: str) -> None:
    """A function with `functools.lru_cache`: what is in the cache cannot be seen, so it must be
    what the function would give now."""
    f = x.__wrapped__
    if isinstance(f, types.FunctionType):
        found = reads(f.__code__)
        read = [f.__globals__.get(p.name) for p in found.globals]
        behind = {a for p in found.globals for a in (p.name, *p.attributes)}
        if (
            not found.cells
            and behind.issuperset(f.__code__.co_names)
            and all(
                isinstance(y, (types.ModuleType, type(None))) or _sealed_function(y) for y in read
            )
        ):
            info = x.cache_info
            cache = Place(f"the cache of {path}", lambda: info().misses, lazily=True)
            reach.guards.places.append(cache)
            reach.visit(f, path)
            return
    reach.refuse(
        path,
        "which keeps results in a cache, though they depend on more than its arguments; call it "
        "outside, or without the cache",
    )


def _sealed_function(f: Any) -> bool:
    return isinstance(f, types.FunctionType) and purity.sealed(f.__code__, f.__globals__)


def _class(reach: Reach, cls: type, path: str) -> None:
    if not purity.plain_class(cls):
        reach.refuse(path, f"a class of {cls.__module__}, of which Denpa cannot see what it does")
    for c in cls.__mro__:
        if c is not cls:
            reach.visit(c, c.__name__)
    if not purity.written_in_python(cls) or purity.of_numpy(cls.__module__) or cls in _STANDARD:
        return
    ours = purity.ours(cls)
    part = Part(vars(cls), path, owner=cls)
    special = {k for k in vars(cls) if k.startswith("__")} - _NO_METHODS
    names = _ALWAYS if ours else _OPERATORS | special
    reach.attributes(Open(part, names, free=not ours))
    if not ours:
        reach.guards.bases(cls, path)
        for f in vars(cls).values():
            inner = getattr(f, "__func__", f)
            if isinstance(inner, types.FunctionType):
                reach.visit(inner, f"{path}.{inner.__name__}")
    if isinstance(cls, abc.ABCMeta):
        classes = Place(f"the classes registered with {path}", abc.get_cache_token)
        reach.guards.places.append(classes)
    if type(cls) is not type:
        reach.visit(type(cls), type(cls).__name__)


def _module(reach: Reach, module: types.ModuleType, path: str) -> None:
    """A module that code holds as an object: whatever code has names for."""
    name = module.__name__
    if name.startswith("numpy.random"):
        reach.refuse(path, RANDOM)
    free = name.split(".")[0] not in ("numpy", "denpa")
    reach.attributes(Open(reach.namespace(vars(module), path), free=free))


def _instance(reach: Reach, x: Any, kind: type, path: str) -> None:
    for c in kind.__mro__:
        if not (purity.written_in_python(c) or c in _BASES or purity.leaf_class(c)):
            reach.refuse(path, _why(x, kind))
    if isinstance(x, np.ndarray):
        _array(reach, x, path)
    elif isinstance(x, (bytearray, array.array)):
        reach.guards.places.append(buffer_place(x, path))
    elif isinstance(x, (dict, list, tuple, collections.deque, *_SETS)):
        _container(reach, x, path)
    if purity.written_in_python(kind) or kind is types.SimpleNamespace:
        _attributes(reach, x, kind, path)


def _attributes(reach: Reach, x: Any, kind: type, path: str) -> None:
    own = dict_of(x)
    reach.visit(kind, kind.__name__)
    if own is not None and "_parameters" in own:
        _parts_of_module(reach, own, path)
    if id(x) not in reach.weak:
        reach.guards.kind(x, path, attributes=not purity.ours(kind))
    if purity.ours(kind):
        if own is None or str(kind.__module__).startswith("denpa.core"):
            return
        if "_original" in own:  # a compiled function
            reach.visit(own["_original"], path)
        elif "param_groups" in own:
            reach.optimizers.add(x, own, path)
            # What a user may have set on it, also in the place of a method.
            reach.attributes(Open(Part(own, path), {*_ALWAYS, "zero_grad"}))
        else:
            reach.pass_by(own.get("_transient"))  # which buffers are saved: nobody computes by it
            reach.guards.wholes.append(Whole(own, path, dotted=True))
            for key, y in own.items():
                reach.visit(y, f"{path}.{key}")
        return
    bases = [c for c in kind.__mro__ if purity.ours(c) or purity.of_numpy(c.__module__)]
    if own is not None:
        if "param_groups" in own and bases:
            reach.optimizers.add(x, own, path)
        names = [n for c in bases for n in _names_of(c)]
        reach.attributes(Open(Part(own, path), names))
    slots = {
        name: d
        for c in reversed(kind.__mro__)
        for name, d in vars(c).items()
        if isinstance(d, types.MemberDescriptorType) and purity.written_in_python(c)
    }
    if slots and not isinstance(x, Tensor):
        reach.slots(x, slots, path)


def _parts_of_module(reach: Reach, own: dict[str, Any], path: str) -> None:
    """Parameters, buffers and modules, by the names that they have in the module."""
    for key in ("_parameters", "_buffers", "_modules"):
        entries = own.get(key)
        if isinstance(entries, dict):
            reach.pass_by(entries)
            reach.guards.wholes.append(Whole(entries, path, dotted=True))
            for name, y in entries.items():
                reach.visit(y, f"{path}.{name}")


def _array(reach: Reach, a: np.ndarray, path: str) -> None:
    if a.dtype.hasobject:
        reach.refuse(path, "a NumPy array of Python objects; use a list, or make it a tensor")
    if a.nbytes > MOST_BYTES:
        reach.refuse(
            path,
            f"a NumPy array of {a.nbytes:,} bytes, too many to be compared at each call; make it a "
            "tensor once, outside, or pass it as an argument",
        )
    reach.arrays[id(a)] = a
    reach.guards.places.append(array_place(a, path))


def _container(reach: Reach, x: Any, path: str, ours: bool = False) -> None:
    reach.pass_by(x)
    if not isinstance(x, (tuple, frozenset)):
        reach.guards.wholes.append(Whole(x, path))
    mapping = isinstance(x, dict)
    values = list(dict.values(x)) if mapping else list(_plain_iteration(x))
    if not ours:
        reach.count(len(values), path)
    keys: Iterable[Any] = list(dict.keys(x)) if mapping else range(len(values))
    for key, y in zip(keys, values, strict=True):
        if isinstance(x, _SETS) or not isinstance(key, (str, int)):
            reach.visit(y, path)
        else:
            reach.visit(y, f"{path}[{key!r}]")
        if mapping:
            reach.visit(key, path)


def _plain_iteration(x: Any) -> Iterable[Any]:
    kinds: tuple[Any, ...] = (list, tuple, collections.deque, set, frozenset)
    for kind in kinds:
        if isinstance(x, kind):
            found: Iterable[Any] = kind.__iter__(x)
            return found
    raise AssertionError(type(x))


@functools.cache
def _names_of(cls: type) -> frozenset[str]:
    """The names in the methods of a class: what they may read of an object."""
    found: set[str] = set()
    for f in vars(cls).values():
        for g in (f, getattr(f, "__func__", None), getattr(f, "fget", None)):
            code = getattr(g, "__code__", None)
            if code is not None:
                found |= reads(code).names
    return frozenset(found)


def _alive(reference: weakref.ref[Any]) -> int:
    return id(reference())


def _why(x: Any, kind: type) -> str:
    """What is wrong with an object that cannot be seen into, and the way out."""
    name = f"a {kind.__module__}.{kind.__qualname__}".replace("builtins.", "")
    if "random" in kind.__module__ or issubclass(kind, random.Random):
        return f"{name}, {RANDOM}"
    if issubclass(kind, io.IOBase):
        return f"{name}, a file; read or write it outside and pass the result"
    if hasattr(kind, "__next__"):
        return f"{name}, which is used up as it is read; take from it outside and pass the result"
    return f"{name}, of which Denpa cannot see what it holds; pass what is read as an argument"
