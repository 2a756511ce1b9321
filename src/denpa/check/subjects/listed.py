"""Code that knows no arrays: Python's own lists, of which P + Q is one behind the other."""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from denpa.check.locate import ParsedSource
from denpa.check.subjects.places import floats
from denpa.core.tree import mapped

_OF_ARRAYS = {"shape", "T", "dot", "ndim", "size", "reshape", "sum", "mean", "max", "astype"}


def takes_lists(f: Any) -> bool:
    """Whether a function goes through its arguments one by one, as lists are gone through, and
    neither it nor what it calls in its file has anything to do with arrays."""
    f = inspect.unwrap(f) if callable(f) else None
    source = ParsedSource.of(f) if f is not None else None
    if source is None or not _one_by_one(source.tree, set(inspect.signature(f).parameters)):
        return False
    near: Mapping[str, Any] = getattr(f, "__globals__", {})
    todo, seen = [source.tree], {getattr(f, "__name__", "")}
    while todo:
        for node in ast.walk(todo.pop()):
            of_arrays = isinstance(node, ast.Attribute) and node.attr in _OF_ARRAYS
            if of_arrays or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)):
                return False
            if not isinstance(node, ast.Name) or node.id in seen or node.id not in near:
                continue
            used = near[node.id]
            module = used if inspect.ismodule(used) else inspect.getmodule(used)
            if "-packages" in (getattr(module, "__file__", "") or ""):
                return False
            seen.add(node.id)
            own = inspect.isfunction(used) and used.__globals__ is near
            inner = ParsedSource.of(used) if own else None
            todo += [inner.tree] if inner is not None else []
    return True


def _one_by_one(tree: ast.AST, names: set[str]) -> bool:
    """Whether there is a loop over one of these names: for v in x, for a, b in zip(x, y), for k in
    range(len(x))."""
    loops = [n.iter for n in ast.walk(tree) if isinstance(n, (ast.For, ast.comprehension))]
    inner = [n.value for it in loops for n in ast.walk(it) if isinstance(n, ast.Attribute)]
    return any(
        isinstance(n, ast.Name) and n.id in names and n not in inner
        for it in loops
        for n in ast.walk(it)
    )


def as_lists(x: Any) -> Any:
    """A copy with lists, and lists of lists, in the places of arrays; whole numbers stay whole.

    >>> as_lists([np.eye(2), {"b": np.zeros(1)}, 0.5])
    [[[1.0, 0.0], [0.0, 1.0]], {'b': [0.0]}, 0.5]
    """
    return mapped(x, lambda a: a.tolist() if isinstance(a, np.ndarray) else copy.deepcopy(a))


def as_arrays(x: Any, shapes: Collection[tuple[int, ...]]) -> Any:
    """What was returned, with arrays in the places of lists of numbers of these shapes.

    >>> as_arrays(([0.5, 1.0], 2.0, [[1.0], [2.0]]), {(2,), (2, 1)})[0]
    array([0.5, 1. ])
    """
    if isinstance(x, dict):
        return {k: as_arrays(a, shapes) for k, a in x.items()}
    if not isinstance(x, (list, tuple)):
        return x
    if isinstance(x, list) and floats(x) and np.shape(x) in shapes:
        return np.asarray(x, np.float64)
    inner = [as_arrays(a, shapes) for a in x]
    return x._make(inner) if hasattr(x, "_make") else type(x)(inner)
