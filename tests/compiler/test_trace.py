"""What a trace finds, what it refuses, and that it leaves everything as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.autodiff.mode import STATE
from denpa.compiler.run.entry import text_of
from denpa.compiler.trace.program import trace
from denpa.core.errors import GraphError
from tests.compiler.steps import batch, mlp, noisy

F = dp.nn.functional


def traced(f: Any, *args: Any, varying: frozenset[str] = frozenset({"lr"})) -> Any:
    specs = [(a.shape, a.dtype, a.requires_grad) for a in args]
    return trace(f, args, {}, specs, varying)


def test_what_is_input_state_and_result() -> None:
    net = dp.nn.Linear(3, 2)
    opt = dp.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)

    def step(x: Any, y: Any) -> Any:
        opt.zero_grad()
        loss = F.mse_loss(net(x), y)
        loss.backward()
        opt.step()
        return loss

    p = traced(step, dp.ones(4, 3), dp.ones(4, 2))
    p.graph.typecheck()
    held = [id(c.tensor) for c in p.captured]
    buffers = [opt.state[w]["momentum_buffer"] for w in (net.weight, net.bias)]
    assert set(held) == {id(t) for t in (net.weight, net.bias, *buffers)}
    assert [t.shape for t in p.fresh] == [(2, 3), (2,)]
    assert [o.key for o in p.options] == ["lr"]
    assert len(p.graph.inputs) == 2 + 4 + 2 + 1
    assert len(p.state) == 4 + 2
    assert [r.kind for r in p.results] == ["output"]
    for i, j in p.state:
        old, new = p.graph.inputs[i], p.graph.outputs[j]
        assert (old.shape, old.dtype) == (new.shape, new.dtype)


def test_all_is_put_back() -> None:
    net = dp.nn.Sequential(dp.nn.Linear(3, 2), dp.nn.BatchNorm1d(2), dp.nn.Dropout())
    opt = dp.optim.Adam(net.parameters())
    net[0].weight.grad = dp.ones(2, 3)
    before = [t._value for t in (*net.parameters(), *net.buffers())]
    arrays = [v.array.copy() for v in before]
    grads = [p.grad for p in net.parameters()]
    random = dp.get_rng_state().tolist()
    slots = (dp.Tensor.__dict__["_value"], dp.Tensor.__dict__["_grad"])

    def step(x: Any, fault: bool) -> Any:
        opt.zero_grad()
        net(x).sum().backward()
        opt.step()
        if fault:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        trace(step, (dp.ones(4, 3), True), {}, [((4, 3), dp.float32, False)])
    assert not any(opt.state.values())  # it was made in the trace, for nothing
    trace(step, (dp.ones(4, 3), False), {}, [((4, 3), dp.float32, False)])
    assert [t._value for t in (*net.parameters(), *net.buffers())] == before
    for v, a in zip(before, arrays, strict=True):
        np.testing.assert_array_equal(v.array, a)
    assert all(a is b for a, b in zip([p.grad for p in net.parameters()], grads, strict=True))
    assert dp.get_rng_state().tolist() == random
    assert (dp.Tensor.__dict__["_value"], dp.Tensor.__dict__["_grad"]) == slots
    assert STATE.tracer is None
    assert all((t.numpy() == 0).all() for s in opt.state.values() for t in s.values())


def test_constants_are_constants_and_unread_tensors_no_inputs() -> None:
    table = dp.ones(5, 2)
    p = traced(lambda x: x * dp.full((3,), 2.0) + np.ones(3, np.float32) * len(table), dp.ones(3))
    assert len(p.graph.inputs) == 1
    assert [c.tensor for c in p.watched] == [table] or p.watched[0].tensor is table
    assert p.graph(np.ones(3, np.float32))[0].tolist() == [7, 7, 7]


def test_a_mixture_of_known_and_unknown_operands_has_a_backward() -> None:
    """Batch norm in prediction: statistics with numbers, parameters without."""
    net = dp.nn.BatchNorm1d(2).eval()

    def f(x: Any) -> Any:
        y = F.batch_norm(x, dp.zeros(2), dp.ones(2), net.weight, net.bias)
        y.sum().backward()
        return net.weight.grad

    p = traced(f, dp.ones(4, 2))
    x = np.arange(8, dtype=np.float32).reshape(4, 2)
    inputs = [x] + [c.before.array for c in p.captured] + [np.zeros(2, np.float32)] * len(p.fresh)
    np.testing.assert_allclose(p.graph(*inputs)[0], x.sum(0), rtol=1e-4)


W = dp.ones(3)
KEPT: list[Any] = []


COUNT = 0


def global_store(x: Any) -> Any:
    global COUNT
    COUNT = 1
    return x


class Plain:
    def __init__(self) -> None:
        self.count = 0


PLAIN_OBJECT = Plain()


def attribute_store(x: Any) -> Any:
    PLAIN_OBJECT.count = 1
    return x


class Counting(dp.nn.Module):
    calls = 0

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0
        self.last = None

    def forward(self, x: Any) -> Any:
        self.seen += 1
        self.last = x
        return x


COUNTING = Counting()


def enclosing() -> Any:
    total = 0.0

    def nonlocal_store(x: Any) -> Any:
        nonlocal total
        total = 1.0
        return x + total

    return nonlocal_store


class Peeks(dp.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return x * x.detach().numpy().max()

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return g * 2


def lbfgs(x: Any) -> Any:
    w = dp.zeros(1, requires_grad=True)
    dp.optim.LBFGS([w]).step(lambda: ((w - x.sum()) ** 2).sum())
    return w


def loaded(x: Any) -> Any:
    data = dp.utils.data.DataLoader(dp.utils.data.TensorDataset(W), batch_size=2)
    return sum(part.sum() for (part,) in data)


def in_place(x: Any) -> Any:
    x.add_(1)
    return x


def stale_view(x: Any) -> Any:
    first = W[:1]
    first.add_(1)
    first.add_(1)  # W is no view of it any more
    return W.sum()


def schedule(x: Any) -> Any:
    PLAIN.zero_grad()
    (V * x).sum().backward()
    PLAIN.step()
    RATES.step()
    return x


V = dp.ones(3, requires_grad=True)
OUTSIDE = V * 2
PLAIN = dp.optim.SGD([V], lr=0.1)
RATES = dp.optim.lr_scheduler.StepLR(PLAIN, 1)

REFUSED: dict[str, tuple[Any, str]] = {
    "if": (lambda x: x if x.sum() > 0 else -x, r"not known while .* where\(\)"),
    "item": (lambda x: x.sum().item(), "return what is needed outside"),
    "format": (lambda x: f"{x.sum():.3f}", "not known"),
    "numpy": (lambda x: x.numpy().sum(), "not known"),
    "captured": (lambda x: x * float(W.sum()), "not known"),
    "tolist": (lambda x: W.tolist(), "not known"),
    "global": (global_store, r"changes COUNT \(it was 0\); .* Return the value"),
    "attribute": (attribute_store, r"changes PLAIN_OBJECT\.count \(it was 0\)"),
    "nonlocal": (enclosing(), r"changes total \(it was 0\.0\)"),
    "module": (lambda x: COUNTING(x), r"changes COUNTING\.seen \(it was 0\)"),
    "list": (lambda x: KEPT.append(x) or x, r"changes KEPT \(it was \[\]\)"),
    "function": (lambda x: Peeks.apply(x), "values of .* are not known while"),
    "lbfgs": (lbfgs, r"LBFGS\.step, which decides by numbers, .* compile its closure"),
    "loader": (loaded, "a loop over a DataLoader cannot .* pass each batch"),
    "argument": (in_place, "changes its argument .* in place"),
    "view": (stale_view, "a view of .* was taken, and one of the two changed"),
    "schedule": (schedule, "changes the option 'lr' of an optimizer"),
    "flag": (lambda x: V.requires_grad_(False) * x, "requires_grad of .* is set inside"),
    "outside": (lambda x: (OUTSIDE * x).sum().backward(), "computed outside the compiled"),
    "records": (lambda x: W.mul_(V), "changed in place by something that requires"),
    "shape": (lambda x: setattr(W, "data", x[:2]), "cannot change a shape or dtype"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_program_cannot_do(name: str) -> None:
    f, text = REFUSED[name]
    before = W._value, V._value, PLAIN.param_groups[0]["lr"], COUNTING.seen, COUNTING.last
    with pytest.raises(GraphError, match=text) as caught:
        traced(f, dp.ones(3))
    assert "test_trace.py:" in str(caught.value)
    after = W._value, V._value, PLAIN.param_groups[0]["lr"], COUNTING.seen, COUNTING.last
    assert before == after
    assert not KEPT
    assert V.requires_grad


def test_a_tensor_that_escapes_says_so() -> None:
    """No way is known by which one gets out, but through Denpa's own records."""
    held = dp.Tensor(traced(lambda x: x * 2, dp.ones(3)).graph.outputs[0])
    with pytest.raises(GraphError, match=r"nor afterwards; .* return what is needed outside"):
        held.numpy()
    with pytest.raises(GraphError, match="made inside another compiled function"):
        traced(lambda x: x + held, dp.ones(3))


@pytest.mark.parametrize("make", [mlp, noisy])
@pytest.mark.parametrize("optimizer", [dp.optim.SGD, dp.optim.Adam])
def test_a_second_trace_gives_the_same_graph_and_constants(make: Any, optimizer: Any) -> None:
    """The first leaves nothing behind that the second would find."""
    net = make()
    opt = optimizer(net.parameters(), lr=0.1)
    table, weight = np.arange(3.0), {"a": 0.5}
    seen: dict[str, Any] = {"mean": dp.zeros(3)}

    def step(x: Any, y: Any) -> Any:
        opt.zero_grad()
        out = net(x) * weight["a"] + dp.tensor(table).float() + float(table[1])
        seen["mean"] = 0.9 * seen["mean"] + out.detach().mean(0)
        loss = F.cross_entropy(out, y)
        loss.backward()
        opt.step()
        return loss

    x, y = map(dp.tensor, batch(0))
    step(x, y)
    first, second = (text_of(traced(step, x, y).graph) for _ in range(2))
    assert first == second
    weight["a"] = 0.25
    assert text_of(traced(step, x, y).graph) != first


def test_overlapping_memory_is_refused() -> None:
    a = dp.zeros(4)
    b = a[1:3]

    def f(x: Any) -> Any:
        a.add_(1)
        return x + b.sum()

    with pytest.raises(GraphError, match="shares memory"):
        dp.compile(f, backend="graph")(dp.ones(1))
    twice = dp.compile(lambda x: a.add_(x), backend="graph")
    with pytest.raises(GraphError, match="shares memory"):
        twice(a[:])


def test_an_argument_that_is_read_from_outside_too() -> None:
    """It would be two tensors in the program."""
    w = dp.ones(3, requires_grad=True)
    opt = dp.optim.SGD([w], lr=0.1)

    def step(x: Any) -> Any:
        opt.zero_grad()
        loss = (x**2).sum()
        loss.backward()
        opt.step()
        return loss

    compiled = dp.compile(step, backend="graph")
    found = [compiled(w).item()]
    w.grad = None
    with pytest.warns(RuntimeWarning, match="is given x, a tensor that it also reads or updates"):
        found.append(compiled(w).item())
    assert found == pytest.approx([3.0, 3 * 0.8**2])


def test_a_write_reaches_the_views_taken_before() -> None:
    a = dp.tensor(np.arange(12.0).reshape(3, 4))

    def read(t: Any) -> Any:
        column, rows, flat = t.T[0], t[1:], t.view(-1)
        t.mul_(2)
        flat.add_(1)
        return dp.cat([column, rows.reshape(-1), flat])

    p = traced(lambda x: read(a), dp.ones(1))
    i = p.state[0][0]
    arrays: list[Any] = [np.ones(1, np.float32), None]
    arrays[i] = np.arange(12.0).reshape(3, 4)
    want = 2 * np.arange(12.0).reshape(3, 4) + 1
    found = p.graph(*arrays)[0]
    np.testing.assert_array_equal(
        found, np.concatenate([want[:, 0], want[1:].ravel(), want.ravel()])
    )


def test_a_view_is_written_through() -> None:
    a = dp.tensor(np.arange(12.0).reshape(3, 4))
    b = a.clone()

    def change(t: Any) -> Any:
        t[1:, ::2].mul_(10)
        t.T[0].add_(1)
        t.reshape(-1)[3:5].zero_()
        t[2] += 7
        t.diagonal(1).add_(20)
        t.unflatten(1, (2, 2)).diagonal(-1, 2, 0).mul_(3)
        t.detach().view(4, 3)[0, 0] = -1
        return t.sum()

    change(a)
    p = traced(lambda x: change(b), dp.ones(1))
    (new,) = (p.graph.outputs[j] for _, j in p.state)
    i = p.state[0][0]
    arrays: list[Any] = [np.ones(1, np.float32), None]
    arrays[i] = b.numpy()
    total, found = p.graph(*arrays)
    assert new.shape == (3, 4)
    np.testing.assert_array_equal(found, a.numpy())
    assert total == a.sum().item()
