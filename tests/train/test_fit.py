"""The loop against a loop written out by hand, and what callbacks and checkpoints promise."""

from __future__ import annotations

import numpy as np
import pytest

from denpa import nn
from denpa.core.errors import ArgumentError
from denpa.core.sealed import seal
from denpa.functional import manual_seed, tensor
from denpa.nn import penalty
from denpa.optim import SGD, Adam
from denpa.optim.lr_scheduler import StepLR
from denpa.train import (
    BatchEnded,
    Checkpoint,
    EarlyStopping,
    EpochEnded,
    EpochStarted,
    TrainEnded,
    TrainStarted,
    evaluate,
    fit,
    predict,
)
from denpa.train.batches import order
from denpa.train.checkpoint import load_tree, save_tree
from denpa.train.events import to_dict
from denpa.train.models import mlp

RNG = np.random.default_rng(0)
X = RNG.normal(size=(37, 3))
W = np.array([[1.0, -2.0, 0.5]])
Y = X @ W.T + 0.1 * RNG.normal(size=(37, 1))
LABELS = (X[:, 0] > 0).astype(np.int64)


def linear():
    net = nn.Linear(3, 1).double()
    net.load_state_dict({"weight": tensor(np.zeros((1, 3))), "bias": tensor(np.zeros(1))})
    return net


def by_hand(rows, epochs, rate, l2=0.0):
    """Mini-batch gradient descent on the mean squared error, with NumPy alone."""
    w, b = np.zeros((1, 3)), np.zeros(1)
    losses = []
    for epoch in range(1, epochs + 1):
        total = 0.0
        for chosen in rows(epoch):
            x, y = X[chosen], Y[chosen]
            e = x @ w.T + b - y
            total += float(np.mean(e**2)) * len(x)
            w = w - rate * (2 * e.T @ x / len(x) + l2 * w)
            b = b - rate * 2 * e.mean(0)
        losses.append(total / len(X))
    return w, b, losses


def batches(seed):
    def rows(epoch):
        places = order(len(X), seed, epoch)
        return [places[k : k + 10] for k in range(0, len(X), 10)]  # the last one has 7

    return rows


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_fit_is_mini_batch_gradient_descent(l2):
    net = linear()
    opt = SGD(net.parameters(), lr=0.05)
    omega = (lambda net: l2 * penalty.l2(net)) if l2 else None
    history = fit(net, nn.MSELoss(), (X, Y), optimizer=opt, epochs=5, batch_size=10, seed=3,
                  progress=False, penalty=omega)  # fmt: skip
    w, b, losses = by_hand(batches(3), 5, 0.05, l2)
    np.testing.assert_allclose(net.weight.detach().numpy(), w, rtol=1e-12)
    np.testing.assert_allclose(net.bias.detach().numpy(), b, rtol=1e-12)
    np.testing.assert_allclose(history["train_loss"], losses, rtol=1e-12)
    assert history.reason == "finished"


def test_the_order_depends_on_seed_and_epoch_alone():
    orders = {(s, e): tuple(order(50, s, e)) for s in (0, 1) for e in (1, 2)}
    assert len(set(orders.values())) == 4
    assert all(sorted(o) == list(range(50)) for o in orders.values())
    assert tuple(order(50, 1, 2)) == orders[1, 2]


def test_events_come_in_order_and_are_plain_data():
    seen = []
    net = mlp(inputs=3, outputs=2, hidden=[4])
    fit(net, nn.CrossEntropyLoss(), (X, LABELS), epochs=2, batch_size=20, progress=False,
        validation=(X, LABELS), callbacks=[lambda event, training: seen.append(event)])  # fmt: skip
    kinds = [type(e) for e in seen]
    epoch = [EpochStarted, BatchEnded, BatchEnded, EpochEnded]
    assert kinds == [TrainStarted, *epoch, *epoch, TrainEnded]
    assert (seen[0].examples, seen[0].validation_examples, seen[0].parameters) == (37, 37, 26)
    assert [e.examples for e in seen if isinstance(e, BatchEnded)] == [20, 17, 20, 17]
    assert set(seen[4].row) == {
        "epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "learning_rate",
        "seconds",
    }  # fmt: skip
    assert to_dict(seen[-1])["reason"] == "finished"


def test_early_stopping_gives_back_the_best_weights():
    net = mlp(inputs=3, outputs=2, hidden=[16])
    opt = Adam(net.parameters(), lr=0.1)
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 2, 37)  # labels that say nothing: validation must get worse
    other = (rng.normal(size=(40, 3)), rng.integers(0, 2, 40))
    history = fit(net, nn.CrossEntropyLoss(), (X, noise), optimizer=opt, epochs=200,
                  validation=other, callbacks=[EarlyStopping(patience=4)],
                  progress=False)  # fmt: skip
    assert history.reason == "stopped"
    assert len(history) == history.best_epoch + 4
    assert history.best["val_loss"] == min(history["val_loss"])
    found = evaluate(net, nn.CrossEntropyLoss(), other)
    assert found["loss"] == pytest.approx(history.best["val_loss"], rel=1e-6)
    assert found["loss"] < history["val_loss"][-1]


def test_without_early_stopping_the_last_weights_stay():
    net = linear()
    history = fit(net, nn.MSELoss(), (X, Y), optimizer=SGD(net.parameters(), lr=0.01), epochs=3,
                  progress=False)  # fmt: skip
    w, _, _ = by_hand(lambda epoch: [np.arange(37)], 3, 0.01)
    np.testing.assert_allclose(net.weight.detach().numpy(), w, rtol=1e-12)
    assert history.best_epoch == 3


@pytest.mark.parametrize("schedule", [None, "epoch", "batch"])
def test_a_checkpoint_goes_on_bit_for_bit(tmp_path, schedule):
    path = tmp_path / "c.safetensors"

    def run(epochs, resume=None):
        manual_seed(7)
        net = mlp(inputs=3, outputs=2, hidden=[8], dropout=0.4, batch_norm=True)
        opt = Adam(net.parameters(), lr=0.01)
        plan = StepLR(opt, 2, gamma=0.7) if schedule else None
        history = fit(net, nn.CrossEntropyLoss(), (X, LABELS), optimizer=opt, epochs=epochs,
                      batch_size=8, progress=False, schedule=plan, validation=(X, LABELS),
                      schedule_per=schedule or "epoch", seed=5, resume=resume,
                      callbacks=[EarlyStopping(50), Checkpoint(path)])  # fmt: skip
        return net, history

    whole, first = run(6)
    run(2)
    parts, second = run(6, resume=path)
    for a, b in zip(whole.state_dict().values(), parts.state_dict().values(), strict=True):
        assert a.numpy().tobytes() == b.numpy().tobytes()
        assert a.shape == b.shape
    for column in ("train_loss", "val_loss", "learning_rate"):
        assert first[column] == second[column]
    assert first.best_epoch == second.best_epoch


def test_a_checkpoint_of_another_seed_is_refused(tmp_path):
    path = tmp_path / "c.safetensors"
    fit(linear(), nn.MSELoss(), (X, Y), epochs=1, progress=False, callbacks=[Checkpoint(path)])
    with pytest.raises(ArgumentError, match="made with seed 0, this run has seed 1"):
        fit(linear(), nn.MSELoss(), (X, Y), epochs=2, progress=False, seed=1, resume=path)


def test_ctrl_c_gives_back_the_best_weights():
    net = linear()
    calls = []

    def stop(event, training):
        if isinstance(event, BatchEnded):
            calls.append(event)
            if event.epoch == 3:
                raise KeyboardInterrupt

    history = fit(net, nn.MSELoss(), (X, Y), optimizer=SGD(net.parameters(), lr=0.01), epochs=9,
                  batch_size=10, progress=False, callbacks=[stop])  # fmt: skip
    assert history.reason == "interrupted"
    assert len(history) == 2
    w, _, _ = by_hand(batches(0), 2, 0.01)
    np.testing.assert_allclose(net.weight.detach().numpy(), w, rtol=1e-12)


def test_divergence_stops_with_advice_and_the_best_weights():
    net = linear()
    opt = SGD(net.parameters(), lr=1e100)
    with pytest.warns(RuntimeWarning, match=r"the loss became (inf|nan) in epoch .* training stop"):
        history = fit(net, nn.MSELoss(), (X, Y), optimizer=opt, epochs=50, progress=False)
    assert history.reason == "diverged"
    assert len(history) < 50
    assert np.isfinite(net.weight.detach().numpy()).all()


def test_augmentation_sees_each_batch_and_repeats_with_the_seed():
    def noisy(x, rng):
        return x + rng.normal(size=x.shape)

    def run():
        net = linear()
        fit(net, nn.MSELoss(), (X, Y), epochs=2, progress=False, transform=noisy, batch_size=9)
        return net.weight.detach().numpy()

    plain = linear()
    fit(plain, nn.MSELoss(), (X, Y), epochs=2, progress=False, batch_size=9)
    a, b = run(), run()
    assert np.array_equal(a, b)
    assert not np.allclose(a, plain.weight.detach().numpy())


@pytest.mark.parametrize("size", [0, -1])
def test_predict_takes_batches_of_one_at_least(size):
    with pytest.raises(ArgumentError, match=f"batch_size must be at least 1, not {size}"):
        predict(nn.Linear(3, 2), np.zeros((5, 3)), batch_size=size)


def test_predict_is_evaluation_in_batches():
    net = mlp(inputs=3, outputs=2, hidden=[8], dropout=0.5, batch_norm=True)
    a, b = predict(net, X, batch_size=5), predict(net, X)
    np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    assert a.shape == (37, 2)
    assert net.training
    assert predict(net, X[:0]).shape == (0, 2)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"epochs": -1}, "epochs must be 0 or more, not -1"),
        ({"batch_size": 0}, "batch_size must be at least 1, not 0"),
        ({"schedule_per": "step"}, "schedule_per must be 'epoch' or 'batch', not 'step'"),
        ({"data": (X, Y[:5])}, "X has 37 rows and Y has 5; they must be equal"),
        ({"data": (X,)}, r"data must be a pair \(X, Y\), not 1 parts"),
        ({"data": (X[:0], Y[:0])}, "there are no examples to train on"),
        ({"data": (np.array([["a"]]), Y[:1])}, "inputs must be numbers, not <U1"),
        ({"data": (np.full((2, 3), np.nan), Y[:2])}, "inputs hold 6 values that are NaN or infini"),
        ({"monitor": "val_accuracy"}, "monitor is 'val_accuracy', but there are only epoch, train"),
    ],
)
def test_errors(change, text):
    data = change.pop("data", (X, Y))
    with pytest.raises(ArgumentError, match=text):
        fit(linear(), nn.MSELoss(), data, progress=False, **{"epochs": 1, **change})


def test_a_tree_comes_back_as_it_was(tmp_path):
    tree = {
        "a": np.float64([[1.5, np.inf]]), "t": tensor([1, 2]), "scalar": np.array(3),
        "nested": [{"x": (1, None, "s")}, 2.5], 7: {"int key": True}, "empty": np.zeros((0, 2)),
    }  # fmt: skip
    path = tmp_path / "tree.safetensors"
    save_tree(path, tree)
    found = load_tree(path)
    assert found["a"].tolist() == [[1.5, np.inf]]
    assert found["scalar"].shape == ()
    assert found["empty"].shape == (0, 2)
    assert found["t"].tolist() == [1, 2]
    assert found["nested"] == [{"x": (1, None, "s")}, 2.5]
    assert found[7] == {"int key": True}
    assert [p.name for p in tmp_path.iterdir()] == ["tree.safetensors"]


def test_a_tree_holds_no_objects_and_a_bad_file_is_told(tmp_path):
    path = tmp_path / "tree.safetensors"
    with pytest.raises(TypeError, match="a checkpoint cannot hold set"):
        save_tree(path, {"x": {1, 2}})
    path.write_bytes(b"no")
    with pytest.raises(ArgumentError, match="is not a checkpoint, or is damaged"):
        load_tree(path)
    from safetensors.numpy import save_file

    save_file({"x": np.zeros(1)}, path)
    with pytest.raises(ArgumentError, match="is not a checkpoint, or is damaged"):
        load_tree(path)
    path.write_bytes(seal({"x": np.zeros(1)}, {"format": "denpa-checkpoint-9"}))
    with pytest.raises(ArgumentError, match="is not a checkpoint of this version"):
        load_tree(path)
