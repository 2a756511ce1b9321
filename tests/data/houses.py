"""A table of 60 houses, whose every value is known, for tests of tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from denpa.data import DataError, read

HEADER = "rooms,colour,area,sold,country,garden,price\n"
COLOURS = ("red", "blue", "green")


def row(i: int) -> str:
    return (
        f"{1 + i % 5},{COLOURS[i % 3]},{10 + i}.5,2024-01-{1 + i % 28:02},JP,{i % 2 == 0},{i * 7}.5"
    )


def write(path: Path, rows: list[str], header: str = HEADER) -> Path:
    path.write_text(header + "".join(r + "\n" for r in rows), encoding="utf-8")
    return path


def changed(i: int, column: int, value: str, n: int = 60) -> list[str]:
    rows = [row(k) for k in range(n)]
    cells = rows[i].split(",")
    cells[column] = value
    rows[i] = ",".join(cells)
    return rows


def message(source: Any, **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        read(source, **options)
    text = str(caught.value)
    assert "\n" not in text
    return text
