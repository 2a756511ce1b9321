"""Every mistake explained: formula, an example by hand, how training shows it, how an eye sees it.

The pages docs/mistakes.md and docs/mistakes.ja.md are written from here:

    python -m denpa.check.explain --write docs
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from denpa.check.explain.entries import ENTRIES, GROUPS, SAID, MistakeExplanation
from denpa.check.explain.find import find
from denpa.core.errors import ArgumentError
from denpa.report.printing import Output
from denpa.words import LANGUAGES, say, table, translated

_FILES = {"en": "mistakes.md", "ja": "mistakes.ja.md"}
HEADINGS = {
    "formula": "Formula",
    "example": "By hand",
    "wrong": "wrong",
    "right": "right",
    "training": "In training",
    "recognise": "By eye",
}
_HEAD = (
    "# Mistakes in gradients",
    "What `denpa check` can name: formula, an example by hand, how training shows it, how to\n"
    "see it by eye. In a terminal: `denpa check explain NAME`. [日本語](mistakes.ja.md)",
)


def explanation(mistake: str, language: str = "en") -> MistakeExplanation:
    """What a mistake is, with an example by hand, in English ("en") or Japanese ("ja").

    Errors: ArgumentError for an unknown mistake or language.

    >>> explanation("bias-not-summed").right
    'self.db = dout.sum(axis=0)'
    >>> explanation("kink", "ja").title
    '間違いではない: 折れ目で微分できない'
    """
    if language not in LANGUAGES:
        raise ArgumentError(
            say(
                "unknown language {language!r}: explanations are in 'en' and 'ja'",
                language=language,
            )
        )
    entry = ENTRIES.get(mistake)
    if entry is None:
        near = ", ".join(find(mistake, ENTRIES)[:3])
        hint = say("near are {near}", near=near) if near else say("`denpa check explain` lists all")
        raise ArgumentError(
            say("there is no explanation of {mistake!r}; {hint}", mistake=mistake, hint=hint)
        )
    told = {part: translated(getattr(entry, part), language) for part in SAID}
    return replace(entry, **told)


def link(mistake: str, language: str = "en") -> str:
    """Where the documentation explains a mistake, or "" if it does not.

    >>> link("bias-not-summed"), link("of-another-kind")
    ('docs/mistakes.md#bias-not-summed', '')
    """
    return f"docs/{_FILES[language]}#{mistake}" if mistake in ENTRIES else ""


def text(found: MistakeExplanation, language: str = "en") -> str:
    """An explanation as lines for a terminal."""
    words = table(HEADINGS, language)
    lines = [f"{found.mistake}: {found.title}", "", f"    {found.formula}", ""]
    for sign, code in (("-", found.wrong), ("+", found.right)):
        lines += [f"  {sign} {line}" for line in code.splitlines()]
    if found.wrong:
        lines.append("")
    lines += [f"{words[k]}: {getattr(found, k)}" for k in ("example", "training", "recognise")]
    return "\n".join(lines)


def markdown(language: str) -> str:
    """The page of all mistakes in one language."""
    out = [line for text in _HEAD for line in (*translated(text, language).split("\n"), "")]
    for title, group in GROUPS:
        names = " · ".join(f"[{name}](#{name})" for name in group)
        out += [f"- **{translated(title, language)}**: {names}"]
    for title, group in GROUPS:
        out += ["", f"## {translated(title, language)}"]
        for name in group:
            out += ["", *_section(explanation(name, language), language)]
    out += ["", "<!-- python -m denpa.check.explain --write docs -->"]
    return "\n".join(out) + "\n"


def _section(found: MistakeExplanation, language: str) -> list[str]:
    words = table(HEADINGS, language)
    lines = [f"### {found.mistake}", "", f"**{found.title}**", "", f"    {found.formula}", ""]
    if found.wrong:
        lines += [
            "```diff",
            *(f"- {x}" for x in found.wrong.splitlines()),
            *(f"+ {x}" for x in found.right.splitlines()),
            "```",
            "",
        ]
    for key in ("example", "training", "recognise"):
        lines.append(f"- *{words[key]}*: {_escaped(getattr(found, key))}")
    return lines


def _escaped(said: str) -> str:
    """Text whose stars and brackets Markdown shall leave alone."""
    for mark in "\\*_[]<>":
        said = said.replace(mark, "\\" + mark)
    return said


def main(argv: Sequence[str] | None = None) -> int:
    """Write the pages of the documentation."""
    parser = argparse.ArgumentParser(description="Write mistakes.md and mistakes.ja.md.")
    parser.add_argument("--write", metavar="FOLDER", required=True)
    folder = Path(parser.parse_args(argv).write)
    for language, name in _FILES.items():
        (folder / name).write_text(markdown(language), "utf-8")
        Output().say(str(folder / name))
    return 0
