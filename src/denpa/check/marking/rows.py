"""One row for each student: what came of the submission, in points and in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from denpa.check.explain.book import explanation
from denpa.check.explain.entries import ENTRIES
from denpa.check.limits import Ended, failure
from denpa.check.marking.rubric import Item, Rubric, inputs_of, is_right, items_of
from denpa.check.marking.words import words
from denpa.check.opening.notebook import cell_and_line

OUTCOMES = (
    "right",
    "incomplete",
    "wrong",
    "nothing",
    "unwritten",
    "error",
    "limit",
    "interrupted",
)
"""What may come of a submission, the worst last; "interrupted": it was not marked."""

_FRAME = re.compile(r'File "([^"<]+)", line (\d+)')
_BRIEF_PLACE = re.compile(r"([\w.-]+\.py|[\w.-]+\.ipynb, cell \d+):(\d+):")
_SYNTAX = re.compile(r"\(([^()]+\.py|[^()]+, cell \d+), line (\d+)\)")
_BRIEF = 300  # characters


@dataclass(frozen=True)
class FoundMistake:
    """A mistake that was found: `of` is the gradient or the test, `line` a number, or "cell 3, line
    11" in a notebook."""

    name: str
    of: str
    text: str
    line: str = ""


@dataclass
class SubmissionRow:
    """What came of a submission: `outcome` is one of `OUTCOMES`, `message` says why nothing could
    be said of something, `report` is all that a student should read."""

    student: str
    file: str = ""
    outcome: str = "right"
    points: float = 0.0
    of: float = 0.0
    items: list[Item] = field(default_factory=list)
    mistakes: list[FoundMistake] = field(default_factory=list)
    message: str = ""
    at: str = ""  # the line that ran when it raised or was stopped
    gradients: dict[str, dict[str, bool]] = field(default_factory=dict)
    """Of each name that was marked: what there are gradients of, and whether it is an input."""

    limit: str | None = None
    report: str = ""
    seconds: float = 0.0

    def add(self, outcome: str, message: str = "", limit: str | None = None) -> None:
        """Take in the outcome of a part: the worst remains, the messages all."""
        self.outcome = max(self.outcome, outcome, key=OUTCOMES.index)
        self.limit = self.limit or limit
        if message and message not in self.message:
            self.message = f"{self.message}\n{message}" if self.message else message

    def stopped(self, outcome: str, message: str, limit: str | None, code: str | None) -> None:
        """Take in what raised, or a limit that was reached, and the last line of theirs in it;
        `code` is a notebook's text."""
        self.add(outcome, message, limit)
        forms = (_BRIEF_PLACE, _FRAME, _SYNTAX)
        places = [p for form in forms for p in form.findall(message)]
        own = [p for p in places if not p[0].startswith(("/", "<"))]
        if own and not self.at:
            file, line = own[-1]
            self.at = cell_and_line(file, int(line), code)

    def add_items(self, items: Sequence[Item]) -> None:
        """Take in points."""
        self.items += items
        self.points = max(round(sum(i.points for i in self.items), 2), 0.0)

    def to_dict(self) -> dict[str, Any]:
        """As data, for JSON."""
        return asdict(self)

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """What was found, with the line and the words for it: each mistake, then the message.

        >>> made = [FoundMistake("sign", "W", "the sign is wrong", "7")]
        >>> SubmissionRow("a", mistakes=made, message="a.py: no b", at="9").told
        [('W: sign', '7', 'the sign is wrong'), ('', '9', 'a.py: no b')]
        """
        found = [(f"{m.of}: {m.name}", m.line, m.text) for m in self.mistakes]
        return [*found, ("", self.at, self.brief)] if self.message else found

    @property
    def brief(self) -> str:
        """The message on one line: without the lines of code that led there.

        >>> SubmissionRow("a", message="a.py: it raised\\n  line 1\\nKeyError: 1").brief
        'a.py: it raised · KeyError: 1'
        """
        lines = [line for line in self.message.splitlines() if line[:1].strip()]
        return " · ".join(lines)[:_BRIEF]


@dataclass(frozen=True)
class Intake:
    """How one name of a submission is taken in. `shown` says how the paths of the copy that ran
    are told, `code` is the text of a notebook that ran as one file."""

    name: str
    names: int
    rubric: Rubric
    language: str
    shown: Mapping[str, str]
    code: str | None = None


def take(row: SubmissionRow, ended: Ended, intake: Intake, what: str) -> None:
    """Take what the check of one name has said into a row."""
    row.seconds = round(row.seconds + ended.seconds, 2)
    title = intake.name if intake.names > 1 else ""
    if "ok" not in ended.answer:
        found = failure(ended, what, intake.language)
        text = told(found.text, intake)
        outcome = found.outcome if found.outcome in OUTCOMES else "error"
        row.stopped(outcome, text, found.limit, intake.code)
        nothing_for(row, intake.name, intake.rubric, intake.names)
        row.report += text + "\n"
        return
    data = ended.answer["data"]
    if ended.answer["ok"] is None:
        row.add("nothing", told("; ".join(data["notes"]), intake))
    else:
        row.add("right" if ended.answer["ok"] else "wrong")
        for text in [*data["raised"], *_open(data, intake)]:
            row.add("right", told(text, intake))
    row.mistakes += [mistake(f, intake, title) for f in data["findings"]]
    items = items_of(data, intake.rubric, intake.name, intake.names)
    if ended.answer["ok"] and not all(i.ok for i in items if i.of):
        row.add("incomplete")
    row.add_items(items)
    row.gradients[intake.name] = {
        n: n in inputs_of(data) for n in (*data["gradients"], *data["not_compared"])
    }
    row.report += f"{title}\n" * bool(title) + told(ended.answer["text"], intake) + "\n"


def nothing_for(row: SubmissionRow, name: str, rubric: Rubric, names: int = 1) -> None:
    """No points for a name of which nothing could be marked: for each gradient of a rubric, else
    for the name."""
    prefix = f"{name}." if name else ""
    keys = rubric.worth(name, [], names) or {name: rubric.of / names}
    row.add_items([Item(k if k == name else prefix + k, 0.0, of, False) for k, of in keys.items()])


def _open(data: Mapping[str, Any], intake: Intake) -> list[str]:
    """In words, the gradients that were asked for and not compared."""
    text, parts = words(intake.language), [*data["gradients"], *data["not_compared"]]
    told_of = {n for f in data["findings"] for n in (f["name"], *f["also"])}
    wanted = intake.rubric.parts(intake.name, parts, inputs_of(data))
    found = []
    for key, name in wanted.items():
        if not data["gradients"] or name in told_of or is_right(data, name):
            continue
        has = ", ".join(dict.fromkeys(parts))
        kind = "absent" if not name else "unseen" if name in data["gradients"] else "missing"
        if kind != "unseen" or name in data["not_compared"]:
            found.append(text[f"open.{kind}"].format(key=key, name=name, has=has))
    return found


def mistake(finding: Mapping[str, Any], intake: Intake, title: str = "") -> FoundMistake:
    """A finding of a report."""
    line = finding["line"]
    where = "" if line is None else cell_and_line(finding["file"] or "", line, intake.code)
    of = f"{finding['part']}: {finding['name']}" if finding["part"] else finding["name"]
    return FoundMistake(
        finding["mistake"], f"{title}.{of}" if title else of, finding["text"], where
    )


def told(text: str, intake: Intake) -> str:
    """A text with the student's own paths."""
    for ours, theirs in intake.shown.items():
        text = text.replace(ours, theirs)
    return text


@dataclass(frozen=True)
class ClassSummary:
    """A class at a glance: how many of each outcome, how many students made each mistake, how many
    reached each tenth of the points (the last one has those with all). What was not marked counts
    as an outcome alone."""

    students: int
    outcomes: dict[str, int]
    mistakes: dict[str, int]
    tenths: list[int]
    mean: float
    median: float
    of: float


def summary(rows: Sequence[SubmissionRow]) -> ClassSummary:
    """Of all rows.

    >>> rows = [SubmissionRow("a", points=10, of=10), SubmissionRow("b", "", "wrong", 5, 10)]
    >>> found = summary(rows)
    >>> found.outcomes["wrong"], found.tenths, found.mean
    (1, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], 7.5)
    """
    marked = [row for row in rows if row.outcome != "interrupted"]
    made = Counter(name for row in rows for name in {m.name for m in row.mistakes})
    tenths = [0] * 11
    for row in marked:
        tenths[int(10 * row.points / row.of + 1e-9) if row.of else 0] += 1
    points = sorted(row.points for row in marked) or [0.0]
    middle = len(points) // 2
    median = points[middle] if len(points) % 2 else sum(points[middle - 1 : middle + 1]) / 2
    return ClassSummary(
        len(rows),
        {o: sum(row.outcome == o for row in rows) for o in OUTCOMES},
        dict(sorted(made.items(), key=lambda item: (-item[1], item[0]))),
        tenths,
        round(sum(points) / len(points), 2),
        round(median, 2),
        max((row.of for row in rows), default=0.0),
    )


def title_of(name: str, language: str) -> str:
    """The words for a mistake's name, where the book of mistakes has it."""
    return explanation(name, language).title if name in ENTRIES else name
