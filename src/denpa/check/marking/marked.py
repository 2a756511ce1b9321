"""The marking of one submission: each name in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from denpa.check.limits import Limits, Running, sized
from denpa.check.marking.pool import Marking
from denpa.check.marking.rows import Intake, SubmissionRow, nothing_for, take
from denpa.check.marking.rubric import Rubric
from denpa.check.marking.submissions import Submission, bytes_of
from denpa.check.marking.words import words
from denpa.check.opening.notebook import cells_of, is_notebook
from denpa.core.errors import ArgumentError


@dataclass(frozen=True)
class MarkingPlan:
    """How a class is marked: `job` checks what `options` say, with `what` as FILE:NAME."""

    job: str
    names: Sequence[str]
    rubric: Rubric = field(default_factory=Rubric)
    limits: Limits = field(default_factory=Limits)
    options: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"


def marked(submission: Submission, plan: MarkingPlan) -> Marking[SubmissionRow]:
    """Mark a submission, name by name."""
    row = begun(submission, plan.rubric)
    file = submission.file
    if file is None:
        nothing_of(row, plan.names, plan.rubric)
        return row
    place = {**submission.place, file.name: file}
    if not readable(file, row, plan) or too_large(place, row, plan):
        nothing_of(row, plan.names, plan.rubric)
        return row
    for name in plan.names:
        payload = {**plan.options, "what": f"{file.name}:{name}"}
        try:
            running = Running(plan.job, payload, plan.limits, place=place)
        except OSError as error:
            row.add("error", not_copied(error, plan))
            nothing_for(row, name, plan.rubric, len(plan.names))
            continue
        intake = Intake(name, len(plan.names), plan.rubric, plan.language, shown(running))
        take(row, (yield running), intake, payload["what"])
    return row


def begun(submission: Submission, rubric: Rubric) -> SubmissionRow:
    """The row of a submission before anything has run."""
    file = "" if submission.file is None else submission.file.name
    row = SubmissionRow(submission.student, file, of=round(rubric.of, 2))
    if submission.file is None:
        row.add("nothing", submission.problem)
    return row


def readable(file: Path, row: SubmissionRow, plan: MarkingPlan) -> bool:
    """Whether a file can be read, and a notebook is one; it is told in the row if not."""
    try:
        if is_notebook(file):
            cells_of(file)
        return True
    except ArgumentError:
        row.add("error", f"{file.name}: {words(plan.language)['no.notebook']}")
    except OSError as error:
        row.add("error", not_copied(error, plan))
    return False


def not_copied(error: OSError, plan: MarkingPlan) -> str:
    """The words for a submission that cannot be read."""
    return words(plan.language)["not.copied"].format(error=error)


def too_large(place: Mapping[str, Path | str], row: SubmissionRow, plan: MarkingPlan) -> bool:
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


def nothing_of(row: SubmissionRow, names: Sequence[str], rubric: Rubric) -> None:
    """No points for any of these names."""
    for name in names:
        nothing_for(row, name, rubric, len(names))
