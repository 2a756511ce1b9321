"""Who made a NaN or an infinity, and in which words it is told."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from denpa.autodiff.remedy import remedy
from denpa.core.errors import AnomalyError
from denpa.core.graph import Value
from denpa.core.shape import describe
from denpa.core.source import ROOT, Source, current_scope, here, where

_TABLE = tuple(ROOT + part + os.sep for part in ("core", "ops", "autodiff"))
_FUNCTIONS = tuple(ROOT + part + os.sep for part in ("functional", f"nn{os.sep}functional"))
_CALL = os.path.join(ROOT, "nn", "module.py")


class Site(NamedTuple):
    """What computes: the function that the user called (the op itself if none), the op, the pass,
    the user's line, the path of modules and the class of the innermost."""

    name: str
    op: str
    phase: str
    source: Source | None
    scope: str
    layer: str


@dataclass(eq=False)
class Cause:
    """A result in which NaN or infinities were made, or, if `given`, were first met."""

    maker: Site
    result: np.ndarray
    operands: tuple[Any, ...]
    given: bool = False
    rows: bool = True  # whether its first dimension may be that of a batch

    def keep(self) -> None:
        """Copy the numbers, which may be changed in place before they are told."""
        self.result = self.result.copy()
        self.operands = tuple(a.copy() if isinstance(a, np.ndarray) else a for a in self.operands)


@functools.cache
def _room(file: str) -> str:
    """Whether a file of Denpa's holds functions for the user, or what they call; else nothing."""
    if file.startswith(_FUNCTIONS):
        return "functions"
    return "table" if file.startswith(_TABLE) else ""


def maker_here(op: str) -> Site:
    """Who computes an op of the forward pass now."""
    name, layer = op, ""
    frame: Any = sys._getframe(1)
    while frame is not None and (room := _room(frame.f_code.co_filename)):
        code = frame.f_code
        if room == "functions" and "<locals>" not in code.co_qualname:
            name = op if code.co_name.startswith("_") else _public(code.co_name)
        frame = frame.f_back
    scope = current_scope()
    while scope and frame is not None:
        code = frame.f_code
        if code.co_name == "__call__" and code.co_filename == _CALL:
            layer = type(frame.f_locals["self"]).__name__
            break
        frame = frame.f_back
    return Site(name, op, "forward", here(), scope, layer)


def _public(function: str) -> str:
    """The user's name of a function that is a method: `to_half` is `half`."""
    return function.removeprefix("to_").removesuffix("_method")


def backward_of(v: Value) -> Site:
    """The backward pass of the equation of a value."""
    known: Site | None = v.maker
    if v.forward is not None:
        known = backward_of(v.forward)
        return Site(
            f"backward of {known.name}", known.op, "backward", v.source, v.scope, known.layer
        )
    e = v if v.rule is None else v.rule
    op = "the graph" if e.op is None else e.op.name
    if known is None or e.op is None or e.op.kind == "function":
        known = Site(op, op, "", v.source, v.scope, "" if known is None else known.layer)
    name = f"backward of {known.name}"
    return Site(name, known.op, "backward", v.source, v.scope, known.layer)


def _text(x: Any) -> str:
    return f"{float(x):.6g}"


def _place(result: np.ndarray, at: int) -> tuple[int, ...]:
    return tuple(int(k) for k in np.unravel_index(at, result.shape)) if result.shape else ()


def _chosen(origin: Cause, like: np.ndarray, at: int) -> int:
    """A place in the origin's result that belongs to the place `at` of a later result: the same,
    one in the same row, or the first."""
    bad = ~np.isfinite(origin.result)
    if origin.result.shape == like.shape and bad.flat[at]:
        return at
    if like.ndim and bad.ndim and len(like) == len(bad):
        row = bad[_place(like, at)[0]]
        if row.any():
            return int(_place(like, at)[0] * row.size + np.argmax(row))
    return int(np.argmax(bad))


def _operands(origin: Cause, place: tuple[int, ...]) -> list[str]:
    """The numbers that went in: those at the place, or the range of an operand."""
    found = []
    for a in origin.operands:
        array = np.asarray(a)
        if array.dtype.kind != "f" and not isinstance(a, (int, float)):
            continue
        try:
            array = np.broadcast_to(array, origin.result.shape)
        except ValueError:
            if array.size:
                low, high = array.min(), array.max()
                found.append(_text(low) if low == high else f"{_text(low)} … {_text(high)}")
            continue
        found.append(_text(array[place]))
    return found


def _wrong(origin: Cause, place: tuple[int, ...]) -> Any:
    """What is NaN or infinite in the operands: at the place, or first."""
    found = [np.asarray(a) for a in origin.operands]
    found = [a for a in found if a.dtype.kind == "f" and not np.isfinite(a).all()]
    for a in found:
        if a.shape == origin.result.shape and not np.isfinite(a[place]):
            return a[place]
    return found[0].flat[int(np.argmin(np.isfinite(found[0])))] if found else origin.result[place]


def _sentence(origin: Cause, at: int) -> str:
    """`log made -inf of 0 (1 of 2 elements, the first at [1])`."""
    result, maker = origin.result, origin.maker
    place = _place(result, at)
    size = result.size
    bad = ~np.isfinite(result)
    which = f", here [{', '.join(map(str, place))}]" if place and size > 1 else ""
    count = f" ({int(bad.sum())} of {size} elements{which})" if size > 1 else ""
    name = maker.name if maker.op in maker.name else f"{maker.name} (in its {maker.op})"
    values = _operands(origin, place)
    if origin.given:
        return f"{name} was given {_text(_wrong(origin, place))}{count}"
    of = " and ".join(values) if values else "finite numbers"
    if maker.phase == "backward" and values:
        of = f"the gradient {values[0]}" + (f" at {' and '.join(values[1:])}" if values[1:] else "")
    return f"{name} made {_text(result[place])} from {of}{count}"


def blamed(origin: Cause, at: int, turned: Cause) -> AnomalyError:
    """The error for a NaN at place `at` of the result of `turned`, which came of `origin`."""
    if origin is turned:
        return error_of(origin, at, "")
    text = f", and {turned.maker.name} made {_text(turned.result.flat[at])} of it"
    return error_of(origin, _chosen(origin, turned.result, at), text)


def ended(what: str, array: np.ndarray, taint: Any, v: Value) -> AnomalyError:
    """The error for a loss or a gradient that is not finite."""
    at = int(np.argmax(~np.isfinite(array)))
    value = _text(array.flat[at])
    if taint is None or taint.numbers.shape != array.shape or not taint.numbers.flat[at]:
        error = AnomalyError(f"{what} is {value}, and it was given so: no op that was seen made it")
        error.where = where(v.source or here(), v.scope)
        return error
    origin = taint.at(at)
    verb = "became" if not origin.given else "is"
    leaf = None if v.op is not None or v.owner is None else v.owner()
    return error_of(origin, _chosen(origin, array, at), f", and {what} {verb} {value}", leaf)


def _hint(origin: Cause, place: tuple[int, ...]) -> str:
    maker = origin.maker
    return remedy(maker.op, maker.phase, origin.result, origin.operands, place)


def error_of(origin: Cause, at: int, ending: str, parameter: Any = None) -> AnomalyError:
    """The error that blames an origin."""
    maker = origin.maker
    hint = "" if origin.given else _hint(origin, _place(origin.result, at))
    error = AnomalyError(_sentence(origin, at) + ending + hint)
    error.where = where(maker.source, maker.scope)
    if maker.layer:
        error.where += f" ({maker.layer})"
    place = _place(origin.result, at)
    error.blame = AnomalyBlame(maker, place, origin.result.shape, origin.rows, parameter)
    return error


@dataclass(frozen=True, eq=False)
class AnomalyBlame:
    """What an `AnomalyError` says, as data: who, which element of which shape, whether the first
    dimension may be that of a batch, and the parameter that it is about."""

    maker: Site
    place: tuple[int, ...]
    shape: tuple[int, ...]
    rows: bool = False
    parameter: Any = None


def updated(
    rule: Any, p: Any, new: np.ndarray, old: np.ndarray, g: np.ndarray, hyper: Mapping[str, Any]
) -> AnomalyError:
    """The error for an update that leaves a parameter NaN or infinite."""
    bad = ~np.isfinite(new)
    at = int(np.argmax(bad))
    place = _place(new, at)
    name = type(rule).__name__
    maker = Site(name, name, "update", here(), "", "")
    where_ = f", here [{', '.join(map(str, place))}]" if place and new.size > 1 else ""
    rate = f" and lr={hyper['lr']:g}" if isinstance(hyper.get("lr"), (int, float)) else ""
    weight, slope = old[place], g[place]
    text = (
        f"the update of {name} made {_text(new[place])} from the weight {_text(weight)} with the "
        f"gradient {_text(slope)}{rate} ({int(bad.sum())} of {new.size} elements of "
        f"{describe(p)}{where_})"
    )
    if np.isfinite(weight) and np.isfinite(slope):
        text += "; lower the learning rate, or clip the gradients"
    error = AnomalyError(text)
    error.where = where(maker.source, "")
    error.blame = AnomalyBlame(maker, place, new.shape, parameter=p)
    return error
