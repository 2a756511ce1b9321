"""Files to frames and arrays. The parsing is pandas', NumPy's and pyarrow's, the checks ours."""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from denpa.core.wording import option
from denpa.data.dataset import Array, Encoding
from denpa.data.encoders.columns import MAX_CATEGORIES, pandas
from denpa.data.errors import DataError, listed, nearest
from denpa.data.origin import Origin, records
from denpa.data.readers.charset import encoding_advice, wide_advice

__all__ = ["from_polars", "read_csv", "read_npy", "read_npz", "read_parquet"]

_ZERO_IN_FRONT = re.compile(rb"(?:^|[,;\t|\"\s])0[0-9]+(?=[,;\t|\"\s]|$)")
_X = ("x", "X", "data", "images")
_Y = ("y", "Y", "target", "labels")


def read_csv(path: Path, encoding: Encoding | None, no_header: bool = False) -> tuple[Any, Origin]:
    """Return the frame of a CSV or TSV file (also .gz) and its origin; without a header the columns
    are x1, x2, ..."""
    import warnings

    pd = pandas()
    name = str(path)
    sep = _separator(path)
    options: dict[str, Any] = {"sep": sep, "skipinitialspace": True, "encoding": "utf-8"}
    bare = no_header or (encoding is not None and encoding.get("header") is False)
    try:
        with warnings.catch_warnings():
            # A row longer than the header is only a warning to pandas; here it is an error.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            head = pd.read_csv(path, header=None, nrows=1, dtype=str, **options).iloc[0]
            names = ["" if pd.isna(c) else str(c).strip() for c in head]
            if bare:
                names = [f"x{j}" for j in range(1, len(names) + 1)]
                options |= {"header": None, "names": names}
            elif _are_numbers(names):
                raise _no_header(name, names, encoding)
            frame = pd.read_csv(
                path, index_col=False, low_memory=False, dtype=_texts(names, encoding), **options
            )
            codes = {} if encoding is not None else _codes(path, frame, options)
    except pd.errors.EmptyDataError:
        raise DataError(f"{name}: the file is empty.") from None
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        detail = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        if isinstance(error, pd.errors.ParserWarning):
            detail = f"rows have more cells than the {'first line' if bare else 'header'}"
        if detail.startswith("EOF inside string"):
            *_, (line, _) = records(path, sep)
            raise DataError(
                f"{name}: not a regular table: a quote that opens in line {line} is never closed."
                " Close it, or write a quote inside a quoted cell twice."
            ) from error
        raise DataError(
            f"{name}: not a regular table: {detail.rstrip('.')}. Give every line as many cells as"
            f" the {'first' if bare else 'header'}, and quote cells that hold the separator."
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{name}: the text is not UTF-8 (byte {error.object[error.start]:#04x}). "
            + encoding_advice(_bytes(path))
        ) from error
    except (EOFError, zlib.error) as error:
        raise _bad_gzip(name, error) from error
    except OSError as error:
        raise _unreadable(name, error) from error
    if not bare:
        _check_header(name, names, frame, encoding)
    return frame, Origin(name, path, sep, header=not bare, codes=codes)


def _codes(path: Path, frame: Any, options: dict[str, Any]) -> dict[str, str]:
    """Return the columns of whole numbers some of which have zeros in front, as codes have, with an
    example each, and put the text of those with few different values into the frame."""
    numeric = pandas().api.types.is_numeric_dtype
    # Names can be read again by place only: pandas renames those that occur twice.
    places = [j for j in range(frame.shape[1]) if numeric(frame.dtypes.iloc[j])]
    if not places or not _ZERO_IN_FRONT.search(_bytes(path, -1)):
        return {}
    wanted = frame.columns[places]
    texts = pandas().read_csv(path, index_col=False, dtype=str, **options)[wanted]
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


def read_parquet(path: Path) -> tuple[Any, Origin]:
    """Return the frame of a Parquet file; needs pyarrow."""
    import importlib

    try:
        arrow = importlib.import_module("pyarrow")
    except ImportError as error:
        raise DataError(
            f"{path}: reading Parquet needs pyarrow. Install it with: pip install 'denpa[parquet]'"
        ) from error
    if path.stat().st_size == 0:
        raise DataError(f"{path}: the file is empty.")
    try:
        frame = pandas().read_parquet(path, engine="pyarrow")
    except (arrow.ArrowException, OSError, ValueError) as error:
        detail = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(
            f"{path}: the Parquet file is truncated or corrupt ({detail.rstrip('.')})."
        ) from error
    if frame.index.name is not None:
        frame = frame.reset_index()
    return frame, Origin(str(path))


def from_polars(frame: Any) -> Any:
    """Return a polars DataFrame as a pandas one, column by column (without pyarrow)."""
    if hasattr(frame, "collect"):
        raise DataError("a polars LazyFrame holds no data yet: call .collect() on it first.")
    pd = pandas()
    return pd.DataFrame({name: pd.Series(frame[name].to_numpy()) for name in frame.columns})


def read_npz(path: Path, target: str | None) -> tuple[Array, Array | None, str]:
    """Return x, y and y's name from an NPZ file; `target` may name the array that is y."""
    if path.stat().st_size == 0:
        raise DataError(f"{path}: the file is empty.")
    try:
        if not zipfile.is_zipfile(path):
            raise zipfile.BadZipFile("no end of the zip file")
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            names = list(archive.files)
            x_name = _pick(path, names, _X, "the inputs")
            if target is not None and target not in names:
                raise DataError(
                    f"{path}: no array {target!r} (target=).{nearest(target, names)} The file has"
                    f" {listed(names)}."
                )
            y_name = target
            if y_name is None and any(n in names for n in _Y):
                y_name = _pick(path, names, _Y, "the targets")
            x = _member(path, archive, x_name)
            y = None if y_name is None else _member(path, archive, y_name)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"{path}: the NPZ file is truncated or corrupt ({_first_line(error)})."
        ) from error
    return x, y, y_name or "y"


def read_npy(path: Path) -> Array:
    """Return the array of an NPY file."""
    if path.stat().st_size == 0:
        raise DataError(f"{path}: the file is empty.")
    try:
        with path.open("rb") as file:
            magic = file.read(6) == b"\x93NUMPY"
            file.seek(0)
            array = np.load(file, allow_pickle=False) if magic else None
    except (ValueError, EOFError, OSError) as error:
        if "pickle" in str(error):
            raise _pickled(str(path), "the array") from error
        raise DataError(
            f"{path}: the NPY file is truncated or corrupt ({_first_line(error)})."
        ) from error
    if array is None:
        raise DataError(f"{path}: this is no NPY file (wrong first bytes). Write it with np.save.")
    if array.dtype.names:
        raise DataError(
            f"{path}: the array has named fields {listed(array.dtype.names)}; give a CSV or Parquet"
            " file for a table with names."
        )
    return np.asarray(array)


def _separator(path: Path) -> str:
    """Return the separator: by the ending .tsv, else the likeliest in the first line."""
    try:
        raw = _bytes(path)
    except (EOFError, zlib.error, OSError) as error:
        if isinstance(error, OSError):
            raise _unreadable(str(path), error) from error
        raise _bad_gzip(str(path), error) from error
    if b"\0" in raw or raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        if wide := wide_advice(raw):
            raise DataError(f"{path}: the text is not UTF-8. {wide}")
        raise DataError(f"{path}: this is no text file (it holds zero bytes).")
    if path.name.lower().removesuffix(".gz").endswith((".tsv", ".tab")):
        return "\t"
    first = next(
        (line for line in raw.removeprefix(codecs.BOM_UTF8).splitlines() if line.strip()), b""
    )
    counts = {sep: first.count(sep.encode()) for sep in ",;\t|"}
    best = max(counts, key=lambda sep: counts[sep])
    return best if counts[best] else ","


def _are_numbers(names: list[str]) -> bool:
    """Whether the first line is one of numbers, and so of data."""
    given = [n for n in names if n]
    return bool(given) and all(map(_is_number, given)) and not _counted(given)


def _counted(names: list[str]) -> bool:
    """Whether these are 0, 1, 2, ... or 1, 2, 3, ..., as frames of arrays are saved with."""
    return any(names == [str(j) for j in range(k, k + len(names))] for k in (0, 1))


def _check_header(name: str, names: list[str], frame: Any, encoding: Encoding | None) -> None:
    twice = sorted({n for n in names if n and names.count(n) > 1})
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
    numeric = pandas().to_numeric
    for j, name in enumerate(names):
        known = frame.iloc[:, j].dropna()
        if _is_number(name):
            if numeric(known, errors="coerce").isna().any():
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


def _pick(path: Path, names: list[str], wanted: tuple[str, ...], of: str) -> str:
    found = [n for n in wanted if n in names]
    if len(found) == 1:
        return found[0]
    if not found:
        raise DataError(
            f"{path}: no array named {', '.join(wanted)} for {of}; the file has {listed(names)}."
            " Write it with np.savez(path, x=x, y=y)."
        )
    raise DataError(f"{path}: several arrays could be {of}: {listed(found)}. Keep one of them.")


def _member(path: Path, archive: Any, name: str) -> Array:
    try:
        return np.asarray(archive[name])
    except ValueError as error:
        if "pickle" in str(error):
            raise _pickled(str(path), f"array {name!r}") from error
        raise


def _pickled(name: str, what: str) -> DataError:
    return DataError(
        f"{name}: {what} holds Python objects, which only pickle could load, and pickle can run"
        " any code. Save it with a dtype of numbers or text, for example x.astype('float32')."
    )


def _bad_gzip(name: str, error: Exception) -> DataError:
    return DataError(
        f"{name}: the gzip file is truncated or corrupt ({_first_line(error)}). Get it again."
    )


def _unreadable(name: str, error: OSError) -> DataError:
    import gzip

    if isinstance(error, gzip.BadGzipFile):
        return _bad_gzip(name, error)
    return DataError(f"{name}: cannot be read ({error.strerror or error}).")


def _bytes(path: Path, most: int = 1 << 20) -> bytes:
    """Return the first bytes of a text file, unpacked; all of them for -1."""
    import gzip

    opener = gzip.open if path.suffix.lower() == ".gz" else open
    with opener(path, "rb") as file:
        return bytes(file.read(most))


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__
