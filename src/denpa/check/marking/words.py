"""Every fixed text of the marks, in English and in Japanese."""

from __future__ import annotations

from collections.abc import Mapping

from denpa.words import table

# ruff: noqa: E501  -- a Japanese letter counts as two columns
_EN = {
    "title": "Marks of {what}",
    "kind": "Marks of a class",
    "said": "{students} submissions, {right} right",
    "said.interrupted": "Interrupted: {marked} of {students} submissions are marked. Mark the class again for the others.",
    "scaled": "Points are scaled: the {given:g} of the rubric make {of:g}.",
    "bar": "{low} to under {high}",
    "bar.all": "all {high}",
    "figure": "Figure {n}.",
    "table": "Table {n}.",
    "footer": "Made by Denpa. This page holds all of its data and asks no other machine for anything.",
    "right": "right",
    "wrong": "wrong",
    "nothing": "nothing to mark",
    "incomplete": "incomplete",
    "interrupted": "not marked",
    "unwritten": "not written yet",
    "error": "error",
    "limit": "limit",
    "points": "The points",
    "points.ask": "How did the class do?",
    "points.caption": "How many submissions reached how much of {of:g} points. Mean {mean:g}, median {median:g}.",
    "points.range": "points",
    "points.count": "submissions",
    "mistakes": "The mistakes",
    "mistakes.ask": "What should the next lesson come back to?",
    "mistakes.caption": "How many submissions have each mistake. denpa check explain NAME explains one.",
    "mistakes.name": "mistake",
    "mistakes.what": "what it is",
    "mistakes.count": "submissions",
    "students": "The submissions",
    "students.ask": "Who made which mistake, and in which line?",
    "students.caption": "A row for each submission, and one more for each further mistake.",
    "student": "student",
    "outcome": "outcome",
    "found": "mistakes",
    "line": "line",
    "message": "message",
    "reports": "The reports",
    "reports.ask": "What should each student read?",
    "summary": "{students} submissions: {counts}; mean {mean:g} of {of:g} points",
    "count.right": "{n} right",
    "count.incomplete": "{n} incomplete",
    "count.wrong": "{n} wrong",
    "count.nothing": "{n} with nothing to mark",
    "count.unwritten": "{n} not written yet",
    "count.error": "{n} with errors",
    "count.limit": "{n} stopped by a limit",
    "count.interrupted": "{n} not marked",
    "open.missing": "d{name} was not compared: backward leaves no gradient of {name} that can be found",
    "open.unseen": "d{name} was not compared: there is no number that a difference could tell",
    "open.absent": "{key} of the rubric was not compared: there is no such gradient beside {has}",
    "large": "its files are larger ({size}) than what may be written, {most} (--written)",
    "no.file": "there is no {file}",
    "no.code": "there is neither a .py nor an .ipynb file",
    "which": "which file is it: {files}? Say so for all folders with --file {first}",
    "which.none": "no file defines {names}: {files}. If one makes it in another way, say which with --file {first}",
    "no.notebook": "this is no notebook (nbformat 4)",
    "not.copied": "it cannot be copied: {error}",
    "no.test": "no test was run",
    "between": ", ",
    "often": "most frequent: {list}",
}


def words(language: str) -> Mapping[str, str]:
    """The texts of a language, "en" or "ja"."""
    return table(_EN, language, "marks")
