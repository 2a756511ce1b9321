"""run.json and the header of model.safetensors: honest files pass, all others are one line."""

from __future__ import annotations

import copy
import json
import os
import re
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.core.errors import ArgumentError
from denpa.runs.fields import MOST_BYTES, walk
from denpa.runs.header import HEADER, model_file
from denpa.runs.schema import RUN, digest_of, run_record, sealed
from denpa.runs.settings import options
from denpa.runs.shapes import tensors
from denpa.train.models import build
from tests.runs.folders import MAKERS, folder

Change = Callable[[Any], Any]


def plain(name: str) -> Any:
    return json.loads((folder(name) / "run.json").read_text("utf-8"))


def pack(path: Path, header: Any, rest: bytes) -> Path:
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(head).to_bytes(8, "little") + head + rest)
    return path


def unpack(path: Path) -> tuple[Any, bytes]:
    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    return json.loads(raw[8 : 8 + size]), raw[8 + size :]


def put(holder: Any, path: str, value: Any) -> None:
    """holder.a.b[0] = value; the value "DEL" deletes."""
    *way, last = [int(p) if p.isdigit() else p for p in re.split(r"[.\[\]]+", path.rstrip("]"))]
    for step in way:
        holder = holder[step]
    if value == "DEL":
        del holder[last]
    else:
        holder[last] = value


def message(path: Path, read: Callable[[Path], Any] = run_record) -> str:
    """What is said of a file: one line, soon, without much memory."""
    start = time.perf_counter()
    with pytest.raises(ArgumentError) as caught:
        read(path)
    assert time.perf_counter() - start < 2
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    assert text.isprintable()
    assert len(text) < 500
    return text


@pytest.mark.parametrize("name", MAKERS)
def test_runs_of_every_kind_pass(name: str) -> None:
    run = folder(name)
    with pytest.warns(UserWarning, match="digest is missing"):
        record = run_record(run / "run.json")
    raw, meta = model_file(run / "model.safetensors", record)
    assert raw == (run / "model.safetensors").read_bytes()
    assert meta["network"] == record["network"] == plain(name)["network"]


@pytest.mark.parametrize("name", MAKERS)
def test_the_tensors_of_a_description_are_those_of_the_network(name: str) -> None:
    spec = plain(name)["network"]
    net = build(spec)
    learnt = dict(net.named_parameters())
    found = [(n, tuple(t.shape), n in learnt) for n, t in net.state_dict().items()]
    assert sorted(found) == sorted(tensors(spec))


def test_a_sealed_record_is_read_without_a_word_and_tells_a_change(tmp_path: Path) -> None:
    record = sealed(plain("classes"))
    path = tmp_path / "run.json"
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False), "utf-8")
    assert run_record(path) == record
    record["data"]["path"] = "/elsewhere/classes.csv"  # the data moved
    path.write_text(json.dumps(record), "utf-8")
    assert run_record(path) == record
    record["metrics"]["test_loss"] += 1e-9
    path.write_text(json.dumps(record), "utf-8")
    assert "was changed since it was written: its digest" in message(path)
    assert digest_of({"b": 1, "a": "é"}) == digest_of({"a": "é", "b": 1, "digest": "x"})
    # SHA-256 of {"a":"\u00e9","b":1}, by sha256sum.
    known = "6d9eb45284090145dc16661b06abe01185a16a7dabba07c992a131bffa6b8114"
    assert digest_of({"b": 1, "a": "é"}) == known


FAULTS: list[tuple[str, Any, str]] = [
    (
        "settings.epochs",
        "many",
        'settings.epochs is "many"; expected a whole number from 1 to 10^9',
    ),
    ("settings.epochs", 10**12, "settings.epochs is 1000000000000; expected a whole number"),
    ("settings.epochs", True, "settings.epochs is true; expected a whole number"),
    ("settings.epochs", 2.0, "settings.epochs is 2.0; expected a whole number"),
    ("settings.epochs", None, "settings.epochs is null; expected a value"),
    (
        "settings.epochs",
        "DEL",
        "settings.epochs is missing; expected a whole number from 1 to 10^9",
    ),
    ("settings.hidden", [10**9] * 101, "settings.hidden is a list of 101; expected a list of 0 to"),
    ("settings.hidden", [10**9, 10**9], "network.hidden is a list of 1; expected settings.hidden"),
    ("settings.lr", -1, "settings.lr is -1; expected a number above 0, or null"),
    ("settings.lr", 10**400, "settings.lr is 1000"),
    ("settings.test", 1.5, "settings.test is 1.5; expected a number from 0 to below 1"),
    ("settings.test", 0.95, "settings: validation=0.1 and test=0.95"),
    ("settings.test", "DEL", "settings.test is missing"),
    ("settings.optimizer", "sdg", 'settings.optimizer is "sdg"; expected "sgd", "momentum"'),
    ("settings.augment", {"turn": 1}, "settings.augment.turn is not known; expected shift, rotate"),
    ("settings.ensemble", 10**9, "settings.ensemble is 1000000000; expected the length of seeds"),
    ("settings.seed", 4, "seeds.split is 3; expected settings.seed, 4"),
    ("seeds.networks", [5], "seeds.networks is a list of 1"),
    ("status", "done", 'status is "done"; expected "running" or "finished"'),
    ("created", "yesterday", 'created is "yesterday"; expected a date and time'),
    ("data.task", "\x1b[2J", r'data.task is "\x1b[2J"; expected'),
    ("data", "DEL", "data is missing; expected an object"),
    ("data", [], "data is a list of 0; expected an object"),
    ("data.classes", ["a", 7], "data.classes[1] is 7; expected text"),
    ("data.classes", [], "data.classes is a list of 0; expected names for a classification"),
    ("data.classes", ["a", "b", "c"], "network.outputs is 2; expected one for each class, 3"),
    ("data.shape", [9], "network.inputs is 6; expected the numbers of a row, 9"),
    ("data.sha256_parts.train", "f" * 63, 'data.sha256_parts.train is "fff'),
    ("data.parts.test", -1, "data.parts.test is -1; expected a whole number from 0"),
    ("data.parts", {}, "data.parts.train is missing"),
    ("network.outputs", 10**9, "network.outputs is 1000000000; expected one for each class, 2"),
    ("network.kernel", 3, "network.kernel is not known; expected model, outputs"),
    ("network.inputs", "DEL", "network.inputs is missing; expected inputs for the model"),
    ("network.image", [1, 2, 3], "network.image is given; expected inputs for the model"),
    (
        "network.standardize",
        [[1.0], [0.0]],
        "network.standardize is a list of 2; expected two lists",
    ),
    ("network.standardize", [[1.0] * 5, [1.0] * 5], "network.standardize is 5; expected as many"),
    ("network.rescale", [[1.0], [1.0]], "network.rescale is a list of 2; expected numbers for a"),
    ("parameters", 3, "parameters is 3; expected the network's, 68"),
    ("members", 10**9, "members is 1000000000; expected at most settings.ensemble, 1"),
    ("members", 0, "members is 0; expected a whole number from 1"),
    ("metrics", {}, "metrics is an object of 0; expected figures"),
    ("metrics.test_accuracy", None, "metrics is an object of"),
    ("metrics.test_accuracy", "0.9", 'metrics.test_accuracy is "0.9"; expected a number, or null'),
    ("best_epoch", 9, "best_epoch is 9; expected at most epochs, 2"),
    ("worth.baseline", "medium", 'worth.baseline is "medium"; expected one of data.classes'),
    ("worth.classes[0].rows", "x", 'worth.classes[0].rows is "x"; expected a whole number'),
    ("worth.convergence.state", 1, "worth.convergence.state is 1; expected"),
    ("model_sha256", "DEL", "model_sha256 is missing; expected a SHA-256"),
    ("model_sha256", None, "model_sha256 is null; expected a SHA-256, 64 hexadecimal digits"),
    ("format", 1, "was made by another version of Denpa (0"),
    ("format", "two", 'format is "two"; expected a whole number from 2 to 2'),
]


@pytest.mark.parametrize(("path", "value", "text"), FAULTS, ids=lambda v: str(v)[:40])
def test_a_field_that_is_not_as_written_is_named(
    path: str, value: Any, text: str, tmp_path: Path
) -> None:
    record = sealed(plain("classes"))
    put(record, path, value)
    file = tmp_path / "run.json"
    file.write_text(json.dumps(record), "utf-8")
    said = message(tmp_path, lambda _: run_record(file)) if path == "format" else message(file)
    assert text in said
    assert "train again" in said


def raw_text() -> bytes:
    return (folder("classes") / "run.json").read_bytes()


RAW: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "is no JSON"),
    "cut": (lambda: raw_text()[:-30], "is no JSON"),
    "list": (lambda: b"[1]", "names no format"),
    "null": (lambda: b"null", "names no format"),
    "deep": (lambda: b"[" * 10**5, "is nested too deep"),
    "deep object": (lambda: b'{"a":' * 10**5 + b"1" + b"}" * 10**5, "is nested too deep"),
    "deep field": (
        lambda: raw_text().replace(b'"command": ""', b'"command": ' + b"[" * 9**5, 1),
        "is nested too deep",
    ),
    "nan": (lambda: re.sub(rb'"seconds": [\d.]+', b'"seconds": NaN', raw_text()), "holds NaN"),
    "infinite": (
        lambda: re.sub(rb'"seconds": [\d.]+', b'"seconds": -Infinity', raw_text()),
        "holds -Infinity",
    ),
    "overflow": (
        lambda: re.sub(rb'"seconds": [\d.]+', b'"seconds": 1e999', raw_text()),
        "seconds is a number too large; expected a number from 0",
    ),
    "digits": (
        lambda: re.sub(rb'"seconds": [\d.]+', b'"seconds": ' + b"9" * 10**6, raw_text()),
        "no JSON",
    ),
    "twice": (
        lambda: raw_text().replace(b'"format": 2,', b'"format": 2, "format": 2,', 1),
        'the key "format" stands twice',
    ),
    "bom": (lambda: b"\xef\xbb\xbf" + raw_text(), "begins with a byte order mark"),
    "utf-16": (lambda: raw_text().decode().encode("utf-16"), "byte 0 is no UTF-8"),
    "latin": (lambda: b'{"format": "\xe9"}', "byte 12 is no UTF-8"),
    "surrogate": (lambda: b'{"format": "\\ud800"}', r'format is "\ud800"; expected'),
    "values": (lambda: b"[" + b"{}," * 5_000_000 + b"1]", "holds 15,"),
    "pairs": (lambda: b"{" + b'"":1,' * 1_900_000 + b'"":1}', "stands twice"),
}


@pytest.mark.parametrize("name", RAW)
def test_a_file_that_is_not_json_as_written_is_told(name: str, tmp_path: Path) -> None:
    make, text = RAW[name]
    file = tmp_path / "run.json"
    file.write_bytes(make())
    assert text in message(file)


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    with open(file, "wb") as out:
        out.truncate(1 << 30)
    tracemalloc.start()
    try:
        assert f"expected a run.json of at most {MOST_BYTES:,}" in message(file)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("read", [run_record, model_file])
def test_what_is_no_plain_file_is_refused_and_not_waited_for(
    tmp_path: Path, read: Callable[[Path], Any]
) -> None:
    file = tmp_path / "run.json"
    os.mkfifo(file)
    assert "is a pipe; expected a file" in message(file, read)
    file.unlink()
    file.mkdir()
    assert "is a folder; expected a file" in message(file, read)
    file.rmdir()
    file.symlink_to("/dev/zero")
    assert 'is a link to "/dev/zero", outside of the run folder' in message(file, read)
    file.unlink()
    file.symlink_to(file)
    assert "cannot be read" in message(file, read)
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nothing")


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
    ("classes", "format", 1, "format is 1; expected"),
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


def test_a_model_of_another_run_is_told(tmp_path: Path) -> None:
    def read(file: Path) -> Any:
        return model_file(file, plain("prices"))

    for other in ("classes", "digits", "ensemble"):
        assert "is not that of run.json" in message(folder(other) / "model.safetensors", read)


def test_the_table_names_every_field_that_is_written() -> None:
    rows = {path for path, _, _ in walk(RUN)}
    assert len(rows) == len(list(walk(RUN)))
    assert {f"settings.{name}" for name in options()} <= rows

    def names(value: Any, path: str) -> set[str]:
        if isinstance(value, list):
            return {n for v in value for n in names(v, f"{path}[]")}
        if not isinstance(value, dict):
            return {path}
        return {n for k, v in value.items() for n in names(v, f"{path}.{k}" if path else k)}

    derived = ("recall", "precision", "improving", "never_found", "failed")  # nobody reads these
    for name in MAKERS:
        written = {n.removesuffix("[]") for n in names(plain(name), "")}
        for path in written:
            free = path.startswith("metrics.") or path.endswith(derived)
            assert (
                free
                or any(path in (row, f"{row}[]") for row in rows)
                or path.startswith(("network.standardize", "network.rescale"))
            ), path
    assert {path for path, _, _ in walk(HEADER)} >= {"members", "encoding.columns[].categories"}


def test_ranges_are_said_in_words() -> None:
    said = {path: kind for path, kind, _ in walk(RUN)}
    assert said["settings.validation"] == "a number from 0 to below 1"
    assert said["settings.lr"] == "a number above 0, or null"
    assert said["settings.seed"] == "a whole number from 0 to 9223372036854775807"
    assert said["settings.image_size"] == "a list of 0 to 2 whole numbers, or null"
    assert said["data.task"] == '"classification" or "regression"'
    assert said["worth.convergence"] == "an object, or null"


def test_unknown_keys_change_nothing(tmp_path: Path) -> None:
    record = sealed({**plain("classes"), "later": {"a": [1]}})
    file = tmp_path / "run.json"
    file.write_text(json.dumps(record))
    assert run_record(file)["later"] == {"a": [1]}


def test_a_run_that_has_not_finished_lacks_only_its_end(tmp_path: Path) -> None:
    record = plain("classes")
    late = {field.name for field in RUN if field.late}
    begun = {k: v for k, v in record.items() if k not in late} | {"status": "running"}
    file = tmp_path / "run.json"
    file.write_text(json.dumps(sealed(begun)))
    assert run_record(file)["status"] == "running"
    file.write_text(json.dumps(sealed({**begun, "epochs": "x"})))
    assert 'epochs is "x"' in message(file)


def test_float64_networks_are_models_too(tmp_path: Path) -> None:
    from safetensors.numpy import save

    table, _ = unpack(folder("digits") / "model.safetensors")
    state = dp.load(folder("digits") / "model.safetensors")
    wide = {k: v.numpy().astype(np.float64) for k, v in state.items()}
    file = tmp_path / "model.safetensors"
    file.write_bytes(save(wide, metadata=table["__metadata__"]))
    assert model_file(file)[1]["members"] == 1
