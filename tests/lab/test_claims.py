from __future__ import annotations

import numpy as np
import pytest

from denpa.core.errors import ArgumentError
from denpa.lab.claims import judge


@pytest.mark.parametrize(
    ("measured", "bounds", "holds"),
    [
        (2.05, {"near": 2, "within": 0.1}, True),
        (2.15, {"near": 2, "within": 0.1}, False),
        ([1.0, 2.0], {"near": [1, 2], "within": 0}, True),
        ([1.0, 2.0], {"near": [2, 1], "within": 0.5}, False),
        (3, {"at_least": 3}, True),
        (3, {"at_least": 3.1}, False),
        ([1, 5], {"at_most": 4}, False),
        (3, {"at_least": 1, "at_most": 2}, False),
        ("sign", {"equal": "sign"}, True),
        ("sign", {"equal": "scale"}, False),
        ([1, 2], {"equal": [1, 2]}, True),
        (np.arange(3), {"equal": [0, 1, 3]}, False),
        (True, {}, True),
        (np.bool_(False), {}, False),
    ],
)
def test_a_claim_holds_where_every_number_is_within_every_bound(measured, bounds, holds) -> None:
    assert judge("…", measured, **bounds).holds is holds


@pytest.mark.parametrize("bounds", [{"at_most": 1}, {"at_least": 1}, {"near": 1, "within": 1}])
@pytest.mark.parametrize("measured", [float("nan"), [1.0, float("nan")], []])
def test_nan_and_nothing_fulfil_no_bound(measured, bounds) -> None:
    assert not judge("…", measured, **bounds).holds


def test_a_number_needs_a_bound() -> None:
    with pytest.raises(ArgumentError, match=r"claim 'small': 0\.1 has no bound; give near="):
        judge("small", 0.1)
    with pytest.raises(ArgumentError, match="near= and within= go together"):
        judge("small", 0.1, near=0)
