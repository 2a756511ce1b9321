"""Styles whose inputs no name tells: right code is right with its gradients compared, and a fault
that is planted in it is found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import denpa as dp
from denpa.check.opening.repairs import Spec, State, repairs
from tests.check.strange_cases import CASES, Case

RIGHT = [pytest.param(case, id=name) for name, case in CASES.items()]
WRONG = [pytest.param(case, id=name) for name, case in CASES.items() if case.old]


def checked(case: Case, source: str, folder: Path) -> dp.check.Report:
    path = folder / "handed.py"
    path.write_text("import numpy as np\n" + source, "utf-8")
    return dp.check.file(f"{path}:{case.name}")


@pytest.mark.parametrize("case", RIGHT)
def test_right_code_is_right_and_something_was_compared(case: Case, tmp_path: Path) -> None:
    report = checked(case, case.source, tmp_path)
    assert report.ok, report
    assert any(np.any(c.claimed) for c in report.compared.values())


@pytest.mark.parametrize("case", WRONG)
def test_a_planted_fault_is_found(case: Case, tmp_path: Path) -> None:
    wrong = case.source.replace(case.old, case.new)
    assert wrong != case.source
    assert checked(case, wrong, tmp_path).findings


@pytest.mark.parametrize("seed", range(20))
def test_an_error_of_a_product_is_mended_by_one_step(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b, c, d = (int(n) for n in rng.choice(np.arange(4, 60), 4, replace=False))
    sizes = (("s1", a), ("s2", b), ("s3", c), ("s4", d))
    state = State((("A", Spec("array", ("s1", "s2"))), ("B", Spec("array", ("s3", "s4")))), sizes)
    try:
        np.zeros((a, b)) @ np.zeros((c, d))
    except ValueError as error:
        texts = [s.text() for cost, s in repairs(state, error) if cost <= 1]
    assert f"A=rand({a}, {b}), B=rand({b}, {d})" in texts
    assert f"A=rand({a}, {c}), B=rand({c}, {d})" in texts
