"""All that run.json holds, in one table, and the check of a run.json that every reader makes.

`RUN` is the table: each field with what it may hold and what it means; `walk` gives its rows. Keys
that are not in it are left as they are and read by nobody. Beyond single fields, those that
speak of one thing must agree, so that no reader builds or waits for what the run never had.
"""

from __future__ import annotations

import math
from dataclasses import MISSING
from dataclasses import Field as Setting
from datetime import datetime
from pathlib import Path
from typing import Any

from denpa.core.errors import ArgumentError
from denpa.core.run_files import HISTORY, MODEL, REPORT
from denpa.runs.fields import (
    FLAG,
    REMEDY,
    SHA256,
    TEXT,
    Field,
    Kind,
    by_name,
    check,
    choice,
    many,
    number,
    optional,
    record,
    refuse,
    whole,
)
from denpa.runs.settings import Settings, options
from denpa.runs.shapes import NETWORK, SHAPE, check_network, same, tensors
from denpa.runs.values import AUGMENTATIONS

_MOST = 10**9  # of units, rows, epochs, members
_COUNTED = ("epochs", "ensemble", "warmup")  # settings whose size a run waits for
_PARAMETERS = 10**10


def _setting(field: Setting[Any]) -> Kind:
    """What a setting of a run may be in JSON: its kind and range are those of the option."""
    meta = field.metadata
    bounds = {k: meta[k] for k in ("low", "high", "above", "below") if k in meta}
    match meta["kind"]:
        case "choice":
            kind = choice(*meta["choices"])
        case "flag":
            kind = FLAG
        case "names":
            kind = many(TEXT, "texts")
        case "int":
            most = _MOST if field.name in _COUNTED else 2**63 - 1
            kind = whole(meta["low"], meta.get("high", most))
        case "ints":
            kind = many(whole(meta["low"], _MOST), "whole numbers", 0, meta.get("most", 100))
        case "augment":
            amounts = (Field(name, number(low=0), "", needed=False) for name in AUGMENTATIONS)
            kind = record(*amounts, closed=True)
        case "number":
            kind = number(**bounds)
        case _:
            kind = TEXT
    return optional(kind) if field.default in (None, MISSING) else kind


_SETTINGS = (
    Field("source", TEXT, "the data as they were named"),
    *(
        Field(name, _setting(field), field.metadata["help"], needed=name != "backend")
        for name, field in options().items()
    ),
)

_COUNT = whole()
_SCORE = optional(number())
_PARTS = ("train", "validation", "test")
_DATA = (
    Field("name", TEXT, "of the data"),
    Field("path", optional(TEXT), "the file or folder; null for named data and data in memory"),
    Field("source", TEXT, "where the data come from"),
    Field("licence", TEXT, "of the data"),
    Field("sha256", SHA256, "of all rows as a network sees them"),
    Field("kind", choice("table", "images", "signals"), "what a row is"),
    Field("task", choice("classification", "regression"), "what is predicted"),
    Field("why_task", TEXT, "how that was told"),
    Field("target", optional(TEXT), "the column that is predicted"),
    Field("classes", many(TEXT, "texts"), "names of the classes; empty for a regression"),
    Field("shape", SHAPE, "of one row"),
    Field("parts", record(*(Field(n, _COUNT, "rows") for n in _PARTS)), "rows of each part"),
    Field(
        "sha256_parts",
        record(*(Field(n, SHA256, "of the part's rows", needed=n == "train") for n in _PARTS)),
        "of each part that has rows",
    ),
    Field("notes", many(TEXT, "texts"), "what was said of the data"),
)
_CHECK = (
    Field("checked", _COUNT, "derivatives that were compared"),
    Field("parameters", whole(0, _PARAMETERS), "of the network"),
    Field("largest_relative_error", _SCORE, "of a derivative"),
    Field("where", TEXT, "that derivative"),
    Field("ok", FLAG, "whether all agreed"),
    Field("text", TEXT, "the same in words"),
)
_CLASS = (
    Field("name", TEXT, "the class"),
    Field("rows", _COUNT, "of this class"),
    Field("found", _COUNT, "of these rows"),
    Field("answered", _COUNT, "how often this class was the answer"),
)
_CONVERGENCE = (
    Field("column", TEXT, "of the history"),
    Field("epochs", _COUNT, "of training"),
    Field(
        "state",
        choice("improving", "surer", "settled", "rising", "climbing", "unknown"),
        "what that column did at the end",
    ),
    Field("start", _COUNT, "the epoch of `first`"),
    Field("end", _COUNT, "the epoch of `last`"),
    Field("first", _SCORE, "the loss there"),
    Field("last", _SCORE, "the loss there"),
    Field("accuracies", optional(many(number(), "numbers", 2, 2)), "the best before, and at `end`"),
)
_NAME_OR_NUMBER = Kind("text or a number", lambda v: TEXT.holds(v) or number().holds(v))
_WORTH = (
    Field("part", choice("test", "val", "train"), "whose rows were judged on"),
    Field("rows", _COUNT, "how many"),
    Field("metric", choice("accuracy", "rmse"), "of both scores"),
    Field("baseline", _NAME_OR_NUMBER, "the constant answer that is compared with"),
    Field("baseline_score", _SCORE, "what that answer reaches"),
    Field("score", _SCORE, "what the network reaches"),
    Field("verdict", choice("better", "unclear", "equal", "worse"), "of the two"),
    Field("classes", many(record(*_CLASS), "objects"), "one by one"),
    Field("convergence", optional(record(*_CONVERGENCE)), "whether training had ended"),
    Field("unit", _SCORE, "the standard deviation of a regression's target"),
)
_SPEED = (
    Field("backend", TEXT, "what computed the steps"),
    Field("steps", whole(0, 10**15), "of training"),
    Field("steps_per_second", _SCORE, "of the last epoch"),
    Field("compile_seconds", number(low=0), "before the first step"),
)
_SEEDS = (
    Field("split", whole(0, 2**63 - 1), "of the division into parts"),
    Field("networks", many(whole(0, 2**64), "whole numbers", 1), "of each network"),
)
_VERSIONS = tuple(
    Field(name, TEXT, f"of {name}") for name in ("denpa", "numpy", "python", "platform")
)
_FILES = tuple(Field(name, SHA256, "") for name in (MODEL, HISTORY, REPORT))
_PREDICTED = (
    Field("file", TEXT, "with predictions of this run"),
    Field("sha256", SHA256, "of the file"),
    Field("rows", _COUNT, "of predictions"),
)
_ISO = "a date and time such as 2026-01-31T12:00:00+00:00"


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


RUN = (
    Field("format", whole(1), "the layout of this file"),
    Field("status", choice("running", "finished"), "whether the run has ended"),
    Field("command", TEXT, "how the run was asked for"),
    Field("created", Kind(_ISO, _is_date), "when it began"),
    Field("settings", record(*_SETTINGS, closed=True), "all options of the run, settled"),
    Field("seeds", record(*_SEEDS), "what random choices follow from"),
    Field("versions", record(*_VERSIONS), "what a result depends on"),
    Field("data", record(*_DATA), "what the run was trained on"),
    Field("network", record(*NETWORK, closed=True), "what the network is built from"),
    Field("parameters", whole(0, _PARAMETERS), "numbers that are learnt"),
    Field("gradient_check", record(*_CHECK), "the derivatives beside numeric ones"),
    Field("metrics", by_name(_SCORE, "numbers"), "the final figures", late=True),
    Field("worth", record(*_WORTH), "what the result is worth", late=True),
    Field("members", whole(1), "networks whose answers are averaged", late=True),
    Field("epochs", _COUNT, "that were trained", late=True),
    Field("best_epoch", optional(_COUNT), "whose weights were kept", late=True),
    Field("reason", TEXT, "how training ended", late=True),
    Field("seconds", number(low=0), "that training took", late=True),
    Field("speed", record(*_SPEED), "of training", late=True),
    Field("signal", optional(whole(1, 255)), "that ended training", late=True),
    Field("files", record(*_FILES), "SHA-256 of the other files", late=True),
    Field("predictions", many(record(*_PREDICTED), "objects"), "files of them", late=True),
    Field("before", optional(record()), "the finished run that is gone on with", needed=False),
)


def check_run(file: Path | str, run: Any) -> None:
    """Compare what a run.json holds with `RUN`, field by field, and its fields with each other.

    Errors: an ArgumentError of one line that names the file, the field, what was expected and what
    to do.
    """
    late = isinstance(run, dict) and run.get("status") == "finished"
    check(file, run, record(*RUN), late=late)
    _agree(file, run)
    if run.get("before") is not None:
        check_run(f"{file}: before", run["before"])


def _agree(file: Path | str, run: dict[str, Any]) -> None:
    """Fields that speak of one thing say the same of it."""
    settings, data, network = run["settings"], run["data"], run["network"]
    known = {k: v for k, v in settings.items() if v is not None}
    try:
        Settings.from_values(known)
    except ArgumentError as error:
        raise ArgumentError(f"{file}: settings: {error}; {REMEDY}") from None
    for name in ("epochs", "batch_size", "lr", "schedule", "hidden", "test", "loss"):
        if settings[name] is None:
            refuse(file, f"settings.{name}", None, "a value: the settings of a run are settled")
    classified = data["task"] == "classification"
    if classified != bool(data["classes"]):
        few = "names for a classification" if classified else "none for a regression"
        refuse(file, "data.classes", data["classes"], few)
    for name in ("model", "activation", "batch_norm", "dropout", "dropout_scale", "hidden"):
        same(file, f"network.{name}", network[name], settings[name], f"settings.{name}")
    check_network(file, network, data["task"], len(data["classes"]), data["shape"], data["kind"])
    count = sum(math.prod(shape) for _, shape, learnt in tensors(network) if learnt)
    same(file, "parameters", run["parameters"], count, "the network's")
    same(file, "seeds.split", run["seeds"]["split"], settings["seed"], "settings.seed")
    seeds = [settings["seed"] + k for k in range(len(run["seeds"]["networks"]))]
    if run["seeds"]["networks"] != seeds:
        refuse(
            file,
            "seeds.networks",
            run["seeds"]["networks"],
            "one after the other from settings.seed",
        )
    same(
        file, "settings.ensemble", settings["ensemble"], len(seeds), "the length of seeds.networks"
    )
    if run["status"] != "finished":
        return
    _agree_at_end(file, run, classified)


def _agree_at_end(file: Path | str, run: dict[str, Any], classified: bool) -> None:
    settings, data, worth = run["settings"], run["data"], run["worth"]
    if run["members"] > settings["ensemble"]:
        refuse(
            file, "members", run["members"], f"at most settings.ensemble, {settings['ensemble']}"
        )
    if not run["metrics"]:
        refuse(file, "metrics", run["metrics"], "one figure or more")
    if (run["best_epoch"] or 0) > run["epochs"]:
        refuse(file, "best_epoch", run["best_epoch"], f"at most epochs, {run['epochs']}")
    same(file, "worth.metric", worth["metric"], "accuracy" if classified else "rmse", "data.task's")
    if classified and worth["baseline"] not in data["classes"]:
        refuse(file, "worth.baseline", worth["baseline"], "one of data.classes")
    if not classified and not number().holds(worth["baseline"]):
        refuse(file, "worth.baseline", worth["baseline"], "a number")
