"""`denpa explain FILE:NAME --data DATA`: a network of somebody's file on rows of data."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from denpa import nn
from denpa.check.opening.execution import run_theirs
from denpa.check.opening.load import load
from denpa.cli.console import Console
from denpa.core.errors import ArgumentError, DenpaError
from denpa.data import Data, Standardizer
from denpa.explanation import Explanation, explain
from denpa.functional.generator import manual_seed
from denpa.runs.explaining import passed, window
from denpa.words import say


def explain_network(
    arguments: argparse.Namespace, sample: int, batch: int, console: Console
) -> tuple[Explanation, int]:
    """The pass, and the row that its first row is.

    Errors: ArgumentError for what is no network, a sample out of range, or data that do not fit;
    UserError where the file or the network raises; DataError for data that cannot be read.
    """
    data = _data(arguments)
    at = window(sample, batch, len(data), data.name)
    manual_seed(arguments.seed or 0)
    found, name = load(arguments.what)
    net = _made(found, name)
    x, t = np.asarray(data.x), data.require_target()[at]
    if data.kind != "images":  # so that no unit of measure saturates the network
        x = Standardizer.fit(x).transform(x)
        console.line(say("the columns are scaled to mean 0 and deviation 1"))
    criterion: Callable[..., Any] = nn.CrossEntropyLoss()
    if data.task != "classification":
        criterion, t = nn.MSELoss(), t.astype(np.float32)
    loss = run_theirs(lambda: _through(net, criterion, x[at], t, data), name, "running it")
    title = f"{arguments.what} · {data.name} {at.start}–{at.stop - 1}"
    e = explain(loss, title=title, start=sample - at.start, classes=data.classes or None)
    return e, at.start


def _data(arguments: argparse.Namespace) -> Data:
    from denpa.data import get, read
    from denpa.runs.parts import NAMED

    source = arguments.data
    if source in NAMED:
        if arguments.target is not None:
            raise ArgumentError(
                say("--target does not go with {source}: its labels are fixed", source=source)
            )
        data, test = get(source, arguments.data_dir)
        return data if test is None else test
    data = read(str(Path(source).expanduser()), target=arguments.target)
    data.require_target()
    return data


def _made(found: Any, name: str) -> nn.Module:
    """A network, or what a function or class without arguments makes of one."""
    if not isinstance(found, nn.Module) and callable(found):
        try:
            needed = [
                p.name
                for p in inspect.signature(found).parameters.values()
                if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
            ]
        except (TypeError, ValueError):
            needed = []
        if needed:
            raise ArgumentError(
                say(
                    "{name} needs arguments ({needed}); name a network, or a function without "
                    "arguments that makes one",
                    name=name,
                    needed=", ".join(needed),
                )
            )
        found = run_theirs(found, name, "making it")
    if not isinstance(found, nn.Module):
        raise ArgumentError(
            say(
                "{name} is {kind}, not a network of denpa.nn, nor a function that makes one",
                name=name,
                kind=type(found).__name__,
            )
        )
    return found


def _through(net: Any, criterion: Any, x: np.ndarray, t: np.ndarray, data: Data) -> Any:
    """The loss, with x as it is or in rows of numbers, whichever the network takes."""
    shapes = [x] if x.ndim == 2 else [x, x.reshape(len(x), -1)]
    refused: list[str] = []
    for given in shapes:
        try:
            return passed(_watched(net, t, data), criterion, given, t)
        except _Unfit:
            raise
        except DenpaError as error:
            refused.append(f"{_shape(given)}: {error}")
    raise _Unfit(
        "\n".join([say("the network does not take rows of {name}:", name=data.name), *refused])
    )


class _Unfit(ArgumentError):
    """A network and data that do not go together."""

    whole = True


def _watched(net: Any, t: np.ndarray, data: Data) -> Callable[[Any], Any]:
    """The network, whose output is compared with what the loss takes before the loss is."""

    def net_of(x: Any) -> Any:
        y = net(x)
        shape = tuple(getattr(y, "shape", ()))
        n = len(t)
        if data.task == "classification":
            fits = len(shape) == 2 and shape[0] == n and shape[1] >= len(data.classes)
            wanted = f"({n}, {len(data.classes)})"
        else:
            fits = shape == t.shape
            wanted = _shape(t)
        if not fits:
            raise _Unfit(
                say(
                    "the output of the network is {shape}; the loss of {name} takes {wanted}",
                    shape=_shape(y) if shape else type(y).__name__,
                    name=data.name,
                    wanted=wanted,
                )
            )
        return y

    return net_of


def _shape(x: Any) -> str:
    return f"({', '.join(map(str, x.shape))}{',' * (len(x.shape) == 1)})"
