"""What users bring along, natively: what cannot be compiled, mistakes, no llvmlite, Ctrl-C."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
import warnings

import numpy as np
import pytest

from denpa import nn, randn
from denpa.functional import manual_seed
from denpa.optim import SGD
from denpa.optim.lr_scheduler import ExponentialLR
from denpa.train import BatchEnded, EpochEnded, EpochStarted, TrainEnded, fit, predict
from denpa.train.models import mlp

RNG = np.random.default_rng(0)
X = RNG.normal(size=(75, 3)).astype(np.float32)
LABELS = (X[:, 0] > 0).astype(np.int64)
VALUES = X @ np.array([[1.0], [-2.0], [0.5]], np.float32)
HELD = (X[:30], LABELS[:30])
FEW = {"epochs": 3, "batch_size": 15, "progress": False, "seed": 4}


def test_what_cannot_be_compiled_runs_eagerly_and_says_why():
    def loss(output, y):
        error = nn.functional.cross_entropy(output, y)
        return error * 2 if float(error) > 0.5 else error

    kinds = []
    found = []
    for backend in ("eager", "native"):
        manual_seed(1)
        net = mlp(inputs=3, outputs=2, hidden=[8])
        options = {**FEW, "backend": backend, "validation": HELD}
        callbacks = [lambda event, training: kinds.append(event)]
        if backend == "native":
            with pytest.warns(
                RuntimeWarning, match=r"runs eagerly.*test_native_users\.py:\d+"
            ) as caught:
                found.append(fit(net, loss, (X, LABELS), callbacks=callbacks, **options))
            assert len(caught) == 1
            assert caught[0].filename == __file__
        else:
            found.append(fit(net, loss, (X, LABELS), **options))
    assert found[0]["train_loss"] == found[1]["train_loss"]
    assert isinstance(kinds[-1], TrainEnded)
    assert kinds[-1].notes["backend"] == "eager"


@pytest.mark.parametrize("when", ["partial batch", "second epoch"])
def test_what_cannot_be_compiled_may_come_late(when):
    """When the rates of several batches have been read off the schedule already."""
    found = []
    for backend in ("eager", "native"):
        late = [False]

        def loss(output, y, late=late):
            error = nn.functional.cross_entropy(output, y)
            odd = late[0] if when == "second epoch" else len(y) < 8
            return error * float(error.detach()) if odd else error

        def turn(event, training, late=late):
            late[0] = late[0] or isinstance(event, EpochEnded)

        turn.per_batch = "never"
        manual_seed(1)
        net = mlp(inputs=3, outputs=2, hidden=[8])
        opt = SGD(net.parameters(), lr=0.1)
        plan = ExponentialLR(opt, 0.95)
        options = {**FEW, "batch_size": 8, "backend": backend}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            history = fit(net, loss, (X, LABELS), optimizer=opt, schedule=plan,
                          schedule_per="batch", callbacks=[turn], **options)  # fmt: skip
        assert len(caught) == (backend == "native")
        found.append((history, opt.param_groups[0]["lr"], plan.state_dict()))
    (a, *rest), (b, *other) = found
    np.testing.assert_allclose(b["train_loss"], a["train_loss"], rtol=1e-5)
    assert b["learning_rate"] == a["learning_rate"]
    assert rest == other


def test_a_loss_with_an_effect_runs_eagerly():
    seen = []

    def loss(output, y):
        seen.append(1)
        return nn.functional.mse_loss(output, y)

    with pytest.warns(RuntimeWarning, match="runs eagerly"):
        fit(nn.Linear(3, 1), loss, (X, VALUES), **FEW)
    assert len(seen) >= 15


def test_a_layer_that_keeps_a_record_runs_eagerly():
    class Keeps(nn.Linear):
        def __init__(self):
            super().__init__(3, 1)
            self.seen = []

        def forward(self, x):
            self.seen.append(x.shape)
            return super().forward(x)

    net = Keeps()
    with pytest.warns(RuntimeWarning, match="runs eagerly"):
        fit(net, nn.MSELoss(), (X, VALUES), **FEW)
    assert len(net.seen) == 15
    predict(net, X, 15)
    assert len(net.seen) == 20


def draws(draw):
    class Noisy(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(3, 1)

        def forward(self, x):
            return self.linear(x + draw())

    manual_seed(1)
    return Noisy()


GENERATOR = np.random.default_rng(3)
LEGACY = np.random.RandomState(1)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: GENERATOR.normal(),
        lambda: np.random.normal(),
        lambda: random.gauss(0, 1),
        lambda own=LEGACY: own.normal(),
    ],
)
def test_noise_that_numpy_or_python_draws_is_new_at_every_step(draw):
    found = []
    for backend in ("eager", "native"):
        random.seed(0)
        np.random.seed(0)
        GENERATOR.bit_generator.state = np.random.default_rng(3).bit_generator.state
        LEGACY.seed(1)
        net = draws(draw)
        if backend == "native":
            with pytest.warns(RuntimeWarning, match="which draws random numbers with NumPy"):
                history = fit(net, nn.MSELoss(), (X, VALUES), **FEW)
        else:
            history = fit(net, nn.MSELoss(), (X, VALUES), backend=backend, **FEW)
        found.append(history["train_loss"])
    assert found[0] == found[1]


@pytest.mark.filterwarnings("error")
def test_noise_that_denpa_draws_is_native():
    found = []
    for backend in ("eager", "native"):
        net = draws(lambda: randn(1))
        found.append(fit(net, nn.MSELoss(), (X, VALUES), backend=backend, **FEW)["train_loss"])
    np.testing.assert_allclose(found[1], found[0], rtol=1e-5)


def test_what_is_printed_is_printed_at_every_step(capsys):
    def loss(output, y):
        print("loss")
        return nn.functional.mse_loss(output, y)

    with pytest.warns(RuntimeWarning, match="it calls print"):
        fit(nn.Linear(3, 1), loss, (X, VALUES), **FEW)
    assert capsys.readouterr().out == "loss\n" * 15


@pytest.mark.parametrize("place", ["layer", "parameter"])
def test_hooks_hear_of_every_step(place):
    net, heard = nn.Linear(3, 1), []
    if place == "layer":
        net.register_forward_hook(lambda module, inputs, output: heard.append(1))
    else:
        net.weight.register_hook(lambda gradient: heard.append(1))
    with pytest.warns(RuntimeWarning, match="runs eagerly"):
        fit(net, nn.MSELoss(), (X, VALUES), **FEW)
    assert len(heard) == 15


def test_a_number_that_a_callback_changes_is_followed():
    weights = []
    for backend in ("eager", "native"):
        share = [1.0]

        def change(event, training, share=share):
            share[0] *= 0.5

        def loss(output, y, share=share):
            return share[0] * nn.functional.mse_loss(output, y)

        change.per_batch = "never"
        manual_seed(1)
        net = nn.Linear(3, 1)
        fit(net, loss, (X, VALUES), callbacks=[change], optimizer=SGD(net.parameters(), lr=0.1),
            backend=backend, **FEW)  # fmt: skip
        weights.append(net.weight.detach().numpy().copy())
    np.testing.assert_allclose(weights[1], weights[0], rtol=1e-5)


@pytest.mark.filterwarnings("error")
def test_the_users_mistakes_are_told_as_in_eager_mode():
    texts = []
    for backend in ("eager", "native"):
        for loss, y in ((nn.CrossEntropyLoss(), LABELS + 1), (nn.MSELoss(reduction="none"), X)):
            with pytest.raises(Exception) as caught:  # noqa: PT011
                fit(
                    mlp(inputs=3, outputs=2, hidden=[8]),
                    loss,
                    (X, y[:, :2] if y.ndim > 1 else y),
                    backend=backend,
                    **FEW,
                )
            texts.append((type(caught.value), str(caught.value)))
    assert texts[:2] == texts[2:]


def test_without_llvmlite_training_is_eager_and_one_line_says_so():
    code = """
        import sys, warnings
        class Blocker:
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] == "llvmlite":
                    raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        sys.meta_path.insert(0, Blocker())
        import numpy as np, denpa as dp
        x = np.ones((6000, 3), np.float32)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for _ in range(2):
                net = dp.nn.Linear(3, 1)
                h = dp.train.fit(net, dp.nn.MSELoss(), (x, x[:, :1]), epochs=2, progress=False)
                dp.train.predict(net, x)
        print(len(h), len(caught), caught[0].message)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True,
                          text=True, timeout=600, check=True)  # fmt: skip
    assert done.stdout.startswith("2 1 llvmlite is not installed"), done.stdout


# -- Ctrl-C ----------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals to a thread")
def test_ctrl_c_is_answered_after_the_running_chunk_and_keeps_the_best_weights():
    """Another thread presses it in the middle of an epoch of native code."""
    state = {}

    def press(training):
        steps = training.steps
        while steps.done < state["start"] + 50:  # native code of this epoch is at work
            time.sleep(0.001)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        state["done"] = steps.done

    def tell(event, training):
        if isinstance(event, EpochEnded) and event.best:  # many epochs may pass before the press
            state["best"] = net[0].weight.detach().numpy().copy()
        if isinstance(event, EpochStarted) and event.epoch == 2:
            state["start"] = training.steps.done
            state["training"] = training
            state["thread"] = threading.Thread(target=press, args=(training,))
            state["thread"].start()

    tell.per_batch = "never"
    x = np.random.default_rng(0).normal(size=(4000, 64)).astype(np.float32)
    net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
    history = fit(net, nn.MSELoss(), (x, x[:, :1]), epochs=100_000, batch_size=4, progress=False,
                  callbacks=[tell])  # fmt: skip
    state["thread"].join()
    assert history.reason == "interrupted"
    assert len(history) < 100_000
    assert np.array_equal(net[0].weight.detach().numpy(), state["best"])
    steps = state["training"].steps
    assert steps.backend == "native"
    assert steps.done <= state["done"]  # no chunk was begun after it


class Clock:
    """Time that goes by only while batches are computed."""

    def __init__(self, steps, each):
        self.now, self.each, self.chunks = 0.0, each, []
        self.rows = steps._rows

    def perf_counter(self):
        return self.now

    def computed(self, arrays, chosen, size):
        chunk = self.rows(arrays, chosen, size)
        self.now += len(chunk.sizes) * self.each
        self.chunks.append(len(chunk.sizes))
        return chunk


@pytest.mark.parametrize("fit_in", [500.5, 50.5, 5.5, 1.5, 0.1])
def test_python_looks_up_after_50_ms_of_native_code(monkeypatch, fit_in):
    """As many batches as fit in, however slow the machine is; one, if none does."""
    each, most = 0.05 / fit_in, max(1, int(fit_in))
    heard, clocks = [], []

    def hear(event, training):
        if isinstance(event, EpochStarted) and event.epoch == 1:
            clock = Clock(training.steps, each)
            training.steps._rows = clock.computed
            monkeypatch.setattr("denpa.train.steps.time", clock)
            clocks.append(clock)
        if isinstance(event, BatchEnded):
            heard.append((event.epoch, event.batch))

    hear.per_batch = "latest"
    x = np.tile(X, (40, 1))
    fit(mlp(inputs=3, outputs=1, hidden=[4]), nn.MSELoss(), (x, x[:, :1]), callbacks=[hear],
        **{**FEW, "batch_size": 1, "epochs": 2})  # fmt: skip
    chunks = clocks[0].chunks
    assert sum(chunks) == 2 * len(x)
    assert len(chunks) == len(heard)  # the bar, and whoever ends training, hear of each
    assert heard == sorted(set(heard))
    growth = [min(8**k, most) for k in range(4)]  # carefully at first
    assert chunks[:4] == growth
    assert max(chunks) == most
    assert chunks[4:-1].count(most) >= len(chunks[4:-1]) - 2  # less at the end of an epoch
