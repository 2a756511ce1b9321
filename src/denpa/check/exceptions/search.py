"""The change after which backward no longer raises and its gradients are those of differences."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from denpa.check.diagnose import report
from denpa.check.examine import examine
from denpa.check.exceptions.edits import edits_of
from denpa.check.exceptions.frames import Theirs, applied, sites
from denpa.check.exceptions.judge import VALUE, Judge, differing
from denpa.check.exceptions.products import shape
from denpa.check.exceptions.wreck import Wreck, callees, sources, wreck_of
from denpa.check.locate import Location
from denpa.check.numeric import Values
from denpa.check.patience import Patience, spend
from denpa.check.repair.budget import drawn
from denpa.check.repair.edits import edits
from denpa.check.repair.seen import are_flags
from denpa.check.repair.tree import Edit, Scope, Slot, targets

_TRY = 8e-4  # seconds of work for an edit, besides the runs
_BUDGET = 2.0  # seconds for the comparison of what is mended
_PROVEN = 1e-4  # relative error of what is right once another mistake is undone
_DEPTH = 4  # lines of one backward that raise
_FRAMES = 3  # functions, from the innermost outwards, that are changed
_ONWARDS = 6  # changes after which another line raises, that are followed
_UNPROVEN = 2  # changes after which it runs, but no gradient is right, that are looked at
_PLAIN = 1.9  # what changes cost that are tried before those are


@dataclass(frozen=True)
class Mend:
    """A change after which a line that raised runs."""

    wreck: Wreck  # the innermost
    edit: Edit
    location: Location  # of the statement that is changed
    expected: str
    names: tuple[str, ...]  # the gradients that are made by it and are right now


def mended(judge: Judge, error: Exception, seconds: float, stack: ExitStack) -> list[Mend] | None:
    """Changes after which backward runs and the gradients that these lines make are right; None if
    there are none. They stay in effect until `stack` is closed."""
    with drawn(seconds) as patience:
        return _mended(judge, error, patience, stack, 0)


def _mended(
    judge: Judge, error: Exception, patience: Patience, stack: ExitStack, level: int
) -> list[Mend] | None:
    if level >= _DEPTH:
        return None
    onwards: _Onwards = []
    first = wreck_of(judge, error)
    if first is None:
        return None
    half: list[_Half] = []
    for wreck in _looked_at(judge, error, first):
        found = _of_one(judge, wreck, patience, onwards, half)
        if found is not None:
            edit, names = found
            stack.enter_context(_kept(wreck, edit))
            return [_mend(first, wreck, edit, names)]
    for wreck, edit in onwards[:_ONWARDS]:
        with ExitStack() as inner:
            inner.enter_context(_kept(wreck, edit))
            try:
                judge.claims()
            except Exception as later:
                rest = _mended(judge, later, patience, inner, level + 1)
                made = () if rest is None else _right_of(judge, wreck, edit)
                if rest is not None and made:
                    told = {n for m in rest for n in m.names}
                    names = tuple(n for n in made if n not in told) or made
                    stack.push(inner.pop_all())
                    return [_mend(first, wreck, edit, names), *rest]
    for wreck, edit, names in sorted(half, key=lambda h: (-len(h[2]), h[1].cost))[:_UNPROVEN]:
        if names and _explained(judge, wreck, edit):
            stack.enter_context(_kept(wreck, edit))
            return [_mend(first, wreck, edit, names)]
    return None


_Onwards = list[tuple[Wreck, Edit]]  # changes after which it raises further on
_Half = tuple[Wreck, Edit, tuple[str, ...]]  # a change, and those of its gradients that are right


def _looked_at(judge: Judge, error: Exception, first: Wreck) -> Iterator[Wreck]:
    """The functions that may have to be changed: where it raises, what has called that, and what
    has returned what is used there."""
    yield first
    for depth in range(1, _FRAMES):
        wreck = wreck_of(judge, error, depth)
        if wreck is None:
            break
        yield wreck
    yield from callees(judge, first)


def _of_one(
    judge: Judge, wreck: Wreck, patience: Patience, onwards: _Onwards, half: list[_Half]
) -> tuple[Edit, tuple[str, ...]] | None:
    """The change of one function after which all gradients that it makes are right, or all that is
    wrong is another line's mistake, and these gradients. Changes after which it raises further on
    go to `onwards`, those after which some gradients are wrong to `half`."""
    ran: list[_Half] = []
    looked = False
    for edit in _ordered(wreck):
        if edit.cost > _PLAIN and not looked and ran:
            looked = True
            for _, plain, names in sorted(ran, key=lambda h: (-len(h[2]), h[1].cost))[:_UNPROVEN]:
                if _explained(judge, wreck, plain):
                    return plain, names
        if patience.over:
            break
        spend(_TRY)
        outcome = _tried(judge, wreck, edit)
        if isinstance(outcome, Exception):
            if _further(wreck, edit, outcome):
                onwards.append((wreck, edit))
        elif outcome is not None:
            right, wrong = outcome
            if right and not wrong:
                return edit, tuple(right)
            ran.append((wreck, edit, tuple(right)))
    half += ran
    return None


def _explained(judge: Judge, wreck: Wreck, edit: Edit) -> bool:
    """Whether all that is wrong after a change is a mistake of other lines, and would be right
    without that."""
    with _kept(wreck, edit):
        try:
            found = report(examine(judge.claims()[0], budget=_BUDGET))
        except Exception:  # at other numbers it may raise again
            return False
    line = edit.statement.get().lineno
    lines = [f.location.line if f.location is not None else line for f in found.findings]
    proven = all(f.verified is not None and f.verified < _PROVEN for f in found.findings)
    return bool(found.findings) and proven and line not in lines


def _mend(first: Wreck, wreck: Wreck, edit: Edit, names: tuple[str, ...]) -> Mend:
    statement = edit.statement.get()
    site = replace(wreck.site, line=statement.lineno)
    return Mend(first, edit, site.location, expected(edit), names)


def _right_of(judge: Judge, wreck: Wreck, edit: Edit) -> tuple[str, ...]:
    """The right ones of the gradients that a line makes, once nothing raises."""
    theirs = Theirs.of(wreck.theirs.functions[0].__code__)
    at = None if theirs is None else theirs.statement(edit.statement.get().lineno)
    if theirs is None or at is None:
        return ()
    now, claims = judge.claims()
    places = (at, Slot(at.get(), "value"))
    made = _depending(judge, theirs, places, claims)
    return tuple(n for n in now.values if n in made and judge.right(now, n, claims[n]))


@contextmanager
def _kept(wreck: Wreck, edit: Edit) -> Iterator[None]:
    """The user's function with a change in it, and a source that shows it."""
    with wreck.theirs.running(wreck.theirs.rewritten(edit)):
        yield


def _ordered(wreck: Wreck) -> list[Edit]:
    """Changes of the statement that raised, then of those before it that made what it uses."""
    found: list[Edit] = []
    steering = _steering(wreck.theirs.node)
    slots = [
        slot
        for slot in (wreck.at, *sources(wreck))
        if not isinstance(slot.parent, ast.Assert)  # it says what should be so
        and not steering & set(map(ast.unparse, targets(slot.get())))
    ]
    for k, slot in enumerate(slots):
        own = slot.get() is wreck.at.get()
        failing = wreck.failing if own else slot.get()
        more = edits_of(slot, failing, wreck.seen, wreck.names, wreck.error)
        found += [replace(e, cost=e.cost + (0.0 if own else 0.9 + 0.1 * k)) for e in more]
    if isinstance(wreck.error, (NameError, AttributeError)):  # what is not there is not left out
        named = ("undefined-name", "none-added")
        return sorted((e for e in found if e.mistake in named), key=lambda e: e.cost)
    usable = {id(slot.get()) for slot in slots}
    for e in edits(wreck.theirs.node, _scope(wreck)):
        if id(e.statement.get()) in usable:
            found.append(replace(e, cost=e.cost + 1.5))
    return sorted(found, key=lambda e: e.cost)


def _steering(function: ast.FunctionDef) -> set[str]:
    """The variables that end a while: with other values it may never end."""
    tests = [n.test for n in ast.walk(function) if isinstance(n, ast.While)]
    return {n.id for test in tests for n in ast.walk(test) if isinstance(n, ast.Name)}


def _scope(wreck: Wreck) -> Scope:
    """As `denpa.check.repair` wants it."""
    arrays = {n: s for n, x in wreck.names.items() if (s := shape(x))}
    return Scope(
        {k: s for k, x in wreck.seen.items() if (s := shape(x)) is not None},
        arrays,
        masks=frozenset(n for n in arrays if "bool" in str(wreck.names[n].dtype)),
        flags=frozenset(n for n in arrays if are_flags(wreck.names[n])),
        numbers={n: float(x) for n, x in wreck.names.items() if isinstance(x, float)},
        sizes=tuple(f"len({n})" for n in arrays)[:4],
    )


def _tried(
    judge: Judge, wreck: Wreck, edit: Edit
) -> tuple[list[str], list[str]] | Exception | None:
    """The gradients that a change makes right, and those that it makes and are wrong; what backward
    raises now; None where it makes no sense."""
    try:
        with applied(edit):
            code = wreck.theirs.compiled()
    except Exception:  # such as a call that is assigned to: SystemError
        return None
    try:
        with wreck.theirs.running(code):
            now, claims = judge.claims()
            if _lost(edit, now.values):
                return None
            right = [n for n in now.values if n in claims and judge.right(now, n, claims[n])]
    except Exception as error:
        return error
    if not right:
        return [], list(now.values)
    with applied(edit):
        changed = (edit.changes[0][0], Slot(edit.statement.get(), "value"))
        made = _depending(judge, wreck.theirs, changed, claims)
    if VALUE in made:  # it is a line of the function itself, and not of its gradient
        return None
    if not made:  # it steers what others compute
        whole = all(n in right for n in now.values if n in claims)
        return (right, []) if whole else ([], list(now.values))
    return [n for n in right if n in made], [n for n in now.values if n in made and n not in right]


def _lost(edit: Edit, values: Values) -> bool:
    """Whether a change leaves out what moves an attribute: then nothing is left to be wrong."""
    to = getattr(edit.statement.get(), "target", None)
    gone = isinstance(to, ast.Attribute) and to.attr not in values
    return gone and isinstance(edit.changes[0][1], ast.Pass)


_BENT = "__bent__"


def _bent(x: Any) -> Any:
    """Another value than what a statement has computed."""
    if isinstance(x, tuple):
        return tuple(_bent(k) for k in x)
    with suppress(TypeError, ValueError):
        return ~x if "bool" in str(getattr(x, "dtype", "")) else x * 1.25 + 0.125
    return x


def _depending(
    judge: Judge, theirs: Theirs, places: tuple[Slot, ...], claims: dict[str, Any]
) -> set[str]:
    """The gradients that a statement makes: those that are others once what it computes, in the
    first of these places that matters, is another thing."""
    for place in places:
        node = getattr(place.parent, place.field, None) and place.get()
        if not isinstance(node, ast.expr):
            continue
        call = ast.Call(ast.Name(_BENT, ast.Load()), [node], [])
        place.put(ast.fix_missing_locations(ast.copy_location(call, node)))
        try:
            found = _bent_claims(judge, theirs, claims)
        finally:
            place.put(node)
        if found:
            return found
    return set()


def _bent_claims(judge: Judge, theirs: Theirs, claims: dict[str, Any]) -> set[str]:
    spaces = [f.__globals__ for f in theirs.functions]
    for names in spaces:
        names[_BENT] = _bent
    try:
        with theirs.running(theirs.compiled()):
            return differing(claims, judge.claims()[1])
    except Exception:  # an index that is out of range now, what is assigned to
        return set()
    finally:
        for names in spaces:
            names.pop(_BENT, None)


def _further(wreck: Wreck, edit: Edit, error: Exception) -> bool:
    """Whether backward comes further than before, and raises there."""
    now = sites(error)
    if not now:
        return False
    before, after = wreck.site, now[0]
    if after.file != before.file or after.frame.f_code.co_name != before.frame.f_code.co_name:
        return edit.statement.get() is wreck.at.get()
    return after.line > (wreck.at.get().end_lineno or before.line)


def expected(edit: Edit) -> str:
    """The statement as it should be; its right-hand side alone where that has changed."""
    statement = edit.statement.get()
    before = getattr(statement, "value", None)
    was = None if before is None else ast.unparse(before)
    with applied(edit):
        now = edit.statement.get()
        right: ast.expr | None = now.value if isinstance(now, (ast.Assign, ast.Return)) else None
        text = was if right is None else ast.unparse(right)
        return ast.unparse(now) if text in (None, was) else str(text)
