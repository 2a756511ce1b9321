"""Arguments of the command line: errors in one line with the nearest name, common options."""

from __future__ import annotations

import argparse
import os
import re
from difflib import get_close_matches
from typing import Any, NoReturn

from denpa.core.errors import ArgumentError
from denpa.words import say

_CHOICE = re.compile(r"argument (\S+): invalid choice: '(.*)' \(choose from (.*)\)", re.DOTALL)

_TYPED = re.compile(r"^argument (\S+): invalid (\w+) value: '(.*)'$", re.DOTALL)
_TYPES = {"int": "a whole number", "float": "a number"}
_VALUE = re.compile(r"^argument (\S+): expected one argument$")


def flag(name: str) -> str:
    """A setting's name on the command line."""
    return "--" + name.replace("_", "-")


class HelpAsked(Exception):
    """`--help` was given."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Parser(argparse.ArgumentParser):
    """A parser whose errors are ArgumentErrors, so that all mistakes are told in the same way."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("allow_abbrev", False)
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, **kwargs)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse; what a command does not know is its own error, with its own options."""
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            self.error(f"unrecognized arguments: {' '.join(rest)}")
        return found, rest

    def print_help(self, file: Any = None) -> NoReturn:
        """Raise HelpAsked: the console prints."""
        raise HelpAsked(self.format_help())

    def error(self, message: str) -> NoReturn:
        """Raise an ArgumentError that tells what was expected."""
        choice = _CHOICE.fullmatch(message)
        if choice:
            what, given, listed = choice.groups()
            names = [n.strip(" '") for n in listed.split(",")]
            message = say(
                "unknown {what} {given!r}; choose from {names}.",
                what=what,
                given=given,
                names=", ".join(names),
            )
            message += self._near(given, names)
        elif message.startswith("unrecognized arguments: "):
            given = message.removeprefix("unrecognized arguments: ").split()
            message = say("unknown argument {given!r}.", given=given[0])
            own = [option for action in self._actions for option in action.option_strings]
            message += self._near(given[0].split("=")[0], own)
            if os.path.exists(given[0]):
                message += say(" For the file of that name, write ./{given}.", given=given[0])
            message += say(" See {prog} --help", prog=self.prog)
        elif message.startswith("the following arguments are required: "):
            absent = message.removeprefix("the following arguments are required: ")
            message = say("missing {absent}. See {prog} --help", absent=absent, prog=self.prog)
        message = _VALUE.sub(say("\\1 needs a value"), message)
        typed = _TYPED.fullmatch(message)
        if typed:
            option, kind, given = typed.groups()
            what = say(_TYPES[kind]) if kind in _TYPES else kind
            message = say(
                "{option} must be {what}, not {given!r}", option=option, what=what, given=given
            )
        raise ArgumentError(message)

    @staticmethod
    def _near(given: str, names: list[str]) -> str:
        close = get_close_matches(given, names, 1, 0.6)
        return say(" Did you mean {name!r}?", name=close[0]) if close else ""


def add_backend(parser: argparse.ArgumentParser) -> None:
    """The option that says what computes."""
    parser.add_argument(
        "--backend",
        default="native",
        choices=("native", "eager"),
        metavar="BACKEND",
        help="how it is computed: native (compiled, where it pays), eager (default native)",
    )


def add_common(parser: argparse.ArgumentParser) -> None:
    """The options that every command has."""
    group = parser.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="one JSON document on standard output")
    group.add_argument("--quiet", action="store_true", help="the result only")
    group.add_argument("--debug", action="store_true", help="show the traceback of an error")
