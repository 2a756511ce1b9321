"""Points: a rubric says what each gradient, or each test of a teacher, is worth."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import combinations
from pathlib import Path
from typing import Any

from denpa.check.argument_roles import gradient_of
from denpa.check.record import WHOLE
from denpa.check.report import Report
from denpa.core.errors import ArgumentError
from denpa.words import reason, say

_TOTAL = 100.0


@dataclass(frozen=True)
class Item:
    """One thing that points are given for: a gradient, or a test."""

    name: str
    points: float
    of: float
    ok: bool


@dataclass(frozen=True)
class Rubric:
    """What is worth how much.

    `points` has, for each name that is checked, the points of its gradients, by any spelling of
    their names (x, dx, grad_x); for tests, under "", those of the tests. Without it all are worth
    the same, and `total` together. `deductions` are taken off for a mistake, once, in place of the
    points of the gradients that it makes wrong.
    """

    points: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    total: float | None = None
    deductions: Mapping[str, float] = field(default_factory=dict)

    @property
    def of(self) -> float:
        """The most that can be reached."""
        if self.total is not None:
            return self.total
        return self._given if self.points else _TOTAL

    @property
    def _given(self) -> float:
        return sum(p for table in self.points.values() for p in table.values())

    @property
    def scale(self) -> float:
        """What a point of the tables is worth, so that all make `total`."""
        return self.of / self._given if self.points else 1.0

    def worth(self, name: str, parts: Sequence[str], names: int = 1) -> dict[str, float]:
        """The points of each of these parts of a name, which is one of so many names; with a table
        of points, of what is in that.

        >>> Rubric().worth("Affine", ["x", "W", "b", "a"])
        {'x': 25.0, 'W': 25.0, 'b': 25.0, 'a': 25.0}
        >>> Rubric({"Affine": {"W": 3, "b": 1}}, total=8).worth("Affine", ["x", "W"])
        {'W': 6.0, 'b': 2.0}
        """
        table = self.points.get(name)
        if table is None:
            return {p: self.of / names / len(parts) for p in parts}
        return {key: value * self.scale for key, value in table.items()}

    def parts(self, name: str, parts: Sequence[str], inputs: Sequence[str] = ()) -> dict[str, str]:
        """Which of these gradients each key means; "" for none. `inputs` are those of inputs.

        >>> rubric = Rubric({"Affine": {"dx": 1, "grad_W": 3, "bias": 1, "c": 1}})
        >>> rubric.parts("Affine", ["inp", "W", "b"], ["inp"])
        {'dx': 'inp', 'grad_W': 'W', 'bias': 'b', 'c': ''}
        """
        table = self.points.get(name)
        if table is None:
            return {p: p for p in parts}
        return {key: _meant(key, parts, inputs) for key in table}

    def unknown(self, name: str, found: Sequence[Mapping[str, bool]]) -> str:
        """What is wrong with the keys of a name: one that no submission has, or two for the same
        gradient; "" if nothing is. `found` are the gradients that each has of it, and whether it is
        one of an input."""
        every = list(dict.fromkeys(n for names in found for n in names))
        place = f"points.{name}." if len(self.points) > 1 else "points."
        taken = [self.parts(name, list(f), [n for n in f if f[n]]) for f in found]
        for key in self.points.get(name, {}):
            if found and not any(parts[key] for parts in taken):
                near = get_close_matches(key, every, 1, 0.5) or get_close_matches(
                    key, [f"d{n}" for n in every], 1, 0.5
                )
                hint = say("Did you mean {name!r}? ", name=near[0]) if near else ""
                return say(
                    "unknown key {place}{key}: no submission has such a gradient. {hint}They "
                    "have {every}.",
                    place=place,
                    key=key,
                    hint=hint,
                    every=", ".join(every),
                )
        for parts in taken:
            for a, b in combinations(parts, 2):
                if parts[a] and parts[a] == parts[b]:
                    return say(
                        "{place}{a} and {place}{b} are the same gradient; give one of them.",
                        place=place,
                        a=a,
                        b=b,
                    )
        return ""


_ALIKE = (
    ("x", "X", "input", "inputs", "inp"),
    ("W", "w", "weight", "weights", "kernel"),
    ("b", "bias", "biases"),
)


def _meant(key: str, parts: Sequence[str], inputs: Sequence[str]) -> str:
    """The gradient that a key means: as it is written, by what gradients are called, by another
    usual name of the same thing; x also the only input, whatever it is called."""
    if found := gradient_of(key, parts):
        return found
    group = next((g for g in _ALIKE if gradient_of(key, g)), ())
    found = next((f for n in group if (f := gradient_of(n, parts))), "")
    alone = group == _ALIKE[0] and len(inputs) == 1
    return found or (inputs[0] if alone else "")


def read_rubric(path: Path, names: Sequence[str], mistakes: Sequence[str]) -> Rubric:
    """A rubric out of a TOML file.

        total = 10                # optional: the points below are scaled to this sum

        [points]                  # of each gradient; with several names [points.Affine]
        x = 2
        W = 3
        b = 1

        [deductions]              # optional: what these mistakes cost, once each
        input-changed = 1

    `names` are those that are checked ("" for tests), `mistakes` those that there are.

    Errors: ArgumentError that names the key.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ArgumentError(f"{path}: {reason(error)}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ArgumentError(f"{path}: " + say("no TOML ({error})", error=error)) from None
    _known(path, "", given, ("total", "points", "deductions"))
    total = given.get("total")
    if total is not None:
        _number(path, "total", total)
        if not total:
            raise ArgumentError(f"{path}: " + say("total must be more than 0"))
    points = _points(path, _table(path, given, "points"), names)
    deductions = _table(path, given, "deductions")
    _known(path, "deductions.", deductions, mistakes)
    for key, value in deductions.items():
        _number(path, f"deductions.{key}", value)
    return Rubric(points, total, deductions)


def _points(path: Path, table: dict[str, Any], names: Sequence[str]) -> dict[str, dict[str, float]]:
    if not table:
        return {}
    tables = {k: v for k, v in table.items() if isinstance(v, dict)}
    if not tables and len(names) == 1:
        tables = {names[0]: table}
    elif plain := [k for k in table if k not in tables]:
        raise ArgumentError(
            f"{path}: points.{plain[0]}: "
            + say(
                "with several names the points stand in a table for each, as [points.{names}]",
                names=names[0],
            )
        )
    _known(path, "points.", tables, names)
    for name in names:
        if name not in tables:
            raise ArgumentError(
                f"{path}: " + say("no points for {name}; give [points.{name}]", name=name)
            )
    for name, parts in tables.items():
        for part, value in parts.items():
            _number(path, f"points.{name}.{part}" if name else f"points.{part}", value)
    if not any(v for parts in tables.values() for v in parts.values()):
        raise ArgumentError(f"{path}: " + say("all points are 0"))
    return tables


def _table(path: Path, given: dict[str, Any], key: str) -> dict[str, Any]:
    table = given.get(key, {})
    if not isinstance(table, dict):
        raise ArgumentError(
            f"{path}: "
            + say("{key} must be a table, as [{key}], not {table!r}", key=key, table=table)
        )
    return table


def _known(path: Path, prefix: str, given: Mapping[str, Any], known: Sequence[str]) -> None:
    for key in given:
        if key not in known:
            near = get_close_matches(key, known, 1, 0.5)
            if near:
                hint = say(" Did you mean {name!r}?", name=near[0])
            else:
                hint = say(" Known: {names}.", names=", ".join(known))
            raise ArgumentError(
                f"{path}: " + say("unknown key {prefix}{key}.", prefix=prefix, key=key) + hint
            )


def _number(path: Path, key: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        raise ArgumentError(
            f"{path}: "
            + say(
                "{key} must be a number of points, 0 or more, not {value!r}", key=key, value=value
            )
        )


def items_of(data: Mapping[str, Any], rubric: Rubric, name: str = "", names: int = 1) -> list[Item]:
    """What a report (as `Report.to_dict` gives it) earns, gradient by gradient; deductions come
    last, with what they take off as negative points.

    A mistake with a deduction costs that once, and the gradients that no other mistake makes wrong
    keep their points. A mistake of no one gradient, such as an input that is changed, takes off as
    much as one gradient is worth, if the rubric says nothing else.
    """
    gradients = data["gradients"]
    parts = list(dict.fromkeys([*gradients, *data["not_compared"]]))
    whole = {f["name"]: f["mistake"] for f in data["findings"] if f["mistake"] in WHOLE}
    prefix = f"{name}." if name else ""
    found = []
    worth = rubric.worth(name, parts, names)
    meant = rubric.parts(name, parts, inputs_of(data))
    for key, of in worth.items():
        part = meant[key]
        ok = is_right(data, part)
        full = ok or _priced(data, part, rubric.deductions)
        found.append(Item(prefix + key, of if full else 0.0, of, ok))
    share = sum(worth.values()) / max(len(gradients), 1)
    mistakes = {f["mistake"] for f in data["findings"]}
    taken = dict.fromkeys(whole.values(), share) | {
        m: p * rubric.scale for m, p in rubric.deductions.items() if m in mistakes
    }
    left = sum(i.points for i in found)
    for mistake, points in taken.items():
        less = min(points, left)
        left -= less
        found.append(Item(prefix + mistake, 0.0 - less, 0.0, False))
    return found


def inputs_of(data: Mapping[str, Any]) -> list[str]:
    """Of which gradients of a report it is known that they are those of inputs."""
    return [n for n, g in data["gradients"].items() if g["of_input"]]


def is_right(data: Mapping[str, Any], part: str) -> bool:
    """Whether a gradient was compared, agrees, and has no mistake besides, as one that grows from
    call to call."""
    g = data["gradients"].get(part)
    return g is not None and bool(g["ok"]) and g["compared"] != 0 and not _blamed(data, part)


def _blamed(data: Mapping[str, Any], part: str) -> list[Mapping[str, Any]]:
    """The findings of a gradient itself: not those of no one gradient, or of a layer inside."""
    return [
        f
        for f in data["findings"]
        if f["mistake"] not in WHOLE and not f["part"] and part in (f["name"], *f["also"])
    ]


def _priced(data: Mapping[str, Any], part: str, deductions: Mapping[str, float]) -> bool:
    """Whether all that is wrong with a gradient are mistakes that cost a deduction instead."""
    wrong = part in data["gradients"] and not data["gradients"][part]["ok"]
    inside = [f for f in data["findings"] if f["mistake"] not in WHOLE] if wrong else []
    blamed = _blamed(data, part) or inside  # in a network's layers: by all of them
    return bool(blamed) and all(f["mistake"] in deductions for f in blamed)


def score(
    report: Report,
    points: Mapping[str, float] | None = None,
    total: float | None = None,
    deductions: Mapping[str, float] | None = None,
) -> float:
    """The points that a report earns: of `points` for each gradient those that are right.

    Without `points` every gradient is worth the same, and all `total`, which is 1 by default. As
    the last line of a cell, nbgrader takes it for the cell's partial credit.

    >>> import numpy as np
    >>> from denpa.check import layer
    >>> class Affine:
    ...     def __init__(self):
    ...         self.W, self.b = np.ones((3, 2)), np.zeros(2)
    ...     def forward(self, x):
    ...         self.x = x
    ...         return x @ self.W + self.b
    ...     def backward(self, dout):
    ...         self.dW, self.db = self.x.T @ dout, dout[0]
    ...         return dout @ self.W.T
    >>> found = layer(Affine(), np.random.default_rng(0).standard_normal((4, 3)))
    >>> score(found, {"x": 2, "W": 3, "b": 1}), round(score(found), 2)
    (5.0, 0.67)

    Errors: ArgumentError for points of a gradient that the report does not have.
    """
    data = report.to_dict()
    tables = {"": dict(points)} if points else {}
    parts = [*data["gradients"], *data["not_compared"]]
    for part, meant in Rubric(tables).parts("", parts, inputs_of(data)).items():
        if not meant:
            near = get_close_matches(part, parts, 1, 0.5)
            hint = say(". Did you mean {near!r}?", near=near[0]) if near else ""
            raise ArgumentError(
                say(
                    "points are given for {part!r}; the report has {parts}{hint}",
                    part=part,
                    parts=", ".join(parts),
                    hint=hint,
                )
            )
    if total is None and not points:
        total = 1.0
    rubric = Rubric(tables, total, dict(deductions or {}))
    return round(sum(i.points for i in items_of(data, rubric)), 10)
