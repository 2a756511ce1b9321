"""Exercises that nobody has filled in: functions whose body only says that there has to be one."""

from __future__ import annotations

import ast
import inspect
import traceback
from collections.abc import Iterator
from typing import Any

from denpa.check.locate import Location, ParsedSource
from denpa.check.opening.ownership import is_theirs
from denpa.core.errors import ArgumentError
from denpa.words import say


class Unwritten(ArgumentError):
    """What was to be checked is not written yet."""

    outcome = "unwritten"


def is_unwritten(function: Any) -> bool:
    """Whether a function raises NotImplementedError whatever it is given, or only names things and
    returns nothing.

    The source is read, so a function without one is taken for written.
    """
    body = _body(function)
    if body is None:
        return False
    return any(_refuses(s) for s in body) or _does_nothing(body)


def refuse_unwritten(name: str, functions: Iterator[tuple[str, Any]]) -> None:
    """Errors: Unwritten for the first of these functions, which have names, that is not written."""
    for called, f in functions:
        if is_unwritten(f):
            raise unwritten(name, called, f)


def unwritten(name: str, called: str, function: Any) -> Unwritten:
    """The error for a function, or a method, of `name` that is not written."""
    source = ParsedSource.of(function)
    at = "" if source is None else source.line(source.tree.body[0]).place
    whole = called if called == name else f"{name}: {called}"
    return Unwritten(say("{whole} is not written yet ({at})", whole=whole, at=at))


def refused_by(name: str, error: BaseException) -> Unwritten | None:
    """The same for a NotImplementedError that somebody's code raised, wherever it was."""
    if not isinstance(error, NotImplementedError):
        return None
    frames = [f for f in traceback.extract_tb(error.__traceback__) if is_theirs(f.filename)]
    if not frames:
        return None
    last = frames[-1]
    at = Location(last.filename, last.lineno or 0, last.line or "").place
    called = "" if last.name == name else f": {last.name}"
    return Unwritten(
        say("{name}{called} is not written yet ({at})", name=name, called=called, at=at)
    )


def _body(function: Any) -> list[ast.stmt] | None:
    """The statements of a function, without what it says of itself."""
    function = inspect.unwrap(getattr(function, "__func__", function))
    if not inspect.isfunction(function):
        return None
    source = ParsedSource.of(function)
    node = source.tree.body[0] if source is not None and source.tree.body else None
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    return [s for s in node.body if not _is_text(s)]


def _is_text(s: ast.stmt) -> bool:
    return isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)


def _refuses(s: ast.stmt) -> bool:
    if not isinstance(s, ast.Raise) or s.exc is None:
        return False
    raised = s.exc.func if isinstance(s.exc, ast.Call) else s.exc
    return isinstance(raised, ast.Name) and raised.id in ("NotImplementedError", "NotImplemented")


def _does_nothing(body: list[ast.stmt]) -> bool:
    """Whether statements only give names to what is there, and what is returned is nothing."""
    nothing: set[str] = set()
    for s in body:
        if isinstance(s, ast.Assign) and _is_nothing(s.value, nothing):
            nothing |= {n.id for t in s.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        elif isinstance(s, ast.Return):
            return s.value is None or _is_nothing(s.value, nothing)
        elif not isinstance(s, ast.Pass) and not _only_unpacks(s):
            return False
    return True


def _is_nothing(value: ast.expr, nothing: set[str]) -> bool:
    if isinstance(value, ast.Tuple):
        return bool(value.elts) and all(_is_nothing(v, nothing) for v in value.elts)
    if isinstance(value, ast.Dict):
        return bool(value.values) and all(_is_nothing(v, nothing) for v in value.values)
    if isinstance(value, ast.Name):
        return value.id in nothing
    return isinstance(value, ast.Constant) and value.value in (None, ...)


def _only_unpacks(s: ast.stmt) -> bool:
    """x, w = cache; m = self.m; n = x.shape[0]: what an exercise gives to begin with."""
    if not isinstance(s, ast.Assign):
        return False
    targets = [n for t in s.targets for n in ast.walk(t)]
    if any(isinstance(n, (ast.Attribute, ast.Subscript)) for n in targets):
        return False
    return all(
        isinstance(n, (ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.Constant, ast.Load))
        for n in ast.walk(s.value)
    )
