"""Arguments that nobody gave: for a constructor by the names of its parameters, for a forward pass
by the shapes of what is there. The first that a layer takes are used."""

from __future__ import annotations

import inspect
import itertools
import re
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from denpa.check.opening.load import UserError, arrays_of, run_theirs
from denpa.core.errors import ArgumentError

_MATRICES = {"W", "w", "weight", "weights", "kernel", "filters", "U", "V", "theta", "Theta"}
_VECTORS = {"b", "bias", "biases", "beta", "gamma", "shift", "scale"}
_INS = {"n_in", "nin", "in_features", "input_size", "in_dim", "fan_in", "D", "input_dim", "n_input",
        "num_inputs", "in_size", "d_in", "vocab_size", "num_embeddings", "n_features", "dim",
        "size", "features", "num_features"}  # fmt: skip
_OUTS = {"n_out", "nout", "out_features", "output_size", "out_dim", "fan_out", "M", "num_classes",
         "n_classes", "n_output", "num_outputs", "out_size", "d_out", "embedding_dim", "dim_out",
         "output_dim", "wordvec_size"}  # fmt: skip
_HIDDEN = {"hidden_size", "n_hidden", "hidden", "hidden_dim", "num_hidden", "H"}
_TARGETS = {"t", "y", "target", "targets", "label", "labels", "y_true", "answer"}
_NUMBERS: dict[str, Any] = {
    "stride": 1, "pad": 1, "padding": 1, "pool_h": 2, "pool_w": 2, "pool_size": 2,
    "kernel_size": 3, "filter_size": 3, "in_channels": 2, "out_channels": 3, "channels": 2,
    "filter_num": 3, "num_filters": 3, "p": 0.5, "rate": 0.5, "ratio": 0.5, "dropout_ratio": 0.5,
    "drop_prob": 0.5, "keep_prob": 0.5, "alpha": 0.1, "slope": 0.1, "negative_slope": 0.1,
    "eps": 1e-5, "momentum": 0.9, "hidden_size_list": [5, 4], "hidden_sizes": [5, 4], "seed": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Sizes:
    """How many numbers go in and come out, where the data say."""

    ins: int = 4
    outs: int = 3
    hidden: int = 5


def _needed(f: Any) -> list[inspect.Parameter]:
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return []
    kinds = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.KEYWORD_ONLY,
    )
    return [p for p in parameters if p.kind in kinds and p.default is inspect.Parameter.empty]


def _layered(names: list[str], sizes: Sizes) -> dict[str, tuple[int, ...]]:
    """Shapes of W1, b1, W2, b2, …: each takes what the one before gives. Wx and Wh are those of a
    recurrent layer.

    >>> _layered(["W1", "b1", "W2", "b2"], Sizes())
    {'W1': (4, 5), 'b1': (5,), 'W2': (5, 3), 'b2': (3,)}
    """
    numbered = [(n, re.fullmatch(r"([A-Za-z]+)_?(\d+)", n)) for n in names]
    ranks = sorted({int(m[2]) for _, m in numbered if m is not None})
    widths = [sizes.ins, *[sizes.hidden] * (len(ranks) - 1), sizes.outs]
    found: dict[str, tuple[int, ...]] = {}
    for name, m in numbered:
        if m is not None and (m[1] in _MATRICES or m[1] in _VECTORS):
            k = ranks.index(int(m[2]))
            wide = m[1] in _MATRICES
            found[name] = (widths[k], widths[k + 1]) if wide else (widths[k + 1],)
        elif name in ("Wh", "W_h", "Whh", "W_hh"):
            found[name] = (sizes.outs, sizes.outs)
    return found


def constructors(
    f: Any, rng: np.random.Generator, sizes: Sizes = Sizes()
) -> Iterator[dict[str, Any]]:
    """Arguments for a constructor, by the names of its parameters: matrices as (in, out) and
    (out, in), then as kernels of convolutions."""
    parameters = _needed(f)
    names = [p.name for p in parameters]
    layered = _layered(names, sizes)
    square = (sizes.ins, sizes.outs)
    shapes: Any = ((square, sizes.outs), (square[::-1], sizes.outs), ((3, 2, 3, 3), 3),
                   ((3, 2, 3), 3), ((sizes.ins,), sizes.ins))  # fmt: skip
    for shape, n in shapes:
        found: dict[str, Any] = {}
        for name in names:
            if name in layered:
                found[name] = rng.standard_normal(layered[name])
            elif name in _MATRICES or name.startswith(("W", "w_")):
                found[name] = rng.standard_normal(shape)
            elif name in _VECTORS or (name.startswith("b") and name != "batch_size"):
                found[name] = rng.standard_normal(n)
            elif name in _INS:
                found[name] = sizes.ins
            elif name in _OUTS:
                found[name] = sizes.outs
            elif name in _HIDDEN:  # alone it is what comes out
                found[name] = sizes.hidden if _OUTS & set(names) else sizes.outs
            elif name in _NUMBERS:
                found[name] = _NUMBERS[name]
            else:
                break
        else:
            yield found
        if not parameters:
            return


_FITTING = (0,)  # what the first matrix of the object asks for
_INPUTS = (_FITTING, (5, 4), (5, 3), (2, 2, 7, 6), (2, 2, 6, 6), (4, 2, 9), (6,))


def _fitting(obj: Any) -> tuple[int, ...]:
    held = vars(obj) if hasattr(obj, "__dict__") else {}
    inside = [held, *(x for x in held.values() if isinstance(x, dict))]
    found = [a for d in inside for a in d.values() if isinstance(a, np.ndarray) and a.ndim == 2]
    return (5, found[0].shape[0] if found else 4)


def inputs(
    obj: Any, forward: Any, sizes: Sizes, rng: np.random.Generator
) -> Iterator[tuple[Any, ...]]:
    """Arguments for forward(x), or forward(x, t) with targets as rows of 0 and 1 or as numbers of
    classes; last, x as whole numbers, which an embedding takes."""
    names = [p.name for p in _needed(forward)][1:]
    strange = [n for n in names if n not in _TARGETS]
    if strange:
        raise ArgumentError(f"forward needs {strange[0]}; give it with --input")
    for shape in _INPUTS:
        x = rng.standard_normal(_fitting(obj) if shape == _FITTING else shape)
        classes = sizes.outs if hasattr(obj, "loss") else x.shape[-1]
        labels = rng.integers(0, classes, len(x))
        yield (x, *(np.eye(classes)[labels] for _ in names))
        if names:
            yield (x, *(labels for _ in names))
    if not names:
        yield (np.array([0, 2, 1, 2, 0]),)
        yield (np.array([[0, 2, 1], [2, 2, 0]]),)


def _backward(obj: Any, upstream: np.ndarray) -> None:
    if inspect.signature(obj.backward).parameters:
        obj.backward(upstream if upstream.ndim else 1.0)
    else:
        obj.backward()


def makers(
    cls: Any, name: str, init: str | None, seed: int, sizes: Sizes = Sizes()
) -> Iterator[Callable[[], Any]]:
    """Ways to make an instance: the one that is there, with --init, or with guessed arguments."""
    if not inspect.isclass(cls):
        yield lambda: cls
    elif init is not None:
        arguments = arrays_of(init, seed)
        made = run_theirs(lambda: cls(**arguments), name, "making it with --init")
        yield lambda: made
    else:
        for guess in constructors(cls, np.random.default_rng(seed), sizes):
            yield lambda g=guess: cls(**g)  # type: ignore[misc]


_NOTHING = object()


def make(
    cls: Any, name: str, init: str | None, given: str | None, seed: int,
    sizes: Sizes = Sizes(), run: str = "forward",
) -> tuple[Any, Any]:  # fmt: skip
    """An instance of a layer's class and arguments for its forward (or another method): those
    that were given, or the first of some usual ones that it takes.

    Errors: ArgumentError, with examples, where none fits; UserError where given ones raise.
    """
    rng = np.random.default_rng(seed)
    last: Exception | None = None
    behind: Exception | None = None
    returned: Any = _NOTHING
    tried = made = False
    for maker in makers(cls, name, init, seed, sizes):
        tried = True
        try:
            obj = maker()
            forward = getattr(obj, run)
        except Exception as error:
            last = error
            continue
        made = True
        if given is not None:
            candidates: Any = [tuple(arrays_of(given, seed + 1).values())]
        else:
            candidates = inputs(obj, forward, sizes, rng)
        for x in candidates:
            try:
                obj = maker()
                y = np.asarray(getattr(obj, run)(*(np.array(a) for a in x)))
            except Exception as error:
                last = error
                continue
            if y.dtype.kind != "f":
                returned = y[()] if y.dtype == object else y
                continue
            try:
                if callable(getattr(obj, "backward", None)) and given is None and run == "forward":
                    _backward(obj, np.ones(y.shape))
            except Exception as error:  # another input may suit it better
                behind = behind or error
                continue
            return maker(), x
    if behind is not None:
        run_theirs(raising(behind), name, "backward")
    if returned is not _NOTHING:
        kind = type(returned).__name__
        shown = f"whole numbers ({returned.dtype})" if kind == "ndarray" else kind
        raise ArgumentError(
            f"{name}: {run} returned {shown}; it must return an array, or a number, of floats"
        )
    if last is not None and (given is not None or (made and (init or not inspect.isclass(cls)))):
        run_theirs(raising(last), name, run)
    raise nothing_fits(cls, name, last, tried)


def nothing_fits(cls: Any, name: str, last: Exception | None, tried: bool) -> ArgumentError:
    """The error that tells how to give arguments."""
    try:
        signature = str(inspect.signature(cls)) if inspect.isclass(cls) else ""
    except (TypeError, ValueError):
        signature = ""
    why = ""
    if isinstance(last, UserError):
        why = f" ({last})"
    elif last is not None:
        why = f" (the last try{_at(last)}: {type(last).__name__}: {last})"
    elif not tried:
        why = " (its constructor needs arguments that cannot be guessed from their names)"
    return ArgumentError(
        f"{name}{signature}: no usual arguments fit{why}"
        '. Say what to make it with and what to put in: --init "W=rand(4,3), b=rand(3)" '
        '--input "x=rand(5,4)", or name a function without arguments that returns the layer'
    )


def _at(error: Exception) -> str:
    """Where in somebody's code it was raised."""
    here = Path(__file__).parent.parent
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if here not in Path(f.filename).parents]
    return f", {Path(theirs[-1].filename).name}:{theirs[-1].lineno}" if theirs else ""


def raising(error: Exception) -> Callable[[], None]:
    """A function that raises it."""

    def call() -> None:
        raise error

    return call


def arguments_of(f: Any, skip: int, rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    """Arguments for a function of arrays, by the names of its parameters."""
    names = [p.name for p in _needed(f)][skip:]
    shapes = [(5, 4), (5, 3), (6,), (2, 2, 7, 6)]
    if not names:  # *args: one array
        names = ["x"]
    for shape, matrix in itertools.product(shapes, ((4, 3), (3, 4), (3, 2, 3, 3))):
        found: list[Any] = []
        labels = rng.integers(0, shape[-1], shape[0])
        for name in names:
            if name in _MATRICES or name.startswith("W"):
                found.append(rng.standard_normal(matrix))
            elif name in _VECTORS:
                found.append(rng.standard_normal(3))
            elif name in _NUMBERS:
                found.append(_NUMBERS[name])
            elif name in _TARGETS and len(names) > 1:
                found.append(np.eye(shape[-1])[labels])
            else:
                found.append(rng.standard_normal(shape))
        yield tuple(found)
