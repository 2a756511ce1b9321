"""Every map of the table against the rule of its op, element by element and all at once."""

from __future__ import annotations

import numpy as np
import pytest

import denpa.ops  # noqa: F401  (fills the table)
from denpa.core.op import OPS, Op, Sample
from denpa.explanation.maps import DENSE, MAPS, EquationCall, map_of
from denpa.explanation.sparse import _REACH, Map
from tests.ops import oracle

DIFFERENTIABLE = [op for op in OPS.values() if op.kind not in ("constant", "nondiff")]
CASES = [
    pytest.param(op, sample, id=f"{op.name}-{k}")
    for op in DIFFERENTIABLE
    for k, sample in enumerate(op.samples)
]
seen: set[str] = set()


def test_every_op_has_a_map() -> None:
    """A pointwise op has one unasked; any other an entry, or its reason to be dense."""
    without = [op.name for op in DIFFERENTIABLE if op.kind != "pointwise" and op.name not in MAPS]
    assert set(without) <= set(DENSE)
    assert not set(MAPS) & set(DENSE)
    assert set(MAPS) <= {op.name for op in DIFFERENTIABLE}
    assert all(DENSE.values())


def maps(op: Op, sample: Sample) -> list[tuple[Map, np.ndarray, np.ndarray]]:
    """For each input with a derivative: its map, a message to y, and what the rule sends."""
    inputs, floats = oracle.fill(op, sample)
    y = oracle.run(op, inputs, sample)
    if y.dtype.kind != "f":
        return []
    g = np.random.default_rng(1).normal(size=y.shape)
    assert op.vjp is not None
    wants = [k in floats for k in range(len(inputs))]
    sent = op.vjp(g, y, inputs, sample.params, wants)
    found = []
    for k in floats:
        if sent[k] is not None:
            made = map_of(EquationCall(op, tuple(inputs), y, dict(sample.params)), k)
            assert (made.x, made.y) == (inputs[k].shape, y.shape)
            seen.add(made.kind)
            found.append((made, g, np.asarray(sent[k])))
    return found


@pytest.mark.parametrize(("op", "sample"), CASES)
def test_what_an_element_reaches_adds_up_to_its_message(op: Op, sample: Sample) -> None:
    for made, g, sent in maps(op, sample):
        for i in np.ndindex(made.x):
            reached = made.reach(i)
            assert len({j for j, _ in reached}) == len(reached), "a y is reached once"
            mine = sum(partial * g[j] for j, partial in reached)
            assert abs(mine - sent[i]) <= 1e-12 * max(1.0, np.abs(sent).max())


@pytest.mark.parametrize(("op", "sample"), CASES)
def test_the_whole_map_gives_the_message(op: Op, sample: Sample) -> None:
    for made, g, sent in maps(op, sample):
        mine = made.pull(g)
        assert mine is not None
        assert mine.shape == sent.shape
        assert np.abs(mine - sent).max(initial=0.0) <= 1e-12 * max(1.0, np.abs(sent).max(initial=0))


@pytest.mark.parametrize(("op", "sample"), CASES)
def test_with_absolute_each_part_counts_by_its_size(op: Op, sample: Sample) -> None:
    for made, g, _ in maps(op, sample):
        mine = made.pull(np.abs(g), absolute=True)
        assert mine is not None
        for i in np.ndindex(made.x):
            sizes = sum(abs(partial * g[j]) for j, partial in made.reach(i))
            assert abs(mine[i] - sizes) <= 1e-12 * max(1.0, sizes)


def test_an_op_without_an_entry_is_dense() -> None:
    op = OPS["cumsum"]
    x = np.array([1.0, 2.0, 4.0])
    call = EquationCall(op, (x,), np.cumsum(x), {"dim": 0})
    entry = MAPS.pop("cumsum")
    try:
        dense = map_of(call, 0)
    finally:
        MAPS["cumsum"] = entry
    assert dense.kind == "dense"
    seen.add("dense")
    assert [dense.reach((k,)) for k in range(3)] == [map_of(call, 0).reach((k,)) for k in range(3)]


def test_every_kind_is_met() -> None:
    """What the samples of the table do not use, nobody tests."""
    for case in CASES:
        maps(*case.values)
    assert set(_REACH) - seen <= {"scalar", "far", "dense"}
    scalar = Map("scalar", (2,), (), {"partial": np.array([3.0, -4.0])})
    assert scalar.reach((1,)) == [((), -4.0)]
    pulled = scalar.pull(np.array(2.0), absolute=True)
    assert pulled is not None
    assert pulled.tolist() == [6.0, 8.0]
    with pytest.raises(LookupError, match="too large"):
        Map("far", (2,), (2,)).reach((0,))
