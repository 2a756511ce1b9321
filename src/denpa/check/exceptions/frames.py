"""What an exception leaves behind: the user's own frames, and their functions as trees that can be
run changed.

A changed function takes the place of the user's by its code object alone (`function.__code__`), so
that methods, helpers, closures and the layers inside a network are all changed the same way, and
are as they were afterwards.
"""

from __future__ import annotations

import ast
import gc
import itertools
import linecache
import sysconfig
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from denpa.check.locate import Location
from denpa.check.repair.tree import Edit, Slot, expressions, targets

_NAMELESS = ("<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>", "<lambda>")
_AROUND = (ast.FunctionDef, ast.ClassDef, ast.With, ast.Try, ast.While)
_HEADS = {"If": "test", "Assert": "test", "For": "iter"}
_count = itertools.count()
_origins: dict[str, str] = {}  # of changed sources: the user's file


@dataclass(frozen=True)
class CallSite:
    """Where an exception passed through the user's code."""

    frame: types.FrameType
    file: str
    line: int
    span: tuple[int | None, ...]  # line, last line, column, last column of what raised

    @cached_property
    def theirs(self) -> Theirs | None:
        """The function, parsed; None where its source is not to be had."""
        return Theirs.of(self.frame.f_code)

    @property
    def location(self) -> Location:
        """For the report."""
        return located(Location(self.file, self.line, linecache.getline(self.file, self.line)))


def located(place: Location) -> Location:
    """A line of a changed source as the line of the user's file that it was made of."""
    file = _origins.get(place.file, place.file)
    return Location(file, place.line, linecache.getline(file, place.line).strip())


def sites(error: BaseException) -> list[CallSite]:
    """The user's own frames that an exception passed through, the innermost first; comprehensions
    and lambdas belong to the function around them. What called the check is not among them."""
    found = []
    at = error.__traceback__
    while at is not None:
        code = at.tb_frame.f_code
        file = code.co_filename
        if _is_theirs(file) and code.co_name not in _NAMELESS:
            span = next(itertools.islice(code.co_positions(), at.tb_lasti // 2, None), ())
            found.append(CallSite(at.tb_frame, file, at.tb_lineno, tuple(span)))
        elif _OURS[0] in Path(file).parents:
            found = []
        at = at.tb_next
    return found[::-1]


@cache
def _is_theirs(file: str) -> bool:
    path = Path(file).resolve()
    return file.startswith("<") or not any(folder in path.parents for folder in _OURS)


_OURS = tuple(
    Path(p).resolve()
    for p in (
        str(Path(__file__).parents[2]),
        str(Path(np.__file__).parent),
        *(str(sysconfig.get_path(k)) for k in ("stdlib", "purelib", "platlib")),
    )
)


@dataclass
class Theirs:
    """A function of the user's, and the tree of the top-level statement that it stands in."""

    functions: list[Any]  # all that share the code: one unless it is made anew each time
    code: types.CodeType
    top: ast.Module
    node: ast.FunctionDef

    @classmethod
    def of(cls, code: types.CodeType) -> Theirs | None:
        """The function that a code object belongs to."""
        functions = [
            f
            for f in gc.get_referrers(code)
            if isinstance(f, types.FunctionType) and f.__code__ is code
        ]
        try:
            tree = ast.parse("".join(linecache.getlines(code.co_filename)))
        except SyntaxError:  # such as a cell with magic
            return None
        for top in tree.body:
            for node in ast.walk(top):
                if not isinstance(node, ast.FunctionDef) or node.name != code.co_name:
                    continue
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                if first == code.co_firstlineno and functions:
                    return cls(functions, code, ast.Module([top], []), node)
        return None

    @property
    def file(self) -> str:
        """Where it stands."""
        return self.code.co_filename

    def compiled(self, file: str = "", tree: ast.Module | None = None) -> types.CodeType:
        """The function's code as the tree is now."""
        whole = compile(tree or self.top, file or self.file, "exec", dont_inherit=True)
        found = next(_inside(whole, self.code), None)
        if found is None:
            raise ValueError(f"{self.code.co_name} is not in its own source")
        return found

    @contextmanager
    def running(self, code: types.CodeType) -> Iterator[None]:
        """Other code in its place."""
        kept = [(f, f.__code__) for f in self.functions]
        try:
            for f, _ in kept:
                f.__code__ = code
            yield
        finally:
            for f, own in kept:
                f.__code__ = own

    def rewritten(self, edit: Edit) -> types.CodeType:
        """The function after an edit, with a source of its own: the user's file in which nothing
        but this statement is another one."""
        old = edit.statement.get()
        with applied(edit):
            new = ast.unparse(edit.statement.get())
        lines = [text.encode() for text in linecache.getlines(self.file)]
        first, last = old.lineno - 1, old.end_lineno - 1
        rest = lines[last][old.end_col_offset :]
        lines[first : last + 1] = [
            lines[first][: old.col_offset] + new.encode() + rest,
            *[b"\n"] * (last - first),
        ]
        text = [line.decode() for line in lines]
        file = f"<changed {next(_count)}>"
        _origins[file] = _origins.get(self.file, self.file)
        linecache.cache[file] = len("".join(text)), None, text, file
        return self.compiled(file, ast.parse("".join(text)))

    def statement(self, line: int) -> Slot | None:
        """The innermost statement that a line belongs to; of a loop or a condition its head."""
        best: Slot | None = None
        for slot in _statements(self.node):
            node = slot.get()
            body = getattr(node, "body", None)
            end = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno
            if node.lineno <= line <= end:
                best = slot
        if best is None or isinstance(best.get(), ast.While):
            return None
        return head(best)


def _inside(whole: types.CodeType, like: types.CodeType) -> Iterator[types.CodeType]:
    for x in whole.co_consts:
        if isinstance(x, types.CodeType):
            if (x.co_name, x.co_firstlineno) == (like.co_name, like.co_firstlineno):
                yield x
            yield from _inside(x, like)


def _statements(parent: ast.AST) -> Iterator[Slot]:
    for field in ("body", "orelse", "finalbody"):
        for k, s in enumerate(getattr(parent, field, ())):
            yield Slot(parent, field, k)
            if not isinstance(s, (ast.FunctionDef, ast.ClassDef)):
                yield from _statements(s)
    for handler in getattr(parent, "handlers", ()):
        yield from _statements(handler)


def head(slot: Slot) -> Slot:
    """What a loop or a condition computes itself; of another statement, all."""
    field = _HEADS.get(type(slot.get()).__name__)
    return slot if field is None else Slot(slot.get(), field)


def heads(node: ast.FunctionDef) -> Iterator[Slot]:
    """All statements of a function, of loops and conditions their heads."""
    for slot in _statements(node):
        if not isinstance(slot.get(), _AROUND):
            yield head(slot)


def computed(at: Slot) -> Iterator[Slot]:
    """The expressions that a statement computes, those inside what it assigns to as well."""
    s = at.get()
    if isinstance(s, ast.expr):
        yield at
    for target in targets(s):
        if isinstance(target, (ast.Subscript, ast.Attribute)):
            yield Slot(target, "value")
            yield from expressions(target.value)
        if isinstance(target, ast.Subscript):
            yield Slot(target, "slice")
            yield from expressions(target.slice)
    yield from expressions(s)


@contextmanager
def applied(edit: Edit) -> Iterator[None]:
    """The tree with an edit in it."""
    kept = [(slot, slot.get()) for slot, _ in edit.changes]
    for slot, node in edit.changes:
        slot.put(ast.fix_missing_locations(ast.copy_location(node, slot.get())))
    try:
        yield
    finally:
        for slot, node in kept:
            slot.put(node)


_SEE = "__see__"  # not mangled inside a class
_VALUES = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Attribute, ast.Subscript, ast.Compare)


@contextmanager
def watched(theirs: Theirs, seen: dict[int, Any]) -> Iterator[None]:
    """Note the last value of every expression of the function, by the id of its node."""
    slots = [
        (slot, slot.get())
        for at in heads(theirs.node)
        for slot in computed(at)
        if isinstance(slot.get(), _VALUES)
        and isinstance(getattr(slot.get(), "ctx", None) or ast.Load(), ast.Load)
    ]
    slots = list({(id(s.parent), s.field, s.index): (s, n) for s, n in slots}.values())

    def see(at: int, x: Any) -> Any:
        seen[at] = x
        return x

    try:
        for slot, node in reversed(slots):  # from within
            parts: list[ast.expr] = [ast.Constant(id(node)), slot.get()]
            call = ast.Call(ast.Name(_SEE, ast.Load()), parts, [])
            slot.put(ast.fix_missing_locations(ast.copy_location(call, node)))
        code = theirs.compiled()
    finally:
        for slot, node in slots:
            slot.put(node)
    spaces = [f.__globals__ for f in theirs.functions]
    for names in spaces:
        names[_SEE] = see
    try:
        with theirs.running(code):
            yield
    finally:
        for names in spaces:
            names.pop(_SEE, None)
