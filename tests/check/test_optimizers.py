"""Optimizers as people write them: each opens, the right ones are not blamed, and in the wrong ones
the mistake is named."""

from __future__ import annotations

import functools
import inspect
import itertools
import linecache
import types
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denpa.check.optimizers.bindings import readings
from denpa.check.optimizers.definitions import BOTH_POWERS, RULES
from denpa.check.optimizers.language import edited
from denpa.check.optimizers.notes import NOTES
from denpa.check.optimizers.reading import UpdateCode
from denpa.check.optimizers.runs import RunPlan, run
from denpa.check.optimizers.search import ratio
from denpa.check.optimizers.standing import stands
from denpa.check.optimizers.styles import styles
from denpa.check.optimizers.table import TABLE
from denpa.check.optimizers.update import update_rule
from denpa.core.errors import ArgumentError
from tests.check.optimizers import courses
from tests.check.optimizers.table import RIGHT, WRONG


def made(source: str, file: str) -> dict[str, Any]:
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    module = types.ModuleType(file)
    exec(compile(source, file, "exec"), module.__dict__)
    return vars(module)


@pytest.mark.parametrize("k", range(len(RIGHT)), ids=lambda k: f"{RIGHT[k][1]}-{RIGHT[k][2]}")
def test_what_is_right_opens_and_is_not_blamed(k: int) -> None:
    module, name, rule = RIGHT[k]
    found = update_rule(getattr(module, name), rule)
    assert found.ok, str(found)
    assert found.yours is not None
    assert np.isfinite(found.yours).all()
    assert not (found.yours[0] == found.yours[-1]).all()


@functools.cache
def mutated(k: int) -> Any:
    module, name, _, old, new, _ = WRONG[k]
    own = inspect.getsource(getattr(module, name))
    assert old in own
    source = inspect.getsource(module).replace(own, own.replace(old, new))
    return made(source, f"<wrong optimizer {k}>")[name]


@pytest.mark.parametrize("k", range(len(WRONG)), ids=lambda k: f"{WRONG[k][1]}-{WRONG[k][5]}")
def test_what_is_wrong_is_named(k: int) -> None:
    _, _, rule, _, _, mistakes = WRONG[k]
    if mistakes == "raises":
        with pytest.raises(ArgumentError, match="UnboundLocalError"):
            update_rule(mutated(k), rule)
        return
    found = update_rule(mutated(k), rule)
    assert found.findings, str(found)
    assert found.findings[0].mistake in mistakes.split(), str(found)
    ja = update_rule(mutated(k), rule, language="ja")
    assert [f.mistake for f in ja.findings] == [f.mistake for f in found.findings]
    assert not {"{", "}"} & {c for f in ja.findings for c in f.text + f.why}


def test_there_are_enough() -> None:
    assert len(RIGHT) >= 60
    assert len(WRONG) >= 30


# -- the table of styles ---------------------------------------------------------------------------


@pytest.mark.parametrize("row", TABLE, ids=lambda r: r.name)
def test_the_example_of_a_style_runs_in_it(row: Any) -> None:
    step = made(row.example, f"<{row.name}>")["update"]
    ways = [s for s in styles(step, {}, RULES["sgd"]) if s.row == row.name]
    assert len(ways) == 1, row.name
    ran = run(ways[0], RunPlan("example", 4, 0, 5.0))
    assert not ran.trouble
    p, grads = ran.problem.flat
    sign = 1.0
    if ways[0].function:  # the gradient there depends on the place
        grads = [g + ran.problem.slope * a for g, a in zip(grads, [p, *ran.after], strict=False)]
    np.testing.assert_allclose(ran.after, p - sign * 0.1 * np.cumsum(grads, axis=0), rtol=1e-12)
    assert row.source


def test_each_style_has_a_name_of_its_own() -> None:
    assert len({r.name for r in TABLE}) == len(TABLE)


def test_the_sign_of_an_update_in_each_style() -> None:
    """Wrong in each style, but where what is returned may be meant to be added."""
    for row in TABLE:
        source = row.example.replace("+= -lr", "+= lr").replace("-=", "+=").replace("- l", "+ l")
        if row.takes == ("grad",) or source == row.example:
            continue
        step = made(source, f"<{row.name}, uphill>")["update"]
        found = update_rule(step, "sgd")
        assert [f.mistake for f in found.findings] == ["sign"], (row.name, str(found))


# -- which number is which -------------------------------------------------------------------------

NAMES = [
    "alpha",
    "eta",
    "epsilon",
    "lam",
    "lmbda",
    "gamma",
    "mu",
    "beta",
    "rho",
    "a",
    "foo",
    "mass",
]


@given(names=st.permutations(NAMES), own=st.sampled_from(["v", "r", "u"]))
def test_names_alone_never_convict(names: list[str], own: str) -> None:
    """Whatever the learning rate and the momentum are called."""
    lr, decay = names[:2]
    source = (
        f"def step(p, g, {own}, {lr}=0.03, {decay}=0.85):\n"
        f"    {own} = {decay} * {own} - {lr} * g\n    return p + {own}, {own}\n"
    )
    found = update_rule(made(source, "<named>")["step"], "momentum")
    assert found.ok, source + str(found)


@given(names=st.permutations(NAMES))
def test_names_never_excuse(names: list[str]) -> None:
    """A momentum that is not kept is one under any names."""
    lr, decay = names[:2]
    source = (
        f"def step(p, g, v, {lr}=0.03, {decay}=0.85):\n"
        f"    v = {decay} * v - {lr} * g\n    return p + v\n"
    )
    assert not update_rule(made(source, "<named>")["step"], "momentum").ok


def test_sure_names_and_what_is_given_are_held_to() -> None:
    source = "def step(p, g, v, lr=0.4, {d}=0.85):\n    v = lr * v - {d} * g\n    return p + v, v\n"
    assert not update_rule(made(source.format(d="momentum"), "<exchanged>")["step"], "momentum").ok
    step = made(source.format(d="a").replace("lr", "b"), "<unnamed>")["step"]
    assert update_rule(step, "momentum").ok
    assert not update_rule(step, "momentum", lr=0.4, momentum=0.85).ok


def test_readings_try_the_names_first() -> None:
    usual = RULES["momentum"].usual
    found = readings(usual, {"alpha": 0.9, "lam": 0.1}, {})
    assert {"lr": 0.1, "momentum": 0.9} in found
    assert readings(usual, {"lr": 0.1, "momentum": 0.9}, {}) == [{"lr": 0.1, "momentum": 0.9}]
    assert {"lr": 0.1, "lr_decay": 0.01} in readings({"lr": 0.1}, {"lr": 0.1, "decay": 0.01}, {})


def test_betas_exchanged_are_no_matter_of_names() -> None:
    source = inspect.getsource(RIGHT[[r[1] for r in RIGHT].index("goodfellow_adam")][0])
    for a, b in (("rho1", "rho2"), ("beta1", "beta2")):
        step = source.replace("rho1", "x1").replace("rho2", "x2")
        step = step.replace("x1=0.9, x2=0.999", f"{a}=0.9, {b}=0.999")
        right = made(step.replace("x1", a).replace("x2", b), "<right>")["goodfellow_adam"]
        wrong = made(step.replace("x1", b).replace("x2", a), "<wrong>")["goodfellow_adam"]
        assert update_rule(right, "adam").ok
        assert update_rule(wrong, "adam").findings[0].mistake == "betas-exchanged"


# -- evidence --------------------------------------------------------------------------------------


def test_a_factor_needs_more_numbers_than_one() -> None:
    assert ratio(np.array([2.0]), np.array([1.0])) is None
    assert ratio(np.array([2.0, 4.0]), np.array([1.0, 2.0])) is None
    assert ratio(np.array([2.0, 4.0, 6.0]), np.array([1.0, 2.0, 3.0])) == 2.0


POWERLESS = """
def adam(w, dw, state):
    t = state["t"] = state.get("t", 0) + 1
    state["m"] = 0.9 * state.get("m", 0.0) + 0.1 * dw
    state["v"] = 0.99 * state.get("v", 0.0) + 0.01 * dw**2
    first = state["m"] / ({m})
    second = state["v"] / ({v})
    return w - 0.01 * first / (second**0.5 + 1e-8)
"""


@pytest.mark.parametrize("which", ["m", "v", "mv"])
def test_the_power_that_is_missing_is_told_in_the_codes_own_words(which: str) -> None:
    lines = {"m": ("1 - 0.9**t", "1 - 0.9"), "v": ("1 - 0.99**t", "1 - 0.99")}
    source = POWERLESS.format(**{k: lines[k][k in which] for k in "mv"})
    found = update_rule(made(source, "<powerless>")["adam"], "adam", lr=0.01)
    assert [f.mistake for f in found.findings] == ["power-forgotten"] * len(which), str(found)
    for f, k in zip(found.findings, which, strict=True):
        assert "the power t is missing in 1 - β^t" in f.text
        assert f.expected == lines[k][0].replace("**", " ** ")
        assert f.location is not None
        assert f.location.text == source.splitlines()[{"m": 5, "v": 6}[k]].strip()


def test_a_correction_that_stands_there_is_none() -> None:
    """A counter that is counted on is not told to be; one that is not, is."""
    right = POWERLESS.format(m="1 - 0.9**t", v="1 - 0.99**t")
    stuck = right.replace('state.get("t", 0) + 1', "1")
    found = update_rule(made(stuck, "<stuck>")["adam"], "adam", lr=0.01)
    assert [f.mistake for f in found.findings] == ["t-stuck"]
    hyper = {"beta1": 0.9, "beta2": 0.99}
    code = UpdateCode(made(right, "<standing>")["adam"])
    assert stands(BOTH_POWERS, code, hyper)
    t_stuck = next(c for c in RULES["adam"].mistakes if c.name == "t-stuck")
    assert stands(t_stuck, code, hyper)
    assert not stands(t_stuck, UpdateCode(made(stuck, "<not standing>")["adam"]), hyper)


@pytest.mark.parametrize("rule", RULES)
def test_every_pair_of_changes_is_a_program(rule: str) -> None:
    chosen = RULES[rule]
    for pair in itertools.permutations([*chosen.forms, *chosen.mistakes], 2):
        text = edited(chosen.text, pair)
        if text is not None:
            compile(text, f"<{pair[0].name}, {pair[1].name}>", "exec")


def test_a_part_of_the_parameters_that_is_wrong_is_told() -> None:
    k = next(k for k, w in enumerate(WRONG) if w[1] == "AdamOptim")
    found = update_rule(mutated(k), "adam")
    (f,) = found.findings
    assert f.text.startswith("b: the gradient is not squared")
    assert f.location is not None
    assert "(db)" in f.location.text


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("update_parameters_with_adam", "np.power(g, 2)", "g", "s[key] ="),
        ("update_parameters_with_adam", "[key] + (1 - beta1) * g", "[key] + g", "v[key]"),
        ("update_parameters_with_adam", " / (1 - np.power(beta1, t))", "", "v_corrected[key]"),
        ("update_parameters_with_adam", "np.power(beta1, t)", "beta1", "v_corrected[key]"),
        ("goodfellow_adam", "(1 - rho2) * g * g", "(1 - rho2) * g", "r ="),
        ("goodfellow_adam", "(1 - rho1) * g\n", "g\n", "s ="),
        ("goodfellow_adam", "r / (1 - rho2**t)", "r", "r_hat ="),
        ("update_parameters_two_layers", 'learning_rate * grads["dW2"]', 'grads["dW2"]', "W2 ="),
        ("Optimizer_Adam", "self.beta_2) * layer.dbiases**2", "self.beta_2) * layer.dbiases",
         "layer.bias_cache ="),
    ],
)  # fmt: skip
def test_the_line_is_found_under_any_names(name: str, old: str, new: str, line: str) -> None:
    """v and s, s and r, m and v: the line of the moment, not one that is called as another's."""
    own = inspect.getsource(getattr(courses, name))
    assert old in own
    rule = "sgd" if "two_layers" in name else "adam"
    source = inspect.getsource(courses).replace(own, own.replace(old, new))
    found = update_rule(made(source, f"<{name} {old}>")[name], rule)
    assert found.findings[0].location is not None
    assert found.findings[0].location.text.startswith(line), str(found)


# -- forms -----------------------------------------------------------------------------------------


def test_a_form_is_told_with_its_source() -> None:
    for name in {c.name for r in RULES.values() for c in r.forms} - {"decay-matrices"}:
        english = NOTES[name]
        assert english.startswith("right, in "), name
        assert "(" in english, name


def test_state_that_all_weights_share() -> None:
    k = next(k for k, w in enumerate(WRONG) if w[5] == "state-shared")
    (f,) = update_rule(mutated(k), "momentum").findings
    assert f.mistake == "state-shared"
    assert f.location is not None
    assert f.location.text.startswith("v = self.velocities[name]")
