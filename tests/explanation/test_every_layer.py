"""Derivations, messages and blame agree with backward() for every layer and every loss."""

from __future__ import annotations

import numpy as np
import pytest

import denpa as dp
from denpa import nn
from tests.explanation.nets import ALL, LAYERS, LOSSES


def test_every_layer_and_loss_is_tried() -> None:
    made = {n for n in nn.__all__ if isinstance(getattr(nn, n), type)} - {
        "Module", "ModuleDict", "ModuleList", "Parameter", "ParameterList", "Row", "Summary",
        "Sequential",
    }  # fmt: skip
    tried = {name.split()[0] for name in (*LAYERS, *LOSSES)}
    assert made <= tried


@pytest.fixture(params=list(ALL))
def loss(request):
    dp.manual_seed(3)
    made, net = ALL[request.param]()
    yield made
    del net  # its parameters have their names for as long as it lives


def parameters(loss):
    """The leaves with gradients, by their names in the explanation."""
    e = dp.explain(loss)
    loss.backward(retain_graph=True)
    found = {}
    for n in e._tape.nodes:
        if n.op is None and n.value.requires_grad:
            found[n.name] = n.value.owner().grad.numpy()
    return e, found


def test_messages_are_the_gradients_of_backward(loss):
    e, grads = parameters(loss)
    assert grads
    largest = max(np.abs(g).max() for g in grads.values())
    for name, grad in grads.items():
        delta = e.delta(name)
        assert delta.shape == grad.shape
        top = max(np.abs(grad).max(), 0.01 * largest)  # before batch norm a bias has gradient 0
        assert np.abs(delta - grad).max() <= 2e-5 * top, name
        arriving = sum(m.array for m in e.messages(name).arriving)
        assert np.allclose(arriving, delta, rtol=0, atol=1e-12 * top)


def test_a_derivation_is_the_gradient(loss):
    e, grads = parameters(loss)
    rng = np.random.default_rng(0)
    for name, grad in grads.items():
        for _ in range(4):
            at = tuple(int(rng.integers(n)) for n in grad.shape)
            d = e.derivation(name, at)
            assert d.gradient == grad[at], "the very bits of backward()"
            assert d.agrees, (name, at, d.result, d.gradient, d.tolerance)
            assert abs(d.result - e.delta(name)[at]) <= 16 * d.bound + 1e-300
            for level in d.levels[:-1]:
                terms = sum(t.delta * t.partial for t in level.terms)
                assert abs(terms - level.total) <= 1e-9 * max(1, abs(level.total))
                assert level.total == pytest.approx(e.delta(level.name)[level.index], rel=1e-9,
                                                    abs=1e-12)  # fmt: skip


def test_the_tolerance_is_no_blanket(loss):
    """A gradient that is off by a thousandth does not agree."""
    e, grads = parameters(loss)
    checked = 0
    for name, grad in grads.items():
        at = np.unravel_index(int(np.abs(grad).argmax()), grad.shape)
        d = e.derivation(name, at)
        if grad[at] and abs(grad[at]) > 1e-4:
            checked += abs(grad[at] * 1e-3) > d.tolerance
    assert checked


def test_the_terms_of_the_examples_add_up(loss):
    e, grads = parameters(loss)
    size = e.batch_size
    assert size in (3, 5, 6)
    rng = np.random.default_rng(1)
    top = max(float(np.abs(g).max()) for g in grads.values())
    for name, grad in grads.items():
        at = tuple(int(rng.integers(n)) for n in grad.shape)
        found = e.blame(name, at)
        assert sorted(s.sample for s in found.shares) == list(range(size))
        assert found.total == pytest.approx(e.delta(name)[at], abs=1e-10 * top)
        each = [e.derivation(name, at, sample=k).result for k in range(size)]
        assert sum(each) + found.rest == pytest.approx(e.delta(name)[at], abs=1e-10 * top)
        for share in found.shares:
            assert each[share.sample] == pytest.approx(share.term, abs=1e-10 * top)
        whole = e.blame(name)
        assert whole.total == pytest.approx(
            float(np.linalg.norm(e.delta(name))), rel=1e-9, abs=1e-12 * top
        )


def test_a_record_can_be_written(loss):
    import json

    e = dp.explain(loss)
    text = json.dumps(e.to_dict(), allow_nan=False)
    assert len(text) < 3_000_000
    checks = {c["what"]: c for c in e.to_dict()["checks"]}
    assert checks["messages"]["worst"] < 1e-4
    assert checks["local"]["worst"] < 1e-12
