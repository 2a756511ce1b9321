"""CSV and TSV files to frames. The parsing is pandas', the checks ours."""

from __future__ import annotations

import codecs
import re
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

from denpa.core.wording import option
from denpa.data import bounds
from denpa.data.dataset import Encoding
from denpa.data.encoders.columns import MAX_CATEGORIES, pandas, to_numbers
from denpa.data.errors import DataError, listed
from denpa.data.opening import open_plain, pieces
from denpa.data.origin import Origin, records
from denpa.data.readers.charset import encoding_advice, wide_advice

__all__ = ["read_csv"]

_SAMPLE = 1 << 20  # bytes from which the separator and the encoding are told
_ZERO_IN_FRONT = re.compile(rb"(?:^|[,;\t|\"\s])0[0-9]+(?=[,;\t|\"\s]|$)")


def read_csv(path: Path, encoding: Encoding | None, no_header: bool = False) -> tuple[Any, Origin]:
    """Return the frame of a CSV or TSV file (also .gz) and its origin; without a header the columns
    are x1, x2, ..."""
    pd = pandas()
    name = str(path)
    sep = _separator(path)
    _check_text(path, sep)
    options: dict[str, Any] = {"sep": sep, "skipinitialspace": True, "encoding": "utf-8"}
    bare = no_header or (encoding is not None and encoding.get("header") is False)
    try:
        with warnings.catch_warnings():
            # A row longer than the header is only a warning to pandas; here it is an error.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            with open_plain(path) as file:
                head = pd.read_csv(file, header=None, nrows=1, dtype=str, **options).iloc[0]
            names = ["" if pd.isna(c) else str(c).strip() for c in head]
            if bare:
                names = [f"x{j}" for j in range(1, len(names) + 1)]
                options |= {"header": None, "names": names}
            elif _are_numbers(names):
                raise _no_header(name, names, encoding)
            options |= {"index_col": False}
            with open_plain(path) as file:
                frame = pd.read_csv(
                    file, low_memory=False, dtype=_texts(names, encoding), **options
                )
            codes = {} if encoding is not None else _codes(path, frame, options)
    except pd.errors.EmptyDataError:
        raise DataError(f"{name}: the file is empty.") from None
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        detail = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        if isinstance(error, pd.errors.ParserWarning):
            detail = f"rows have more cells than the {'first line' if bare else 'header'}"
        if detail.startswith("EOF inside string"):
            line = max((line for line, _ in records(path, sep)), default=1)
            raise DataError(
                f"{name}: not a regular table: a quote that opens in line {line} is never closed."
                " Close it, or write a quote inside a quoted cell twice."
            ) from error
        first = "first" if bare else "header"
        raise _irregular(name, detail.rstrip("."), first) from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{name}: the text is not UTF-8 (byte {error.object[error.start]:#04x}). "
            + encoding_advice(_sample(path))
        ) from error
    if not bare:
        _check_header(name, names, frame, encoding)
    return frame, Origin(name, path, sep, header=not bare, codes=codes)


def _codes(path: Path, frame: Any, options: dict[str, Any]) -> dict[str, str]:
    """Return the columns of whole numbers some of which have zeros in front, as codes have, with an
    example each, and put the text of those with few different values into the frame."""
    numeric = pandas().api.types.is_numeric_dtype
    # Names can be read again by place only: pandas renames those that occur twice.
    places = [j for j, dtype in enumerate(frame.dtypes) if numeric(dtype)]
    if not places or not any(map(_ZERO_IN_FRONT.search, pieces(path))):
        return {}
    wanted = frame.columns[places]
    with open_plain(path) as file:
        texts = pandas().read_csv(file, dtype=str, **options)[wanted]
    found: dict[str, str] = {}
    for column in wanted:
        known = texts[column].dropna().str.strip()
        padded = known[known.str.startswith("0") & (known.str.len() > 1)]
        if not len(padded) or not known.str.fullmatch("[0-9]+").all():
            continue
        found[str(column).strip()] = str(padded.iloc[0])
        if known.nunique() <= MAX_CATEGORIES:
            frame[column] = texts[column]
    return found


def _sample(path: Path) -> bytes:
    with open_plain(path) as file:
        return file.read(_SAMPLE)


def _separator(path: Path) -> str:
    """Return the separator: by the ending .tsv, else the likeliest in the first line."""
    raw = _sample(path)
    zeros = b"\0" in raw or raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if zeros and (wide := wide_advice(raw)):
        raise DataError(f"{path}: the text is not UTF-8. {wide}")
    if path.name.lower().removesuffix(".gz").endswith((".tsv", ".tab")):
        return "\t"
    first = next(
        (line for line in raw.removeprefix(codecs.BOM_UTF8).splitlines() if line.strip()), b""
    )
    counts = {sep: first.count(sep.encode()) for sep in ",;\t|"}
    best = max(counts, key=lambda sep: counts[sep])
    return best if counts[best] else ","


def _check_text(path: Path, sep: str) -> None:
    """Raise for what no table in text has, before pandas makes room for it: zero bytes, and lines
    and numbers of columns beyond the bounds."""
    bounds.check_memory(path, "the file", path.stat().st_size)
    sign, width = sep.encode(), 0
    for piece in pieces(path):
        if b"\0" in piece:
            raise _zero_byte(path, sep)
        lines = piece.splitlines()
        width = width or next((line.count(sign) + 1 for line in lines if line.strip()), 0)
        if width > bounds.COLUMNS:
            raise bounds.too_much(
                f"{path}",
                f"the first line has {width:,} columns",
                f"a table of {bounds.COLUMNS:,} columns",
                "Give an NPY file, or the columns that matter.",
            )
        if max(map(len, lines)) > bounds.CELLS:
            most = max(line.count(sign) + 1 for line in lines)
            if most > max(width, bounds.CELLS):
                raise _irregular(f"{path}", f"a line has {most:,} cells, the first {width:,}")


def _irregular(name: str, detail: str, first: str = "header") -> DataError:
    return DataError(
        f"{name}: not a regular table: {detail}. Give every line as many cells as the {first}, and"
        " quote cells that hold the separator."
    )


def _zero_byte(path: Path, sep: str) -> DataError:
    names: list[str] = []
    for line, record in records(path, sep):
        names = names or record
        for j, cell in enumerate(record):
            if "\0" in cell:
                known = record is not names and j < len(names) and names[j].isprintable()
                return DataError(
                    f"{path}: this is no text file (it holds zero bytes): the first is in line"
                    f" {line}, column {j + 1}{f' ({names[j]!r})' if known else ''}. Empty that"
                    " cell, or save the table as text again."
                )
    return DataError(f"{path}: this is no text file (it holds zero bytes).")


def _are_numbers(names: list[str]) -> bool:
    """Whether the first line is one of numbers, and so of data."""
    given = [n for n in names if n]
    return bool(given) and all(map(_is_number, given)) and not _counted(given)


def _counted(names: list[str]) -> bool:
    """Whether these are 0, 1, 2, ... or 1, 2, 3, ..., as frames of arrays are saved with."""
    return any(names == [str(j) for j in range(k, k + len(names))] for k in (0, 1))


def _check_header(name: str, names: list[str], frame: Any, encoding: Encoding | None) -> None:
    twice = sorted(n for n, times in Counter(names).items() if n and times > 1)
    if len(frame) and any(_is_number(n) for n in names) and _like_a_row(names, frame):
        raise _no_header(name, names, encoding)
    expected = _expected(encoding)
    if not len(frame) and expected and not set(names) & set(expected):
        raise _no_header(name, names, encoding)
    if twice:
        raise DataError(f"{name}: two columns have the name {listed(twice)}. Rename one of them.")


def _like_a_row(names: list[str], frame: Any) -> bool:
    """Whether the names could stand in a row of the table: numbers over numbers, and text that the
    column below has too."""
    for j, name in enumerate(names):
        known = frame.iloc[:, j].dropna()
        if _is_number(name):
            if to_numbers(known).isna().any():
                return False
        elif name and name not in set(known.astype(str).str.strip()):
            return False
    return not _counted([n for n in names if n])


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True


def _expected(encoding: Encoding | None) -> list[str]:
    """Return the names of the columns that the model was trained on."""
    if encoding is None or encoding["kind"] != "table":
        return []
    return [r["name"] for r in encoding.get("columns", ())]


def _no_header(name: str, names: list[str], encoding: Encoding | None) -> DataError:
    found = f"{name}: no header: the first line holds values ({listed(names, 4)}), not the names of"
    if expected := _expected(encoding):
        return DataError(
            f"{found} columns, and the model was trained on a file with a header. Add a first line"
            f" with the names of the columns; the model needs {listed(expected, 30)}."
        )
    return DataError(
        f"{found} columns. Add a first line with a name for each of the {len(names)} columns, or"
        f" pass {option('no_header', True)}, which names them x1 to x{len(names)}."
    )


def _texts(names: list[str], encoding: Encoding | None) -> dict[str, Any]:
    """Return the columns to be read as text, so that a category "01" stays as in training, and a
    date as it is written."""
    if encoding is None or encoding["kind"] != "table":
        return {}
    wanted = {r["name"] for r in encoding.get("columns", ()) if r["type"] in ("category", "date")}
    target = encoding.get("target") or {}
    if any(c.isdecimal() and c[0] == "0" and len(c) > 1 for c in target.get("classes", ())):
        wanted.add(target["name"])
    return {n: str for n in names if n in wanted}
