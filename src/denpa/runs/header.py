"""The check of a model.safetensors before anything is built from it: what its header says, and
whether the network that it describes is the one whose tensors the file holds."""

from __future__ import annotations

import itertools
import math
import os
from pathlib import Path
from typing import Any

from denpa.core.errors import ArgumentError
from denpa.runs.fields import (
    FLAG,
    MOST_BYTES,
    REMEDY,
    TEXT,
    Field,
    Kind,
    by_name,
    check,
    choice,
    many,
    number,
    open_regular,
    parse,
    record,
    refuse,
    shown,
    whole,
)
from denpa.runs.shapes import NETWORK, check_network, same, tensors

_BYTES = {"F16": 2, "F32": 4, "F64": 8, "I64": 8}

_NUMBERS = many(number(), "numbers", 1)
_TARGET = (
    Field("name", TEXT, "the column, or what the targets are called"),
    Field("task", choice("classification", "regression"), "what is predicted"),
    Field("classes", many(TEXT, "texts", 1), "names of the classes", needed=False),
    Field("indices", FLAG, "whether whole numbers are indices of classes", needed=False),
    Field("bool", FLAG, "whether a regression's target is true or false", needed=False),
)
_COLUMN = (
    Field("name", TEXT, "the column"),
    Field("type", choice("number", "bool", "date", "category"), "what it holds"),
    Field("categories", many(TEXT, "texts", 1), "of a category, one-hot", needed=False),
    Field("origin", number(), "days from 1970 to the first date", needed=False),
    Field("zone", FLAG, "whether dates have a time zone", needed=False),
)
ENCODING = (
    Field("version", whole(1, 1), "of this description"),
    Field("kind", choice("table", "images", "signals"), "what a row is"),
    Field("from", choice("table", "array", "pictures"), "what was read"),
    Field("missing", choice("error", "drop", "mean"), "what is done with missing values"),
    Field("target", record(*_TARGET), "how targets are read"),
    Field("header", FLAG, "whether a text file has one", needed=False),
    Field("columns", many(record(*_COLUMN), "objects", 1), "of a table", needed=False),
    Field("fill", _NUMBERS, "the mean of each number of a row", needed=False),
    Field("limits", _NUMBERS, "the largest of each number of a row", needed=False),
    Field("channels", whole(1), "of images and signals", needed=False),
    Field("height", whole(1), "of images", needed=False),
    Field("width", whole(1), "of images", needed=False),
    Field("length", whole(1), "of signals", needed=False),
    Field("offset", number(), "taken from a pixel", needed=False),
    Field("divide", number(above=0), "then divides it", needed=False),
    Field("values", choice("integer", "float"), "of a pixel", needed=False),
)
_OF_KIND = {
    "table": ("columns", "fill"),
    "images": ("channels", "height", "width", "offset", "divide", "values"),
    "signals": ("channels", "length"),
}
_OF_TARGET = {"classification": ("classes", "indices"), "regression": ("bool",)}
_OF_COLUMN = {"category": ("categories",), "date": ("origin", "zone")}

HEADER = (
    Field("format", whole(1), "the layout of this file"),
    Field("network", record(*NETWORK, closed=True), "what the network is built from"),
    Field("members", whole(1), "networks whose answers are averaged"),
    Field("task", choice("classification", "regression"), "what is predicted"),
    Field("encoding", record(*ENCODING), "how new data become numbers"),
)

_PLACE = Kind("a list of 2 whole numbers", many(whole(0, 2**53), "", 2, 2).holds, whole(0, 2**53))
_TENSOR = record(
    Field("dtype", TEXT, "what its numbers are"),
    Field("shape", many(whole(0, 2**40), "whole numbers", 0, 8), "of the tensor"),
    Field("data_offsets", _PLACE, "where its bytes begin and end"),
)


def model_file(file: Path, run: dict[str, Any] | None = None) -> tuple[bytes, dict[str, Any]]:
    """The bytes of a model.safetensors and Denpa's part of its header, both checked, and that they
    are of the run of that run.json. What is read is bounded by what the header describes.

    Errors: FileNotFoundError where there is none; an ArgumentError of one line that names the file,
    the field, what was expected and what to do.
    """
    with open_regular(file) as stream:
        size = os.fstat(stream.fileno()).st_size
        length = int.from_bytes(stream.read(8), "little")
        if size < 8 or not 2 <= length <= size - 8:
            raise ArgumentError(
                f"{file} is damaged ({size:,} bytes, where the header alone needs {length + 8:,}); "
                f"{REMEDY}"
            )
        if length > MOST_BYTES:
            raise ArgumentError(
                f"{file}: the header has {length:,} bytes; expected at most {MOST_BYTES:,}; "
                f"{REMEDY}"
            )
        head = stream.read(length)
        meta = _header(head, file, size - 8 - length)
        if run is not None:
            _agree(file, meta, run)
        rest = stream.read(size - 8 - length)
    return length.to_bytes(8, "little") + head + rest, meta


def _header(head: bytes, file: Path, size: int) -> dict[str, Any]:
    """Denpa's part of a header, checked against itself and the tensors, which have `size` bytes."""
    table = parse(head, file, "the header")
    check(file, table, record(Field("__metadata__", by_name(TEXT, "texts"), "")), "")
    text = table.pop("__metadata__").get("denpa")
    if text is None:
        raise ArgumentError(f"{file} is not a model of Denpa's: its header lacks denpa; {REMEDY}")
    meta = parse(text.encode("utf-8", "surrogatepass"), file, "denpa in the header")
    check(file, meta, record(*HEADER))
    _check_encoding(file, meta["encoding"], meta["task"])
    classes = len(meta["encoding"]["target"].get("classes", ()))
    kind, shape = meta["encoding"]["kind"], _shape(meta["encoding"], file)
    check_network(file, meta["network"], meta["task"], classes, shape, kind)
    check(file, table, by_name(_TENSOR, "tensors"))
    _check_tensors(file, meta, table, size)
    return dict(meta)


def _check_encoding(file: Path, encoding: dict[str, Any], task: str) -> None:
    target, kind = encoding["target"], encoding["kind"]
    _needed(file, "encoding", encoding, _OF_KIND[kind], kind)
    _needed(file, "encoding.target", target, _OF_TARGET[target["task"]], target["task"])
    same(file, "encoding.target.task", target["task"], task, "task")
    if task == "classification" and len(set(target["classes"])) < len(target["classes"]):
        refuse(file, "encoding.target.classes", target["classes"], "different names")
    if kind != "table":
        sources = ("array",) if kind == "signals" else ("array", "pictures")
        if encoding["from"] not in sources:
            refuse(file, "encoding.from", encoding["from"], choice(*sources).expected)
        return
    if encoding["from"] == "pictures":
        refuse(file, "encoding.from", encoding["from"], choice("table", "array").expected)
    for k, column in enumerate(encoding["columns"]):
        wanted = _OF_COLUMN.get(column["type"], ())
        _needed(file, f"encoding.columns[{k}]", column, wanted, column["type"])
    names = [column["name"] for column in encoding["columns"]]
    if len(set(names)) < len(names):
        refuse(file, "encoding.columns", encoding["columns"], "different names")
    width = _shape(encoding, file)[0]
    for name in ("fill", "limits"):
        if name in encoding and len(encoding[name]) != width:
            refuse(
                file, f"encoding.{name}", encoding[name], f"{width} numbers, as the columns make"
            )


def _needed(file: Path, path: str, value: dict[str, Any], names: Any, kind: str) -> None:
    for name in names:
        if name not in value:
            raise ArgumentError(f'{file}: {path}.{name} is missing; "{kind}" needs it; {REMEDY}')


def _shape(encoding: dict[str, Any], file: Path) -> list[int]:
    """The shape of a row as the encoding makes it."""
    if encoding["kind"] == "images":
        return [encoding["channels"], encoding["height"], encoding["width"]]
    if encoding["kind"] == "signals":
        return [encoding["channels"], encoding["length"]]
    parts = (len(c["categories"]) if c["type"] == "category" else 1 for c in encoding["columns"])
    return [sum(parts)]


def _check_tensors(file: Path, meta: dict[str, Any], table: dict[str, Any], size: int) -> None:
    """The tensors of the file are those of the networks, and fill it."""
    members, spec = meta["members"], meta["network"]
    each = list(tensors(spec))
    if members * len(each) != len(table):
        fit = f"those of the network, {len(each)} for each of {members:,} members"
        raise ArgumentError(f"{file} holds {len(table)} tensors; expected {fit}; {REMEDY}")
    for member, (name, shape, _) in itertools.product(range(members), each):
        full = name if members == 1 else f"members.{member}.{name}"
        if full not in table:
            raise ArgumentError(f"{file}: the tensor {full} is missing; {REMEDY}")
        found = table[full]
        if tuple(found["shape"]) != shape:
            have = " x ".join(map(str, found["shape"])) or "a single number"
            need = " x ".join(map(str, shape)) or "a single number"
            raise ArgumentError(
                f"{file}: the tensor {full} is {have}; expected {need}, as network says; {REMEDY}"
            )
        wanted = ("I64",) if name.endswith("num_batches_tracked") else ("F32", "F64", "F16")
        if found["dtype"] not in wanted:
            refuse(file, f"the dtype of {full}", found["dtype"], choice(*wanted).expected)
        start, end = found["data_offsets"]
        if end - start != math.prod(shape) * _BYTES[found["dtype"]] or end > size:
            raise ArgumentError(
                f"{file} is damaged (the bytes of {full} are {start:,} to {end:,}, which do not "
                f"fit its shape and the {size:,} that there are); {REMEDY}"
            )
    ends = sorted(tuple(found["data_offsets"]) for found in table.values())
    if [0, *(end for _, end in ends)] != [*(start for start, _ in ends), size]:
        raise ArgumentError(f"{file} is damaged (its tensors do not fill it); {REMEDY}")


def _agree(file: Path, meta: dict[str, Any], run: dict[str, Any]) -> None:
    """The model is that of the run."""
    encoding, data = meta["encoding"], run["data"]
    pairs = (
        ("format", meta["format"], run["format"]),
        ("network", meta["network"], run["network"]),
        ("members", meta["members"], run.get("members", meta["members"])),
        ("task", meta["task"], data["task"]),
        ("encoding.kind", encoding["kind"], data["kind"]),
        ("encoding.target.classes", encoding["target"].get("classes", []), data["classes"]),
    )
    for name, have, want in pairs:
        if have != want:
            raise ArgumentError(
                f"{file}: {name} is not that of run.json ({shown(want)}); the two files are of "
                f"different runs: {REMEDY}"
            )
