"""Every fixed text of the check's page and pictures, in English and in Japanese."""

from __future__ import annotations

from collections.abc import Mapping

# ruff: noqa: E501  -- a Japanese letter counts as two columns, and texts are easier to compare unbroken
from denpa.words import table

_EN = {
    "kind": "Gradient check",
    "kind.rule": "Check of an update rule",
    "figure": "Figure {n}.",
    "table": "Table {n}.",
    "footer": "Made by Denpa. This page holds all of its data and asks no other machine for anything.",
    "verdict.good": "✓ right",
    "verdict.bad": "✗ wrong",
    "verdict.none": "– not compared",
    "summary.good": "All {total} gradients agree with differences",
    "summary.good.none": "Nothing is wrong",
    "summary.bad": "{count} of {total} gradients wrong",
    "summary.one": "wrong",
    "summary.parts": "{count} of {total} layers wrong: {names}",
    "findings": "What is wrong",
    "findings.ask": "Which mistake is it, and in which line? A mistake is named when the numbers that it would give are the numbers that the code gives.",
    "finding.error": "relative error {error}",
    "finding.also": "The same line makes {names} wrong.",
    "finding.verified": "Verified: with this undone, the error is {error}.",
    "finding.verified.rule": "Verified: the definition with this mistake gives the same numbers, to {error}.",
    "finding.expected": "Expected",
    "finding.others": "The same numbers would also come from: {names}.",
    "finding.more": "More: denpa check explain {name}",
    "layers": "Layers",
    "layers.ask": "Which layer is it? Each one is checked alone, with the numbers that reach it in a forward pass.",
    "layers.caption": "The layers in the order in which they run. The error is the largest among the layer's gradients.",
    "layers.name": "layer",
    "layers.error": "largest error",
    "maps": "Where it is wrong",
    "maps.ask": "Which numbers are off? A wrong row is an example that is treated otherwise, a wrong column an output, a wrong border a matter of padding.",
    "maps.caption": "{name}: what the code claims, what differences give, and how far apart they are, relative to the largest right number. The faintest tint is right.",
    "maps.caption.shape": "{name}: the claim has shape {got}, the right gradient {want}, so that no number has a partner.",
    "maps.caption.missing": "{name}: the code computes no gradient; this is what differences give.",
    "maps.right": "The gradients that are right, drawn in the same way",
    "maps.caption.nan": "{name}: what the code claims; × is NaN or infinite.",
    "drawn": "The gradients",
    "drawn.ask": "What do they look like? Claim, differences, and how far apart they are.",
    "heat.claimed": "{name}, claimed",
    "heat.numeric": "{name}, by differences",
    "heat.error": "{name}, error",
    "heat.scale": "darkest = ±{largest}",
    "heat.scale.dash": "darkest = ±{largest}, a dash: negative",
    "heat.error.scale": "one tint for each power of ten",
    "heat.unknown": "×: no difference taken, or none exists",
    "heat.nan": "×: NaN or infinite",
    "heat.blocks": "a cell is the largest of {rows} × {columns} numbers",
    "sweeps": "Does the step matter?",
    "sweeps.ask": "Is the difference to blame? The error of a right gradient falls as ε² and rises again by rounding. That of a wrong one stays, whatever ε is.",
    "sweep.title": "{name} against differences",
    "sweep.forward": "forward difference",
    "sweep.central": "central difference",
    "sweep.richardson": "Richardson (two central)",
    "sweep.x": "ε, relative to the size of what is moved (log)",
    "sweep.y": "relative error of the claim (log)",
    "sweep.tolerance": "tolerance",
    "sweep.random": "Along random directions.",
    "sweep.element": "In the element that differs most, {place}.",
    "sweep.complex": "Against a step into the complex plane, which has no rounding, the error is {error}.",
    "sweep.verdict.right": "{name} is right: the error falls to {error} (at ε = {step}) before rounding takes over.",
    "sweep.verdict.right-nearby": "{name} is right, but only small steps show it: larger ones reach over a kink or a bend nearby.",
    "sweep.verdict.wrong": "{name} is wrong: there is a plateau at {plateau} that does not depend on ε. No step would make this gradient agree.",
    "sweep.verdict.kink": "{name} lies on a kink: the slopes from both sides differ by {plateau} however small ε is. There is no derivative to compare with.",
    "sweep.verdict.unclear": "{name}: the differences do not settle at any ε; they say little here.",
    "ways": "Where it leads",
    "ways.ask": "What does it do to the parameters? Both began at the same numbers and were given the same gradients, whose sizes change from step to step.",
    "ways.title": "{name}, yours and right",
    "ways.right": "by the definition",
    "ways.yours": "your code",
    "ways.x": "step",
    "ways.y": "{name} after the step",
    "ways.caption.wrong": "In each parameter the element whose ways part most.",
    "ways.caption.right": "The two ways are the same.",
    "gradients": "All gradients",
    "gradients.ask": "How much was compared? Small arrays and all of one dimension number by number, large ones along random directions, and in part where these differ.",
    "gradients.caption": "Errors are ‖claimed − right‖ relative to the larger of the two; {tolerance} or less is right.",
    "gradients.name": "gradient",
    "gradients.shape": "shape",
    "gradients.error": "error",
    "gradients.checked": "compared",
    "gradients.kinks": "on kinks",
    "gradients.verdict": "verdict",
    "problem.shape": "✗ wrong shape",
    "problem.missing": "✗ missing",
    "problem.nan": "✗ NaN",
    "notes": "Notes",
    "notes.ask": "What is no mistake, but should be known?",
}


def words(language: str) -> Mapping[str, str]:
    """The texts of one language.

    Errors: ArgumentError for any other than "en" and "ja".

    >>> words("ja")["kind"]
    '勾配確認'
    """
    return table(_EN, language, "page")
