"""The definitions of the update rules themselves: by hand, and that each variation has words."""

from __future__ import annotations

import numpy as np
import pytest

from denpa.check.optimizers.definitions import RULES
from denpa.check.optimizers.language import Change, Problem, edited, trajectory
from denpa.check.optimizers.notes import NOTES
from denpa.check.optimizers.update import update_rule
from denpa.check.optimizers.words import RULE_WORDS
from tests.check import rules_written as written


def test_the_definitions_by_hand() -> None:
    """Two steps from p = 1 with g = 2 and then g = -1, on paper."""
    one = Problem({"p": np.array([1.0])}, [{"p": np.array([2.0])}, {"p": np.array([-1.0])}])
    ways = {
        "sgd": ({"lr": 0.1}, [0.8, 0.9]),
        "momentum": ({"lr": 0.1, "momentum": 0.5}, [0.8, 0.8]),  # u = 2, then 1 - 1 = 0
        "nesterov": ({"lr": 0.1, "momentum": 0.5}, [0.7, 0.8]),  # 2 + 1, then -1 + 0
        "adagrad": ({"lr": 0.1, "eps": 0.0}, [0.9, 0.9 + 0.1 / 5**0.5]),
        # s = 2, then 1 + 0.5 = 1.5
        "rmsprop": ({"lr": 0.1, "rho": 0.5, "eps": 0.0},
                    [1 - 0.2 / 2**0.5, 1 - 0.2 / 2**0.5 + 0.1 / 1.5**0.5]),
        # m = 1, then 0; v = 2, then 1.5
        "adam": ({"lr": 0.1, "beta1": 0.5, "beta2": 0.5, "eps": 0.0}, [0.9, 0.9]),
        "adamw": ({"lr": 0.1, "beta1": 0.5, "beta2": 0.5, "eps": 0.0, "weight_decay": 1.0},
                  [0.9 - 0.1, 0.8 * 0.9]),
    }  # fmt: skip
    for rule, (hyper, way) in ways.items():
        found = trajectory(RULES[rule], one, hyper)
        assert found is not None
        np.testing.assert_allclose(found[:, 0], way, rtol=1e-12, err_msg=rule)


@pytest.mark.parametrize("rule", RULES)
def test_every_variation_has_words_and_differs(rule: str) -> None:
    """Each form and mistake can be made somewhere, and its numbers are not the definition's."""
    chosen = RULES[rule]
    assert chosen.source
    for form in chosen.forms:
        assert form.name in NOTES
        assert edited(chosen.text, [form]) is not None
    given = {"weight_decay": 0.1, "lr": 0.5, "eps": 1e-3, "beta1": 0.6, "beta2": 0.7}
    one = Problem({"p": np.array([1.0, -2.0])}, [{"p": np.array([2.0, 0.3]) * s}
                  for s in (1.0, -0.5, 0.7)])  # fmt: skip
    right = trajectory(chosen, one, given)
    assert right is not None
    for change in chosen.mistakes:
        assert change.name in RULE_WORDS
        found = trajectory(chosen, one, given, [change])
        if found is not None and not (change.each or change.shared):
            assert not np.allclose(found, right, rtol=1e-7, equal_nan=True), change


def test_a_definition_with_a_fault_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the definition itself were wrong, what is right would be blamed."""
    wrong = RULES["adam"].with_options({"eps_inside_sqrt": True})
    monkeypatch.setitem(RULES, "adam", wrong)
    assert not update_rule(written.adam, "adam").ok


def test_the_words_fill_every_place() -> None:
    for name, words in RULE_WORDS.items():
        for english, japanese in zip((words.title, words.why), words.told("ja"), strict=True):
            assert set(_fields(japanese)) <= {*_fields(english), "what"}, name
    assert Change("sign").edits == ()


def _fields(text: str) -> list[str]:
    import string

    return [f for _, f, _, _ in string.Formatter().parse(text) if f]
