"""Functions that return their value and their gradient, and raise on the way to the gradient."""

from __future__ import annotations

import numpy as np
import pytest

from denpa.check.exceptions import told_joint
from denpa.check.exceptions.judge import Judge
from denpa.check.subject import Subject, Values
from tests.check.raising_written import rand
from tests.check.test_raising import module

JOINT = """
import numpy as np
def softmax_loss(W, X, y, reg):
    scores = {scores}
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    n = len(y)
    loss = -np.log(p[np.arange(n), y]).mean() + reg * np.sum(W * W)
    p[np.arange(n), y] -= 1
    dW = {dW}
    return loss, dW
"""


@pytest.mark.parametrize(
    ("dW", "right", "words"),
    [
        ("X.dot(p) / n + 2 * reg * W", "X.T.dot(p) / n + 2 * reg * W", "X.T does"),
        ("X.T.dot(P) / n + 2 * reg * W", "X.T.dot(p) / n + 2 * reg * W", "p is meant"),
        ("np.dot(p, X) / n + 2 * reg * W", "np.dot(X.T, p) / n + 2 * reg * W", "does"),
    ],
)
def test_a_function_that_returns_its_gradient_is_mended(dW: str, right: str, words: str) -> None:
    f = module(JOINT.format(scores="X.dot(W)", dW=dW)).softmax_loss
    given = (rand(4, 3), rand(6, 4), np.array([0, 2, 1, 1, 0, 2]), 0.1)
    with pytest.raises((ValueError, NameError)) as error:
        f(*given)
    found = told_joint(f, given, error.value)
    assert found is not None
    (finding,) = found.findings
    assert (finding.name, finding.expected) == ("W", right)
    assert finding.text.endswith(words)
    assert finding.location is not None
    assert finding.location.line == 10


def test_a_function_whose_value_raises_is_not_mended() -> None:
    """Any change of the value has a gradient that is right for it."""
    f = module(JOINT.format(scores="X.dot(W.T)", dW="X.T.dot(p) / n + 2 * reg * W")).softmax_loss
    given = (rand(4, 3), rand(6, 4), np.array([0, 2, 1, 1, 0, 2]), 0.1)
    with pytest.raises(ValueError, match="not aligned") as error:
        f(*given)
    assert told_joint(f, given, error.value) is None


class Squares(Subject):
    def __init__(self, k: float) -> None:
        self.k, self.values, self.inputs = k, {"x": np.array([1.0, -2.0])}, ("x",)

    def forward(self, values: Values) -> np.ndarray:
        return np.asarray(self.k * np.sum(values["x"] ** 2))


def test_each_change_of_such_a_function_is_judged_by_its_own_value() -> None:
    judge = Judge(lambda: Squares(1.0), {}, np.ones(()), None)
    for k in (1.0, 3.0):
        now = Squares(k)
        assert judge.right(now, "x", 2 * k * now.values["x"])
        assert not judge.right(now, "x", 2 * (k + 1) * now.values["x"])
