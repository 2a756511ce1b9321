"""The oracle must catch a fault of each sort, planted in ops of each kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import denpa.ops  # noqa: F401  (fills the table)
from denpa.core.op import OPS, Sample
from tests.ops import oracle

PLANTED_IN = ["tanh", "mul", "div", "pow", "where", "sum", "amax", "logsumexp", "cumsum", "matmul"]
PLANTED_IN += ["linear", "reshape", "permute", "broadcast_to", "cat", "slice", "pad", "gather"]
PLANTED_IN += ["scatter_add", "unfold", "fold", "softplus", "maximum", "erf", "diagonal"]


def caught(op, clauses=(*oracle.SHAPE_CLAUSES, *oracle.DERIVATIVE_CLAUSES)):
    """The names of the clauses that a broken op fails."""
    failed = set()
    for sample in op.samples:
        for clause in clauses:
            try:
                clause(op, sample)
            except Exception:  # a crash is caught too
                failed.add(clause.__name__)
    return failed


def changed(op, change):
    """The op with every message passed through `change`."""

    def vjp(g, y, inputs, params, wants):
        return [None if m is None else change(m) for m in op.vjp(g, y, inputs, params, wants)]

    return replace(op, vjp=vjp)


@pytest.mark.parametrize("name", PLANTED_IN)
def test_the_sound_op_passes(name):
    assert caught(OPS[name]) == set()


@pytest.mark.parametrize("name", PLANTED_IN)
def test_sign(name):
    assert "vjp_is_numeric" in caught(changed(OPS[name], lambda m: -m))


@pytest.mark.parametrize("name", PLANTED_IN)
def test_a_factor_of_one_in_a_thousand(name):
    assert "vjp_is_numeric" in caught(changed(OPS[name], lambda m: m * 1.001))


@pytest.mark.parametrize("name", PLANTED_IN)
def test_the_same_factor_in_forward_mode(name):
    op = OPS[name]

    def jvp(tangents, y, inputs, params):
        return op.jvp(tangents, y, inputs, params) * 1.001

    assert "jvp_is_numeric" in caught(replace(op, jvp=jvp))


@pytest.mark.parametrize("name", ["matmul", "linear"])
def test_a_transposed_operand(name):
    op = OPS[name]

    def vjp(g, y, inputs, params, wants):
        x, w = inputs
        return op.vjp(g, y, (x, w.T), params, wants)

    square = replace(op, vjp=vjp, samples=(Sample(((3, 3), (3, 3))),))
    assert "vjp_is_numeric" in caught(square)


def test_overwriting_where_messages_must_be_added():
    op = replace(OPS["gather"], vjp=lambda g, y, xs, p, w: [_put(g, xs), None])
    assert "vjp_is_numeric" in caught(replace(op, samples=op.samples[:1]))


def _put(g, inputs):
    x, index = inputs
    message = np.zeros(x.shape)
    message[index] = g  # assignment keeps the last of equal indices only
    return message


def test_a_message_that_changes_the_cotangent():
    op = OPS["tanh"]

    def vjp(g, y, inputs, params, wants):
        g *= 1 - y * y
        return [g]

    failed = caught(replace(op, vjp=vjp))
    assert {"vjp_is_numeric", "reads_only"} <= failed


def test_a_wrong_shape_in_infer():
    op = OPS["sum"]
    wrong = replace(op, infer=lambda x, dim, keepdim: (x.shape, x.dtype))
    assert "infer_is_eval" in caught(wrong)


def test_a_message_that_leaves_float32():
    assert "float32_is_near" in caught(
        changed(OPS["mul"], lambda m: m.astype("float64") if isinstance(m, np.ndarray) else m)
    )


def test_a_forgotten_second_derivative():
    """A rule that computes on arrays behind the recorder's back has right messages and no slope."""
    from denpa.autodiff.tensor import Tensor, tensor_of

    op = OPS["exp"]

    def vjp(g, y, inputs, params, wants):
        if isinstance(y, Tensor):
            return [g * tensor_of(y.detach().numpy())]
        return [g * y]

    assert "second_order" in caught(replace(op, vjp=vjp))
