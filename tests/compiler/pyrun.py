"""Run a random Python program, and compare a compiled run with an eager one."""

from __future__ import annotations

import builtins
import contextlib
import io
import linecache
import os
import random
import re
import sys
import tempfile
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import denpa as dp
from denpa.compiler.run import bound as bound_module
from denpa.core.errors import DenpaError
from tests.compiler.pyparts.plan import Plan
from tests.compiler.pyparts.source import source
from tests.compiler.pysnapshot import differ, numbers, snapshot

Compile = Callable[[Any], Any]
_NAMES = re.compile(r"p\d+_|net_|opt_|loss_|los_")
_ROWS = np.random.default_rng(0)
_X = _ROWS.standard_normal((16, 5, 4))
_Y = _ROWS.standard_normal((16, 5, 3))


@dataclass
class Run:
    """What a program did: results, state, an error and its line."""

    results: list[Any]
    state: dict[str, Any]
    error: BaseException | None
    line: str = ""
    through: tuple[bool, ...] = ()  # for each call, whether a compiled program ran
    warned: tuple[str, ...] = ()


@contextlib.contextmanager
def _clean() -> Iterator[None]:
    """Undo what a program leaves in places that all programs share."""
    modules, environment = set(sys.modules), dict(os.environ)
    dtype, recording = dp.get_default_dtype(), dp.is_grad_enabled()
    dp.set_default_dtype(dp.float64)
    dp.manual_seed(0)
    np.random.seed(0)
    random.seed(0)
    try:
        yield
    finally:
        dp.set_default_dtype(dtype)
        dp.set_grad_enabled(recording)
        os.environ.clear()
        os.environ.update(environment)
        for name in set(sys.modules) - modules:
            if _NAMES.match(name) or name.startswith("pyprogram"):
                del sys.modules[name]
        for name in [n for n in vars(builtins) if _NAMES.match(n)]:
            delattr(builtins, name)


def _held(x: Any) -> Any:
    """A result, as it is now."""
    if isinstance(x, dp.Tensor):
        return numbers(x)
    if isinstance(x, (tuple, list)):
        return type(x)(map(_held, x))
    return {k: _held(v) for k, v in x.items()} if isinstance(x, dict) else x


@contextlib.contextmanager
def _counted(counts: list[int]) -> Iterator[None]:
    """Count the calls that run a compiled program."""
    call = bound_module.Bound.call

    def counting(self: Any, *args: Any, **kwargs: Any) -> Any:
        counts[0] += 1
        return call(self, *args, **kwargs)

    bound_module.Bound.call = counting
    try:
        yield
    finally:
        bound_module.Bound.call = call


def _differentiated(opt: Any, run: Callable[[], Any]) -> Any:
    opt.zero_grad()
    loss = run()
    loss.backward()
    opt.step()
    return loss


def _tried(run: Callable[[], Any]) -> Any:
    try:
        return run()
    except ValueError as error:
        if isinstance(error, DenpaError):
            raise
        return f"ValueError: {error}"


def execute(text: str, compiled: Compile, name: str = "pyprogram") -> Run:
    """Run a program in a namespace of its own."""
    module = types.ModuleType(name)
    space = module.__dict__
    counts, seen, through = [0], [0], []
    results: list[Any] = []

    aliases: dict[int, Any] = {}
    made: list[Any] = []

    def compiling(f: Any) -> Any:
        made.append(compiled(f))
        if made[-1] is not f:
            aliases[id(made[-1])] = f
        return made[-1]

    def result(x: Any) -> None:
        results.append(_held(x))
        through.append(counts[0] > seen[0])
        seen[0] = counts[0]

    def batch(k: int, rows: int) -> tuple[Any, Any]:
        return dp.tensor(_X[k, :rows].copy()), dp.tensor(_Y[k, :rows].copy())

    file = f"<{name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    error: BaseException | None = None
    line = ""
    said = io.StringIO()
    with (
        _clean(),
        _counted(counts),
        tempfile.TemporaryDirectory() as folder,
        warnings.catch_warnings(record=True) as warned,
        contextlib.redirect_stdout(said),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("always")
        sys.modules[name] = module
        given = {
            "compiled": compiling,
            "result": result,
            "batch": batch,
            "differentiated": _differentiated,
            "tried": _tried,
            "folder": folder,
        }
        space.update(given)
        try:
            exec(compile(text, file, "exec"), space)
        except Exception as e:
            error = e
            trace = e.__traceback__
            while trace is not None:
                if trace.tb_frame.f_code.co_filename == file:
                    line = text.splitlines()[trace.tb_lineno - 1].strip()
                trace = trace.tb_next
        # Those with underscores are Python's own, such as the register of warnings.
        names = {k: v for k, v in space.items() if k not in given and not k.startswith("__")}
        state = {} if error else snapshot(names, name, aliases)
        state["printed"] = said.getvalue()
        state["files"] = {
            f: open(os.path.join(folder, f)).read()  # noqa: SIM115 - closed at once by counting
            for f in sorted(os.listdir(folder))
        }
        state["environ"] = {k: v for k, v in os.environ.items() if _NAMES.match(k)}
        state["draws"] = [np.random.rand(), random.random(), float(dp.rand(1))]
    messages = tuple(sorted({str(w.message) for w in warned}))
    return Run(results, state, error, line, tuple(through), messages)


def eagerly(text: str) -> Run:
    return execute(text, lambda f: f)


def with_denpa(backend: str) -> Compile:
    return lambda f: dp.compile(f, backend=backend)


@dataclass
class Verdict:
    """`kind`: ok compiled, ok eager, refused, wrong, crashed; or invalid, where eager raised."""

    kind: str
    text: str = ""


def judged(plan: Plan, compiled: Compile, expected: Run | None = None) -> Verdict:
    """Compiled against eager."""
    text = source(plan)
    expected = expected or eagerly(text)
    if expected.error is not None:
        e = expected.error
        return Verdict("invalid", f"{type(e).__name__}: {e} at: {expected.line}")
    got = execute(text, compiled)
    if got.error is not None:
        message = f"{type(got.error).__name__}: {got.error} at: {got.line}"
        found = differ(expected.results[: len(got.results)], got.results, "call")
        if found:
            return Verdict("wrong", f"{found}; then {message}")
        return Verdict("refused" if isinstance(got.error, DenpaError) else "crashed", message)
    found = differ(expected.results, got.results, "call")
    found = found or differ(expected.state, got.state, "state")
    if found:
        return Verdict("wrong", found)
    through = got.through
    eager = [w for w in got.warned if "eager" in w]
    if not eager and through and through[-1] and sum(through) * 2 >= len(through):
        return Verdict("ok compiled")
    return Verdict("ok eager", "; ".join(eager) or f"{sum(through)} of {len(through)} calls")
