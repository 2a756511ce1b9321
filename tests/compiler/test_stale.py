"""No call uses a program that is out of date: compiled functions whose surroundings change between
calls, against the same functions run eagerly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.compiler.run.bound import Bound
from denpa.core.errors import GraphError
from tests.compiler.steps import graph
from tests.compiler.stories import COMPILED, EAGER, REFUSED, Case

F, nn = dp.nn.functional, dp.nn


def told(case: Case, wrap: Any) -> list[np.ndarray]:
    dp.manual_seed(3)
    return [np.array(t.detach().numpy()) for t in case(wrap)]


def compare(case: Case, found: list[np.ndarray]) -> None:
    expected = told(case, lambda f: f)
    assert len(found) == len(expected)
    for a, b in zip(expected, found, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", COMPILED)
def test_changes_are_followed_by_new_programs(name: str) -> None:
    made: list[Any] = []

    def wrap(f: Any) -> Any:
        made.append(graph(f))
        return made[-1]

    compare(COMPILED[name], told(COMPILED[name], wrap))  # a warning would be an error
    assert sum(len(c.programs()) for c in made) > 0


@pytest.mark.parametrize("name", COMPILED)
def test_the_cases_would_notice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the comparison every story but those of one state goes wrong."""
    monkeypatch.setattr(Bound, "holds", lambda self: True)
    try:
        found = told(COMPILED[name], graph)
    except (AssertionError, AttributeError, KeyError):
        return
    with pytest.raises(AssertionError):
        compare(COMPILED[name], found)


@pytest.mark.parametrize("name", EAGER)
def test_what_cannot_be_compared_runs_eagerly_and_says_so(name: str) -> None:
    with pytest.warns(
        RuntimeWarning, match=r"runs eagerly, since it .*\n    at (refusals|arguments)\.py:\d+"
    ) as w:
        found = told(EAGER[name], graph)
    assert len(w) == 1
    assert w[0].filename.endswith(("refusals.py", "arguments.py", "test_stale.py"))
    compare(EAGER[name], found)


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_happen_once_is_refused(name: str) -> None:
    with pytest.raises(GraphError, match=r"\n    at (test_stale|refusals|arguments)\.py:\d+"):
        told(REFUSED[name], graph)


def test_effects_before_an_error_of_the_functions_own_are_those_of_eager_mode() -> None:
    log: list[int] = []
    w = dp.ones(2, requires_grad=True)

    @graph
    def step(x: Any) -> Any:
        log.append(1)
        (w * x).sum().backward()
        raise KeyError("mine")

    for k in range(3):
        with pytest.raises(KeyError, match="mine"):
            step(dp.ones(2))
        assert len(log) == k + 1
        assert w.grad is not None
        assert w.grad.tolist() == [k + 1] * 2


def test_a_warning_after_64_traces_names_what_changed_and_the_line() -> None:
    config = {"scale": 0.0}

    @graph
    def step(x: Any) -> Any:
        return x.sum() * config["scale"]

    def run() -> None:
        for k in range(70):
            config["scale"] = float(k)
            assert step(dp.ones(2)).item() == 2.0 * k

    text = r"traced 64 times: .*config\['scale'\] was 63\.0, is 64\.0"
    with pytest.warns(RuntimeWarning, match=text) as w:
        run()
    assert "test_stale.py" in str(w[0].message)
    assert 'config["scale"]' in str(w[0].message)


def test_a_warning_names_the_argument_with_ever_new_numbers() -> None:
    @graph
    def step(x: Any, rate: float) -> Any:
        return x.sum() * rate

    text = (
        r"argument rate took the numbers 0\.0, 0\.5, 1\.0, 1\.5, ….*pass what changes as a tensor"
    )
    with pytest.warns(RuntimeWarning, match=text) as w:
        [step(dp.ones(2), k / 2) for k in range(12)]
    assert "test_stale.py" in str(w[0].message)


def test_arrays_that_become_tensors_are_read_at_each_call() -> None:
    """The program has no constant of the array's; its native code serves for all its numbers."""
    a = np.array([1.0, 2.0, 3.0])
    step = graph(lambda x: (x * dp.tensor(a)).sum() + dp.as_tensor(a)[0] + (x * a).sum())
    for k in range(4):
        a[1] = 10.0 * k
        assert step(dp.ones(3, dtype=dp.float64)).item() == 2 * a.sum() + 1
    assert len(step.programs()) == 4
    for bound in step.programs():
        assert not bound.program.graph.constants
        assert len(bound.program.graph.inputs) == 2
    assert len({id(bound.native()) for bound in step.programs()}) == 1


def test_unrelated_changes_cost_no_trace() -> None:
    class Trainer:
        def __init__(self) -> None:
            self.net, self.history, self.epoch = nn.Linear(2, 1), [], 0  # type: ignore[var-annotated]

        @graph
        def step(self, x: Any) -> Any:
            return self.net(x).sum()

        def report(self) -> str:
            return f"{self.epoch}: {self.history}"

    t = Trainer()
    for k in range(10):
        t.history.append(t.step(dp.ones(3, 2)).item())
        t.epoch = k
        t.best = k  # type: ignore[attr-defined]
    assert len(t.step.programs()) == 1
    assert t.step._traces == 1


def test_more_entries_than_can_be_compared() -> None:
    numbers = [float(k) for k in range(6000)]
    step = graph(lambda x: x.sum() * numbers[3])

    def run() -> None:
        for k in range(4):
            numbers[3] = float(k)
            assert step(dp.ones(1)).item() == k

    with pytest.warns(RuntimeWarning, match=r"reads numbers, with which there are more than 5,000"):
        run()


def test_a_change_in_the_middle_of_an_epoch() -> None:
    """Made by `progress`: the batches after it see it."""
    scale, calls = [-1.0], [0]
    x = dp.ones(4000, 1)

    @graph
    def step(x: Any) -> Any:
        return x.mean() * scale[0]

    def progress(done: int) -> None:
        calls.append(done)
        if len(calls) < 5:
            scale[0] = float(done)

    found = step.epoch(x, batch_size=4, progress=progress).tolist()
    seen = [-1.0 if k < calls[1] else max(c for c in calls[:4] if c <= k) for k in range(1000)]
    assert found == seen
    assert 5 <= len(calls) < 1000  # many batches at a time


def test_no_stale_program_in_training() -> None:
    """A loss whose weight a callback raises: the commonest of all."""

    class Annealed:
        beta = 0.0

        def __call__(self, out: Any, target: Any) -> Any:
            return ((out - target) ** 2).mean() + self.beta * out.abs().mean()

    rng = np.random.default_rng(0)
    x = rng.standard_normal((64, 3)).astype(np.float32)
    y = x @ np.array([[1.0], [-2.0], [3.0]], np.float32)

    def losses(backend: str) -> list[float]:
        dp.manual_seed(0)
        net, loss = nn.Linear(3, 1), Annealed()

        def weigh(event: Any, training: Any) -> None:
            if type(event).__name__ == "EpochEnded":
                loss.beta = 5.0

        weigh.per_batch = "never"  # type: ignore[attr-defined]
        opt = dp.optim.SGD(net.parameters(), lr=0.05)
        history = dp.train.fit(
            net, loss, (x, y), optimizer=opt, epochs=4, batch_size=16, progress=False,
            backend=backend, callbacks=[weigh],
        )  # fmt: skip
        return list(history["train_loss"])

    np.testing.assert_allclose(losses("native"), losses("eager"), rtol=1e-5)


def test_the_user_is_not_watched_longer_than_the_trace_takes() -> None:
    import cProfile
    import gc
    import sys

    step = graph(lambda x: x.sum())
    heard: list[str] = []

    def listener(frame: Any, event: str, arg: Any) -> None:
        heard.append(event)

    sys.setprofile(listener)
    try:
        step(dp.ones(1))
        assert sys.getprofile() is listener
    finally:
        sys.setprofile(None)
    assert heard
    assert gc.isenabled()
    profile = cProfile.Profile()
    profile.enable()
    graph(lambda x: x.sum() * 2)(dp.ones(1))
    dp.ones(3).sum()
    profile.disable()
    assert any(
        "sum" in str(entry.code) for entry in profile.getstats()
    )  # it went on after the trace
