"""Where a table came from, so that an error can name a line that the user can go to."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from denpa.data.opening import open_plain

__all__ = ["Origin", "records"]

_LONGEST_CELL = 2**31 - 1
"""Letters: a quote that is never closed makes one cell of the rest of the file."""


@dataclass(frozen=True)
class Origin:
    """A table's name in messages and, for a text file, what is needed to count its lines."""

    name: str
    path: Path | None = None
    sep: str = ","
    header: bool = True  # whether a text file has one
    part: bool = False  # whether only a part is looked at, of rows that could be read as a whole
    codes: Mapping[str, str] = field(default_factory=dict)  # columns like 01067, with an example

    def row(self, i: int) -> str:
        """Return "line 17" for row i of a text file, else "row 15 (counting from 0)"."""
        if self.path is None:
            return f"row {i} (counting from 0)"
        return f"line {self.lines([i])[0]}"

    def lines(self, rows: Sequence[int]) -> list[int]:
        """Return the lines, counted from 1, on which these rows of a text file begin.

        Blank lines and quoted line breaks move the count, so the file is walked once more, as
        pandas reads it; only an error or a report pays for it.
        """
        assert self.path is not None
        places: dict[int, int] = {}
        wanted, last = set(rows), max(rows, default=-1)
        first = -1 if self.header else 0  # a header becomes record -1
        for seen, (line, _) in enumerate(records(self.path, self.sep), first):
            if seen in wanted:
                places[seen] = line
            if seen >= last:
                break
        return [places.get(i, i + 1 + self.header) for i in rows]


def records(path: Path, sep: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record of a text file that is not blank, with the line on which it begins."""
    usual = csv.field_size_limit(_LONGEST_CELL)
    try:
        with io.TextIOWrapper(
            open_plain(path), encoding="utf-8-sig", errors="replace", newline=""
        ) as file:
            reader = csv.reader(file, delimiter=sep, skipinitialspace=True)
            before = 0
            for record in reader:
                if len(record) > 1 or (record and record[0].strip()):
                    yield before + 1, record
                before = reader.line_num
    finally:
        csv.field_size_limit(usual)
