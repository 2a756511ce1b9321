"""The description of a network in run.json and in the header of model.safetensors: what it may say,
what it must agree with, and the tensors that it has, known without building it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from denpa.core.errors import ArgumentError
from denpa.runs.fields import (
    FLAG,
    REMEDY,
    Field,
    Kind,
    choice,
    many,
    number,
    optional,
    refuse,
    whole,
)
from denpa.train.models import ACTIVATIONS

_PAIR = Kind(
    "two lists of equal length, the means and the scales (above 0), of numbers or of [number]",
    lambda value: (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(part, list) for part in value)
        and 0 < len(value[0]) == len(value[1])
        and len({isinstance(v, list) for part in value for v in part}) == 1
        and all(_plain(v) is not None for v in value[0])
        and all((_plain(v) or 0.0) > 0 for v in value[1])
    ),
)


def _plain(value: Any) -> float | None:
    """The number, alone or in a list of its own."""
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    return value if number().holds(value) else None


SHAPE = many(whole(1), "whole numbers from 1", 1, 3)
NETWORK = (
    Field("model", choice("mlp", "cnn"), "the sort of network"),
    Field("outputs", whole(1), "units of the last layer: the classes, or 1"),
    Field("hidden", many(whole(1), "whole numbers from 1", 0, 100), "units of hidden layers"),
    Field("activation", choice(*ACTIVATIONS), "after each hidden layer"),
    Field("batch_norm", FLAG, "whether batch normalisation stands before activations"),
    Field("dropout", number(low=0, below=1), "the share of hidden units that is dropped"),
    Field("dropout_scale", choice("training", "prediction"), "where dropout is made up for"),
    Field("standardize", optional(_PAIR), "mean and scale of each input, as trained on"),
    Field("rescale", optional(_PAIR), "mean and scale of a regression's target"),
    Field("inputs", whole(1), "numbers of a row (mlp)", needed=False),
    Field("image", SHAPE, "channels, height, width, or channels, length (cnn)", needed=False),
    Field(
        "channels",
        many(whole(1), "whole numbers from 1", 0, 100),
        "of each convolution (cnn)",
        needed=False,
    ),
)


def same(file: Path | str, path: str, value: Any, wanted: Any, of: str) -> None:
    """Raise for a field that is not `wanted`, what `of` says in words."""
    if value != wanted:
        refuse(file, path, value, f"{of}, {wanted if len(str(wanted)) < 60 else 'which differs'}")


def check_network(
    file: Path | str,
    spec: dict[str, Any],
    task: str,
    classes: int,
    shape: list[int] | None,
    kind: str,
    path: str = "network",
) -> None:
    """Compare a network's description with the data that it is of; `shape` is that of a row."""
    cnn = spec["model"] == "cnn"
    wanted = ("image", "channels") if cnn else ("inputs",)
    for name in ("inputs", "image", "channels"):
        if (name in spec) != (name in wanted):
            what = "missing" if name in wanted else "given"
            raise ArgumentError(
                f"{file}: {path}.{name} is {what}; expected {' and '.join(wanted)} for the model "
                f'"{spec["model"]}"; {REMEDY}'
            )
    outputs = classes if task == "classification" else 1
    of = "one for each class" if task == "classification" else "of a regression"
    same(file, f"{path}.outputs", spec["outputs"], outputs, of)
    if (task == "regression") != (spec["rescale"] is not None):
        refuse(file, f"{path}.rescale", spec["rescale"], "numbers for a regression alone")
    if spec["rescale"] is not None and len(spec["rescale"][0]) != 1:
        refuse(file, f"{path}.rescale", spec["rescale"][0], "one mean and one scale")
    if shape is not None and cnn:
        same(file, f"{path}.image", spec["image"], shape, "the shape of a row")
    elif shape is not None:
        same(file, f"{path}.inputs", spec["inputs"], math.prod(shape), "the numbers of a row")
    if (kind == "images") != (spec["standardize"] is None):
        refuse(file, f"{path}.standardize", spec["standardize"], "null for images alone")
    if shape is not None and spec["standardize"] is not None:
        have = len(spec["standardize"][0])
        same(file, f"{path}.standardize", have, shape[0], "as many means as columns or channels")
    if cnn and not math.prod(left(spec)):
        refuse(
            file, f"{path}.image", spec["image"], "a size that so many convolutions leave some of"
        )


def left(spec: dict[str, Any]) -> list[int]:
    """Height and width, or length, behind the convolutions of a cnn; 0 where nothing is left."""
    size = list(spec["image"][1:])
    margin = 0 if min(size) < 16 else 2  # small inputs keep their size
    for _ in spec["channels"]:
        size = [n - margin for n in size]
        if min(size) < 2:
            return [0]
        size = [n // 2 for n in size]
    return size


def tensors(spec: dict[str, Any]) -> Iterator[tuple[str, tuple[int, ...], bool]]:
    """The name and shape of each tensor of the network's state, and whether it is learnt."""
    if spec["standardize"] is not None:
        yield from _ends("standardize", spec["standardize"])
    if spec["model"] == "cnn":
        width, kernel = spec["image"][0], (3,) * (len(spec["image"]) - 1)
        for k, size in enumerate(spec["channels"], start=1):
            yield f"conv{k}.weight", (size, width, *kernel), True
            yield f"conv{k}.bias", (size,), True
            yield from _norm(spec, f"cnorm{k}", size)
            width = size
        width *= math.prod(left(spec))
    else:
        width = spec["inputs"]
    for k, size in enumerate(spec["hidden"], start=1):
        yield f"linear{k}.weight", (size, width), True
        yield f"linear{k}.bias", (size,), True
        yield from _norm(spec, f"norm{k}", size)
        width = size
    yield "output.weight", (spec["outputs"], width), True
    yield "output.bias", (spec["outputs"],), True
    if spec["rescale"] is not None:
        yield from _ends("rescale", spec["rescale"])


def _ends(name: str, pair: list[Any]) -> Iterator[tuple[str, tuple[int, ...], bool]]:
    shape = (len(pair[0]), 1) if isinstance(pair[0][0], list) else (len(pair[0]),)
    yield f"{name}.mean", shape, False
    yield f"{name}.scale", shape, False


def _norm(
    spec: dict[str, Any], name: str, size: int
) -> Iterator[tuple[str, tuple[int, ...], bool]]:
    if spec["batch_norm"]:
        yield f"{name}.weight", (size,), True
        yield f"{name}.bias", (size,), True
        yield f"{name}.running_mean", (size,), False
        yield f"{name}.running_var", (size,), False
        yield f"{name}.num_batches_tracked", (), False
