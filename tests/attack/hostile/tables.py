"""Hostile files of CSV, TSV and Parquet."""

from __future__ import annotations

import gzip
import io
import json
from functools import cache
from typing import Any

import numpy as np

from tests.attack.hostile.damage import Case, Rng, bomb, damaged, packed, pick

_TARGET = {"target": "y"}
_CELLS = (
    *("", " ", "0", "-0", "007", "1e999", "-1e999", "1e-400", "nan", "inf", "-Infinity", "NULL"),
    *("\0", "a\0b", '"', '""', "'", '"a\nb"', '"a', "\ufeff", "\u202e", "é", "漢字", "\U0001f600"),
    *("=1+1", "@SUM(A1)", "\t", "1,5", "$12", "40%", "2024-01-31", "31/12/2024", "9999-12-31"),
    *("0000-00-00", "2024-01-31T25:61", "true", "False", "9" * 400, "9" * 19, "-" * 50, "0x10"),
    *("1_000", "٣", "a" * 5000, "\x1b[2J", "\r", "\x85", "1;2", "1|2", "\\", "__import__('os')"),
)
_NAMES = (
    "a",
    "b",
    "",
    " ",
    "y",
    "a",
    "id",
    "\0",
    "1",
    "0",
    "x\ny",
    '"',
    "é",
    "'",
    "=a",
    "n" * 3000,
)


@cache
def _frame() -> Any:
    import pandas as pd

    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "a": rng.normal(size=40).round(3),
            "k": ["01", "02"] * 20,
            "c": ["red", "blue", "dark red", "緑"] * 10,
            "d": pd.date_range("2024-01-01", periods=40).strftime("%Y-%m-%d"),
            "n": [1.5, None] * 20,
            "y": [0, 1, 2, 1] * 10,
        }
    )


@cache
def _text(sep: str = ",") -> bytes:
    raw: bytes = _frame().to_csv(index=False, sep=sep).encode()
    return raw


def honest_csv() -> list[Case]:
    raw = _text()
    mean = {"target": "y", "missing": "mean"}
    return [
        Case("t.csv", {"t.csv": raw}, options=mean),
        Case("t.csv.gz", {"t.csv.gz": gzip.compress(raw)}, options=mean),
        *(
            Case(name, {name: bad}, options=_TARGET)
            for name in ("t.csv", "t.tsv", "t.csv.gz")
            for bad in (raw, b'a,y\n1,"2', b"\xff\xfe\xfd,", b"a,y\n1\n", b"a,z\n1,2", b"a,y\n\0,1")
        ),
    ]


def csv(rng: Rng) -> Case:
    """A text that is hostile."""
    name = str(pick(rng, ("t.csv", "t.csv", "t.tsv", "t.csv.gz")))
    raw = _text("\t" if name == "t.tsv" else str(pick(rng, (",", ",", "\t", ";", "|"))))
    choice = rng.integers(20)
    options = {
        "target": str(pick(rng, "yyac")),
        "missing": pick(rng, (None, "mean", "mean", "drop")),
    }
    if choice < 7:
        raw, how = damaged(raw, rng)
    elif choice < 10:
        raw, how = packed(raw, rng)
        name = "t.csv.gz"
        return Case(name, {name: raw}, how, options)
    elif choice < 14:
        raw, how = _strange(rng), "strange cells"
    elif choice == 14:
        encoding = str(pick(rng, ("utf-16", "utf-32-be", "cp932", "utf-7", "utf-8-sig")))
        raw, how = raw.decode().encode(encoding, "replace"), encoding
    elif choice == 15:
        names = [f"x{j}" for j in range(int(pick(rng, (50, 400))))]
        row = ",".join(str(pick(rng, ("1", "2.5", "", "0"))) for _ in [*names, "y"])
        raw, how = f"{','.join(names)},y\n{row}\n{row}\n".encode(), f"{len(names)} columns"
    elif choice == 16:
        cell = pick(rng, (b"1" * (17 << 20), b"," * (17 << 20), b'"' + b"a\n" * (1 << 20)))
        raw, how = b"a,y\n1,2\n" + cell, "an endless line or cell"
    elif choice == 17:
        raw, how = pick(rng, _shapes()), "the form of a table alone"
    elif choice == 18:
        megabytes = int(pick(rng, (10, 90, 300)))
        byte = pick(rng, (b"\0", b"1", b",", b"\n", b"1,2\n"))
        raw = bomb(megabytes // len(byte), byte, b"a,y\n")
        return Case("t.csv.gz", {"t.csv.gz": raw}, f"a bomb of {megabytes} MB of {byte!r}", options)
    else:
        raw, how = rng.bytes(int(pick(rng, (0, 1, 2, 3, 100, 5000)))), "random bytes"
    if name.endswith(".gz"):
        raw = gzip.compress(raw, 1, mtime=0)
    return Case(name, {name: raw}, how, options)


@cache
def _shapes() -> tuple[bytes, ...]:
    return (
        *(
            b"",
            b"\n",
            b"\r",
            b"\r\n\r\n",
            b",",
            b",,,\n,,,\n",
            b"y",
            b"y\n",
            b"a,y",
            b"a,y\n",
            b'"',
        ),
        *(b"\xef\xbb\xbf", b"\xef\xbb\xbfa,y\n1,2\n", b"a,y\r1,2\r3,4\r", b'"a\n",y\n1,2\n', b"\0"),
        *(b"a,a,y\n" * 2000, b"a,y\n" + b"1\n" * 2000, b"a,y\n" + b"1,2,3\n", b",y\n1,2\n"),
        *(b"a,y\n" + b"\n" * 20000 + b"1,2\n", b"a" * 200_000 + b",y\n1,2\n2,3\n", b" ,y\n1,2\n"),
        *(b'y,a\n"' + b"q" * 200_000 + b'",1\n', b'a,y\n"' + b"1,2\n" * 200_000, b"\\,y\n\\,1\n"),
    )


def _strange(rng: Rng) -> bytes:
    """A table some of whose cells, or all, are strange."""
    sep = str(pick(rng, (",", "\t")))
    if rng.integers(3):
        rows = [line.split(",") for line in _text().decode().splitlines()]
        for _ in range(int(rng.integers(1, 5))):
            row, j = rows[int(rng.integers(len(rows)))], int(rng.integers(6))
            row[j] = str(pick(rng, _NAMES if row is rows[0] else _CELLS))
    else:
        width = int(rng.integers(1, 7))
        kinds = [str(pick(rng, _CELLS)) for _ in range(width)]
        rows = [[str(pick(rng, _NAMES)) for _ in range(width)]]
        rows[0][int(rng.integers(width))] = "y"
        for _ in range(int(rng.integers(0, 40))):
            rows.append([str(pick(rng, _CELLS)) if rng.integers(9) == 0 else k for k in kinds])
    text = str(pick(rng, ("\n", "\n", "\r\n", "\r"))).join(sep.join(row) for row in rows)
    if rng.integers(6):
        text = text.replace("\0", "")
    return text.encode("utf-8", "surrogatepass")


_CODECS = ("snappy", "gzip", "zstd", "none", "brotli", "lz4")


@cache
def _parquet(codec: str = "snappy", kind: str = "plain") -> bytes:
    import pandas as pd

    frame = _frame().copy()
    if kind == "dates":
        frame["t"] = pd.date_range("2024-01-01", periods=40, tz="UTC")
        frame["g"] = pd.Categorical(["u", "v"] * 20)
        frame["i"] = pd.array([1, None] * 20, dtype="Int64")
    file = io.BytesIO()
    frame.to_parquet(file, compression=None if codec == "none" else codec)
    return file.getvalue()


def honest_parquet() -> list[Case]:
    mean = {"target": "y", "missing": "mean"}
    good = [_parquet(codec, kind) for codec in _CODECS for kind in ("plain", "dates")]
    bad = [good[0], good[0][:-9], b"text", b"PAR1text", good[0][:-30] + bytes(22) + good[0][-8:]]
    return [Case("t.parquet", {"t.parquet": raw}, options=mean) for raw in good] + [
        Case("t.parquet", {"t.parquet": raw}, options=_TARGET) for raw in bad
    ]


def parquet(rng: Rng) -> Case:
    """A Parquet file that is hostile."""
    raw = _parquet(str(pick(rng, _CODECS)), str(pick(rng, ("plain", "dates"))))
    choice = rng.integers(10)
    if choice < 5:
        raw, how = damaged(raw, rng)
    elif choice == 5:
        at = len(raw) - 8 - int(rng.integers(1, min(len(raw) - 12, 3000)))
        raw, how = raw[:at] + rng.bytes(int(rng.integers(1, 4))) + raw[at + 2 :], "damaged footer"
    elif choice == 6:
        raw, how = _with_metadata(str(pick(rng, _metadata()))), "what pandas says of it"
    elif choice == 7:
        kind = int(rng.integers(len(_kinds())))
        raw, how = _written(kind), f"type {_kinds()[kind].type}"
    elif choice == 8:
        kind = str(pick(rng, ("numbers", "texts", "nothing", "zstd", "wide")))
        raw, how = _parquet_bomb(kind), f"a bomb of {kind}"
    else:
        raw, how = b"PAR1" + rng.bytes(int(pick(rng, (0, 4, 8, 100, 5000)))) + b"PAR1", "random"
    options = {
        "target": str(pick(rng, "yyac")),
        "missing": pick(rng, (None, "mean", "mean", "drop")),
    }
    return Case("t.parquet", {"t.parquet": raw}, how, options)


@cache
def _metadata() -> tuple[str, ...]:
    honest: dict[str, Any] = {
        "index_columns": [],
        "column_indexes": [],
        "columns": [
            {"name": n, "field_name": n, "pandas_type": "int64", "numpy_type": "int64",
             "metadata": None} for n in "ay"
        ],
    }  # fmt: skip
    code = "__import__('os').system('touch compiled')"
    made = ["", "{", "[]", "null", "1", '"a"', "[" * 100_000, "{}", '{"columns": 1}']
    for numpy_type in (
        "object",
        "O",
        f"i4,({code},)f8",
        "category",
        "datetime64[ns, ../../x]",
        "V" * 9,
        "period[9999999999Y]",
        "interval[int64]",
        "Sparse[int]",
        "json",
        5,
        None,
        [],
    ):
        changed = json.loads(json.dumps(honest))
        changed["columns"][0]["numpy_type"] = numpy_type
        made.append(json.dumps(changed))
    for key, value in (
        ("index_columns", ["a"]), ("index_columns", ["z"]), ("index_columns", [{"kind": "range"}]),
        ("index_columns", [{"kind": "range", "name": "r", "start": 0, "stop": 10**18, "step": 1}]),
        ("index_columns", 5), ("columns", []), ("columns", [{}]), ("attributes", {"a": [1]}),
        ("column_indexes", [{"name": code}] * 2), ("column_indexes", [{"pandas_type": "decimal"}]),
        ("column_indexes", [{"name": None, "pandas_type": f"i4,({code},)f8", "numpy_type": "i4"}]),
        ("column_indexes", [{"name": None, "pandas_type": "datetimetz", "metadata": {}}]),
    ):  # fmt: skip
        made.append(json.dumps(honest | {key: value}))
    return tuple(made)


@cache
def _with_metadata(text: str) -> bytes:
    import pyarrow as pa

    table = pa.table({"a": [1, 2, 3, 4], "y": [0, 1, 0, 1]})
    return _stored(table.replace_schema_metadata({b"pandas": text.encode()}))


@cache
def _kinds() -> tuple[Any, ...]:
    import decimal

    import pyarrow as pa

    d = decimal.Decimal
    return (
        *(pa.array([[1], [2, 3], None, []] * 5), pa.array([{"a": 1}, None] * 10), pa.nulls(20)),
        *(
            pa.array([d("1.5"), d("1e20")] * 10),
            pa.array([b"\xff", b"a"] * 10),
            pa.array(["\0"] * 20),
        ),
        pa.array([[("k", 1)], []] * 10, pa.map_(pa.string(), pa.int64())),
        *(
            pa.array([1, 2] * 10, t)
            for t in (pa.time64("us"), pa.duration("s"), pa.timestamp("ns"))
        ),
        *(pa.array([2**62, -(2**62)] * 10, pa.timestamp(u, "UTC")) for u in ("ms", "us", "ns")),
        *(pa.array([0, 2**31 - 1] * 10, t) for t in (pa.date32(), pa.int64(), pa.uint32())),
        pa.array(np.array([1, np.nan] * 10, np.float16)),
        *(pa.array(["a\0b", "ok"] * 10, t) for t in (pa.string(), pa.large_string())),
        pa.array(["a", "b"] * 10).dictionary_encode(),
        pa.array([1, 2] * 10, pa.timestamp("us", "No/Such_Zone")),
        pa.array([1, 2] * 10, pa.timestamp("us", "../../etc/passwd")),
    )


@cache
def _written(kind: int) -> bytes:
    import pyarrow as pa

    values = _kinds()[kind]
    return _stored(pa.table({"a": list(range(20)), "c": values, "y": [0, 1] * 10}))


@cache
def _parquet_bomb(kind: str) -> bytes:
    import pyarrow as pa

    rows = 2000
    if kind == "numbers":
        values = pa.array(np.zeros(20_000_000, np.int8))
        return _stored(pa.table({"a": values, "y": values}))
    if kind == "texts":
        texts = pa.array(["q" * 1_000_000])
        values = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), texts)
        # As plain text, not as categories, to whoever reads it.
        table = pa.table({"a": values, "y": np.arange(rows) % 2})
        return _stored(table, store_schema=False)
    if kind == "nothing":
        return _stored(pa.table({"a": pa.nulls(50_000_000), "y": pa.nulls(50_000_000)}))
    if kind == "wide":
        cells = pa.array([0, 1], pa.int8())
        return _stored(pa.table([cells] * 1500, names=[*(f"x{j}" for j in range(1499)), "y"]))
    texts = pa.array(["q" * 90_000_000, "w"])
    return _stored(pa.table({"a": texts, "y": [0, 1]}), compression="zstd", use_dictionary=False)


def _stored(table: Any, **options: Any) -> bytes:
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(table, file, **options)
    return file.getvalue()
