"""Where NaN and infinities come from: programs with a known origin, in eager and in native mode."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import denpa as dp
from denpa.core.errors import AnomalyError, ArgumentError
from tests.attack import nan_programs
from tests.attack.nan_programs import HEALTHY, MADE, Program
from tests.attack.nan_training import TRAINED, Case
from tests.attack.record import Attack, Outcome

_CALLS = 3


def _caught(program: Program, mode: str) -> AnomalyError | None:
    """What anomaly mode says of a program that trains."""
    w = dp.tensor(np.array(program.w), dtype=program.dtype, requires_grad=True)
    x = dp.ones(len(program.w), dtype=program.dtype)

    def step(x: Any) -> None:
        w.grad = None
        program.run(w, x).sum().backward()

    run = step if mode == "eager" else dp.compile(step, backend=mode)
    try:
        with dp.autograd.detect_anomaly():
            for _ in range(_CALLS):
                run(x)
    except AnomalyError as error:
        return error
    return None


def _right(program: Program, line: int) -> bool:
    """Whether a line of the programs is that of the origin: the program's own, or a marked one."""
    source = inspect.getsource(nan_programs).splitlines()[line - 1]
    return "# origin" in source or line == program.run.__code__.co_firstlineno


def _problem(program: Program) -> str | None:
    told = {mode: _caught(program, mode) for mode in ("eager", "native")}
    words = {str(error) for error in told.values()}
    if len(words) > 1:
        return "; ".join(f"{mode}: {error}" for mode, error in told.items())
    error = told["eager"]
    if error is None or not program.blamed:
        return None if (error is None) == (not program.blamed) else f"told: {error}"
    maker = error.blame.maker
    if maker.name != program.blamed:
        return f"{maker.name} is blamed, not {program.blamed}: {error}"
    phase = "backward" if program.blamed.startswith("backward") else "forward"
    if maker.phase != phase:
        return f"{maker.phase}, not {phase}"
    if not _right(program, maker.source.line):
        return f"line {maker.source.line} is blamed: {error}"
    return None


def _trained(case: Case) -> str | None:
    """What is wrong with what a training run says."""
    words: dict[str, str] = {}
    for backend in ("eager", "native"):
        try:
            case.run(backend)
            words[backend] = ""
        except (AnomalyError, ArgumentError) as error:
            words[backend] = str(error)
    if len(set(words.values())) > 1:
        return "; ".join(f"{mode}: {text}" for mode, text in words.items())
    text = words["native"]
    if bool(text) != bool(case.said):
        return f"told: {text!r}"
    at = 0
    for piece in case.said:
        at = text.find(piece, at)
        if at < 0:
            return f"{piece!r} is not said, or not there: {text}"
    return None


CASES: tuple[tuple[str, Callable[[], str | None]], ...] = (
    *((p.name, partial(_problem, p)) for p in (*MADE, *HEALTHY)),
    *((c.name, partial(_trained, c)) for c in TRAINED),
)


def _run(count: int, seed: int) -> Outcome:
    """`count` of the programs, each once in every round."""
    rng = np.random.default_rng(seed)
    rounds = -(-count // len(CASES))
    chosen = np.concatenate([rng.permutation(len(CASES)) for _ in range(rounds)])[:count]
    return Outcome().judge(CASES[k] for k in chosen)


ATTACKS = (
    Attack(
        "nan-origins",
        "blames the op and line that made it, in the same words in both modes; healthy infinity "
        "passes",
        _run,
        few=14,
        many=len(CASES),
    ),
)
