"""What the report of a run shows, as a record for `denpa.report`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from denpa.data import Data
from denpa.nn import Module
from denpa.report.record import DataFacts, Pairs, ReportData, Worth
from denpa.report.scale import number
from denpa.report.words import words
from denpa.runs.evaluation import Evaluation
from denpa.runs.layers import network_table, observe
from denpa.runs.recipe import Loss
from denpa.train.history import History
from denpa.words import table

_OBSERVED = 256  # examples behind the histograms of layers
_DOTS = 2000  # points of a scatter plot
_WORDS = {
    "task": "Task", "classes": "Classes", "features": "Features", "pictures": "Pictures",
    "network": "Network", "optimizer": "Optimizer", "epochs": "Epochs", "time": "Training time",
    "classification": "classification", "regression": "regression", "rate": "learning rate",
    "best": "{epochs}, weights of epoch {best}", "last": "{epochs}", "seconds": "{seconds} s",
    "parameters": "{count} parameters", "members": "{count} networks averaged",
    "interrupted": "interrupted", "stopped": "stopped early", "diverged": "diverged",
}  # fmt: skip


def report_data(
    record: Mapping[str, Any],
    *,
    net: Module,
    loss: Loss,
    history: History,
    evaluation: Evaluation,
    worth: Worth,
    watched: Data,
    lang: str,
) -> ReportData:
    """The report's contents. `net` is the network, or the first of an ensemble; `watched` the part
    whose first rows the layers are observed on."""
    x, y = watched.x[:_OBSERVED], watched.require_target()[:_OBSERVED]
    activations, gradients = observe(net, loss, x, y)
    data, settings, check = record["data"], record["settings"], record["gradient_check"]
    classes = evaluation.data.classes
    return ReportData(
        title=data["name"],
        command=record["command"],
        created=record["created"],
        summary=_summary(record, lang),
        metrics=record["metrics"],
        worth=worth,
        gradient_check=_checked(check, lang),
        gradient_check_passed=check["ok"],
        history=_columns(history),
        best_epoch=record["best_epoch"],
        confusion=evaluation.confusion,
        classes=classes,
        scatter=None if evaluation.classified else _pairs(evaluation),
        mistakes=evaluation.mistakes(),
        activations=activations,
        gradients=gradients,
        network=network_table(net, x[:2]),
        settings={k: _shown(v) for k, v in settings.items() if v not in (None, [], ())},
        versions=record["versions"],
        data=DataFacts(
            name=data["name"],
            source=data["source"],
            licence=data["licence"],
            sha256=data["sha256"],
            parts={k: n for k, n in data["parts"].items() if n},
            notes=[n for n in (data["why_task"], *data["notes"]) if n],
        ),
    )


def _checked(check: Mapping[str, Any], lang: str) -> str:
    return words(lang)["check.text"].format(
        checked=number(check["checked"]),
        parameters=number(check["parameters"]),
        worst=f"{check['largest_relative_error']:.1e}",
        where=check["where"],
    )


def _summary(record: Mapping[str, Any], lang: str) -> list[tuple[str, object]]:
    text, data, settings = table(_WORDS, lang, "run"), record["data"], record["settings"]
    task = text[data["task"]] + (f" ({data['target']})" if data["kind"] == "table" else "")
    facts: list[tuple[str, object]] = [(text["task"], task)]
    if data["classes"]:
        names = ", ".join(data["classes"][:10]) + (" …" if len(data["classes"]) > 10 else "")
        facts.append((text["classes"], f"{len(data['classes'])}: {names}"))
    shape = " × ".join(map(str, data["shape"]))
    facts.append((text["pictures" if data["kind"] == "images" else "features"], shape))
    net = (
        f"{settings['model']}, {text['parameters'].format(count=format(record['parameters'], ','))}"
    )
    if record["members"] > 1:
        net += ", " + text["members"].format(count=record["members"])
    facts.append((text["network"], net))
    facts.append((text["optimizer"], f"{settings['optimizer']}, {text['rate']} {settings['lr']:g}"))
    key = "best" if record["best_epoch"] else "last"
    epochs = text[key].format(epochs=record["epochs"], best=record["best_epoch"])
    if record["reason"] in text:
        epochs += f" ({text[record['reason']]})"
    facts.append((text["epochs"], epochs))
    facts.append((text["time"], text["seconds"].format(seconds=f"{record['seconds']:.1f}")))
    return facts


def _columns(history: History) -> dict[str, Sequence[float | None]]:
    if not history.rows:
        return {}
    return {name: [row.get(name) for row in history.rows] for name in history.rows[0]}


def _pairs(evaluation: Evaluation) -> Pairs:
    true, found = evaluation.data.require_target()[:, 0], evaluation.outputs[:, 0]
    step = max(1, -(-len(true) // _DOTS))
    return Pairs(
        np.asarray(true[::step], np.float64).tolist(),
        np.asarray(found[::step], np.float64).tolist(),
        evaluation.data.target or "",
    )


def _shown(value: object) -> object:
    if isinstance(value, dict):
        return ", ".join(f"{k}={v:g}" for k, v in value.items())
    return value
