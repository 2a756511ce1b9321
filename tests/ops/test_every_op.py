"""The oracle over the whole table: a new op is tested by having samples in its record."""

from __future__ import annotations

import numpy as np
import pytest

import denpa.ops  # noqa: F401  (fills the table)
from denpa.core.errors import GraphError
from denpa.core.op import OPS
from tests.ops import oracle

SAMPLES = [
    pytest.param(op, sample, id=f"{op.name}-{k}")
    for op in OPS.values()
    for k, sample in enumerate(op.samples)
]
DIFFERENTIABLE = [p for p in SAMPLES if p.values[0].kind not in ("constant", "nondiff")]


@pytest.mark.parametrize(("op", "sample"), SAMPLES)
@pytest.mark.parametrize("clause", oracle.SHAPE_CLAUSES, ids=lambda c: c.__name__)
def test_shape(clause, op, sample):
    clause(op, sample)


@pytest.mark.parametrize(("op", "sample"), DIFFERENTIABLE)
@pytest.mark.parametrize("clause", oracle.DERIVATIVE_CLAUSES, ids=lambda c: c.__name__)
def test_derivative(clause, op, sample):
    clause(op, sample)


@pytest.mark.parametrize("op", list(OPS.values()), ids=lambda op: op.name)
def test_the_record_is_complete(op):
    assert op.samples, "an op without samples is not tested"
    assert op.kind in ("pointwise", "linear", "bilinear", "general", "constant", "nondiff")
    assert op.law or op.kind == "nondiff", "a reader wants the law of this op"
    assert any(not isinstance(s.inputs[0], tuple) or s.inputs[0] for s in op.samples)
    # scalars and empty tensors, where the op takes them
    if op.kind == "pointwise" and len(op.samples) > 2:
        shapes = [x for s in op.samples for x in s.inputs if isinstance(x, tuple)]
        assert () in shapes
        assert any(0 in s for s in shapes)


@pytest.mark.parametrize("op", [o for o in OPS.values() if o.plain], ids=lambda op: op.name)
def test_a_rule_for_stability_equals_its_plain_composite(op):
    for sample in op.samples:
        inputs, _ = oracle.fill(op, sample)
        assert (
            oracle.differs(op.eval(*inputs, **sample.params), op.plain(*inputs, **sample.params))
            < 1e-14
        )


@pytest.mark.parametrize(
    "op", [o for o in OPS.values() if o.kind == "nondiff"], ids=lambda o: o.name
)
def test_nondiff_says_so(op):
    from denpa.autodiff.tensor import tensor_of

    sample = op.samples[0]
    inputs, _ = oracle.fill(op, sample)
    y = op(*(tensor_of(x).requires_grad_() for x in inputs), **sample.params)
    with pytest.raises(GraphError, match=f"{op.name} has no derivative; use"):
        y.backward(tensor_of(np.ones(y.shape)))
