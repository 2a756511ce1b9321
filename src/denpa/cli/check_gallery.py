"""`denpa check gallery` shows planted mistakes; `denpa check --self` demands that all are named."""

from __future__ import annotations

import argparse
import math
from difflib import get_close_matches
from typing import TYPE_CHECKING

from denpa.cli.console import Console
from denpa.core.errors import ArgumentError
from denpa.words import say, table, translated

if TYPE_CHECKING:
    from denpa.check.gallery import Mutant
    from denpa.check.gallery.training import Curves

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 40
_WORDS = {
    "training": "training",
    "right": "right",
    "wrong": "wrong",
}
_COLUMNS = ("LAYER", "MUTANTS", "MISTAKES")
_PIECES = ("NAME", "RIGHT", "WRONG")
_HINT = (
    "denpa check gallery LAYER lists what is planted in a layer, denpa check gallery MISTAKE where "
    "a mistake is planted"
)
_HINT_ONE = "denpa check gallery NAME shows one: the code, what training does with it, the report"


def run_itself(arguments: argparse.Namespace, console: Console) -> int:
    """Check the checker; 1 if a mistake is missed or a right layer called wrong."""
    from denpa.check import gallery

    found = gallery.examined(arguments.lang)
    if console.json:
        console.result(found)
    else:
        console.write(
            say(
                "{found} of {found2} planted mistakes named, {found3} false alarms on {found4} "
                "right layers",
                found=found["named"],
                found2=found["mutants"],
                found3=found["false_alarms"],
                found4=found["correct_cases"],
            )
        )
        for line in (*found["missed"], *found["alarms"]):
            console.write(f"  {line}")
    return int(bool(found["missed"] or found["alarms"]))


def run_gallery(arguments: argparse.Namespace, console: Console) -> int:
    """The layers of the gallery; what is planted in one of them, or one mistake in all; or one
    planted mistake: the wrong code, what training does with it, the report.

    Errors: ArgumentError for an unknown name, with those that are near.
    """
    from denpa.check import gallery

    wanted, language = arguments.exhibit, arguments.lang
    if wanted is None:
        _layers(language, console)
        return 0
    titles = {m.title.lower(): m for m in gallery.MUTANTS}
    sets: dict[str, list[Mutant]] = {}
    for m in gallery.MUTANTS:
        sets.setdefault(m.layer.lower(), []).append(m)
    for m in gallery.MUTANTS:
        sets.setdefault(m.mistake, []).append(m)
    if wanted.lower() in titles:
        _one(titles[wanted.lower()], language, console)
    elif wanted.lower() in sets:
        _several(wanted.lower(), sets[wanted.lower()], language, console)
    else:
        known = [*sets, *titles]
        shown = {name.lower(): name for name in gallery.EXHIBITS}
        close = [shown.get(n) or n for n in get_close_matches(wanted.lower(), known, 3, 0.3)]
        raise ArgumentError(
            say(
                "the gallery has no {wanted!r}; near are {what}. denpa check gallery lists its "
                "layers",
                wanted=wanted,
                what=", ".join(close) or say("none"),
            )
        )
    return 0


def _layers(language: str, console: Console) -> None:
    """Every layer with the mistakes that are planted in it."""
    from denpa.check import gallery

    if console.json:
        console.result(
            {
                "gallery": [m.title for m in gallery.MUTANTS],
                "layers": {
                    layer: [m.title for m in e.mutants] for layer, e in gallery.EXHIBITS.items()
                },
            }
        )
        return
    rows = [
        (layer, len(e.mutants), ", ".join(dict.fromkeys(m.mistake for m in e.mutants)))
        for layer, e in gallery.EXHIBITS.items()
    ]
    console.table(rows, [translated(word, language) for word in _COLUMNS])
    console.write(translated(_HINT, language))


def _several(name: str, mutants: list[Mutant], language: str, console: Console) -> None:
    """What is planted in a layer, below its right code; or where a mistake is planted."""
    from denpa.check import gallery

    layer = mutants[0].layer if mutants[0].layer.lower() == name else None
    if console.json:
        code = [] if layer is None else gallery.source(layer).splitlines()
        console.result({"gallery": [m.title for m in mutants], "layer": layer, "code": code})
        return
    if layer is not None:
        console.write(gallery.source(layer))
    rows = [(m.title, *(_in_a_line(piece) for piece in (m.old, m.new))) for m in mutants]
    console.table(rows, [translated(word, language) for word in _PIECES])
    console.write(translated(_HINT_ONE, language))


def _in_a_line(code: str) -> str:
    return "; ".join(line.strip() for line in code.strip().splitlines())


def _one(mutant: Mutant, language: str, console: Console) -> None:
    from denpa.check import gallery
    from denpa.check.gallery.training import trained

    code, training = gallery.difference(mutant), trained(mutant)
    report = gallery.told(mutant, language)
    if console.json:
        console.result(
            {
                "name": mutant.title,
                "mistake": mutant.mistake,
                "code": code,
                "training": training.to_dict(),
                "report": report.to_dict(),
            }
        )
        return
    for line in (*code, "", *_shown(training, language), "", str(report)):
        console.write(line)


def _shown(training: Curves, language: str) -> list[str]:
    """Both curves in a line each, and what they show."""
    words = table(_WORDS, language, "gallery")
    curves = {"right": training.right, "wrong": training.wrong}
    top = training.right[0]
    bottom = max(min(training.right), 1e-4 * top)
    lines = [f"{words['training']} (η = {training.rate:g}): {training.sentence(language)}"]
    for name, curve in curves.items():
        at = sorted({round(k * (len(curve) - 1) / 4) for k in range(5)}) if curve else []
        numbers = "  ".join(f"{curve[k]:.3g}" for k in at)
        lines.append(f"  {words[name]:<6} {sparkline(curve, bottom, top):<{_WIDTH}} {numbers}")
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
