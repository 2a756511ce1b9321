"""Arguments that nobody gave: for a constructor by the names of its parameters, for a forward pass
by the shapes of what is there. The first that a layer takes are used."""

from __future__ import annotations

import copy
import inspect
import itertools
import re
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from denpa.check.opening.load import UserError, arrays_of, bound, inputs_of, run_theirs
from denpa.check.subjects.layer import method, output, rate_of
from denpa.check.subjects.pair import TARGETS
from denpa.core.errors import ArgumentError

_MATRICES = {"W", "w", "weight", "weights", "kernel", "filters", "U", "V", "theta", "Theta",
             "重み"}  # fmt: skip
_VECTORS = {"b", "bias", "biases", "beta", "gamma", "shift", "scale", "バイアス"}
_INS = {"n_in", "nin", "in_features", "input_size", "in_dim", "fan_in", "D", "input_dim", "n_input",
        "num_inputs", "in_size", "d_in", "vocab_size", "num_embeddings", "n_features", "dim",
        "size", "features", "num_features", "n_inputs"}  # fmt: skip
_OUTS = {"n_out", "nout", "out_features", "output_size", "out_dim", "fan_out", "M", "num_classes",
         "n_classes", "n_output", "num_outputs", "out_size", "d_out", "embedding_dim", "dim_out",
         "output_dim", "wordvec_size", "n_neurons", "n_outputs"}  # fmt: skip
_HIDDEN = {"hidden_size", "n_hidden", "hidden", "hidden_dim", "num_hidden", "H"}
_TARGETS = TARGETS | {"y", "answer"}
_STATES = {"h", "h_prev", "prev_h", "hidden", "c", "c_prev", "prev_c", "h0"}  # of a recurrent step
_NUMBERS: dict[str, Any] = {
    "stride": 1, "pad": 1, "padding": 1, "pool_h": 2, "pool_w": 2, "pool_size": 2,
    "kernel_size": 3, "filter_size": 3, "in_channels": 2, "out_channels": 3, "channels": 2,
    "filter_num": 3, "num_filters": 3, "p": 0.5, "rate": 0.5, "ratio": 0.5, "dropout_ratio": 0.5,
    "drop_prob": 0.5, "keep_prob": 0.5, "alpha": 0.1, "slope": 0.1, "negative_slope": 0.1,
    "eps": 1e-5, "momentum": 0.9, "hidden_size_list": [5, 4], "hidden_sizes": [5, 4], "seed": 0,
    "reg": 0.1, "activation": "relu", "bn_param": {"mode": "train"}, "gn_param": {}, "ln_param": {},
    "dropout_param": {"p": 0.5, "mode": "train", "seed": 0},
    "conv_param": {"stride": 1, "pad": 1},
    "pool_param": {"pool_height": 2, "pool_width": 2, "stride": 2},
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
_SINGLE = (1,)  # the same for one example alone
_INPUTS = (
    _FITTING,
    (5, 4),
    (5, 3),
    (2, 2, 7, 6),
    (2, 2, 6, 6),
    (4, 2, 9),
    (2, 5, 4),
    (6,),
    _SINGLE,
)


def _fitting(obj: Any) -> tuple[int, ...]:
    held = vars(obj) if hasattr(obj, "__dict__") else {}
    inside = [held, *(x for x in held.values() if isinstance(x, dict))]
    inside += [dict(enumerate(x)) for x in held.values() if isinstance(x, list)]
    found = [a for d in inside for a in d.values() if isinstance(a, np.ndarray) and a.ndim == 2]
    return (5, found[0].shape[0] if found else 4)


def inputs(
    obj: Any, forward: Any, sizes: Sizes, rng: np.random.Generator
) -> Iterator[tuple[Any, ...]]:
    """Arguments for forward(x), or forward(x, t) with targets as rows of 0 and 1 or as numbers of
    classes; last, x as whole numbers, which an embedding takes."""
    names = [p.name for p in _needed(forward)][1:]
    strange = [n for n in names if n not in _TARGETS]
    if strange and set(names) <= _STATES:
        yield tuple(rng.standard_normal(s) for s in ((5, 4), *[(5, 3)] * len(names)))
    if strange:
        raise ArgumentError(
            f"{getattr(forward, '__name__', 'forward')} needs {', '.join(strange)}, too; give all "
            f'it takes with --input, such as --input "x=rand(5,4), {strange[0]}=rand(5,4)"'
        )
    for shape in _INPUTS:
        fitting = _fitting(obj)
        fits: dict[tuple[int, ...], tuple[int, ...]]
        fits = {_FITTING: fitting, _SINGLE: (1, fitting[1])}
        x = rng.standard_normal(fits.get(shape, shape))
        classes = sizes.outs if hasattr(obj, "loss") else x.shape[-1]
        labels = rng.integers(0, classes, len(x))
        yield (x, *(np.eye(classes)[labels] for _ in names))
        if names:
            yield (x, *(labels for _ in names))
    if not names:
        yield (np.array([0, 2, 1, 2, 0]),)
        yield (np.array([[0, 2, 1], [2, 2, 0]]),)


def _backward(obj: Any, upstream: np.ndarray) -> None:
    takes = inspect.signature(obj.backward).parameters
    more = {rate_of(obj): 1.0} if rate_of(obj) else {}
    if takes:
        obj.backward(upstream if upstream.ndim else 1.0, **more)
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
        made = run_theirs(lambda: bound(cls, arguments), name, "making it with --init")
        yield lambda: made
    else:
        for guess in constructors(cls, np.random.default_rng(seed), sizes):
            yield lambda g=guess: cls(**g)  # type: ignore[misc]


_NOTHING = object()


def _tamed(x: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same with an input between 0 and 1, such as a logarithm takes."""
    first = np.asarray(x[0])
    return (1 / (1 + np.exp(-first)), *x[1:]) if first.dtype.kind == "f" else x


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
    endless: Any = None
    tried = made = False
    for maker in makers(cls, name, init, seed, sizes):
        tried = True
        try:
            obj = maker()
        except Exception as error:
            last = error
            continue
        made = True
        forward = method(obj, run)
        if given is not None:
            candidates: Any = [inputs_of(given, seed + 1)]
        else:
            tame = (_tamed(x) for x in inputs(obj, forward, sizes, rng))
            candidates = itertools.chain(inputs(obj, forward, sizes, rng), tame)
        for x in candidates:
            try:
                obj = maker()
                y = np.asarray(output(obj, method(obj, run)(*copy.deepcopy(x))))
            except Exception as error:
                last = error
                continue
            if y.dtype.kind != "f":
                returned = y[()] if y.dtype == object and not y.ndim else y
                continue
            if not np.isfinite(y).all():  # a logarithm's, or a square root's
                endless = endless or (maker, x)
                continue
            try:
                if callable(getattr(obj, "backward", None)) and given is None and run == "forward":
                    _backward(obj, np.ones(y.shape))
            except Exception as error:  # another input may suit it better
                behind = behind or error
                continue
            return maker(), x
    if endless is not None:
        return endless[0](), endless[1]
    if behind is not None:
        run_theirs(raising(behind), name, "backward")
    if returned is not _NOTHING:
        shown = type(returned).__name__
        if isinstance(returned, np.ndarray):
            sorts = {"i": "whole numbers", "u": "whole numbers", "c": "complex numbers"}
            shown = f"{sorts.get(returned.dtype.kind, 'an array')} ({returned.dtype})"
        raise ArgumentError(
            f"{name}: {run} returned {shown}; it must return an array, or a number, of floats"
        )
    if last is not None and (given is not None or (made and (init or not inspect.isclass(cls)))):
        run_theirs(raising(last), name, run)
    if isinstance(last, (NameError, ImportError, EOFError)):  # no other arguments would help
        run_theirs(raising(last), name, run if made else "making it")
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
    if inspect.isroutine(cls):
        return ArgumentError(
            f"{name}{inspect.signature(cls)}: no usual arguments fit{why}. Say what to put in, for "
            f'each argument: --input "{_example(cls)}"'
        )
    return ArgumentError(
        f"{name}{signature}: no usual arguments fit{why}"
        '. Say what to make it with and what to put in: --init "W=rand(4,3), b=rand(3)" '
        '--input "x=rand(5,4)", or name a function without arguments that returns the layer'
    )


def _example(f: Any) -> str:
    names = [p.name for p in _needed(f)] or ["x"]
    return ", ".join(f"{n}=rand(5,4)" for n in names)


def _at(error: Exception) -> str:
    """Where in somebody's code it was raised."""
    here = Path(__file__).parent.parent
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if here not in Path(f.filename).parents]
    own = [f for f in theirs if "site-packages" not in f.filename] or theirs  # not NumPy's line
    return f", {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""


def raising(error: Exception) -> Callable[[], None]:
    """A function that raises it."""

    def call() -> None:
        raise error

    return call


def arguments_of(f: Any, skip: int, rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    """Arguments for a function of arrays, by the names of its parameters: examples as rows first,
    then as columns (features × examples)."""
    names = [p.name for p in _needed(f)][skip:]
    if not names:  # *args: one array
        names = ["x"]
    shapes = [(5, 4), (5, 3), (6,), (2, 2, 7, 6)]
    usual = itertools.product(shapes, ((4, 3), (3, 4), (3, 2, 3, 3)), ((3,), (4,)))
    for shape, matrix, vector in [*usual, ((4, 5), (3, 4), (3, 1)), ((6,), (6,), (6,))]:
        labels = rng.integers(0, shape[-1], shape[0])
        rows = np.eye(shape[-1])[labels]
        for target in (rows, labels) if _TARGETS & set(names) and len(names) > 1 else (rows,):
            found: list[Any] = []
            for name in names:
                if name in ("Wh", "W_h", "Whh", "W_hh"):
                    found.append(rng.standard_normal((3, 3)))
                elif name in _MATRICES or name.startswith("W"):
                    found.append(rng.standard_normal(matrix))
                elif name in _VECTORS:
                    found.append(rng.standard_normal(vector))
                elif name in _NUMBERS:
                    found.append(copy.deepcopy(_NUMBERS[name]))
                elif name in _TARGETS and len(names) > 1:
                    found.append(target)
                elif name in _STATES and len(names) > 1:
                    found.append(rng.standard_normal((shape[0], 3)))
                else:
                    found.append(rng.standard_normal(shape))
            yield tuple(found)
