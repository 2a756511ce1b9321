"""Arguments of the command line: errors in one line with the nearest name, common options."""

from __future__ import annotations

import argparse
import re
from difflib import get_close_matches
from typing import Any, NoReturn

from denpa.core.errors import ArgumentError

_CHOICE = re.compile(r"argument (\S+): invalid choice: '(.*)' \(choose from (.*)\)", re.DOTALL)

_VALUE = re.compile(r"^argument (\S+): expected one argument$")


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

    def error(self, message: str) -> NoReturn:
        """Raise an ArgumentError that tells what was expected."""
        choice = _CHOICE.fullmatch(message)
        if choice:
            what, given, listed = choice.groups()
            names = [n.strip(" '") for n in listed.split(",")]
            message = f"unknown {what} {given!r}; choose from {', '.join(names)}."
            message += self._near(given, names)
        elif message.startswith("unrecognized arguments: "):
            given = message.removeprefix("unrecognized arguments: ").split()
            message = f"unknown argument {given[0]!r}."
            own = [option for action in self._actions for option in action.option_strings]
            message += self._near(given[0].split("=")[0], own)
            message += f" See {self.prog} --help"
        elif message.startswith("the following arguments are required: "):
            message = f"missing {message.removeprefix('the following arguments are required: ')}"
            message += f". See {self.prog} --help"
        message = _VALUE.sub(r"\1 needs a value", message)
        raise ArgumentError(message)

    @staticmethod
    def _near(given: str, names: list[str]) -> str:
        close = get_close_matches(given, names, 1, 0.6)
        return f" Did you mean {close[0]!r}?" if close else ""


def add_backend(parser: argparse.ArgumentParser) -> None:
    """The option that says what computes."""
    parser.add_argument(
        "--backend", default="native", choices=("native", "eager"), metavar="BACKEND",
        help="how it is computed: native (compiled, where it pays), eager (default native)",
    )  # fmt: skip


def add_common(parser: argparse.ArgumentParser) -> None:
    """The options that every command has."""
    group = parser.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="one JSON document on standard output")
    group.add_argument("--quiet", action="store_true", help="the result only")
    group.add_argument("--debug", action="store_true", help="show the traceback of an error")
