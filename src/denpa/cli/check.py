"""`denpa check FILE:NAME`: is a hand-written gradient right, and if not, which mistake is it."""

from __future__ import annotations

import argparse
import inspect
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from denpa.cli.arguments import add_common
from denpa.cli.console import Console
from denpa.core.errors import ArgumentError

if TYPE_CHECKING:
    from denpa.check import Report

_WRONG = 1  # exit code where a gradient is wrong

_EPILOG = """\
examples:
  denpa check mylayers.py:Affine
  denpa check mylayers.py:Affine --init "W=rand(4,3), b=rand(3)" --input "x=rand(5,4)"
  denpa check mylayers.py:make_network        a function without arguments that returns a layer
  denpa check gallery                         planted mistakes, to learn from
  denpa check gallery relu-upstream-mask-x
"""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "check", help="check a hand-written gradient and name the mistake",
        description="Check the gradients of a layer class in textbook form: forward(x), "
        "backward(dout), self.W beside self.dW.",
        epilog=_EPILOG,
    )  # fmt: skip
    parser.add_argument("what", metavar="FILE:NAME", nargs="?",
                        help="a class, an instance or a factory; or `gallery`")  # fmt: skip
    parser.add_argument("exhibit", metavar="NAME", nargs="?", help="of a mistake in the gallery")
    parser.add_argument("--self", action="store_true", dest="itself",
                        help="check the checker: every planted mistake must be named")  # fmt: skip
    parser.add_argument("--init", metavar="ARGUMENTS", help="of the constructor")
    parser.add_argument("--input", metavar="ARGUMENTS", help="of forward, the input first")
    parser.add_argument("--lang", choices=("en", "ja"), default="en", help="of the report")
    parser.add_argument("--seed", type=int, default=0, help="of the numbers that are drawn")
    parser.add_argument("--budget", type=float, default=10.0, metavar="SECONDS",
                        help="for differences (default 10)")  # fmt: skip
    parser.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS",
                        help="after which code that hangs is stopped (default 60)")  # fmt: skip
    add_common(parser)
    parser.set_defaults(run=run_check)


def run_check(arguments: argparse.Namespace, console: Console, command: str) -> int:
    """Check, and show the report."""
    from denpa import check
    from denpa.check.load import load, make, run_theirs

    if arguments.itself:
        return _itself(arguments, console)
    if arguments.what == "gallery":
        return _gallery(arguments, console)
    if arguments.what is None:
        raise ArgumentError("name what to check, as in mylayers.py:Affine. See denpa check --help")
    if arguments.exhibit is not None:
        raise ArgumentError(f"unknown argument {arguments.exhibit!r}. See denpa check --help")
    found, name = load(arguments.what)
    if inspect.isfunction(found) and not inspect.signature(found).parameters:
        found = run_theirs(found, name, "calling it", arguments.timeout)
    layer, x = run_theirs(
        lambda: make(found, name, arguments.init, arguments.input, arguments.seed),
        name, "making it", arguments.timeout,
    )  # fmt: skip

    def examined() -> Report:
        return check.layer(
            layer, *x, seed=arguments.seed, budget=arguments.budget, language=arguments.lang
        )

    report = run_theirs(examined, name, "checking it", arguments.timeout)
    return _shown(report, console)


def _shown(report: Report, console: Console) -> int:
    if console.json:
        console.result(report.to_dict())
    else:
        console.write(str(report))
    return 0 if report.ok else _WRONG


def _itself(arguments: argparse.Namespace, console: Console) -> int:
    from denpa.check import gallery

    found = gallery.examined(arguments.lang)
    if console.json:
        console.result(found)
    else:
        console.write(
            f"{found['named']} of {found['mutants']} planted mistakes named, "
            f"{found['false_alarms']} false alarms on {found['correct_cases']} right layers"
        )
        for line in (*found["missed"], *found["alarms"]):
            console.write(f"  {line}")
    return 0 if not found["missed"] and not found["alarms"] else _WRONG


def _gallery(arguments: argparse.Namespace, console: Console) -> int:
    """One planted mistake: the line that is wrong, and what the check says."""
    from denpa import check
    from denpa.check import gallery

    titles: dict[str, gallery.Mutant] = {}
    for m in gallery.MUTANTS:
        titles[m.title + (f"-{n}" if (n := sum(t.startswith(m.title) for t in titles)) else "")] = m
    if arguments.exhibit is None:
        rows = [(title, m.new) for title, m in titles.items()]
        if console.json:
            console.result({"gallery": [title for title, _ in rows]})
        else:
            console.table(rows, ("NAME", "WRONG CODE"))
        return 0
    chosen = titles.get(arguments.exhibit)
    if chosen is None:
        close = get_close_matches(arguments.exhibit, titles, 3, 0.3)
        raise ArgumentError(
            f"the gallery has no {arguments.exhibit!r}; near are {', '.join(close) or 'none'}. "
            "denpa check gallery lists all"
        )
    obj, given = gallery.built(chosen.layer, chosen)
    report = check.layer(obj, *given, language=arguments.lang)
    if not console.json:
        for line in gallery.EXHIBITS[chosen.layer].source.strip().splitlines():
            if chosen.old in line:
                console.write(f"- {line}")
                line = line.replace(chosen.old, chosen.new)
                console.write(f"+ {line}")
            else:
                console.write(f"  {line}")
        console.write("")
    _shown(report, console)
    return 0
