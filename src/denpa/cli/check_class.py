"""`denpa check --class FOLDER`: marks for everything that a class has handed in."""

from __future__ import annotations

import argparse
import ast
import gc
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from denpa.cli.console import Console, one_line
from denpa.cli.outputs import write_output
from denpa.core.errors import ArgumentError
from denpa.words import say

if TYPE_CHECKING:
    from denpa.check.limits import Limits
    from denpa.check.marking import Rubric, Submission, SubmissionRow

_MARKS = {"right": "✓", "wrong": "✗", "incomplete": "?"}
_CLASS_ONLY = ("names", "tests", "rubric", "csv", "file", "beside", "jobs")
_OFTEN = 5  # mistakes that are told
_INTERRUPTED = 130  # the exit code


def add(parser: argparse.ArgumentParser) -> None:
    """The options of a class."""
    put = parser.add_argument_group("for a class").add_argument
    put(
        "--class",
        metavar="FOLDER",
        dest="folder",
        help="mark every .py, .ipynb and folder in it, each in a process of its own",
    )
    put("--name", metavar="NAME,NAME", dest="names", help="what each is to have, as in Affine,Relu")
    put("--tests", metavar="FILE", help="mark by the tests of this pytest file instead")
    put("--file", metavar="FILE", help="of a student's folder; or as which --tests imports it")
    put(
        "--beside",
        metavar="PATH",
        action="append",
        help="a file that every submission needs; may be given more than once",
    )
    put("--rubric", metavar="FILE", help="a TOML file with the points of each gradient or test")
    put("--csv", metavar="FILE", help="write the marks as a table")
    put("--jobs", type=int, metavar="N", help="submissions at a time (default: the cores)")


def refuse(arguments: argparse.Namespace) -> None:
    """Options of a class without one. Errors: ArgumentError."""
    for option in _CLASS_ONLY:
        if getattr(arguments, option) is not None:
            flag = "name" if option == "names" else option
            raise ArgumentError(say("--{flag} belongs to --class, which is not given", flag=flag))


def run_class(arguments: argparse.Namespace, limits: Limits, console: Console) -> int:
    """Mark a class: 0 once there is a row for each submission, 130 if it was interrupted; then the
    rows that there are have been written."""
    from denpa.check.marking import MarkingPlan, marked, nobody, run_all, submissions
    from denpa.check.marking.words import words

    _refuse(arguments)
    names = [n.strip() for n in (arguments.names or "").split(",") if n.strip()]
    beside = [Path(p) for p in arguments.beside or ()]
    given = {k: v for k, v in vars(arguments).items() if k != "run"}
    rubric = _rubric(arguments, names)
    for option, path in (("--csv", arguments.csv), ("--html", arguments.html)):
        _writable(path, option)
    for option, text in (("--init", arguments.init), ("--input", arguments.input)):
        _readable(text, option)
    plan = MarkingPlan(
        "denpa.cli.check_run:answer",
        names,
        rubric,
        limits,
        {**given, "html": None},
        arguments.lang,
    )
    import denpa.cli.check_run  # noqa: F401  # once, before the processes part

    module = _module(arguments, beside)
    found = submissions(
        Path(arguments.folder), names, arguments.file, beside, module, arguments.lang
    )
    if problem := nobody(found, names, beside):
        raise ArgumentError(problem)
    if module is not None and arguments.tests is not None:
        from denpa.check.marking.teacher import tested, warm

        warm()
        work = [tested(s, plan, Path(arguments.tests), module, beside) for s in found]
    else:
        work = [marked(s, plan) for s in found]
    text = words(arguments.lang)
    rows: list[SubmissionRow] = []

    def done(row: SubmissionRow) -> None:
        rows.append(row)
        number = f"[{len(rows):{len(str(len(found)))}}/{len(found)}]"
        mark = _MARKS.get(row.outcome, "!")
        console.line(one_line(f"{number} {mark} {row.student}  {row.points:g} / {row.of:g}"))

    gc.collect()
    gc.freeze()  # what is here stays shared with the processes
    interrupted = False
    try:
        run_all(work, arguments.jobs or os.cpu_count() or 1, done)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        gc.unfreeze()
    _judge_rubric(rows, arguments, names, rubric, console if interrupted else None)
    _refuse_init(rows, arguments)
    held = {row.student: row for row in rows}
    rows = [held.get(s.student) or not_marked(s, rubric) for s in found]
    note = _scaled(rubric, text)
    _write(rows, arguments, names, note, console)
    _show(rows, text, note, interrupted, console)
    if interrupted:
        console.error("interrupted")
        return _INTERRUPTED
    return 0


def not_marked(submission: Submission, rubric: Rubric) -> SubmissionRow:
    """The row of a submission that was not marked."""
    from denpa.check.marking import SubmissionRow

    file = "" if submission.file is None else submission.file.name
    return SubmissionRow(submission.student, file, "interrupted", of=round(rubric.of, 2))


def _judge_rubric(
    rows: list[SubmissionRow],
    arguments: argparse.Namespace,
    names: list[str],
    rubric: Rubric,
    console: Console | None,
) -> None:
    """Errors: ArgumentError for points of a gradient that no submission has; with a console it is
    a warning: not all were seen."""
    for name in names:
        found = [row.gradients[name] for row in rows if row.gradients.get(name)]
        if problem := rubric.unknown(name, found):
            if console is None:
                nothing = say(" Nothing was written.")
                raise ArgumentError(f"{arguments.rubric}: {problem}{nothing}")
            console.warn(f"{arguments.rubric}: {problem}")


def _readable(text: str | None, option: str) -> None:
    """Errors: ArgumentError for arguments that are no Python."""
    try:
        ast.parse(f"f({text or ''})")
    except SyntaxError as error:
        raise ArgumentError(f"{option} {text!r}: {error.msg}") from None


def _writable(path: str | None, option: str) -> None:
    """Errors: ArgumentError where nothing can be written, before an hour of marking."""
    if path is None:
        return
    folder = Path(path).parent
    if Path(path).is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        why = say("it cannot be written there")
        raise ArgumentError(f"{option} {path}: {why}")


def _refuse_init(rows: list[SubmissionRow], arguments: argparse.Namespace) -> None:
    """Errors: ArgumentError where --init or --input of the teacher's fits nobody's code."""
    option = "--init" if arguments.init is not None else "--input"
    if arguments.init is None and arguments.input is None:
        return
    asked = [row for row in rows if row.outcome not in ("interrupted", "unwritten", "limit")]
    if len(asked) > 1 and all(row.outcome in ("error", "nothing") for row in asked):
        said = asked[0].message.splitlines()
        raise ArgumentError(
            say(
                "{option} fits none of the {count} submissions: {said} Nothing was written.",
                option=option,
                count=len(asked),
                said=" ".join(said)[:300],
            )
        )


def _scaled(rubric: Rubric, text: Mapping[str, str]) -> str:
    given = sum(p for table in rubric.points.values() for p in table.values())
    return "" if rubric.scale == 1 else text["scaled"].format(given=given, of=rubric.of)


def _show(
    rows: list[SubmissionRow],
    text: Mapping[str, str],
    note: str,
    interrupted: bool,
    console: Console,
) -> None:
    from denpa.check.marking import summary
    from denpa.cli.class_table import table

    total = summary(rows)
    if console.json:
        console.result(
            {
                "students": [r.to_dict() for r in rows],
                "summary": asdict(total),
                "interrupted": interrupted,
                "note": note,
            }
        )
        return
    for line in table(rows, text):
        console.write(line)
    counts = text["between"].join(
        text[f"count.{outcome}"].format(n=n) for outcome, n in total.outcomes.items() if n
    )
    values = {"students": total.students, "counts": counts, "mean": total.mean, "of": total.of}
    console.write(text["summary"].format(**values))
    if total.mistakes:
        often = [f"{name} ({n})" for name, n in list(total.mistakes.items())[:_OFTEN]]
        console.write(text["often"].format(list=", ".join(often)))
    if note:
        console.write(note)
    if interrupted:
        marked = total.students - total.outcomes["interrupted"]
        console.write(text["said.interrupted"].format(marked=marked, students=total.students))


def _refuse(arguments: argparse.Namespace) -> None:
    if arguments.what is not None:
        raise ArgumentError(
            say(
                "--class marks what is in its folder; {what!r} would be one file",
                what=arguments.what,
            )
        )
    if (arguments.names is None) == (arguments.tests is None):
        raise ArgumentError(say("--class needs --name NAME, what each is to have, or --tests FILE"))
    if arguments.jobs is not None and arguments.jobs < 1:
        raise ArgumentError(say("--jobs must be at least 1, not {jobs}", jobs=arguments.jobs))


def _rubric(arguments: argparse.Namespace, names: list[str]) -> Any:
    from denpa.check.explain.entries import ENTRIES
    from denpa.check.marking import Rubric, read_rubric
    from denpa.check.marking.teacher import names_of
    from denpa.check.mistakes.words import WORDS

    if arguments.rubric is None:
        return Rubric()
    rubric = read_rubric(Path(arguments.rubric), names or [""], sorted({*ENTRIES, *WORDS}))
    if arguments.tests is not None:
        known = names_of(Path(arguments.tests))
        for name in rubric.points.get("", {}):
            if name not in known:
                raise ArgumentError(
                    f"{arguments.rubric}: points.{name}: "
                    + say(
                        "{tests} has no such test; it has {known}",
                        tests=arguments.tests,
                        known=", ".join(known),
                    )
                )
    return rubric


def _module(arguments: argparse.Namespace, beside: list[Path]) -> str | None:
    """As which file the tests import a submission."""
    if arguments.tests is None or arguments.file is not None:
        return arguments.file  # type: ignore[no-any-return]
    from denpa.check.marking.teacher import module_of

    return module_of(Path(arguments.tests), beside)


def _write(
    rows: list[SubmissionRow],
    arguments: argparse.Namespace,
    names: list[str],
    note: str,
    console: Console,
) -> None:
    from denpa.check.marking import class_page, marks

    what = ", ".join(names) or Path(arguments.tests).name
    # Spreadsheets take a file without the mark for one in another alphabet.
    table = marks(rows).encode("utf-8-sig", "backslashreplace")
    write_output(arguments.csv, "--csv", table, console)
    page = class_page(rows, what, arguments.lang, note)
    write_output(arguments.html, "--html", page.encode("utf-8", "backslashreplace"), console)
