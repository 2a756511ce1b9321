"""The small language in which update rules and the mistakes in them are written.

A rule is a short program in text: what is shown as the right formula is what is run. A mistake is
an edit of that text, so that it is not a description but a prediction: run on the same gradients
it gives the numbers that code with this mistake gives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from types import CodeType
from typing import Any

import numpy as np

Edits = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Change:
    """A variation of a rule: `edits` of its text, or of how its numbers are kept.

    Each edit replaces a piece of text that must be there exactly once.
    """

    name: str
    edits: Edits = ()
    what: str = ""  # the quantity that the words speak of
    line: str = ""  # the quantity whose line is shown; by default that of the first edit
    expected: str = ""  # shown in place of that line of the definition
    exchanged: tuple[str, str] | None = None  # hyperparameters that stand for each other
    start: tuple[tuple[str, float], ...] = ()  # other numbers to start with
    shared: bool = False  # the parameters share one state
    kin: bool = False  # only those of one kind, as all W do
    each: bool = False  # t counts parameters, not steps
    matrices: bool = False  # weight decay spares what has fewer than two dimensions


@dataclass(frozen=True)
class Rule:
    """An update rule: a program over p, g, the state and the hyperparameters."""

    name: str
    title: str
    text: str
    start: tuple[tuple[str, str | float], ...]  # state, and a number or a hyperparameter
    usual: Mapping[str, float]  # hyperparameters, and what they are where nobody says
    source: str
    forms: tuple[Change, ...] = ()  # other forms that were published
    mistakes: tuple[Change, ...] = ()
    options: tuple[tuple[str, Edits], ...] = ()  # edits that a hyperparameter switches on

    def with_options(self, on: Mapping[str, Any]) -> Rule:
        """The rule as options (amsgrad, centered, dampening, …) that are set change it."""
        text = self.text
        for name, edits in self.options:
            if on.get(name):
                text = _edited(text, edits) or text
        return replace(self, text=text)

    def line(self, quantity: str) -> str:
        """The last line of the program that makes a quantity, or nothing."""
        found = [s for s in self.text.splitlines() if s.startswith(f"{quantity} = ")]
        return found[-1] if found else ""

    def shown(self, change: Change) -> tuple[str, str]:
        """The quantity and the right line that a mistake concerns."""
        place = self.text.find(change.edits[0][0]) if change.edits else -1
        whole = (
            self.text[self.text.rfind("\n", 0, place) + 1 :].splitlines()[0] if place >= 0 else ""
        )
        name = change.line or whole.partition(" = ")[0]
        if change.expected:
            return change.line or change.expected.partition(" = ")[0], change.expected
        return name, self.line(change.line) if change.line else whole


def _edited(text: str, edits: Edits) -> str | None:
    for old, new in edits:
        whole = re.escape(old) + (r"(?!\w)" if old[-1].isalnum() else "")
        if len(re.findall(whole, text)) != 1:
            return None
        text = re.sub(whole, lambda _, new=new: new, text)  # type: ignore[misc]
    return text


def edited(text: str, changes: Sequence[Change]) -> str | None:
    """The program with changes made one after the other, None where they do not fit together."""
    for change in changes:
        found = _edited(text, change.edits)
        if found is None:
            return None
        text = found
    return text


@dataclass
class Problem:
    """Parameters at the start and a gradient for each of them at each step; with a `slope` the
    gradient depends on the place where it is taken (gradient + slope·x), for rules that look ahead.
    """

    start: dict[str, np.ndarray]
    grads: list[dict[str, np.ndarray]]
    slope: float = 0.0

    @cached_property
    def flat(self) -> tuple[np.ndarray, list[np.ndarray]]:
        """All parameters in one row: a rule works element by element."""
        return joined(self.start), [joined(g) for g in self.grads]

    @cached_property
    def wide(self) -> np.ndarray:
        """Which elements belong to arrays of two or more dimensions."""
        return np.concatenate([np.full(a.size, a.ndim > 1) for a in self.start.values()])

    @cached_property
    def index(self) -> np.ndarray:
        """Which parameter each element belongs to, counted from 0."""
        return np.repeat(np.arange(len(self.start)), [a.size for a in self.start.values()])

    def gradient(self, step: int, x: np.ndarray, part: Any = slice(None)) -> np.ndarray:
        """The gradient at x, for a part of the row."""
        g: np.ndarray = self.flat[1][step][part]
        return g + self.slope * x if self.slope else g


def joined(arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """Arrays one after the other in one row."""
    return np.concatenate([np.ravel(a) for a in arrays.values()])


_WORDS = {"sqrt": np.sqrt, "abs": np.abs, "maximum": np.maximum, "__builtins__": {}}


@cache
def _compiled(text: str) -> CodeType:
    return compile(text, "<update rule>", "exec")


def trajectory(
    rule: Rule, problem: Problem, hyper: Mapping[str, float], changes: Sequence[Change] = ()
) -> np.ndarray | None:
    """The parameters in one row after each step, (steps, elements), as the rule with some changes
    gives them; None where the changes do not fit together.

    >>> text = "m = m / 2 + g\\np = p - lr * m\\n"
    >>> halved = Rule("half", "", text, (("m", 0.0),), {"lr": 1.0}, "")
    >>> one = Problem({"w": np.array([1.0])}, [{"w": np.array([2.0])}] * 2)
    >>> trajectory(halved, one, {"lr": 0.1})
    array([[0.8],
           [0.5]])
    """
    text = edited(rule.text, changes)
    if text is None:
        return None
    # NumPy's numbers, which divide by zero without an error.
    values: dict[str, Any] = {k: np.float64(x) for k, x in {**rule.usual, **hyper}.items()}
    for change in changes:
        if change.exchanged is not None:
            a, b = change.exchanged
            values[a], values[b] = values[b], values[a]
        if change.matrices:
            values["weight_decay"] = np.where(problem.wide, values["weight_decay"], 0.0)
    state = {k: values.get(v, 0.0) if isinstance(v, str) else v for k, v in rule.start}
    for change in changes:
        state |= dict(change.start)
    state = {k: np.float64(x) for k, x in state.items()}
    each = any(c.each for c in changes)
    if each:
        text = text.replace("t = t + 1", "t = count * steps + index + 1")
        values |= {"count": len(problem.start), "index": problem.index}
    kin = any(c.kin for c in changes)
    with np.errstate(all="ignore"):
        if any(c.shared for c in changes):
            return _in_turn(_compiled(text), problem, values, state, kin)
        return _together(_compiled(text), problem, values, state)


def _together(
    code: CodeType, problem: Problem, values: dict[str, Any], state: dict[str, Any]
) -> np.ndarray:
    p, grads = problem.flat
    env, found = {**_WORDS, **values, **state}, []
    for k in range(len(grads)):
        env |= {f"{s}_old": env[s] for s in state}
        env |= {"p": p, "g": problem.gradient(k, p), "steps": k, "grad": _at(problem, k)}
        env |= {"lr": values["lr"] * _rate(values, k)} if "lr" in values else {}
        exec(code, env)
        p = np.broadcast_to(env["p"], p.shape)
        found.append(p)
    return np.array(found)


def _in_turn(
    code: CodeType, problem: Problem, values: dict[str, Any], state: dict[str, Any], kin: bool
) -> np.ndarray | None:
    """One parameter after the other, with one state for all, or for all of a kind, but t; they
    must have one shape."""
    if len({a.shape for a in problem.start.values()}) > 1:
        return None
    p, grads = np.array(problem.flat[0]), problem.flat[1]
    kinds = [re.sub(r"^\d+\.|\d+$", "", n) if kin else "" for n in problem.start]
    if kin and len(set(kinds)) == len(kinds):
        return None
    envs: dict[str, dict[str, Any]] = {n: {**_WORDS, **values, **state} for n in kinds}
    found = []
    for k in range(len(grads)):
        for i in range(len(problem.start)):
            env = envs[kinds[i]]
            part = np.flatnonzero(problem.index == i)
            env |= {f"{s}_old": env[s] for s in state} | {"steps": k, "index": i}
            env |= {n: x[part] for n, x in values.items() if np.shape(x) == p.shape}
            env |= {"p": p[part], "g": problem.gradient(k, p[part], part)}
            env |= {"lr": values["lr"] * _rate(values, k)} if "lr" in values else {}
            env |= {"grad": _at(problem, k, part)} | {t: state[t] + k for t in ("t",) if t in state}
            exec(code, env)
            p[part] = env["p"]
        found.append(p.copy())
    return np.array(found)


def _rate(values: Mapping[str, Any], step: int) -> Any:
    """What makes the learning rate fall: 1/(1 + decay·t), or a power."""
    fall = 1.0 / (1.0 + step * values.get("lr_decay", 0.0))
    return fall * values.get("lr_power", 1.0) ** step


def _at(problem: Problem, step: int, part: Any = slice(None)) -> Callable[..., np.ndarray]:
    return lambda x: problem.gradient(step, x, part)
