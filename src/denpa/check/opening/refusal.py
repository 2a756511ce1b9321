"""What is said where nothing fits: what was tried, why the telling try failed, what to give."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from denpa.check.opening.guess import needed
from denpa.check.opening.load import UserError, run_theirs
from denpa.check.opening.trials import Search
from denpa.check.subjects.written import Written
from denpa.core.errors import ArgumentError
from denpa.words import say

_HOPELESS = (NameError, ImportError, EOFError, RecursionError, NotImplementedError)


def raising(error: Exception) -> Callable[[], None]:
    """A function that raises it."""

    def call() -> None:
        raise error

    return call


def told(error: Exception, name: str, doing: str) -> Exception:
    """A user's error with their own lines; one of ours as it is."""
    if isinstance(error, ArgumentError):
        return error
    try:
        run_theirs(raising(error), name, doing)
    except ArgumentError as found:
        return found
    return error


def no_style(found: Any, name: str) -> str:
    """A class that neither computes nor goes back."""
    methods = [n for n in dir(found) if not n.startswith("_") and callable(getattr(found, n, None))]
    own = ", ".join(methods[:8])
    has = say(" It has {own}.", own=own) if methods else ""
    need = "backward" if {"forward", "loss"} & set(methods) else "forward"
    return has.join(
        (
            say(
                "{name} has no method {need}; a layer has forward(x) and backward(dout), a network "
                "loss(x, t) and gradient(x, t).",
                name=name,
                need=need,
            ),
            "",
        )
    )


def unsure(name: str, search: Search) -> str:
    """The methods whose names say nothing, which were tried as a pair and disagree; empty where
    none ran, or several pairs did."""
    ran = [t for t in search.usable if t.clean and isinstance(t.subject, Written)]
    pairs = {(t.subject.run, t.subject.back) for t in ran if isinstance(t.subject, Written)}
    if len(pairs) != 1:
        return ""
    (run, back), trial = pairs.pop(), ran[0]
    if back is None:
        return ""
    return say(
        "{name}: no method's name says forward or backward. {run} and {back}, tried as such, "
        "disagree with {shown}; no known mistake explains it, and they may be something else. "
        "If they are such a pair, call them forward and backward to have them judged.",
        name=name,
        run=run,
        back=back,
        shown=trial.shown(),
    )


def refused(found: Any, name: str, search: Search, given: str | None) -> Exception:
    """Why there is nothing to examine: the error of the telling try, which is the first of those
    that came furthest, not the last."""
    raised = [t for t in search.raising if not t.guessed or search.first is None]
    if raised:
        return told(raised[0].error or ValueError(), name, "backward")
    error = search.first
    if error is None:
        return nothing_fits(found, name, None)
    if isinstance(error, ArgumentError) and not isinstance(error, UserError):
        return error
    hopeless = isinstance(error, _HOPELESS)
    made = not inspect.isclass(found) and not inspect.isroutine(found)
    plain = given is not None or hopeless or made
    if plain:  # no other arguments would help
        return told(error, name, search.doing)
    return nothing_fits(found, name, error)


def nothing_fits(found: Any, name: str, error: Exception | None) -> ArgumentError:
    """The error that tells how to give arguments."""
    try:
        signature = str(inspect.signature(found)) if inspect.isclass(found) else ""
    except (TypeError, ValueError):
        signature = ""
    why = ""
    if isinstance(error, UserError):
        why = f" ({error})"
    elif error is not None:
        raised = f"{_at(error)}: {type(error).__name__}: {error}"
        why = say(" (the most telling try{raised})", raised=raised)
    elif inspect.isclass(found):
        why = say(" (its constructor needs arguments that cannot be guessed from their names)")
    if inspect.isroutine(found):
        signature = str(inspect.signature(found))
    fits = say(
        "{name}{signature}: no usual arguments fit{why}. ", name=name, signature=signature, why=why
    )
    if inspect.isroutine(found):
        return ArgumentError(
            fits
            + say(
                'Say what to put in, for each argument: --input "{example}"',
                example=_example(found),
            )
        )
    return ArgumentError(
        fits
        + say(
            'Say what to make it with and what to put in: --init "W=rand(4,3), b=rand(3)" --input '
            '"x=rand(5,4)", or name a function without arguments that returns the layer'
        )
    )


def _example(f: Any) -> str:
    names = [p.name for p in needed(f)] or ["x"]
    return ", ".join(f"{n}=rand(5,4)" for n in names)


def _at(error: Exception) -> str:
    """Where in somebody's code it was raised."""
    here = Path(__file__).parent.parent
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if here not in Path(f.filename).parents]
    own = [f for f in theirs if "site-packages" not in f.filename] or theirs  # not NumPy's line
    return f", {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
