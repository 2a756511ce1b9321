"""A formula from a textbook with numbers put in: the pass that it stands for.

In:  "(a*x - y)**2" and a = 2, x = 3, y = 1. Out: the loss of a graph of scalars, the names of its
values, and the formula as LaTeX. Each sign becomes an op of the table, in float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from numbers import Real
from typing import Any

import numpy as np

import denpa.ops.erf
import denpa.ops.pointwise  # noqa: F401  # the ops are in the table
from denpa.autodiff.mode import STATE
from denpa.autodiff.tensor import Tensor
from denpa.core.errors import ArgumentError, GraphError
from denpa.core.graph import Value
from denpa.core.op import OPS
from denpa.explanation.formulas import number
from denpa.explanation.naming import written
from denpa.explanation.parsing import (
    FUNCTIONS,
    Applied,
    FormulaError,
    Letter,
    Numeral,
    Tree,
    folded,
    letters,
    parsed,
    plain,
)
from denpa.words import say

RESERVED = ("title", "start", "values", "classes")
"""Arguments of `explain`: a variable of that name is given in `values`."""
_PI = ("pi", "π")


@dataclass(frozen=True)
class ParsedFormula:
    """The pass of a formula: its loss, the names by id of a value, the numbers that were put in,
    and the formula as LaTeX."""

    loss: Tensor
    names: dict[int, str]
    given: dict[str, float]
    latex: str


def formula(text: str, given: Mapping[str, Any]) -> ParsedFormula:
    """The pass of a formula with numbers put in for its letters, forwards.

    + − * / and powers (** or ^), brackets, numbers, letters, and exp log ln sqrt sin cos tanh
    sigmoid (σ) relu abs max min softplus erf square; `E = …` names the result.

    Errors: FormulaError (an ArgumentError, a ValueError) for what is no formula, with the column;
    ArgumentError for a letter without a number, a number without a letter, and a formula in which
    nothing varies; TypeError for what is no number; GraphError (a RuntimeError) inside a compiled
    function.

    >>> made = formula("(a*x - y)**2", {"a": 2, "x": 3, "y": 1})
    >>> float(made.loss), made.latex
    (25.0, '\\\\left(a \\\\, x - y\\\\right)^{2}')
    """
    name, tree = parsed(text)
    wanted = letters(tree)
    numbers = _numbers(wanted, given)
    if not any(n in numbers for n in wanted):
        raise ArgumentError(
            say("there is no letter in the formula that anything could be differentiated by")
        )
    if isinstance(tree, Letter):
        raise ArgumentError(say("the formula is a letter alone: nothing is computed"))
    if name in wanted:
        raise ArgumentError(
            say("{name} is the name of the result, and stands in the formula, too", name=name)
        )
    if "E" in wanted:
        raise ArgumentError(say("E is the letter of the result here; call the variable otherwise"))
    if STATE.tracer is not None:
        raise GraphError(
            say("explain: there are no numbers in a trace; call it outside dp.compile")
        )
    leaves = {n: _leaf(numbers[n]) for n in wanted if n in numbers}
    loss = _computed(tree, leaves, text)
    names = {id(t._value): n for n, t in leaves.items()}
    if name:
        names[id(loss._value)] = name
    given = {n: numbers[n] for n in leaves}
    return ParsedFormula(loss, names, given, _latex(name, tree))


def _numbers(wanted: list[str], given: Mapping[str, Any]) -> dict[str, float]:
    known: dict[str, float] = {}
    for name, value in given.items():
        if not isinstance(name, str):
            raise TypeError(f"the name of a variable is a text, not {name!r}")
        if plain(name) in known:
            raise ArgumentError(say("{name} is given twice", name=plain(name)))
        known[plain(name)] = _number(name, value)
    missing = [n for n in wanted if n not in known and n not in _PI]
    if missing:
        by_mapping = [n for n in missing if n in RESERVED or not n.isidentifier()]
        how = (
            f"values={{{by_mapping[0]!r}: 2}}"
            if by_mapping
            else ", ".join(f"{n}=2" for n in missing)
        )
        raise ArgumentError(
            say("no number is given for {names}; add {how}", names=", ".join(missing), how=how)
        )
    for name in known:
        if name in wanted:
            continue
        if name in FUNCTIONS:
            raise ArgumentError(say("{name} is a function, not a variable", name=name))
        near = get_close_matches(name, wanted, 1, 0.5)
        hint = say(" Did you mean {name!r}?", name=near[0]) if near else ""
        raise ArgumentError(
            say(
                "{name} does not stand in the formula, which has {names}.",
                name=name,
                names=", ".join(wanted) or "–",
            )
            + hint
        )
    return known


def _number(name: str, value: Any) -> float:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (Real, np.number)):
        raise TypeError(f"{name} is a number, not {value!r}")
    if isinstance(value, np.complexfloating):
        raise TypeError(f"{name} is a real number, not {value!r}")
    try:
        return float(value)
    except OverflowError:
        raise ArgumentError(say("{name} is more than float64 holds (1.8e308)", name=name)) from None


# -- forwards --------------------------------------------------------------------------------------


def _leaf(x: float) -> Tensor:
    array = np.array(x)
    return Tensor(Value((), array.dtype, array, True))


class _Recording:
    """Equations are recorded, whatever is switched off or on around, and belong to no line: a group
    of one call would hold all of them."""

    def __enter__(self) -> None:
        self.before = (STATE.recording, STATE.anomaly, STATE.backward)
        STATE.recording, STATE.anomaly, STATE.backward = True, False, None

    def __exit__(self, *_: object) -> None:
        STATE.recording, STATE.anomaly, STATE.backward = self.before


def _computed(tree: Tree, leaves: Mapping[str, Tensor], text: str) -> Tensor:
    """The formula's value; what has no letter in it is a number."""

    def step(x: Tree, args: list[Tensor | float]) -> Tensor | float:
        if isinstance(x, Numeral):
            return x.value
        if isinstance(x, Letter):
            return leaves.get(x.name, math.pi)
        if len(args) == 1:
            return _applied(x, (args[0],), text)
        found = args[0]
        for a in args[1:]:  # max(a, b, c) is max(max(a, b), c)
            found = _applied(x, (found, a), text)
        return found

    with _Recording():
        found = folded(tree, step)
    assert isinstance(found, Tensor)
    return found


def _applied(x: Applied, args: tuple[Tensor | float, ...], text: str) -> Tensor | float:
    if any(isinstance(a, Tensor) for a in args):
        made: Tensor = OPS[x.op](*args)
        made._value.source, made._value.scope, made._value.kind = None, "", ""
        return made
    with np.errstate(all="ignore"):
        known = float(OPS[x.op].eval(*(np.float64(a) for a in args)))
    if not math.isfinite(known):
        what = "NaN" if math.isnan(known) else "∞"
        raise FormulaError(
            say("these numbers alone give {what} in float64; no letter is in them", what=what),
            text,
            x.at,
        )
    return known


# -- as LaTeX --------------------------------------------------------------------------------------

_SUM, _PRODUCT, _POWER, _ATOM = range(4)
_Part = tuple[str, int]  # LaTeX, and how tightly it holds together

_CALLS: dict[str, Callable[[str], str]] = {
    "exp": lambda x: f"e^{{{x}}}",
    "log": lambda x: rf"\ln {_inside(x)}",
    "sqrt": lambda x: rf"\sqrt{{{x}}}",
    "sin": lambda x: rf"\sin {_inside(x)}",
    "cos": lambda x: rf"\cos {_inside(x)}",
    "tanh": lambda x: rf"\tanh {_inside(x)}",
    "sigmoid": lambda x: rf"\sigma {_inside(x)}",
    "relu": lambda x: rf"\operatorname{{ReLU}} {_inside(x)}",
    "abs": lambda x: rf"\left|{x}\right|",
    "softplus": lambda x: rf"\operatorname{{softplus}} {_inside(x)}",
    "erf": lambda x: rf"\operatorname{{erf}} {_inside(x)}",
}


def _inside(x: str) -> str:
    return rf"\left({x}\right)"


def _tight(part: _Part, least: int) -> str:
    return part[0] if part[1] >= least else _inside(part[0])


def _latex(name: str, tree: Tree) -> str:
    """The formula as a book sets it: quotients as fractions."""
    right = folded(tree, _part)[0]
    symbol = written(name)
    return right if symbol is None else f"{symbol.latex()} = {right}"


def _part(x: Tree, args: list[_Part]) -> _Part:
    if isinstance(x, Numeral):
        text = number(x.value)
        return text, _ATOM if text.isdigit() else _PRODUCT
    if isinstance(x, Letter):
        symbol = written(x.name)
        # w1 is written with its number above: a power of it needs brackets
        return (x.name, _ATOM) if symbol is None else (symbol.latex(), _POWER + (not symbol.layer))
    if x.op in _CALLS:
        return _CALLS[x.op](args[0][0]), _POWER if x.op == "exp" else _PRODUCT
    if x.op in ("maximum", "minimum"):
        return rf"\{x.op[:3]} {_inside(', '.join(a for a, _ in args))}", _PRODUCT
    if x.op == "neg":
        return f"-{_tight(args[0], _PRODUCT)}", _SUM
    left, right = args
    if x.op in ("add", "sub"):
        second = _tight(right, _PRODUCT) if x.op == "sub" else right[0]
        second = _inside(second) if second.startswith("-") else second
        return f"{left[0]} {'+' if x.op == 'add' else '-'} {second}", _SUM
    if x.op == "mul":
        a, b = _tight(left, _PRODUCT), _tight(right, _PRODUCT)
        return rf"{a} {chr(92)}{'cdot' if b[:1].isdigit() else ','} {b}", _PRODUCT
    if x.op == "div":
        return rf"\frac{{{left[0]}}}{{{right[0]}}}", _PRODUCT
    return f"{_tight(left, _ATOM)}^{{{right[0]}}}", _POWER
