"""The line of a text file on which a row begins, as an editor counts it."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denpa.data import DataError, read

CELLS = ["plain", "", " space before", '"two\nlines"', '"three\n\nlines"', '"a, ""b"""', ' "x\ny"']
BETWEEN = ["", "", "", "\n", "\n\n", "   \n"]  # blank lines, which are no rows


@given(
    st.lists(st.tuples(st.sampled_from(CELLS), st.sampled_from(BETWEEN)), min_size=3, max_size=30),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([",", "\t"]),
    st.booleans(),
    st.sampled_from(["", "\n", " \n", "\ufeff", "\ufeff\n", "\ufeff\n\n", "\ufeff  \n"]),
)
def test_each_row_is_on_the_line_that_bears_its_mark(
    rows: list[tuple[str, str]], end: str, sep: str, packed: bool, before: str
) -> None:
    text = before + sep.join(["mark", "text", "y"]) + "\n"
    for k, (cell, between) in enumerate(rows):
        cell = cell.replace(",", sep)
        text += sep.join([f"{7000 + k}", cell, f"{k}.5"]) + "\n" + between
    text = text.replace("\n", end)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"t.{'tsv' if sep == chr(9) else 'csv'}{'.gz' if packed else ''}"
        raw = text.encode()
        path.write_bytes(gzip.compress(raw) if packed else raw)
        data = read(path, target="y", drop=["text"])
        assert data.x[:, 0].tolist() == [7000 + k for k in range(len(rows))]
        chosen = np.arange(len(rows))[::-1]  # in any order, as mistakes are
        assert data.origin is not None
        lines = data.origin.lines(chosen.tolist())
        written = text.split(end)
        assert [written[at - 1].split(sep)[0] for at in lines] == [str(7000 + k) for k in chosen]
        assert data.origin.row(1) == f"line {lines[-2]}"


@given(
    st.lists(st.tuples(st.sampled_from(CELLS), st.sampled_from(BETWEEN)), max_size=9),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n", "\ufeff"]),
    st.integers(0, 9),
)
def test_a_quote_that_is_never_closed_is_told_with_its_line(
    rows: list[tuple[str, str]], end: str, before: str, after: int
) -> None:
    text = before + "mark,text,y\n"
    text += "".join(f"1,{cell},2\n{between}" for cell, between in rows)
    line = text.count("\n") + 1
    text += '3,"open,4\n' + "5,six,7\n" * after
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(text.replace("\n", end).encode())
        with pytest.raises(DataError) as caught:
            read(path, target="y")
        assert f"a quote that opens in line {line} is never closed" in str(caught.value)
