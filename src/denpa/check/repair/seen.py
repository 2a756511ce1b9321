"""What one run of somebody's functions sees: shapes, names, and which values reach which gradient.

Each expression is watched. After that each is moved a little, alone: a place whose value reaches a
gradient that is right already is hardly the place of the mistake.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import CodeType
from typing import Any

import numpy as np

from denpa.check.determinism import relative
from denpa.check.patience import Patience
from denpa.check.repair.routines import Outer, Routine, first_line, nested, placed
from denpa.check.repair.tree import (
    Scope,
    Shape,
    Slot,
    beside,
    expressions,
    first_lines,
    is_gradient,
    loops,
    statements,
)

Run = Callable[[], dict[str, Any]]


class Seen:
    """One run of routines, watched: `scopes` by routine, and `reached` by node: the gradients that
    change where its value is moved."""

    def __init__(
        self, routines: Sequence[Routine], run: Run, weights: dict[str, Shape], seconds: float
    ) -> None:
        self.scopes: dict[Routine, Scope] = {}
        self.reached: dict[int, frozenset[str]] = {}
        self.shapes: dict[int, Shape] = {}
        self._moved: int | None = None  # the expression that is moved now
        self._able: list[int] = []  # those that hold floats
        watched = [(r, slot, slot.get()) for r in routines for slot in _watched(r)]
        for _, slot, node in reversed(watched):  # from within
            call = ast.Call(ast.Name("__see__", _LOAD), [ast.Constant(id(node)), slot.get()], [])
            slot.put(ast.fix_missing_locations(ast.copy_location(call, node)))
        try:
            self._run(routines, run, seconds)
        finally:
            for _, slot, node in watched:
                slot.put(node)
        for r in self.scopes:
            nodes = [node for of, _, node in watched if of is r]
            self.scopes[r] = _scope(self.scopes[r].values, self.shapes, nodes, r, weights)

    def _run(self, routines: Sequence[Routine], run: Run, seconds: float) -> None:
        outers = list(dict.fromkeys(r.outer for r in routines))
        with placed(outers, __see__=self._see) as codes:
            held: dict[CodeType, dict[str, Any]] = {}
            patience = Patience(seconds)
            with _locals_of({_code(r, codes): r for r in routines}, held):
                first = run()
            for r in routines:
                code = _code(r, codes)
                if code in held:
                    self.scopes[r] = Scope({}, {}, values=held[code])
            for at in dict.fromkeys(self._able):
                if patience.over:
                    break
                self._moved = at
                with suppress(Exception):
                    self.reached[at] = _changed(first, run())
            self._moved = None

    def _see(self, at: int, x: Any) -> Any:
        shape = getattr(x, "shape", () if isinstance(x, (int, float)) else None)
        if not isinstance(shape, tuple):
            return x
        floats = isinstance(x, float) or (isinstance(x, np.ndarray) and x.dtype.kind == "f")
        if self._moved is None:
            self.shapes[at] = tuple(shape)
            if floats:
                self._able.append(at)
        elif at == self._moved and floats:
            return x * (1 + 1e-3 * np.cos(np.arange(np.size(x)).reshape(shape)))
        return x


def _watched(routine: Routine) -> Iterator[Slot]:
    for s in statements(routine.node):
        for slot in expressions(s.get()):
            x = slot.get()
            if isinstance(x, _VALUES) and isinstance(getattr(x, "ctx", _LOAD), ast.Load):
                yield slot


_VALUES = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Attribute, ast.Subscript, ast.Compare)
_LOAD = ast.Load()


def _code(routine: Routine, codes: dict[Outer, CodeType]) -> CodeType | None:
    """The code of a routine, among those that were compiled."""
    outer = codes[routine.outer]
    if routine.node is routine.outer.tree:
        return outer
    line = first_line(routine.node)
    alike = (c for c in nested(outer) if c.co_name == routine.node.name)
    return next((c for c in alike if c.co_firstlineno == line), None)


def _changed(first: dict[str, Any], second: dict[str, Any]) -> frozenset[str]:
    """The gradients that differ."""
    found = set()
    for name, g in first.items():
        with suppress(TypeError, ValueError):
            other = np.asarray(second[name], np.float64) if name in second else None
            if other is None or relative(np.asarray(g, np.float64), other) > 1e-12:
                found.add(name)
    return frozenset(found)


@contextmanager
def _locals_of(codes: Any, into: dict[CodeType, dict[str, Any]]) -> Iterator[None]:
    """Note the local variables of the functions that have these codes when they return."""
    before = sys.getprofile()

    def note(frame: Any, event: str, _: Any) -> None:
        if event == "return" and frame.f_code in codes:
            into[frame.f_code] = dict(frame.f_locals)

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(before)


def _scope(
    last: dict[str, Any],
    shapes: dict[int, Shape],
    nodes: Sequence[Any],
    routine: Routine,
    weights: dict[str, Shape],
) -> Scope:
    """The names that an edit of a routine may use."""
    arguments = {a.arg for a in routine.node.args.args}
    found = Scope(
        shapes,
        {},
        weights=frozenset(weights),
        counters=loops(routine.node),
        biases=frozenset(s for s in weights.values() if len(s) == 1),
        made={n: k for n, k in first_lines(routine.node).items() if n not in arguments},
        values=last,
    )
    masks: set[str] = set()
    flags: set[str] = set()
    sizes: dict[int, tuple[str, str]] = {}  # by size: the text, and the array in it
    given = [a.arg for a in routine.node.args.args]
    vectors = {n for n, x in named(last) if _is_vector(x)} if found.counters else set()
    for name, x in named(_aliases_last(last, given)):
        if isinstance(x, (bool, str)) or name.startswith("__"):
            continue
        if isinstance(x, (list, tuple)) and any(isinstance(a, np.ndarray) for a in x):
            found.lists[name] = len(x)
        if name in vectors:
            found.entries = (*found.entries, f"{name}[{{}}]")
        if isinstance(x, (int, float)) or getattr(x, "shape", None) == ():
            with suppress(TypeError, ValueError):  # such as an array of objects
                if np.isfinite(float(x)) and float(x) not in (0, 1):
                    found.numbers[name] = float(x)
        elif isinstance(getattr(x, "shape", None), tuple) and hasattr(x, "dtype") and x.shape:
            found.arrays[name] = tuple(x.shape)
            if "bool" in str(x.dtype):
                masks.add(name)
            elif are_flags(x):
                flags.add(name)
            elif (axis := _shared(x)) is not None:
                found.shares[name] = axis
            for size, text in ((len(x), f"len({name})"), (int(np.prod(x.shape)), f"{name}.size")):
                if size not in sizes or (name in given and sizes[size][1] not in given):
                    sizes[size] = text, name
    found.series = (*(f"{name}[{{}}]" for name in found.lists), *_numbered(last))
    found.factors = tuple(dict.fromkeys(_factors(nodes, shapes)))
    found.literals = routine.literals
    found.indices = tuple(
        dict.fromkeys(
            ast.unparse(n.slice)
            for n in ast.walk(routine.node)
            if isinstance(n, ast.Subscript)
            and (
                isinstance(n.slice, ast.BinOp)
                or (
                    isinstance(n.slice, ast.Tuple)
                    and any(isinstance(e, ast.Slice) for e in n.slice.elts)
                )
            )
        )
    )
    counted = ", ".join(found.counters)
    for node in nodes:  # self.h[k], and the step of time before it
        if isinstance(node, ast.Subscript) and shapes.get(id(node)):
            for text in _steps(node):
                found.arrays.setdefault(text, shapes[id(node)])
    found.points = tuple(
        f"{name}[{counted}]"
        for name, shape in found.arrays.items()
        if is_gradient(name) and len(shape) == len(found.counters) > 1 and "[" not in name
    )
    found.masks, found.flags = frozenset(masks), frozenset(flags)
    found.sizes = tuple(text for text, _ in sizes.values())[:8]
    return found


def _numbered(last: dict[str, Any]) -> list[str]:
    """The entries of dicts whose keys end in a number, or are numbers: cache["Z1"], h[t]."""
    found: dict[str, int] = {}
    for name, x in named(last):
        if not isinstance(x, dict) or len(x) > 60:
            continue
        for key, held in x.items():
            stem = re.fullmatch(r"(\D+)\d+", key) if isinstance(key, str) else None
            if not isinstance(held, np.ndarray) or (stem is None and not isinstance(key, int)):
                continue
            text = f"{name}[{{}}]" if stem is None else f"{name}[f'{stem[1]}{{{{}}}}']"
            found[text] = found.get(text, 0) + 1
    return [text for text, n in found.items() if n > 1]


def _factors(nodes: Sequence[Any], shapes: dict[int, Shape]) -> Iterator[str]:
    """Numbers that the function multiplies or divides by, other than plain ones and names."""
    for node in nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
            for x in (node.left, node.right):
                if isinstance(x, (ast.Call, ast.BinOp)) and shapes.get(id(x)) == ():
                    yield ast.unparse(x)


def _is_vector(x: Any) -> bool:
    if isinstance(x, np.ndarray):
        return x.ndim == 1 and x.dtype.kind == "f"
    return isinstance(x, list) and bool(x) and all(isinstance(a, float) for a in x)


def _aliases_last(last: dict[str, Any], given: list[str]) -> dict[str, Any]:
    """The local variables, those arguments last that have another name, too: `x = cache`."""
    own = {id(x) for name, x in last.items() if name not in given}
    return dict(sorted(last.items(), key=lambda item: item[0] in given and id(item[1]) in own))


def are_flags(x: Any) -> bool:
    """Whether an array holds 0 and 1 only, as targets in one-hot form do."""
    try:
        return bool(np.all((np.asarray(x) == 0) | (np.asarray(x) == 1)))
    except (TypeError, ValueError, RuntimeError):  # another library's tensor
        return False


def _shared(x: Any) -> str | None:
    """Along what the numbers of an array sum to 1, as those of softmax do: code for np.sum."""
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f" or x.size < 2 or (x <= 0).any():
        return None
    axes = [None, -1, *range(x.ndim - 1)]
    shown = ("" if k is None else f", axis={k}, keepdims=True" for k in axes)
    alike = (
        text
        for k, text in zip(axes, shown, strict=True)
        if np.allclose(x.sum(axis=k), 1, atol=1e-6)
    )
    return next(alike, None)


def _steps(node: ast.Subscript) -> list[str]:
    """An indexed array as it is written, and the one a step before or after."""
    return [ast.unparse(ast.Subscript(node.value, k, _LOAD)) for k in beside(node.slice)]


def named(last: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Locals, attributes of self (or ctx), and entries of dicts among these."""
    for name, x in last.items():
        yield name, x
        if isinstance(x, dict):
            yield from _entries(name, x)
        own = getattr(x, "__dict__", None)
        if own is None or inspect.ismodule(x) or inspect.isclass(x):
            continue
        for key, held in own.items():
            yield f"{name}.{key}", held
            if isinstance(held, dict):
                yield from _entries(f"{name}.{key}", held)


def _entries(name: str, x: dict[Any, Any]) -> Iterator[tuple[str, Any]]:
    return ((f"{name}[{k!r}]", v) for k, v in x.items() if isinstance(k, (str, int)))
