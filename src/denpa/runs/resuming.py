"""A run that goes on: what it was started with, its data again, and where it begins."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from denpa.core.errors import ArgumentError
from denpa.core.run_files import RUN
from denpa.core.wording import Wording, either, option
from denpa.data import DataError
from denpa.data.errors import counted
from denpa.runs.files import read_run
from denpa.runs.folder import RunFolder
from denpa.runs.job import Job, make_job, read_data
from denpa.runs.parts import NAMED
from denpa.runs.saver import Saver, found_checkpoint
from denpa.runs.settings import Settings, options
from denpa.runs.values import convert
from denpa.runs.voice import Voice

_FIXED_LENGTH = ("step", "cosine", "onecycle")  # schedules that are laid out over all epochs


def resumed(
    folder: RunFolder,
    source: Any,
    lang: str,
    voice: Voice,
    command: str,
    settings: dict[str, Any],
) -> Job:
    """The run in a folder, about to go on."""
    path = folder.path
    if folder.replaces:
        voice.line(
            f"going on with the run that is to replace the one in {path}; to keep the old one, "
            f"remove {folder.place}"
        )
    record = read_run(folder, finished=False)
    saved = {k: v for k, v in record["settings"].items() if v is not None}
    known = Settings.from_values({k: v for k, v in saved.items() if k != "test"})
    known = replace(known, test=saved.get("test"))
    in_memory = source is not None and not isinstance(source, (str, Path))
    if record["data"]["path"] is None and known.source not in NAMED and not in_memory:
        raise DataError(
            f"{path}: the run was trained on data in memory ({known.source}); give them again: "
            f"{either('denpa.runs.resume(path, source=data)', 'in Python, denpa.runs.resume')}"
        )
    moved = None if in_memory or source is None else _moved(str(source), record)
    _check_same(known, settings, None if in_memory or moved else source, record, path)
    if settings.get("epochs") is not None:
        known = _longer(known, convert(options()["epochs"], settings["epochs"]), record, path)
    where = record["data"]["path"]
    named = moved or (known.source if where is None or not os.path.exists(where) else where)
    own = known.source == "mnist"
    asked = replace(known, source=named, test=None if own else known.test)
    try:
        settled, data, own_test = read_data(asked, source if in_memory else None)
    except DataError:
        raise
    except ArgumentError as error:  # settings that do not go together
        raise ArgumentError(f"{folder / RUN}: {error}") from None
    settled = replace(settled, source=moved or known.source)
    created = datetime.fromisoformat(record["created"])
    job = make_job(
        settled,
        data,
        own_test,
        folder,
        voice,
        command,
        lang,
        created,
        resume=True,
        in_memory=in_memory,
    )
    if job.parts.hashes() != record["data"]["sha256_parts"]:
        raise ArgumentError(
            f"{path}: {moved or known.source} is not as it was when the run was started (its "
            "SHA-256 differs); bring the old data back, or start a new run"
        )
    job.predictions = record.get("predictions") or []
    done = record if record["status"] == "finished" else record.get("before")
    if done is not None:
        job.earlier = float(done.get("seconds") or 0.0)
        job.before = {k: v for k, v in done.items() if k != "before"}
    return job


def _moved(source: str, record: dict[str, Any]) -> str | None:
    """Where the data of the run are now, if another file is named: its SHA-256 decides."""
    path = os.path.realpath(os.path.expanduser(source))
    known = record["data"]["path"]
    return path if known is not None and path != known and os.path.exists(path) else None


def _check_same(
    known: Settings, asked: dict[str, Any], source: Any, record: dict[str, Any], path: Any
) -> None:
    """What is asked for of a run that goes on is what it was started with."""
    wanted = {name: convert(options()[name], value) for name, value in asked.items()}
    if source is not None and os.path.realpath(source) != record["data"]["path"]:
        wanted["source"] = str(source)
    for name, value in wanted.items():
        have = getattr(known, name)
        if name != "epochs" and value != have:
            what = "the data" if name == "source" else option(name)
            raise ArgumentError(
                f"{path}: the run was started with {what} {_text(have)}, not {_text(value)}; leave "
                f"{what} out to resume it, or start a new run"
            )


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return str(value)


def _longer(known: Settings, epochs: int, record: dict[str, Any], path: Any) -> Settings:
    if epochs == known.epochs:
        return known
    if known.schedule in _FIXED_LENGTH or known.warmup >= epochs:
        raise ArgumentError(
            f"{path}: {option('epochs')} cannot change from {known.epochs} with "
            f"{option('schedule', known.schedule)}, whose learning rates are laid out over all "
            "epochs; start a new run"
        )
    if epochs < record.get("epochs", 0):
        has = counted(record["epochs"], "epoch")
        raise ArgumentError(f"{path}: the run has {has}; {option('epochs')} is {epochs}")
    return replace(known, epochs=epochs)


def going_on(job: Job, member: int, saver: Saver) -> Path | None:
    """The checkpoint from which a network of a run is trained on."""
    found = found_checkpoint(job.folder, saver.run, member, job.voice)
    if found is None:
        if member == 1:
            job.voice.line("no epoch had been saved when the run ended: it starts with the first")
        return None
    if found.epoch > (job.settings.epochs or 0):
        has, asked = counted(found.epoch, "epoch"), job.settings.epochs
        raise ArgumentError(f"{job.folder.path}: the run has {has}; {option('epochs')} is {asked}")
    saver.replace = found.path != job.folder.checkpoint(member)
    saver.mark = found.mark
    return found.path


def nothing_left(job: Job) -> None:
    """Say why a run that was gone on with was not trained any further."""
    history, s = job.histories[-1], job.settings
    done = counted(len(history), "epoch")
    if history.reason == "stopped":
        text = f"{option('patience', s.patience)} ended this run after {done}; start a new run to"
        text += " train longer"
    else:
        text = f"this run has its {done}; {option('epochs', 2 * len(history))} goes on with it"
    job.voice.line(Wording(f"nothing is left to train: {text}"))
