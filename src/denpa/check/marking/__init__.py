"""Marking of what a class has handed in: a row for each submission, whatever its code does.

In:  a folder of submissions, the names to check, perhaps a rubric or a teacher's tests.
Out: rows with points, as a table, a page and JSON.

Read `marked` first: one submission, each name in a process of its own (`pool` runs several).
`submissions` finds them, `rubric` gives points, `teacher` runs tests as the measure.
"""

from __future__ import annotations

from denpa.check.marking.marked import MarkingPlan, marked
from denpa.check.marking.page import class_page
from denpa.check.marking.pool import run_all
from denpa.check.marking.rows import ClassSummary, SubmissionRow, summary
from denpa.check.marking.rubric import Rubric, read_rubric, score
from denpa.check.marking.submissions import Submission, nobody, submissions
from denpa.check.marking.table import marks

__all__ = [
    "ClassSummary",
    "MarkingPlan",
    "Rubric",
    "Submission",
    "SubmissionRow",
    "class_page",
    "marked",
    "marks",
    "nobody",
    "read_rubric",
    "run_all",
    "score",
    "submissions",
    "summary",
]
