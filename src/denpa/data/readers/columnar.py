"""Tables stored by columns to frames: Parquet files, and polars' frames."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from denpa.data import bounds
from denpa.data.encoders.columns import pandas
from denpa.data.errors import DataError
from denpa.data.opening import open_file
from denpa.data.origin import Origin

__all__ = ["from_polars", "read_parquet"]

_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\[[^()]*\])?")
_KEPT = ("name", "field_name", "pandas_type", "numpy_type", "metadata")
_MOMENT = {"pandas_type": "datetime", "numpy_type": "datetime64[ns]", "metadata": None}
_ADVICE = "Give it as CSV."


def read_parquet(path: Path) -> tuple[Any, Origin]:
    """Return the frame of a Parquet file; needs pyarrow."""
    try:
        arrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
        importlib.import_module("pandas.core.arrays.arrow.extension_types")  # periods, intervals
    except ImportError as error:
        raise DataError(
            f"{path}: reading Parquet needs pyarrow. Install it with: pip install 'denpa[parquet]'"
        ) from error
    with open_file(path) as file:
        if path.stat().st_size == 0:
            raise DataError(f"{path}: the file is empty.")
        try:
            opened = parquet.ParquetFile(file)
            flat = _flat_columns(opened.schema_arrow, arrow)
            _check_sizes(path, opened, path.stat().st_size)
            _check_texts(path, opened, parquet, arrow, file)
            table = _in_utc(arrow, _known(path, opened.read(columns=flat)))
            frame = _with_nested(table.to_pandas(), opened.schema_arrow.names, flat)
        except DataError:
            raise
        # What a damaged file makes Arrow and pandas raise is of many classes.
        except Exception as error:
            detail = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise DataError(
                f"{path}: the Parquet file is truncated or corrupt ({detail.rstrip('.')})."
            ) from error
    if frame.index.name is not None:
        frame = frame.reset_index()
    return frame, Origin(str(path))


def _flat_columns(schema: Any, arrow: Any) -> list[str]:
    """Return the names of the columns whose cells are no lists and the like: these cannot be
    encoded, and how many values they hold is not known before they are unpacked."""
    return [f.name for f in schema if not arrow.types.is_nested(f.type)]


def _with_nested(frame: Any, names: list[str], flat: list[str]) -> Any:
    """Return the frame with a column of empty lists for each column that was not read."""
    known = set(flat)
    for j, name in enumerate(names):
        if name not in known:
            lists = pandas().Series([[]] * len(frame), index=frame.index, dtype=object)
            frame.insert(min(j, frame.shape[1]), name, lists)
    return frame


def _check_sizes(path: Path, opened: Any, size: int) -> None:
    """Raise where the columns are said to be larger than they may be."""
    about = opened.metadata
    if about.num_columns > bounds.COLUMNS:
        raise bounds.too_much(
            f"{path}",
            f"it has {about.num_columns:,} columns",
            f"a table of {bounds.COLUMNS:,} columns",
            "Give the columns that matter.",
        )
    # What it says of single columns is not asked for: Arrow ends the process where that is damaged.
    groups = [about.row_group(i) for i in range(about.num_row_groups)]
    widths = sum(max(about.schema.column(j).length, 8) for j in range(about.num_columns))
    unpacked = sum(max(group.total_byte_size, 0) for group in groups)
    rows = max(about.num_rows, sum(max(group.num_rows, 0) for group in groups))
    bounds.check_packed(path, "the table", max(unpacked, rows * widths), size, _ADVICE)


def _check_texts(path: Path, opened: Any, parquet: Any, arrow: Any, file: Any) -> None:
    """Raise where a few long texts, each stored once, would fill the memory: a cell names its text
    by number, and here the lengths are added up before one is copied."""
    schema, size = opened.schema, path.stat().st_size
    columns = [schema.column(j) for j in range(len(schema.names))]
    names = [c.path for c in columns if c.physical_type == "BYTE_ARRAY" and c.path == c.name]
    if not names:
        return
    compute = importlib.import_module("pyarrow.compute")
    file.seek(0)
    again = parquet.ParquetFile(file, read_dictionary=names)
    total = 0
    for i in range(again.metadata.num_row_groups):
        for name in names:
            for column in again.read_row_group(i, columns=[name]).columns:
                for chunk in column.chunks:
                    if not arrow.types.is_dictionary(chunk.type):
                        continue
                    lengths = compute.binary_length(chunk.dictionary)
                    total += compute.sum(lengths.take(chunk.indices)).as_py() or 0
                    bounds.check_packed(path, f"the text of column {name!r}", total, size, _ADVICE)


def _known(path: Path, table: Any) -> Any:
    """Return the table with no more of what pandas wrote beside it than columns' types and the
    index, checked: the rest, such as names that are tuples, would be compiled as Python."""
    raw = (table.schema.metadata or {}).get(b"pandas")
    if raw is None:
        return table.replace_schema_metadata(None)
    found = json.loads(raw)
    kept: dict[str, Any] = {"index_columns": found["index_columns"], "columns": []}
    for column in found["columns"]:
        for key in ("pandas_type", "numpy_type"):
            _check_type(path, column, key)
        known = {k: v for k, v in column.items() if k in _KEPT}
        if column["pandas_type"] == "datetimetz":
            known |= _MOMENT
        kept["columns"].append(known)
    return table.replace_schema_metadata({b"pandas": json.dumps(kept).encode()})


def _in_utc(arrow: Any, table: Any) -> Any:
    """Return the table with all moments in UTC, as they are encoded: no zone is looked up."""
    for j, kind in enumerate(table.schema.types):
        if arrow.types.is_timestamp(kind) and kind.tz is not None:
            utc = arrow.timestamp(kind.unit, "UTC")
            table = table.set_column(j, table.schema.names[j], table.column(j).cast(utc))
    return table


def _check_type(path: Path, column: Mapping[str, Any], key: str) -> None:
    name = column[key]
    if not isinstance(name, str) or len(name) > bounds.NAME or not _TYPE.fullmatch(name):
        raise DataError(
            f"{path}: the Parquet file says the {key} {str(name)[:40]!r} of column"
            f" {str(column.get('name'))[:40]!r}; expected a type that pandas has, such as 'int64'."
        )


def from_polars(frame: Any) -> Any:
    """Return a polars DataFrame as a pandas one, column by column (without pyarrow)."""
    if hasattr(frame, "collect"):
        raise DataError("a polars LazyFrame holds no data yet: call .collect() on it first.")
    pd = pandas()
    return pd.DataFrame({name: pd.Series(frame[name].to_numpy()) for name in frame.columns})
