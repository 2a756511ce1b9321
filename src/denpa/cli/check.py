"""`denpa check FILE:NAME`: is a gradient right, and if not, which mistake is it."""

from __future__ import annotations

import argparse
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from denpa.cli.arguments import add_common
from denpa.cli.console import Console
from denpa.core.errors import ArgumentError

if TYPE_CHECKING:
    from denpa.check import Report

_WRONG = 1  # exit code where a gradient is wrong

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
  denpa check gallery                         planted mistakes, to learn from
  denpa check gallery relu-upstream-mask-x
  denpa check explain bias-not-summed         what a mistake is, with an example by hand
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
    put("--timeout", type=float, default=60.0, metavar="SECONDS",
        help="after which code that hangs is stopped (default 60)")  # fmt: skip
    add_common(parser)
    parser.set_defaults(run=run_check)


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
    from denpa.check.steady import leaves_generators

    _refuse(arguments)
    report = leaves_generators(_examined)(arguments)
    if arguments.html is not None:
        _page(report, Path(arguments.html), console)
    if console.json:
        console.result(report.to_dict())
    else:
        console.write(str(report))
        _more(report, arguments.lang, console)
    return 0 if report.ok else _WRONG


def _more(report: Report, language: str, console: Console) -> None:
    """Where the first mistake is explained."""
    from denpa.check.explain.book import link

    named = [f.mistake for f in report.findings if f.mistake != "unknown" and link(f.mistake)]
    if named:
        more = "くわしくは" if language == "ja" else "more"
        flag = " --lang ja" if language == "ja" else ""
        console.write(f"{more}: denpa check explain {named[0]}{flag}")


def _refuse(arguments: argparse.Namespace) -> None:
    """Arguments that say nothing together. Errors: ArgumentError."""
    if arguments.what is None:
        raise ArgumentError("name what to check, as in mylayers.py:Affine. See denpa check --help")
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


def _examined(arguments: argparse.Namespace) -> Report:
    from denpa.check.opening.load import beside, load, run_theirs
    from denpa.check.opening.open import Given, opened, reported

    found, name = load(arguments.what, arguments.timeout)
    limit = arguments.timeout
    if arguments.rule is not None:
        from denpa.check.rules.update import update_rule

        def compared() -> Report:
            return update_rule(
                found, arguments.rule, language=arguments.lang, seed=arguments.seed, timeout=limit
            )

        checked: Report = run_theirs(compared, name, "running it", limit)
        return checked
    gradient = None if arguments.grad is None else beside(arguments.what, arguments.grad)
    plain = inspect.isfunction(found) and not inspect.signature(found).parameters
    if plain and gradient is None and not arguments.jax:
        found = run_theirs(found, name, "calling it", limit)
    examples = None
    if arguments.data is not None:
        from denpa.cli.check_data import examples_of

        examples = examples_of(
            arguments.data, arguments.target, arguments.batch or 32, arguments.seed
        )
    options = {k: getattr(arguments, k) for k in ("step", "evaluations")}
    given = Given(
        arguments.init, arguments.input, gradient, arguments.jax, arguments.loss, examples,
        arguments.seed, arguments.budget, arguments.lang,
        {k: v for k, v in options.items() if v is not None},
    )  # fmt: skip
    subject = run_theirs(lambda: opened(found, name, given), name, "making it", limit)
    report: Report = run_theirs(lambda: reported(subject, given), name, "checking it", limit)
    return report


def _page(report: Any, path: Path, console: Console) -> None:
    try:
        path.write_text(report.to_html(), encoding="utf-8")
    except OSError as error:
        raise ArgumentError(f"--html {path}: {error.strerror or error}") from None
    console.line(f"wrote {path}")
