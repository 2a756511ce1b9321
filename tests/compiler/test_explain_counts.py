"""Floating point operations and bytes of a program's explanation, counted by hand."""

from __future__ import annotations

import pytest

from denpa.autodiff.tensor import Tensor
from denpa.compiler.listing.explanation import explain
from denpa.core.op import OPS
from tests.compiler.explained import IN, MID, OUT, B, array, classes, made, squares, the


def test_counts_of_a_step_are_those_on_paper() -> None:
    found = explain(squares())
    names = ["matmul", "δx of linear", "δW of linear"]
    products = [k for k in found.kernels if k.operations[0].label in names]
    first, second = (k for k in products if k.phase == "forward")
    assert first.kind == "gemm"
    assert [(a.role, a.extent) for a in first.axes] == [
        ("rows", B), ("columns", MID), ("summed", IN),
    ]  # fmt: skip
    assert first.flops == 2 * B * IN * MID
    assert first.bytes_read == 4 * (B * IN + IN * MID)
    assert first.bytes_written == 4 * B * MID
    assert first.intensity == first.flops / (4 * (B * IN + IN * MID + B * MID))
    assert second.flops == 2 * B * MID * OUT
    work = sum(k.flops for k in products)
    after = B * MID + 2 * MID * OUT  # the mask of relu, an update; no δx of the first layer
    assert work == 2 * B * (2 * IN * MID + 3 * MID * OUT) + after

    relu = the(found, "add", "relu")
    assert relu.flops == 2 * B * MID
    assert relu.bytes_read == 4 * (B * MID + MID)
    assert relu.bytes_written == 4 * B * MID
    assert (relu.phase, relu.dear) == ("forward", 0)

    update = the(found, "mul", "sub", writes="state 2")
    assert update.flops == 2 * IN * MID
    assert (update.bytes_read, update.bytes_written) == (8 * IN * MID, 4 * IN * MID)
    assert (update.phase, update.in_place) == ("update", ("state 2",))

    steps = ["δb of linear", "mul", "sub"]  # the update where the sum ends
    bias = [k for k in found.kernels if [o.label for o in k.operations] == steps]
    assert sorted(k.flops for k in bias) == [B * OUT + 2 * OUT, B * MID + 2 * MID]
    assert {k.bytes_written for k in bias} == {4 * OUT, 4 * MID}

    rows = [k for k in found.kernels if k.kind == "rows"]
    assert [k.flops for k in rows] == [0, 0]
    assert sorted(k.bytes_read for k in rows) == [4 * B * OUT + 8 * B, 4 * B * IN + 8 * B]


def test_totals_are_sums() -> None:
    found = explain(classes())
    t = found.totals
    assert t["flops"] == sum(k.flops for k in found.kernels) == pytest.approx(sum(t["lane_flops"]))
    assert t["bytes_read"] == sum(sum(k.reads.values()) for k in found.kernels)
    assert t["bytes_written"] == sum(sum(k.writes.values()) for k in found.kernels)
    assert t["flops_per_byte"] == t["flops"] / (t["bytes_read"] + t["bytes_written"])
    assert (t["kernels"], t["barriers"]) == (len(found.kernels), t["segments"] - 1)


def test_what_does_not_change_in_a_loop_counts_once() -> None:
    x, s = array(256, 1024), array()
    found = explain(made([x, s], [x * (s.exp() + 1).log()]))
    (kernel,) = found.kernels
    assert (kernel.flops, kernel.dear) == (256 * 1024 + 3, 2)


def test_operations_that_are_not_arithmetic_of_floats() -> None:
    n = array(64, 64, dtype="int64")
    x = array(64, 64)
    assert explain(made([n], [n * n + 1])).totals["flops"] == 0
    assert explain(made([n], [n.float()])).totals["flops"] == 0
    assert explain(made([x], [x < 0.5])).totals["flops"] == 0
    assert explain(made([x], [x.sum(dim=1)])).totals["flops"] == 64 * 64
    assert explain(made([x], [x.cumsum(0)])).totals["flops"] == 64 * 64


def test_bytes_of_repeated_and_chosen_elements() -> None:
    x = array(3, 100)
    windows = OPS["unfold"](x, size=(4,), stride=(1,), dilation=(1,))
    found = explain(made([x], [windows + 1.0]))
    assert found.kernels[0].bytes_read == 4 * 300  # windows overlap: 3·97·4 reads of 300 numbers
    few = OPS["unfold"](array(1, 1000)[:, :20], size=(4,), stride=(1,), dilation=(1,))
    source = Tensor(few._value.inputs[0].inputs[0])
    assert explain(made([source], [few + 1.0])).kernels[0].bytes_read == 4 * 20
    table, index = array(1000, 8), array(5, dtype="int64")
    (kernel,) = explain(made([table, index], [table[index]])).kernels
    assert kernel.bytes_read == 4 * 5 * 8 + 8 * 5
    row = array(1, 512)
    (kernel,) = explain(made([row], [row.expand(64, 512) * 2.0])).kernels
    assert (kernel.bytes_read, kernel.bytes_written) == (4 * 512, 4 * 64 * 512)
