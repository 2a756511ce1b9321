"""A sample of the random Python programs; that every part of their generator matters, and that
their judge sees faults."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

import denpa as dp
from denpa.compiler.run.bound import Bound
from denpa.core.errors import GraphError
from tests.compiler import pyalone, pyfuzz
from tests.compiler.pyfuzz import main, minimised, random_program
from tests.compiler.pyparts.deeds import DEEDS
from tests.compiler.pyparts.effects import AMBIENT, HELD
from tests.compiler.pyparts.plan import KINDS, Chain, Event, Part, Plan
from tests.compiler.pyparts.roots import HOLDERS, ROOTS
from tests.compiler.pyparts.sites import SITES
from tests.compiler.pyparts.source import source
from tests.compiler.pyprograms import random_plan
from tests.compiler.pyrun import Run, eagerly, judged, with_denpa
from tests.compiler.pysnapshot import differ

GRAPH = with_denpa("graph")

# Programs that were once wrong, crashed or refused without need, each with what it was.
REGRESSIONS: tuple[int, ...] = ()


def agrees(seed: int) -> None:
    plan, expected, _ = random_program(seed)
    kind = judged(plan, GRAPH, expected).kind
    if kind in ("wrong", "crashed"):
        small = minimised(plan, lambda p: judged(p, GRAPH).kind == kind, seconds=5)
        raise AssertionError(f"program {seed} {judged(small, GRAPH)}\n{pyfuzz.shown(small)}")


@pytest.mark.parametrize(
    "seeds", [REGRESSIONS, *(range(k, k + 20) for k in range(0, 80, 20))], ids=str
)
def test_compiled_is_eager(seeds: Sequence[int]) -> None:
    for seed in seeds:
        agrees(seed)


# -- the generator -----------------------------------------------------------------------------


@cache
def eager(text: str) -> Run:
    return eagerly(text)


def thinned(family: str, every: int) -> list[pyalone.Named]:
    return list(pyalone.FAMILIES[family]())[::every]


@pytest.mark.parametrize(
    ("family", "every"),
    [
        ("roots", 1),
        ("holders", 4),
        ("uses", 5),
        ("edits", 2),
        ("sites", 1),
        ("patches", 2),
        ("deeds", 1),
    ],
)
def test_a_change_changes_what_eager_computes(family: str, every: int) -> None:
    """Or does not, where it is said not to."""
    dead = []
    for name, plan in thinned(family, every):
        run = eagerly(source(plan))
        assert run.error is None, f"{name}: {run.error} at {run.line}"
        still = eager(source(replace(plan, events=())))
        wanted = family != "deeds" or DEEDS[name.removeprefix("deed:")].changes
        if bool(differ(run.results, still.results, "call")) is not wanted:
            dead.append(name)
    assert not dead


def test_effects_run() -> None:
    for name, plan in thinned("effects", 9):
        run = eagerly(source(plan))
        assert run.error is None, f"{name}: {run.error} at {run.line}"


def test_all_parts_are_drawn() -> None:
    tags = set()
    for seed in range(3000):
        tags |= set(random_plan(random.Random(seed)).tags)
    wanted = {f"root:{r}" for r in ROOTS} | {f"holder:{h}" for h in HOLDERS}
    wanted |= {f"kind:{k}" for k in (*KINDS, *HELD, *AMBIENT)} | {f"site:{s}" for s in SITES}
    wanted |= {f"change:deed:{d}" for d in DEEDS}
    assert not wanted - tags, sorted(wanted - tags)


def test_programs_are_what_their_number_says() -> None:
    """Two runs of one program agree; two thirds of the programs change what they compute."""
    changed = pure = drafts = 0
    for seed in range(30):
        plan, run, tries = random_program(seed)
        drafts += tries
        if seed < 15:
            assert source(random_program(seed)[0]) == source(plan)
            again = eagerly(source(plan))
            assert not differ(run.results, again.results, "call"), seed
            assert not differ(run.state, again.state, "state"), seed
        still = eagerly(source(replace(plan, events=())))
        changed += bool(differ(run.results, still.results, "call"))
        pure += plan.pure
    assert 15 <= changed <= 26
    assert 16 <= pure <= 28
    assert drafts <= 4


# -- the judge ---------------------------------------------------------------------------------


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs that are kept whatever has changed since they were traced."""
    monkeypatch.setattr(Bound, "holds", lambda self: True)


# Weights, numbers of the optimizer and the like are inputs of a program: nothing has to be found
# out about them. Integer arrays that index are read where they lie, with this backend.
_FOLLOWED = (
    "root:argument",
    "edit:indices",
    "edit:tensor",
    "edit:list of tensors:item in place",
    "deed:weights in place",
    "deed:weights by NumPy",
    "deed:element of the weights",
    "deed:weights loaded",
    "deed:seeded",
    "deed:lr",
    "deed:state edited",
    "deed:scheduler",
)


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize(
    ("family", "every"),
    [("roots", 2), ("holders", 6), ("uses", 10), ("edits", 2), ("sites", 2), ("deeds", 3)],
)
def test_a_program_that_is_kept_too_long_is_wrong(family: str, every: int) -> None:
    unseen = []
    for name, plan in thinned(family, every):
        if family == "deeds" and not DEEDS[name.removeprefix("deed:")].changes:
            continue
        if name.startswith(_FOLLOWED):
            continue
        if judged(plan, GRAPH).kind == "ok compiled":
            unseen.append(name)
    assert not unseen


def counting(code: str) -> Plan:
    """A step that appends to a list, or does something else with `<E>`."""
    uses = [c for _, c in HELD["log"].uses]
    part = Part(0, "log", uses.index(code), "[]", Chain("p0_", "global", ("object",)), "function")
    return Plan(parts=(part,))


def once(f: Any) -> Any:
    """A step that has its effect on lists at the first call alone."""
    kept: list[Any] = []

    def run(*args: Any) -> Any:
        log = f.__globals__["p0_v"].v
        before = list(log)
        found = f(*args)
        if kept:
            log[:] = before
        kept.append(1)
        return found

    return run


def test_a_lost_effect_is_seen() -> None:
    verdict = judged(counting("<E>.append(1)"), once)
    assert verdict.kind == "wrong"
    assert verdict.text == "state.p0_v.v: eager has 5 elements, compiled 2"


def scaled(f: Any) -> Any:
    def run(*args: Any) -> Any:
        loss, h = f(*args)
        return loss * (1 + 1e-5), h

    return run


def other_weights(f: Any) -> Any:
    def run(*args: Any) -> Any:
        found = f(*args)
        with dp.no_grad():
            f.__globals__["net0"].b.bias.add_(1e-6)
        return found

    return run


def other_gradients(f: Any) -> Any:
    def run(*args: Any) -> Any:
        found = f(*args)
        f.__globals__["net0"].b.bias.grad = None
        return found

    return run


def draws(f: Any) -> Any:
    def run(*args: Any) -> Any:
        random.random()
        return f(*args)

    return run


def prints(f: Any) -> Any:
    def run(*args: Any) -> Any:
        print("x")
        return f(*args)

    return run


def refuses(f: Any) -> Any:
    def run(*args: Any) -> Any:
        raise GraphError("not offered")

    return run


def breaks(f: Any) -> Any:
    return lambda *args: 1 / 0


def late(f: Any) -> Any:
    """Wrong first, then refused: too late."""
    calls: list[int] = []

    def run(*args: Any) -> Any:
        calls.append(1)
        return refuses(f)() if len(calls) > 1 else scaled(f)(*args)

    return run


@pytest.mark.parametrize(
    ("fault", "kind", "text"),
    [
        (scaled, "wrong", "call[0][0]"),
        (other_weights, "wrong", "call[1]"),
        (other_gradients, "wrong", "grad"),
        (draws, "wrong", "state.draws"),
        (prints, "wrong", "state.printed"),
        (late, "wrong", "call[0][0]"),
        (refuses, "refused", "GraphError: not offered"),
        (breaks, "crashed", "ZeroDivisionError: division by zero"),
        (lambda f: f, "ok eager", ""),
        (with_denpa("eager"), "ok eager", ""),
        (GRAPH, "ok compiled", ""),
    ],
)
def test_verdicts(fault: Callable[[Any], Any], kind: str, text: str) -> None:
    verdict = judged(Plan(), fault)
    assert verdict.kind == kind, verdict.text
    assert text in verdict.text


def test_a_program_that_raises_is_invalid() -> None:
    bad = Plan(events=(Event(1, -1, "bad", "undefined_name"),))
    assert judged(bad, GRAPH).text == (
        "NameError: name 'undefined_name' is not defined at: undefined_name  # bad"
    )


@pytest.mark.usefixtures("frozen")
def test_a_wrong_program_is_made_small() -> None:
    def wrong(p: Plan) -> bool:
        return bool(p.events) and judged(p, GRAPH).kind == "wrong"

    plan = next(
        p
        for p in (random_program(seed)[0] for seed in range(50))
        if len(p.parts) > 2 and len(p.events) > 1 and p.pure and wrong(p)
    )
    small = minimised(plan, wrong)
    assert wrong(small)
    assert len(small.events) == 1
    assert len(small.parts) <= 1
    assert small.calls <= 4


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Plan(), eagerly(source(Plan())), 0
    monkeypatch.setattr(pyfuzz, "random_program", lambda seed: plain)


@pytest.mark.usefixtures("few")
def test_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--count", "2"]) == 0
    assert "pure: 2 ok compiled" in capsys.readouterr().out
    for fault, said in ((scaled, "pure: 2 wrong"), (refuses, "2 refused"), (breaks, "2 crashed")):
        monkeypatch.setattr(pyfuzz, "with_denpa", lambda backend, fault=fault: fault)
        assert main(["--count", "2"]) == 1
        assert said in capsys.readouterr().out


def test_the_command_counts_programs_of_every_kind(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for fault, said in (
        (breaks, "crashed (of the programs"),
        (refuses, "refused (of the programs"),
    ):
        monkeypatch.setattr(pyfuzz, "with_denpa", lambda backend, fault=fault: fault)
        assert main(["--count", "12", "--show", "0"]) == 1
        found = capsys.readouterr().out
        assert said in found
        assert "0.0 % of the pure ones are compiled" in found


def test_a_warning_is_no_difference() -> None:
    def warns(f: Any) -> Any:
        def run(*args: Any) -> Any:
            warnings.warn("step runs eagerly", RuntimeWarning, stacklevel=2)
            return f(*args)

        return run

    assert judged(Plan(), warns).kind == "ok eager"
