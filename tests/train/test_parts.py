"""Settings, networks, observation, figures: the parts that a run is made of."""

from __future__ import annotations

import numpy as np
import pytest

from denpa import nn
from denpa.core.errors import ArgumentError
from denpa.core.jsonable import jsonable
from denpa.data import digits, read
from denpa.functional import manual_seed, tensor
from denpa.runs.evaluation import cells, judge, probabilities
from denpa.runs.layers import histogram, network_table, observe
from denpa.runs.recipe import make_loss
from denpa.runs.settings import Settings
from denpa.train import Ensemble, History, build, metrics
from denpa.train.batches import Batches, order
from denpa.train.models import Standardize, cnn, mlp
from denpa.utils.data import Dataset, Subset, TensorDataset

RNG = np.random.default_rng(0)


def settle(**values):
    found = Settings.from_values({"source": "x.csv", **values})
    return found.settle(kind="table", task="classification", own_test=False, rows=500)


def test_texts_and_values_give_the_same_settings():
    a = Settings.from_values(
        {"hidden": "8,4", "lr": "0.1", "drop": "a, b", "augment": "shift=2,noise=0.5",
         "image_size": "8", "epochs": "3"}
    )  # fmt: skip
    b = Settings.from_values(
        {"hidden": [8, 4], "lr": 0.1, "drop": ["a", "b"], "augment": {"shift": 2, "noise": 0.5},
         "image_size": (8,), "epochs": 3}
    )  # fmt: skip
    assert a == b
    assert Settings.from_values({"hidden": "none"}).hidden == ()


def test_settings_survive_json():
    a = settle(hidden="8,4", lr="0.3", drop="a", classes="x,y", optimizer="adamw")
    known = {k: v for k, v in jsonable(a.to_dict()).items() if v is not None}
    assert Settings.from_values(known) == a


def test_an_unknown_setting_is_told():
    with pytest.raises(ArgumentError, match=r"no setting 'epoch'. Did you mean 'epochs'\?"):
        Settings.from_values({"epoch": 3})


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ({}, "lr", 0.001), ({"optimizer": "sgd"}, "lr", 0.1), ({"lr": 0.5}, "lr", 0.5),
        ({"optimizer": "nesterov"}, "momentum", 0.9), ({}, "momentum", None),
        ({"optimizer": "adamw"}, "weight_decay", 0.01), ({}, "weight_decay", 0.0),
        ({}, "loss", "cross-entropy"), ({}, "epochs", 200), ({}, "test", 0.2),
    ],
)  # fmt: skip
def test_what_is_left_open_is_settled_by_the_data(given, name, value):
    assert getattr(settle(**given), name) == value


def test_options_of_the_network_turn_the_recipe_for_digits_off():
    def network(**values):
        found = Settings.from_values({"source": "digits", **values}).settle(
            kind="images", task="classification", own_test=False, rows=1797
        )
        return found.hidden, found.batch_norm

    assert network() == network(lr=0.1) == ((256,), True)
    assert network(hidden="30") == ((30,), False)
    assert network(activation="tanh") == ((128,), False)


@pytest.mark.parametrize("model", ["mlp", "cnn"])
def test_a_description_builds_the_same_network(model):
    spec = {"outputs": 3, "hidden": [6], "activation": "elu", "batch_norm": True, "dropout": 0.1,
            "dropout_scale": "prediction", "standardize": None, "rescale": None}  # fmt: skip
    spec |= {"inputs": 64} if model == "mlp" else {"image": [1, 8, 8], "channels": [2, 3]}
    made = []
    for _ in range(2):
        manual_seed(4)
        made.append(build({"model": model, **spec}))
    x = tensor(RNG.normal(size=(5, 1, 8, 8)).astype(np.float32))
    a, b = (net.eval()(x).detach().numpy() for net in made)
    assert a.shape == (5, 3)
    assert np.array_equal(a, b)


def test_initial_values_keep_the_size_of_signals():
    manual_seed(0)
    net = mlp(inputs=400, outputs=10, hidden=[400] * 6, activation="relu")
    signal = tensor(RNG.normal(size=(200, 400)).astype(np.float32))
    for layer in net[:-1]:
        signal = layer(signal)
    # He et al. (2015): the mean square of what rectifiers pass on stays as it was.
    assert 0.5 < float((signal**2).mean()) < 2.0
    assert all(not net.get_parameter(f"linear{k}.bias").any() for k in range(1, 7))


def test_standardize_and_its_inverse():
    there, back = Standardize([1.0, 2.0], [2.0, 4.0]), Standardize([1.0, 2.0], [2.0, 4.0], True)
    x = tensor([[3.0, -2.0]])
    assert there(x).tolist() == [[1.0, -1.0]]
    assert back(there(x)).tolist() == x.tolist()


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: mlp(inputs=2, outputs=2, activation="rulu"), "unknown activation 'rulu'; choose"),
        (lambda: mlp(inputs=2, outputs=2, hidden=[0]), "a hidden layer needs at least 1 unit"),
        (lambda: cnn(image=(1, 4, 4), outputs=2, channels=[2] * 3), "images of 4x4 are too small"),
        (lambda: build({"model": "rnn"}), "unknown model 'rnn'; choose from mlp, cnn"),
        (lambda: Ensemble([]), "an ensemble needs at least one network"),
    ],
)
def test_errors_of_networks(make, text):
    with pytest.raises(ArgumentError, match=text):
        make()


def test_an_ensemble_averages_outputs_or_probabilities():
    nets = [nn.Linear(3, 2) for _ in range(3)]
    x = tensor(RNG.normal(size=(4, 3)).astype(np.float32))
    each = [net(x).detach().numpy() for net in nets]
    np.testing.assert_allclose(Ensemble(nets)(x).detach().numpy(), np.mean(each, 0), rtol=1e-5)
    p = probabilities(Ensemble(nets, probabilities=True)(x).detach().numpy())
    np.testing.assert_allclose(p, np.mean([probabilities(e) for e in each], 0), rtol=1e-5)


@pytest.mark.parametrize(("name", "law"), [
    ("mse", lambda e: np.mean(e**2)), ("l1", lambda e: np.mean(np.abs(e))),
    ("huber", lambda e: np.mean(np.where(np.abs(e) < 1, e**2 / 2, np.abs(e) - 0.5))),
])  # fmt: skip
def test_the_loss_of_a_regression_is_that_of_the_standardised_target(name, law):
    y, found = RNG.normal(50, 10, (9, 1)), RNG.normal(50, 10, (9, 1))
    loss = make_loss(Settings(loss=name), [[50.0], [10.0]])
    assert float(loss(tensor(found), tensor(y))) == pytest.approx(law((found - y) / 10))


def test_observation_sees_outputs_and_messages():
    net = nn.Sequential(nn.Flatten(), nn.Linear(3, 2), nn.ReLU())
    x, y = RNG.normal(size=(5, 3)).astype(np.float32), RNG.normal(size=(5, 2)).astype(np.float32)
    said, heard = observe(net, nn.MSELoss(), x, y)
    z = x @ net[1].weight.detach().numpy().T + net[1].bias.detach().numpy()
    assert [h.name for h in said] == [h.name for h in heard] == ["1", "2"]
    assert said[0].mean == pytest.approx(z.mean(), rel=1e-5)
    assert said[1].zeros == np.mean(z <= 0)
    # MSE over 10 numbers: ∂E/∂y = 2 (y − t) / 10, and ReLU passes it on where z > 0.
    delta = 2 * (np.maximum(z, 0) - y) / 10
    assert heard[1].std == pytest.approx(delta.std(), rel=1e-4)
    assert heard[0].std == pytest.approx((delta * (z > 0)).std(), rel=1e-4)
    assert all(p.grad is None for p in net.parameters())
    assert net.training
    said, _ = observe(net, nn.MSELoss(), x, y)  # the hooks of the first time are gone
    assert len(said) == 2


def test_histograms_count_every_value_once():
    h = histogram("x", np.array([1.0, 2.0, np.nan, np.inf, 2.0]))
    assert sum(h.counts) == 3
    same = histogram("x", np.full(7, 3.0))
    assert sum(same.counts) == 7
    assert same.edges[0] < 3 < same.edges[-1]
    assert np.isnan(histogram("x", np.array([np.nan])).mean)


def test_the_table_of_the_network():
    rows = network_table(mlp(inputs=4, outputs=3, hidden=[5]), np.zeros((2, 4), np.float32))
    named = {r.name: r for r in rows}
    assert named["linear1"].parameters == 25
    assert named["linear1"].input_shape == (None, 4)
    assert sum(r.parameters for r in rows) == 25 + 18


def test_figures_of_a_worked_example():
    assert metrics.confusion(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).tolist() == [
        [1, 1],
        [0, 1],
    ]
    assert metrics.rmse(np.array([1.0, 3.0]), np.array([0.0, 0.0])) == pytest.approx(5**0.5)
    assert metrics.r2(np.array([[1.0], [2.0]]), np.array([[1.0], [3.0]])) == pytest.approx(0.5)
    assert np.isnan(metrics.r2(np.array([1.0]), np.array([1.0])))
    assert metrics.correct(np.array([[1.0, 2.0]]), np.array([1])) == 1
    assert metrics.correct(np.array([[1.0]]), np.array([[1.0]])) is None


def test_the_hardest_mistakes_come_first():
    net = mlp(inputs=64, outputs=10, hidden=[16])
    data = digits().take(np.arange(200))
    verdict = judge(net, nn.CrossEntropyLoss(), data)
    found = verdict.mistakes()
    p = probabilities(verdict.outputs)
    wrong = verdict.outputs.argmax(1) != data.y
    assert wrong.sum() > 24
    assert found[0].probability_true == pytest.approx(p[np.arange(200), data.y][wrong].min())
    assert len(found) == 24
    assert np.array_equal(found[0].image, data.x[found[0].row, 0])
    assert found[0].true == data.classes[data.y[found[0].row]]
    assert verdict.confusion.sum() == 200
    assert verdict.figures["accuracy"] == pytest.approx(1 - wrong.mean())


def test_rows_are_shown_in_their_own_words(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text(
        "colour,size,day,open,y\nred,1.25,2024-01-31,true,1.5\nblue,3,2024-02-02,false,2.5\n"
        "red,2,2024-02-01,true,3.5\n"
    )
    data = read(table, target="y")
    assert cells(data, 1) == {"colour": "blue", "size": 3.0, "day": "2024-02-02", "open": False}
    assert cells(data, 0) == {"colour": "red", "size": 1.25, "day": "2024-01-31", "open": True}


def test_history_is_columns_and_csv():
    history = History([{"epoch": 1, "loss": 0.1}, {"epoch": 2, "loss": 1 / 3}], "loss", 1)
    assert history["loss"] == [0.1, 1 / 3]
    assert history.best == {"epoch": 1, "loss": 0.1}
    assert history.to_csv() == f"epoch,loss\n1,0.1\n2,{1 / 3!r}\n"
    with pytest.raises(KeyError, match="no column 'val' in the history; there are epoch, loss"):
        history["val"]
    with pytest.raises(ValueError, match="no epoch has ended yet"):
        _ = History().best


class Rows(Dataset):
    def __len__(self):
        return 7

    def __getitem__(self, index):
        return np.full(2, index, np.float32), index % 3


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("size", [1, 3, 7, 9, np.int64(2)])
def test_a_dataset_gives_the_rows_of_an_epoch_in_its_order(size, shuffle):
    x = np.repeat(np.arange(7, dtype=np.float32)[:, None], 2, axis=1)
    table = Subset(TensorDataset(tensor(x), tensor(np.arange(7) % 3)), list(range(7)))
    rows = order(7, 4, 2) if shuffle else np.arange(7)
    for data in (Rows(), table, (x, np.arange(7) % 3)):
        source = Batches(data, size, (None, None))
        found = [(a.numpy(), b.numpy()) for a, b in source.epoch(4, 2, shuffle)]
        assert len(found) == source.batches
        assert [len(a) for a, _ in found[:-1]] == [size] * (len(found) - 1)
        assert np.array_equal(np.concatenate([a for a, _ in found]), x[rows])
        assert np.array_equal(np.concatenate([b for _, b in found]), rows % 3)
