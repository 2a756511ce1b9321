"""Where a computation has other pieces: comparisons with numbers that every value of a run is on
one side of. They are read in the code that ran, with the values that its names had then."""

from __future__ import annotations

import ast
import builtins
import copy
import inspect
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

from denpa.check.subjects.written import Written
from denpa.core.source import ROOT

_OURS = (ROOT, str(Path(np.__file__).parent))
_BOUNDS = ("clip", "maximum", "minimum", "fmax", "fmin", "max", "min")
_PLAIN = (
    ast.Name,
    ast.Attribute,
    ast.Constant,
    ast.UnaryOp,
    ast.BinOp,
    ast.Subscript,
    ast.Slice,
    ast.operator,
    ast.unaryop,
    ast.expr_context,
    ast.Tuple,
)
_MOST = 40  # functions that are looked into


@dataclass(frozen=True, eq=False)
class Piece:
    """Values that are compared with a number."""

    at: tuple[str, int, int]
    values: np.ndarray
    number: float

    @property
    def one_sided(self) -> bool:
        """Whether all values are on one side; what is at the bound may have been cut off there."""
        return bool((self.values < self.number).all() or (self.values > self.number).all())

    @property
    def alike(self) -> bool:
        """Whether all comparisons of one sort come out alike."""
        below = self.values < self.number
        return not below.any() or bool((self.values <= self.number).all())

    def within(self, others: Sequence[Piece]) -> bool:
        """Whether the values of another run are on one side of this bound, too."""
        return not any(
            p.at == self.at and p.number == self.number and not p.one_sided for p in others
        )


def pieces(subject: Written) -> list[Piece]:
    """All comparisons of values with numbers in the functions that one forward pass runs."""
    frames: dict[CodeType, dict[str, Any]] = {}

    def inside(frame: Any, event: str, _: Any) -> Any:
        if event == "return" and len(frames) < _MOST:
            frames[frame.f_code] = {**frame.f_globals, **frame.f_locals}
        return inside

    def trace(frame: Any, event: str, _: Any) -> Any:
        file = frame.f_code.co_filename
        if file.startswith(("<", *_OURS)):
            return None
        frame.f_trace_lines = False
        return inside

    before = sys.gettrace()
    try:
        sys.settrace(trace)
        with np.errstate(all="ignore"):
            subject.forward(subject.values)
    except Exception:  # told elsewhere
        return []
    finally:
        sys.settrace(before)
    return [p for code, names in frames.items() for p in _of(code, names)]


def _of(code: CodeType, names: dict[str, Any]) -> Iterator[Piece]:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    except (OSError, SyntaxError, TypeError):
        return
    for node in ast.walk(tree):
        for left, right in _pairs(node):
            values, number = _whole(left, names), _whole(right, names)
            if values is None or number is None:
                continue
            if np.ndim(values) == 0 < np.ndim(number):
                values, number = number, values
            if np.ndim(number) == 0 and np.size(values) and np.isfinite(values).all():
                at = (code.co_filename, code.co_firstlineno + left.lineno, left.col_offset)
                yield Piece(at, np.asarray(values), float(number))


def _pairs(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What is compared with what."""
    if isinstance(node, ast.Compare):
        yield from zip([node.left, *node.comparators], node.comparators, strict=False)
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        given = [*node.args, *(k.value for k in node.keywords)]
        method = isinstance(node.func, ast.Attribute) and name == "clip"
        of = getattr(node.func, "value", None)
        if method and isinstance(of, ast.expr) and getattr(of, "id", "") not in ("np", "numpy"):
            given = [of, *given]
        if name in _BOUNDS and len(given) > 1:
            yield from ((given[0], other) for other in given[1:])


def _whole(node: ast.expr, names: dict[str, Any]) -> Any:
    """The values of an expression; of one number of an array, as loops ask for, the array."""
    found = _value(node, names)
    if found is not None and not found.ndim and isinstance(node, ast.Subscript):
        held = _value(node.value, names)
        return found if held is None else held
    return found


def _value(node: ast.expr, names: dict[str, Any]) -> Any:
    """The real numbers that a plain expression had; None where it calls what may do more than
    compute, or has none."""
    inner = [n for n in ast.walk(node) if isinstance(n, ast.Call)]
    pure = all(_called(n, names) in _PURE for n in inner)
    if not pure or not all(isinstance(n, (*_PLAIN, ast.Call)) for n in ast.walk(node)):
        return None
    try:
        code = compile(ast.Expression(copy.deepcopy(node)), "<piece>", "eval")
        with np.errstate(all="ignore"):
            found = np.asarray(eval(code, dict(names)))
    except Exception:  # the user's own names
        return None
    return found if found.dtype.kind in "iuf" else None


def _called(node: ast.Call, names: dict[str, Any]) -> Any:
    """What a call calls, where that is a function of NumPy or a builtin."""
    f = node.func
    if isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name):
        of = names.get(f.value.id)
        return getattr(of, f.attr, None) if of is np else None
    return names.get(f.id, getattr(builtins, f.id, None)) if isinstance(f, ast.Name) else None


_PURE = (abs, max, min, float, np.abs, np.maximum, np.minimum, np.clip, np.exp, np.tanh, np.sqrt,
         np.square, np.dot, np.matmul, np.sum, np.mean, np.max, np.linalg.norm)  # fmt: skip
