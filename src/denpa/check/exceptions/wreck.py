"""What is known of one exception: its line, what every expression was, what made what it uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from inspect import ismodule
from types import FrameType, FunctionType
from typing import Any

from denpa.check.exceptions.frames import CallSite, Theirs, computed, heads, sites, watched
from denpa.check.exceptions.judge import Judge
from denpa.check.exceptions.products import Names, Seen, shape
from denpa.check.locate import Location
from denpa.check.repair.seen import named
from denpa.check.repair.tree import Slot, targets


@dataclass(frozen=True)
class Wreck:
    """What is known of one exception: its line, and what every expression was when it came."""

    error: Exception
    site: CallSite
    theirs: Theirs
    at: Slot  # the statement
    failing: ast.AST | None  # the part of it that raised
    seen: Seen
    names: Names
    location: Location

    def value(self, node: Any) -> Any:
        """What an expression of the function was."""
        return self.seen.get(id(node))


def wreck_of(judge: Judge, error: Exception, depth: int = 0) -> Wreck | None:
    """The innermost of the user's frames that can be read, and what was computed in it; `depth`: so
    many frames further out."""
    for site in sites(error)[depth:]:
        theirs = site.theirs
        at = None if theirs is None else theirs.statement(site.line)
        if theirs is None or at is None:
            continue
        seen: Seen = {}
        names: Names = {}
        again: Exception | None = None
        try:
            with watched(theirs, seen):
                try:
                    judge.claims()
                except Exception as other:
                    again = other
        except ValueError:  # such as other free variables
            continue
        frames = {s.frame.f_code.co_name: s.frame for s in sites(again)} if again else {}
        frame = frames.get(theirs.code.co_name, site.frame)
        names = _names(frame.f_locals) | _functions(frame)
        failing = next((n for n in ast.walk(at.get()) if _span(n) == site.span), None)
        return Wreck(error, site, theirs, at, failing, seen, names, site.location)
    return None


def callees(judge: Judge, wreck: Wreck) -> Iterator[Wreck]:
    """The functions that have returned what a line uses, as if their last return had raised."""
    for at in (wreck.at, *sources(wreck)):
        for slot in computed(at):
            call = slot.get()
            called = wreck.names.get(ast.unparse(call.func)) if isinstance(call, ast.Call) else None
            theirs = Theirs.of(called.__code__) if isinstance(called, FunctionType) else None
            returns = [] if theirs is None else [
                s for s in heads(theirs.node) if isinstance(s.get(), ast.Return)
            ]  # fmt: skip
            if theirs is None or not returns or theirs.node.lineno == wreck.theirs.node.lineno:
                continue
            seen: Seen = {}
            with suppress(Exception), watched(theirs, seen):
                judge.claims()
            site = replace(wreck.site, file=theirs.file, line=returns[-1].get().lineno)
            yield replace(wreck, site=site, theirs=theirs, at=returns[-1], failing=None,
                          seen=seen, names={}, location=site.location)  # fmt: skip


def _span(node: ast.AST) -> tuple[int | None, ...]:
    return tuple(getattr(node, k, None) for k in
                 ("lineno", "end_lineno", "col_offset", "end_col_offset"))  # fmt: skip


def _names(local: dict[str, Any]) -> Names:
    """What has a name in a frame: locals, attributes, entries of dicts; arrays and numbers."""
    found: Names = {}
    for name, x in [*local.items(), *named({k: v for k, v in local.items() if k == "self"})]:
        if name == "self" or name.startswith("__"):
            continue
        if isinstance(x, dict):
            found.update({f"{name}[{k!r}]": v for k, v in x.items() if shape(v) is not None})
        elif shape(x) is not None or isinstance(x, (tuple, list)):
            found.setdefault(name, x)
    return found


def _functions(frame: FrameType) -> Names:
    """What a file defines or imports, arrays aside, and the methods of self."""
    found = {n: x for n, x in frame.f_globals.items() if callable(x) and not n.startswith("_")}
    found |= {n: x for n, x in frame.f_globals.items() if ismodule(x)}
    own = type(frame.f_locals.get("self")).__dict__
    methods = {n: x for n, x in own.items() if isinstance(x, FunctionType) and n[:2] != "__"}
    return found | {f"self.{n}": x for n, x in methods.items()}


def sources(wreck: Wreck) -> list[Slot]:
    """The statements before one that made what it uses, the last first."""
    before = []
    for slot in heads(wreck.theirs.node):
        if slot.get() is wreck.at.get():
            break
        before.append(slot)
    wanted = _used(wreck.at)
    found = []
    for slot in reversed(before):
        own = {_base(t) for t in targets(slot.get())} | {
            ast.unparse(e) for t in targets(slot.get()) for e in getattr(t, "elts", [t])
        }
        if isinstance(slot.parent, ast.For):
            own.add(ast.unparse(slot.parent.target))
        if own & wanted:
            found.append(slot)
            wanted |= _used(slot)
    return found[:5]


def _used(at: Slot) -> set[str]:
    return {ast.unparse(s.get()) for s in computed(at)
            if isinstance(s.get(), (ast.Name, ast.Attribute))}  # fmt: skip


def _base(target: ast.expr) -> str:
    while isinstance(target, ast.Subscript):
        target = target.value
    return ast.unparse(target)
