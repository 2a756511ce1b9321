"""Small networks compute with one thread, and the setting is given back."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import denpa as dp
from denpa.train.threads import is_small


def blas_threads():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


@pytest.fixture(autouse=True)
def two_threads():
    with threadpool_limits(limits=2, user_api="blas"):
        yield


@pytest.mark.parametrize(("width", "threads"), [(8, 1), (4096, 2)])
def test_eager_fit_fits_the_threads_to_the_network(width, threads):
    seen = []

    def look(event, training):
        if isinstance(event, dp.train.EpochEnded):
            seen.extend(blas_threads())

    net = dp.nn.Linear(4, width)
    data = np.ones((4, 4)), np.ones((4, width))
    dp.train.fit(
        net, dp.nn.MSELoss(), data, epochs=1, batch_size=256, progress=False, callbacks=[look],
        backend="eager",
    )  # fmt: skip
    assert set(seen) == {threads}
    assert set(blas_threads()) == {2}


def test_a_convolution_is_never_small():
    assert not is_small(dp.nn.Conv2d(1, 1, 1), 1)
