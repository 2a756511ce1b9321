"""Update rules: what is right in many styles is not blamed, and each planted mistake is named."""

from __future__ import annotations

import ast
import functools
import inspect
import json
import linecache
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.check.optimizers.notes import NOTES
from denpa.check.optimizers.reading import _made
from denpa.check.optimizers.update import update_rule
from denpa.core.errors import ArgumentError
from tests.check import rules_written as written
from tests.check.rules_mistakes import MUTANTS

RIGHT: list[tuple[Any, str, dict[str, float], list[str]]] = [
    (written.sgd, "sgd", {}, []),
    (written.sgd, "sgd", {"weight_decay": 0.1}, []),
    (written.BookSGD, "sgd", {}, []),
    (written.BookMomentum(), "momentum", {}, ["momentum-place"]),
    (written.BookMomentum(0.1, 0.5).update, "momentum", {}, ["momentum-place"]),
    (written.closure_momentum, "momentum", {}, ["single"]),
    (written.momentum_average, "momentum", {}, ["momentum-average", "guessed"]),
    (written.BookNesterov(), "nesterov", {}, ["nesterov-form"]),
    (written.nesterov, "nesterov", {}, []),
    (written.sutskever, "nesterov", {}, ["sutskever"]),
    (written.BookAdaGrad(), "adagrad", {}, ["guessed"]),
    (written.BookRMSprop(), "rmsprop", {}, ["guessed"]),
    (written.rmsprop, "rmsprop", {}, ["eps-inside"]),
    (written.PerArray(0.01), "RMSprop", {}, ["single"]),
    (written.BookAdam(), "adam", {}, ["eps-hat"]),
    (written.adam, "adam", {}, []),
    (written.adam, "adam", {"lr": 0.02, "beta1": 0.8}, []),
    (written.adam_arrays, "adam", {}, []),
    (written.adam_counted, "adam", {"lr": 0.02}, []),
    (written.adam_from_zero, "adam", {}, ["guessed"]),
    (written.ListAdam(), "adam", {}, ["float32"]),
    (written.adam_l2, "adam", {}, []),
    (functools.partial(written.adam_l2, lr=0.1, weight_decay=0.2), "adam", {}, []),
    (written.TorchLike, "adamw", {}, []),
    (lambda params: written.TorchLike(params, lr=0.01, weight_decay=0.3), "adamw", {}, []),
    (written.SparingAdamW(), "adamw", {}, ["decay-matrices", "decay-after"]),
    (written.adadelta, "adadelta", {}, []),
    (written.nadam, "nadam", {}, ["nadam-plain"]),
    (dp.optim.SGD, "sgd", {"lr": 0.1}, []),
    (lambda ps: dp.optim.SGD(ps, lr=0.1, momentum=0.9, dampening=0.3), "momentum", {}, []),
    (lambda ps: dp.optim.SGD(ps, lr=0.1, momentum=0.9, nesterov=True), "nesterov", {}, []),
    (lambda ps: dp.optim.Adagrad(ps, lr_decay=0.1, weight_decay=0.1), "adagrad", {}, []),
    (lambda ps: dp.optim.RMSprop(ps, centered=True, momentum=0.5), "rmsprop", {}, []),
    (lambda ps: dp.optim.Adadelta(ps, weight_decay=0.1), "adadelta", {}, []),
    (dp.optim.Adam, "adam", {}, []),
    (lambda ps: dp.optim.Adam(ps, amsgrad=True), "amsgrad", {}, []),
    (lambda ps: dp.optim.Adam(ps, eps_inside_sqrt=True, weight_decay=0.1), "adam", {}, []),
    (dp.optim.AdamW, "adamw", {"lr": 0.01}, []),
    (
        dp.optim.AdamW([dp.tensor(np.ones((2, 3), "f4"), requires_grad=True)], weight_decay=0.1),
        "adamw", {}, ["float32"],
    ),
]  # fmt: skip


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("k", range(len(RIGHT)))
def test_what_is_right_is_not_blamed(k: int, seed: int) -> None:
    step, rule, hyper, notes = RIGHT[k]
    if step is written.closure_momentum:
        step = step()
    found = update_rule(step, rule, seed=seed, **hyper)
    assert found.ok, str(found)
    assert str(found).startswith("✓ ")
    for name in notes:
        words = NOTES[name].partition("{")[0]
        assert any(words in n for n in found.notes), (name, found.notes)


@functools.cache
def _mutated(k: int) -> tuple[Any, str]:
    name, _, old, new, _ = MUTANTS[k]
    source = inspect.getsource(getattr(written, name))
    assert source.count(old) == 1, (name, old, source.count(old))
    source = source.replace(old, new)
    file = f"<mutant {k}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    space: dict[str, Any] = {"np": np, "Any": Any, "__name__": f"mutant{k}"}
    exec(compile(source, file, "exec"), space)
    return space[name], source


NAMED = [k for k, m in enumerate(MUTANTS) if m[4] not in ("ok", "any")]


@pytest.mark.parametrize("k", NAMED)
def test_a_planted_mistake_is_named(k: int) -> None:
    name, rule, _, _, mistake = MUTANTS[k]
    step, _ = _mutated(k)
    hyper = {"lr": 0.01} if name in ("PerArray", "adam_counted") else {}
    if name == "closure_momentum":
        step = step()
    found = update_rule(step, rule, **hyper)
    assert not found.ok
    assert found.findings[0].mistake == mistake, str(found)
    if name != "closure_momentum":
        ja = update_rule(step, rule, language="ja", **hyper)
        assert ja.findings[0].mistake == mistake
        assert not {"{", "}"} & set(str(found) + str(ja))


def test_there_are_enough() -> None:
    assert len(NAMED) >= 60
    assert len(RIGHT) >= 30


@pytest.mark.parametrize("k", [k for k, m in enumerate(MUTANTS) if m[4] == "ok"])
def test_a_change_that_is_none_is_not_blamed(k: int) -> None:
    found = update_rule(_mutated(k)[0], MUTANTS[k][1])
    assert found.ok, str(found)


@pytest.mark.parametrize("k", [k for k, m in enumerate(MUTANTS) if m[4] == "any"])
def test_what_has_no_name_of_its_own_is_still_wrong(k: int) -> None:
    step, _ = _mutated(k)
    step = step() if MUTANTS[k][0] == "closure_momentum" else step
    assert not update_rule(step, MUTANTS[k][1]).ok


def test_the_report_reads_well() -> None:
    k = next(k for k, m in enumerate(MUTANTS) if m[3] == 'm_hat = config["m"]')
    step, source = _mutated(k)
    found = update_rule(step, "adam")
    f = found.findings[0]
    assert f.name == "adam"
    assert f.text == "the bias correction of the first moment m is missing"
    assert f.expected == "m_hat = m / (1 - beta1**t)"
    assert f.location is not None
    assert f.location.text == 'm_hat = config["m"]'
    assert source.splitlines()[f.location.line - 1].strip() == f.location.text
    assert f.verified is not None
    assert f.verified < 1e-12
    assert str(found).startswith("✗ adam  relative error 0.")
    assert "expected   m_hat = m / (1 - beta1**t)" in str(found)
    assert found.hyper == {"beta1": 0.9, "beta2": 0.999, "lr": 0.001, "eps": 1e-8}
    assert json.loads(json.dumps(found.to_dict()))["findings"][0]["mistake"] == "not-corrected"
    ja = update_rule(step, "adam", language="ja").findings[0]
    assert ja.text == "1 次モーメント m のバイアス補正がありません"
    assert found.yours is not None
    assert found.right is not None
    assert found.yours.shape == found.right.shape == (8, 21)


def test_two_mistakes_are_both_named() -> None:
    def step(p, g, state, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        t = state["t"] = state.get("t", 0) + 1
        state["m"] = beta1 * state.get("m", 0.0) + g
        state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        return p - lr * state["m"] / (1 - beta1**t) / (np.sqrt(state["v"]) + eps)

    found = update_rule(step, "adam")
    names = {f.mistake for f in found.findings}
    assert names == {"one-minus-forgotten", "not-corrected"}, str(found)


class Sharing:
    """One state for all parameters."""

    def __init__(self, lr=0.01, momentum=0.9):
        self.lr, self.momentum, self.v = lr, momentum, 0.0

    def update(self, params, grads):
        for key in params:
            self.v = self.momentum * self.v + grads[key]
            params[key] = params[key] - self.lr * self.v


class SharingAdam:
    def __init__(self, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.m = self.v = self.t = 0

    def update(self, params, grads):
        self.t += 1
        for key in params:
            self.m = self.beta1 * self.m + (1 - self.beta1) * grads[key]
            self.v = self.beta2 * self.v + (1 - self.beta2) * grads[key] ** 2
            m_hat = self.m / (1 - self.beta1**self.t)
            v_hat = self.v / (1 - self.beta2**self.t)
            params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class SharingEach(SharingAdam):
    def update(self, params, grads):
        for key in params:
            super().update({key: params[key]}, {key: grads[key]})


@pytest.mark.parametrize(
    ("step", "rule"), [(Sharing(), "momentum"), (SharingAdam(), "adam"), (SharingEach(), "adam")]
)
def test_a_state_that_parameters_share(step: Any, rule: str) -> None:
    found = update_rule(step, rule)
    assert found.findings[0].mistake == "state-shared", str(found)


def test_a_gradient_that_is_kept() -> None:
    def step(p, g, state, lr=0.01, momentum=0.9):
        if "v" in state:
            state["v"] = momentum * state["v"] + g
        else:
            state["v"] = g
        return p - lr * state["v"]

    assert [f.mistake for f in update_rule(step, "momentum").findings] == ["gradient-kept"]


def test_a_wrong_shape() -> None:
    found = update_rule(lambda p, g, state: (p - 0.1 * g).sum(axis=0), "sgd")
    assert [f.mistake for f in found.findings] == ["shape"]


def test_another_rule() -> None:
    found = update_rule(written.BookRMSprop(), "adagrad")
    assert found.findings[0].mistake == "other-rule"
    assert "RMSProp" in found.findings[0].text


def test_where_nothing_fits_it_says_when_it_goes_wrong() -> None:
    def first(p, g, state):
        return p - 0.1 * np.tanh(g)

    def later(p, g, state, lr=0.1):
        state["n"] = state.get("n", 0) + 1
        return p - lr * g * (0.5 if state["n"] > 3 else 1.0)

    assert update_rule(first, "sgd").findings[0].mistake == "unknown-first"
    f = update_rule(later, "sgd").findings[0]
    assert f.mistake == "unknown-later"
    assert "right up to step 3" in f.text
    wanted, got = (float(f.text.split(word)[1].split()[0]) for word in ("place of ", "moves by "))
    assert got == pytest.approx(wanted / 2, rel=1e-3)

    def infinite(p, g, state, lr=0.1):
        return p - lr * g / np.where(g == 0, 0.0, 1.0)

    assert update_rule(infinite, "sgd").findings[0].mistake == "nan"


def test_what_is_no_update_says_what_to_give() -> None:
    with pytest.raises(ArgumentError, match="near are adam"):
        update_rule(written.adam, "adamm")
    with pytest.raises(ArgumentError, match="give a function step"):
        update_rule(3, "adam")
    with pytest.raises(ArgumentError, match="give a function step"):
        update_rule(int, "adam")
    with pytest.raises(ArgumentError, match="Did you mean lr"):
        update_rule(written.sgd, "sgd", lrr=0.1)
    with pytest.raises(ArgumentError, match="two or more"):
        update_rule(written.sgd, "sgd", steps=1)
    with pytest.raises(ArgumentError, match="an array of the shape"):
        update_rule(lambda p, g: "no", "sgd")

    class Needs:
        def __init__(self, model_size):
            self.model_size = model_size

        def update(self, params, grads):
            return params

    with pytest.raises(ArgumentError, match="model_size"):
        update_rule(Needs, "sgd")

    def broken(p, g):
        return undefined_name * p  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(ArgumentError, match="return undefined_name") as caught:
        update_rule(broken, "sgd")
    assert "denpa/check" not in str(caught.value)


def test_a_division_by_zero_in_the_first_step() -> None:
    def step(p, g, state, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        t = state.get("t", 0)
        rate = lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
        state["t"] = t + 1
        state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        return p - rate * state["m"] / (np.sqrt(state["v"]) + eps)

    f = update_rule(step, "adam").findings[0]
    assert f.mistake == "t-from-zero"
    assert f.location is not None


def test_code_that_hangs_is_stopped() -> None:
    def step(p, g):
        while True:
            p = p * 1.0

    with pytest.raises(ArgumentError, match="longer than"):
        update_rule(step, "sgd", timeout=0.2)


class Held:
    """Made with its parameters, called with their gradients."""

    def __init__(self, params, lr=0.01, beta=0.9):
        self.params, self.lr, self.beta = params, lr, beta
        self.v = {k: np.zeros_like(a) for k, a in params.items()}

    def step(self, grads):
        for k in self.params:
            self.v[k] = self.beta * self.v[k] + grads[k]
            self.params[k] -= self.lr * self.v[k]


class HeldList(Held):
    def __init__(self, params, lr=0.01, beta=0.9):
        self.params, self.lr, self.beta = params, lr, beta
        self.v = [np.zeros_like(a) for a in params]

    def step(self, grads):
        for k, g in enumerate(grads):
            self.v[k] = self.beta * self.v[k] + g
            self.params[k] = self.params[k] + self.lr * self.v[k]


def test_an_optimizer_that_holds_arrays() -> None:
    assert update_rule(Held, "momentum").ok
    assert update_rule(HeldList, "momentum").findings[0].mistake == "sign"


def test_an_object_is_not_changed() -> None:
    opt = written.BookAdam()
    assert update_rule(opt, "adam").ok
    assert opt.iter == 0
    assert opt.m is None


def test_a_report_is_in_one_language() -> None:
    wrong = str(update_rule(written.sgd, "momentum", language="ja"))
    right = str(update_rule(written.sgd, "sgd", language="ja"))
    for text in (wrong, right):
        assert not any(w in text for w in ("relative error", "expected", "verified", "note:"))
    assert "定義どおり" in right
    assert "相対誤差" in wrong


class Pair:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):  # type: ignore[no-untyped-def]
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.m = self.v = 0

    def update(self, t, w, b, dw, db):  # type: ignore[no-untyped-def]
        self.m = self.beta1 * self.m + (1 - self.beta1) * dw
        self.v = self.beta2 * self.v + (1 - self.beta2) * db**2
        return w - self.lr * self.m, b - self.lr * self.v


def test_each_beside_its_gradient_opens() -> None:
    """t, w, b, dw, db: v made of the bias's gradient is no Adam, whatever the names say."""
    found = update_rule(Pair, "adam")
    assert not found.ok
    assert found.yours is not None
    assert found.places[0] == "w[0, 0]"


def test_a_change_in_place_makes_a_quantity() -> None:
    source = "def f(p, g):\n    p.mul_(0.9).add_(g)\n    p.size()\n    g.__init__()\n"
    assert [(node.lineno, name) for node, name in _made(ast.parse(source))] == [(2, "p")]


@pytest.mark.parametrize("rule", ["sgd", "adam", "rmsprop"])
@pytest.mark.parametrize("update", [lambda w, g: w, lambda w, g, lr=0.0: w - lr * g])
def test_parameters_that_stay_as_they_were_are_no_update(rule: str, update: Any) -> None:
    """A learning rate of 0 would explain them by any rule."""
    report = update_rule(update, rule)
    assert [f.mistake for f in report.findings] == ["not-applied"]
