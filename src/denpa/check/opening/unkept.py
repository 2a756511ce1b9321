"""Gradients that backward computes and does not keep: dW = … where self.dW = … was meant."""

from __future__ import annotations

import ast
import copy
import inspect
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from denpa.check.argument_roles import bare, gradient_names
from denpa.check.determinism import relative
from denpa.check.locate import ParsedSource
from denpa.check.numeric import slope
from denpa.check.record import Finding
from denpa.check.report import Report
from denpa.check.subject import Subject, Values
from denpa.check.subjects.layer import Layer
from denpa.words import translated

_CLOSE = 1e-5  # relative, of a local variable and a difference


def told_lost(subject: Subject | None, report: Report) -> None:
    """Add a finding for each parameter whose gradient ends as a local variable of backward that
    nothing reads: one that has its numbers, or its name and its shape.

    A parameter without a gradient alone is no mistake: it may be frozen.
    """
    if not isinstance(subject, Layer) or not report.missing:
        return
    function = subject._function()
    source = ParsedSource.of(function)
    if source is None:
        return
    unread = _unread(source.tree)
    if not unread:
        return
    try:
        upstream, held = _locals(subject, inspect.unwrap(function).__code__)
    except Exception:  # the user's own: told elsewhere
        return
    for name in report.missing:
        array = subject.everything[0].get(name)
        if array is None:
            continue
        for variable, node in unread.items():
            value = held.get(variable)
            if not isinstance(value, np.ndarray) or value.shape != array.shape:
                continue
            off = _off(subject, name, value, upstream)
            close = off is not None and off < _CLOSE and bool(value.any())
            if close or bare(variable) in gradient_names(name.removeprefix("self.")):
                report.findings.append(
                    _finding(name, variable, node, source, off if close else None, report.language)
                )
                break


def _unread(tree: ast.Module) -> dict[str, ast.stmt]:
    """Variables that a function makes and reads nowhere, with the last statement that makes them.
    Those of others, and those with an underscore before them, are meant to be so."""
    nodes = list(ast.walk(tree))
    if any(isinstance(n, ast.Name) and n.id in ("locals", "vars", "eval", "exec") for n in nodes):
        return {}
    places = {
        id(_root(n))
        for n in nodes
        if isinstance(n, (ast.Subscript, ast.Attribute)) and isinstance(n.ctx, ast.Store)
    }
    names = [n for n in nodes if isinstance(n, ast.Name)]
    read = {n.id for n in names if isinstance(n.ctx, ast.Load) and id(n) not in places}
    for n in nodes:
        if isinstance(n, (ast.Global, ast.Nonlocal)):
            read.update(n.names)
    found: dict[str, ast.stmt] = {}
    for node in nodes:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else ([node.target] if isinstance(node, (ast.AugAssign, ast.AnnAssign)) else [])
        )
        for name in (n for t in targets for n in _made(t)):
            late = name not in found or node.lineno > found[name].lineno  # type: ignore[attr-defined]
            if name not in read and not name.startswith("_") and late:
                assert isinstance(node, ast.stmt)
                found[name] = node
    return found


def _made(target: ast.expr) -> Iterator[str]:
    if isinstance(target, (ast.Tuple, ast.List)):
        for inner in target.elts:
            yield from _made(inner)
    elif isinstance(root := _root(target), ast.Name):
        yield root.id


def _root(node: ast.expr) -> ast.expr:
    while isinstance(node, (ast.Subscript, ast.Attribute, ast.Starred)):
        node = node.value
    return node


def _locals(subject: Layer, code: Any) -> tuple[np.ndarray, dict[str, Any]]:
    """What backward's variables hold when it returns, and what it was given from above."""
    y = np.asarray(subject.forward(subject.values), np.float64)
    rng = np.random.default_rng(0)
    upstream = rng.uniform(0.5, 1.5, y.shape) if y.ndim else np.ones(())
    held: dict[str, Any] = {}

    def note(frame: Any, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is code:
            held.update({k: copy.copy(v) for k, v in frame.f_locals.items() if k != "self"})

    before = sys.getprofile()
    try:
        sys.setprofile(note)
        with np.errstate(all="ignore"):
            subject.backward(subject.values, upstream)
    finally:
        sys.setprofile(before)
    return upstream, held


def _off(subject: Layer, name: str, value: np.ndarray, upstream: np.ndarray) -> float | None:
    """How far an array is from the gradient of a parameter, along two directions."""
    twin = copy.copy(subject)
    twin.values = {**subject.values, name: subject.everything[0][name]}
    twin.places = {**subject.places, name: subject.everything[1][name]}

    def f(values: Values) -> np.ndarray:
        return np.asarray(np.sum(upstream * np.asarray(twin.forward(values), np.float64)))

    rng = np.random.default_rng(1)
    directions = [rng.standard_normal(value.shape) for _ in range(2)]
    try:
        right = [float(slope(f, twin.values, {name: v}).value) for v in directions]
    except Exception:
        return None
    mine = [float(np.sum(value * v)) for v in directions]
    return relative(np.asarray(mine), np.asarray(right)) if np.isfinite(mine).all() else None


def _finding(
    name: str, variable: str, node: ast.stmt, source: ParsedSource, off: float | None, language: str
) -> Finding:
    text = translated(
        "{variable} is a local variable here, and is lost when backward ends",
        language,
        variable=variable,
    )
    expected = ""
    if off is not None and name.isidentifier():
        own = source.tree.body[0].args.args[0].arg  # type: ignore[attr-defined]
        kept = variable if bare(variable) in gradient_names(name) else f"d{name}"
        once = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        what = ast.unparse(node.value) if once else variable  # type: ignore[attr-defined]
        expected = f"{own}.{kept} = {what}"
    why = translated(
        "What backward computes is gone when it ends, unless it returns it or the object keeps "
        "it, as self.dW beside self.W.",
        language,
    )
    return Finding(name, "missing", 1.0, text, why, source.line(node), expected, off)
