"""`denpa check gallery` shows planted mistakes; `denpa check --self` demands that all are named."""

from __future__ import annotations

import argparse
import math
from difflib import get_close_matches
from typing import TYPE_CHECKING

from denpa.cli.console import Console
from denpa.core.errors import ArgumentError

if TYPE_CHECKING:
    from denpa.check.gallery import Mutant
    from denpa.check.gallery.training import Training

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 40
_WORDS = {
    "training": ("training", "学習"),
    "right": ("right", "正しい層"),
    "wrong": ("wrong", "間違い"),
}


def run_itself(arguments: argparse.Namespace, console: Console) -> int:
    """Check the checker; 1 if a mistake is missed or a right layer called wrong."""
    from denpa.check import gallery

    found = gallery.examined(arguments.lang)
    if console.json:
        console.result(found)
    else:
        console.write(
            f"{found['named']} of {found['mutants']} planted mistakes named, "
            f"{found['false_alarms']} false alarms on {found['correct_cases']} right layers"
        )
        for line in (*found["missed"], *found["alarms"]):
            console.write(f"  {line}")
    return int(bool(found["missed"] or found["alarms"]))


def run_gallery(arguments: argparse.Namespace, console: Console) -> int:
    """All planted mistakes, or one: the wrong code, what training does with it, the report."""
    from denpa.check import gallery

    titles = {m.title: m for m in gallery.MUTANTS}
    if arguments.exhibit is None:
        if console.json:
            console.result({"gallery": list(titles)})
        else:
            rows = [(m.title, m.mistake, " ".join(m.new.split())[:60]) for m in titles.values()]
            console.table(rows, ("NAME", "MISTAKE", "WRONG CODE"))
        return 0
    chosen = titles.get(arguments.exhibit)
    if chosen is None:
        close = get_close_matches(arguments.exhibit, titles, 3, 0.3)
        raise ArgumentError(
            f"the gallery has no {arguments.exhibit!r}; near are {', '.join(close) or 'none'}. "
            "denpa check gallery lists all"
        )
    _one(chosen, arguments.lang, console)
    return 0


def _one(mutant: Mutant, language: str, console: Console) -> None:
    from denpa.check import gallery
    from denpa.check.gallery.training import trained

    code, training = gallery.difference(mutant), trained(mutant)
    report = gallery.told(mutant, language)
    if console.json:
        console.result({"name": mutant.title, "mistake": mutant.mistake, "code": code,
                        "training": training.to_dict(), "report": report.to_dict()})  # fmt: skip
        return
    for line in (*code, "", *_shown(training, language), "", str(report)):
        console.write(line)


def _shown(training: Training, language: str) -> list[str]:
    """Both curves in a line each, and what they show."""
    ja = language == "ja"
    curves = {"right": training.right, "wrong": training.wrong}
    top = training.right[0]
    bottom = max(min(training.right), 1e-4 * top)
    lines = [f"{_WORDS['training'][ja]} (η = {training.rate:g}): {training.sentence(language)}"]
    for name, curve in curves.items():
        at = sorted({round(k * (len(curve) - 1) / 4) for k in range(5)}) if curve else []
        numbers = "  ".join(f"{curve[k]:.3g}" for k in at)
        lines.append(f"  {_WORDS[name][ja]:<6} {sparkline(curve, bottom, top):<{_WIDTH}} {numbers}")
    return lines


def sparkline(curve: list[float], low: float, high: float, width: int = _WIDTH) -> str:
    """A curve as a line of bars, in powers from `low` to `high`; what lies above, or is no number,
    is a full one.

    >>> sparkline([8.0, 4.0, 2.0, 1.0, float("inf")], 1.0, 8.0)
    '█▆▃▁█'
    """
    n = min(len(curve), width)
    picked = [curve[k * len(curve) // n] for k in range(n)]
    span = math.log(max(high / low, 1 + 1e-9))
    levels = [math.log(max(x, low) / low) / span if x <= high else 1.0 for x in picked]
    return "".join(_BARS[round(level * (len(_BARS) - 1))] for level in levels)
