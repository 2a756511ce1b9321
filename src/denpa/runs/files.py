"""The files of a run as they are written and read again, each with its digest: run.json and the
model. (The checkpoint is `denpa.train.checkpoint`'s.)"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from denpa.autodiff.tensor import tensor_of
from denpa.core.errors import ArgumentError
from denpa.core.jsonable import jsonable
from denpa.core.lock import Held
from denpa.core.run_files import MODEL, RUN
from denpa.core.sealed import Damaged, seal, unseal
from denpa.core.wording import either
from denpa.nn import Module
from denpa.report.printing import document
from denpa.runs.fields import MOST_BYTES, REMEDY, parse, read_regular, shown, whole
from denpa.runs.folder import RunFolder, resuming
from denpa.runs.header import model_file
from denpa.runs.schema import check_run

FORMAT = 3
TRAINING = either("denpa.runs.train", "denpa train")


def sha256(data: bytes | str) -> str:
    """The digest under which a file is listed in run.json."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def run_text(record: Mapping[str, Any]) -> str:
    """The text of run.json: the record, and last the digest of all before it."""
    plain = jsonable(record)
    plain["sha256"] = _digest(plain)
    text = json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return document(text, "utf-8")  # a path may hold bytes that are no UTF-8


def _digest(record: dict[str, Any]) -> str:
    return sha256(json.dumps(record, sort_keys=True))


def identity(record: Mapping[str, Any]) -> str:
    """What a run's checkpoints bear, so that those of another run are known."""
    plain = jsonable(record)
    changing = ("epochs", "source", "data_dir")  # what may be another when it goes on
    settings = {k: v for k, v in plain["settings"].items() if k not in changing}
    return _digest(
        {"created": plain["created"], "settings": settings, "data": plain["data"]["sha256_parts"]}
    )


def read_run(path: str | os.PathLike[str] | RunFolder, *, finished: bool = True) -> dict[str, Any]:
    """run.json of a run folder; errors for what is none, or damaged, or of another version, or
    unfinished. A finished run that is being gone on with is as it was until that has ended."""
    folder = path if isinstance(path, RunFolder) else RunFolder(path)
    if not os.path.exists(folder.path):
        raise ArgumentError(f"{folder.path}: no such folder; give one that {TRAINING} has written")
    if os.path.isfile(folder.path):
        raise ArgumentError(
            f"{folder.path} is a file; give the folder of a run that {TRAINING} has written"
        )
    file = folder.find(RUN) if finished else folder / RUN
    if not os.path.isfile(file):
        raise ArgumentError(
            f"{folder.path} is not a run folder: it has no {RUN}; give one that {TRAINING} has "
            "written"
        )
    record = _read_json(file)
    if finished and record["status"] != "finished":
        if record.get("before") is None:
            raise unfinished(folder.path)
        record = record["before"]
    return record


def _reachable(path: str | None) -> str | None:
    """A path as this process can open it: in a locale of ASCII, other letters are bytes."""
    try:
        return path if path is None or os.fsencode(path) else None
    except UnicodeEncodeError:
        return os.fsdecode(str(path).encode("utf-8", "surrogateescape"))


def unfinished(path: Path) -> ArgumentError:
    """The error for a run that has no network yet."""
    return ArgumentError(
        f"{path} holds a run that has not finished; continue it with {resuming(path)}"
    )


def _read_json(file: Path) -> dict[str, Any]:
    record = parse(read_regular(file, MOST_BYTES, "a run.json"), file)
    if not isinstance(record, dict) or "format" not in record:
        raise ArgumentError(f"{file} is not a file of Denpa's: it names no format")
    if record["format"] != FORMAT and whole().holds(record["format"]):
        versions = record.get("versions")
        made = versions.get("denpa") if isinstance(versions, dict) else None
        made = shown(made)[1:-1] if isinstance(made, str) else "another version"
        raise ArgumentError(
            f"{file.parent} was made by another version of Denpa ({made}, run format "
            f"{record['format']}); this one reads format {FORMAT}. Use that version, or train again"
        )
    check_run(file, record)
    said = record.pop("sha256", None)
    if said is None:
        raise ArgumentError(
            f"{file} carries no SHA-256, so nobody can know whether it is as it was written; "
            f"{REMEDY}"
        )
    if said != _digest(record):
        raise ArgumentError(
            f"{file} is damaged or was changed: its SHA-256 is not its own; {REMEDY}"
        )
    record["data"]["path"] = _reachable(record["data"]["path"])
    return record


def listed(path: Path, model: str, predictions: Mapping[str, Any]) -> bool:
    """Enter a file of predictions into run.json; False where nobody can write there now, or where
    the run has another model by now."""
    folder = RunFolder(path)
    try:
        with folder.locked():
            record = _read_json(path / RUN)
            done = record.get("before") or record
            if done["files"][MODEL] != model:
                return False
            known = [p for p in record["predictions"] if p["file"] != predictions["file"]]
            record["predictions"] = [*known, predictions]
            folder.write(RUN, run_text(record))
    except (ArgumentError, LookupError, TypeError, Held, OSError):
        return False
    return True


def pack_model(net: Module, header: Mapping[str, Any]) -> bytes:
    """The bytes of model.safetensors: the state dict and, in the header, what prediction needs."""
    state = {k: np.asarray(t.detach().numpy(), order="C") for k, t in net.state_dict().items()}
    return seal(state, jsonable({"format": FORMAT, **header}))


def read_model(
    path: Path, build: Callable[[dict[str, Any]], Module], record: dict[str, Any]
) -> tuple[Module, dict[str, Any]]:
    """The network and the header of a model file, whose digest run.json has."""
    try:
        raw, _ = model_file(path, record)
    except FileNotFoundError:
        raise ArgumentError(f"{path} is missing; {REMEDY}") from None
    if sha256(raw) != record["files"][MODEL]:
        raise ArgumentError(
            f"{path} is damaged or was changed: its SHA-256 is not the one in {RUN}; {REMEDY}"
        )
    try:
        header, state = unseal(raw)
        net = build(header)
        net.load_state_dict({k: tensor_of(v) for k, v in state.items()})
    except (Damaged, LookupError, TypeError, ValueError, RuntimeError) as error:
        raise ArgumentError(f"{path} is damaged ({first_line(error)}); {REMEDY}") from error
    return net, header


def first_line(error: BaseException) -> str:
    """The first line of an error's text."""
    return (str(error).splitlines() or [type(error).__name__])[0]
