"""All that a program can see afterwards, as plain data, and where two of these differ."""

from __future__ import annotations

import array
import collections
import contextlib
import contextvars
import functools
import io
import itertools
import math
import pathlib
import random
import threading
import types
from collections.abc import Mapping
from typing import Any

import numpy as np

import denpa as dp
from denpa.compiler.run.compiled import Compiled
from denpa.core.errors import DenpaError
from denpa.optim import Optimizer

_RTOL, _ATOL = 1e-6, 1e-9
_PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...), range)
# Marks of our own on objects, and what only says when something was compiled.
_OURS = {"_compiled", "_stepped", "__wrapped__", "_before", "_after", "_name", "_transient"}


def numbers(x: dp.Tensor) -> Any:
    """A copy of its numbers; a word where there are none, as after a trace that let it out."""
    try:
        return x.detach().numpy().copy()
    except DenpaError:
        return f"a tensor without numbers, {tuple(x.shape)}"


class _Look:
    """A walk over objects; each is described where it is first met."""

    def __init__(self, module: str, aliases: Mapping[int, Any]) -> None:
        self.module = module
        self.aliases = aliases
        self.seen: dict[int, str] = {}
        self.kept: list[Any] = []  # so that no id is used twice

    def at(self, x: Any, path: str) -> Any:
        if isinstance(x, Compiled):
            x = x.__wrapped__
        x = self.aliases.get(id(x), x)
        if isinstance(x, np.generic):
            return (type(x).__name__, x.item())
        if isinstance(x, _PLAIN):
            return x
        if id(x) in self.seen:
            return f"the same as {self.seen[id(x)]}"
        self.seen[id(x)] = path
        self.kept.append(x)
        return self.described(x, path)

    def described(self, x: Any, path: str) -> Any:
        if isinstance(x, np.ndarray):
            if x.dtype == object:
                return [self.at(v, f"{path}[{k}]") for k, v in enumerate(x.flat)]
            return x.copy()
        if isinstance(x, dp.Tensor):
            grad = None if x.grad is None else numbers(x.grad)
            return {"value": numbers(x), "grad": grad, "needs": x.requires_grad}
        if isinstance(x, Mapping):
            found = self.mapping(x, path)
            if hasattr(x, "__dict__"):
                found[".__dict__"] = self.attributes(vars(x), path)
            return found
        if isinstance(x, (list, tuple, collections.deque)):
            return [type(x).__name__, *(self.at(v, f"{path}[{k}]") for k, v in enumerate(x))]
        if isinstance(x, (set, frozenset)):
            return sorted(map(repr, x))
        if isinstance(x, (array.array, memoryview)):
            return list(x)
        return self.object(x, path)

    def object(self, x: Any, path: str) -> Any:
        if isinstance(x, type):
            ours = x.__module__ == self.module
            return self.attributes(dict(vars(x)), path) if ours else x.__qualname__
        if isinstance(x, pathlib.PurePath):
            return x.name  # the folder has another name in every run
        if isinstance(x, io.StringIO):
            return x.getvalue()
        if isinstance(x, np.random.Generator):
            return self.at(x.bit_generator.state, path)
        if isinstance(x, np.random.RandomState):
            return self.at(x.get_state(), path)
        if isinstance(x, random.Random):
            return x.getstate()
        if isinstance(x, contextvars.ContextVar):
            return self.at(x.get(None), f"{path}.get()")
        if isinstance(x, types.GeneratorType) or hasattr(type(x), "__next__"):
            # Nothing runs after this, so the iterator may be used up.
            return ["next", *(self.at(v, path) for v in itertools.islice(x, 3))]
        if isinstance(x, functools.partial):
            return self.at([x.func, x.args, x.keywords, vars(x)], path)
        if isinstance(x, types.MethodType):
            return self.at([x.__self__, x.__func__], path)
        if hasattr(type(x), "cache_info"):
            # How often a cache was asked is no part of what it computes.
            kept = x.cache_info().currsize
            return [kept, self.at(x.__wrapped__, f"{path}.__wrapped__")]
        if isinstance(x, types.FunctionType):
            return self.function(x, path)
        if isinstance(x, types.ModuleType):
            ours = "_" in x.__name__ and x.__name__[:1] in "pnol" and not x.__spec__
            return self.attributes(vars(x), path) if ours else x.__name__
        found: dict[str, Any] = {"type": type(x).__name__}
        if type(x).__module__ == self.module:
            found["class"] = self.at(type(x), f"type({path})")
        ours = isinstance(x, (dp.nn.Module, Optimizer))
        if hasattr(x, "__dict__") and (
            ours or not type(x).__module__.startswith(("denpa.", "numpy"))
        ):
            found |= self.attributes(vars(x), path)
        for kind in type(x).__mro__:
            for name in getattr(kind, "__slots__", ()):
                with contextlib.suppress(AttributeError):
                    if not name.startswith("__"):
                        found[name] = self.at(object.__getattribute__(x, name), f"{path}.{name}")
        return found

    def mapping(self, x: Mapping[Any, Any], path: str) -> dict[str, Any]:
        found = {}
        for k, v in x.items():
            key = self.at(k, f"{path}.key")
            found[f"[{key if isinstance(key, _PLAIN) else 'tensor ' + str(len(found))}]"] = self.at(
                v, f"{path}[{k if isinstance(k, _PLAIN) else len(found)!r}]"
            )
        return found

    def attributes(self, x: Mapping[str, Any], path: str) -> dict[str, Any]:
        return {
            str(k): self.at(v, f"{path}.{k}")
            for k, v in x.items()
            if not (str(k).startswith("__") and str(k).endswith("__")) and k not in _OURS
        }

    def function(self, x: types.FunctionType, path: str) -> Any:
        cells = []
        for name, cell in zip(x.__code__.co_freevars, x.__closure__ or (), strict=True):
            try:
                cells.append(self.at(cell.cell_contents, f"{path}.{name}"))
            except ValueError:
                cells.append("empty")
        return {
            "function": x.__name__,
            "cells": cells,
            "defaults": self.at(x.__defaults__, f"{path}.__defaults__"),
            "keywords": self.at(x.__kwdefaults__, f"{path}.__kwdefaults__"),
            **self.attributes(vars(x), path),
        }


def snapshot(names: Mapping[str, Any], module: str, aliases: Mapping[int, Any]) -> dict[str, Any]:
    """The names of a module (itself called `module`) as plain data. `aliases` has, by id, what
    stands for another object and is described as that one."""
    look = _Look(module, aliases)
    found = {}
    for k, v in names.items():
        if not isinstance(v, (threading.Thread,)):
            found[k] = look.at(v, k)
    return found


def _short(x: Any) -> str:
    if isinstance(x, np.ndarray):
        return f"{np.array2string(x.reshape(-1)[:4], precision=4)} {x.dtype} {x.shape}"
    text = repr(x)
    return text if len(text) < 80 else text[:77] + "..."


def _close(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        if a.shape != b.shape or a.dtype != b.dtype:
            return False
        if a.dtype.kind in "fc":
            return bool(np.allclose(a, b, _RTOL, _ATOL, equal_nan=True))
        return bool((a == b).all())
    if isinstance(a, float):
        return math.isclose(a, b, rel_tol=_RTOL, abs_tol=_ATOL) or (a != a and b != b)
    return bool(a == b)


def differ(a: Any, b: Any, path: str) -> str:
    """Where the first difference is, and what it is; empty if there is none."""
    if isinstance(a, dict) and isinstance(b, dict):
        if list(a) != list(b):
            only = [k for k in (*a, *b) if (k in a) != (k in b)]
            return f"{path}: eager has {list(a)}, compiled {list(b)}"[:300] + f" ({only[:3]})"
        return next((d for k in a if (d := differ(a[k], b[k], f"{path}.{k}"))), "")
    if isinstance(a, (list, tuple)) and type(a) is type(b):
        if len(a) != len(b):
            return f"{path}: eager has {len(a)} elements, compiled {len(b)}"
        return next(
            (
                d
                for k, (u, v) in enumerate(zip(a, b, strict=True))
                if (d := differ(u, v, f"{path}[{k}]"))
            ),
            "",
        )
    if type(a) is not type(b) or not _close(a, b):
        return f"{path}: eager {_short(a)}, compiled {_short(b)}"
    return ""
