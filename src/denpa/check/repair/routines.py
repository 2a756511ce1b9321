"""The functions of a file that run when gradients are computed, and changed ones in their place.

A mistake need not stand in the gradient function itself: a method that it calls, or a function made
inside another one, such as the `_backward` of each operation in a small autograd, computes as well.
A changed tree is compiled where the original stands (in its class, beside the variables that it
closes over), and its code takes the place of the original's code: every name, attribute and bound
method then runs it, and the original comes back at the end.
"""

from __future__ import annotations

import ast
import gc
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from denpa.check.locate import ParsedSource

_MOST = 16  # functions that are changed, at most


@dataclass(eq=False)
class Outer:
    """A function that stands in a module or class, with the function objects made from it."""

    source: ParsedSource
    tree: ast.FunctionDef
    objects: list[FunctionType]

    def code(self) -> CodeType:
        """The tree compiled, with the free variables of the original."""
        original = self.objects[0]
        free = original.__code__.co_freevars
        held = ast.If(ast.Constant(False), [ast.Expr(ast.Name(n, ast.Load())) for n in free], [])
        body = [*self.tree.body, held] if free else self.tree.body
        tree = ast.FunctionDef(**{**_fields(self.tree), "body": body})
        inside: list[ast.stmt] = [ast.copy_location(tree, self.tree)]
        path = original.__qualname__.split(".")
        if len(path) > 1 and path[-2] != "<locals>":  # names with two underscores are its own
            owner = ast.ClassDef(path[-2], [], [], inside, [], type_params=[])  # type: ignore[call-arg,unused-ignore]
            inside = [ast.Global([path[-2]]), owner]
        names = [ast.arg(n) for n in free if n != "__class__"]
        given = ast.arguments([], names, None, [], [], None, [])
        around = ast.FunctionDef("around", given, inside, [], type_params=[])  # type: ignore[call-arg,unused-ignore]
        module = ast.fix_missing_locations(ast.Module([around], []))
        whole = compile(module, "<changed>", "exec", dont_inherit=True)
        return next(c for c in nested(whole) if c.co_name == tree.name)


@dataclass(eq=False)
class Routine:
    """A function whose statements are changed: an `Outer` itself, or one that is made inside."""

    outer: Outer
    node: ast.FunctionDef
    cost: float  # what its changes cost besides: the gradient function itself comes first
    keeps: bool = False  # it runs in forward: only what it keeps for backward is changed
    literals: tuple[float, ...] = ()  # numbers that stand in the forward pass


def nested(code: CodeType) -> Iterator[CodeType]:
    """The codes inside a code, at any depth, those of a level before those below."""
    inner = [c for c in code.co_consts if isinstance(c, CodeType)]
    yield from inner
    for c in inner:
        yield from nested(c)


def routines(
    function: Callable[..., Any], forward: Callable[[], Any], backward: Callable[[], Any]
) -> list[Routine]:
    """What may be changed: the gradient function, then what runs in `backward()` only, then what
    runs in `forward()` as well. Empty without a source."""
    rule = inspect.unwrap(getattr(function, "__func__", function))
    first = _outer([rule]) if isinstance(rule, FunctionType) else None
    if first is None:
        return []
    there, back = (_ran(run, rule) for run in (forward, backward))
    joint = rule.__code__ in there  # value and gradient in one function
    order = sorted(back, key=lambda c: c in there)
    own = {code: _outermost(code, [rule.__code__, *there, *back]) for code in order}
    objects = _objects({*own.values()} - {rule.__code__}, {**there, **back})
    literals = tuple({x for c in there for x in c.co_consts if isinstance(x, float)})
    found = [Routine(first, first.tree, 0.0, literals=literals)]
    outers = {rule.__code__: first}
    for code in order:
        if code is rule.__code__ or len(found) >= _MOST:
            continue
        keeps = code in there and not joint
        outer = outers.get(own[code]) or _outer(objects.get(own[code], []))
        node = None if outer is None else _node(outer, code)
        if outer is not None and node is not None:
            outers[own[code]] = outer
            found.append(Routine(outer, node, 0.5 if keeps else 0.1, keeps, literals))
    return found


def _fields(node: ast.AST) -> dict[str, Any]:
    return dict(ast.iter_fields(node))


def _ran(run: Callable[[], Any], rule: FunctionType) -> dict[CodeType, dict[str, Any]]:
    """The codes of the user's functions that a call runs, in order, with their globals."""
    found: dict[CodeType, dict[str, Any]] = {}
    file = rule.__code__.co_filename
    folder = os.path.join(os.path.dirname(os.path.abspath(file)), "")
    beside: dict[str, bool] = {file: True}

    def note(frame: Any, event: str, _: Any) -> None:
        code = frame.f_code
        if event != "call" or code in found or code.co_name.startswith("<"):
            return
        name = code.co_filename
        if name not in beside:
            real = os.path.isfile(file) and os.path.abspath(name).startswith(folder)
            beside[name] = real and "-packages" not in name and not name.startswith(_HERE)
        if beside[name] or frame.f_globals is rule.__globals__:  # cells of a notebook
            found[code] = frame.f_globals

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(before)
    return found


_HERE = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(__file__))), "")


def _outermost(code: CodeType, codes: Sequence[CodeType]) -> CodeType:
    """The code that a code was compiled inside of, at any depth; or itself."""
    above = [c for c in codes if code in nested(c)]
    return next((c for c in above if not any(c in nested(d) for d in above)), code)


def _objects(
    codes: set[CodeType], spaces: dict[CodeType, dict[str, Any]]
) -> dict[CodeType, list[FunctionType]]:
    """The functions that have these codes: by their names, else among all objects."""
    found = {code: _named(code, spaces[code]) for code in codes}
    left = [code for code, functions in found.items() if not functions]
    for f in gc.get_referrers(*left) if left else ():
        if isinstance(f, FunctionType) and f.__code__ in left:
            found[f.__code__].append(f)
    return found


def _named(code: CodeType, space: dict[str, Any]) -> list[FunctionType]:
    held: Any = space
    for part in code.co_qualname.split("."):
        held = held.get(part) if isinstance(held, dict) else vars(held).get(part)
        if not isinstance(held, (type, FunctionType, staticmethod, classmethod, property)):
            return []
    held = inspect.unwrap(getattr(held, "fget", getattr(held, "__func__", held)))
    return [held] if isinstance(held, FunctionType) and held.__code__ is code else []


def _outer(objects: list[FunctionType]) -> Outer | None:
    """The source of functions that have one code."""
    source = ParsedSource.of(objects[0]) if objects else None
    tree = None if source is None else _bare(source.tree, objects[0])
    return None if source is None or tree is None else Outer(source, tree, objects)


def _bare(tree: ast.Module, function: FunctionType) -> ast.FunctionDef | None:
    """The function's tree without decorators; a lambda as a function."""
    top = tree.body[0] if tree.body else None
    if isinstance(top, ast.FunctionDef):
        top.decorator_list = []
        return top
    names = function.__code__
    wanted = list(names.co_varnames[: names.co_argcount])
    lambdas = [
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.Lambda) and [a.arg for a in n.args.args] == wanted
    ]
    if len(lambdas) != 1:
        return None
    body = ast.copy_location(ast.Return(lambdas[0].body), lambdas[0])
    found = ast.FunctionDef("lambda_", lambdas[0].args, [body], [], type_params=[])  # type: ignore[call-arg,unused-ignore]
    return ast.fix_missing_locations(ast.copy_location(found, lambdas[0]))


def _node(outer: Outer, code: CodeType) -> ast.FunctionDef | None:
    """The definition in the tree that a code was compiled from."""
    if code is outer.objects[0].__code__:
        return outer.tree
    line = code.co_firstlineno - outer.source.first + 1
    for node in ast.walk(outer.tree):
        if (
            isinstance(node, ast.FunctionDef)
            and node.name == code.co_name
            and line == first_line(node)
        ):
            return node
    return None


def first_line(node: ast.FunctionDef) -> int:
    """That of its first decorator, which its code counts from."""
    return min([node.lineno, *(d.lineno for d in node.decorator_list)])


@contextmanager
def placed(outers: Sequence[Outer], **names: Any) -> Iterator[dict[Outer, CodeType]]:
    """The trees, as they are now, in place of the functions; `names` are seen by their code, and
    np where it is not known. Errors: whatever compiling them raises."""
    new = {outer: outer.code() for outer in outers}
    objects = [(f, f.__code__, code) for outer, code in new.items() for f in outer.objects]
    spaces = {id(f.__globals__): f.__globals__ for f, _, _ in objects}.values()
    lent = [(space, name) for space in spaces for name in ("np", *names) if name not in space]
    for space, name in lent:
        space[name] = names.get(name, np)
    try:
        for f, _, code in objects:
            f.__code__ = code
        yield new
    finally:
        for f, old, _ in objects:
            f.__code__ = old
        for space, name in lent:
            space.pop(name, None)
