from __future__ import annotations

import numpy as np
import pytest

from denpa.core.dtype import (
    as_dtype,
    bool_,
    float16,
    float32,
    float64,
    int32,
    int64,
    promote_types,
    result_type,
    uint8,
)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (bool_, int32, int32),
        (int64, float16, float16),
        (int64, float32, float32),
        (float16, float32, float32),
        (float32, float64, float64),
        (uint8, int32, int32),
    ],
)
def test_promotion_goes_by_category(a, b, expected):
    assert promote_types(a, b) == expected
    assert promote_types(b, a) == expected


def test_dimensions_outweigh_scalars_inside_a_category_only():
    matrix, scalar = np.zeros((2, 2), "float32"), np.zeros((), "float64")
    assert result_type([matrix, scalar]) == float32
    assert result_type([np.zeros(2, "int64"), scalar]) == float64
    assert result_type([matrix, 2.5]) == float32
    assert result_type([np.zeros(2, "int32"), 2]) == int32
    assert result_type([np.zeros(2, "int64"), 0.5]) == float32
    assert result_type([np.zeros(2, "bool"), True]) == bool_


def test_an_unknown_dtype_lists_those_there_are():
    with pytest.raises(TypeError, match=r"'complex64' is not one of Denpa's dtypes: float16, "):
        as_dtype("complex64")
