"""One row for each student: what came of the submission, in points and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from denpa.check.explain.book import ENTRIES, explanation
from denpa.check.limits import Ended, failure
from denpa.check.marking.notebook import place
from denpa.check.marking.rubric import Item, Rubric, items_of

OUTCOMES = ("right", "wrong", "nothing", "error", "limit")  # the worst last
_BRIEF = 300  # characters


@dataclass(frozen=True)
class Mistake:
    """A mistake that was found: `of` is the gradient or the test, `line` a number, or [cell]:number
    in a notebook."""

    name: str
    of: str
    text: str
    line: str = ""


@dataclass
class Row:
    """What came of a submission: `outcome` is one of `OUTCOMES`, `message` says why nothing could
    be said of something, `report` is all that a student should read."""

    student: str
    file: str = ""
    outcome: str = "right"
    points: float = 0.0
    of: float = 0.0
    items: list[Item] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    message: str = ""
    limit: str | None = None
    report: str = ""
    seconds: float = 0.0

    def add(self, outcome: str, message: str = "", limit: str | None = None) -> None:
        """Take in the outcome of a part: the worst remains, the messages all."""
        self.outcome = max(self.outcome, outcome, key=OUTCOMES.index)
        self.limit = self.limit or limit
        if message and message not in self.message:
            self.message = f"{self.message}\n{message}" if self.message else message

    def add_items(self, items: Sequence[Item]) -> None:
        """Take in points."""
        self.items += items
        self.points = max(round(sum(i.points for i in self.items), 2), 0.0)

    def to_dict(self) -> dict[str, Any]:
        """As data, for JSON."""
        return asdict(self)

    @property
    def line(self) -> str:
        """Of the first mistake that has one."""
        return next((m.line for m in self.mistakes if m.line), "")

    @property
    def brief(self) -> str:
        """The message on one line: without the lines of code that led there.

        >>> Row("a", message="a.py: it raised\\n  line 1\\nKeyError: 1").brief
        'a.py: it raised · KeyError: 1'
        """
        lines = [line for line in self.message.splitlines() if line[:1].strip()]
        return " · ".join(lines)[:_BRIEF]


@dataclass(frozen=True)
class Part:
    """How one name of a submission is taken in. `shown` says how the paths of the copy that ran
    are told, `code` is a notebook's text."""

    name: str
    names: int
    rubric: Rubric
    language: str
    shown: Mapping[str, str]
    code: str | None = None


def take(row: Row, ended: Ended, part: Part, what: str) -> None:
    """Take what the check of one name has said into a row."""
    row.seconds = round(row.seconds + ended.seconds, 2)
    title = part.name if part.names > 1 else ""
    if "ok" not in ended.answer:
        found = failure(ended, what, part.language)
        text = told(found.text, part)
        row.add("limit" if found.limit else "error", text, found.limit)
        row.add_items([Item(part.name, 0.0, part.rubric.of / part.names, False)])
        row.report += text + "\n"
        return
    data = ended.answer["data"]
    if ended.answer["ok"] is None:
        row.add("nothing", told("; ".join(data["notes"]), part))
    else:
        row.add("right" if ended.answer["ok"] else "wrong")
    row.mistakes += [mistake(f, part, title) for f in data["findings"]]
    row.add_items(items_of(data, part.rubric, part.name, part.names))
    row.report += f"{title}\n" * bool(title) + told(ended.answer["text"], part) + "\n"


def mistake(finding: Mapping[str, Any], part: Part, title: str = "") -> Mistake:
    """A finding of a report."""
    line = finding["line"]
    where = "" if line is None else str(line)
    if line is not None and part.code is not None:
        where = str(place(part.code, line) or line)
    of = f"{finding['part']}: {finding['name']}" if finding["part"] else finding["name"]
    return Mistake(finding["mistake"], f"{title}.{of}" if title else of, finding["text"], where)


def told(text: str, part: Part) -> str:
    """A text with the student's own paths."""
    for ours, theirs in part.shown.items():
        text = text.replace(ours, theirs)
    return text


@dataclass(frozen=True)
class Summary:
    """A class at a glance: how many of each outcome, how many students made each mistake, how many
    reached each tenth of the points (the last one has those with all)."""

    students: int
    outcomes: dict[str, int]
    mistakes: dict[str, int]
    tenths: list[int]
    mean: float
    median: float
    of: float


def summary(rows: Sequence[Row]) -> Summary:
    """Of all rows.

    >>> found = summary([Row("a", points=10, of=10), Row("b", "", "wrong", 5, 10)])
    >>> found.outcomes["wrong"], found.tenths, found.mean
    (1, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], 7.5)
    """
    made = Counter(name for row in rows for name in {m.name for m in row.mistakes})
    tenths = [0] * 11
    for row in rows:
        tenths[int(10 * row.points / row.of + 1e-9) if row.of else 0] += 1
    points = sorted(row.points for row in rows)
    middle = len(points) // 2
    median = points[middle] if len(points) % 2 else sum(points[middle - 1 : middle + 1]) / 2
    return Summary(
        len(rows),
        {o: sum(row.outcome == o for row in rows) for o in OUTCOMES},
        dict(sorted(made.items(), key=lambda item: (-item[1], item[0]))),
        tenths,
        round(sum(points) / len(points), 2),
        round(median, 2),
        max(row.of for row in rows),
    )


def title_of(name: str, language: str) -> str:
    """The words for a mistake's name, where the book of mistakes has it."""
    return explanation(name, language).title if name in ENTRIES else name
