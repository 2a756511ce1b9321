"""One oracle for every op of the table: its rules against numbers.

Each clause is a function of an op and a sample that raises AssertionError.
`tests/ops/test_every_op.py` runs them over the table; `tests/ops/test_planted_faults.py` runs them
over broken copies of ops, which they must catch.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.graph import Value
from denpa.core.op import Op, Sample


def fill(op: Op, sample: Sample, dtype: str = "float64") -> tuple[list[Any], list[int]]:
    """Inputs for a sample, away from kinks, and the positions of those that have derivatives."""
    rng = np.random.default_rng(zlib.crc32(repr((op.name, sample.params)).encode()))
    inputs: list[Any] = []
    floats = []
    for k, given in enumerate(sample.inputs):
        if isinstance(given, np.ndarray):
            inputs.append(given)
            continue
        low, high = op.domain
        x = rng.uniform(low, high, given)
        x = np.where(np.abs(x) < 0.05, x + 0.1, x)  # 0 is the usual kink
        inputs.append(np.asarray(x, dtype=dtype))
        floats.append(k)
    return inputs, floats


def run(op: Op, inputs: list[Any], sample: Sample) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.asarray(op.eval(*inputs, **sample.params))


def differs(a: Any, b: Any) -> float:
    """The largest difference, relative to the largest number (at least 1)."""
    a, b = np.asarray(a), np.asarray(b)
    assert a.shape == b.shape, f"shape {a.shape} against {b.shape}"
    if not a.size:
        return 0.0
    if a.dtype == bool:
        return float(np.any(a != b))
    return float(np.max(np.abs(a - b)) / max(1.0, float(np.max(np.abs(b)))))


def numeric_jvp(
    f: Callable[[Any], Any], x: np.ndarray, t: np.ndarray, analytic: bool
) -> np.ndarray:
    """The derivative of f at x along t: complex step, or central differences extrapolated twice."""
    if analytic:
        return np.imag(f(x + 1e-30j * t)) / 1e-30
    rows = [[(f(x + h * t) - f(x - h * t)) / (2 * h) for h in (1e-2, 5e-3, 2.5e-3, 1.25e-3)]]
    for k in (4.0, 16.0, 64.0):
        rows.append([(k * b - a) / (k - 1) for a, b in zip(rows[-1], rows[-1][1:], strict=False)])
    return np.asarray(rows[-1][0])


def infer_is_eval(op: Op, sample: Sample) -> None:
    for dtype in ("float64", "float32"):
        inputs, _ = fill(op, sample, dtype)
        y = run(op, inputs, sample)
        assert op.infer(*inputs, **sample.params) == (y.shape, y.dtype), (y.shape, y.dtype)


def jvp_is_numeric(op: Op, sample: Sample) -> None:
    inputs, floats = fill(op, sample)
    y = run(op, inputs, sample)
    rng = np.random.default_rng(1)
    for k in floats:
        assert op.jvp is not None
        t = rng.standard_normal(inputs[k].shape)
        tangents = [t if i == k else None for i in range(len(inputs))]
        rule = op.jvp(tangents, y, inputs, sample.params)

        def along(x: np.ndarray, k: int = k) -> np.ndarray:
            return run(op, [*inputs[:k], x, *inputs[k + 1 :]], sample)

        number = numeric_jvp(along, inputs[k], t, op.analytic)
        rule = np.zeros_like(y) if rule is None else rule
        assert rule.dtype == y.dtype
        assert differs(rule, number) < 1e-8, (
            f"jvp of input {k} is off by {differs(rule, number):.2e}"
        )


def vjp_is_numeric(op: Op, sample: Sample) -> None:
    """⟨g, numeric derivative along t⟩ = ⟨vjp(g), t⟩, for each input, along every basis
    direction."""
    inputs, floats = fill(op, sample)
    y = run(op, inputs, sample)
    g = np.random.default_rng(2).standard_normal(y.shape)
    kept = g.copy()
    assert op.vjp is not None
    wants = [k in floats for k in range(len(inputs))]
    found = op.vjp(g, y, inputs, sample.params, wants)
    assert len(found) == len(inputs)
    assert np.array_equal(g, kept), "the rule changed the cotangent"
    for k in floats:
        x = inputs[k]
        m = np.zeros_like(x) if found[k] is None else np.asarray(found[k])
        assert m.shape == x.shape, f"message {m.shape} for an input {x.shape}"
        assert m.dtype == x.dtype
        number = np.zeros_like(x)
        for i in np.ndindex(x.shape):
            t = np.zeros_like(x)
            t[i] = 1.0

            def along(v: np.ndarray, k: int = k) -> np.ndarray:
                return run(op, [*inputs[:k], v, *inputs[k + 1 :]], sample)

            number[i] = np.sum(g * numeric_jvp(along, x, t, op.analytic))
        assert differs(m, number) < 1e-8, f"message to input {k} is off by {differs(m, number):.2e}"


def _messages(op: Op, sample: Sample, inputs: list[Any], floats: list[int], g: Any) -> list[Tensor]:
    """The messages as tensors on the graph, of inputs that are tensors on the graph."""
    y = op(*inputs, **sample.params)
    assert op.vjp is not None
    wants = [k in floats for k in range(len(inputs))]
    found = op.vjp(g, y, inputs, sample.params, wants)
    return [found[k] for k in floats if found[k] is not None]


def second_order(op: Op, sample: Sample) -> None:
    """The vjp rule, run on tensors, is differentiated by its own rules: compare with differences of
    the rule run on arrays."""
    from denpa.autodiff.backward import grad

    arrays, floats = fill(op, sample)
    y = run(op, arrays, sample)
    g = np.random.default_rng(3).standard_normal(y.shape)
    assert op.vjp is not None
    wants = [k in floats for k in range(len(arrays))]
    rng = np.random.default_rng(4)
    weights: list[np.ndarray] = []

    def total(values: list[Any]) -> float:
        found = op.vjp(g, run(op, values, sample), values, sample.params, wants)  # type: ignore[misc]
        parts = [np.asarray(found[k]) for k in floats if found[k] is not None]
        if not weights:
            weights.extend(rng.standard_normal(p.shape) for p in parts)
        return float(sum(np.sum(w * p) for w, p in zip(weights, parts, strict=True)))

    total(arrays)
    names: list[Any] = [
        tensor_of(a.copy()).requires_grad_() if k in floats else tensor_of(a)
        for k, a in enumerate(arrays)
    ]
    outputs = _messages(op, sample, names, floats, tensor_of(g))
    roots = [(o, w) for o, w in zip(outputs, weights, strict=True) if o.requires_grad]
    found = (
        grad(
            [o for o, _ in roots],
            [names[k] for k in floats],
            [tensor_of(w) for _, w in roots],
            materialize_grads=True,
        )
        if roots
        else tuple(tensor_of(np.zeros_like(arrays[k])) for k in floats)
    )
    for k, m in zip(floats, found, strict=True):
        assert m is not None
        t = rng.standard_normal(arrays[k].shape)

        def along(v: np.ndarray, k: int = k) -> np.ndarray:
            return np.asarray(total([*arrays[:k], v, *arrays[k + 1 :]]))

        number = numeric_jvp(along, arrays[k], t, False)
        rule = np.sum(m.numpy() * t)
        assert differs(rule, number) < 1e-6, f"second order in input {k}: {rule} against {number}"


def reads_only(op: Op, sample: Sample) -> None:
    """Inputs and cotangents may be read-only; none is changed."""
    inputs, floats = fill(op, sample)
    for x in inputs:
        x.flags.writeable = False
    y = run(op, inputs, sample)
    y.flags.writeable = False
    if op.vjp is not None and floats and op.kind != "nondiff":
        g = np.ones_like(y)
        g.flags.writeable = False
        op.vjp(g, y, inputs, sample.params, [k in floats for k in range(len(inputs))])


def strided_is_same(op: Op, sample: Sample) -> None:
    """Views with unusual strides give what copies give."""
    inputs, floats = fill(op, sample)
    odd = []
    for k, x in enumerate(inputs):
        if k in floats and x.ndim:
            wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]), x.dtype)
            wide[..., ::2] = x
            odd.append(wide[..., ::2])
        else:
            odd.append(x)
    y, z = run(op, inputs, sample), run(op, odd, sample)
    assert differs(z, y) < 1e-14
    if op.vjp is not None and floats and op.kind != "nondiff":
        g = np.random.default_rng(5).standard_normal(y.shape)
        wants = [k in floats for k in range(len(inputs))]
        a = op.vjp(g, y, inputs, sample.params, wants)
        b = op.vjp(np.asfortranarray(g), z, odd, sample.params, wants)
        for p, q in zip(a, b, strict=True):
            assert (p is None) == (q is None)
            if p is not None:
                assert differs(q, p) < 1e-14


def float32_is_near(op: Op, sample: Sample) -> None:
    """In float32 the rules stay in float32 and agree with float64 to single precision."""
    wide, floats = fill(op, sample)
    narrow = [x.astype("float32") if k in floats else x for k, x in enumerate(wide)]
    wide = [x.astype("float64") if k in floats else x for k, x in enumerate(narrow)]
    y, z = run(op, wide, sample), run(op, narrow, sample)
    wants = [k in floats for k in range(len(wide))]
    g = np.random.default_rng(6).standard_normal(y.shape).astype("float32")
    assert op.vjp is not None
    a = op.vjp(g.astype(y.dtype), y, wide, sample.params, wants)
    b = op.vjp(g.astype(z.dtype), z, narrow, sample.params, wants)
    for k, (p, q) in enumerate(zip(a, b, strict=True)):
        if p is not None:
            assert np.asarray(q).dtype == np.float32, f"message to input {k} is {q.dtype}"
            assert differs(q, p) < 2e-5


def traced_is_same(op: Op, sample: Sample) -> None:
    """Without data the op gives a value of the shape and dtype that it has with data, and the
    messages are equations that compute what the rule computes on arrays."""
    arrays, floats = fill(op, sample)
    y = run(op, arrays, sample)
    names = [Tensor(Value(x.shape, x.dtype, None, k in floats)) for k, x in enumerate(arrays)]
    out = op(*names, **sample.params)
    assert (out.shape, out.dtype) == (y.shape, y.dtype)
    if not floats or op.kind == "nondiff" or op.vjp is None:
        return
    from denpa.core.graph import Graph

    g = Tensor(Value(y.shape, y.dtype))
    messages = _messages(op, sample, names, floats, g)
    graph = Graph([*(n._value for n in names), g._value], [m._value for m in messages])
    graph.typecheck()
    cotangent = np.random.default_rng(7).standard_normal(y.shape)
    wants = [k in floats for k in range(len(arrays))]
    found = op.vjp(cotangent, y, arrays, sample.params, wants)
    expected = [found[k] for k in floats if found[k] is not None]
    for a, b in zip(graph(*arrays, cotangent), expected, strict=True):
        assert differs(a, b) < 1e-12


SHAPE_CLAUSES = (infer_is_eval, reads_only, strided_is_same, traced_is_same)
DERIVATIVE_CLAUSES = (jvp_is_numeric, vjp_is_numeric, second_order, float32_is_near)
