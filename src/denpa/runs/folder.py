"""The run folder: what a training run leaves behind, and how it is read again.

`model.safetensors` (weights, and in its header all that prediction needs), `run.json` (settings,
versions, data, figures), `history.csv`, `report.html`, `checkpoint.safetensors` (to go on from).
Every file is written beside its place and renamed onto it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from denpa.autodiff.tensor import tensor_of
from denpa.core.errors import ArgumentError
from denpa.core.files import write_atomically
from denpa.core.jsonable import jsonable
from denpa.core.wording import either, option
from denpa.nn import Module
from denpa.report.printing import document

FORMAT = 2
MODEL, RUN, HISTORY, REPORT = "model.safetensors", "run.json", "history.csv", "report.html"
TRAINING = either("denpa.runs.train", "denpa train")
_SPARE = 4 << 20  # bytes beside the weights: report, history


def resuming(path: Path) -> str:
    """How a run is gone on with."""
    return either(f"denpa.runs.resume({str(path)!r})", f"denpa train --resume {path}")


class RunFolder:
    """Paths of a run folder and the writing into it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.written: list[str] = []

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def checkpoint(self, member: int = 1) -> Path:
        """The checkpoint of the run, or of one network of an ensemble."""
        name = "checkpoint.safetensors" if member == 1 else f"checkpoint-{member}.safetensors"
        return self.path / name

    def check_free(self, overwrite: bool) -> None:
        """Raise when another run, or somebody's files, are there already."""
        if self.path.exists() and not self.path.is_dir():
            raise ArgumentError(f"{self.path} is a file; {option('out')} needs a folder")
        if not self.path.is_dir() or not any(self.path.iterdir()) or overwrite:
            return
        if (self / RUN).is_file():
            raise ArgumentError(
                f"{self.path} holds a run already; give another {option('out')}, continue that "
                f"run with {resuming(self.path)}, or replace it with {option('overwrite', True)}"
            )
        raise ArgumentError(
            f"{self.path} is a folder with other files in it; give another {option('out')}, or "
            f"write into it all the same with {option('overwrite', True)}"
        )

    def open(self, need: int) -> None:
        """Make the folder and write `need` bytes into it for a trial, so that a full disk or a
        read-only folder is known before training and not after it."""
        need += _SPARE
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self.path).free
            if free < need:
                raise ArgumentError(
                    f"{self.path}: the disk has {free / 2**20:,.0f} MiB left, this run may need "
                    f"{need / 2**20:,.0f}; free some or give another {option('out')}. Nothing was "
                    "trained"
                )
            handle, name = tempfile.mkstemp(dir=self.path, prefix=".trial.")
            try:
                with os.fdopen(handle, "wb") as file:
                    for _ in range(-(-need // 2**20)):
                        file.write(bytes(2**20))
                    file.flush()
            finally:
                os.unlink(name)
        except OSError as error:
            raise ArgumentError(
                f"{self.path}: cannot be written to ({error.strerror or error}); give another "
                f"{option('out')}. Nothing was trained"
            ) from error

    def clear(self) -> None:
        """Remove the files of an earlier run, and only those."""
        for file in (MODEL, RUN, HISTORY, REPORT):
            (self / file).unlink(missing_ok=True)
        for path in self.path.glob("checkpoint*.safetensors"):
            path.unlink()

    def write(self, name: str, content: str | bytes) -> None:
        """Write one file, whole or not at all."""
        data = content.encode("utf-8") if isinstance(content, str) else content
        write_atomically(self / name, data)
        self.written.append(name)

    def write_run(self, record: Mapping[str, Any]) -> None:
        """Write run.json."""
        text = json.dumps(jsonable(record), indent=2, ensure_ascii=False, allow_nan=False)
        self.write(RUN, document(text, "utf-8") + "\n")


@contextmanager
def keep_account(folder: RunFolder, files: tuple[str, ...]) -> Iterator[None]:
    """When writing fails, say what was written and what was not."""
    folder.written = []
    try:
        yield
    except OSError as error:
        done = folder.written
        missing = [f for f in files if f not in done]
        kept = ""
        if folder.checkpoint().is_file():
            kept = (
                f" The weights of the last epoch are in {folder.checkpoint().name}: free some space"
                f" and go on with {resuming(folder.path)}"
            )
        raise ArgumentError(
            f"{folder.path}: writing failed ({error.strerror or error}); "
            f"written: {', '.join(done) or 'nothing'}; not written: {', '.join(missing)}.{kept}"
        ) from error


def pack_model(net: Module, meta: Mapping[str, Any]) -> bytes:
    """The bytes of model.safetensors: the state dict and, as JSON in the header, `meta`."""
    from safetensors.numpy import save

    state = {k: np.asarray(t.detach().numpy(), order="C") for k, t in net.state_dict().items()}
    # One key: safetensors writes several in an order that changes from run to run.
    text = json.dumps(jsonable({"format": FORMAT, **meta}), sort_keys=True, allow_nan=False)
    return save(state, metadata={"denpa": text})


def read_model(
    path: Path, build: Callable[[dict[str, Any]], Module], sha256: str | None = None
) -> tuple[Module, dict[str, Any]]:
    """The network and the header of a model file."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    remedy = "copy the run folder again, or train again"
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ArgumentError(f"{path} is missing; {remedy}") from None
    except OSError as error:
        raise ArgumentError(f"{path}: cannot be read ({error.strerror or error})") from error
    if sha256 is not None and hashlib.sha256(raw).hexdigest() != sha256:
        raise ArgumentError(
            f"{path} is damaged or was changed: its SHA-256 is not the one in {RUN}; {remedy}"
        )
    try:
        state = load(raw)
        size = int.from_bytes(raw[:8], "little")
        meta = json.loads(json.loads(raw[8 : 8 + size])["__metadata__"]["denpa"])
        net = build(meta)
        net.load_state_dict({k: tensor_of(v) for k, v in state.items()})
    except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
        raise ArgumentError(f"{path} is damaged ({first_line(error)}); {remedy}") from error
    return net, meta


def read_run(path: str | os.PathLike[str], *, finished: bool = True) -> dict[str, Any]:
    """run.json of a run folder; errors for what is none, or of another version, or unfinished."""
    folder = Path(path)
    if not folder.exists():
        raise ArgumentError(f"{folder}: no such folder; give one that {TRAINING} has written")
    file = folder / RUN
    if not file.is_file():
        raise ArgumentError(
            f"{folder} is not a run folder: it has no {RUN}; give one that {TRAINING} has written"
        )
    try:
        record = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ArgumentError(f"{file}: cannot be read ({error.strerror or error})") from error
    except ValueError as error:
        raise ArgumentError(f"{file} is damaged ({first_line(error)}); train again") from error
    if not isinstance(record, dict) or "format" not in record:
        raise ArgumentError(f"{file} is not a file of Denpa's: it names no format")
    if record["format"] != FORMAT:
        made = record.get("versions", {}).get("denpa", "another version")
        raise ArgumentError(
            f"{folder} was made by another version of Denpa ({made}, run format "
            f"{record['format']}); this one reads format {FORMAT}. Use that version, or train again"
        )
    if finished and record.get("status") != "finished":
        raise ArgumentError(
            f"{folder} holds a run that has not finished; continue it with {resuming(folder)}"
        )
    return record


def first_line(error: BaseException) -> str:
    """The first line of an error's text."""
    return (str(error).splitlines() or [type(error).__name__])[0]
