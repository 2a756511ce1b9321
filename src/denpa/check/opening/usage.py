"""What a function does with its arguments, read from its code: which are looked up by words, which
are sizes, which index others, how many dimensions they must have. It orders trials; what is right
is decided by running."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from denpa.check.locate import ParsedSource

_SIZED = {"range", "reshape", "zeros", "ones", "empty", "full", "eye", "arange", "randn", "rand"}
_ARRAYS = {"dot", "matmul", "einsum", "outer", "sum", "mean", "concatenate", "hstack", "vstack",
           "c_", "transpose", "tensordot", "zeros_like", "ones_like", "pad", "len",
           "split"}  # fmt: skip
_DEPTH = 3


@dataclass
class Use:
    """How an argument is used."""

    array: bool = False
    size: bool = False
    index: bool = False
    called: bool = False
    word: bool = False
    looped: bool = False  # its items are taken one by one
    depth: int = 0  # dimensions that it has at least
    exact: int = 0  # and just as many, where it is indexed with None, as in b[:, None]
    factor: bool = False  # whether something is multiplied by it
    length: int = 0  # of what is unpacked
    items: int = 0  # the greatest number that it is indexed with, plus 1
    keys: list[str] = field(default_factory=list)
    mapping: bool = False  # it is asked for its items, as dicts are

    def join(self, other: Use) -> None:
        """Add what another function does with the same."""
        for name in ("array", "size", "index", "called", "word", "looped", "factor", "mapping"):
            setattr(self, name, getattr(self, name) or getattr(other, name))
        for name in ("depth", "exact", "length", "items"):
            setattr(self, name, max(getattr(self, name), getattr(other, name)))
        self.keys += [k for k in other.keys if k not in self.keys]


def uses(f: Any, names: Sequence[str], depth: int = _DEPTH) -> dict[str, Use]:
    """The uses of arguments of these names in a function, and in those of the same file that it
    gives them to.

    >>> def f(X, n):
    ...     return X.reshape(n, -1).sum()
    >>> found = uses(f, ["X", "n"])
    >>> found["X"].array, found["n"].size
    (True, True)
    """
    found = {n: Use() for n in names}
    source = ParsedSource.of(inspect.unwrap(f))
    if source is None:
        return found
    near = getattr(inspect.unwrap(f), "__globals__", {})
    nodes = list(ast.walk(source.tree))
    for node in nodes:
        _look(node, found)
        if isinstance(node, ast.Call) and depth:
            _follow(node, found, near, depth)
    return found


def _name(node: ast.AST, found: dict[str, Use]) -> str:
    return node.id if isinstance(node, ast.Name) and node.id in found else ""


def _inside(node: ast.AST | None, found: dict[str, Use]) -> Iterator[str]:
    for inner in ast.walk(node) if node is not None else ():
        if isinstance(inner, (ast.Attribute, ast.Subscript)):
            continue
        if name := _name(inner, found):
            yield name


def _look(node: ast.AST, found: dict[str, Use]) -> None:
    if isinstance(node, ast.Attribute) and (name := _name(node.value, found)):
        found[name].word |= node.attr in ("lower", "upper", "strip")
        found[name].mapping |= node.attr in ("items", "keys", "values", "get")
        found[name].array |= node.attr not in ("lower", "upper", "strip", "items", "keys", "get")
        if node.attr == "T":  # of one dimension it would be the same
            found[name].depth = max(found[name].depth, 2)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        for side in (node.left, node.right):
            if name := _name(side, found):
                found[name].array = True
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for side in (node.left, node.right):
            if name := _name(side, found):
                found[name].factor = True
    elif isinstance(node, ast.Subscript):
        _subscript(node, found)
    elif isinstance(node, (ast.GeneratorExp, ast.ListComp)):
        _spelled(node, found)
    elif isinstance(node, ast.Assign):
        _assigned(node, found)
    elif isinstance(node, (ast.For, ast.comprehension)) and (name := _name(node.iter, found)):
        found[name].looped = found[name].array = True
    elif isinstance(node, ast.Call):
        _called(node, found)


def _called(node: ast.Call, found: dict[str, Use]) -> None:
    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name := _name(node.func, found):
        found[name].called = True
    if called in _SIZED:
        for a in node.args:
            for name in _inside(a, found):
                found[name].size = True
    elif called in _ARRAYS:
        for a in node.args:
            for part in a.elts if isinstance(a, (ast.Tuple, ast.List)) else [a]:
                if name := _name(part, found):
                    found[name].array = True
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    near = [*([owner] if owner is not None else []), *node.args[:1]]
    for key in node.keywords:
        if key.arg == "axis" and isinstance(key.value, ast.Constant):
            axis = key.value.value
            for name in [n for a in near if (n := _name(a, found))]:
                if isinstance(axis, int):
                    found[name].depth = max(found[name].depth, axis + 1)


def _subscript(node: ast.Subscript, found: dict[str, Use]) -> None:
    name, at = _name(node.value, found), node.slice
    if name and isinstance(at, ast.Constant) and isinstance(at.value, str):
        if at.value not in found[name].keys:
            found[name].keys.append(at.value)
    elif name and (words := numbered_keys(at)):
        found[name].keys += [w for w in words if w not in found[name].keys]
    elif name and isinstance(at, ast.Constant) and isinstance(at.value, int):
        found[name].items = max(found[name].items, at.value + 1)
    elif name:
        found[name].array = True
        if isinstance(at, ast.Tuple):
            real = [e for e in at.elts if not _new(e)]
            found[name].depth = max(found[name].depth, len(real))
            if len(real) < len(at.elts) and all(isinstance(e, ast.Slice) for e in real):
                found[name].exact = len(real)
    held = node.value
    if isinstance(held, ast.Attribute) and held.attr == "shape" and isinstance(at, ast.Constant):
        own, k = _name(held.value, found), at.value
        if own:
            found[own].depth = max(found[own].depth, k + 1 if isinstance(k, int) else 0)
    parts = at.elts if isinstance(at, ast.Tuple) else [at]
    for part in parts:
        if isinstance(part, ast.Slice):
            for bound in (part.lower, part.upper):
                for inner in _inside(bound, found):
                    found[inner].size = True
        elif inner := _name(part.value if isinstance(part, ast.Subscript) else part, found):
            found[inner].index = True
            found[inner].array |= len(parts) > 1


def numbered_keys(at: ast.AST) -> list[str]:
    """The keys of two layers where code looks for f"W{k}" or "W" + str(k).

    >>> numbered_keys(ast.parse('f"W{k}"', mode="eval").body)
    ['W1', 'W2']
    """
    if isinstance(at, ast.JoinedStr) and len(at.values) == 2:
        head: ast.expr = at.values[0]
    elif isinstance(at, ast.BinOp) and isinstance(at.op, ast.Add):
        head, number = at.left, at.right
        if not (isinstance(number, ast.Call) and getattr(number.func, "id", "") == "str"):
            return []
    else:
        return []
    said = isinstance(head, ast.Constant) and isinstance(head.value, str)
    return [f"{ast.literal_eval(head)}{k}" for k in (1, 2)] if said else []


def _spelled(node: ast.GeneratorExp | ast.ListComp, found: dict[str, Use]) -> None:
    """(params[k] for k in ("W1", "b1")), whose words are keys."""
    at, loop = node.elt, node.generators[0]
    if not (isinstance(at, ast.Subscript) and isinstance(loop.iter, (ast.Tuple, ast.List))):
        return
    words = [e.value for e in loop.iter.elts if isinstance(e, ast.Constant)]
    name = _name(at.value, found)
    if name and ast.dump(at.slice).partition("ctx")[0] == ast.dump(loop.target).partition("ctx")[0]:
        found[name].keys += [w for w in words if isinstance(w, str) and w not in found[name].keys]


def _new(node: ast.expr) -> bool:
    """Whether an index makes a new dimension."""
    none = isinstance(node, ast.Constant) and node.value is None
    return none or getattr(node, "attr", getattr(node, "id", "")) == "newaxis"


def _assigned(node: ast.Assign, found: dict[str, Use]) -> None:
    target = node.targets[0]
    if not isinstance(target, (ast.Tuple, ast.List)):
        return
    if name := _name(node.value, found):
        found[name].length = len(target.elts)
    value = node.value
    if isinstance(value, ast.Attribute) and value.attr == "shape" and _name(value.value, found):
        own = found[_name(value.value, found)]
        own.depth = max(own.depth, len(target.elts))


def _follow(node: ast.Call, found: dict[str, Use], near: dict[str, Any], depth: int) -> None:
    called = near.get(node.func.id) if isinstance(node.func, ast.Name) else None
    if not inspect.isfunction(called) or called.__globals__ is not near:
        return
    takes = list(inspect.signature(called).parameters)
    pairs = [(n, p) for a, p in zip(node.args, takes, strict=False) if (n := _name(a, found))]
    pairs += [(n, k.arg) for k in node.keywords if k.arg and (n := _name(k.value, found))]
    if pairs:
        theirs = uses(called, [p for _, p in pairs], depth - 1)
        for name, p in pairs:
            found[name].join(theirs[p])
