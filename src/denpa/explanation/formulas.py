"""Each equation as mathematics: its right-hand side, and ∂y/∂x in as few letters as it can be.

A column of the op table. An op without an entry is written by its name, and its derivative as the
fraction itself; its `law` stands in its record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_Write = Callable[[Sequence[str], Mapping[str, Any]], str]
_Factor = Callable[[str, Sequence[str], Mapping[str, Any]], Sequence[str]]


def bracketed(term: str) -> str:
    """A sum or a negative number in brackets."""
    plain = term.startswith("-") or " + " in term or " - " in term
    return rf"\left({term}\right)" if plain else term


def number(x: Any) -> str:
    """A Python number as LaTeX, short."""
    if isinstance(x, float) and x.is_integer() and abs(x) < 1e6:
        return str(int(x))
    text = f"{x:.4g}"
    if "e" in text:
        digits, power = text.split("e")
        return rf"{digits} \cdot 10^{{{int(power)}}}"
    return text.replace("inf", r"\infty")


def _call(name: str) -> _Write:
    return lambda x, p: rf"\operatorname{{{name}}}({x[0]})"


def _over(dims: Any, x: str) -> str:
    return ",".join("nkjil"[d] if d < 5 else "m" for d in dims) if dims else ""


def _sum(sign: str) -> _Write:
    def write(x: Sequence[str], p: Mapping[str, Any]) -> str:
        below = _over(p["dim"], x[0])
        return rf"{sign}_{{{below}}} {bracketed(x[0])}" if below else bracketed(x[0])

    return write


def _linear(x: Sequence[str], p: Mapping[str, Any]) -> str:
    return f"{x[1]} {x[0]}" + (f" + {x[2]}" if len(x) > 2 else "")


def _power(x: Sequence[str], p: Mapping[str, Any]) -> str:
    return f"{_raised(x[0])}^{{{x[1]}}}"


def _raised(x: str) -> str:
    """What gets an exponent: a letter as it is, anything else in brackets."""
    return x if len(x) == 1 else rf"\left({x}\right)"


FORMULAS: dict[str, _Write] = {
    "add": lambda x, p: f"{x[0]} + {bracketed(x[1]) if x[1].startswith('-') else x[1]}",
    "sub": lambda x, p: f"{x[0]} - {bracketed(x[1])}",
    "mul": lambda x, p: rf"{bracketed(x[0])} \, {bracketed(x[1])}",
    "div": lambda x, p: rf"{bracketed(x[0])} / {bracketed(x[1])}",
    "pow": _power,
    "addcmul": lambda x, p: rf"{x[0]} + {bracketed(x[1])} \, {bracketed(x[2])}",
    "neg": lambda x, p: f"-{bracketed(x[0])}",
    "abs": lambda x, p: f"|{x[0]}|",
    "exp": lambda x, p: f"e^{{{x[0]}}}",
    "log": lambda x, p: rf"\ln {bracketed(x[0])}",
    "log1p": lambda x, p: rf"\ln (1 + {x[0]})",
    "expm1": lambda x, p: f"e^{{{x[0]}}} - 1",
    "sqrt": lambda x, p: rf"\sqrt{{{x[0]}}}",
    "sin": lambda x, p: rf"\sin {bracketed(x[0])}",
    "cos": lambda x, p: rf"\cos {bracketed(x[0])}",
    "tanh": lambda x, p: rf"\tanh {bracketed(x[0])}",
    "sigmoid": lambda x, p: rf"\sigma({x[0]})",
    "relu": lambda x, p: rf"\max({x[0]}, 0)",
    "erf": _call("erf"),
    "softplus": lambda x, p: rf"\ln (1 + e^{{{x[0]}}})",
    "maximum": lambda x, p: rf"\max({x[0]}, {x[1]})",
    "minimum": lambda x, p: rf"\min({x[0]}, {x[1]})",
    "where": lambda x, p: rf"[{x[0]}] \, {bracketed(x[1])} + [\neg {x[0]}] \, {bracketed(x[2])}",
    "sign": _call("sgn"),
    "floor": lambda x, p: rf"\lfloor {x[0]} \rfloor",
    "round": _call("round"),
    "remainder": lambda x, p: rf"{bracketed(x[0])} \bmod {bracketed(x[1])}",
    "linear": _linear,
    "matmul": lambda x, p: f"{x[0]} {x[1]}",
    "sum": _sum(r"\sum"),
    "mean": lambda x, p: rf"\frac{{1}}{{N}} {_sum(chr(92) + 'sum')(x, p)}",
    "amax": lambda x, p: rf"\max_{{{_over(p['dim'], x[0])}}} {bracketed(x[0])}",
    "logsumexp": lambda x, p: rf"\ln \sum_{{{_over(p['dim'], x[0])}}} e^{{{x[0]}}}",
    "gather": lambda x, p: f"{_subscribed(x[0])}_{{{','.join(x[1:])}}}",
    "permute": lambda x, p: rf"{_raised(x[0])}^\top",
}
"""The right-hand side of y = …, from the inputs in symbols and the params."""


def _subscribed(x: str) -> str:
    return x if "_" not in x else rf"\left({x}\right)"


def _inverse(x: str) -> str:
    return rf"1 / {bracketed(x)}"


FACTORS: dict[str, _Factor] = {
    "add": lambda y, x, p: ("1", "1"),
    "sub": lambda y, x, p: ("1", "-1"),
    "mul": lambda y, x, p: (x[1], x[0]),
    "div": lambda y, x, p: (_inverse(x[1]), rf"-{y} / {bracketed(x[1])}"),
    "pow": lambda y, x, p: (_power_factor(x), rf"{y} \ln {bracketed(x[0])}"),
    "addcmul": lambda y, x, p: ("1", x[2], x[1]),
    "neg": lambda y, x, p: ("-1",),
    "abs": lambda y, x, p: (rf"\operatorname{{sgn}} {bracketed(x[0])}",),
    "exp": lambda y, x, p: (y,),
    "log": lambda y, x, p: (_inverse(x[0]),),
    "log1p": lambda y, x, p: (rf"1 / (1 + {x[0]})",),
    "expm1": lambda y, x, p: (f"{y} + 1",),
    "sqrt": lambda y, x, p: (rf"1 / (2 {y})",),
    "sin": lambda y, x, p: (rf"\cos {bracketed(x[0])}",),
    "cos": lambda y, x, p: (rf"-\sin {bracketed(x[0])}",),
    "tanh": lambda y, x, p: (f"1 - {_raised(y)}^2",),
    "sigmoid": lambda y, x, p: (rf"{y} (1 - {y})",),
    "relu": lambda y, x, p: (f"[{x[0]} > 0]",),
    "erf": lambda y, x, p: (rf"\frac{{2}}{{\sqrt{{\pi}}}} e^{{-{_raised(x[0])}^2}}",),
    "softplus": lambda y, x, p: (rf"\sigma({x[0]})",),
    "maximum": lambda y, x, p: (f"[{x[0]} > {x[1]}]", f"[{x[1]} > {x[0]}]"),
    "minimum": lambda y, x, p: (f"[{x[0]} < {x[1]}]", f"[{x[1]} < {x[0]}]"),
    "where": lambda y, x, p: ("", f"[{x[0]}]", rf"[\neg {x[0]}]"),
    "sign": lambda y, x, p: ("0",),
    "floor": lambda y, x, p: ("0",),
    "round": lambda y, x, p: ("0",),
    "remainder": lambda y, x, p: ("1", rf"-\lfloor {x[0]} / {bracketed(x[1])} \rfloor"),
    "linear": lambda y, x, p: (x[1], x[0], "1"),
    "matmul": lambda y, x, p: (x[1], x[0]),
    "sum": lambda y, x, p: ("1",),
    "mean": lambda y, x, p: ("1/N",),
    "amax": lambda y, x, p: (f"[{x[0]} = {y}]",),
    "logsumexp": lambda y, x, p: (rf"\operatorname{{softmax}}({x[0]})",),
    "reshape": lambda y, x, p: ("1",),
    "cast": lambda y, x, p: ("1",),
    "permute": lambda y, x, p: ("1",),
    "broadcast_to": lambda y, x, p: ("1",),
    "flip": lambda y, x, p: ("1",),
    "slice": lambda y, x, p: ("1",),
    "pad": lambda y, x, p: ("1",),
    "unfold": lambda y, x, p: ("1",),
    "fold": lambda y, x, p: ("1",),
    "diagonal": lambda y, x, p: ("1",),
    "gather": lambda y, x, p: (f"[k = {','.join(x[1:])}]" if len(x) == 2 else "1",),
    "scatter_add": lambda y, x, p: ("1",),
    "cumsum": lambda y, x, p: (r"[i \le j]",),
    "cat": lambda y, x, p: ("1",) * len(x),
}
"""∂y/∂x for each input, from y and the inputs in symbols and the params."""


def _power_factor(x: Sequence[str]) -> str:
    base, power = x
    if power == "2":
        return f"2 {bracketed(base)}"
    try:
        less = number(float(power) - 1)
    except ValueError:
        less = f"{power} - 1"
    return rf"{bracketed(power)} \, {_raised(base)}^{{{less}}}"


def right_side(op: str, inputs: Sequence[str], params: Mapping[str, Any]) -> str:
    """The right-hand side of an equation in LaTeX.

    >>> right_side("linear", ["x", "W", "b"], {})
    'W x + b'
    """
    write = FORMULAS.get(op)
    if write is not None:
        return write(inputs, params)
    name = op.replace("_", r"\_")
    return rf"\operatorname{{{name}}}({', '.join(inputs)})"


def factor(op: str, slot: int, value: str, inputs: Sequence[str], params: Mapping[str, Any]) -> str:
    """∂y/∂x of one input in LaTeX; empty where the op has no entry.

    >>> factor("sigmoid", 0, "h", ["z"], {})
    'h (1 - h)'
    """
    write = FACTORS.get(op)
    if write is None:
        return ""
    found = write(value, inputs, params)
    return found[slot] if slot < len(found) else ""
