"""How the derivative of somebody's code is read, and the small questions that this takes."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from denpa.check.argument_roles import RATES, gradient_of
from denpa.check.subjects.binding import Binding
from denpa.check.subjects.forms import Form
from denpa.check.subjects.places import attributes, is_object
from denpa.words import say


@dataclass(frozen=True)
class BackwardReading:
    """How the derivative is called and what it is of: how many `outputs` there are, whether a cache
    is behind them (`cached`), the `form` that is made of the output, and whether the derivative is
    one element by element, still to be multiplied by what is above (`slope`)."""

    outputs: int
    cached: bool
    binding: Binding
    form: Form | None = None
    slope: bool = False
    of: str = ""  # the argument that a lone gradient is of, where it fits several
    rows: bool = False  # whether it is that of each number of the output, one behind the other
    at: int = 0  # which part of what is returned is the first output
    loss: str = ""  # a method that makes the number once forward has run


LEFT = ("output", "out", "outputs", "y", "a", "result", "activation", "value", "loss")


def trial_target(y: np.ndarray) -> np.ndarray:
    """A target for an output: rows of 0 and 1 where it has columns, 0 and 1 in turn elsewhere.

    >>> trial_target(np.zeros((2, 3))).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    if y.ndim == 2 and y.shape[1] > 1 and y.shape[0] > 1:
        return np.asarray(np.eye(y.shape[1])[np.arange(len(y)) % y.shape[1]])
    flat = (np.arange(y.size) + 1) % 2
    return flat.reshape(y.shape).astype(np.float64)


def optional_rates(f: Any) -> list[str]:
    """Learning rates that a backward has a default for."""
    try:
        found = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return []
    rates = RATES - {"alpha", "rate"}  # which are slopes and shares as often
    return [p.name for p in found if p.name in rates and p.default is not p.empty]


def held_target(owner: Any, y: np.ndarray) -> np.ndarray | None:
    """The targets that an object was made with, where it was made with the data."""
    held = attributes(owner) if owner is not None else {}
    found = [
        a
        for n, a in held.items()
        if n in ("y", "t", "Y", "target", "targets", "labels")
        and isinstance(a, np.ndarray)
        and a.shape == y.shape
    ]
    return np.array(found[0], np.float64) if found else None


def is_number(y: Any) -> bool:
    """Whether it is one number of floats."""
    return real(y) and np.ndim(y) == 0 and not isinstance(y, int)


def value_at(parts: Sequence[Any]) -> int:
    """Which part is the value: the first that is a number."""
    return next((k for k, y in enumerate(parts) if is_number(y)), 0)


def parameter_names(f: Any, n: int) -> list[str]:
    """What a function calls its first n arguments."""
    try:
        names = [
            p.name
            for p in inspect.signature(f).parameters.values()
            if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ]
    except (TypeError, ValueError):
        names = []
    return (names + [f"x{k}" if k or n > 1 else "x" for k in range(len(names), n)])[:n]


def called(f: Any) -> str:
    """The name of a function or method."""
    return f if isinstance(f, str) else str(getattr(f, "__name__", say("the gradient function")))


def numbers(a: Any) -> bool:
    """A list of numbers, or of lists of them, that is an array."""
    try:
        array = np.asarray(a)
    except ValueError:
        return False
    return array.dtype.kind in "iuf" and not any(isinstance(x, np.ndarray) for x in a)


def real(a: Any) -> bool:
    """Whether it is made of numbers that could be floats."""
    if isinstance(a, (bool, str, dict, type(None))):
        return False
    try:
        array = np.asarray(a)
    except ValueError:  # lists of unlike lengths
        return False
    return array.dtype.kind in "iuf"


def times(g: Any, upstream: np.ndarray) -> Any:
    """A gradient times what comes from above; one of another shape stays, to be told as such."""
    try:
        a = np.asarray(g)
    except ValueError:
        return g
    fits = not upstream.ndim or a.shape == upstream.shape
    return a * upstream if fits and a.dtype.kind in "biufc" else g


def fielded(found: Any, names: Iterable[str]) -> Any:
    """What was returned, with objects that hold arrays as dicts of their fields; a named tuple is
    one where a field's name is that of an array's gradient.

    >>> from types import SimpleNamespace
    >>> fielded((1.0, SimpleNamespace(dW=2.0)), ["W"])
    (1.0, {'dW': 2.0})
    """
    fields = getattr(found, "_fields", None) if isinstance(found, tuple) else None
    if fields is not None:
        told = any(gradient_of(n, list(names)) for n in fields)
        return dict(zip(fields, found, strict=True)) if told else tuple(found)
    if isinstance(found, (tuple, list)):
        inner = [fielded(x, names) for x in found]
        same = all(a is b for a, b in zip(inner, found, strict=True))
        return found if same else type(found)(inner)
    if not is_object(found) or hasattr(found, "__array__") or hasattr(found, "__getitem__"):
        return found
    return attributes(found)
