"""The rows that a run is judged on: a part of its own data, read and divided again, or new data,
read as the training data were."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from denpa.core.errors import ArgumentError
from denpa.core.wording import either
from denpa.data import Data, DataError, get, read
from denpa.runs.parts import NAMED, Parts, divide, load
from denpa.runs.settings import Settings
from denpa.runs.values import nearest


def own_parts(record: Mapping[str, Any], settings: Settings, data_dir: str | None = None) -> Parts:
    """The parts of a run's data, read and divided again, before any noise on labels."""
    where = record["data"]["path"]
    source = settings.source if where is None else where
    if where is not None and not os.path.exists(where) and os.path.exists(settings.source):
        source = settings.source
    asked = replace(
        settings,
        source=source,
        data_dir=data_dir or settings.data_dir,
        test=None if settings.source == "mnist" else settings.test,
    )
    data, own_test = load(asked)
    return divide(replace(settings, label_noise=0.0), data, own_test)


def own_part(
    record: Mapping[str, Any],
    settings: Settings,
    path: Path,
    data_dir: str | None,
    asked: str | None = None,
) -> tuple[str, Data]:
    """A part of a run's data, "test", "val" or "train", and its rows: the one that is asked for, or
    that the run's figures are of."""
    if record["data"]["path"] is None and settings.source not in NAMED:
        raise ArgumentError(
            f"{path}: the run was trained on data in memory ({settings.source})"
            + ("; give the data to judge it on" if asked is None else ", which are gone")
        )
    parts = own_parts(record, settings, data_dir)
    name, part = parts.judge() if asked is None else (asked, parts.named(asked))
    key = {"val": "validation"}.get(name, name)
    if key == "train" and settings.label_noise:
        return name, part  # the hash is that of the labels with noise
    if part.sha256 != record["data"]["sha256_parts"].get(key):
        how = either("run.evaluate(data)", f"denpa evaluate {path} DATA")
        raise ArgumentError(
            f"{path}: {settings.source} is not as it was when the run was made (the SHA-256 of "
            f"its {key} part differs); name data to judge on: {how}"
        )
    return name, part


def new_rows(
    record: Mapping[str, Any],
    encoding: dict[str, Any],
    source: Any,
    *,
    target: Any,
    missing: str | None,
    data_dir: str | None,
    follow_links: bool,
) -> Data:
    """New data (a name, a path, a frame or arrays), read as the training data were."""
    if not isinstance(source, (str, Path)):
        return read(
            source,
            encoding=encoding,
            missing=missing,
            target=target,
            follow_links=follow_links,
        )
    text = str(source)
    if text in NAMED:
        data, test = get(text, data_dir)
        data = data if test is None else test
        shape = tuple(record["data"]["shape"])
        if encoding["kind"] != "images" or data.x.shape[1:] != shape:
            raise DataError(
                f"{text}: images of shape {data.x.shape[1:]} (channels, height, width) do not fit "
                f"this run, which was trained on {encoding['kind']} of shape {shape}"
            )
        classes = list(record["data"]["classes"])
        if list(data.classes) != classes and target is not False:
            raise DataError(f"{text}: its classes are not those of the run: {', '.join(classes)}")
        return data
    path = Path(text).expanduser()
    hint = nearest(text, NAMED)
    if hint and not os.path.exists(path):
        raise DataError(f"{text}: no such file or folder, and no named data set.{hint}")
    return read(
        str(path), encoding=encoding, missing=missing, target=target, follow_links=follow_links
    )


def learnt_rows(
    record: Mapping[str, Any], settings: Settings, rows: Data, data_dir: str | None
) -> int | None:
    """How many of these rows are rows of the training part, None where that cannot be known."""
    data = record["data"]
    parts = {data["sha256_parts"].get(k): k for k in ("test", "validation")}
    if rows.sha256 in parts:
        return 0
    if rows.sha256 in (data["sha256"], data["sha256_parts"]["train"]):
        return int(data["parts"]["train"])
    try:
        own = own_parts(record, settings, data_dir)
    except (ArgumentError, OSError):
        return None
    for part, digest in own.hashes().items():
        noisy = part == "train" and settings.label_noise
        if digest != data["sha256_parts"].get(part) and not noisy:
            return None  # other data stand in that place today
    # Equal rows of a table with few values say nothing: only those that are alone of their kind.
    kinds = Counter(_digests(own.whole))
    learnt = {row for row in _digests(own.train) if kinds[row] == 1}
    return sum(row in learnt for row in _digests(rows))


def _digests(data: Data) -> list[bytes]:
    """A digest of each row with its target."""
    x, y = data.x.reshape(len(data), -1), data.require_target().reshape(len(data), -1)
    cells = (np.concatenate(pair, dtype=np.float64) for pair in zip(x, y, strict=True))
    return [hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in cells]
