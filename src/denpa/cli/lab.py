"""`denpa lab list` and `denpa lab run NAME`: the course, one idea a lab, its claims tested."""

from __future__ import annotations

import argparse
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from denpa.cli.arguments import add_common
from denpa.cli.check import add_limits, limits_of
from denpa.cli.console import Console
from denpa.core.errors import ArgumentError
from denpa.words import translated

if TYPE_CHECKING:
    from denpa.check.limits import Limits
    from denpa.lab.course_run import Outcome
    from denpa.lab.run import Result

_EXAMPLES = """examples:
  denpa lab list
  denpa lab run vanishing-activations
  denpa lab run difference-quotient --seed 3 --lang ja --out quotient
  denpa lab run all --quick
  denpa lab run my_lab.py

A lab's file of your own is run with your rights, in a process of its own within the limits; they
are no sandbox: run only what you would run with python.
"""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("lab", help="the course: ideas that run, their claims tested")
    actions = parser.add_subparsers(dest="action", metavar="list|run", required=True)
    listing = actions.add_parser("list", help="the labs, in the order of the course")
    listing.set_defaults(run=run_list)
    running = actions.add_parser(
        "run",
        help="run a lab, or all",
        epilog=_EXAMPLES,
        description="Run a lab: it writes figure.svg, table.csv and result.json, and fails with "
        "exit code 1 where a claim does not hold.",
    )
    running.add_argument("lab", metavar="NAME", help="a lab, `all`, or a lab's file of your own")
    running.add_argument("--quick", action="store_true", help="the short run: seconds, not minutes")
    running.add_argument("--seed", type=int, default=0, metavar="N", help="first seed (default 0)")
    running.add_argument(
        "--out", metavar="DIR", help="where to write (default labs/NAME-DATE-TIME)"
    )
    running.add_argument(
        "--overwrite", action="store_true", help="write into --out though it is not empty"
    )
    running.add_argument(
        "--jobs", type=int, metavar="N", help="labs at a time with `all` (default: the cores)"
    )
    add_limits(running, 600.0, "of a lab's file of your own")
    running.set_defaults(run=run_lab)
    for action in (listing, running):
        action.add_argument("--lang", default="en", help="language: en, ja (default en)")
        add_common(action)


def _language(arguments: argparse.Namespace) -> str:
    if arguments.lang not in ("en", "ja"):
        raise ArgumentError(f"--lang must be one of en, ja, not {arguments.lang!r}")
    return str(arguments.lang)


def run_list(arguments: argparse.Namespace, console: Console, command: str) -> int:
    """Show the course."""
    from denpa.lab.course import COURSE

    language = _language(arguments)
    if console.json:
        listed = [
            {
                "name": e.name,
                "title": e.title(language),
                "section": section.title(language),
                "data": e.data or None,
                "timing": e.timing,
                "hours": e.hours,
                "file": str(e.path),
            }
            for section in COURSE
            for e in section.labs
        ]
        console.result({"labs": listed})
        return 0
    width = max(len(e.name) for section in COURSE for e in section.labs)
    for section in COURSE:
        console.write(f"\n{section.title(language)}")
        for e in section.labs:
            long = translated(" (hours)", language) if e.hours else ""
            console.write(f"  {e.name:{width}}  {e.title(language)}{long}")
    console.line("\ndenpa lab run NAME [--quick] runs one, denpa lab run all --quick runs all")
    return 0


def run_lab(arguments: argparse.Namespace, console: Console, command: str) -> int:
    """Run one lab or all of them. 0 where every claim holds, 1 where one does not."""
    language = _language(arguments)
    if arguments.seed < 0:
        raise ArgumentError(f"--seed must not be negative, not {arguments.seed}")
    if arguments.jobs is not None and arguments.jobs < 1:
        raise ArgumentError(f"--jobs must be at least 1, not {arguments.jobs}")
    if arguments.lab == "all":
        return _run_all(arguments, console, language)
    from denpa.lab import style
    from denpa.lab.run import prepare, run_file

    name, path = _named(arguments.lab)
    limits = limits_of(arguments)
    style.require()  # before the minutes of work, not after
    folder = _folder(arguments, name)
    prepare(folder, arguments.overwrite)
    if arguments.lab.endswith(".py"):
        return _run_theirs(path, folder, limits, arguments, console)
    with console.printed():
        result = run_file(path, quick=arguments.quick, seed=arguments.seed)
    written = result.write(folder, language)
    _show(result, folder, written, console, language)
    return 0 if result.holds else 1


def _run_theirs(
    path: Path, folder: Path, limits: Limits, arguments: argparse.Namespace, console: Console
) -> int:
    """Run somebody's file where the limits hold. 2 where it did not come to its end."""
    import denpa.cli.lab_run  # noqa: F401  # before the code's time begins
    from denpa.check.limits import failure, run

    given = {
        "path": str(path),
        "folder": str(folder.resolve()),
        "quick": arguments.quick,
        "seed": arguments.seed,
        "lang": arguments.lang,
    }
    ended = run("denpa.cli.lab_run:answer", given, limits)
    found = ended.answer
    for text in found.get("warnings", ()):
        console.warn(text)
    if ended.said.strip():  # what it has printed
        console.line(ended.said.rstrip())
    if "record" not in found:
        failed = failure(ended, str(path), arguments.lang)
        if arguments.debug:
            console.trace(ended.error.get("trace", ""))
        if console.json:
            console.result(
                {"lab": None, "holds": None, "error": failed.text, "limit": failed.limit}
            )
        (console.trace if failed.whole else console.error)(failed.text)
        return 1 if failed.bug else 2
    if console.json:
        console.result({**found["record"], "folder": str(folder)})
    else:
        _tell_run(
            found["note"], found["claims"], found["seconds"], folder, found["written"], console
        )
    return 0 if found["holds"] else 1


def _tell_run(
    note: str,
    claims: list[str],
    seconds: float,
    folder: Path,
    written: list[str],
    console: Console,
) -> None:
    """What a run has found, for people."""
    if note:
        console.line(note)
    for text in claims:
        console.write(text)
    console.line(f"{seconds:.1f} s; written to {folder}: {', '.join(written)}")


def _named(given: str) -> tuple[str, Path]:
    """The name and the file of a lab. Errors: an ArgumentError with the nearest names."""
    from denpa.lab.course import entries, find

    if given.endswith(".py"):
        path = Path(given)
        if not path.is_file():
            raise ArgumentError(f"{given}: no such file")
        return path.stem, path
    entry = find(given)
    if entry is not None:
        return entry.name, entry.path
    names = [e.name for e in entries()]
    near = get_close_matches(given.lower().replace("_", "-"), [*names, "all"], 3, 0.4)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise ArgumentError(f"unknown lab {given!r}.{hint} See denpa lab list")


def _folder(arguments: argparse.Namespace, name: str) -> Path:
    if arguments.out is not None:
        return Path(arguments.out)
    return Path("labs") / f"{name}-{datetime.now():%Y%m%d-%H%M%S}"


def _show(
    result: Result, folder: Path, written: list[str], console: Console, language: str
) -> None:
    from denpa.lab.session import line
    from denpa.lab.words import translate

    if console.json:
        console.result({**result.record(language), "folder": str(folder)})
        return
    note = translate(result.lab.note, language) if result.lab.note else ""
    claims = [line(claim, language) for claim in result.lab.claims]
    _tell_run(note, claims, result.seconds, folder, written, console)


def _run_all(arguments: argparse.Namespace, console: Console, language: str) -> int:
    import os

    from denpa.lab import style
    from denpa.lab.course import entries
    from denpa.lab.course_run import run_many
    from denpa.lab.run import prepare

    style.require()
    labs = [e for e in entries() if arguments.quick or not e.hours]
    folder = _folder(arguments, "all")
    prepare(folder, arguments.overwrite)
    options = ["--seed", str(arguments.seed), "--lang", language]
    options += ["--quick"] * arguments.quick
    jobs = arguments.jobs or os.cpu_count() or 1
    for e in entries():
        if e not in labs:
            console.line(f"left out: {e.name} takes hours; denpa lab run {e.name} runs it")
    done: list[Outcome] = []

    def tell(outcome: Outcome) -> None:
        done.append(outcome)
        _tell(outcome, console, len(done), len(labs))

    try:
        run_many(labs, folder, options, jobs, tell)
    except KeyboardInterrupt:
        console.line(f"interrupted after {len(done)} of {len(labs)} labs; they are in {folder}")
        raise
    failed = [o for o in done if not o.holds]
    if console.json:
        results = [o.result or {"lab": o.entry.name, "error": o.error} for o in done]
        console.result({"folder": str(folder), "holds": not failed, "labs": results})
    else:
        console.write(f"{len(done) - len(failed)} of {len(done)} labs hold; results in {folder}")
    return 1 if failed else 0


def _tell(outcome: Outcome, console: Console, number: int, total: int) -> None:
    mark = "✓" if outcome.holds else "✗"
    counted = f"[{number:{len(str(total))}}/{total}]"
    console.line(f"{counted} {mark} {outcome.entry.name}  {outcome.seconds:.1f} s")
    if outcome.error:
        console.line(f"    {outcome.error}")
    elif outcome.result is not None:
        for claim in outcome.result["claims"]:
            if not claim["holds"]:
                said = f"{claim['claim']}: {claim['measured']} ({claim['expected']})"
                console.line(f"    ✗ {said}")
