"""run.json and the header of model.safetensors: honest files pass, all others are one line."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from denpa.core.errors import ArgumentError
from denpa.runs.fields import MOST_BYTES, parse, read_regular, walk
from denpa.runs.files import run_text
from denpa.runs.header import HEADER, model_file
from denpa.runs.schema import RUN, check_run
from denpa.runs.settings import options
from tests.runs.folders import MAKERS, folder


def run_record(file: Path) -> Any:
    """A run.json read and checked; its digest is left to `read_run`."""
    record = parse(read_regular(file, MOST_BYTES, "a run.json"), file)
    check_run(file, record)
    return record


def sealed(record: Any) -> Any:
    return json.loads(run_text({k: v for k, v in record.items() if k != "sha256"}))


def plain(name: str) -> Any:
    return json.loads((folder(name) / "run.json").read_text("utf-8"))


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
def test_runs_of_every_kind_pass(name: str, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(folder(name), run)
    record = run_record(run / "run.json")
    assert record == plain(name)
    raw, meta = model_file(run / "model.safetensors", record)
    assert raw == (run / "model.safetensors").read_bytes()
    assert meta["network"] == record["network"]


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
    ("settings.colour", 1, "settings.colour is not known; expected one of 4"),
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
    ("metrics", {}, "metrics is an object of 0; expected one figure"),
    ("metrics.test_accuracy", "0.9", 'metrics.test_accuracy is "0.9"; expected a number, or null'),
    ("best_epoch", 9, "best_epoch is 9; expected at most epochs, 2"),
    ("worth.baseline", "medium", 'worth.baseline is "medium"; expected one of data.classes'),
    ("worth.classes[0].rows", "x", 'worth.classes[0].rows is "x"; expected a whole number'),
    ("worth.convergence.state", 1, "worth.convergence.state is 1; expected"),
    ("files", {}, "files.model.safetensors is missing; expected a SHA-256, 64 hexadecimal digits"),
    ("files", None, "files is null; expected an object"),
    ("predictions", [{"file": 1}], "predictions[0].file is 1; expected text"),
    ("signal", 0, "signal is 0; expected a whole number from 1 to 255, or null"),
    ("before", {"format": 3}, "before: status is missing"),
    ("before", "x", 'before is "x"; expected an object, or null'),
    ("format", "three", 'format is "three"; expected a whole number'),
]


@pytest.mark.parametrize(("path", "value", "text"), FAULTS, ids=lambda v: str(v)[:40])
def test_a_field_that_is_not_as_written_is_named(
    path: str, value: Any, text: str, tmp_path: Path
) -> None:
    record = sealed(plain("classes"))
    put(record, path, value)
    file = tmp_path / "run.json"
    file.write_text(json.dumps(record), "utf-8")
    said = message(file)
    assert text in said
    assert "train again" in said


def raw_text() -> bytes:
    return (folder("classes") / "run.json").read_bytes()


RAW: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "is no JSON"),
    "cut": (lambda: raw_text()[:-30], "is no JSON"),
    "list": (lambda: b"[1]", "the whole is a list of 1; expected an object"),
    "null": (lambda: b"null", "the whole is null; expected an object"),
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
        lambda: raw_text().replace(b'"format": 3,', b'"format": 3, "format": 3,', 1),
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

    derived = (
        "sha256",
        "recall",
        "precision",
        "improving",
        "never_found",
        "failed",
    )  # nobody reads these
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


def test_what_a_run_may_have_at_the_extremes_is_read(tmp_path: Path) -> None:
    """Options without an upper bound, and figures that were NaN or infinite."""
    record = plain("prices")
    record["settings"] |= {"batch_size": 10**12, "patience": 2**62, "lr": 1e300, "seed": 3}
    record["metrics"] |= {"test_rmse": None, "test_r2": None}
    record["worth"] |= {"score": None}
    record["gradient_check"]["largest_relative_error"] = None
    file = tmp_path / "run.json"
    file.write_text(json.dumps(sealed(record)))
    assert run_record(file)["metrics"]["test_r2"] is None


def test_a_run_that_has_not_finished_lacks_only_its_end(tmp_path: Path) -> None:
    record = plain("classes")
    late = {field.name for field in RUN if field.late}
    begun = {k: v for k, v in record.items() if k not in late} | {"status": "running"}
    file = tmp_path / "run.json"
    file.write_text(json.dumps(sealed(begun)))
    assert run_record(file)["status"] == "running"
    file.write_text(json.dumps(sealed({**begun, "epochs": "x"})))
    assert 'epochs is "x"' in message(file)
