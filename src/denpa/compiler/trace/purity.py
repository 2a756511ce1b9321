"""Of what it is known that a program may depend on it: what is not in these tables is refused.

Python code is looked at while it runs. Of what is written in C nothing is seen but its name, so it
must be known that a function gives the same for the same arguments and changes nothing else, and
that an object shows all that it holds.
"""

from __future__ import annotations

import _thread
import collections
import collections.abc
import os
import re
import sys
import types
from typing import Any

import numpy as np

from denpa.core.source import ROOT

_LIBRARY = os.path.dirname(os.__file__) + os.sep
_NUMPY = os.path.dirname(np.__file__) + os.sep
_words = str.split
_COURSE = "denpa.lab.course."
_LESSONS = os.path.join(ROOT, "lab", "course") + os.sep  # what a user could have written
# Python's own code that keeps nothing but caches. `re` is among them for its cache of patterns.
_FILES = re.compile(r"npyio|memmap|_datasource|[\\/]_?format(_impl)?\.py")
_SEALED = re.compile(
    r"<frozen (abc|_collections_abc|importlib\..*|zipimport)>|.*[\\/](re[\\/]\w+|warnings)\.py"
)

# Modules all of whose functions in C are pure, but for the names behind "-".
_MODULES: dict[str, str] = {
    "builtins": "- print input open exec eval compile breakpoint __import__ globals",
    "math": "", "cmath": "", "_operator": "", "itertools": "", "_bisect": "", "_heapq": "",
    "_abc": "", "_string": "", "unicodedata": "", "_statistics": "", "_sre": "", "binascii": "",
    "_functools": "", "_collections": "", "_struct": "", "_json": "", "copyreg": "",
}  # fmt: skip
_SINGLE = {("sys", "intern"), ("sys", "exc_info"), ("sys", "exception"), ("_weakref", "proxy")}
_NOT_OF_NUMPY = frozenset(
    _words("""
    fromfile load loadtxt genfromtxt save savez savez_compressed savetxt memmap get_include
    set_printoptions seterr seterrcall setbufsize fromregex _make_extobj""")
)
_LOCKS = (type(_thread.allocate_lock()), _thread.RLock)
_TYPES: tuple[type, ...] = (
    bool, int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset, range,
    slice, type(None), type, object, property, np.dtype, np.ufunc, np.flatiter,
    types.MappingProxyType, types.SimpleNamespace, BaseException, types.GeneratorType,
    type({}.keys()), type({}.values()), type({}.items()), re.Pattern, re.Match,
)  # fmt: skip
_TYPE_MODULES = frozenset(
    _words("""
    collections _collections itertools functools _functools operator _operator types math re typing
    enum abc decimal fractions numbers weakref _weakref array datetime string""")
)
_NOT_METHODS = frozenset(
    _words("""
    now today utcnow tofile dump dumps setflags __subclasses__ fromtimestamp
    astimezone""")
)
# Objects that hold nothing that could change.
_LEAVES: tuple[type, ...] = (
    bool, int, float, complex, str, bytes, type(None), type(...), type(NotImplemented), range,
    types.CodeType, types.GenericAlias, types.UnionType, np.dtype, np.generic, np.ufunc,
    re.Pattern, re.Match, types.WrapperDescriptorType, types.MethodDescriptorType,
    types.ClassMethodDescriptorType, types.GetSetDescriptorType, types.MemberDescriptorType,
    types.MethodWrapperType, BaseException, type(np.mean), object,
    type(vars(collections.namedtuple("_", "x"))["x"]), *_LOCKS,
    type(vars(collections.abc.Sized)["_abc_impl"]),
)  # fmt: skip
_LEAF_NAMES = frozenset({"datetime", "operator", "_operator", "decimal"})


def sealed(code: types.CodeType, namespace: dict[str, Any]) -> bool:
    """Whether code is Denpa's, NumPy's or a part of Python that keeps nothing: it is not looked
    into. `namespace`: its global variables."""
    name = code.co_filename
    if name == "<string>":  # such as the methods of a dataclass
        module = str(namespace.get("__name__", ""))
        return module.split(".")[0] == "denpa" and not module.startswith(_COURSE)
    if name.startswith(ROOT):
        return not name.startswith(_LESSONS)
    return (name.startswith(_NUMPY) and "random" not in name) or bool(_SEALED.match(name))


def outside(code: types.CodeType) -> bool:
    """Whether code is NumPy's and has to do with files, or with how NumPy behaves."""
    name = code.co_filename
    return name.startswith(_NUMPY) and (
        bool(_FILES.search(name)) or code.co_name in ("seterr", "seterrcall", "set_printoptions")
    )


def of_python(code: types.CodeType) -> bool:
    """Whether code belongs to Python's own library."""
    name = code.co_filename
    return name.startswith("<frozen ") or (
        name.startswith(_LIBRARY) and "site-packages" not in name
    )


def ours(cls: type) -> bool:
    """Whether a class is Denpa's own."""
    name = str(cls.__module__)
    return name.split(".")[0] == "denpa" and not name.startswith(_COURSE)


def of_numpy(name: Any) -> bool:
    """Whether a module or class is NumPy's, its random numbers aside."""
    return str(name).split(".")[0] == "numpy" and not str(name).startswith("numpy.random")


PLAIN = frozenset(
    {bool, int, float, complex, str, bytes, type(None), type(...), type(NotImplemented)}
)
"""Types of what holds nothing else."""


def pure(f: Any) -> bool:
    """Whether a function or bound method in C gives the same for the same arguments."""
    owner, name = getattr(f, "__self__", None), f.__name__
    if owner is None or isinstance(owner, types.ModuleType):
        module = str(f.__module__ or getattr(owner, "__name__", ""))
        if of_numpy(module):
            return name not in _NOT_OF_NUMPY
        known = _MODULES.get(module)
        return (known is not None and name not in known.split()) or (module, name) in _SINGLE
    if name in _NOT_METHODS:
        return False
    kind = type(owner)
    order = (*owner.__mro__, *kind.__mro__) if isinstance(owner, type) else kind.__mro__
    definer = next((c for c in order if name in vars(c)), kind)
    return (
        definer in _TYPES
        or str(definer.__module__) in _TYPE_MODULES
        or (of_numpy(definer.__module__) and issubclass(definer, (np.ndarray, np.generic)))
    )


def leaf(x: Any) -> bool:
    """Whether an object holds nothing that could change."""
    kind = type(x)
    return not written_in_python(kind) and (
        leaf_class(kind) or issubclass(kind, (np.dtype, np.generic, BaseException))
    )


def leaf_class(cls: type) -> bool:
    """Whether objects of a class written in C hold nothing that could change."""
    return cls in _LEAVES or str(cls.__module__) in _LEAF_NAMES


def written_in_python(cls: type) -> bool:
    """Whether a class adds nothing to its base but a dict, slots and weak references: whatever its
    objects hold can be seen."""
    if not cls.__flags__ & (1 << 9) or cls.__flags__ & (1 << 8):  # HEAPTYPE, IMMUTABLETYPE
        return False
    base = cls.__base__
    assert base is not None
    own = vars(cls)
    slots = own.get("__slots__", ())
    n = (1 if isinstance(slots, str) else len(tuple(slots))) + 2
    return cls.__basicsize__ - base.__basicsize__ <= 8 * n


def plain_class(cls: type) -> bool:
    """Whether a class may be read: it is written in Python or comes with Python or NumPy."""
    module = str(cls.__module__).split(".")[0]
    if written_in_python(cls) or module in sys.stdlib_module_names or module == "denpa":
        return True
    return of_numpy(cls.__module__)
