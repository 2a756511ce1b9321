"""The entry point: `denpa COMMAND ...`.

Exit codes: 0; 2 for the user's mistakes; 1 for ours, where `check` finds a wrong gradient, where a
lab's claim does not hold, and where standard output was full or closed; 130 for Ctrl-C, 143 for
TERM, 129 for HUP.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import traceback
import warnings
from collections.abc import Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any

from denpa.cli.arguments import HelpAsked, Parser
from denpa.cli.console import Console
from denpa.cli.mistakes import is_mistake, told
from denpa.core.errors import ArgumentError
from denpa.words import say, speaking

COMMANDS = ("train", "evaluate", "predict", "explain", "check", "lab", "data")
_MISTAKE, _BUG = 2, 1


def parser(only: str = "") -> Parser:
    """The parser of the whole command line; of one command, where it is known to be the one that is
    given: the others need not be loaded."""
    top = Parser(
        prog="denpa",
        description="Train neural networks by backpropagation that you can see, check and replay.",
        epilog="denpa COMMAND --help tells more. Begin with: denpa train digits",
    )
    top.add_argument("--version", action="store_true", help="show the version and end")
    for option in ("--json", "--quiet", "--debug"):  # read from the whole line, in any place
        top.add_argument(option, action="store_true", help=argparse.SUPPRESS)
    commands = top.add_subparsers(dest="name", metavar="COMMAND", parser_class=Parser)
    for name in (only,) if only in COMMANDS else COMMANDS:
        import_module(f"denpa.cli.{name}").add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    # Known before parsing, so that a mistake on the command line is told in the right way too.
    debug = "--debug" in given
    console = Console(json="--json" in given, quiet="--quiet" in given)
    console.lasting = _command(given) in ("train", "lab")
    _hold_streams()
    with speaking(_language(given)):
        return console.code(_told(given, console, debug))


def _hold_streams() -> None:
    """Open nowhere what was closed (`>&-`): else the next file would be opened in its place, and be
    written to by what prints there. Wait for a slow reader, whom another program may have set not
    to be waited for."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
        if os.name != "nt":
            os.set_blocking(number, True)


def _command(given: Sequence[str]) -> str:
    """The command's name, which is the first word that is no option."""
    return next((x for x in given if not x.startswith("-")), "")


def _language(given: Sequence[str]) -> str:
    """What --lang says on a command line that may be wrong elsewhere."""
    if _command(given) not in ("check", "lab", "explain"):
        return "en"  # the other commands speak English
    said = [b for a, b in pairwise(given) if a == "--lang"]
    said += [a.removeprefix("--lang=") for a in given if a.startswith("--lang=")]
    return "ja" if said[-1:] == ["ja"] else "en"


def _told(given: list[str], console: Console, debug: bool) -> int:
    """Run one command; what it raises is told."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.showwarning = _teller(console)
            return _run(given, console)
    except KeyboardInterrupt as error:
        console.error(say("interrupted"))
        return 128 + (error.args[0] if error.args else signal.SIGINT)
    except Exception as error:
        if debug:
            console.traceback(traceback.format_exc())
        if is_mistake(error):
            tell = console.trace if getattr(error, "whole", False) else console.error
            tell(told(error))
            return _MISTAKE
        what = f"{type(error).__name__}: {error}"
        console.error(
            say("this is a bug in Denpa ({what})", what=what)
            + ("" if debug else say("; run again with --debug and report what it prints"))
        )
        return _BUG


def _run(given: list[str], console: Console) -> int:
    try:
        arguments = parser(_command(given)).parse_args(given)
    except HelpAsked as asked:
        console.write(asked.text.rstrip("\n"))
        raise SystemExit(console.code(0)) from None
    if arguments.version:
        from importlib.metadata import version

        number = version("denpa")
        if console.json:
            console.result({"version": number})
        else:
            console.write(f"denpa {number}")
        return 0
    if arguments.name is None:
        known = ", ".join(COMMANDS)
        raise ArgumentError(say("name a command: {known}. See denpa --help", known=known))
    command = shlex.join(["denpa", *given])
    code: int = arguments.run(arguments, console, command)
    return code


def _teller(console: Console) -> Any:
    def tell(message: Any, *_: Any, **__: Any) -> None:
        console.warn(message)

    return tell


if __name__ == "__main__":
    sys.exit(main())
