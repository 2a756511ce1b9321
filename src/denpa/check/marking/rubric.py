"""Points: a rubric says what each gradient, or each test of a teacher, is worth."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from denpa.check.report import WHOLE, Report
from denpa.core.errors import ArgumentError

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

    `points` has, for each name that is checked, the points of its gradients; for tests, under "",
    those of the tests. Without it all are worth the same, and `total` together. `deductions` are
    taken off for a mistake, whatever gradient it is found in.
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
        """The points of each of these parts of a name, which is one of so many names.

        >>> Rubric().worth("Affine", ["x", "W", "b", "a"])
        {'x': 25.0, 'W': 25.0, 'b': 25.0, 'a': 25.0}
        >>> Rubric({"Affine": {"W": 3, "b": 1}}, total=8).worth("Affine", ["x", "W"])
        {'x': 0.0, 'W': 6.0, 'b': 2.0}
        """
        table = self.points.get(name)
        if table is None:
            return {p: self.of / names / len(parts) for p in parts}
        return {p: table.get(p, 0.0) * self.scale for p in dict.fromkeys([*parts, *table])}


def read_rubric(path: Path, names: Sequence[str], mistakes: Sequence[str]) -> Rubric:
    """A rubric out of a TOML file.

        total = 10                # optional: the points below are scaled to this sum

        [points]                  # of each gradient; with several names [points.Affine]
        x = 2
        W = 3
        b = 1

        [deductions]              # optional: for these mistakes, once each
        input-changed = 1

    `names` are those that are checked ("" for tests), `mistakes` those that there are.

    Errors: ArgumentError that names the key.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ArgumentError(f"{path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ArgumentError(f"{path}: no TOML ({error})") from None
    _known(path, "", given, ("total", "points", "deductions"))
    total = given.get("total")
    if total is not None:
        _number(path, "total", total)
        if not total:
            raise ArgumentError(f"{path}: total must be more than 0")
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
            f"{path}: points.{plain[0]}: with several names the points stand in a table for each, "
            f"as [points.{names[0]}]"
        )
    _known(path, "points.", tables, names)
    for name in names:
        if name not in tables:
            raise ArgumentError(f"{path}: no points for {name}; give [points.{name}]")
    for name, parts in tables.items():
        for part, value in parts.items():
            _number(path, f"points.{name}.{part}" if name else f"points.{part}", value)
    if not any(v for parts in tables.values() for v in parts.values()):
        raise ArgumentError(f"{path}: all points are 0")
    return {n: {p.removeprefix("d") if p[1:2].isupper() else p: v for p, v in parts.items()}
            for n, parts in tables.items()}  # fmt: skip


def _table(path: Path, given: dict[str, Any], key: str) -> dict[str, Any]:
    table = given.get(key, {})
    if not isinstance(table, dict):
        raise ArgumentError(f"{path}: {key} must be a table, as [{key}], not {table!r}")
    return table


def _known(path: Path, prefix: str, given: Mapping[str, Any], known: Sequence[str]) -> None:
    for key in given:
        if key not in known:
            near = get_close_matches(key, known, 1, 0.5)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
            raise ArgumentError(f"{path}: unknown key {prefix}{key}. {hint}")


def _number(path: Path, key: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        raise ArgumentError(f"{path}: {key} must be a number of points, 0 or more, not {value!r}")


def items_of(data: Mapping[str, Any], rubric: Rubric, name: str = "", names: int = 1) -> list[Item]:
    """What a report (as `Report.to_dict` gives it) earns, gradient by gradient; deductions come
    last, with what they take off as negative points.

    A mistake of no one gradient, such as an input that is changed, takes off as much as one
    gradient is worth, if the rubric says nothing else.
    """
    gradients = data["gradients"]
    whole = {f["name"]: f["mistake"] for f in data["findings"] if f["mistake"] in WHOLE}
    prefix = f"{name}." if name else ""
    found = []
    worth = rubric.worth(name, list(gradients), names)
    for part, of in worth.items():
        g = gradients.get(part)
        ok = g is not None and bool(g["ok"]) and g["compared"] != 0
        found.append(Item(prefix + part, of if ok else 0.0, of, ok))
    share = sum(worth.values()) / max(len(gradients), 1)
    mistakes = {f["mistake"] for f in data["findings"]}
    taken = dict.fromkeys(whole.values(), share) | {
        m: p * rubric.scale for m, p in rubric.deductions.items() if m in mistakes
    }
    left = sum(i.points for i in found)
    for mistake, points in taken.items():
        less = min(points, left)
        left -= less
        found.append(Item(prefix + mistake, -less, 0.0, False))
    return found


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
    for part in points or ():
        if part not in data["gradients"]:
            raise ArgumentError(
                f"points are given for {part!r}; the report has {', '.join(data['gradients'])}"
            )
    tables = {"": dict(points)} if points else {}
    if total is None and not points:
        total = 1.0
    rubric = Rubric(tables, total, dict(deductions or {}))
    return round(sum(i.points for i in items_of(data, rubric)), 10)
