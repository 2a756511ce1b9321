"""Run folders of every kind that the writers make: small, trained once a process."""

from __future__ import annotations

import functools
import signal
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import denpa as dp
from denpa.report.progress import TrainingBar
from denpa.runs.voice import Silent

_ROOT = tempfile.TemporaryDirectory(prefix="denpa-runs-")
_QUICK = {"epochs": 2, "hidden": (6,), "backend": "eager", "progress": False, "seed": 3}


def table(n: int = 60) -> Any:
    """A frame of numbers, texts, truths and dates, with a number and a class to predict."""
    import pandas as pd

    rng = np.random.default_rng(0)
    town, area = rng.choice(["north", "süd", "東"], n), rng.uniform(30, 150, n)
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), unit="D")
    return pd.DataFrame(
        {
            "area": area,
            "town": town,
            "garden": rng.random(n) < 0.5,
            "sold": days.strftime("%Y-%m-%d"),
            "price": 2 * area + 9 * (town == "north"),
            "sort": np.where(area > 90, "large", "small"),
        }
    )


def _pictures(n: int = 48, side: int = 8) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    y = np.arange(n) % 3
    return rng.integers(0, 256, (n, side, side)).astype(np.uint8) // (1 + y[:, None, None]), y


def _signals(n: int = 48) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    y = np.arange(n) % 2
    return rng.normal(size=(n, 2, 20)) + y[:, None, None], y


class _Pressed(TrainingBar):
    """A bar beside which Ctrl-C is pressed when an epoch has ended."""

    def end_epoch(self, **_: Any) -> None:
        """Press it."""
        signal.raise_signal(signal.SIGINT)


class _Stop(Silent):
    """A user who presses Ctrl-C after the first epoch."""

    def progress(self, epochs: int) -> TrainingBar:
        """A bar that is not drawn."""
        return _Pressed(epochs, enabled=False)


def _csv(name: str, target: str, drop: str, **more: Any) -> Callable[[Path], dp.runs.Run]:
    def make(out: Path) -> dp.runs.Run:
        path = out.parent / f"{name}.csv"
        table().to_csv(path, index=False)
        options = {**_QUICK, **more}
        return dp.runs.train(path, target=target, drop=[drop], out=out, **options)

    return make


def _arrays(data: Any, **more: Any) -> Callable[[Path], dp.runs.Run]:
    return lambda out: dp.runs.train(data, out=out, **{**_QUICK, **more})


def _folder_of_pictures(out: Path) -> dp.runs.Run:
    from PIL import Image

    for k, (picture, label) in enumerate(zip(*_pictures(), strict=True)):
        place = out.parent / "pictures" / f"kind {label}"
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture.astype(np.uint8)).save(place / f"{k}.png")
    return dp.runs.train(out.parent / "pictures", out=out, image_size=(7,), **_QUICK)


def _stopped(out: Path) -> dp.runs.Run:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        options = {**_QUICK, "epochs": 5, "ensemble": 3, "voice": _Stop()}
        return dp.runs.train("digits", out=out, **options)


MAKERS: dict[str, Callable[[Path], dp.runs.Run]] = {
    "digits": lambda out: dp.runs.train("digits", out=out, **_QUICK),
    "classes": _csv("classes", "sort", "price", batch_norm=True, dropout=0.1),
    "prices": _csv("prices", "price", "sort", missing="mean", loss="huber", patience=2),
    "cnn": _arrays(_pictures(), model="cnn", channels=(3, 4), batch_norm=True, batch_size=12),
    "large cnn": _arrays(_pictures(side=18), model="cnn", channels=(3,), hidden="none"),
    "pixels": _arrays(_pictures(), augment="shift=1,noise=0.1", optimizer="momentum"),
    "signals": _arrays(_signals(), signal=True, model="cnn", channels=(3,)),
    "flat signals": _arrays(_signals(), signal=True, schedule="cosine", warmup=1),
    "ensemble": _csv("ensemble", "price", "sort", ensemble=3),
    "frame": _arrays(table().drop(columns="sort"), target="price", optimizer="adamw", clip=1.0),
    "no test": _arrays(_signals(), signal=True, test=0.0, validation=0.0, label_noise=0.2),
    "pictures": _folder_of_pictures,
    "interrupted": _stopped,
}


@functools.cache
def folder(name: str) -> Path:
    """The folder of a run of this kind."""
    out = Path(_ROOT.name) / name.replace(" ", "-") / "run"
    out.parent.mkdir()
    return MAKERS[name](out).path
