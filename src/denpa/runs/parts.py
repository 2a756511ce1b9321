"""The data of a run: read, and divided into the parts that are learnt, chosen by and judged on."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from denpa.core.errors import ArgumentError
from denpa.core.wording import option
from denpa.data import Data, DataError, get, label_noise, read, split
from denpa.runs.settings import Settings
from denpa.runs.values import nearest

NAMED = ("digits", "mnist")
_LABELS = 0x6C6162656C73  # keeps the noise on labels apart from other uses of the same seed


@dataclass(frozen=True)
class Parts:
    """The data of a run, whole and in parts. A part without rows is None."""

    whole: Data
    train: Data
    validation: Data | None
    test: Data | None

    def sizes(self) -> dict[str, int]:
        """Rows of each part."""
        return {k: 0 if p is None else len(p) for k, p in self._named()}

    def hashes(self) -> dict[str, str]:
        """SHA-256 of each part that has rows."""
        return {k: p.sha256 for k, p in self._named() if p is not None}

    def _named(self) -> list[tuple[str, Data | None]]:
        return [("train", self.train), ("validation", self.validation), ("test", self.test)]

    def named(self, name: str) -> Data:
        """The part "train", "val" or "test".

        Errors: ArgumentError (a ValueError) for another name, or a part without rows.
        """
        there = {k.replace("validation", "val"): p for k, p in self._named() if p is not None}
        if name not in there:
            raise ArgumentError(
                f"{option('part')} is one that the run has: {', '.join(there)}, not {name!r}"
            )
        return there[name]

    def judge(self) -> tuple[str, Data]:
        """The part that final figures come from: test, else validation, else train."""
        if self.test is not None:
            return "test", self.test
        if self.validation is not None:
            return "val", self.validation
        return "train", self.train


def load(settings: Settings, source: Any = None) -> tuple[Data, Data | None]:
    """The data that `settings.source` names (or `source`, a frame or arrays), and the test part
    that came with them, if any."""
    if source is not None:
        return _read(settings, source), None
    source = settings.source
    if not source:
        raise ArgumentError(
            f"name the data to train on: {', '.join(NAMED)}, or a file or folder of yours"
        )
    if source in NAMED:
        of_files = (
            "target",
            "task",
            "classes",
            "drop",
            "keep",
            "no_header",
            "missing",
            "signal",
            "image_size",
            "follow_links",
        )
        for name in of_files:
            if getattr(settings, name) not in (None, (), False):
                raise ArgumentError(
                    f"{option(name)} does not go with {source}: its pictures and labels are fixed"
                )
        return get(source, settings.data_dir)
    if settings.data_dir is not None:
        raise ArgumentError(
            f"{option('data_dir')} says where the files of mnist are; it does not go with {source}"
        )
    path = Path(source).expanduser()
    hint = nearest(source, NAMED)
    if hint and not os.path.exists(path):
        raise DataError(f"{source}: no such file or folder, and no named data set.{hint}")
    return _read(settings, str(path)), None


def _read(settings: Settings, source: Any) -> Data:
    size = settings.image_size
    data = read(
        source,
        target=settings.target,
        task=settings.task,
        missing=settings.missing,
        drop=settings.drop,
        keep=settings.keep,
        no_header=settings.no_header,
        signal=settings.signal,
        image_size=None if size is None else size[0] if len(size) == 1 else (size[0], size[1]),
        classes=settings.classes,
        follow_links=settings.follow_links,
    )
    data.require_target()
    return data


def divide(settings: Settings, data: Data, own_test: Data | None) -> Parts:
    """Split into parts: stratified, by the seed. Then the data are read as the training part says;
    what the other parts hold has no influence on it, nor on the split, missing values included."""
    y, task = data.targets, data.task
    assert task is not None
    # A classification is split by its labels, so a row without one is in no part.
    known = np.flatnonzero(y >= 0) if task == "classification" else np.arange(len(y))
    shares = (settings.validation, settings.test or 0.0)
    rows = [known[r] for r in split(y[known], task, shares, settings.seed)]
    if data.kept is not None and _lacking(rows, y, data.kept, task):
        # Only where a part would be empty, or training lack a class, do missing values have a say.
        known = np.intersect1d(known, data.kept)
        rows = [known[r] for r in split(y[known], task, shares, settings.seed)]
    data = replace(data.fit_to(rows[0]), reading=None)  # the file's own cells can go
    parts = [data.take_source(r) if len(r) else None for r in rows]
    for name, part in zip(("training", "validation", "test"), parts, strict=True):
        if part is not None and not len(part):
            raise DataError(
                f"{data.source}: every row of the {name} part lacks a value, so that"
                f" {option('missing', 'drop')} leaves nothing of it. Give it more rows, or another"
                f" {option('seed')}."
            )
    train = parts[0]
    assert train is not None
    if task == "classification":
        gone = np.setdiff1d(y[y >= 0], train.require_target())
        if len(gone):
            names = ", ".join(repr(data.classes[c]) for c in gone)
            note = f"every row of {names} lacks a value: nothing is learnt of it"
            data = replace(data, notes=(*data.notes, note))
    if settings.label_noise:
        rng = np.random.Generator(np.random.Philox(key=[settings.seed, _LABELS]))
        wrong = label_noise(train.require_target(), settings.label_noise, len(data.classes), rng)
        train = replace(train, y=wrong)
    return Parts(data, train, parts[1], own_test if own_test is not None else parts[2])


def _lacking(rows: list[np.ndarray], y: np.ndarray, complete: np.ndarray, task: str) -> bool:
    """Whether a part has no complete row, or training none of a class that has some."""
    if any(len(r) and not np.isin(r, complete).any() for r in rows):
        return True
    learnt = y[np.intersect1d(rows[0], complete)]
    return task == "classification" and len(np.setdiff1d(y[complete], learnt)) > 0
