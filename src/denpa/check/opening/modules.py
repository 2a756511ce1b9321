"""Modules of frameworks, opened: with an input that fits, and a loss where there are targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from denpa.check.frameworks.base import Framework
from denpa.check.opening.losses import Examples, named_loss, usual_loss
from denpa.check.opening.objects import makers
from denpa.check.opening.refusal import nothing_fits
from denpa.check.opening.settings import Given
from denpa.check.remarks import Said
from denpa.check.subject import Subject
from denpa.check.subjects.network import Network
from denpa.check.subjects.tensors import Tensors
from denpa.core.errors import ArgumentError
from denpa.words import say


def module_of(framework: Framework, found: Any, name: str, given: Given) -> Subject:
    """A module of a framework, made, with an input that it takes."""
    last: Exception | None = None
    for _, maker in makers(found, name, given):
        try:
            net = maker()
        except Exception as error:
            last = error
            continue
        arrays = given.arrays()
        if arrays is not None:
            return _with_loss(framework, net, arrays, name, given)
        if given.examples is not None:
            return _taught(framework, net, name, given)
        for x in _module_inputs(framework, net, given.seed):
            try:
                return Network(framework, net, x, title=name, shift=True)
            except ArgumentError:
                raise
            except Exception as error:
                last = last or error
        if last is not None:
            why = f"{type(last).__name__}: {last}"
            raise ArgumentError(
                say(
                    '{name}: no usual input fits ({why}). Give one with --input "x=rand(5,4)", '
                    "or data with --data",
                    name=name,
                    why=why,
                )
            )
    raise nothing_fits(found, name, last)


def _with_loss(
    framework: Framework, net: Any, arrays: tuple[Any, ...], name: str, given: Given
) -> Subject:
    loss = None if given.loss is None else named_loss(framework, given.loss)
    cut = len(arrays) - 1 if loss is not None and len(arrays) > 1 else len(arrays)
    return Network(
        framework, net, arrays[:cut], loss=loss, targets=arrays[cut:], title=name, shift=True
    )


def _module_inputs(framework: Framework, net: Any, seed: int) -> Iterator[tuple[Any, ...]]:
    """Inputs by the shape of the first parameter: (out, in), or a kernel (out, in, …)."""
    rng = np.random.default_rng(seed)
    first: tuple[int, ...] = next((tuple(p.shape) for p in net.parameters()), ())
    shapes: list[tuple[int, ...]] = [(5, 4), (5, 3), (2, 2, 7, 6), (4, 2, 9)]
    if len(first) == 2:
        shapes.insert(0, (5, int(first[1])))
        shapes.insert(1, (5, int(first[0])))
        shapes.insert(2, (2, 5, int(first[1])))
    elif len(first) == 1:
        shapes[:0] = [(5, int(first[0])), (3, int(first[0]), 6, 6)]
    elif len(first) > 2:
        shapes[:0] = [(2, int(first[1]), *[n] * (len(first) - 2)) for n in (9, 8, 28, 32)]
    for shape in shapes:
        yield (rng.standard_normal(shape),)
    yield (rng.integers(0, 2, (3, 4)),)  # an embedding's


def _taught(framework: Framework, net: Any, name: str, given: Given) -> Subject:
    """A network on real examples, with the loss that fits its output and the targets."""
    examples = given.examples
    assert examples is not None
    first = next((tuple(p.shape) for p in net.parameters()), ())
    flat = len(first) == 2 and first[1] == int(np.prod(examples.x.shape[1:]))
    reasons: list[str] = []
    nearest = ""  # where the network ran, but its output has the wrong shape
    for x in examples.shapes(flat):
        shape = tuple(int(n) for n in x.shape)
        ran = False
        try:
            trial = Network(framework, net, (x,), title=name)
            y = trial.forward(trial.values)
            ran = True
            loss, t, said = usual_loss(framework, y, examples, given.loss)
            subject = Network(framework, net, (x,), loss=loss, targets=(t,), title=name, shift=True)
        except Exception as error:
            text = str(error.args[0]) if error.args else type(error).__name__
            reasons.append(say("given as {shape}: {text}", shape=shape, text=text))
            if ran and not nearest:
                nearest = reasons[-1]
            continue
        _say(subject, examples, shape, said)
        return subject
    why = nearest or "; ".join(reasons)
    raise ArgumentError(
        say("{name} does not take {name2}: {why}", name=name, name2=examples.name, why=why)
    )


def _say(subject: Tensors, examples: Examples, shape: tuple[int, ...], loss: str) -> None:
    words = Said(
        "checked on {n} examples of {name}, given as {shape}, with {loss}",
        n=shape[0],
        name=examples.name,
        shape=shape,
        loss=loss,
    )
    subject.said = (words, *subject.said)
