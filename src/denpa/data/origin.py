"""Where a table came from, so that an error can name a line that the user can go to."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Origin"]

_BREAK = re.compile("\r\n|\r|\n")


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
        import csv

        assert self.path is not None
        places: dict[int, int] = {}
        wanted, last = set(rows), max(rows, default=-1)
        opener = gzip.open if self.path.suffix == ".gz" else open
        with opener(self.path, "rt", encoding="utf-8", errors="replace", newline="") as file:
            reader = csv.reader(file, delimiter=self.sep, skipinitialspace=True)
            seen = -2 if self.header else -1  # a header becomes record -1
            for record in reader:
                if not record or (len(record) == 1 and not record[0].strip()):
                    continue
                seen += 1
                if seen in wanted:
                    # A record ends at line_num; line breaks inside its cells lie before that.
                    breaks = len(_BREAK.findall("".join(record)))
                    places[seen] = reader.line_num - breaks
                if seen == last:
                    break
        return [places.get(i, i + 1 + self.header) for i in rows]
