"""A formula of numbers, read: `(a*x - y)**2` to a tree of calls. Nothing of it is ever evaluated as
Python.

It is read by hand, and not by Python's own grammar: λ may be called `lambda`, the signs of books
and of Japanese keyboards (− · × ＋ （) are signs, and an error says in which column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from denpa.core.errors import ArgumentError
from denpa.words import say

_T = TypeVar("_T")

LONGEST = 1_000
"""Characters of a formula, at most."""
DEEPEST = 50
"""Brackets, powers and signs inside each other, at most."""

FUNCTIONS = {
    "exp": "exp",
    "log": "log",
    "ln": "log",
    "sqrt": "sqrt",
    "sin": "sin",
    "cos": "cos",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "σ": "sigmoid",
    "relu": "relu",
    "ReLU": "relu",
    "abs": "abs",
    "max": "maximum",
    "min": "minimum",
    "softplus": "softplus",
    "erf": "erf",
    "square": "square",
}
"""The functions of formulas, and the op that each of them is."""
_MANY = ("max", "min")
_VARIABLE = ("σ",)  # also a variable, where no bracket follows

_SIGNS = {
    "^": "**",
    "·": "*",
    "⋅": "*",
    "×": "*",
    "∗": "*",
    "÷": "/",
    "∕": "/",
    "−": "-",
    "–": "-",
}
_NUMBER = re.compile(r"(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_NO_LETTERS = {*_SUPERSCRIPTS, *_SIGNS}  # · may stand in a name of Python


class FormulaError(ArgumentError):
    """What is wrong with a formula, and where: `column` counts from 1."""

    whole = True

    def __init__(self, text: str, formula: str, at: int) -> None:
        self.column = at + 1
        first = max(0, at - 40)
        shown = "".join(" " if c.isspace() else c for c in formula[first : at + 30])
        head = "…" if first else ""
        tail = "…" if at + 30 < len(formula) else ""
        before = head + shown[: at - first]
        gap = " " * sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in before)
        super().__init__(
            say("column {column}: {text}", column=self.column, text=text)
            + f"\n    {head}{shown}{tail}\n    {gap}^"
        )


@dataclass(frozen=True)
class Numeral:
    """A number as it is written."""

    value: float
    at: int


@dataclass(frozen=True)
class Letter:
    """A variable."""

    name: str
    at: int


@dataclass(frozen=True)
class Applied:
    """An operation (an op by name) with what it is applied to, and where its sign stands."""

    op: str
    args: tuple[Numeral | Letter | Applied, ...]
    at: int


Tree = Numeral | Letter | Applied


@dataclass(frozen=True)
class Token:
    """A word of a formula. `kind` is "number", "name", a sign, or "" for the end."""

    kind: str
    text: str
    at: int


def plain(name: str) -> str:
    """A name as Python sees it: μ is μ, whichever key it came from (PEP 3131)."""
    return unicodedata.normalize("NFKC", name)


def tokens(formula: str) -> list[Token]:
    """The words of a formula, and its end.

    Errors: FormulaError (a ValueError) for a character that is none of its signs.

    >>> [t.text for t in tokens("2.5·λ − y")]
    ['2.5', '*', 'λ', '-', 'y', '']
    """
    found: list[Token] = []
    # As long as it was, so that columns hold. ½ and ① stay what they are, no digits.
    narrow = "".join(x if unicodedata.category(x) == "No" else plain(x)[:1] or " " for x in formula)
    at = 0
    while at < len(formula):
        c = plain(formula[at])
        if c.isspace() or not c:
            at += 1
            continue
        if formula[at] in _SUPERSCRIPTS:
            text = say("a power is written ^2 or **2 here, not {given}", given=formula[at])
            raise FormulaError(text, formula, at)
        number = _NUMBER.match(narrow, at)
        if number is not None:
            found.append(Token("number", number[0], at))
            at = number.end()
            continue
        end = at
        while end < len(formula) and formula[end] not in _NO_LETTERS:
            if not plain(formula[at : end + 1]).isidentifier():
                break
            end += 1
        if end > at:
            found.append(Token("name", plain(formula[at:end]), at))
            at = end
            continue
        sign = _SIGNS.get(formula[at], _SIGNS.get(c, c))
        if sign == "*" and narrow[at + 1 : at + 2] == "*":
            found.append(Token("**", "**", at))
            at += 2
            continue
        if sign not in ("+", "-", "*", "/", "**", "(", ")", ",", "="):
            text = say(
                "{given!r} is no sign of a formula; there are + - * / ^ ( ) , numbers and names",
                given=formula[at],
            )
            raise FormulaError(text, formula, at)
        found.append(Token(sign, sign, at))
        at += 1
    return [*found, Token("", "", len(formula))]


class _Reader:
    """Recursive descent; `deep` bounds how far."""

    def __init__(self, formula: str) -> None:
        self.formula = formula
        self.tokens = tokens(formula)
        self.place = 0
        self.deep = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.place]

    def take(self, *kinds: str) -> Token | None:
        if self.now.kind in kinds:
            self.place += 1
            return self.tokens[self.place - 1]
        return None

    def fail(self, text: str, at: int | None = None) -> FormulaError:
        return FormulaError(text, self.formula, self.now.at if at is None else at)

    def deeper(self, at: int) -> None:
        self.deep += 1
        if self.deep > DEEPEST:
            text = say("more than {most} brackets, powers or signs inside each other", most=DEEPEST)
            raise self.fail(text, at)

    def whole(self) -> tuple[str, Tree]:
        name = ""
        if len(self.tokens) > 2 and self.tokens[0].kind == "name" and self.tokens[1].kind == "=":
            name = self.tokens[0].text
            if name in FUNCTIONS and name not in _VARIABLE:
                raise self.fail(say("{name} is a function", name=name))
            self.place = 2
        tree = self.sum()
        t = self.now
        if t.kind == ")":
            raise self.fail(say("this bracket was not opened"))
        if t.kind == ",":
            raise self.fail(say("a comma stands between what max and min are given, only there"))
        if t.kind == "=":
            raise self.fail(say("= comes once, behind the name of the result, as in E = (x - y)^2"))
        if t.kind:
            raise self.fail(say("a sign is missing before {given!r}, such as *", given=t.text))
        return name, tree

    def sum(self) -> Tree:
        left = self.term()
        while t := self.take("+", "-"):
            left = Applied("add" if t.kind == "+" else "sub", (left, self.term()), t.at)
        return left

    def term(self) -> Tree:
        t = self.take("-", "+")
        if t is None:
            return self.product()
        self.deeper(t.at)
        inner = self.term()  # -t*x is -(t*x), as one reads it
        self.deep -= 1
        return inner if t.kind == "+" else Applied("neg", (inner,), t.at)

    def product(self) -> Tree:
        left = self.signed()
        while t := self.take("*", "/"):
            left = Applied("mul" if t.kind == "*" else "div", (left, self.signed()), t.at)
        return left

    def signed(self) -> Tree:
        t = self.take("-", "+")
        if t is None:
            return self.power()
        self.deeper(t.at)
        inner = self.signed()
        self.deep -= 1
        return inner if t.kind == "+" else Applied("neg", (inner,), t.at)

    def power(self) -> Tree:
        base = self.atom()
        t = self.take("**")
        if t is None:
            return base
        self.deeper(t.at)
        exponent = self.signed()  # a^b^c is a^(b^c)
        self.deep -= 1
        return Applied("pow", (base, exponent), t.at)

    def atom(self) -> Tree:
        t = self.now
        self.place += bool(t.kind)
        if t.kind == "number":
            value = float(t.text)
            if value == float("inf"):
                raise self.fail(say("{given} is more than float64 holds", given=t.text), t.at)
            return Numeral(value, t.at)
        if t.kind == "name":
            return self.named(t)
        if t.kind == "(":
            return self.bracket(t)[0]
        self.place -= bool(t.kind)
        if not t.kind:
            raise self.fail(say("the formula ends here; a number or a name should follow"))
        raise self.fail(say("a number or a name should stand here, not {given!r}", given=t.text))

    def named(self, t: Token) -> Tree:
        called = self.now.kind == "("
        if t.text in FUNCTIONS and (called or t.text not in _VARIABLE):
            if not called:
                raise self.fail(say("{name} is a function; write {name}(…)", name=t.text), t.at)
            self.place += 1
            args = self.bracket(self.tokens[self.place - 1], t.text)
            return _call(t, args)
        if called:
            known = ", ".join(FUNCTIONS)
            raise self.fail(
                say(
                    "{name} is no function here; a product is written {name}*(…), and the "
                    "functions are {known}",
                    name=t.text,
                    known=known,
                ),
                t.at,
            )
        return Letter(t.text, t.at)

    def bracket(self, opened: Token, function: str = "") -> list[Tree]:
        """What stands up to the closing bracket; several only where a function takes them."""
        self.deeper(opened.at)
        found = [self.sum()]
        while function and self.take(","):
            found.append(self.sum())
        if self.take(")") is None:
            if not self.now.kind:
                raise self.fail(say("this bracket is not closed"), opened.at)
            if self.now.kind == ",":
                raise self.fail(
                    say("a comma stands between what max and min are given, only there")
                )
            raise self.fail(
                say("a sign is missing before {given!r}, such as *", given=self.now.text)
            )
        self.deep -= 1
        if function and (len(found) > 1) != (function in _MANY):
            least = say("two numbers or more") if function in _MANY else say("one number")
            raise self.fail(say("{name} is given {count}", name=function, count=least), opened.at)
        return found


def _call(t: Token, args: list[Tree]) -> Tree:
    op = FUNCTIONS[t.text]
    if op == "square":
        return Applied("pow", (args[0], Numeral(2.0, t.at)), t.at)
    return Applied(op, tuple(args), t.at)


def parsed(formula: str) -> tuple[str, Tree]:
    """The name of the result ("" without one) and the tree of a formula.

    Errors: FormulaError (a ValueError) for what is no formula, with the column; ArgumentError for
    one that is too long.

    >>> parsed("E = -x")
    ('E', Applied(op='neg', args=(Letter(name='x', at=5),), at=4))
    >>> parsed("2x")
    Traceback (most recent call last):
        ...
    denpa.explanation.parsing.FormulaError: column 2: a sign is missing before 'x', such as *
        2x
         ^
    """
    if len(formula) > LONGEST:
        raise ArgumentError(
            say(
                "the formula has {count} characters; {most} are read at most",
                count=len(formula),
                most=LONGEST,
            )
        )
    if not formula.strip():
        raise ArgumentError(say("the formula is empty"))
    return _Reader(formula).whole()


def folded(tree: Tree, step: Callable[[Tree, list[_T]], _T]) -> _T:
    """The answer for a tree from those for its parts, left before right: a sum of 500 terms is
    500 deep."""
    order: list[Tree] = []
    stack = [tree]
    while stack:
        order.append(x := stack.pop())
        if isinstance(x, Applied):
            stack.extend(x.args)
    known: dict[int, _T] = {}
    for x in reversed(order):
        parts = [known[id(a)] for a in x.args] if isinstance(x, Applied) else []
        known[id(x)] = step(x, parts)
    return known[id(tree)]


def letters(tree: Tree) -> list[str]:
    """The variables of a formula, each once, in the order in which they come.

    >>> letters(parsed("b*(a + b)")[1])
    ['b', 'a']
    """
    found: dict[str, None] = {}
    stack = [tree]
    while stack:
        x = stack.pop()
        if isinstance(x, Letter):
            found[x.name] = None
        elif isinstance(x, Applied):
            stack.extend(reversed(x.args))
    return list(found)
