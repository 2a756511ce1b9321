"""The marking of one submission: each name in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from denpa.check.limits import Limits, Running, sized
from denpa.check.marking.notebook import code_of
from denpa.check.marking.pool import Marking
from denpa.check.marking.rows import Part, Row, take
from denpa.check.marking.rubric import Item, Rubric
from denpa.check.marking.submissions import Submission, bytes_of
from denpa.check.marking.words import words


@dataclass(frozen=True)
class Plan:
    """How a class is marked: `job` checks what `options` say, with `what` as FILE:NAME."""

    job: str
    names: Sequence[str]
    rubric: Rubric = field(default_factory=Rubric)
    limits: Limits = field(default_factory=Limits)
    options: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"


def marked(submission: Submission, plan: Plan) -> Marking[Row]:
    """Mark a submission, name by name."""
    row = begun(submission, plan.rubric)
    found = None if submission.file is None else source(submission.file, row, plan)
    if submission.file is None or found is None:
        nothing_of(row, plan.names, plan.rubric)
        return row
    place = {**submission.place, f"{submission.file.stem}.py": found}
    if too_large(place, row, plan):
        nothing_of(row, plan.names, plan.rubric)
        return row
    code = found if isinstance(found, str) else None
    for name in plan.names:
        payload = {**plan.options, "what": f"{submission.file.stem}.py:{name}"}
        try:
            running = Running(plan.job, payload, plan.limits, place=place)
        except OSError as error:
            row.add("error", not_copied(error, plan))
            continue
        part = Part(name, len(plan.names), plan.rubric, plan.language, shown(running), code)
        take(row, (yield running), part, f"{submission.file.name}:{name}")
    return row


def begun(submission: Submission, rubric: Rubric) -> Row:
    """The row of a submission before anything has run."""
    file = "" if submission.file is None else submission.file.name
    row = Row(submission.student, file, of=round(rubric.of, 2))
    if submission.file is None:
        row.add("nothing", submission.problem)
    return row


def source(file: Path, row: Row, plan: Plan) -> Path | str | None:
    """What is put where it runs: the file, or the text of a notebook; None, told in the row, for a
    notebook that is none."""
    try:
        return code_of(file) if file.suffix == ".ipynb" else file
    except ValueError:
        row.add("error", f"{file.name}: {words(plan.language)['no.notebook']}")
    except OSError as error:
        row.add("error", not_copied(error, plan))
    return None


def not_copied(error: OSError, plan: Plan) -> str:
    """The words for a submission that cannot be read."""
    return words(plan.language)["not.copied"].format(error=error)


def too_large(place: Mapping[str, Path | str], row: Row, plan: Plan) -> bool:
    """Whether there is more to be copied than may be written; it is told in the row."""
    most = plan.limits.written
    try:
        if (size := bytes_of(place)) <= most:
            return False
    except OSError as error:
        row.add("error", not_copied(error, plan))
        return True
    text = words(plan.language)["large"].format(size=sized(size), most=sized(most))
    row.add("limit", text, "written")
    return True


def shown(running: Running) -> dict[str, str]:
    """How the paths of the copy are told: not at all; the folder itself as the one that it is."""
    if running.work is None:
        return {}
    paths = (str(running.work), os.path.realpath(running.work))
    return {f"{path}{os.sep}": "" for path in paths} | dict.fromkeys(paths, ".")


def nothing_of(row: Row, names: Sequence[str], rubric: Rubric) -> None:
    """No points for any of these names."""
    row.add_items([Item(name, 0.0, rubric.of / len(names), False) for name in names])
