"""Anomaly mode in a run names a row as the user finds it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.core.errors import AnomalyError
from denpa.runs.anomaly import watching


class Log(dp.nn.Module):
    """The logarithm as a layer."""

    def forward(self, x: Any) -> Any:
        return dp.log(x)


@pytest.mark.parametrize("backend", ["eager", "native"])
@pytest.mark.parametrize(("row", "line"), [(0, 4), (1, 7), (2, 2)])
def test_a_row_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str, row: int, line: int
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("a,y\n1,10\n2,20\n3,30\n\n4,40\n5,50\n")  # line 5 is blank
    data = dp.data.read("t.csv", target="y").take([2, 4, 0])  # lines 4, 7 and 2
    x = np.ones((3, 1), np.float32)
    x[row] = -1
    net = dp.nn.Sequential(Log(), dp.nn.Linear(1, 1))
    with watching(True, data), pytest.raises(AnomalyError) as caught:
        dp.train.fit(net, dp.nn.MSELoss(), (x, x), epochs=1, progress=False, backend=backend)
    assert str(caught.value).startswith(
        f"epoch 1, batch 1, forward pass, row {row} of the training data (line {line} of t.csv), "
        "layer 0 (Log): log made nan from -1 (1 of 3 elements"
    )
    assert "test_anomaly.py" not in str(caught.value)  # a run is asked for, not written, by a line


def test_off_it_looks_at_nothing() -> None:
    with watching(False, dp.data.digits()):
        assert np.isnan(dp.log(-dp.ones(1)).item())
