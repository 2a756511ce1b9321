"""Random Python programs, run compiled against eager.

    python -m tests.compiler.pyfuzz --count 2000 --start 0

runs programs whose step is compiled against the same ones run eagerly: the results of every call,
and all that the program can see afterwards. `--table` runs each part of the generator alone. The
number of a program is all that it is made from.
"""

from __future__ import annotations

import argparse
import builtins
import contextlib
import io
import linecache
import os
import random
import re
import sys
import tempfile
import time
import types
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import denpa as dp
from denpa.compiler import bound as bound_module
from denpa.core.errors import DenpaError
from tests.compiler.pyprograms import LOSSES, Chain, Plan, random_plan, source
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
        names = {k: v for k, v in space.items() if k not in given and k != "__builtins__"}
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


def random_program(seed: int) -> tuple[Plan, Run, int]:
    """Program number `seed`, what it does eagerly, and how many drafts that raise came before."""
    rng = random.Random(seed)
    for tries in range(100):
        plan = random_plan(rng)
        run = eagerly(source(plan))
        if run.error is None:
            return plan, run, tries
    raise AssertionError(f"no program {seed}")


def _smaller(plan: Plan) -> Iterator[Plan]:
    """Programs with one thing less."""
    for e in plan.events:
        yield replace(plan, events=tuple(x for x in plan.events if x is not e))
    for p in plan.parts:
        yield plan.without(p.id)
    if plan.two:
        yield replace(plan, two=False)
    if plan.small_batches:
        yield replace(plan, small_batches=())
    plain = Plan()
    for k, default in enumerate(plain.places):
        places = list(plan.places)
        if places[k] != default and not any(places[k].outer in e.code for e in plan.events):
            places[k] = default
            yield replace(plan, places=(places[0], places[1], places[2]))
    for name in ("wrap", "form", "optimizer", "middle"):
        if getattr(plan, name) != getattr(plain, name):
            yield replace(plan, **{name: getattr(plain, name)})
    if plan.loss != LOSSES[0]:
        yield replace(plan, loss=LOSSES[0])
    for p in plan.parts:
        if not any(e.part == p.id for e in plan.events):
            simple = replace(p, chain=Chain(p.chain.prefix), site="inline")
            if simple != p:
                yield replace(plan, parts=tuple(simple if x is p else x for x in plan.parts))
        if p.site != "inline" and p.chain.root != "network's own":
            simple = replace(p, site="inline")
            yield replace(plan, parts=tuple(simple if x is p else x for x in plan.parts))
    last = max([e.at for e in plan.events], default=1)
    if plan.calls > last + 1:
        yield replace(plan, calls=last + 1)
    if plan.calls > last + 2:
        yield replace(plan, calls=last + 2)
    if plan.events and min(e.at for e in plan.events) > 2:
        yield replace(
            plan,
            events=tuple(replace(e, at=e.at - 1) for e in plan.events),
            calls=max(plan.calls - 1, 2),
        )


def minimised(plan: Plan, fails: Callable[[Plan], bool], seconds: float = 20.0) -> Plan:
    """A smaller program that fails too."""
    ends = time.monotonic() + seconds
    shrunk = True
    while shrunk:
        shrunk = False
        for small in _smaller(plan):
            if time.monotonic() > ends:
                return plan
            if fails(small):
                plan, shrunk = small, True
                break
    return plan


def shown(plan: Plan) -> str:
    """The source without the imports."""
    text = source(plan)
    return text[text.index("from denpa import nn\n") + 21 :].strip()


def _short(text: str) -> str:
    return re.sub(r"[0-9]+", "#", text.split("\n")[0])[:150]


def _table(title: str, counts: Counter[str], totals: Counter[str], rows: int) -> list[str]:
    if not counts:
        return []
    order = sorted(counts, key=lambda k: (-counts[k] / totals[k], -counts[k], k))
    lines = [f"\n{title} (of the programs that have it):"]
    lines += [f"  {counts[k]:4d} of {totals[k]:4d}  {k}" for k in order[:rows]]
    return lines


def fuzz(start: int, count: int, backend: str, show: int, rows: int = 40) -> int:
    """Run programs and report; 1 if any is wrong, or too few pure ones are compiled."""
    compiled = with_denpa(backend)
    found: Counter[tuple[bool, str]] = Counter()
    by_tag: dict[str, Counter[str]] = {
        k: Counter() for k in ("wrong", "crashed", "refused", "ok eager")
    }
    totals: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    drafts, wrong = 0, 0
    causes: Counter[str] = Counter()
    for seed in range(start, start + count):
        if sys.stderr.isatty():
            print(f"\r{seed} ", end="", file=sys.stderr, flush=True)
        plan, expected, tries = random_program(seed)
        drafts += tries
        verdict = judged(plan, compiled, expected)
        found[plan.pure, verdict.kind] += 1
        tags = set(plan.tags)
        totals.update(tags)
        if verdict.kind in by_tag:
            by_tag[verdict.kind].update(tags)
        if verdict.kind in ("refused", "ok eager"):
            whose = "pure" if plan.pure else "impure"
            texts[f"{verdict.kind}, {whose}: {_short(verdict.text)}"] += 1
        if verdict.kind in ("wrong", "crashed"):
            wrong += 1
            if wrong <= show:
                kind = verdict.kind
                small = minimised(plan, lambda p, kind=kind: judged(p, compiled).kind == kind)
                print(f"program {seed}: {kind}: {verdict.text}")
                print(f"made small: {judged(small, compiled).text}\n\n{shown(small)}\n")
                causes[", ".join([*(f"change:{e.kind}" for e in small.events)] or small.tags)] += 1
    for kind, counts in by_tag.items():
        print("\n".join(_table(kind, counts, totals, rows)))
    if causes:
        print("\nwhat remained of the wrong ones shown:")
        print("\n".join(f"  {n:4d}  {c}" for c, n in causes.most_common(rows)))
    if texts:
        print("\nwhat was said:")
        print("\n".join(f"  {n:4d}  {t}" for t, n in texts.most_common(20)))
    return _summary(found, drafts, count)


def _summary(found: Counter[tuple[bool, str]], drafts: int, count: int) -> int:
    print(f"\n{count} programs ({drafts} drafts that raise were left out)")
    for pure, name in ((True, "pure"), (False, "impure")):
        line = ", ".join(f"{n} {k}" for (p, k), n in sorted(found.items()) if p is pure)
        print(f"  {name}: {line or 'none'}")
    pure_all = sum(n for (p, _), n in found.items() if p)
    share = found[True, "ok compiled"] / max(pure_all, 1)
    print(f"  {100 * share:.1f} % of the pure ones are compiled")
    wrong = sum(n for (_, k), n in found.items() if k in ("wrong", "crashed"))
    return 1 if wrong or share < 0.9 else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 1 where a program is wrong, or too few are compiled."""
    parser = argparse.ArgumentParser(prog="python -m tests.compiler.pyfuzz")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--backend", choices=("graph", "native"), default="graph")
    parser.add_argument("--show", type=int, default=1, help="wrong programs to print, made small")
    parser.add_argument("--rows", type=int, default=40, help="rows of each table")
    parser.add_argument("--table", action="store_true", help="each part of the generator alone")
    given = parser.parse_args(arguments)
    if given.table:
        from tests.compiler.pyalone import table

        return table(with_denpa(given.backend))
    return fuzz(given.start, given.count, given.backend, given.show, given.rows)


if __name__ == "__main__":
    raise SystemExit(main())
