"""Classic mistakes inside whole programs, as people write them: each is named, with its line and
with code that is right; and the same program without it is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.check.programs_written import (
    CBOW,
    CONVOLUTION,
    ENGINE,
    HELPERS,
    JACOBIANS,
    KEPT,
    LISTS,
    LOOPS,
    NETWORK,
    PAIR,
    POOL,
    RNN,
    SOFTMAX,
    SUMS,
)

Checked = Callable[..., Any]

MISTAKES = [
    # program, what is checked, input, the right line, the wrong one, name, gradients, expected
    (NETWORK, "Net", "x=rand(5,4), t=rand(5,3)", "da = dz * (self.a > 0)", "da = dz * (dz > 0)",
     "upstream-mask", "W1 b1", "dz * (self.a > 0)"),
    (NETWORK, "Net", "x=rand(5,4), t=rand(5,3)", "da = dz * (self.a > 0)",
     "da = np.maximum(0, dz)", "upstream-mask", "W1 b1", "dz * (self.a > 0)"),
    (NETWORK, "Net", "x=rand(5,4), t=rand(5,3)", "da = dz * (self.a > 0)",
     "da = np.where(dz > 0, dz, 0)", "upstream-mask", "W1 b1", "np.where(self.a > 0, dz, 0)"),
    (NETWORK, "Net", "x=rand(5,4), t=rand(5,3)", "da = dz * (self.a > 0)", "da = dz",
     "activation-forgotten", "W1 b1", "dz * (self.a > 0)"),
    (PAIR, "forward", "x=rand(5,4), W1=rand(4,6), b1=rand(6), W2=rand(6,3)", "dr[h <= 0] = 0",
     "dr[dr <= 0] = 0", "upstream-mask", "x W1 b1", "dr[h <= 0] = 0"),
    (RNN, "Rnn", "xs=rand(5,4,4)", "da = (dhs[:, t] + dh) * (1 - self.hs[:, t + 1] ** 2)",
     "da = (dhs[:, -1] + dh) * (1 - self.hs[:, t + 1] ** 2)", "index", "xs W U b",
     "(dhs[:, t] + dh) * (1 - self.hs[:, t + 1] ** 2)"),
    (RNN, "Rnn", "xs=rand(5,4,4)", "da = (dhs[:, t] + dh) * (1 - self.hs[:, t + 1] ** 2)",
     "da = (dhs[:, t] + dh) * (1 - self.hs[:, t] ** 2)", "wrong-variable", "xs W U b",
     "(dhs[:, t] + dh) * (1 - self.hs[:, t + 1] ** 2)"),
    (ENGINE, "f", "x=rand(3,4), y=rand(3,4)", "self.grad += other.data * out.grad",
     "self.grad = other.data * out.grad", "overwritten", "x",
     "self.grad += other.data * out.grad"),
    (ENGINE, "f", "x=rand(3,4), y=rand(3,4)", "self.grad += other.data * out.grad",
     "self.grad += self.data * out.grad", "wrong-variable", "x",
     "self.grad += other.data * out.grad"),
    (HELPERS, "Mlp", "x=rand(5,4)", "return 1 - a ** 2", "return 1 - a", "wrong-function",
     "x W1 W2", "1 - a ** 2"),
    (LISTS, "Net", "x=rand(5,3)", "d = d * sigmoid_prime(self.zs[i])",
     "d = d * sigmoid_prime(self.a[i + 1])", "fed-the-wrong-one",
     "x weights[0] weights[1] weights[2]", "d * (self.a[i + 1] * (1 - self.a[i + 1]))"),
    (SOFTMAX, "Softmax", "x=rand(3,4)",
     "dx[b, i] += dout[b, j] * self.y[b, j] * (here - self.y[b, i])",
     "dx[b, i] = dout[b, j] * self.y[b, j] * (here - self.y[b, i])", "overwritten", "x",
     "dx[b, i] += dout[b, j] * self.y[b, j] * (here - self.y[b, i])"),
    (JACOBIANS, "Softmax", "x=rand(3,4)", "jac = np.diagflat(o) - np.outer(o, o)",
     "jac = np.diagflat(o)", "diagonal-only", "x", "np.diagflat(o) - np.outer(o, o)"),
    (CONVOLUTION, "Conv", "x=rand(2,3,4,4)", "return dxp[:, :, p:-p, p:-p]",
     "return dxp[:, :, :h, :w]", "places", "x", "dxp[:, :, p:p + h, p:p + w]"),
    (LOOPS, "conv_forward", "x=rand(2,3,4,4), w=rand(2,3,2,2)",
     "dx[n, c, i:i+K, j:j+K] += w[f, c] * dout[n, f, i, j]",
     "dx[n, 0, i:i+K, j:j+K] += w[f, c] * dout[n, f, i, j]", "index", "x",
     "dx[n, c, i:i + K, j:j + K] += w[f, c] * dout[n, f, i, j]"),
    (POOL, "pool_forward", "x=rand(2,2,4,4)",
     "dx[n, c, 2*i:2*i+2, 2*j:2*j+2] += dout[n, c, i, j] * mask",
     "dx[n, c, 2*i:2*i+2, 2*j:2*j+2] += dout[n, c, i, j] / 4", "pooling-spread", "x",
     "dx[n, c, 2 * i:2 * i + 2, 2 * j:2 * j + 2] += dout[n, c, i, j] * ("
     "x[n, c, 2 * i:2 * i + 2, 2 * j:2 * j + 2] == "
     "np.max(x[n, c, 2 * i:2 * i + 2, 2 * j:2 * j + 2]))"),
    (POOL, "pool_forward", "x=rand(2,2,4,4)",
     "dx[n, c, 2*i:2*i+2, 2*j:2*j+2] += dout[n, c, i, j] * mask",
     "dx[n, c, 2*i:2*i+2, 2*j:2*j+2] += win * mask", "wrong-variable", "x",
     "dx[n, c, 2 * i:2 * i + 2, 2 * j:2 * j + 2] += dout[n, c, i, j] * mask"),
    (CBOW, "Cbow", "x=rand(4,6), t=eye(4)[[0,1,2,3,1,0]].T",
     'g["b2"] = np.sum(d, axis=1, keepdims=True) / m',
     'g["b2"] = np.sum(d @ self.h.T / m, axis=1, keepdims=True)', "bias-from-weights", "b2",
     "np.sum(d / m, axis=1, keepdims=True)"),
    (CBOW, "Cbow", "x=rand(4,6), t=eye(4)[[0,1,2,3,1,0]].T",
     'g["b2"] = np.sum(d, axis=1, keepdims=True) / m',
     'g["b2"] = np.sum(g["W2"], axis=1, keepdims=True)', "bias-from-weights", "b2", None),
    (SUMS, "Model", "X=rand(5,2), y=array([0,1,1,0,1])",
     'return {"W1": dW1 / n, "b1": db1 / n, "W2": dW2 / n, "b2": db2 / n}',
     'return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}', "scale", "W1 b1 W2 b2",
     '{"W1": dW1 / n, "b1": db1 / n, "W2": dW2 / n, "b2": db2 / n}'),
    (KEPT, "Net", "x=rand(5,4)", "self.h = h", "self.h = z", "wrong-variable", "x W1 W2", "h"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("program", "name", "given", "right", "wrong", "mistake", "gradients", "expected"),
    MISTAKES,
    ids=[f"{m[1]}-{m[4][:30]}" for m in MISTAKES],
)
def test_a_mistake_in_a_program_is_named(
    checked: Checked, program: str, name: str, given: str, right: str, wrong: str, mistake: str,
    gradients: str, expected: str | None,
) -> None:  # fmt: skip
    found = checked(program.replace("$", right), name, input=given)
    assert found.ok, str(found)
    found = checked(program.replace("$", f"{wrong}  # here"), name, input=given)
    assert [f.mistake for f in found.findings] == [mistake], str(found)
    (finding,) = found.findings
    assert {finding.name, *finding.also} == set(gradients.split()), str(found)
    assert finding.verified is not None
    assert finding.verified < 1e-7
    assert finding.location.text == f"{wrong}  # here"
    if expected is not None:
        assert finding.expected == expected
