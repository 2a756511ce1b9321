"""Negative controls: what training would look like if a sign, a count or a mode were wrong."""

from __future__ import annotations

import random

import numpy as np
import pytest

import denpa as dp
from denpa import nn
from denpa.optim import SGD
from denpa.runs.layers import observe
from denpa.train import (
    BatchEnded,
    Checkpoint,
    EarlyStopping,
    EpochEnded,
    TrainStarted,
    evaluate,
    fit,
    predict,
)
from denpa.train.batches import order, stream
from denpa.train.checkpoint import load_tree
from denpa.train.gradcheck import check_gradients
from denpa.train.models import mlp
from denpa.train.training import Training

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)).astype(np.float32)
Y = (X @ np.array([[1.0], [-2.0], [0.5]])).astype(np.float32)
LABELS = (X[:, 0] > 0).astype(np.int64)
BACKENDS = ["eager", "native"]


def watched(monitor, values, *callbacks):
    """A run whose epochs have these figures, the network's weight being the number of its epoch."""
    net = nn.Linear(1, 1)
    training = Training(net, SGD(net.parameters(), lr=0.1), None, callbacks, monitor)
    training.emit(TrainStarted(len(values), 1, 1, 1, 1, 2, 0))
    for epoch, value in enumerate(values, 1):
        with dp.no_grad():
            net.weight.fill_(float(epoch))
        training.end_epoch({"epoch": epoch, monitor: value})
        if training._stop is not None:
            break
    return training


# -- which epoch is the best -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("monitor", "values", "best"),
    [
        ("val_accuracy", [0.5, 0.9, 0.7], 2),
        ("train_accuracy", [0.9, 0.5, 0.95], 3),
        ("accuracy", [0.2, 0.1], 1),
        ("val_loss", [0.5, 0.9, 0.4, 0.7], 3),
        ("train_loss", [-0.5, -0.9, -0.4], 2),
        ("val_loss", [0.5, 0.5, 0.5], 1),  # equal is not better
        ("val_accuracy", [0.5, 0.5], 1),
        ("val_loss", [float("nan"), float("inf"), 3.0, float("nan"), 2.0, float("-inf")], 5),
        ("val_accuracy", [float("nan"), 0.5, float("inf")], 2),
    ],
)
def test_the_best_epoch_has_the_least_loss_or_the_greatest_accuracy(monitor, values, best):
    said = []

    def listen(event, training):
        if isinstance(event, EpochEnded) and event.best:
            said.append(event.epoch)

    training = watched(monitor, values, listen)
    assert training.history.best_epoch == best == said[-1]
    training.restore_best()
    assert training.net.weight.item() == best


@pytest.mark.parametrize("backend", BACKENDS)
def test_fit_gives_back_the_weights_of_the_greatest_accuracy(backend):
    """The labels held out follow the opposite rule: the better it learns, the fewer are right."""
    net = nn.Linear(3, 2)
    with dp.no_grad():
        net.weight.copy_(dp.tensor([[0.1, 0.3, 0.0], [-0.1, -0.3, 0.0]]))
        net.bias.zero_()
    other = (X, 1 - LABELS)
    history = fit(net, nn.CrossEntropyLoss(), (X, LABELS), validation=other, epochs=8, batch_size=8,
                  optimizer=SGD(net.parameters(), lr=0.1), monitor="val_accuracy", progress=False,
                  callbacks=[EarlyStopping(20)], backend=backend)  # fmt: skip
    figures = history["val_accuracy"]
    assert max(figures) > min(figures)
    assert history.best_epoch == 1 + figures.index(max(figures))
    found = evaluate(net, nn.CrossEntropyLoss(), other)
    assert found["accuracy"] == pytest.approx(max(figures))


# -- early stopping ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("monitor", "values", "min_delta", "ends"),
    [
        # 0.95 and 0.91 are no gain of 0.1 on 1.0, 0.85 is; then three more without
        ("val_loss", [1.0, 0.95, 0.91, 0.85, 0.84, 0.80, 0.76, 0.1], 0.1, 7),
        ("val_loss", [1.0, 0.95, 0.91, 0.85, 0.84, 0.80, 0.76, 0.1], 0.0, None),
        # the bar is the last epoch that counted, not the last one
        ("val_loss", [1.0, 0.96, 0.92, 0.88, 0.84, 0.8], 0.11, None),
        ("val_loss", [1.0, 0.97, 0.94, 0.91, 0.1], 0.1, 4),
        ("val_accuracy", [0.5, 0.55, 0.58, 0.65, 0.66, 0.7, 0.72, 0.99], 0.1, 7),
        ("val_accuracy", [0.5, 0.6, 0.7, 0.8, 0.9], 0.0, None),
        ("val_accuracy", [0.9, 0.8, 0.7, 0.6, 1.0], 0.0, 4),
        ("val_loss", [0.5, 0.5, 0.5, 0.5, 0.1], 0.0, 4),  # equal is no gain
        ("val_loss", [0.5, float("nan"), float("nan"), float("nan"), 0.1], 0.0, 4),
        ("val_loss", [0.5, 0.6, 0.6, 0.4, 0.6, 0.6, 0.6], 0.0, 7),  # a gain starts the count again
    ],
)
def test_patience_counts_the_epochs_without_a_gain(monitor, values, min_delta, ends):
    training = watched(monitor, values, EarlyStopping(3, monitor, min_delta))
    assert training._stop == (None if ends is None else "stopped")
    assert len(training.history) == (ends or len(values))
    assert training.keep == "best"


def test_early_stopping_watches_what_fit_watches():
    training = watched("val_accuracy", [0.5, 0.6, 0.7, 0.8], EarlyStopping(1))
    assert training._stop is None
    assert watched("val_loss", [0.5, 0.6, 0.7], EarlyStopping(1))._stop == "stopped"


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("first", [1, 2, 3, 4])
def test_a_resumed_run_remembers_how_long_it_has_waited(tmp_path, first, backend):
    """With a rate of 0 nothing improves: four epochs after the first it is enough, however often
    it was stopped in between."""
    path = tmp_path / "c.safetensors"

    def run(epochs, resume=None):
        dp.manual_seed(0)
        net = nn.Linear(3, 1)
        stopping = EarlyStopping(4)
        history = fit(net, nn.MSELoss(), (X, Y), validation=(X, Y), epochs=epochs, progress=False,
                      optimizer=SGD(net.parameters(), lr=0.0), resume=resume, backend=backend,
                      callbacks=[stopping, Checkpoint(path)])  # fmt: skip
        return history, stopping

    history, stopping = run(first)
    assert (len(history), stopping.waited) == (first, first - 1)
    history, again = run(20, resume=path)
    assert (len(history), history.reason, again.waited) == (5, "stopped", 4)
    assert again.best == stopping.best
    assert history.best_epoch == 1
    history, _ = run(20, resume=path)  # and a run that has stopped stays so
    assert (len(history), history.reason) == (5, "stopped")


# -- modes -------------------------------------------------------------------------------------


def judgements(net, backend):
    loss = nn.CrossEntropyLoss()
    yield lambda: predict(net, X, batch_size=4, backend=backend)
    yield lambda: evaluate(net, loss, (X, LABELS), batch_size=4, backend=backend)
    yield lambda: check_gradients(net, loss, X[:6], LABELS[:6], weights=2)
    yield lambda: observe(net, loss, X, LABELS)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", ["train", "eval", "one part frozen", "one part awake"])
def test_judging_a_network_leaves_the_mode_of_each_part(mode, backend):
    net = mlp(inputs=3, outputs=2, hidden=[4], dropout=0.5, batch_norm=True)
    net.train(mode in ("train", "one part frozen"))
    part = next(m for m in net.modules() if isinstance(m, nn.BatchNorm1d))
    if mode.startswith("one"):
        part.train(mode == "one part awake")
    before = [m.training for m in net.modules()]
    assert len(set(before)) == (2 if mode.startswith("one") else 1)
    state = {k: v.numpy().copy() for k, v in net.state_dict().items()}
    for judge in judgements(net, backend):
        judge()
        assert [m.training for m in net.modules()] == before
    for key, value in net.state_dict().items():
        assert np.array_equal(state[key], value.numpy()), key


@pytest.mark.parametrize("backend", BACKENDS)
def test_predictions_do_not_depend_on_the_mode(backend):
    net = mlp(inputs=3, outputs=2, hidden=[4], dropout=0.5, batch_norm=True)
    asleep = predict(net.eval(), X, batch_size=4, backend=backend)
    assert np.array_equal(asleep, predict(net.train(), X, batch_size=4, backend=backend))
    assert not np.array_equal(asleep, net(dp.tensor(X)).detach().numpy())  # dropout drops there


def test_a_network_that_fails_while_it_is_judged_gets_its_mode_back():
    net = nn.Sequential(nn.Dropout(0.5), nn.Linear(2, 2))
    with pytest.raises(RuntimeError):
        predict(net, X)
    assert [m.training for m in net.modules()] == [True, True, True]


# -- random numbers ----------------------------------------------------------------------------


def test_no_two_streams_share_a_word():
    """Seeds, purposes and epochs side by side, each drawn for long: a stream that starts inside
    another would repeat a part of it."""
    streams = [(s, p, e) for s in (0, 1, 2) for p in (5, 6) for e in (0, 1, 2, 3)]
    words = np.concatenate([stream(*key).random_raw(3000) for key in streams])
    assert len(np.unique(words)) == len(streams) * 3000


def test_no_two_draws_share_a_word():
    """Dropout's masks: of this batch and the next, of one seed and the next."""
    drawn = []
    for seed in (0, 1, 2):
        dp.manual_seed(seed)
        drawn += [dp.rand(3000, dtype=dp.float64).numpy() for _ in range(4)]
    assert len(np.unique(np.concatenate(drawn))) == 12 * 3000


@pytest.mark.parametrize("seed", [0, 1])
def test_each_epoch_has_masks_an_order_and_noise_of_its_own(seed, monkeypatch):
    masks, orders, noise = [], [], []

    class Listening(nn.Dropout):
        def forward(self, x):
            y = super().forward(x)
            masks.append((y.numpy() != 0).tobytes())
            return y

    def ordered(n, seed, epoch):
        orders.append(tuple(order(n, seed, epoch)))
        return np.array(orders[-1])

    def noisy(x, rng):
        noise.append(rng.random(x.shape))
        return np.ones_like(x)

    monkeypatch.setattr("denpa.train.batches.order", ordered)
    net = nn.Sequential(Listening(0.5), nn.Linear(3, 1))
    fit(net, nn.MSELoss(), (X, Y), epochs=3, batch_size=10, seed=seed, progress=False,
        transform=noisy, backend="eager")  # fmt: skip
    assert len(masks) == len(set(masks)) == 12
    assert len(orders) == len(set(orders)) == 3
    together = np.concatenate([n.ravel() for n in noise])
    assert len(np.unique(together)) == together.size == 3 * X.size


def test_masks_and_orders_are_the_same_in_native_code():
    """So the controls above hold there too."""
    weights = []
    for backend in BACKENDS:
        dp.manual_seed(2)
        net = nn.Sequential(nn.Linear(3, 16), nn.Dropout(0.5), nn.Linear(16, 1)).double()
        fit(net, nn.MSELoss(), (X, Y), epochs=3, batch_size=10, seed=6, progress=False,
            optimizer=SGD(net.parameters(), lr=0.05), backend=backend)  # fmt: skip
        weights.append(np.concatenate([p.detach().numpy().ravel() for p in net.parameters()]))
    np.testing.assert_allclose(*weights, rtol=1e-10)


def test_the_seed_decides_and_another_seed_differs():
    def run(seed):
        dp.manual_seed(0)
        net = nn.Linear(3, 1)
        fit(net, nn.MSELoss(), (X, Y), epochs=1, batch_size=7, seed=seed, progress=False)
        return net.weight.tolist()

    assert run(1) == run(1) != run(2)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_generators_of_the_user_are_as_they_were(backend):
    """NumPy's and Python's global ones, and one that was passed; Denpa's own after a check."""
    mine = np.random.default_rng(5)
    np.random.seed(11)
    random.seed(12)
    dp.manual_seed(13)

    def states():
        kind, keys, *rest = np.random.get_state()
        return kind, keys.tolist(), rest, random.getstate(), mine.bit_generator.state

    before, ours = states(), dp.get_rng_state().tolist()
    net = mlp(inputs=3, outputs=2, hidden=[4], dropout=0.5)
    built = dp.get_rng_state().tolist()
    assert built != ours
    loss = nn.CrossEntropyLoss()
    check_gradients(net, loss, X[:6], LABELS[:6], weights=2)
    predict(net, X, backend=backend)
    evaluate(net, loss, (X, LABELS), backend=backend)
    assert dp.get_rng_state().tolist() == built
    fit(net, loss, (X, LABELS), epochs=2, progress=False, validation=(X, LABELS), backend=backend)
    assert states() == before


# -- what is not a number ----------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("bad", [float("inf"), float("-inf"), float("nan")])
@pytest.mark.parametrize("epoch", [1, 3])
def test_a_loss_that_is_no_number_raises_its_alarm_at_once(bad, epoch, backend):
    """In the batch where it comes: one row, which the second batch holds, spoils the loss while
    its gradient stays finite."""
    rows = order(len(X), 0, epoch)[10:20]
    ended = []

    def loss(output, target):
        spoiled = dp.where(net.epoch >= epoch, bad, 0.0) * (target == Y[rows[3], 0]).sum()
        error = nn.functional.mse_loss(output, target)
        return error + dp.where((target == Y[rows[3], 0]).any(), spoiled, error * 0).detach()

    def listen(event, training):
        if isinstance(event, BatchEnded):
            ended.append((event.epoch, event.batch, event.loss))
        if isinstance(event, EpochEnded):
            kept.append([p.tolist() for p in net.parameters()])
            net.epoch.add_(1.0)

    kept = []
    net = nn.Linear(3, 1)
    net.register_buffer("epoch", dp.tensor(1.0))
    said = f"the loss became {bad} in epoch {epoch}, batch 2; training stopped. Lower the"
    with pytest.warns(RuntimeWarning, match=said):
        history = fit(net, loss, (X, Y), optimizer=SGD(net.parameters(), lr=0.01), epochs=6,
                      batch_size=10, progress=False, callbacks=[listen],
                      backend=backend)  # fmt: skip
    assert history.reason == "diverged"
    assert ended[-1][:2] == (epoch, 2)
    assert len(history) == epoch
    assert history.best_epoch == (epoch - 1 or None)
    if epoch > 1:
        assert [p.tolist() for p in net.parameters()] == kept[epoch - 2] != kept[epoch - 1]


# -- ensembles ---------------------------------------------------------------------------------


def test_members_of_an_ensemble_start_and_shuffle_differently(monkeypatch, tmp_path, capsys):
    from denpa.cli.main import main
    from denpa.runs import training as session

    runs = []

    def spy(net, loss, data, *, seed, **options):
        start = net.state_dict()["linear1.weight"].numpy().tobytes()
        runs.append((seed, start, tuple(order(50, seed, 1))))
        return fit(net, loss, data, seed=seed, **options)

    monkeypatch.setattr(session, "fit", spy)
    monkeypatch.chdir(tmp_path)
    given = ["digits", "--hidden", "4", "--epochs", "1", "--ensemble", "3", "--quiet"]
    assert main(["train", *given, "--dropout", "0.2", "--out", "run"]) == 0
    capsys.readouterr()
    for column in zip(*runs, strict=True):
        assert len(set(column)) == 3
    paths = ["checkpoint.safetensors", "checkpoint-2.safetensors", "checkpoint-3.safetensors"]
    assert [load_tree(tmp_path / "run" / p)["seed"] for p in paths] == [seed for seed, *_ in runs]
