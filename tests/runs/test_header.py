"""The header of model.safetensors: honest files pass, all others are one line, before anything is
built."""

from __future__ import annotations

import copy
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.runs.header import model_file
from denpa.runs.shapes import tensors
from denpa.train.models import build
from tests.runs.folders import MAKERS, folder
from tests.runs.test_schema import message, plain, put


def pack(path: Path, header: Any, rest: bytes) -> Path:
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(head).to_bytes(8, "little") + head + rest)
    return path


def unpack(path: Path) -> tuple[Any, bytes]:
    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    return json.loads(raw[8 : 8 + size]), raw[8 + size :]


@pytest.mark.parametrize("name", MAKERS)
def test_the_tensors_of_a_description_are_those_of_the_network(name: str) -> None:
    spec = plain(name)["network"]
    net = build(spec)
    learnt = dict(net.named_parameters())
    found = [(n, tuple(t.shape), n in learnt) for n, t in net.state_dict().items()]
    assert sorted(found) == sorted(tensors(spec))


def with_meta(change: Callable[[Any], None], name: str) -> tuple[Any, bytes]:
    table, rest = unpack(folder(name) / "model.safetensors")
    meta = json.loads(table["__metadata__"]["denpa"])
    change(meta)
    table["__metadata__"]["denpa"] = json.dumps(meta)
    return table, rest


HEADS: list[tuple[str, str, Any, str]] = [
    (
        "classes",
        "members",
        10**9,
        "holds 11 tensors; expected those of the network, 11 for each of",
    ),
    ("classes", "members", "two", 'members is "two"; expected a whole number from 1 to 10^9'),
    ("classes", "network.hidden", [10**9] * 9, "tensors; expected those of the network"),
    (
        "classes",
        "network.hidden",
        [10**9],
        "the tensor linear1.weight is 6 x 6; expected 1000000000",
    ),
    ("classes", "network.hidden[0]", 0, "network.hidden[0] is 0; expected a whole number from 1"),
    ("classes", "network", "DEL", "network is missing"),
    ("classes", "encoding.target.classes", ["a"], "network.outputs is 2; expected one for each"),
    ("classes", "encoding.target.classes", ["a", "a"], "expected different names"),
    ("classes", "encoding.target.classes", "DEL", "encoding.target.classes is missing"),
    ("classes", "encoding.columns[0]", "DEL", "encoding.fill is a list of 6; expected 5 numbers"),
    ("classes", "encoding.columns[0].type", "colour", 'encoding.columns[0].type is "colour"'),
    ("classes", "encoding.columns[1].categories", "DEL", "columns[1].categories is missing"),
    ("classes", "encoding.columns[0].name", "garden", "encoding.columns is a list of 4; expected"),
    ("classes", "encoding.kind", "images", 'encoding.channels is missing; "images" needs it'),
    (
        "classes",
        "encoding.version",
        2,
        "encoding.version is 2; expected a whole number from 1 to 1",
    ),
    ("classes", "format", 1.5, "format is 1.5; expected"),
    ("classes", "task", "regression", 'encoding.target.task is "classification"; expected task'),
    ("cnn", "network.channels[0]", 10**9, "the tensor conv1.weight is 3 x 1 x 3 x 3; expected"),
    (
        "cnn",
        "network.image",
        [1, 9, 8],
        "network.image is a list of 3; expected the shape of a row",
    ),
    ("cnn", "encoding.divide", 0, "encoding.divide is 0; expected a number above 0"),
    ("signals", "encoding.length", 19, "network.image is a list of 2; expected the shape of a row"),
    (
        "prices",
        "network.rescale",
        None,
        "network.rescale is null; expected numbers for a regression",
    ),
    ("prices", "network.rescale[1][0]", 0.0, "network.rescale is a list of 2; expected two lists"),
]


@pytest.mark.parametrize(("name", "path", "value", "text"), HEADS, ids=lambda v: str(v)[:30])
def test_a_model_whose_header_does_not_fit_is_told(
    name: str, path: str, value: Any, text: str, tmp_path: Path
) -> None:
    changed = with_meta(lambda meta: put(meta, path, copy.deepcopy(value)), name)
    file = pack(tmp_path / "model.safetensors", *changed)
    tracemalloc.start()
    try:
        assert text in message(file, model_file)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_tensors_that_do_not_fit_are_told(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    table, rest = unpack(folder("digits") / "model.safetensors")
    faults: list[tuple[str, Any, str]] = [
        ("output.bias.dtype", "BF16", 'the dtype of output.bias is "BF16"; expected "F32"'),
        ("output.bias.shape", [11], "the tensor output.bias is 11; expected 10"),
        ("output.bias.shape", [2**50], "output.bias.shape[0] is 1125899906842624; expected"),
        ("output.bias.data_offsets", [0, 40], "its tensors do not fill it"),
        ("output.bias.data_offsets", [0, 44], "is damaged (the bytes of output.bias are 0 to 44"),
        ("output.bias.data_offsets", [9**20, 9**21], "data_offsets[0] is 1215766545905692880"),
        ("output.bias", "DEL", "holds 3 tensors; expected those of the network, 4 for each"),
        ("__metadata__", {"format": "pt"}, "is not a model of Denpa's: its header lacks denpa"),
        ("__metadata__", "DEL", "__metadata__ is missing"),
        ("__metadata__.denpa", "{", "denpa in the header is no JSON"),
        ("__metadata__.denpa", "[" * 10**5, "denpa in the header is nested too deep"),
        ("__metadata__.denpa", "\ud800", "denpa in the header byte 0 is no UTF-8"),
    ]
    for path, value, text in faults:
        other = copy.deepcopy(table)
        other_path = path.replace("output.bias", "output§bias")
        other["output§bias"] = other.pop("output.bias")
        put(other, other_path, value)
        if "output§bias" in other:
            other["output.bias"] = other.pop("output§bias")
        assert text in message(pack(file, other, rest), model_file), path
    for size in (2**63, 2**64 - 1, 10**8):
        file.write_bytes(size.to_bytes(8, "little") + b"{}")
        assert "where the header alone needs" in message(file, model_file)
    for raw in (b"", b"1234567"):
        file.write_bytes(raw)
        assert "where the header alone needs" in message(file, model_file)
    assert "is damaged (the bytes of" in message(pack(file, table, rest[:-1]), model_file)
    assert "do not fill it" in message(pack(file, table, rest + b"1"), model_file)


def test_a_header_that_no_run_has_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes((1 << 29).to_bytes(8, "little") + b"{")
    with open(file, "r+b") as out:
        out.truncate(1 << 30)
    tracemalloc.start()
    try:
        said = message(file, model_file)
        assert "the header has 536,870,912 bytes; expected at most 33,554,432" in said
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_a_model_of_another_run_is_told(tmp_path: Path) -> None:
    def read(file: Path) -> Any:
        return model_file(file, plain("prices"))

    for other in ("classes", "digits", "ensemble"):
        assert "is not that of run.json" in message(folder(other) / "model.safetensors", read)


def test_float64_networks_are_models_too(tmp_path: Path) -> None:
    from safetensors.numpy import save

    table, _ = unpack(folder("digits") / "model.safetensors")
    state = dp.load(folder("digits") / "model.safetensors")
    wide = {k: v.numpy().astype(np.float64) for k, v in state.items()}
    file = tmp_path / "model.safetensors"
    file.write_bytes(save(wide, metadata=table["__metadata__"]))
    assert model_file(file)[1]["members"] == 1
