"""`denpa check --class FOLDER`: marks for everything that a class has handed in."""

from __future__ import annotations

import argparse
import gc
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from denpa.cli.console import Console, one_line
from denpa.core.errors import ArgumentError

if TYPE_CHECKING:
    from denpa.check.limits import Limits
    from denpa.check.marking import Row

_MARKS = {"right": "✓", "wrong": "✗"}
_CLASS_ONLY = ("names", "tests", "rubric", "csv", "file", "beside", "jobs")
_OFTEN = 5  # mistakes that are told


def add(parser: argparse.ArgumentParser) -> None:
    """The options of a class."""
    put = parser.add_argument_group("for a class").add_argument
    put("--class", metavar="FOLDER", dest="folder",
        help="mark every .py, .ipynb and folder in it, each in a process of its own")  # fmt: skip
    put("--name", metavar="NAME,NAME", dest="names", help="what each is to have, as in Affine,Relu")
    put("--tests", metavar="FILE", help="mark by the tests of this pytest file instead")
    put("--file", metavar="FILE", help="of a student's folder; or as which --tests imports it")
    put("--beside", metavar="PATH", action="append",
        help="a file that every submission needs; may be given more than once")  # fmt: skip
    put("--rubric", metavar="FILE", help="a TOML file with the points of each gradient or test")
    put("--csv", metavar="FILE", help="write the marks as a table")
    put("--jobs", type=int, metavar="N", help="submissions at a time (default: the cores)")


def refuse(arguments: argparse.Namespace) -> None:
    """Options of a class without one. Errors: ArgumentError."""
    for option in _CLASS_ONLY:
        if getattr(arguments, option) is not None:
            flag = "name" if option == "names" else option
            raise ArgumentError(f"--{flag} belongs to --class, which is not given")


def run_class(arguments: argparse.Namespace, limits: Limits, console: Console) -> int:
    """Mark a class: 0 once there is a row for each submission."""
    from denpa.check.marking import Plan, marked, run_all, submissions, summary
    from denpa.check.marking.words import words

    _refuse(arguments)
    names = [n.strip() for n in (arguments.names or "").split(",") if n.strip()]
    beside = [Path(p) for p in arguments.beside or ()]
    given = {k: v for k, v in vars(arguments).items() if k != "run"}
    plan = Plan(
        "denpa.cli.check_run:answer", names, _rubric(arguments, names), limits,
        {**given, "html": None}, arguments.lang,
    )  # fmt: skip
    import denpa.cli.check_run  # noqa: F401  # once, before the processes part

    module = _module(arguments, beside)
    found = submissions(
        Path(arguments.folder), names, arguments.file, beside, module, arguments.lang
    )
    if module is not None and arguments.tests is not None:
        from denpa.check.marking.teacher import tested, warm

        warm()
        work = [tested(s, plan, Path(arguments.tests), module, beside) for s in found]
    else:
        work = [marked(s, plan) for s in found]
    text = words(arguments.lang)
    rows: list[Row] = []

    def done(row: Row) -> None:
        rows.append(row)
        number = f"[{len(rows):{len(str(len(found)))}}/{len(found)}]"
        line = f"{number} {_MARKS.get(row.outcome, '!')} {row.student}  {row.points:g}"
        console.line(one_line(line))

    gc.collect()
    gc.freeze()  # what is here stays shared with the processes
    try:
        run_all(work, arguments.jobs or os.cpu_count() or 1, done)
    finally:
        gc.unfreeze()
    order = {s.student: n for n, s in enumerate(found)}
    rows.sort(key=lambda row: order[row.student])
    _write(rows, arguments, names, console)
    total = summary(rows)
    if console.json:
        console.result({"students": [r.to_dict() for r in rows], "summary": asdict(total)})
        return 0
    _table(rows, text, console)
    values = {**total.outcomes, "students": total.students, "mean": total.mean, "of": total.of}
    console.write(text["summary"].format(**values))
    if total.mistakes:
        often = [f"{name} ({n})" for name, n in list(total.mistakes.items())[:_OFTEN]]
        console.write(text["often"].format(list=", ".join(often)))
    return 0


def _refuse(arguments: argparse.Namespace) -> None:
    if arguments.what is not None:
        raise ArgumentError(
            f"--class marks what is in its folder; {arguments.what!r} would be one file"
        )
    if (arguments.names is None) == (arguments.tests is None):
        raise ArgumentError("--class needs --name NAME, what each is to have, or --tests FILE")
    if arguments.jobs is not None and arguments.jobs < 1:
        raise ArgumentError(f"--jobs must be at least 1, not {arguments.jobs}")


def _rubric(arguments: argparse.Namespace, names: list[str]) -> Any:
    from denpa.check.marking import Rubric, read_rubric
    from denpa.check.marking.teacher import names_of
    from denpa.check.mistakes.words import WORDS

    if arguments.rubric is None:
        return Rubric()
    rubric = read_rubric(Path(arguments.rubric), names or [""], list(WORDS))
    if arguments.tests is not None:
        known = names_of(Path(arguments.tests))
        for name in rubric.points.get("", {}):
            if name not in known:
                raise ArgumentError(
                    f"{arguments.rubric}: points.{name}: {arguments.tests} has no such test; it "
                    f"has {', '.join(known)}"
                )
    return rubric


def _module(arguments: argparse.Namespace, beside: list[Path]) -> str | None:
    """As which file the tests import a submission."""
    if arguments.tests is None or arguments.file is not None:
        return arguments.file  # type: ignore[no-any-return]
    from denpa.check.marking.teacher import module_of

    return module_of(Path(arguments.tests), beside)


def _write(
    rows: list[Row], arguments: argparse.Namespace, names: list[str], console: Console
) -> None:
    from denpa.check.marking import class_page, marks

    what = ", ".join(names) or Path(arguments.tests).name
    # Spreadsheets take a file without the mark for one in another alphabet.
    _save(arguments.csv, "--csv", marks(rows), "utf-8-sig", console)
    page = class_page(rows, what, arguments.lang)
    _save(arguments.html, "--html", page, "utf-8", console)


def _save(path: str | None, option: str, text: str, encoding: str, console: Console) -> None:
    if path is None:
        return
    try:
        with open(path, "w", encoding=encoding, newline="") as file:
            file.write(text)
    except OSError as error:
        raise ArgumentError(f"{option} {path}: {error.strerror or error}") from None
    console.line(f"wrote {path}")


def _table(rows: list[Row], text: dict[str, str], console: Console) -> None:
    columns = [text[k] for k in ("student", "outcome", "points.range", "found", "line", "message")]
    shown = [
        [row.student, text[row.outcome], row.points,
         ", ".join(f"{m.of}: {m.name}" for m in row.mistakes), row.line,
         row.brief]
        for row in rows
    ]  # fmt: skip
    console.table(shown, columns)
