"""Anomaly mode in training names the batch, the row of the data, the parameter and the layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.core.errors import AnomalyError
from denpa.train.batches import order


class Log(dp.nn.Module):
    """The logarithm as a layer."""

    def forward(self, x: Any) -> Any:
        return dp.log(x)


@pytest.mark.parametrize("backend", ["eager", "native"])
@pytest.mark.parametrize("row", [0, 5, 11])
def test_a_row_is_that_of_the_data(backend: str, row: int) -> None:
    x = np.ones((12, 1), np.float32)
    x[row] = -1
    net = dp.nn.Sequential(Log(), dp.nn.Linear(1, 1))
    options = {"epochs": 1, "batch_size": 4, "progress": False, "backend": backend, "seed": 7}
    with dp.autograd.detect_anomaly(), pytest.raises(AnomalyError) as caught:
        dp.train.fit(net, dp.nn.MSELoss(), (x, x), **options)
    batch = order(12, 7, 1).tolist().index(row) // 4 + 1
    text = str(caught.value)
    assert text.startswith(
        f"epoch 1, batch {batch}, forward pass, row {row} of the training data: log made "
    )
    assert "return dp.log(x)   in layer 0 (Log)" in text


class Scale(dp.nn.Module):
    """A layer whose parameter is as long as a batch."""

    def __init__(self) -> None:
        super().__init__()
        self.s = dp.nn.Parameter(dp.zeros(3))

    def forward(self, x: Any) -> Any:
        return x * dp.sqrt(self.s).sum()


@pytest.mark.parametrize("backend", ["eager", "native"])
def test_an_element_of_a_parameter_is_no_row(backend: str) -> None:
    net, x = dp.nn.Sequential(Scale(), dp.nn.Linear(1, 1)), np.ones((3, 1), np.float32)
    with dp.autograd.detect_anomaly(), pytest.raises(AnomalyError) as caught:
        dp.train.fit(net, dp.nn.MSELoss(), (x, x), epochs=1, progress=False, backend=backend)
    text = str(caught.value)
    assert text.startswith("epoch 1, batch 1, backward pass, parameter 0.s: backward of sqrt made ")
    assert "in layer 0 (Scale)" in text
    assert "return x * dp.sqrt(self.s).sum()" in text
    assert "row" not in text
