"""From FILE:NAME to something that can be checked: what a file holds is imported, made with
arguments that fit, and given an input that it takes."""

from __future__ import annotations

import importlib.util
import inspect
import io
import itertools
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from denpa.core.errors import ArgumentError

_MATRICES = {"W", "w", "weight", "weights", "kernel", "filters", "U", "V", "theta", "Theta"}
_VECTORS = {"b", "bias", "biases", "beta", "gamma", "shift", "scale"}
_INS = {"n_in", "nin", "in_features", "input_size", "in_dim", "fan_in", "D", "input_dim"}
_OUTS = {"n_out", "nout", "out_features", "output_size", "out_dim", "fan_out", "M", "hidden_size"}
_TARGETS = {"t", "y", "target", "targets", "label", "labels", "y_true", "answer"}


class UserError(ArgumentError):
    """The user's code raised: the message is the traceback of their own lines, told whole."""

    whole = True


class Stopped(BaseException):
    """Code that hangs was stopped; no `except Exception` on the way holds it up."""


def load(spec: str) -> tuple[Any, str]:
    """The object that FILE:NAME names, and NAME.

    Errors: ArgumentError for a file or name that is not there; UserError where the file raises.
    """
    path, _, name = spec.rpartition(":")
    if not path or not name:
        raise ArgumentError(
            f"name a file and what it holds, as in mylayers.py:Affine, not {spec!r}"
        )
    file = Path(path)
    if not file.is_file():
        raise ArgumentError(f"{path}: there is no such file")
    own = f"_checked_{file.stem}"  # a file called random.py must not take the place of random
    found = importlib.util.spec_from_file_location(own, file)
    if found is None or found.loader is None:
        raise ArgumentError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(found)
    sys.modules[own] = module
    sys.path.insert(0, str(file.parent.resolve()))
    run_theirs(lambda: found.loader.exec_module(module), str(file), "importing it")  # type: ignore[union-attr]
    if not hasattr(module, name):
        names = [n for n, x in vars(module).items() if callable(x) and not n.startswith("_")]
        close = get_close_matches(name, names, 1, 0.5)
        hint = f" Did you mean {close[0]!r}?" if close else f" It has {', '.join(names)}."
        raise ArgumentError(f"{path} has no {name!r}.{hint if names else ''}")
    return getattr(module, name), name


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """Raise Stopped in whatever runs after that time, where the system has such an alarm."""
    able = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not able or seconds <= 0:
        yield
        return

    def stop(*_: Any) -> None:
        raise Stopped(f"it took longer than {seconds:g} s (--timeout)")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run_theirs(call: Callable[[], Any], what: str, doing: str, seconds: float = 0.0) -> Any:
    """Run somebody's code; if it raises, tell it with their own lines of the traceback. After
    `seconds` it is stopped. What it prints is not shown: it runs hundreds of times."""
    said = io.StringIO()
    try:
        with _limit(seconds), redirect_stdout(said):
            return call()
    except (KeyboardInterrupt, ArgumentError):
        raise
    except BaseException as error:
        here = Path(__file__).parent.parent
        frames = [
            f
            for f in traceback.extract_tb(error.__traceback__)
            if here not in Path(f.filename).parents and not f.filename.startswith("<")
        ]
        lines = "".join(traceback.format_list(frames)) or "  (no line of it)\n"
        kind = type(error).__name__
        raise UserError(f"{what}: {doing} raised\n{lines}{kind}: {error}") from None


def arrays_of(text: str, seed: int) -> dict[str, Any]:
    """The arguments that --init or --input gives: "W=rand(4,3), b=zeros(3)" with NumPy's names
    and rand(shape…), which draws from a normal distribution.

    >>> {k: np.shape(v) for k, v in arrays_of("W=rand(4,3), pad=1", 0).items()}
    {'W': (4, 3), 'pad': ()}
    """
    rng = np.random.default_rng(seed)
    names: dict[str, Any] = {"np": np, "rand": lambda *s: rng.standard_normal(s)}
    names |= {n: getattr(np, n) for n in ("zeros", "ones", "arange", "eye", "array", "linspace")}
    try:
        return dict(eval(f"dict({text})", names))
    except Exception as error:
        raise ArgumentError(
            f"{text!r} is no list of arguments ({type(error).__name__}: {error}); write them as "
            '"W=rand(4,3), b=zeros(3)"'
        ) from None


def _guesses(f: Any, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Arguments for a constructor, by the names of its parameters: matrices as (in, out) and
    (out, in), then as kernels of convolutions."""
    parameters = [
        p
        for p in inspect.signature(f).parameters.values()
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
        and p.default is inspect.Parameter.empty
    ]
    for shape, n in (((4, 3), 3), ((3, 4), 3), ((3, 2, 3, 3), 3), ((3, 2, 3), 3), ((4,), 4)):
        found: dict[str, Any] = {}
        for p in parameters:
            if p.name in _MATRICES or p.name.startswith(("W", "w_")):
                found[p.name] = rng.standard_normal(shape)
            elif p.name in _VECTORS or p.name.startswith("b"):
                found[p.name] = rng.standard_normal(n)
            elif p.name in _INS:
                found[p.name] = 4
            elif p.name in _OUTS:
                found[p.name] = 3
            else:
                break
        else:
            yield found
        if not parameters:
            return


_FITTING = (0,)  # what the first matrix of the object asks for
_INPUTS = (_FITTING, (5, 4), (5, 3), (2, 2, 7, 6), (4, 2, 9), (6,))


def _fitting(obj: Any) -> tuple[int, ...]:
    held = vars(obj) if hasattr(obj, "__dict__") else {}
    inside = [held, *(x for x in held.values() if isinstance(x, dict))]
    found = [a for d in inside for a in d.values() if isinstance(a, np.ndarray) and a.ndim == 2]
    return (5, found[0].shape[0] if found else 4)


def _backward(obj: Any, upstream: np.ndarray) -> None:
    if inspect.signature(obj.backward).parameters:
        obj.backward(upstream if upstream.ndim else 1.0)
    else:
        obj.backward()


def make(cls: Any, name: str, init: str | None, given: str | None, seed: int) -> tuple[Any, Any]:
    """An instance of a layer's class and arguments for its forward: those that were given, or the
    first of some usual ones that it takes.

    Errors: ArgumentError, with examples, where none fits; UserError where given ones raise.
    """
    rng = np.random.default_rng(seed)
    if not inspect.isclass(cls) and callable(getattr(cls, "forward", None)):
        makers: list[Callable[[], Any]] = [lambda: cls]
    elif init is not None:
        arguments = arrays_of(init, seed)
        made = run_theirs(lambda: cls(**arguments), name, "making it with --init")
        makers = [lambda: made]
    else:
        makers = [lambda g=g: cls(**g) for g in _guesses(cls, rng)]  # type: ignore[misc]
    inputs = [None] if given is not None else list(_INPUTS)
    last: Exception | None = None
    for maker, shape in itertools.product(makers, inputs):
        try:
            obj = maker()
            x = _input(obj, shape if shape != _FITTING else _fitting(obj), given, rng, seed)
            y = np.asarray(obj.forward(*[np.array(a) for a in x]))
            if callable(getattr(obj, "backward", None)) and given is None:
                _backward(obj, np.ones(y.shape))
        except Exception as error:
            last = error
            continue
        if y.dtype.kind == "f":
            return maker(), x
    if last is not None and (given is not None or not makers):
        run_theirs(_raises(last), name, "forward")
    signature = str(inspect.signature(cls)) if inspect.isclass(cls) else ""
    raise ArgumentError(
        f"{name}{signature}: no usual arguments fit"
        + (f" (the last try{_at(last)}: {type(last).__name__}: {last})" if last is not None else "")
        + '. Say what to make it with and what to put in: --init "W=rand(4,3), b=rand(3)" '
        '--input "x=rand(5,4)", or name a function without arguments that returns the layer'
    )


def _at(error: Exception) -> str:
    """Where in somebody's code it was raised."""
    here = Path(__file__).parent.parent
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if here not in Path(f.filename).parents]
    return f", {Path(theirs[-1].filename).name}:{theirs[-1].lineno}" if theirs else ""


def _raises(error: Exception) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call


def _input(
    obj: Any, shape: tuple[int, ...] | None, given: str | None, rng: np.random.Generator, seed: int
) -> tuple[Any, ...]:
    if given is not None:
        return tuple(arrays_of(given, seed + 1).values())
    assert shape is not None
    x = rng.standard_normal(shape)
    names = [
        p.name
        for p in inspect.signature(obj.forward).parameters.values()
        if p.default is inspect.Parameter.empty and p.kind == p.POSITIONAL_OR_KEYWORD
    ]
    found: list[Any] = [x]
    for name in names[1:]:
        if name not in _TARGETS:
            raise ArgumentError(f"forward needs {name}; give it with --input")
        found.append(np.eye(shape[-1])[rng.integers(0, shape[-1], len(x))])
    return tuple(found)
