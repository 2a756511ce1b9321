"""What of a file can be checked, for those who name a file alone."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from denpa.check.locate import Source
from denpa.check.opening.load import file_of, held_by, opened_file
from denpa.check.opening.partners import partners
from denpa.check.opening.styles import matching
from denpa.check.opening.theirs import UserError
from denpa.check.subjects.framework import framework_of
from denpa.core.errors import ArgumentError

_RULE = re.compile(r"sgd|momentum|adam|rmsprop|adagrad|nesterov|update|step")
_STEP = ("step", "update", "update_params", "apply_gradients")


@dataclass(frozen=True)
class Offer:
    """A thing of a file that can be checked: what it is, and where."""

    name: str
    what: str
    place: str
    option: str = ""  # that the command needs besides

    def __str__(self) -> str:
        return f"{self.name}{self.option}   {self.what}, {self.place}".rstrip(", ")


def named(spec: str, seconds: float = 0.0) -> str:
    """FILE:NAME as it is; for FILE alone, with the name of the one thing in it that can be checked.

    Errors: ArgumentError that lists what there is, where that is not one; UserError where the file
    raises.
    """
    path, _, name = spec.rpartition(":")
    if path and name and not Path(spec).exists():
        return spec
    try:
        file_of(spec)
    except ArgumentError:
        if Path(spec).suffix:
            raise
        return spec  # a name without a file, which `load` tells
    found = offers(spec, seconds)
    certain = [o for o in found if not o.option]
    if len(certain) == 1:
        return f"{spec}:{certain[0].name}"
    if not found:
        raise ArgumentError(
            f"{spec} holds nothing that looks as if it could be checked: a class with forward and "
            f"backward, or a function beside its gradient. Name what you mean, as in {spec}:Affine"
        )
    lines = "\n".join(f"  denpa check {spec}:{o}" for o in found)
    raise ArgumentError(f"{spec} alone does not say what to check; name one:\n{lines}")


def offers(path: str, seconds: float = 0.0) -> list[Offer]:
    """What of a file can be checked, in the order of the file.

    Errors: UserError where the file raises and nothing of it is left.
    """
    loaded = opened_file(path, "", seconds)
    held = held_by(loaded.module)
    found = list(_offered(held))
    if not found:
        first = next((s for s in loaded.run.skipped if s.error is not None), None)
        if first is not None:
            raise UserError(f"{path}, {first.place} ended with {first.raised}")
    return found


def _offered(held: dict[str, Any]) -> Iterator[Offer]:
    made = {name: _makes(x, held) for name, x in held.items()}
    for name, x in held.items():
        what, option = "", ""
        if made[name]:
            what = f"a function that makes a {made[name]}"
        elif inspect.isfunction(x):
            what = _function(name, held)
            if not what and _RULE.search(name.lower()) and len(inspect.signature(x).parameters) > 1:
                what, option = "an optimizer's step", _rule(name)
        elif framework_of(x) is not None:
            what = "a network, or a function of one"
        elif name not in made.values():  # what a function makes is checked as it makes it
            what = _class(x)
            if not what and any(hasattr(x, n) for n in _STEP):
                what, option = "an optimizer", _rule(name)
        if what:
            yield Offer(name, what, _place(x), option)


def _rule(name: str) -> str:
    known = re.search(r"sgd|momentum|adam|rmsprop|adagrad|nesterov", name.lower())
    return f" --rule {known[0] if known else 'NAME'}"


def _function(name: str, held: dict[str, Any]) -> str:
    forward, _ = partners(name, held)
    if forward == name:
        return "a function and its gradient"
    both = "loss" in name.lower() and re.search(r"and|with|grad|vectorized", name.lower())
    return "a function that returns its gradient, too" if both and not forward else ""


def _class(x: Any) -> str:
    kind = x if inspect.isclass(x) else type(x)
    gradients = {back for _, _, back in matching(kind) if back is not None}
    whole = any(not _is_empty(getattr(kind, n)) for n in gradients)
    return "a layer, a network or a loss" if whole else ""


def _makes(f: Any, held: dict[str, Any]) -> str:
    """The class of the file that a function without arguments returns one of, or nothing."""
    if not inspect.isfunction(f) or inspect.signature(f).parameters:
        return ""
    source = Source.of(f)
    nodes = list(ast.walk(source.tree)) if source is not None else []
    if not any(isinstance(n, ast.Return) and n.value is not None for n in nodes):
        return ""
    called = [n.func.id for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    return next((n for n in called if inspect.isclass(held.get(n)) and _class(held[n])), "")


def _place(x: Any) -> str:
    source = Source.of(x)
    if source is None:
        return ""
    cell = re.search(r"cell \d+$", source.file)
    return f"{cell[0]}, line {source.first}" if cell else f"line {source.first}"


def _is_empty(method: Any) -> bool:
    """Whether a method of a base class only says that there has to be one."""
    source = Source.of(method)
    if source is None or not isinstance(source.tree.body[0], ast.FunctionDef):
        return False
    body = source.tree.body[0].body
    rest = body[1:] if isinstance(body[0], ast.Expr) and _is_text(body[0].value) else body
    return all(isinstance(n, (ast.Pass, ast.Raise)) or _is_ellipsis(n) for n in rest)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_ellipsis(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and value.value is ...
