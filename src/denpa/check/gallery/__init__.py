"""The gallery of planted mistakes: right layers as textbooks write them, and each classic mistake
made in them. `denpa check --self` demands that every one is named and no right layer called wrong.

Read `form` first: a right layer with its mutants beside it, as the files of `check/exhibits` have
them. `right` has right layers alone, in many circumstances, `engine` what Denpa itself
differentiates, `training` what a mistake does to learning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from denpa.check.diagnose import report
from denpa.check.examine import examine
from denpa.check.gallery.engine import engine
from denpa.check.gallery.form import (
    EXHIBITS,
    Exhibit,
    Mutant,
    built,
    changed,
    compiled,
    difference,
    source,
)
from denpa.check.gallery.right import all_right
from denpa.check.subject import Subject
from denpa.check.subjects.layer import Layer

MUTANTS: tuple[Mutant, ...] = tuple(m for e in EXHIBITS.values() for m in e.mutants)


def told(mutant: Mutant, language: str = "en") -> Any:
    """The report on a mutant, with time enough on a slow machine."""
    from denpa.check import layer

    obj, given = built(mutant.layer, mutant)
    with np.errstate(all="ignore"):  # a mutant may divide by zero: that is its mistake
        return layer(obj, *given, language=language, budget=30.0)


def is_named(mutant: Mutant, found: Any) -> bool:
    """Whether a report tells this mistake first."""
    first = found.findings[0] if found.findings else None
    return first is not None and first.name == mutant.name and first.mistake in mutant.names


def is_called_unknown(mutant: Mutant, found: Any) -> bool:
    """Whether a report says of the gradient that a mutant makes wrong, and says it first, that no
    known mistake fits. Of what else it spoils, such as a row that stands in another's place, more
    may be known."""
    first = found.findings[0] if found.findings else None
    return first is not None and first.name == mutant.name and first.mistake == "unknown"


def right_cases(seeds: range = range(3)) -> Iterator[tuple[str, Subject]]:
    """Right layers of the gallery, and all that Denpa itself differentiates."""
    for title, obj, given in all_right(seeds):
        yield title, Layer(obj, given)
    yield from engine(range(1))


def examined(language: str = "en", seeds: range = range(3)) -> dict[str, Any]:
    """Every mutant and every right layer checked: how many mutants there are, how many of them are
    named rightly (first in the list), how many right cases, how many of them are called wrong; and
    which ones were not as they should be. Mutants known to be too hard are not among these if they
    are caught and called unknown; they count as not named."""
    missed: list[str] = []
    planted, named = Counter[str](), Counter[str]()
    for m in MUTANTS:
        found = told(m, language)
        planted[m.mistake] += 1
        if is_named(m, found):
            named[m.mistake] += 1
        elif not (m.hard and is_called_unknown(m, found)):
            first = found.findings[0] if found.findings else None
            what = "nothing" if first is None else f"{first.mistake} of {first.name}"
            missed.append(f"{m.title}: {what} was found")
    alarms, cases = [], 0
    with np.errstate(all="ignore"):  # such as the exponential of a saturated sigmoid
        for title, subject in right_cases(seeds):
            cases += 1
            if not report(examine(subject, budget=2.0)).ok:
                alarms.append(title)
    return {
        "mutants": len(MUTANTS), "named": sum(named.values()), "correct_cases": cases,
        "false_alarms": len(alarms), "missed": missed, "alarms": alarms,
        "by_mistake": {k: {"planted": n, "named": named[k]} for k, n in sorted(planted.items())},
    }  # fmt: skip


__all__ = [
    "EXHIBITS",
    "MUTANTS",
    "Exhibit",
    "Mutant",
    "all_right",
    "built",
    "changed",
    "compiled",
    "difference",
    "examined",
    "is_called_unknown",
    "is_named",
    "right_cases",
    "source",
    "told",
]
