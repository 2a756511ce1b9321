"""The explanations, read from the files beside this one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class MistakeExplanation:
    """One mistake explained. `wrong` and `right` are code, or empty where there is no typical one;
    `example` is small enough to follow by hand."""

    mistake: str
    title: str
    formula: str
    example: str
    training: str
    recognise: str
    wrong: str = ""
    right: str = ""


_GROUPS = ("gradients", "formulas", "flow", "layers", "exceptions", "right")
SAID = ("title", "example", "training", "recognise")
"""The parts that are words; the others are formulas and code."""


def _group(name: str) -> tuple[str, dict[str, MistakeExplanation]]:
    """A group's title, and its explanations by the names of the mistakes."""
    held = tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))
    title = str(held.pop("title"))
    return title, {key: MistakeExplanation(key, **parts) for key, parts in held.items()}


GROUPS = tuple(_group(name) for name in _GROUPS)
ENTRIES = {name: entry for _, group in GROUPS for name, entry in group.items()}
