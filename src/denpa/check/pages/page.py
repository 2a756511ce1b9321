"""The report of a check as one HTML page that opens without a network and runs no script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from denpa.check.case import Case, Compared
from denpa.check.determinism import leaves_generators
from denpa.check.explain.book import HEADINGS, explanation
from denpa.check.explain.entries import ENTRIES
from denpa.check.optimizers.record import RuleRecord
from denpa.check.pages.code import excerpt
from denpa.check.pages.curves import sweep_chart, ways
from denpa.check.pages.words import words
from denpa.check.record import WHOLE, Finding, Record
from denpa.check.sweep import Sweep, can_sweep, sweep
from denpa.core.errors import ArgumentError
from denpa.report.heat import error_heat, heat
from denpa.report.page import Table, render
from denpa.report.scale import number, power_of_ten
from denpa.report.svg import Drawing
from denpa.words import table

_SWEEPS = 4  # charts of wrong gradients at most
_MAPS = 6  # right gradients drawn at most

Words = Mapping[str, str]


@leaves_generators
def page(report: Record, language: str | None = None) -> str:
    """The report as one self-contained HTML page in English ("en") or Japanese ("ja").

    What is wrong with the user's lines, heat maps of the gradients, errors over ε, a table of all.
    Findings and notes are in the language in which the report was made, which is the default.

    Errors: ArgumentError for an unknown language.

    >>> from denpa.check import gradient
    >>> shown = page(gradient(np.sin, np.array([0.5, 2.0]), grad=lambda x: np.cos(x)))
    >>> "All 1 gradients" in shown, "<script" in shown
    (False, False)
    """
    language = report.language if language is None else language
    text = words(language)
    leaves = list(examined(report))
    kind = text[kind_of(report)]
    wrong, right = _maps(leaves, text)
    notes = dict.fromkeys([report.said_missing(report.language), *report.notes])
    return render(
        "check",
        language,
        text,
        title=f"{report.title} – {kind}",
        kind=kind,
        heading=report.title,
        ok=report.ok,
        summary=_summary(report, text),
        findings=[_finding(f, report, text, language) for f in report.findings],
        layers=_layers(report, text),
        wrong=wrong,
        right=right[:_MAPS],
        ways=ways(report, text) if isinstance(report, RuleRecord) else [],
        sweeps=list(sweeps(leaves, text)),
        gradients=_gradients(report, text),
        notes=[note for note in notes if note],
    )


def examined(report: Record, name: str = "") -> Iterator[Examined]:
    """The checks that a report's pictures are of: of a network its wrong layers, otherwise it."""
    wrong = {k: p for k, p in report.parts.items() if not p.ok}
    for part, inner in wrong.items():
        yield from examined(inner, f"{name}{part}: ")
    if not wrong and report.case is not None:
        yield Examined(name, report.case, report.compared)


@dataclass(frozen=True)
class Examined:
    """A check whose numbers are at hand: `prefix` is the layer inside a network."""

    prefix: str
    case: Case
    compared: Mapping[str, Compared]

    def name(self, c: Compared) -> str:
        """What pictures call a gradient."""
        return f"{self.prefix}d{c.name}"


def kind_of(report: Record) -> str:
    """The key of the text that says what was checked."""
    return "kind" if report.case is not None else "kind.rule"


def _summary(report: Record, text: Words) -> str:
    wrong = [k for k, p in report.parts.items() if not p.ok]
    total = len(report.compared)
    count = sum(not c.ok for c in report.compared.values())
    if report.ok:
        said = text["summary.good" if total > 1 else "summary.good.none"].format(total=total)
    elif wrong:
        names = ", ".join(wrong)
        said = text["summary.parts"].format(count=len(wrong), total=len(report.parts), names=names)
    elif count:
        said = text["summary.bad"].format(count=count, total=total)
    else:
        said = text["summary.one"]
    return f"{'✓' if report.ok else '✗'} {said}"


def _finding(f: Finding, report: Record, text: Words, language: str) -> dict[str, object]:
    """One mistake: what, where, why, how verified, and its explanation."""
    is_gradient = report.case is not None  # the mistakes of update rules have names of their own
    named = f"d{f.name}" if is_gradient and f.mistake not in WHOLE else f.name
    out: dict[str, object] = dict.fromkeys(_PARTS, "")
    out |= {"name": f"{f.part}: {named}" if f.part else named, "text": f.text, "why": f.why}
    if np.isfinite(f.error):
        out["error"] = text["finding.error"].format(error=f"{f.error:.2g}")
    if f.location is not None:
        # What a rule's definition has may be another statement than the line that was found.
        out["lines"] = excerpt(f.location, f.expected if is_gradient else "")
        out["place"] = str(f.location)
    if f.location is None or not is_gradient:
        out["expected"] = f.expected
    if f.also:
        out["also"] = text["finding.also"].format(names=", ".join(f"d{n}" for n in f.also))
    if f.verified is not None:
        key = "finding.verified" if is_gradient else "finding.verified.rule"
        out["verified"] = text[key].format(error=f"{f.verified:.1e}")
    if f.others:
        names = ", ".join(explanation(n, language).title if n in ENTRIES else n for n in f.others)
        out["others"] = text["finding.others"].format(names=names)
    if is_gradient and f.mistake in ENTRIES:
        found, head = explanation(f.mistake, language), table(HEADINGS, language)
        out["explained"] = [(head[k], getattr(found, k)) for k in _EXPLAINED]
        out["more"] = text["finding.more"].format(name=f.mistake)
    return out


_PARTS = ("error", "place", "expected", "also", "verified", "others", "explained")
_EXPLAINED = ("formula", "example", "training", "recognise")


def _layers(report: Record, text: Words) -> Table | None:
    if not report.parts:
        return None
    rows = []
    for name, part in report.parts.items():
        errors = [c.error for c in part.compared.values()]
        rows.append((name, scientific(max(errors, default=0.0)), _verdict(part.ok, text)))
    columns = [
        (text["layers.name"], False),
        (text["layers.error"], True),
        (text["gradients.verdict"], False),
    ]
    return Table(columns, rows, text["layers.caption"])


def _verdict(ok: bool, text: Words) -> str:
    return text["verdict.good" if ok else "verdict.bad"]


def scientific(value: float) -> str:
    """A small number as people write it.

    >>> scientific(3.14e-10), scientific(0.0), scientific(0.96), scientific(float("inf"))
    ('3.1×10⁻¹⁰', '0', '0.96', '∞')
    """
    if not 0 < abs(value) < 1e-2:
        return number(float(value), 2)
    lead, _, power = f"{value:.1e}".partition("e")
    return f"{lead}×{power_of_ten(int(power))}"


def maps(c: Compared, want: Sequence[int], name: str, text: Words) -> list[Drawing]:
    """Heat maps of a gradient: the claim, the right numbers, and the error where both have one.

    `want` is the shape that the gradient should have.
    """
    known = c.numeric is not None and bool(np.isfinite(c.numeric).any())
    claimed = None
    if c.problem != "missing" and c.claimed is not None:
        try:
            claimed = np.asarray(c.claimed, np.float64)
        except (TypeError, ValueError):  # a list of lists of different lengths, a string
            claimed = None
    if c.problem == "nan" and claimed is not None:
        finite = np.where(np.isfinite(claimed), claimed, np.nan)
        largest = float(np.nanmax(np.abs(finite), initial=0.0))
        title = text["heat.claimed"].format(name=name)
        return [heat(finite, title, largest, {**text, "heat.unknown": text["heat.nan"]})]
    if not known or c.numeric is None:
        return []
    sizes = [np.abs(c.numeric[np.isfinite(c.numeric)]).max(initial=0.0)]
    if claimed is not None:
        sizes.append(np.abs(claimed[np.isfinite(claimed)]).max(initial=0.0))
    largest = float(max(sizes))
    out = []
    if claimed is not None and claimed.size:
        out.append(heat(claimed, text["heat.claimed"].format(name=name), largest, text))
    out.append(heat(c.numeric, text["heat.numeric"].format(name=name), largest, text))
    if claimed is not None and claimed.shape == tuple(want):
        title = text["heat.error"].format(name=name)
        out.append(error_heat(claimed, c.numeric, title, text))
    return out


def _maps(
    leaves: Sequence[Examined], text: Words
) -> tuple[list[tuple[list[Drawing], str]], list[list[Drawing]]]:
    """The maps of each wrong gradient with what they say, and those of each right one."""
    wrong, right = [], []
    for leaf in leaves:
        for c in leaf.compared.values():
            want = leaf.case.values[c.name].shape
            drawn = maps(c, want, f"d{c.name}", text)
            if not drawn:
                continue
            if c.ok:
                right.append(drawn)
                continue
            key = f".{c.problem}" if c.problem in ("shape", "missing", "nan") else ""
            fill = {"got": list(np.shape(c.claimed)) if key == ".shape" else "", "want": list(want)}
            wrong.append((drawn, text[f"maps.caption{key}"].format(name=leaf.name(c), **fill)))
    return wrong, right


def chosen(leaves: Sequence[Examined]) -> list[tuple[Examined, Compared]]:
    """The gradients whose sweep is worth a chart: wrong ones, and the worst right one beside."""
    able = [(leaf, c) for leaf in leaves for c in leaf.compared.values() if can_sweep(c)]
    wrong = [pair for pair in able if not pair[1].ok][:_SWEEPS]
    right = sorted((pair for pair in able if pair[1].ok), key=lambda pair: -pair[1].error)
    return wrong + right[: 1 if wrong else 2]


def swept(leaf: Examined, c: Compared) -> Sweep | None:
    """The sweep of a gradient, or None if the code cannot run where the steps lead."""
    try:
        return sweep(leaf.case, c.name)
    except ArgumentError:
        return None
    except Exception:  # the user's own, far from the point: a logarithm below 0, an assertion
        return None


def sweeps(leaves: Sequence[Examined], text: Words) -> Iterator[tuple[Drawing, str]]:
    """The charts of the errors over ε, each with what it says."""
    for leaf, c in chosen(leaves):
        found, name = swept(leaf, c), leaf.name(c)
        if found is not None and np.isfinite(found.central).any():
            chart = sweep_chart(found, text["sweep.title"].format(name=name), text)
            yield chart, verdict(found, name, text)


def verdict(found: Sweep, name: str, text: Words) -> str:
    """What a sweep says, in words."""
    step, error = found.best
    plateau = scientific(found.plateau) if found.plateau is not None else "–"
    step_text = power_of_ten(round(float(np.log10(step)))) if step > 0 else "–"
    said = [
        text[f"sweep.verdict.{found.verdict}"].format(
            name=name, error=scientific(error), step=step_text, plateau=plateau
        ),
        text["sweep.element"].format(place=found.place) if found.place else text["sweep.random"],
    ]
    if found.complex_step is not None and found.verdict != "kink":
        said.append(text["sweep.complex"].format(error=scientific(found.complex_step)))
    return " ".join(said)


def _gradients(report: Record, text: Words) -> Table | None:
    case = report.case
    if case is None or not report.compared:
        return None
    rows = []
    for name, c in report.compared.items():
        size = case.values[name].size
        told = text.get(f"problem.{c.problem}", "") or _verdict(c.ok, text)
        if c.ok and not c.checked:
            told = text["verdict.none"]
        rows.append(
            (
                f"d{name}",
                " × ".join(map(str, case.values[name].shape)) or "–",
                scientific(c.error),
                f"{c.checked:,} / {size:,}",
                str(c.kinks or "–"),
                told,
            )
        )
    keys = ("name", "shape", "error", "checked", "kinks", "verdict")
    numeric = {"error", "checked", "kinks"}
    columns = [(text[f"gradients.{k}"], k in numeric) for k in keys]
    said = text["gradients.caption"].format(
        tolerance=power_of_ten(round(float(np.log10(case.tolerance))))
    )
    return Table(columns, rows, said)
