"""Arguments for a computation that nobody gave, as texts that --input takes, by names and by the
shapes of what is there. They are tried in order; what runs, forward and backward, is used."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from denpa.check.argument_roles import is_flag, is_target
from denpa.check.opening.usage import uses
from denpa.check.opening.words import (
    DATA,
    MATRICES,
    NUMBERS,
    PARAMETERS,
    STATES,
    TINY,
    VECTORS,
)
from denpa.check.subjects.places import leaves


@dataclass(frozen=True)
class Sizes:
    """How many numbers go in and come out, where the data say."""

    ins: int = 4
    outs: int = 3
    hidden: int = 6


@dataclass(frozen=True)
class GuessedArguments:
    """Arguments as text, and what they are: "rows" (examples along dimension 0), "columns",
    "column" (one example), "vector", "row" (a batch of one), "numbers", …"""

    text: str
    family: str = "rows"


def needed(f: Any) -> list[inspect.Parameter]:
    """The parameters that must be given."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return []
    kinds = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.KEYWORD_ONLY,
    )
    return [p for p in parameters if p.kind in kinds and p.default is inspect.Parameter.empty]


def rand_(shape: Sequence[int]) -> str:
    """The text that draws an array of a shape."""
    return f"rand({', '.join(map(str, shape))})"


_RANGES = ("rand", "unit", "positive")


def inputs(obj: Any, run: Any, sizes: Sizes) -> Iterator[GuessedArguments]:
    """Arguments for a method that computes: an input that suits the object's arrays; targets as
    rows of 0 and 1, as numbers of classes, as columns; last, whole numbers, which an embedding
    takes, and one example alone.

    Only those are written with `rand` for which another range may be put in its place.
    """
    names = [p.name for p in needed(run)]
    names = _with_targets(run, names or first_of(run))
    if not names:
        yield GuessedArguments("", "rows")
        return
    for x, family in _examples(obj, sizes):
        yield from _with_others(obj, run, names, x, family, sizes)


def _with_targets(run: Any, names: list[str]) -> list[str]:
    """The arguments, and targets behind them that need not be given, as in loss(X, y=None)."""
    try:
        found = [p.name for p in inspect.signature(run).parameters.values()
                 if p.kind is p.POSITIONAL_OR_KEYWORD]  # fmt: skip
    except (TypeError, ValueError):
        return names
    rest = found[len(names) :] if found[: len(names)] == names else []
    if len(names) == 1 and rest[:1] and is_target(rest[0], found):
        return [*names, rest[0]]
    return names


def first_of(run: Any) -> list[str]:
    """The first argument, of those that need not be given."""
    try:
        found = list(inspect.signature(run).parameters.values())
    except (TypeError, ValueError):
        return ["x"]
    if not found:
        return []
    return ["x"] if found[0].kind is inspect.Parameter.VAR_POSITIONAL else [found[0].name]


def _arrays(obj: Any) -> list[np.ndarray]:
    """The arrays of an object, and its lists of numbers as such."""
    held = [x for _, x in itertools.islice(leaves(obj), 60) if isinstance(x, (np.ndarray, list))]
    return [x if isinstance(x, np.ndarray) else np.asarray(x, np.float64) for x in held]


def _examples(obj: Any, sizes: Sizes) -> Iterator[tuple[str, str]]:
    arrays = _arrays(obj)
    flat = list(dict.fromkeys(a.shape for a in arrays if a.ndim == 2 and min(a.shape) > 1))[:4]
    thin = list(dict.fromkeys(a.shape for a in arrays if a.ndim == 2 and min(a.shape) == 1))
    deep = list(dict.fromkeys(a.shape for a in arrays if a.ndim > 2))[:2]
    lines = list(dict.fromkeys(a.shape for a in arrays if a.ndim == 1))[:2]
    ins = [s[0] for s in flat[:1]] or [max(s) for s in thin[:1]] or [s[0] for s in lines[:1]]
    outs = [s[1] for s in flat[:1]]
    for s in deep:
        k = len(s) - 2
        if len(s) == 3:
            yield f"rand(5, {s[0]})", "rows"
        for size in ((7, 6), (8, 8), (28, 28)):
            yield f"rand(2, {s[1]}, {', '.join(map(str, size[:k]))})", "rows"
        yield f"rand(2, {', '.join(map(str, (7, 6)[:k]))}, {s[-2]})", "rows"
        yield "rand(8, 8)", "one"
    d = ins[0] if ins else sizes.ins
    yield f"rand(5, {d})", "rows"
    columns = [s[1] for s in flat[:1]] or [s[0] for s in thin if s[1] == 1]
    for c in dict.fromkeys([*columns, *([] if flat else [sizes.ins])]):
        yield f"rand({c}, 5)", "columns"
    for k in dict.fromkeys([*(s[0] for s in (*flat[1:], *thin)), *(s[1] for s in flat[:1])]):
        yield f"rand(5, {k})", "rows"
    if not arrays:
        yield "rand(5, 1)", "rows"
        yield "rand(1, 5)", "columns"
    for shape in ((5, 3), (2, 2, 7, 6), (2, 2, 6, 6), (2, 6, 6, 2), (2, 2, 8, 8), (4, 2, 9)):
        yield rand_(shape), "rows"
    for n in dict.fromkeys([d, *outs, *(k for s in flat for k in s)]):
        yield f"rand(2, 3, {n})", "rows"
        yield f"[rand({n}, 1), rand({n}, 1), rand({n}, 1)]", "rows"
    yield "rand(6, 6)", "one"
    yield "rand(2, 6, 6)", "one"
    yield "rand(6, 6, 2)", "one"
    for c in dict.fromkeys([*outs, d, 5]):
        yield f"rand({c}, 1)", "column"
    for n in dict.fromkeys([d, *outs, 6]):
        yield f"rand({n})", "vector"
    yield "labels(5, 3)", "rows"
    yield "labels(6, 3).reshape(2, 3)", "rows"
    yield "[0, 2, 1, 2]", "rows"
    yield "0.7", "number"
    yield f"rand(1, {d})", "row"


def _widths(obj: Any, x: str, family: str, sizes: Sizes) -> list[int]:
    """How many columns (or rows) an output may have."""
    arrays = _arrays(obj)
    found: list[int] = []
    for a in reversed(arrays):
        if a.ndim and a.size:
            found += [a.shape[0] if family in ("columns", "column") else a.shape[-1], a.shape[0]]
    shape = [int(n) for n in re.findall(r"\d+", x.split("[")[-1])] if x.startswith("rand") else []
    if not arrays and shape:
        found.append(shape[0] if family in ("columns", "column") else shape[-1])
    found = [n for n in dict.fromkeys(found) if 1 < n < 60]
    return list(dict.fromkeys([*found[:4], sizes.outs, 10]))[:5]


def targets(x: str, family: str, widths: Sequence[int]) -> list[str]:
    """Targets for an input, in the forms that losses take."""
    same = [x] if x.startswith("rand") else []
    shape = [int(n) for n in re.findall(r"\d+", x)] if same else [5]
    n = shape[0] if family not in ("columns", "column") else shape[-1]
    found: list[str] = []
    if family == "columns":
        found += [f"onehot({n}, {k}).T" for k in widths]
        found += [f"binary(1, {n})", f"labels({n}, {widths[0]})", *same]
        found += [f"rand({k}, {n})" for k in widths]
    elif family in ("column", "vector"):
        ends = ".T" if family == "column" else "[0]"
        found += [f"onehot(1, {k}){ends}" for k in widths]
        found += [f"rand({k}, 1)" if ends == ".T" else f"rand({k})" for k in widths]
        found += ["1", "labels(1, 2)", "binary(1, 1)", "1.0", *same]
    elif family == "number":
        found += ["1.0", "0.3"]
    else:
        found += [f"onehot({n}, {k})" for k in widths]
        found += [f"labels({n}, {k})" for k in widths]
        found += [f"binary({n}, 1)", f"binary({n})", *same, f"rand({n}, 1)", f"rand({n})"]
        found += [f"rand({n}, {k})" for k in widths]
        if len(shape) > 2:
            found += [
                f"labels({shape[0] * shape[1]}, {k}).reshape({shape[0]}, {shape[1]})"
                for k in widths
            ]
    if "labels" in x or x.startswith("[0"):
        found = ["[2, 1, 2, 0]", "labels(6, 3).reshape(2, 3)", *found]
    return list(dict.fromkeys(found))


def _with_others(
    obj: Any, run: Any, names: Sequence[str], x: str, family: str, sizes: Sizes
) -> Iterator[GuessedArguments]:
    """One input with everything else that a method asks for."""
    rest = list(names)
    aims = [n for n in rest if is_target(n, rest)]
    if aims and len(aims) == len(rest):
        aims = aims[1:]
    widths = _widths(obj, x, family, sizes)
    data = next((n for n in rest if n not in aims), "")
    if data in PARAMETERS or _LOWER.fullmatch(data):  # objective(w, X, y)
        data = next((n for n in rest if n not in aims and n in DATA), data)
    wide = int(m[1]) if (m := re.fullmatch(r"rand\(\d+, (\d+)\)", x)) else 0
    choices: list[list[str]] = []
    for name in rest:
        if name == data:
            choices.append([x])
        elif name in aims:
            choices.append(targets(x, family, widths))
        elif is_flag(name):
            choices.append(["True"])
        elif name in TINY and uses(run, [name])[name].factor:  # noise: so small a factor is none
            choices.append([x, *(f"rand(5, {k})" for k in widths), NUMBERS[name]])
        elif wide and name.islower() and (name in PARAMETERS or _LOWER.fullmatch(name)):
            own = [f"rand({wide})", f"rand({wide + 1})"]  # a vector of weights, and with its bias
            choices.append([*own, x, *(f"rand(5, {k})" for k in widths[:2])])
        elif name in NUMBERS:
            choices.append([NUMBERS[name]])
        elif STATES.fullmatch(name):
            first = re.search(r"rand\((\d+)", x)
            n = first[1] if first else "5"
            choices.append([f"rand({n}, {k})" for k in widths] + [f"rand({k}, 1)" for k in widths]
                           + [f"rand({k})" for k in widths])  # fmt: skip
        else:
            choices.append([x, *(f"rand(5, {k})" for k in widths[:2])])
    for texts in itertools.islice(itertools.product(*choices), 40):
        yield GuessedArguments(
            ", ".join(f"{n}={t}" for n, t in zip(rest, texts, strict=True)), family
        )


_LOWER = re.compile(f"{MATRICES.pattern}|{VECTORS.pattern}|coefs?|params?")


def ranged(guess: GuessedArguments) -> Iterator[GuessedArguments]:
    """The same with its input in other ranges: between 0 and 1, and positive. Of several arguments
    first the first alone."""
    for name in _RANGES[1:]:
        yield GuessedArguments(guess.text.replace("rand(", f"{name}(", 1), guess.family)
    if guess.text.count("rand(") > 1:
        for name in _RANGES[1:]:
            yield GuessedArguments(guess.text.replace("rand(", f"{name}("), guess.family)
