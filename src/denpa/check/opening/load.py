"""From FILE:NAME to something that can be checked: what a file holds is imported, made with
arguments that fit, and given an input that it takes."""

from __future__ import annotations

import importlib.util
import inspect
import io
import re
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


class UserError(ArgumentError):
    """The user's code raised: the message is the traceback of their own lines, told whole."""

    whole = True


class Stopped(BaseException):
    """Code that hangs was stopped; no `except Exception` on the way holds it up."""


def load(spec: str, seconds: float = 0.0) -> tuple[Any, str]:
    """The object that FILE:NAME names, and NAME; importing the file may take `seconds` (0: as long
    as it likes).

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
    own = _own(file)
    found = importlib.util.spec_from_file_location(own, file)
    if found is None or found.loader is None:
        raise ArgumentError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(found)
    sys.modules[own] = module
    folder = file.parent.resolve()
    sys.path.insert(0, str(folder))
    if "." in own:  # what `from .helper import …` looks in
        sys.path.insert(1, str(folder.parent))
    run_theirs(lambda: found.loader.exec_module(module), str(file), "importing it", seconds)  # type: ignore[union-attr]
    return member(module, path, name), name


def _own(file: Path) -> str:
    """The name of a file as a module. A file called random.py must not take the place of random;
    one that imports from its neighbours, `from .helper import …`, is part of its folder."""
    folder = file.parent.resolve().name
    try:
        inside = re.search(r"^\s*from \.", file.read_text(encoding="utf-8"), re.MULTILINE)
    except (OSError, UnicodeDecodeError):
        inside = None
    name = f"_checked_{file.stem}"
    return f"{folder}.{name}" if inside and folder.isidentifier() else name


def member(module: Any, path: str, name: str) -> Any:
    """What a module holds under a name. Errors: ArgumentError with the names that are near."""
    if hasattr(module, name):
        return getattr(module, name)
    own = []
    for n, x in vars(module).items():
        if inspect.isclass(x) or inspect.isfunction(x):
            theirs = x.__module__ == module.__name__  # not what it imports
        else:
            theirs = not inspect.ismodule(x) and (callable(x) or hasattr(x, "forward"))
        if theirs and not n.startswith("_"):
            own.append(n)
    close = get_close_matches(name, own, 1, 0.5)
    hint = f" Did you mean {close[0]!r}?" if close else f" It has {', '.join(own)}."
    raise ArgumentError(f"{path} has no {name!r}.{hint if own else ''}")


def beside(spec: str, name: str) -> Any:
    """Another object of the file that `spec` names, which is imported."""
    path = spec.rpartition(":")[0]
    return member(sys.modules[_own(Path(path))], path, name)


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


@contextmanager
def _nobody_there() -> Iterator[None]:
    """input() raises at once: its question would not be seen."""
    kept, sys.stdin = sys.stdin, io.StringIO()
    try:
        yield
    finally:
        sys.stdin = kept


def run_theirs(call: Callable[[], Any], what: str, doing: str, seconds: float = 0.0) -> Any:
    """Run somebody's code; if it raises, tell it with their own lines of the traceback. After
    `seconds` it is stopped. What it prints is not shown: it runs hundreds of times."""
    said = io.StringIO()
    try:
        with _limit(seconds), redirect_stdout(said), _nobody_there():
            return call()
    except (KeyboardInterrupt, ArgumentError):
        raise
    except BaseException as error:
        here = Path(__file__).parent.parent.parent  # denpa's own lines are not the user's
        frames = [
            f
            for f in traceback.extract_tb(error.__traceback__)
            if here not in Path(f.filename).parents and not f.filename.startswith("<")
        ]
        lines = "".join(traceback.format_list(frames))
        if isinstance(error, SyntaxError) and error.text:
            lines += f'  File "{error.filename}", line {error.lineno}\n    {error.text.strip()}\n'
        kind = type(error).__name__
        hint = _hint(error)
        raise UserError(f"{what}: {doing} raised\n{lines}{kind}: {error}{hint}") from None


def _hint(error: BaseException) -> str:
    """What to do about it, where that is known."""
    name = getattr(error, "name", None)
    if isinstance(error, ModuleNotFoundError) and name in ("torch", "jax"):
        return f"\ninstall it with: pip install {name}"
    if isinstance(error, EOFError):
        return "\nnobody answers input() here; write the value into the code"
    return ""


def arrays_of(text: str, seed: int) -> dict[str, Any]:
    """The arguments that --init or --input gives: "W=rand(4,3), b=zeros(3)" with NumPy's names
    and rand(shape…), which draws from a normal distribution.

    Those without a name are numbered: "0", "1", …

    >>> {k: np.shape(v) for k, v in arrays_of("W=rand(4,3), pad=1", 0).items()}
    {'W': (4, 3), 'pad': ()}
    """
    rng = np.random.default_rng(seed)
    names: dict[str, Any] = {"np": np, "rand": lambda *s: rng.standard_normal(s)}
    names |= {n: getattr(np, n) for n in ("zeros", "ones", "arange", "eye", "array", "linspace")}
    try:
        places, named = eval(f"(lambda *a, **k: (a, k))({text})", names)
        return {**{str(k): a for k, a in enumerate(places)}, **named}
    except Exception as error:
        raise ArgumentError(
            f"{text!r} is no list of arguments ({type(error).__name__}: {error}); write them as "
            '"W=rand(4,3), b=zeros(3)"'
        ) from None


def bound(f: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Call with what `arrays_of` has read."""
    places = [a for k, a in arguments.items() if k.isdecimal()]
    return f(*places, **{k: a for k, a in arguments.items() if not k.isdecimal()})


def inputs_of(text: str, seed: int) -> tuple[Any, ...]:
    """The arguments that --input gives, lists of numbers as arrays.

    Errors: ArgumentError for an array without numbers, of which nothing could be compared.
    """
    found = []
    for name, a in arrays_of(text, seed).items():
        array = np.asarray(a) if isinstance(a, list) else a
        if isinstance(array, np.ndarray) and not array.size:
            raise ArgumentError(f"--input: {name} has the shape {array.shape}, and so no numbers")
        fits = isinstance(array, np.ndarray) and array.dtype.kind in "biufc"
        found.append(array if fits else a)
    return tuple(found)
