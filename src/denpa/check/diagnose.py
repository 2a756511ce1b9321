"""From the numbers of a case to what is wrong with the code.

First the layers inside a network are looked at alone. Then each gradient that differs is compared
with what the classic mistakes would give, and the code is changed until it gives the right ones:
what several wrong gradients have in common is told once.
"""

from __future__ import annotations

import inspect
import re
import time
from dataclasses import replace

import numpy as np

from denpa.check.case import Case, Compared
from denpa.check.determinism import relative
from denpa.check.examine import examine
from denpa.check.locate import Location, locate, locate_change, locate_random
from denpa.check.mistakes.guesses import Guess
from denpa.check.mistakes.signatures import explain
from denpa.check.mistakes.words import WORDS, in_words
from denpa.check.names import in_their_names
from denpa.check.record import WHOLE, Finding
from denpa.check.remarks import Remark
from denpa.check.repair.search import Repair, repairs
from denpa.check.repair.words import REPAIR_WORDS
from denpa.check.report import Report
from denpa.check.subject import InnerLayer

_LITTLE = 1e-4  # relative: what a constant such as 1e-7 in a logarithm makes of a gradient
_EMPTIED = ("overwritten", "repeats-lost")  # mistakes that may leave no gradient at all
_ALIKE = 4  # remarks of one kind that are all told
_EXPLAINED, _UNEXPLAINED = 0.05, 0.2  # of the budget: for changes of the code
_LEAST = 0.4  # seconds, however little the budget is
# Seen in the code these say more than numbers that would fit a plainer mistake as well.
_SPECIFIC = (
    "overwritten",
    "repeats-lost",
    "upstream-mask",
    "index",
    "fed-the-wrong-one",
    "bias-from-weights",
    "loop-order",
    "kernel-turned",
    "updated-early",
    "changed-in-place",
)
_PLAIN = ("scale", "sign", "skip-forgotten", "penalty", "places")


def report(case: Case, language: str = "en") -> Report:
    """What a case shows, in words."""
    found = Report(case.subject.title, compared=case.compared, case=case, language=language)
    teller = _Teller(case, language)
    for mistake in case.habits:
        found.findings.append(teller.habit(mistake))
    small = [c for c in case.compared.values() if _small(c)]
    small = [
        c
        for c in small
        if not explain(case, c) and not repairs(case, [c], _EXPLAINED * case.budget)
    ]
    for c in small:
        c.problem = ""
    if small:
        names, worst = ", ".join(f"d{c.name}" for c in small), max(c.error for c in small)
        case.remarks.append(Remark("small", {"names": names, "error": f"{worst:.1e}"}))
    wrong = [c for c in case.compared.values() if not c.ok]
    parts = case.subject.parts(case.values) if wrong else []
    remarks = list(case.remarks)
    if parts:
        remarks += _inside(case, parts, found, language)
    if wrong and all(p.ok for p in found.parts.values()):
        found.findings += _wired(parts, wrong, teller) or _explained(wrong, teller)
    if not found.findings:
        found.findings += _repeated(case, teller)
    found.notes += _told_once(remarks, language)
    return found


def _told_once(remarks: list[Remark], language: str) -> list[str]:
    """Remarks in words; of many of one kind the first two, and how many more there are."""
    kinds: dict[str, list[Remark]] = {}
    for r in remarks:
        kinds.setdefault(r.key, []).append(r)
    texts = []
    for alike in kinds.values():
        shown = alike if len(alike) <= _ALIKE else alike[:2]
        texts += [r.text(language) for r in shown]
        if len(shown) < len(alike):
            more = Remark("more", {"n": str(len(alike) - len(shown))})
            texts[-1] += more.text(language)
    return texts


def _small(c: Compared) -> bool:
    """Whether a claim is off by little, and everywhere by little."""
    if c.problem != "differs" or c.numeric is None or c.error > _LITTLE:
        return False
    known = np.isfinite(c.numeric)
    n, a = c.numeric[known], c.claimed[known]
    return bool(np.all(np.abs(a - n) <= 1e-2 * np.abs(n) + 1e-5 * np.max(np.abs(n))))


def _inside(case: Case, parts: list[InnerLayer], found: Report, language: str) -> list[Remark]:
    """Each layer of a network alone; its findings become those of the network."""
    for part in parts:
        left = max(case.deadline - time.process_time(), 1.0)
        inner = report(examine(part.subject, case.seed, left / len(parts)), language)
        found.parts[part.name] = inner
        found.findings += [
            replace(f, part=f"{part.name}, {f.part}" if f.part else part.name)
            for f in inner.findings
        ]
    bad = [name for name, inner in found.parts.items() if not inner.ok]
    names = ", ".join(f"d{c.name}" for c in case.compared.values() if not c.ok)
    return [Remark("follows", {"names": names, "part": ", ".join(bad)})] if bad else []


def _wired(parts: list[InnerLayer], wrong: list[Compared], teller: _Teller) -> list[Finding]:
    """All layers are right, but the network does not go back through them as it came."""
    told = [("reused", {"got": p.name, "want": str(p.runs)}) for p in parts if p.runs > 1] + [
        ("skipped", {"got": p.name, "want": ""}) for p in parts if p.turn is None
    ]
    if not told:
        back = sorted(parts, key=lambda p: p.turn or 0)
        for there, here in zip(reversed(parts), back, strict=True):
            if there is not here and any(p.turn for p in parts):
                told.append(("layer-order", {"got": here.name, "want": there.name}))
    return [
        teller.told(c.name, mistake, c.error, fill) for mistake, fill in told[:1] for c in wrong[:1]
    ]


def _explained(wrong: list[Compared], teller: _Teller) -> list[Finding]:
    """A finding for each wrong gradient; one for those that the same line makes wrong."""
    fits = {c.name: explain(teller.case, c) for c in wrong}
    plain = [c for c in wrong if c.problem not in ("nan",)]
    first = fits[plain[0].name] if len(plain) == 1 else []
    plainly = bool(first) and first[0][1].mistake != "missing"  # perhaps only overwritten
    seconds = max((_EXPLAINED if plainly else _UNEXPLAINED) * teller.case.budget, _LEAST)
    mends = repairs(teller.case, plain, seconds) if plain else []
    mends = [r for r in mends if not r.kept or not any(fits[n] for n in r.errors)]
    found: list[Finding] = []
    told: set[str] = set()
    for c in wrong:
        if c.name in told:
            continue
        mend = next((r for r in mends if c.name in r.errors and not told & set(r.errors)), None)
        others = [n for n in mend.errors if n != c.name] if mend is not None else []
        told |= {c.name, *others}
        finding = teller.finding(c, fits[c.name], mend, [fits[n] for n in others])
        if mend is None and finding.mistake in ("scale", "sign", "of-a-loss"):
            alike = (f for f in found if (f.mistake, f.text) == (finding.mistake, finding.text))
            before = next(alike, None)
            if before is not None:
                found[found.index(before)] = replace(before, also=(*before.also, c.name))
                continue
        found.append(replace(finding, also=tuple(others)))
    return found


Fits = list[tuple[float, Guess]]


class _Teller:
    """Puts mistakes into words."""

    def __init__(self, case: Case, language: str) -> None:
        self.case, self.language = case, language
        self.upstream = _upstream_name(case)

    def finding(self, c: Compared, fits: Fits, mend: Repair | None, others: list[Fits]) -> Finding:
        """One wrong gradient: by its numbers, by its code, or by where it differs most.

        If one line makes several gradients wrong, its mistake is named after the numbers only if
        those say the same of all of them.
        """
        emptied = mend is not None and mend.mistake in _EMPTIED
        if c.problem == "nan" or (c.problem == "missing" and not emptied):
            return self.told(c.name, c.problem, c.error, {"name": c.name})
        if mend is not None:  # which has been seen to be right; these two say little
            little = {"mask-drawn-again"}
            if mend.mistake in _EMPTIED:
                little |= {"missing", "bias-not-summed"}
            fits = [f for f in fits if f[1].mistake not in little]
        best = fits[0][1] if fits else None
        if best is not None and mend is not None:
            same = all(f and f[0][1].mistake == best.mistake for f in others)
            seen = mend.mistake in _SPECIFIC and best.mistake in (*_PLAIN, mend.mistake)
            turned = ("order", "operand-transposed", "transposed")
            seen = seen or (best.mistake == "places" and mend.mistake not in turned)
            if best.mistake == "of-a-loss":
                same = same and mend.want == self.upstream
            best = best if same and not seen else None
        line = None if mend is None else mend.location
        if best is not None:
            rest = tuple(dict.fromkeys(g.mistake for _, g in fits[1:] if g.mistake != best.mistake))
            verified = _verified(c, best)
            if verified is None and mend is not None:
                verified = mend.errors[c.name]
            where = line or self._place(c.name)
            expected = mend.expected if mend is not None else ""  # in the names of the code
            expected = expected or self._theirs(best.expected, where)
            if where is not None and "**" in where.text and " ** " not in where.text:
                expected = expected.replace(" ** ", "**")  # as the code is written
            return self.told(
                c.name, best.mistake, c.error, best.fill, line, expected, verified, rest
            )
        if c.problem == "shape":
            shapes = {"got": np.shape(c.claimed), "want": self.case.values[c.name].shape}
            fill = {"name": c.name, **{k: str(list(shape)) for k, shape in shapes.items()}}
            expected = mend.expected if mend is not None else ""
            verified = mend.errors[c.name] if mend is not None else None
            return self.told(c.name, "shape", c.error, fill, line, expected, verified)
        if mend is not None:
            mistake = mend.mistake
            if mistake == "factor-missing" and mend.want == self.upstream:
                mistake = "upstream-ignored"
            fill = {
                "got": _short(mend.got),
                "want": _short(mend.want),
                "name": c.name,
                "upstream": self.upstream,
                **mend.fill,
            }
            also = (*mend.others, *(g.mistake for _, g in fits if g.mistake != mistake))
            return self.told(
                c.name,
                mistake,
                c.error,
                fill,
                line,
                mend.expected,
                mend.errors[c.name],
                tuple(dict.fromkeys(also)),
            )
        return self.told(c.name, "unknown", c.error, _worst(c))

    def habit(self, mistake: str) -> Finding:
        """A mistake of no one gradient."""
        code = self.case.subject.code()
        if mistake == "random":
            place = locate_random(code)
        else:
            method = "forward" if mistake == "input-changed" else "backward"
            place = locate_change(code, method, 0)
        name = next(iter(self.case.values))
        return self.told(name, mistake, float("nan"), {"upstream": "dout"}, place)

    def told(
        self,
        name: str,
        mistake: str,
        error: float,
        fill: dict[str, str],
        place: Location | None = None,
        expected: str = "",
        verified: float | None = None,
        others: tuple[str, ...] = (),
    ) -> Finding:
        """A finding in words, with the line that makes the gradient where none is given."""
        words = WORDS.get(mistake) or REPAIR_WORDS[mistake]
        title, why = words.told(self.language)
        fill = {k: in_words(v, self.language) for k, v in fill.items()}
        if place is None and mistake not in WHOLE:
            place = self._place(name)
        texts = (title.format(**fill), why.format(**fill))
        text, why = (re.sub(r"\bdout\b", self.upstream, t) for t in texts)
        expected = self._theirs(expected, place)
        if place is not None and expected and place.text.endswith(expected):
            expected = ""  # the line is right, and what it reads is not
        return Finding(name, mistake, error, text, why, place, expected, verified, others)

    def _place(self, name: str) -> Location | None:
        """The line that makes a gradient."""
        is_input = name in self.case.subject.inputs
        return locate(self.case.subject.code(), name, f"d{name}", is_input)

    def _theirs(self, expected: str, place: Location | None) -> str:
        """A correction in the names of the code."""
        return in_their_names(re.sub(r"\bdout\b", self.upstream, expected), place)


def _upstream_name(case: Case) -> str:
    """What the gradient function calls the gradient from above."""
    subject = getattr(case.subject, "of", case.subject)  # within Seeded
    above = str(getattr(subject, "above", ""))
    if above:
        return above
    rule = case.subject.rule()
    try:
        names = [] if rule is None else list(inspect.signature(rule.function).parameters)
    except (TypeError, ValueError):
        return "dout"
    inputs = {"self", "cls", "ctx", *case.subject.inputs}
    return names[-1] if names and names[-1] not in inputs else "dout"


def _short(code: str) -> str:
    """Code that fits into a line of the report."""
    code = " ".join(code.split())
    return code if len(code) <= 60 else code[:57] + "…"


def _worst(c: Compared) -> dict[str, str]:
    """Where a claim differs most, and by what."""
    n = c.numeric
    assert n is not None
    gap = np.where(np.isfinite(n), np.abs(c.claimed - n), -1.0)
    at = np.unravel_index(int(np.argmax(gap)), n.shape)
    place = str([int(i) for i in at])
    return {"at": place, "got": f"{c.claimed[at]:.4g}", "want": f"{n[at]:.4g}"}


def _verified(c: Compared, guess: Guess) -> float | None:
    if guess.corrected is None or c.numeric is None or guess.corrected.shape != c.numeric.shape:
        return None
    known = np.isfinite(c.numeric)
    return relative(guess.corrected[known], c.numeric[known])


def _repeated(case: Case, teller: _Teller) -> list[Finding]:
    """An object that has run before and then gives other gradients than a fresh one."""
    if case.subject.code() is None:
        return []
    rng = np.random.default_rng(1)
    before = {
        k: a + 0.1 * rng.standard_normal(a.shape) if k in case.subject.inputs else a
        for k, a in case.values.items()
    }
    first = case.subject.backward(before, case.upstream)
    again = case.subject.again(before, case.values, case.upstream)
    found = []
    for name, c in case.compared.items():
        if name not in again or not isinstance(c.claimed, np.ndarray):
            continue
        second = np.asarray(again[name], np.float64)
        error = relative(second, c.claimed)
        if second.shape != c.claimed.shape or error <= case.tolerance:
            continue
        both = np.asarray(first.get(name, 0.0), np.float64) + c.claimed
        mistake = "accumulated" if relative(second, both) <= case.tolerance else "stale"
        found.append(teller.told(name, mistake, error, {}, verified=c.error))
    return found
