"""What stands in somebody's code already: a correction that prints it is none."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from denpa.check.locate import Location
from denpa.check.optimizers.hyperparameters import canonical
from denpa.check.optimizers.language import Change
from denpa.check.optimizers.reading import UpdateCode, is_one, leaf

_BETAS = {"m": ("beta1",), "v": ("beta2",), "m, v": ("beta1", "beta2")}


def stands(change: Change, code: UpdateCode | None, hyper: Mapping[str, float]) -> bool:
    """Whether the code has what the correction of a mistake would put there."""
    if code is None:
        return False
    if change.name == "power-forgotten":
        return any(_is(base, b, hyper) for base in _powers(code) for b in _BETAS[change.what])
    if change.name == "t-stuck":
        return bool(code.counted()) or not any(True for _ in _powers(code))
    return False


def power(
    change: Change, code: UpdateCode | None, hyper: Mapping[str, float]
) -> tuple[Location, str]:
    """Where a correction divides by 1 - β, and 1 - β^t in the code's own words.

    Errors: LookupError where no line does.
    """
    beta = _BETAS[change.what][0]
    for source in code.sources if code is not None else []:
        for n in ast.walk(source.tree):
            if not (isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div)):
                continue
            for under in ast.walk(n.right):
                if (
                    isinstance(under, ast.BinOp)
                    and isinstance(under.op, ast.Sub)
                    and is_one(under.left)
                    and _is(under.right, beta, hyper)
                ):
                    assert code is not None
                    t = next(iter(code.counted()), "t")
                    return source.at(under.lineno), f"1 - {source.words(under.right)} ** {t}"
    raise LookupError(beta)


def _is(x: ast.expr, beta: str, hyper: Mapping[str, float]) -> bool:
    if isinstance(x, ast.Constant):
        return bool(x.value == hyper.get(beta))
    return canonical(leaf(x).strip("_"), {"beta1": 0.0, "beta2": 0.0}) == beta


def _powers(code: UpdateCode) -> Iterator[ast.expr]:
    """What is raised to a power that is no number."""
    for source in code.sources:
        for n in ast.walk(source.tree):
            pair: list[Any] = []
            if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Pow):
                pair = [n.left, n.right]
            elif isinstance(n, ast.Call) and leaf(n.func) in ("power", "pow"):
                pair = n.args
            if len(pair) == 2 and not isinstance(pair[1], ast.Constant):
                yield pair[0]
