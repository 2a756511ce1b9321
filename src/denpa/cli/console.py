"""What a command says: lines, tables, errors, one result; as text or as JSON."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, TextIO

from denpa.core.jsonable import jsonable
from denpa.core.wording import command_line
from denpa.report.scale import number

if TYPE_CHECKING:
    from denpa.report.progress import TrainingBar
    from denpa.report.record import Worth

# A class name out of a file must not steer the terminal.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]+")


def one_line(text: object) -> str:
    """Return the text on one line, without characters that would steer a terminal.

    >>> from denpa.cli.console import one_line
    >>> one_line("no such file:\\n  a.csv")
    'no such file: a.csv'
    """
    return " ".join(_CONTROL.sub(" ", command_line(text)).split())


class Console:
    """The voice of one command.

    With `json`, standard output holds exactly one JSON document, written by `result`; lines,
    tables and progress are silent. With `quiet`, lines and progress are silent; tables and the
    result, which the user asked for, remain. Errors and warnings always go to standard error.

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
        self._stdout = stdout
        self._stderr = stderr

    @property
    def stdout(self) -> TextIO:
        """Where lines, tables and results go; looked up late, so that it can be captured."""
        return sys.stdout if self._stdout is None else self._stdout

    @property
    def stderr(self) -> TextIO:
        """Where errors and warnings go."""
        return sys.stderr if self._stderr is None else self._stderr

    def progress(self, epochs: int) -> TrainingBar:
        """Return the bar for a training of so many epochs; silent with `json` or `quiet`."""
        from denpa.report.progress import TrainingBar

        return TrainingBar(epochs, file=self.stdout, enabled=not (self.json or self.quiet))

    def line(self, text: object = "") -> None:
        """Print a line of text, as it is."""
        if not (self.json or self.quiet):
            self._write(self.stdout, command_line(text))

    def write(self, text: str) -> None:
        """Print text that was asked for (a version, CSV), whatever else is silent."""
        self._write(self.stdout, text)

    def warn(self, text: object) -> None:
        """Print one line on standard error that begins with `denpa: warning:`."""
        self._write(self.stderr, f"denpa: warning: {one_line(text)}")

    def error(self, text: object) -> None:
        """Print one line on standard error that begins with `denpa: error:`."""
        self._write(self.stderr, f"denpa: error: {one_line(text)}")

    def trace(self, text: str) -> None:
        """Print an error of several lines, such as a traceback, on standard error."""
        self._write(self.stderr, f"denpa: error: {text}")

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
            utf = (getattr(self.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
            text = json.dumps(jsonable(values), indent=2, ensure_ascii=not utf, allow_nan=False)
            self._write(self.stdout, text)
            return
        rows = [(name, _value(name, value)) for name, value in values.items()]
        self._table(rows, (), title)

    def worth(self, worth: Worth) -> None:
        """Print what a result is worth, a line each, beside it: also with `quiet`."""
        from denpa.report.worth import sentences

        if not self.json:
            for s in sentences(worth):
                self._write(self.stdout, one_line(f"{s.key}: {s.head}. {s.text}"))

    def _table(self, rows: Sequence[Sequence[object]], columns: Sequence[str], title: str) -> None:
        from rich.box import SIMPLE_HEAD
        from rich.console import Console as Rich
        from rich.table import Table
        from rich.text import Text

        file = self.stdout
        tty = bool(getattr(file, "isatty", lambda: False)())
        # Into a file or a pipe nothing may be cut to the width of a screen.
        console = Rich(
            file=file, highlight=False, markup=False, emoji=False, width=None if tty else 10_000
        )
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

    @staticmethod
    def _write(file: TextIO, text: str) -> None:
        """Print a line; letters that the file's encoding lacks are escaped, not an error."""
        encoding = getattr(file, "encoding", None)
        if encoding:
            text = text.encode(encoding, "backslashreplace").decode(encoding)
        print(text, file=file, flush=True)


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
