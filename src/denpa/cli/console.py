"""What a command says: lines, tables, errors, one result; as text or as JSON."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from numbers import Real
from typing import TYPE_CHECKING, Any, TextIO

from denpa.core.jsonable import jsonable
from denpa.core.wording import command_line
from denpa.report.printing import Output, document, gone, visible
from denpa.report.scale import number
from denpa.words import reason, say

if TYPE_CHECKING:
    from denpa.report.progress import TrainingBar
    from denpa.report.record import Worth

_BREAKS = re.compile(r"[\t\n]|\r\n")
_WIDE, _NARROW = 10_000, 40  # columns of a table in a file, and of one on a screen, at least
_UNTOLD = 1  # the exit code where the result could not be shown


def one_line(text: object) -> str:
    """Return the text on one line, without characters that would steer a terminal.

    >>> from denpa.cli.console import one_line
    >>> one_line("no such file:\\n  a.csv")
    'no such file: a.csv'
    """
    return " ".join(visible(_BREAKS.sub(" ", command_line(text))).split())


class Console:
    """The voice of one command.

    With `json`, standard output holds exactly one JSON document, written by `result`; lines,
    tables and progress are silent. With `quiet`, lines and progress are silent; tables and the
    result, which the user asked for, remain. Errors and warnings always go to standard error.

    What becomes of standard output never ends the work. A full or closed one is told on standard
    error, and the command ends with 1 where it would end with 0 (`code`): what was asked for was
    not shown. A reader that has gone, as of `| head`, has had what it wanted: that is no fault, and
    is told only where there is work that goes on (`lasting`). What becomes of standard error
    changes no exit code: nothing that was asked for goes there.

    >>> import io
    >>> from denpa.cli.console import Console
    >>> out = io.StringIO()
    >>> Console(json=True, stdout=out).result({"test_loss": float("nan"), "epochs": 3})
    >>> print(out.getvalue(), end="")
    {
      "test_loss": null,
      "epochs": 3
    }
    """

    def __init__(
        self,
        *,
        json: bool = False,
        quiet: bool = False,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
    ) -> None:
        self.json = json
        self.quiet = quiet
        self.lasting = False
        self._out = Output("stdout", stdout, self._lost)
        self._err = Output("stderr", stderr, lambda error: _let_go(self._err))

    def _lost(self, error: Exception) -> None:
        """Tell once that standard output takes nothing more."""
        stream = self._out.stream
        _let_go(self._out)
        if gone(error):
            if self.lasting:
                self.warn(say("nobody reads standard output any more; the work goes on"))
            return
        why: object = reason(error) if isinstance(error, OSError) else error
        if stream is None or stream.closed:
            why = say("it is closed")
        told = say("standard output cannot be written to: {why}", why=why)
        self.error(told + say("; the work goes on") * self.lasting)

    def code(self, code: int) -> int:
        """The exit code of a command that would end with this one."""
        error = self._out.error
        return _UNTOLD if not code and error is not None and not gone(error) else code

    @contextmanager
    def printed(self) -> Iterator[None]:
        """Take what code prints for lines of its own."""
        if self._out.stream is None:  # it was closed at the start; this says so
            self._out.put("")
        given, self._out.file = self._out.file, self._out.stream
        try:
            with _Lines(self) as lines, redirect_stdout(lines):
                yield
        finally:
            self._out.file = given

    def progress(self, epochs: int) -> TrainingBar:
        """Return the bar for a training of so many epochs; silent with `json` or `quiet`."""
        from denpa.report.progress import TrainingBar

        return TrainingBar(epochs, file=self._out, enabled=not (self.json or self.quiet))

    def line(self, text: object = "") -> None:
        """Print a line of text, as it is."""
        if not (self.json or self.quiet):
            self._out.say(command_line(text))

    def write(self, text: str) -> None:
        """Print text that was asked for (a version, CSV), whatever else is silent."""
        self._out.say(text)

    def warn(self, text: object) -> None:
        """Print one line on standard error that begins with `denpa: warning:`."""
        self._err.say(f"denpa: warning: {one_line(text)}")

    def error(self, text: object) -> None:
        """Print one line on standard error that begins with `denpa: error:`."""
        self._err.say(f"denpa: error: {one_line(text)}")

    def trace(self, text: str) -> None:
        """Print an error of several lines on standard error."""
        self._err.say(f"denpa: error: {text}")

    def traceback(self, text: str) -> None:
        """Print where an error came from, on standard error."""
        self._err.say(text.rstrip("\n"))

    def table(
        self, rows: Sequence[Sequence[object]], columns: Sequence[str], title: str = ""
    ) -> None:
        """Print a table; columns of numbers stand to the right. Silent with `json`.

        Raises ValueError for a row that has not one value for each column.
        """
        for index, row in enumerate(rows):
            if len(row) != len(columns):
                raise ValueError(
                    f"row {index} of the table has {len(row)} values and there are "
                    f"{len(columns)} columns: give one value for each"
                )
        if self.json:
            return
        self._table(rows, columns, title)

    def result(self, values: Mapping[str, object], title: str = "") -> None:
        """Print the result: a JSON document with `json`, else a table of names and values."""
        if self.json:
            text = json.dumps(jsonable(values), indent=2, ensure_ascii=False, allow_nan=False)
            self._out.put(document(text, self._out.encoding) + "\n")
            return
        rows = [(name, _value(name, value)) for name, value in values.items()]
        self._table(rows, (), title)

    def worth(self, worth: Worth) -> None:
        """Print what a result is worth, a line each, beside it: also with `quiet`."""
        from denpa.report.worth import sentences

        if not self.json:
            for s in sentences(worth):
                self._out.say(one_line(f"{s.key}: {s.head}. {s.text}"))

    def _table(self, rows: Sequence[Sequence[object]], columns: Sequence[str], title: str) -> None:
        from rich.box import SIMPLE_HEAD
        from rich.table import Table
        from rich.text import Text

        # Into a file or a pipe nothing may be cut to the width of a screen.
        console = self._out.canvas(**({} if self._out.terminal else {"width": _WIDE}))
        # Where every column would be cut to nothing, the terminal breaks the lines.
        console.width = max(console.width, _NARROW)
        table = Table(box=SIMPLE_HEAD, show_header=bool(columns), show_edge=False, pad_edge=False)
        count = len(columns) or max((len(row) for row in rows), default=0)
        for place in range(count):
            name = columns[place] if columns else ""
            right = bool(columns) and all(_numeric(row[place]) for row in rows)
            table.add_column(
                Text(one_line(name)), justify="right" if right else "left", overflow="fold"
            )
        for row in rows:
            table.add_row(*(Text(one_line(number(v))) for v in row))
        if title:
            console.print(Text(one_line(title), style="bold"))
        console.print(table)


class _Lines(io.TextIOBase):
    """A stream whose text a console tells."""

    def __init__(self, console: Console) -> None:
        self._console, self._begun = console, ""

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, text: Any) -> int:
        """Tell the lines that are complete."""
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._console.line(line)
        return len(text)

    def close(self) -> None:
        """Tell what is left."""
        if self._begun:
            self._console.line(self._begun)
            self._begun = ""
        super().close()


def _let_go(output: Output) -> None:
    """What is left in the buffer goes nowhere: Python would try to write it at the end, and fail
    in many words."""
    with suppress(AttributeError, OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, output.stream.fileno())  # type: ignore[union-attr]
        os.close(nowhere)


def _numeric(value: object) -> bool:
    return value is None or (isinstance(value, Real) and not isinstance(value, bool))


def _value(name: str, value: object) -> str:
    """Return a value of a result as text: an accuracy in percent, a list with commas."""
    value = jsonable(value)
    if name.endswith("accuracy") and isinstance(value, float):
        return f"{100 * value:.2f}%"
    if isinstance(value, list):
        return ", ".join(number(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {number(item)}" for key, item in value.items())
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if name == "seed" else number(value)
    return number(value)
