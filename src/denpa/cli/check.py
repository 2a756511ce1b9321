"""`denpa check FILE:NAME`: is a gradient right, and if not, which mistake is it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from denpa.cli import check_class
from denpa.cli.arguments import add_common
from denpa.cli.console import Console
from denpa.core.errors import ArgumentError

if TYPE_CHECKING:
    from denpa.check.limits import Ended, Limits

_SECONDS = (60.0, 20.0)  # of --timeout, and that of each submission of a class
_WRONG, _NOTHING = 1, 2  # exit codes: a gradient is wrong, nothing could be said

_EPILOG = """\
what FILE:NAME may be:
  a layer in textbook form (class, instance, or a function without arguments that returns one):
  forward(x), backward(dout), self.W beside self.dW; a network with loss(x, t), gradient(x, t) and
  a dict params; a Denpa or PyTorch module or autograd.Function; a JAX function with custom_vjp; a
  function, with --grad NAME; an optimizer's update, with --rule NAME

examples:
  denpa check mylayers.py:Affine
  denpa check mylayers.py:Affine --init "W=rand(4,3), b=rand(3)" --input "x=rand(5,4)"
  denpa check train.py:net --data digits      a whole network with its loss on real data
  denpa check train.py:net --data houses.csv --target price
  denpa check mymath.py:f --grad df --input "x=rand(5)"
  denpa check myadam.py:step --rule adam
  denpa check --class submissions/ --name Affine --csv marks.csv
  denpa check gallery                         planted mistakes, to learn from
  denpa check gallery relu-upstream-mask-x
  denpa check explain bias-not-summed         what a mistake is, with an example by hand

FILE is run, with your rights, in a process of its own, and --init and --input are evaluated as
Python. The limits hold against mistakes such as an endless loop; they are no sandbox: do not check
code that you would not run.

exit codes: 0 right, 1 wrong, 2 nothing could be said
"""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "check", help="check a gradient and name the mistake",
        description="Compare gradients with differences; where they disagree, say which mistake it "
        "is and in which line.",
        epilog=_EPILOG,
    )  # fmt: skip
    put = parser.add_argument
    put("what", metavar="FILE:NAME", nargs="?", help="what to check; or `gallery`, or `explain`")
    put("exhibit", metavar="NAME", nargs="?", help="of a mistake, for gallery and explain")
    put("--self", action="store_true", dest="itself",
        help="check the checker: every planted mistake must be named")  # fmt: skip
    put("--init", metavar="ARGUMENTS", help='of the constructor, as in "W=rand(4,3), b=rand(3)"')
    put("--input", metavar="ARGUMENTS", help="of forward or of the function, the input first")
    put("--grad", metavar="NAME", help="the function of the same file that is the gradient")
    put("--jax", action="store_true", help="the function is one that JAX differentiates")
    put("--data", metavar="NAME|PATH", help="digits, mnist, or a file: real inputs and targets")
    put("--target", metavar="COLUMN", help="of the file, to predict")
    put("--batch", type=int, metavar="N", help="examples of --data (default 32)")
    put("--loss", metavar="NAME", help="such as cross_entropy or mse_loss (default: what fits the "
        "targets)")  # fmt: skip
    put("--rule", metavar="NAME", help="check an update against this definition: sgd, adam, …")
    put("--step", type=float, metavar="H", help="say how good a difference of this step is")
    put("--html", metavar="FILE", help="write the report as a page, too")
    put("--lang", choices=("en", "ja"), default="en", help="of the report")
    put("--seed", type=int, default=0, help="of the numbers that are drawn")
    put("--budget", type=float, default=10.0, metavar="SECONDS",
        help="for differences (default 10)")  # fmt: skip
    put("--evaluations", type=int, metavar="N", help="forward passes for differences, at most")
    check_class.add(parser)
    add_limits(parser)
    add_common(parser)
    parser.set_defaults(run=run_check)


def add_limits(parser: argparse.ArgumentParser) -> None:
    """The options that say how much the code may use."""
    put = parser.add_argument_group("limits").add_argument
    put("--timeout", type=float, metavar="SECONDS",
        help="of processor time, three times as long on the clock, after which code that hangs is "
        "stopped (default 60, for a class 20)")  # fmt: skip
    put("--memory", default="4G", metavar="SIZE", help="that the code may use (default 4G)")
    put("--written", default="256M", metavar="SIZE",
        help="that the code may write into files (default 256M)")  # fmt: skip


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
        if of_class:
            return check_class.run_class(arguments, limits, console)
        check_class.refuse(arguments)
        if arguments.what is None:
            raise ArgumentError(
                "name what to check, as in mylayers.py:Affine. See denpa check --help"
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
        console.warn(f"processes that the code had left running were stopped: {ended.left}")
    if "ok" not in ended.answer:
        return _failed(ended, arguments, console)
    if arguments.html is not None:
        _page(ended.answer["html"], Path(arguments.html), console)
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
        console.result(_nothing(arguments.what, found.text, found.limit))
    if arguments.debug:
        console.trace(ended.error.get("trace", ""))
    (console.trace if found.whole else console.error)(found.text)
    return _NOTHING


def _nothing(what: str | None, error: str, limit: str | None = None) -> dict[str, Any]:
    """What JSON has where nothing could be said."""
    return {"title": what, "ok": None, "error": error, "limit": limit}


def _more(data: dict[str, Any], language: str, console: Console) -> None:
    """Where the first mistake is explained."""
    named = [f["mistake"] for f in data["findings"] if f.get("explanation")]
    if named:
        more = "くわしくは" if language == "ja" else "more"
        flag = " --lang ja" if language == "ja" else ""
        console.write(f"{more}: denpa check explain {named[0]}{flag}")


def _refuse(arguments: argparse.Namespace) -> None:
    """Arguments that say nothing together. Errors: ArgumentError."""
    if arguments.exhibit is not None:
        raise ArgumentError(f"unknown argument {arguments.exhibit!r}. See denpa check --help")
    if arguments.data is None:
        for option in ("target", "batch"):
            if getattr(arguments, option) is not None:
                raise ArgumentError(f"--{option} belongs to --data, which is not given")
    elif arguments.input is not None:
        raise ArgumentError("--data and --input both say what to put in; give one of them")
    for option in ("budget", "timeout", "batch", "step", "evaluations"):
        value = getattr(arguments, option)
        if value is not None and not value > 0:
            raise ArgumentError(f"--{option} must be more than 0, not {value:g}")


def _page(html: str, path: Path, console: Console) -> None:
    try:
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        raise ArgumentError(f"--html {path}: {error.strerror or error}") from None
    console.line(f"wrote {path}")
