"""Shapes of arguments that no table has: found by how far the code runs with them.

Each argument is changed by itself as long as more lines of the code are reached, forward and then
backward (hill climbing on coverage, as search-based testing does: McMinn, "Search-based Software
Test Data Generation", Software Testing, Verification and Reliability 14, 2004).
"""

from __future__ import annotations

import ast
import inspect
import random
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import numpy as np

from denpa.check.opening.arguments import inputs_of
from denpa.check.patience import Patience, spend

_ARRAYS = (
    "rand(5, 4)", "rand(4, 5)", "rand(4, 3)", "rand(3, 4)", "rand(5, 3)", "rand(3, 5)", "rand(4)",
    "rand(3)", "rand(5)", "rand(3, 3)", "rand(4, 4)", "rand(4, 1)", "rand(3, 1)", "rand(5, 1)",
    "rand(1, 4)", "rand(1, 3)", "rand(1, 5)", "rand(2, 5, 4)", "rand(2, 3, 4)", "rand(2, 5, 3)",
    "rand(3, 2, 4)", "rand(2, 2, 7, 6)", "rand(2, 7, 6, 2)", "rand(3, 2, 3, 3)", "rand(3, 3, 2, 3)",
    "rand(2, 3, 5, 4)", "rand(4, 12)", "rand(3, 12)", "rand(12)", "rand(12, 4)", "rand(12, 3)",
    "rand(9, 4)", "rand(9, 3)", "rand(9)", "rand(4, 9)", "rand(3, 9)", "rand(4, 6)", "rand(6, 4)",
    "rand(6, 3)", "rand(3, 6)", "rand(6)", "rand(6, 1)", "rand(3, 7)", "rand(8, 8)",
    "rand(3, 5, 4)",
    "rand(5, 6)", "rand(6, 5)", "rand(6, 6)",
)  # fmt: skip
_OTHERS = (
    "0.7", "2", "1", "3", "labels(5, 3)", "labels(5, 4)", "onehot(5, 3)", "onehot(5, 4)",
    "onehot(5, 3).T", "binary(5)", "binary(5, 1)", "binary(1, 5)", "binary(5, 4)", "labels(2, 3)",
    "labels(6, 3).reshape(2, 3)", "[0, 2, 1, 2]", "(3, 3)", "unit(5, 4)", "binary(5, 3)",
    "unit(5, 3)",
    "positive(5, 4)", "'relu'", "(2, 6, 6)",
)  # fmt: skip
_ROUNDS = 6
# Of work for a try, and for each call and line that is traced: least squares over 25,000 tries.
_TRY, _EVENT = 1.5e-4, 7e-7
_SECONDS = 1.0  # of work


class _Reached:
    """The lines of files that a call has run, and what it has raised."""

    def __init__(self, files: Sequence[str]) -> None:
        self.files = frozenset(files)

    def of(self, call: Callable[[], Any]) -> tuple[int, str]:
        """How many lines ran, and the error's words; "" where it came to its end."""
        lines, error = reaching(self.files, call)
        return lines, "" if error is None else f"{type(error).__name__}: {error}"


def reaching(files: Collection[str], call: Callable[[], Any]) -> tuple[int, Exception | None]:
    """How many lines of files a call has run, and what it has raised."""
    seen: set[tuple[str, int]] = set()
    events = 0

    def trace(frame: Any, event: str, _: Any) -> Any:
        nonlocal events
        events += 1
        if frame.f_code.co_filename not in files:
            return None
        seen.add((frame.f_code.co_filename, frame.f_lineno))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with np.errstate(all="ignore"):
            call()
    except Exception as error:
        return len(seen), error
    finally:
        sys.settrace(before)
        spend(_TRY + _EVENT * events)
    return len(seen), None


def climbed(
    starts: Sequence[dict[str, str]],
    free: Sequence[str],
    run: Callable[[dict[str, str]], Any],
    files: Sequence[str],
    seconds: float,
) -> Iterator[dict[str, str]]:
    """Texts of arguments with which `run` comes to its end, from some to start with; those in
    `free` are changed. `run` raises what the code raises."""
    patience = Patience(seconds)
    reached = _Reached(files)
    draw = random.Random(0)
    known: dict[tuple[str, ...], tuple[int, str]] = {}

    def height(state: dict[str, str]) -> tuple[int, str]:
        key = tuple(state.values())
        if key not in known:
            known[key] = reached.of(lambda: run(state))
        return known[key]

    same = [dict.fromkeys(free, text) for text in _ARRAYS if len(free) > 1]
    begun = sorted(
        ({**starts[0], **s} if s.keys() < starts[0].keys() else s for s in [*starts, *same]),
        key=lambda s: -height(s)[0],
    )
    given: set[tuple[str, ...]] = set()
    for state in begun[:4]:
        best = height(state)
        for _ in range(_ROUNDS):
            before = best
            for name in draw.sample(list(free), len(free)):
                for text in (*_ARRAYS, *_OTHERS):
                    if patience.over:
                        return
                    other = {**state, name: text}
                    at = height(other)
                    done = not at[1] and tuple(other.values()) not in given
                    if at[0] > best[0] or (done and best[1]):
                        state, best = other, at
                if not best[1]:
                    break
            if not best[1]:
                key = tuple(state.values())
                if key not in given:
                    given.add(key)
                    yield state
                    yield from _near(state, free, height, given, patience)
                break
            if best == before:
                break


def _near(
    state: dict[str, str],
    free: Sequence[str],
    height: Callable[[dict[str, str]], tuple[int, str]],
    given: set[tuple[str, ...]],
    patience: Patience,
) -> Iterator[dict[str, str]]:
    """Neighbours that come to their end, too: one may have gradients of the right shapes."""
    for name in free:
        for text in _ARRAYS:
            if patience.over:
                return
            other = {**state, name: text}
            key = tuple(other.values())
            if key not in given and not height(other)[1]:
                given.add(key)
                yield other


def parted(text: str) -> dict[str, str]:
    """Arguments as text, taken apart.

    >>> parted("W=rand(4, 3), b=0.3")
    {'W': 'rand(4, 3)', 'b': '0.3'}
    """
    call = ast.parse(f"f({text})", mode="eval").body
    assert isinstance(call, ast.Call)
    return {str(k.arg): ast.unparse(k.value) for k in call.keywords}


def _joined(state: dict[str, str]) -> str:
    return ", ".join(f"{n}={t}" for n, t in state.items())


def _free(state: dict[str, str]) -> list[str]:
    """Arguments that may be other than they are: arrays and numbers, no dicts and lists."""
    kept = ("{", "[", "dict", "lambda", "'", "np.")
    return [n for n, t in state.items() if not t.startswith(kept)]


def _file(f: Any) -> list[str]:
    code = getattr(inspect.unwrap(f), "__code__", None)
    return [] if code is None else [code.co_filename]


def searched(
    starts: Sequence[str], build: Callable[..., Any], f: Any, others: Sequence[Any], given: Any
) -> Iterator[str]:
    """Texts of arguments of a function with which it runs forward and backward."""
    states = [parted(text) for text in list(dict.fromkeys(starts))[:40]]
    if not states:
        return

    def run(state: dict[str, str]) -> None:
        build(inputs_of(_joined(state), given.seed + 1, given.near))

    files = [name for g in (f, *others) for name in _file(g)]
    for state in climbed(states, _free(states[0]), run, files, _SECONDS):
        yield _joined(state)


def searched_class(
    init: str,
    names: Sequence[str],
    build: Callable[..., Any],
    make: Callable[[str], Any],
    cls: Any,
    given: Any,
) -> Iterator[tuple[str, str]]:
    """Texts of arguments of a constructor and of a method, with which it runs both ways."""
    made = {f"self.{n}": t for n, t in parted(init).items()}
    start = {**made, **dict.fromkeys(names, "rand(5, 4)")}

    def split(state: dict[str, str]) -> tuple[str, str]:
        own = {n.removeprefix("self."): t for n, t in state.items() if n in made}
        return _joined(own), _joined({n: t for n, t in state.items() if n not in made})

    def run(state: dict[str, str]) -> None:
        own, text = split(state)
        build(own, inputs_of(text, given.seed + 1, given.near))

    files = [f for m in vars(cls).values() if inspect.isfunction(m) for f in _file(m)]
    for state in climbed([start], _free(start), run, files, _SECONDS):
        yield split(state)
