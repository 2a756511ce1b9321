"""Training natively gives what training eagerly gives, in every part that `fit` has."""

from __future__ import annotations

import gc
import weakref
from unittest import mock

import numpy as np
import pytest

import denpa as dp
from denpa import nn
from denpa.core.errors import ArgumentError
from denpa.functional import manual_seed
from denpa.nn import penalty
from denpa.optim import SGD, Adam, RMSprop, lr_scheduler
from denpa.runs.callbacks import Bar, Interrupt
from denpa.runs.saver import Saver
from denpa.runs.voice import Silent
from denpa.train import BatchEnded, Checkpoint, EarlyStopping, evaluate, fit, predict
from denpa.train.models import cnn, mlp
from denpa.train.steps import Steps
from denpa.train.training import per_batch
from denpa.utils.data import DataLoader, TensorDataset

RNG = np.random.default_rng(0)
X = RNG.normal(size=(75, 3)).astype(np.float32)
LABELS = (X[:, 0] + 0.3 * RNG.normal(size=75) > 0).astype(np.int64)
VALUES = X @ np.array([[1.0], [-2.0], [0.5]], np.float32)
PICTURES = RNG.normal(size=(40, 1, 6, 6)).astype(np.float32)
HELD = (X[:30], LABELS[:30])
FEW = {"epochs": 3, "batch_size": 15, "progress": False, "seed": 4}


def small(**more):
    return mlp(inputs=3, outputs=2, hidden=[8], **more)


def both(make, loss=None, data=(X, LABELS), double=False, **options):
    """Train eagerly and natively from the same numbers; (histories, networks)."""
    options = {**FEW, **options}
    found, computed = [], []
    for backend in ("eager", "native"):
        manual_seed(1)
        net = make()
        if double:
            net = net.double()
        given = {k: f(net) for k, f in options.items() if k == "optimizer"}
        for k in ("schedule", "callbacks"):
            if k in options:
                given[k] = options[k](given.get("optimizer")) if k == "schedule" else options[k]()
        with mock.patch.object(Steps, "notes", lambda self: computed.append(self.backend) or {}):
            history = fit(net, loss or nn.CrossEntropyLoss(), data, backend=backend,
                          **{**options, **given})  # fmt: skip
        assert computed[-1] == backend  # not eager against itself
        state = {k: v.numpy().copy() for k, v in net.state_dict().items()}
        found.append((history, state, given.get("schedule"), used(net, given)))
    return found


def used(net, given):
    opt = given.get("optimizer")
    return None if opt is None else [g["lr"] for g in opt.param_groups]


def agree(found, rtol=2e-5, atol=2e-6):
    (a, s, plan, rates), (b, t, other, moved) = found
    assert a.reason == b.reason
    assert len(a) == len(b)
    assert a.best_epoch == b.best_epoch
    for column in a.rows[0]:
        if column != "seconds":
            np.testing.assert_allclose(b[column], a[column], rtol=rtol, atol=atol, err_msg=column)
    for key, x in s.items():
        np.testing.assert_allclose(t[key], x, rtol=20 * rtol, atol=20 * atol, err_msg=key)
    assert a["learning_rate"] == b["learning_rate"]
    assert rates == moved
    if plan is not None:
        assert plan.state_dict().keys() == other.state_dict().keys()
        for key, x in plan.state_dict().items():
            assert other.state_dict()[key] == (pytest.approx(x) if key == "best" else x)


def adam(net):
    return Adam(net.parameters(), lr=0.02)


def momentum(net):
    return SGD(net.parameters(), lr=0.05, momentum=0.9)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("make", "options"),
    [
        (small, {"optimizer": adam, "batch_size": 8, "validation": HELD}),  # the last one has 3
        (lambda: small(batch_norm=True, dropout=0.4), {"optimizer": momentum, "validation": HELD}),
        (small, {"optimizer": lambda net: RMSprop(net.parameters()), "clip": 0.05}),
        (small, {"optimizer": adam, "penalty": lambda net: 0.1 * penalty.l2(net)}),
        (lambda: mlp(inputs=3, outputs=1, hidden=[8]),
         {"optimizer": momentum, "loss": nn.MSELoss(), "data": (X, VALUES),
          "validation": (X, VALUES)}),
        (lambda: cnn(image=(1, 6, 6), outputs=2, channels=[3], hidden=[4]),
         {"optimizer": adam, "data": (PICTURES, LABELS[:40]),
          "validation": (PICTURES, LABELS[:40])}),
        (small, {"optimizer": adam, "transform": lambda x, rng: x + rng.normal(size=x.shape)}),
        (small, {"optimizer": adam, "data": TensorDataset(dp.tensor(X), dp.tensor(LABELS))}),
        (small, {"optimizer": adam, "batch_size": 500}),
    ],
    ids=["adam", "norm-dropout", "clip", "penalty", "regression", "cnn", "transform",
         "dataset", "one-batch"],
)  # fmt: skip
def test_native_is_eager_up_to_rounding(make, options):
    agree(both(make, **options))


def test_in_float64_they_agree_to_the_last_digits():
    # Not Adam, which makes steps of the rounding error that is the gradient of a bias before
    # batch normalisation.
    options = {"optimizer": momentum, "validation": HELD, "clip": 1.0}
    agree(both(lambda: small(batch_norm=True, dropout=0.3), double=True, **options), 1e-10, 1e-12)


SCHEDULES = {
    "cosine": (lambda o: lr_scheduler.CosineAnnealingLR(o, 3), "epoch", momentum),
    "plateau": (lambda o: lr_scheduler.ReduceLROnPlateau(o, patience=0, threshold=0.5), "epoch",
                momentum),
    "restarts": (lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 7), "batch", adam),
    "warmup": (lambda o: lr_scheduler.SequentialLR(
        o, [lr_scheduler.LinearLR(o, 0.1, total_iters=5), lr_scheduler.StepLR(o, 4)], [5]),
        "batch", adam),
    "onecycle": (lambda o: lr_scheduler.OneCycleLR(o, 0.1, total_steps=30), "batch", momentum),
    "betas": (lambda o: lr_scheduler.OneCycleLR(o, 0.1, total_steps=30), "batch", adam),
}  # fmt: skip


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_give_the_same_rates(name):
    make, per, optimizer = SCHEDULES[name]
    agree(both(small, optimizer=optimizer, schedule=make, schedule_per=per))


def test_each_group_follows_its_own_rate():
    def two(net):
        first, second = net[0], net[-1]
        return SGD([{"params": first.parameters(), "lr": 0.2}, {"params": second.parameters()}],
                   lr=0.01)  # fmt: skip

    def plan(opt):
        return lr_scheduler.LambdaLR(opt, [lambda k: 0.9**k, lambda k: 1 + k])

    agree(both(lambda: nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)),
               optimizer=two, schedule=plan, schedule_per="batch"))  # fmt: skip


def test_a_schedule_of_the_users_own_steps_after_each_batch():
    class Own(lr_scheduler.LRScheduler):
        def get_lr(self):
            return [0.1 / (1 + float(abs(first[0].detach().numpy()).sum()))]

    first = []

    def make():
        net = small()
        first[:] = list(net.parameters())
        return net

    found = both(make, optimizer=momentum, schedule=Own, schedule_per="batch")
    (a, *_), (b, *_) = found
    np.testing.assert_allclose(b["learning_rate"], a["learning_rate"], rtol=1e-5)
    np.testing.assert_allclose(b["train_loss"], a["train_loss"], rtol=1e-5)


def test_early_stopping_and_a_loader():
    loader = TensorDataset(dp.tensor(X), dp.tensor(LABELS))
    agree(both(small, data=DataLoader(loader, batch_size=16), optimizer=adam))
    noise = RNG.integers(0, 2, 30)
    found = both(small, optimizer=adam, epochs=40, validation=(X[:30], noise),
                 callbacks=lambda: [EarlyStopping(patience=2)])  # fmt: skip
    agree(found, 1e-3, 1e-4)
    assert found[0][0].reason == "stopped"


def test_two_native_runs_are_the_same_bits_however_they_are_cut(tmp_path):
    """One that is cut into single batches, and one that stops and goes on."""

    def run(epochs, each=False, resume=None):
        manual_seed(7)
        net = small(batch_norm=True, dropout=0.4)
        opt = SGD(net.parameters(), lr=0.05, momentum=0.9)
        plan = lr_scheduler.OneCycleLR(opt, 0.1, total_steps=60)
        more = [lambda event, training: None] if each else []
        history = fit(net, nn.CrossEntropyLoss(), (X, LABELS), optimizer=opt, schedule=plan,
                      validation=HELD, schedule_per="batch", resume=resume,
                      callbacks=[Checkpoint(tmp_path / "c"), *more],
                      **{**FEW, "epochs": epochs})  # fmt: skip
        rows = [{k: v for k, v in r.items() if k != "seconds"} for r in history.rows]
        return rows, [v.numpy().tobytes() for v in net.state_dict().values()]

    whole = run(6)
    assert run(6, each=True) == whole
    run(2)
    assert run(6, resume=tmp_path / "c") == whole


def seen_by(callback, **options):
    seen = []

    def hear(event, training):
        if isinstance(event, BatchEnded):
            w = next(training.net.parameters())
            seen.append((event, float(w.detach().numpy().sum())))

    callback(hear)
    manual_seed(1)
    net = small()
    fit(net, nn.CrossEntropyLoss(), (X, LABELS), callbacks=[hear], **{**FEW, **options})
    return seen


def test_a_callback_sees_each_batch_with_the_network_as_it_left_it():
    a = seen_by(lambda f: None, backend="eager")
    b = seen_by(lambda f: None)
    assert [(e.epoch, e.batch, e.batches, e.examples) for e, _ in a] == [
        (e.epoch, e.batch, e.batches, e.examples) for e, _ in b
    ]
    for part in (lambda p: p[0].loss, lambda p: p[0].accuracy, lambda p: p[1]):
        np.testing.assert_allclose([part(p) for p in b], [part(p) for p in a], rtol=1e-4)


def test_a_callback_may_ask_for_less():
    some = seen_by(lambda f: setattr(f, "per_batch", "latest"), epochs=12)
    whole = seen_by(lambda f: None, epochs=12)
    assert 12 <= len(some) < len(whole) == 60
    assert [e for e, _ in some if e.batch == 5] == [e for e, _ in whole if e.batch == 5]
    assert seen_by(lambda f: setattr(f, "per_batch", "never")) == []
    with pytest.raises(ArgumentError, match="per_batch is 'each', 'latest' or 'never', not 'few'"):
        seen_by(lambda f: setattr(f, "per_batch", "few"))


def test_what_a_class_says_does_not_bind_a_subclass_that_acts_otherwise():
    class Mine(EarlyStopping):
        def __call__(self, event, training):
            pass

    class Named(EarlyStopping):
        pass

    assert (per_batch(Mine()), per_batch(Named())) == ("each", "never")
    ours = [Bar(Silent()), Interrupt(Silent()), object.__new__(Saver)]
    assert [per_batch(c) for c in ours] == ["latest", "latest", "never"]


def test_divergence_names_the_same_batch():
    texts = []
    for backend in ("eager", "native"):
        manual_seed(0)
        net = nn.Linear(3, 1)
        opt = SGD(net.parameters(), lr=3.5)
        with pytest.warns(RuntimeWarning, match="the loss became") as caught:
            history = fit(net, nn.MSELoss(), (X, VALUES), optimizer=opt, backend=backend,
                          **{**FEW, "epochs": 50})  # fmt: skip
        assert history.reason == "diverged"
        assert np.isfinite(net.weight.detach().numpy()).all()
        texts.append((str(caught[0].message), caught[0].filename, len(history)))
    assert texts[0] == texts[1]
    assert "epoch 5, batch 3;" in texts[0][0]


# -- judging ---------------------------------------------------------------------------------------


def test_predictions_and_figures_are_those_of_eager_mode():
    x = RNG.normal(size=(1000, 3)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int64)
    net = small(batch_norm=True, dropout=0.5)
    a, b = (predict(net, x, 150, backend=k) for k in ("eager", "native"))
    np.testing.assert_allclose(b, a, rtol=1e-5, atol=1e-6)
    p, q = (evaluate(net, nn.CrossEntropyLoss(), (x, y), 150, backend=k)
            for k in ("eager", "native"))  # fmt: skip
    assert p["accuracy"] == q["accuracy"]
    assert p["loss"] == pytest.approx(q["loss"], rel=1e-5)
    assert net.training
    with pytest.raises(ArgumentError, match="backend must be 'native' or 'eager', not 'jit'"):
        predict(net, x, backend="jit")


def test_a_network_is_compiled_once_and_not_kept_alive():
    from denpa.train.evaluation import _programs

    net = small()
    for _ in range(3):
        predict(net, X, 10)
    with dp.no_grad():
        next(net.parameters())[...] = 0.0
    assert np.abs(predict(net, X, 10) - predict(net, X, 10, backend="eager")).max() < 1e-6
    assert len(_programs[net].programs()) == 1
    gone = weakref.ref(net)
    del net
    gc.collect()
    assert gone() is None


def test_a_network_that_cannot_be_compiled_still_predicts():
    class Odd(nn.Module):
        def forward(self, x):
            return x * (2 if float(x.sum()) > 0 else 3)

    a, b = (predict(Odd(), X, 10, backend=k) for k in ("eager", "native"))
    assert np.array_equal(a, b)
