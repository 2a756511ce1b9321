"""Copies of compiled functions, and what goes from call to call."""

from __future__ import annotations

import copy
import pickle
import warnings
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.compiler.run.compiled import Compiled
from denpa.core.errors import GraphError
from tests.compiler.steps import graph
from tests.compiler.stories import X

nn = dp.nn


# -- copies ----------------------------------------------------------------------------------------


@graph
def by_name(x: Any) -> Any:
    return x.sum()


class Trainer:
    def __init__(self) -> None:
        self.scale = 2.0

    @graph
    def step(self, x: Any) -> Any:
        return x.sum() * self.scale


def test_copies_and_pickles() -> None:
    assert pickle.loads(pickle.dumps(by_name)) is by_name
    assert copy.deepcopy(by_name) is by_name
    local = graph(lambda x: x.sum())
    with pytest.raises(TypeError, match=r"pickled by its name.*compile it where it is"):
        pickle.dumps(local)
    assert copy.copy(local)(X).item() == local(X).item()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_a_copied_trainer_runs_its_own_step(copied: Any) -> None:
    t = Trainer()
    t.step(X)
    u = copied(t)
    u.scale = 3.0
    assert u.step(X).item() == pytest.approx(1.5 * t.step(X).item())
    assert isinstance(u.step, Compiled)
    assert u.step is not t.step


def test_a_compiled_module_is_copied_with_its_parameters() -> None:
    net = nn.Linear(4, 2)
    f = graph(net)
    f(X)
    g = copy.deepcopy(f)
    with dp.no_grad():
        net.weight.zero_()
    assert (f(X) - net.bias).abs().max().item() == 0
    assert (g(X) - net.bias).abs().max().item() > 0


def test_an_object_with_slots_has_a_step_too() -> None:
    class Slotted:
        __slots__ = ("k",)

        def __init__(self, k: float) -> None:
            self.k = k

        @graph
        def step(self, x: Any) -> Any:
            return x.sum() * self.k

    a, b = Slotted(1.0), Slotted(2.0)
    for _ in range(3):
        assert b.step(X).item() == pytest.approx(2 * a.step(X).item())


def test_an_array_changed_before_a_backward_outside() -> None:
    net, a = nn.Linear(4, 1), np.ones(4, np.float32)

    def gradients(f: Any) -> list[Any]:
        found = []
        for k in (1.0, 2.0, 3.0):
            a[:] = k
            loss = f(X)
            a[:] = 7
            net.zero_grad()
            loss.backward()
            assert net.weight.grad is not None
            found.append(net.weight.grad.numpy().copy())
        return found

    def f(x: Any) -> Any:
        return net(x * dp.tensor(a)).sum()

    for x, y in zip(gradients(f), gradients(graph(f)), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-6)


def test_a_number_that_changes_at_every_call_is_not_compiled_each_time() -> None:
    scale = [0.0]
    step = graph(lambda x: x.sum() * scale[0])
    for k in range(40):
        scale[0] = float(k)
        assert step(X).item() == pytest.approx(k * X.sum().item(), rel=1e-5)
    assert len(step._made) == 8
    assert step.programs()[0]._native is None
    step(X)
    assert step.programs()[0]._native is not None
    assert step._traces == 40


def test_what_a_compiled_function_says_of_itself() -> None:
    step = graph(lambda x: x.sum() * next(numbers))
    numbers = iter([1.0] * 9)
    assert repr(by_name).endswith(" programs)")
    step(X)
    with pytest.warns(RuntimeWarning, match="used up"):
        step(X)
    assert "runs eagerly, since it reads numbers, a list_iterator" in repr(step)
    with pytest.raises(Exception, match="explain: <lambda> runs eagerly, since it reads numbers"):
        step.explain()


def test_eager_mode_is_given_the_very_same_arguments() -> None:
    seen: list[Any] = []

    class Log:
        def add(self, x: Any) -> None:
            seen.append(x)

    log = Log()

    @graph
    def step(x: Any, rows: list[Any], table: dict[str, Any]) -> Any:
        log.add(rows)
        log.add(table)
        rows.append(next(numbers))
        return x.sum()

    numbers = iter([1.0, 2.0])
    rows: list[Any] = [X]
    table = {"x": X, "rows": rows}
    step(X, rows, table)
    assert rows == [X, 1.0]
    assert seen[0] is rows
    assert seen[1] is table


def test_gradients_that_are_not_there_at_first() -> None:
    """Nobody clears them: the second step of an epoch is another program than the first."""

    def run(wrap: Any) -> list[Any]:
        dp.manual_seed(0)
        net = nn.Linear(4, 1)
        opt = dp.optim.SGD(net.parameters(), lr=0.1)

        def step(x: Any) -> Any:
            loss = net(x).square().mean()
            loss.backward()
            opt.step()
            return loss

        losses = wrap(step)
        assert net.weight.grad is not None
        return [*losses, *net.weight.grad.reshape(-1).tolist()]

    def plainly(step: Any) -> list[float]:
        return [step(X[k : k + 1]).item() for k in range(5)]

    found = run(lambda step: graph(step).epoch(X, batch_size=1).tolist())
    np.testing.assert_allclose(found, run(plainly), rtol=1e-5)


def test_a_tensor_of_the_program_as_an_argument() -> None:
    """After a program was made for another argument."""
    w = dp.ones(4, requires_grad=True)
    opt = dp.optim.SGD([w], lr=0.1)

    @graph
    def step(x: Any) -> Any:
        opt.zero_grad()
        loss = (x * w).sum() + (x**2).sum()
        loss.backward()
        opt.step()
        return loss

    expected = dp.ones(4, requires_grad=True)
    step(dp.ones(4, requires_grad=True))
    with dp.no_grad():
        w.fill_(1.0)
    w.grad = None
    with pytest.warns(RuntimeWarning, match="is given a tensor that it also reads or updates"):
        step(w)
    ((expected * expected).sum() + (expected**2).sum()).backward()
    assert expected.grad is not None
    with dp.no_grad():
        expected -= 0.1 * expected.grad
    assert w.tolist() == pytest.approx(expected.tolist())


def test_an_optimizers_step_replaced_in_a_callback() -> None:
    x = np.random.default_rng(0).standard_normal((32, 3)).astype(np.float32)

    def weights(backend: str) -> list[Any]:
        dp.manual_seed(0)
        net, found = nn.Linear(3, 1), []
        opt: Any = dp.optim.SGD(net.parameters(), lr=0.05)

        def change(event: Any, training: Any) -> None:
            if type(event).__name__ == "EpochEnded":
                found.append(net.weight.detach().numpy().copy())
                if len(found) == 1:
                    opt.step = lambda closure=None: None
                if len(found) == 2:
                    del opt.step
                if len(found) == 3:
                    opt.zero_grad = lambda set_to_none=True: None

        change.per_batch = "never"  # type: ignore[attr-defined]
        dp.train.fit(
            net, nn.MSELoss(), (x, x[:, :1]), optimizer=opt, epochs=5, batch_size=8,
            progress=False, backend=backend, callbacks=[change],
        )  # fmt: skip
        return found

    np.testing.assert_allclose(weights("native"), weights("eager"), rtol=1e-5, atol=1e-6)


def test_the_line_of_an_effect_is_where_it_is_written() -> None:
    o = Trainer()
    log = {"n": 0}

    @graph
    def step(x: Any) -> Any:
        y = x.sum() * o.scale * log["n"]
        log["n"] = log["n"] + 1  # the entry
        return y

    @graph
    def scaled(x: Any) -> Any:
        y = x.sum() * o.scale
        o.scale = o.scale + 1  # the attribute
        return y

    with pytest.raises(GraphError, match=r"changes log\['n'\] \(it was 0\)(.|\n)*# the entry"):
        step(X)
    with pytest.raises(GraphError, match=r"changes o\.scale \(it was 2\.0\)(.|\n)*# the attribute"):
        scaled(X)


def test_a_loss_that_keeps_its_target_is_trained_once() -> None:
    """What is stored is an argument itself: no step is done twice, in fit or in an epoch."""
    x = np.random.default_rng(0).standard_normal((48, 3)).astype(np.float32)

    class Keeping:
        def __call__(self, out: Any, target: Any) -> Any:
            self.target, self.weight = target, net.weight
            return ((out - target) ** 2).mean()

    found = []
    for backend in ("eager", "native"):
        dp.manual_seed(0)
        net, loss = nn.Linear(3, 1), Keeping()
        opt = dp.optim.Adam(net.parameters(), lr=0.05)
        for _ in range(2):
            dp.train.fit(
                net, loss, (x, x[:, :1]), optimizer=opt, epochs=2, batch_size=12, progress=False,
                backend=backend,
            )  # fmt: skip
        assert loss.weight is net.weight
        found.append((opt.state[net.weight]["step"].item(), loss.target.numpy(), net.weight))
    (a, target, weight), (b, other, learned) = found
    assert a == b == 16
    np.testing.assert_array_equal(target, other)
    np.testing.assert_allclose(learned.detach().numpy(), weight.detach().numpy(), rtol=1e-4)


def test_an_epoch_that_cannot_be_stacked_does_no_step() -> None:
    w = dp.zeros(1)

    @graph
    def step(x: Any) -> Any:
        w.add_(1.0)
        return x

    with pytest.raises(ValueError, match="returns one of its arguments"):
        step.epoch(X, batch_size=1)
    assert w.item() == 0


def test_no_warning_where_all_is_well() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            by_name(X)
