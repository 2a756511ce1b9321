"""A mistake undone in the code itself.

Numbers alone do not tell every mistake: inside a network of several layers, or where a value is
used twice, none of the signatures need fit. So the source of the gradient function is changed in
small ways, one at a time, and run again; the change after which the gradients are those that
differences give is the mistake, its line and its correction in one. (Program repair by mutation:
Debroy and Wong, "Using Mutation to Automatically Suggest Fixes for Faulty Programs", ICST 2010.)
"""

from __future__ import annotations

import ast
import copy
import gc
import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from denpa.check.case import Case, Compared
from denpa.check.determinism import relative
from denpa.check.locate import Location
from denpa.check.patience import Patience, spend
from denpa.check.probes import Point, near, point_of, sized
from denpa.check.repair.budget import drawn
from denpa.check.repair.edits import edits
from denpa.check.repair.routines import Routine, placed, routines
from denpa.check.repair.screen import Screen
from denpa.check.repair.seen import Seen
from denpa.check.repair.tree import Edit


@dataclass(frozen=True)
class Repair:
    """A change of the code after which gradients are right."""

    mistake: str
    got: str  # the code that stands there
    want: str  # the code that belongs there
    location: Location
    expected: str  # the right-hand side as it should be
    errors: dict[str, float]  # of each gradient that it makes right, afterwards
    cost: float
    fill: dict[str, str]  # further words
    others: tuple[str, ...] = ()  # mistakes that would explain the same as well
    kept: bool = False  # whether it changes what forward keeps, not what backward does


def repairs(case: Case, wrong: list[Compared], seconds: float = 2.0) -> list[Repair]:
    """Changes of the functions that compute gradients which make at least one wrong gradient right
    and no right one wrong; those first that mend most, then the plainest.

    What is still wrong then is searched for again with the best change in its place: there may be
    two mistakes. Nothing is tried where the source is not to be had, and nothing more after
    `seconds` of computing.
    """
    rule = case.subject.rule()
    usable = [c for c in wrong if c.numeric is not None and np.isfinite(c.numeric).any()]
    if rule is None or not usable:
        return []
    with quiet(), drawn(seconds) as patience:
        try:
            places = routines(
                rule.function,
                lambda: case.subject.forward(case.values),
                lambda: case.subject.backward(case.values, case.upstream),
            )
        except Exception:  # the user's own
            return []
        return _Search(case, places, patience).all(usable)


_ENDLESS = re.compile(r"\.(r_|c_|s_|mgrid|ogrid)\b(?!\[)")  # have items without end: NumPy hangs


class _Search:
    """The search for one case."""

    def __init__(self, case: Case, places: list[Routine], patience: Patience) -> None:
        self.case, self.places, self.patience = case, places, patience
        self.right = {k: c.claimed for k, c in case.compared.items() if c.ok}
        self.points: list[Point] | None = None
        self.partly = False  # whether the last that was confirmed fails for other sizes

    def all(self, wrong: list[Compared]) -> list[Repair]:
        """The repairs of one mistake after the other."""
        left, found = wrong, list[Repair]()
        while left and self.places:
            more = self._once(left)
            if not more:
                break
            found += [repair for repair, _, _ in more]
            mended = {n for repair, _, _ in more for n in repair.errors}
            _, edit, place = more[0]
            with suppress(Exception), _put(edit), placed([place.outer]):
                claims = self.case.subject.backward(self.case.values, self.case.upstream)
                self.right |= {n: claims[n] for n in more[0][0].errors}
            if {c.name for c in left} <= mended:
                break
            for slot, node in edit.changes:  # of its own: edits share what was parsed once
                slot.put(copy.deepcopy(ast.copy_location(node, slot.get())))
            ast.fix_missing_locations(place.outer.tree)
            left = [c for c in left if c.name not in mended]
        return found

    def _once(self, wrong: list[Compared]) -> list[tuple[Repair, Edit, Routine]]:
        """Each single change that mends something."""
        case = self.case
        try:
            seen = Seen(
                self.places,
                lambda: case.subject.backward(case.values, case.upstream),
                {k: () if k in case.subject.inputs else a.shape for k, a in case.values.items()},
                _SHARE * self.patience.left,
            )
        except Exception:
            return []
        found: list[tuple[Repair, Edit, Routine]] = []
        tried: dict[int, set[str]] = {}
        screens: dict[Routine, Screen] = {}
        patience = self.patience
        for cost, edit, place in self._ordered(seen, wrong):
            whole = found and max(len(r.errors) for r, _, _ in found) == len(wrong)
            if patience.over or (whole and cost > found[-1][0].cost + _ALIKE):
                break
            known = tried.setdefault(id(edit.statement.get()), {_written(edit.statement.get())})
            expected, text = _expected(edit)
            if text in known or _ENDLESS.search(text):
                continue
            known.add(text)
            spend(_EDIT)
            screen = screens.get(place)
            if screen is None:
                screen = screens[place] = Screen(place, seen.scopes[place], wrong, seen.reached)
            with _put(edit):
                unlike = screen.rejects(edit)
            errors = {} if unlike else self._tried(edit, place, wrong)
            if not errors:
                continue
            cost += _PARTLY * self.partly
            line = place.outer.source.line(edit.statement.get())
            if '"' in line.text and "'" not in line.text:  # as the user quotes
                expected = expected.replace("'", '"')
            patience = patience.shortened(_FURTHER)
            if {c.name for c in wrong} <= {*errors, *(n for r, _, _ in found for n in r.errors)}:
                patience = patience.shortened(_MORE)  # one change may mend all
            repair = Repair(
                edit.mistake,
                edit.got,
                edit.want,
                line,
                expected,
                errors,
                cost,
                dict(edit.fill),
                kept=place.keeps,
            )
            found.append((repair, edit, place))
        found.sort(key=lambda r: (-len(r[0].errors), r[0].cost))
        return _told(found)

    def _ordered(self, seen: Seen, wrong: list[Compared]) -> list[tuple[float, Edit, Routine]]:
        """All edits, the plainest first; those last that move what is right."""
        names, right = {c.name for c in wrong}, set(self.right)
        found = []
        forwards = [p.node for p in self.places if p.keeps] or [p.node for p in self.places]
        for place in self.places:
            scope = seen.scopes.get(place)
            if scope is None:
                continue
            for edit in edits(place.node, scope, place.keeps, forwards):
                reached = [
                    seen.reached[id(old)]
                    for slot, _ in edit.changes
                    if id(old := slot.get()) in seen.reached
                ]
                cost = edit.cost + place.cost
                if any(r & right for r in reached):
                    cost += _REACHES_RIGHT
                elif reached and all(names <= r for r in reached):
                    cost -= _REACHES_ALL
                found.append((cost, edit, place))
        return sorted(found, key=lambda x: x[0])

    def _tried(self, edit: Edit, place: Routine, wrong: list[Compared]) -> dict[str, float]:
        """The errors of the gradients that an edit makes right; nothing if it breaks one."""
        case, found = self.case, dict[str, float]()
        spend(_RUN)
        try:
            with _put(edit), placed([place.outer]):
                claims = case.subject.backward(case.values, case.upstream)
                for c in wrong:
                    error = _error(c, claims.get(c.name))
                    if error <= min(max(case.tolerance, 1e-7), 0.1 * c.error):
                        found[c.name] = error
                for name, claim in self.right.items() if found else ():
                    now = claims.get(name)
                    if now is None or np.shape(now) != np.shape(claim):
                        return {}
                    if relative(np.asarray(now, np.float64), np.asarray(claim)) > 1e-9:
                        return {}
                if found and not np.array_equal(
                    np.asarray(case.subject.forward(case.values), np.float64),
                    case.output,
                    equal_nan=True,
                ):
                    return {}
                return found if not found or self._confirmed(found) else {}
        except Exception:  # most edits make no sense
            return {}

    def _confirmed(self, names: dict[str, float]) -> bool:
        """Whether the rule, changed as it is now, is right at other points, too: at one it may be
        luck. Where the code does not run with other numbers, or gives none, nothing speaks against
        it; with more examples it has run before it was changed. With other sizes it may be that a
        size stands in the code: `self.partly`."""
        if self.points is None:
            self.points = [near(self.case), *map(point_of, sized(self.case))]
        self.partly = False
        for k, point in enumerate(self.points):
            right = False
            with suppress(Exception):
                claims = point.claims()
                right = all(point.right(name, claims[name]) for name in names)
                if not right and not k:
                    return False
            self.partly |= k > 0 and not right
            if k and not right and self.points[k].examples:
                return False
        return True


_EDIT, _RUN = 1.5e-4, 3e-4  # seconds of work for an edit, and for one that is run
_SHARE = 0.2  # of the time: for moving each value
_FURTHER = 0.8  # seconds, after a change has mended something
_MORE = 0.3  # seconds, after several changes have mended everything
_ALIKE = 0.08  # of the cost: below it another change that mends all is as plain as the first
_REACHES_RIGHT, _REACHES_ALL = 3.0, 0.15  # of the cost
_PARTLY = 0.5  # of the cost: for what is not right for other sizes


def _told(found: list[tuple[Repair, Edit, Routine]]) -> list[tuple[Repair, Edit, Routine]]:
    """Of those that mend the same the first, with the mistakes of those that are as plain."""
    kept: dict[frozenset[str], tuple[Repair, Edit, Routine]] = {}
    for repair, edit, place in found:
        first = kept.setdefault(frozenset(repair.errors), (repair, edit, place))
        best = first[0]
        alike = repair.cost <= best.cost + _ALIKE and repair.location == best.location
        if alike and repair.mistake not in (best.mistake, *best.others):
            others = (*best.others, repair.mistake)
            kept[frozenset(repair.errors)] = (replace(best, others=others), *first[1:])
    return list(kept.values())


@contextmanager
def _put(edit: Edit) -> Iterator[None]:
    """The tree with an edit in it."""
    kept = [(slot, slot.get()) for slot, _ in edit.changes]
    for slot, node in edit.changes:
        slot.put(ast.fix_missing_locations(ast.copy_location(node, slot.get())))
    try:
        yield
    finally:
        for slot, node in kept:
            slot.put(node)


def _error(c: Compared, claim: Any) -> float:
    n = c.numeric
    try:
        mine = np.asarray(claim, np.float64)
    except (TypeError, ValueError):
        return float("inf")
    if n is None or mine.shape != n.shape or not np.isfinite(mine).all():
        return float("inf")
    known = np.isfinite(n)
    return relative(mine[known], n[known])


def _written(statement: Any) -> str:
    """A statement's text; of one with a body, its head."""
    if isinstance(statement, ast.For):
        return ast.unparse(statement.iter)
    return ast.unparse(statement)


def _expected(edit: Edit) -> tuple[str, str]:
    """The statement as it should be, or its right-hand side alone where that has changed; and all
    of its text."""
    if edit.told:
        return edit.told, edit.told
    statement = edit.statement.get()
    before = getattr(statement, "value", None)
    was = None if before is None else ast.unparse(before)
    with _put(edit):
        statement = edit.statement.get()
        text = _written(statement)
        whole = isinstance(statement, (ast.AugAssign, ast.Expr, ast.expr, ast.Pass))
        if whole or ast.unparse(statement.value) == was:
            return text, text
        value = ast.unparse(statement.value)
        if isinstance(statement.value, ast.Tuple) and len(statement.value.elts) > 1:
            value = value[1:-1]
        return value, text


@contextmanager
def quiet(freeze: bool = True) -> Iterator[None]:
    """Nothing printed or warned: the user's code runs hundreds of times, changed. What there is of
    objects before is not gone through by the garbage collector each time; `freeze` False: it is,
    for those who look there for what refers to what."""
    frozen = gc.get_freeze_count() or not freeze
    with redirect_stdout(io.StringIO()), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        if not frozen:
            gc.freeze()
        try:
            yield
        finally:
            if not frozen:
                gc.unfreeze()
