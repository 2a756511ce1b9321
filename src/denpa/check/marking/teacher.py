"""A teacher's tests as the measure: pytest on each submission, in a process of its own.

What has been said before a test hangs or ends the process remains; the tests behind it run in
another process.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from denpa.check.limits import Ended, Running, failure
from denpa.check.marking.marked import MarkingPlan, begun, not_copied, readable, shown, too_large
from denpa.check.marking.pool import Marking
from denpa.check.marking.rows import Intake, SubmissionRow, mistake, told
from denpa.check.marking.rubric import Item
from denpa.check.marking.submissions import Submission
from denpa.check.marking.words import words
from denpa.check.opening.notebook import as_file, is_notebook
from denpa.check.report import Report
from denpa.core.errors import ArgumentError
from denpa.words import reason, say

JOB = "denpa.check.marking.teacher:answer"
_LOG = "tests.jsonl"
_CONFIGURES = ("conftest.py", "pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
_OPTIONS = (
    "-q",
    "--rootdir=.",
    "--import-mode=importlib",
    "-W",
    "ignore",
    "--tb=short",
    # What a class has no use for; the last takes longer to import than most tests to run.
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-p",
    "no:hypothesispytest",
)
_MARKS = {"passed": "✓", "failed": "✗", "skipped": "–"}
_TRIES = 4  # processes for one submission
_LINES = 12  # of a failure


def module_of(tests: Path, beside: Sequence[Path] = ()) -> str:
    """The file as which the tests import a submission: the one module that is neither installed nor
    in `beside`.

    Errors: ArgumentError if there is no such module, or several.
    """
    try:
        tree = ast.parse(tests.read_text(encoding="utf-8"))
    except OSError as error:
        raise ArgumentError(f"--tests {tests}: {reason(error)}") from None
    except (SyntaxError, ValueError) as error:
        raise ArgumentError(f"--tests {tests}: {error}") from None
    wanted: dict[str, None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            wanted |= dict.fromkeys(a.name.partition(".")[0] for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            wanted[node.module.partition(".")[0]] = None
    known = {p.stem for p in beside}
    missing = [m for m in wanted if m not in known and not _is_there(m)]
    if len(missing) == 1:
        return f"{missing[0]}.py"
    which = ", ".join(missing)
    said = (
        say("imports {which}", which=which)
        if missing
        else say("imports no module that is not there")
    )
    raise ArgumentError(
        f"--tests {tests} {said}" + say(": say with --file NAME.py what it takes a submission for")
    )


def _is_there(module: str) -> bool:
    try:
        return module in sys.modules or importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def warm() -> None:
    """Import pytest and its plugins once, before the processes part.

    Errors: ArgumentError if pytest is not installed.
    """
    try:
        import pytest  # noqa: F401
    except ModuleNotFoundError:
        raise ArgumentError(say("--tests needs pytest: pip install pytest")) from None
    for plugin in entry_points(group="pytest11"):
        with suppress(Exception):  # pytest tells, if it needs it
            plugin.load()


# -- in the process of the submission --------------------------------------------------------------


def answer(given: dict[str, Any]) -> dict[str, Any]:
    """Run the tests in this folder, but those in `without`; write a line for each into a log."""
    import pytest

    sys.path.insert(0, os.getcwd())
    with open(given["log"], "a", encoding="utf-8") as log:
        code = pytest.main(
            [given["tests"], *_OPTIONS],
            plugins=[_Plugin(log, set(given["without"]))],
        )
    return {"code": int(code)}


class _Plugin:
    def __init__(self, log: Any, without: set[str]) -> None:
        self.log, self.without = log, without

    def _say(self, **said: Any) -> None:
        self.log.write(json.dumps(said) + "\n")
        self.log.flush()

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = [i for i in items if i.nodeid not in self.without]
        self._say(collected=[i.nodeid for i in items])

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self._say(broken=str(report.longrepr))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._say(start=nodeid)

    def pytest_runtest_makereport(self, item: Any, call: Any) -> None:
        if call.excinfo is None:
            return
        found = getattr(call.excinfo.value, "report", None)
        if isinstance(found, Report):
            self._say(test=item.nodeid, findings=found.to_dict()["findings"], text=str(found))

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call" or report.outcome != "passed":
            self._say(
                test=report.nodeid,
                outcome=report.outcome,
                when=report.when,
                why=report.longreprtext,
            )


# -- and from outside ------------------------------------------------------------------------------


@dataclass
class _Seen:
    """What a log says."""

    collected: list[str] = field(default_factory=list)
    outcomes: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    findings: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    broken: str = ""
    last: str = ""  # the test that was begun last

    def read(self, path: Path) -> None:
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return
        for line in lines:
            try:
                self._take(json.loads(line))
            except (ValueError, KeyError, TypeError):  # cut off in the middle
                continue

    def _take(self, said: dict[str, Any]) -> None:
        if "collected" in said:
            self.collected += [t for t in said["collected"] if t not in self.collected]
        elif "broken" in said:
            self.broken = said["broken"]
        elif "start" in said:
            self.last = said["start"]
        elif "findings" in said:
            self.findings[said["test"]] = said["findings"]
            self.why[said["test"]] = said["text"]
        elif self.outcomes.get(said["test"]) != "failed":  # also where it ends in its teardown
            self.outcomes[said["test"]] = said["outcome"]
            self.why.setdefault(said["test"], said["why"])

    @property
    def without(self) -> list[str]:
        return list(self.outcomes)


def tested(
    submission: Submission, plan: MarkingPlan, tests: Path, module: str, beside: Sequence[Path]
) -> Marking[SubmissionRow]:
    """Mark a submission by the tests that it passes."""
    row = begun(submission, plan.rubric)
    file = submission.file
    seen = _Seen()
    if file is None or not readable(file, row, plan):
        _points(row, seen, plan)
        return row
    found = as_file(file) if is_notebook(file) else file
    own = {k: v for k, v in submission.place.items() if k not in _CONFIGURES}
    # An empty pytest.ini: no other configuration, above this folder, is looked for.
    place = {
        **own,
        **{p.name: p for p in beside},
        module: found,
        tests.name: tests,
        "pytest.ini": "[pytest]\n",
    }
    if too_large(place, row, plan):
        return row
    intake = Intake(
        "", 1, plan.rubric, plan.language, {}, found if isinstance(found, str) else None
    )
    for _ in range(_TRIES):
        try:
            running = Running(
                JOB,
                {"tests": tests.name, "without": seen.without, "log": f"../{_LOG}"},
                plan.limits,
                place=place,
            )
        except OSError as error:
            row.add("error", not_copied(error, plan))
            break
        intake = Intake("", 1, plan.rubric, plan.language, shown(running), intake.code)
        seen.last = ""
        ended = yield running
        row.seconds = round(row.seconds + ended.seconds, 2)
        seen.read(running.folder / _LOG)
        if ended.how == "done":
            break
        if not _stumbled(row, seen, ended, file.name, intake):
            break
    _outcome(row, seen, intake)
    _points(row, seen, plan)
    return row


def _stumbled(row: SubmissionRow, seen: _Seen, ended: Ended, file: str, intake: Intake) -> bool:
    """Note what ended a process before its tests did; whether others are left to be run."""
    what = f"{file}, {_name(seen.last)}" if seen.last else file
    found = failure(ended, what, intake.language)
    text = told(found.text, intake)
    row.stopped("limit" if found.limit else "error", text, found.limit, intake.code)
    if not seen.last:
        return False
    seen.outcomes.setdefault(seen.last, "failed")
    seen.why.setdefault(seen.last, found.text)
    return len(seen.outcomes) < len(seen.collected)


def _outcome(row: SubmissionRow, seen: _Seen, intake: Intake) -> None:
    if seen.broken:
        raised = [line[1:].strip() for line in seen.broken.splitlines() if line.startswith("E ")]
        text = told("\n".join(raised) or _end(seen.broken), intake)
        row.stopped("error", text, None, intake.code)
    elif not seen.collected and not row.message:
        row.add("nothing", words(intake.language)["no.test"])
    for test, outcome in seen.outcomes.items():
        row.report += f"{_MARKS[outcome]} {_name(test)}\n"
        if outcome == "failed":
            row.add("wrong")
            row.report += told(_end(seen.why.get(test, "")), intake) + "\n"
        row.mistakes += [mistake(f, intake, _name(test)) for f in seen.findings.get(test, ())]
    row.report += row.message


def _points(row: SubmissionRow, seen: _Seen, plan: MarkingPlan) -> None:
    """Each test function is one thing, whatever number of cases it has; of them each counts."""
    cases: dict[str, list[str]] = {}
    for test in seen.collected:
        cases.setdefault(_name(test).partition("[")[0], []).append(test)
    for name, of in plan.rubric.worth("", list(cases)).items() if cases else ():
        mine = cases.get(name, [])
        passed = sum(seen.outcomes.get(t) == "passed" for t in mine)
        points = of * passed / len(mine) if mine else 0.0
        row.add_items([Item(name, points, of, bool(mine) and passed == len(mine))])


def _name(nodeid: str) -> str:
    return nodeid.partition("::")[2].replace("::", ".") or nodeid


def _end(text: str) -> str:
    lines = text.rstrip().splitlines()
    return "\n".join(["…", *lines[-_LINES:]] if len(lines) > _LINES else lines)


def names_of(tests: Path) -> Sequence[str]:
    """The tests of a file, as a rubric may name them."""
    tree = ast.parse(tests.read_text(encoding="utf-8"))
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            found.append(node.name)
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            found += [
                f"{node.name}.{inner.name}"
                for inner in node.body
                if isinstance(inner, ast.FunctionDef) and inner.name.startswith("test")
            ]
    return found
