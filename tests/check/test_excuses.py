"""An input on which code is right excuses no mistake that other numbers of its kind show."""

from __future__ import annotations

from pathlib import Path

import pytest

import denpa as dp

HEAD = "import numpy as np\n"
HUBER = (
    HEAD
    + """
def huber(pred, target, delta=1.0):
    e = pred - target
    return np.where(np.abs(e) <= delta, 0.5 * e**2, delta * (np.abs(e) - 0.5 * delta)).sum()
def huber_grad(pred, target, delta=1.0):
    e = pred - target
    return np.where(np.abs(e) <= delta, e, delta * np.sign(e))
"""
)
SMOOTH = (
    HEAD
    + """
class SmoothL1:
    def forward(self, pred, target):
        self.e = pred - target
        a = np.abs(self.e)
        return np.where(a < 1, 0.5 * self.e**2, a - 0.5).mean()
    def backward(self):
        return np.where(np.abs(self.e) < 1, self.e, np.sign(self.e)) / self.e.size
"""
)
PINBALL = (
    HEAD
    + """
def pinball(pred, target, tau=0.9):
    e = target - pred
    return np.where(e > 0, tau * e, (tau - 1) * e).sum()
def pinball_grad(pred, target, tau=0.9):
    return np.where(target - pred > 0, -tau, 1 - tau)
"""
)
DISTANCES = (
    HEAD
    + """
def energy(x, y):
    D = x[:, None, :] - y[None, :, :]
    return (D**2).sum(), 2 * (x - y.mean(0)) * len(y)
"""
)


@pytest.mark.parametrize(
    ("text", "name", "right", "wrong"),
    [
        (HUBER, "huber", "delta * np.sign(e))", "delta)"),
        (SMOOTH, "SmoothL1", "np.sign(self.e))", "1)"),
        (PINBALL, "pinball", "-tau, 1 - tau", "-tau, tau - 1"),
        (DISTANCES, "energy", " * len(y)\n", "\n"),
    ],
    ids=["huber", "smooth", "pinball", "distances"],
)
def test_a_branch_that_is_missed_is_no_excuse(
    tmp_path: Path, text: str, name: str, right: str, wrong: str
) -> None:
    file = tmp_path / "theirs.py"
    file.write_text(text)
    assert dp.check.file(f"{file}:{name}").ok
    assert text.count(right) == 1
    file.write_text(text.replace(right, wrong))
    report = dp.check.file(f"{file}:{name}")
    assert not report.ok, str(report)


MASKED = (
    HEAD
    + """
def objective(P, Q, R, mask):
    e = mask * (P @ Q.T - R)
    return 0.5 * np.sum(e**2)
def objective_grad(P, Q, R, mask):
    e = mask * (P @ Q.T - R)
    return e @ Q, e.T @ P
"""
)


def test_a_mask_is_the_reason_where_other_numbers_make_it_wrong(tmp_path: Path) -> None:
    file = tmp_path / "theirs.py"
    file.write_text(MASKED)
    report = dp.check.file(f"{file}:objective")
    assert report.ok, str(report)
    assert "mask holds 0 and 1 alone" in " ".join(report.notes)
    file.write_text(MASKED.replace("return e @ Q, e.T @ P", "return 2 * e @ Q, e.T @ P"))
    assert not dp.check.file(f"{file}:objective").ok
