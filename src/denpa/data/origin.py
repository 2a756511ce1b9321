"""Where a table came from, so that an error can name a line that the user can go to."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Origin"]


@dataclass(frozen=True)
class Origin:
    """A table's name in messages and, for a text file, what is needed to count its lines."""

    name: str
    path: Path | None = None
    sep: str = ","

    def row(self, i: int) -> str:
        """Return "line 17" for row i of a text file, else "row 15 (counting from 0)"."""
        if self.path is None:
            return f"row {i} (counting from 0)"
        return f"line {self._line(i)}"

    def _line(self, i: int) -> int:
        # Blank lines and quoted line breaks move the count, so the file is walked once more.
        # Only an error pays for it.
        import csv

        assert self.path is not None
        opener = gzip.open if self.path.suffix == ".gz" else open
        with opener(self.path, "rt", encoding="utf-8", newline="") as file:
            reader = csv.reader(file, delimiter=self.sep)
            seen = -2  # the header becomes record -1
            for record in reader:
                seen += bool(record)
                if seen == i and record:
                    # A record ends at line_num; line breaks inside its cells lie before that.
                    return reader.line_num - sum(cell.count("\n") for cell in record)
        return i + 2
