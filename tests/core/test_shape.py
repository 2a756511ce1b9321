"""Arithmetic of shapes, held by NumPy's: which dims there are, how shapes broadcast."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denpa.core.errors import DimError, ShapeError
from denpa.core.shape import (
    broadcast_shapes,
    canonical_dim,
    canonical_dims,
    reduced_shape,
    size_of,
)

SHAPES = st.lists(st.integers(0, 3), max_size=4).map(tuple)


@pytest.mark.parametrize("rank", range(4))
def test_a_dim_is_a_place_in_the_shape_or_an_error(rank: int) -> None:
    places = list(range(max(rank, 1)))  # a 0-dim tensor has the dims 0 and −1, as in PyTorch
    for dim in range(-rank - 3, rank + 4):
        if -len(places) <= dim < len(places):
            assert canonical_dim(dim, rank) == places[dim]
            assert canonical_dims(dim, rank) == ((places[dim],) if rank else ())
        else:
            with pytest.raises(DimError, match=f"dimension {dim} is out of range"):
                canonical_dim(dim, rank)
            with pytest.raises(DimError, match=f"dimension {dim} is out of range"):
                canonical_dims((dim,), rank)


@pytest.mark.parametrize("dims", list(product(range(-3, 3), repeat=2)))
def test_dims_come_in_order_and_each_once(dims: tuple[int, int]) -> None:
    first, second = (d % 3 for d in dims)
    if first == second:
        with pytest.raises(ShapeError, match="the same dimension twice"):
            canonical_dims(dims, 3)
    else:
        assert canonical_dims(dims, 3) == tuple(sorted((first, second)))


@given(SHAPES, SHAPES, SHAPES)
def test_shapes_broadcast_as_numpys(
    a: tuple[int, ...], b: tuple[int, ...], c: tuple[int, ...]
) -> None:
    try:
        expected = np.broadcast_shapes(a, b, c)
    except ValueError:
        with pytest.raises(ShapeError, match="do not broadcast"):
            broadcast_shapes(a, b, c)
    else:
        assert broadcast_shapes(a, b, c) == expected


@given(SHAPES, st.data())
def test_a_reduction_takes_the_dims_away(shape: tuple[int, ...], data: st.DataObject) -> None:
    dims = tuple(d for d in range(len(shape)) if data.draw(st.booleans()))
    for keepdim in (False, True):
        assert (
            reduced_shape(shape, dims, keepdim) == np.zeros(shape).sum(dims, keepdims=keepdim).shape
        )
    assert size_of(shape) == np.zeros(shape).size
