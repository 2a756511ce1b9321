"""`denpa check FILE:NAME`: is a gradient right, and if not, which mistake is it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from denpa.cli import check_class
from denpa.cli.arguments import add_common
from denpa.cli.console import Console
from denpa.cli.outputs import write_output
from denpa.core.errors import ArgumentError
from denpa.report.outputs import check_output
from denpa.words import say

if TYPE_CHECKING:
    from denpa.check.limits import Ended, Limits

_SECONDS = (60.0, 20.0)  # of --timeout, and that of each submission of a class
_WRONG, _NOTHING = 1, 2  # exit codes: a gradient is wrong, nothing could be said

_EPILOG = """\
what to check:
  FILE                     a file with one thing to check; with several they are listed
  FILE:NAME                a class, an object, a function, or a function that makes a layer
  FILE:f --grad df         a function and its gradient; f_grad, df, f_backward … are found alone
  FILE:NAME --rule adam    an optimizer against its definition
  notebook.ipynb:NAME      imports, definitions and constants run, other cells not
  package.module:NAME      as python -m finds it
  --class FOLDER --name NAME,NAME    what a class has handed in, each in a process of its own

examples:
  denpa check mylayers.py:Affine
  denpa check mylayers.py:Affine --init "W=rand(4,3), b=rand(3)" --input "x=rand(5,4)"
  denpa check train.py:net --data digits      a whole network with its loss on real data
  denpa check --class submissions/ --name Affine --csv marks.csv
  denpa check gallery                         planted mistakes, to learn from
  denpa check explain bias                    what a mistake is, with an example by hand

FILE is run, with your rights, in a process of its own, and --init and --input are evaluated as
Python. The limits hold against mistakes such as an endless loop; they are no sandbox: do not check
code that you would not run.

exit codes: 0 right, 1 wrong, 2 nothing could be said (an error, or not written yet)
"""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "check",
        help="check a gradient and name the mistake",
        description="Compare gradients with differences; where they disagree, say which mistake it "
        "is and in which line.",
        epilog=_EPILOG,
    )
    put = parser.add_argument
    put(
        "what",
        metavar="FILE:NAME",
        nargs="?",
        help="what to check, as below; or `gallery`, or `explain`",
    )
    put(
        "exhibit",
        metavar="NAME",
        nargs="?",
        help="of a mistake, or a word, for gallery and explain",
    )
    put(
        "--self",
        action="store_true",
        dest="itself",
        help="check the checker: every planted mistake must be named",
    )
    put("--init", metavar="ARGUMENTS", help='of the constructor, as in "W=rand(4,3), b=rand(3)"')
    put("--input", metavar="ARGUMENTS", help="of forward or of the function, the input first")
    put("--grad", metavar="NAME", help="the function of the same file that is the gradient")
    put("--jax", action="store_true", help="the function is one that JAX differentiates")
    put("--data", metavar="NAME|PATH", help="digits, mnist, or a file: real inputs and targets")
    put("--target", metavar="COLUMN", help="of the file, to predict")
    put("--batch", type=int, metavar="N", help="examples of --data (default 32)")
    put(
        "--loss",
        metavar="NAME",
        help="such as cross_entropy or mse_loss (default: what fits the targets)",
    )
    put("--rule", metavar="NAME", help="check an update against this definition: sgd, adam, …")
    put("--step", type=float, metavar="H", help="say how good a difference of this step is")
    put("--html", metavar="FILE", help="write the report as a page, too")
    put("--overwrite", action="store_true", help="replace FILE of --html and --csv if it is there")
    put("--lang", choices=("en", "ja"), default="en", help="of the report")
    put("--seed", type=int, default=0, help="of the numbers that are drawn")
    put(
        "--budget", type=float, default=10.0, metavar="SECONDS", help="for differences (default 10)"
    )
    put("--evaluations", type=int, metavar="N", help="forward passes for differences, at most")
    check_class.add(parser)
    add_limits(parser)
    add_common(parser)
    parser.set_defaults(run=run_check)


def add_limits(
    parser: argparse.ArgumentParser, timeout: float | None = None, what: str | None = None
) -> None:
    """The options that say how much the code may use; the default of --timeout, if there is one."""
    put = parser.add_argument_group("limits", what).add_argument
    usual = "60, for a class 20" if timeout is None else f"{timeout:g}"
    put(
        "--timeout",
        type=float,
        metavar="SECONDS",
        default=timeout,
        help="of processor time, three times as long on the clock, after which code that hangs is "
        f"stopped (default {usual})",
    )
    put("--memory", default="4G", metavar="SIZE", help="that the code may use (default 4G)")
    put(
        "--written",
        default="256M",
        metavar="SIZE",
        help="that the code may write into files (default 256M)",
    )


def limits_of(arguments: argparse.Namespace) -> Limits:
    """What the options of `add_limits` say. Errors: ArgumentError for no size."""
    from denpa.check.limits import Limits, size

    sizes = {}
    for option in ("memory", "written"):
        try:
            sizes[option] = size(getattr(arguments, option))
        except ArgumentError as error:
            raise ArgumentError(f"--{option}: {error}") from None
    return Limits(arguments.timeout, **sizes)


def run_check(arguments: argparse.Namespace, console: Console, command: str) -> int:
    """Check, and show the report."""
    if arguments.itself:
        from denpa.cli.check_gallery import run_itself

        return run_itself(arguments, console)
    if arguments.what == "gallery":
        from denpa.cli.check_gallery import run_gallery

        return run_gallery(arguments, console)
    if arguments.what == "explain":
        from denpa.cli.check_explain import run_explain

        return run_explain(arguments, console)
    of_class = arguments.folder is not None
    if arguments.timeout is None:
        arguments.timeout = _SECONDS[of_class]
    try:
        limits = limits_of(arguments)
        _refuse(arguments)
        for path in (arguments.html, arguments.csv):
            if path is not None:
                check_output(Path(path), _inputs(arguments), arguments.overwrite)
        if of_class:
            return check_class.run_class(arguments, limits, console)
        check_class.refuse(arguments)
        if arguments.what is None:
            raise ArgumentError(
                say("name what to check, as in mylayers.py:Affine. See denpa check --help")
            )
    except ArgumentError as error:
        if console.json:
            console.result(_nothing(arguments.what, str(error)))
        raise
    import denpa.cli.check_run  # noqa: F401  # before the code's time begins
    from denpa.check.limits import run

    given = {k: v for k, v in vars(arguments).items() if k != "run"}
    ended = run("denpa.cli.check_run:answer", given, limits)
    for text in ended.answer.get("warnings", ()):
        console.warn(text)
    if ended.left:
        console.warn(
            say("processes that the code had left running were stopped: {left}", left=ended.left)
        )
    if "ok" not in ended.answer:
        return _failed(ended, arguments, console)
    if arguments.html is not None:
        page = ended.answer["html"].encode("utf-8", "backslashreplace")
        write_output(arguments.html, "--html", page, console)
    if console.json:
        console.result(ended.answer["data"])
    else:
        console.write(ended.answer["text"])
        _more(ended.answer["data"], arguments.lang, console)
    if ended.answer["ok"] is None:  # nothing was compared
        return _NOTHING
    return 0 if ended.answer["ok"] else _WRONG


def _failed(ended: Ended, arguments: argparse.Namespace, console: Console) -> int:
    """Tell why nothing could be said."""
    from denpa.check.limits import failure

    found = failure(ended, arguments.what, arguments.lang)
    if console.json:
        told = _nothing(arguments.what, found.text, found.limit, found.outcome)
        console.result({**told, **({"offers": found.offers} if found.offers else {})})
    if arguments.debug:
        console.trace(ended.error.get("trace", ""))
    (console.trace if found.whole else console.error)(found.text)
    return _NOTHING


def _nothing(
    what: str | None, error: str, limit: str | None = None, outcome: str = "error"
) -> dict[str, Any]:
    """What JSON has where nothing could be said: `outcome` is "error", "limit", "unwritten" for an
    exercise that is not filled in, or "choose" for a file that holds several things."""
    return {"title": what, "ok": None, "outcome": outcome, "error": error, "limit": limit}


def _more(data: dict[str, Any], language: str, console: Console) -> None:
    """Where the first mistake is explained."""
    named = [f["mistake"] for f in data["findings"] if f.get("explanation")]
    if named:
        more = say("more")
        flag = " --lang ja" if language == "ja" else ""
        console.write(f"{more}: denpa check explain {named[0]}{flag}")


def _refuse(arguments: argparse.Namespace) -> None:
    """Arguments that say nothing together. Errors: ArgumentError."""
    if arguments.exhibit is not None:
        given = arguments.exhibit
        raise ArgumentError(say("unknown argument {given!r}. See denpa check --help", given=given))
    if arguments.data is None:
        for option in ("target", "batch"):
            if getattr(arguments, option) is not None:
                raise ArgumentError(
                    say("--{option} belongs to --data, which is not given", option=option)
                )
    elif arguments.input is not None:
        raise ArgumentError(say("--data and --input both say what to put in; give one of them"))
    for option in ("budget", "timeout", "batch", "step", "evaluations"):
        value = getattr(arguments, option)
        if value is not None and not value > 0:
            raise ArgumentError(
                say("--{option} must be more than 0, not {value:g}", option=option, value=value)
            )


def _inputs(arguments: argparse.Namespace) -> list[Path]:
    """The files that are read: no page or table is written over one of them."""
    what = arguments.what or ""
    named = (what, what.rpartition(":")[0], arguments.tests, arguments.rubric, arguments.data)
    inputs = [Path(name) for name in named if name]
    if arguments.folder is not None:
        inputs += [p for p in Path(arguments.folder).rglob("*") if p.is_file()]
    return inputs
