from __future__ import annotations

import copy
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.nn.serialize import load, save

nn = dp.nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 3)
        self.rest = nn.Sequential(nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 2, bias=False))
        self.scale = nn.Parameter(dp.ones(1))
        self.register_buffer("seen", dp.zeros(1))
        self.register_buffer("scratch", dp.zeros(1), persistent=False)

    def forward(self, x: Any) -> Any:
        return self.rest(self.first(x)) * self.scale


def test_names() -> None:
    net = Net()
    assert [k for k, _ in net.named_parameters()] == [
        "scale", "first.weight", "first.bias", "rest.0.weight", "rest.0.bias", "rest.2.weight",
    ]  # fmt: skip
    assert [k for k, _ in net.named_children()] == ["first", "rest"]
    assert [k for k, _ in net.named_modules()] == [
        "",
        "first",
        "rest",
        "rest.0",
        "rest.1",
        "rest.2",
    ]
    assert list(net.state_dict()) == [
        "scale", "seen", "first.weight", "first.bias", "rest.0.weight", "rest.0.bias",
        "rest.0.running_mean", "rest.0.running_var", "rest.0.num_batches_tracked", "rest.2.weight",
    ]  # fmt: skip
    assert net.get_submodule("rest.2") is net.rest[2]
    assert net.get_parameter("first.bias") is net.first.bias


def test_shared_parameters_and_modules_come_once() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    net[1].weight = net[0].weight
    assert [k for k, _ in net.named_parameters()] == ["0.weight", "0.bias", "1.bias"]
    assert len(net.state_dict()) == 4


def twice() -> tuple[nn.Module, nn.Module]:
    """A network that holds one layer at two places, and a buffer with it."""
    shared = nn.BatchNorm1d(2)
    net = nn.Sequential(nn.Linear(2, 2), shared, nn.Sequential(nn.Tanh(), shared))
    return net, shared


def test_a_layer_held_twice_has_its_keys_at_both_places() -> None:
    net, shared = twice()
    own = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
    keys = ["0.weight", "0.bias", *(f"1.{k}" for k in own), *(f"2.1.{k}" for k in own)]
    assert list(net.state_dict()) == keys
    for key in own:
        assert np.shares_memory(
            net.state_dict()[f"1.{key}"].numpy(), net.state_dict()[f"2.1.{key}"].numpy()
        )
    # walking meets it once, under its first name
    assert [k for k, _ in net.named_parameters()] == ["0.weight", "0.bias", "1.weight", "1.bias"]
    assert [k for k, _ in net.named_buffers()] == [f"1.{k}" for k in own[2:]]
    assert [k for k, _ in net.named_modules()] == ["", "0", "1", "2", "2.0"]
    everywhere = [k for k, _ in net.named_parameters(remove_duplicate=False)]
    assert everywhere == ["0.weight", "0.bias", "1.weight", "1.bias", "2.1.weight", "2.1.bias"]
    assert [k for k, _ in net.named_modules(remove_duplicate=False)][-1] == "2.1"
    assert list(net.children())[1] is shared
    assert len(list(nn.Sequential(shared, shared).children())) == 1


def test_a_layer_held_twice_is_saved_and_loaded() -> None:
    net, shared = twice()
    net(dp.randn(5, 2))
    state = {k: v.clone() for k, v in net.state_dict().items()}
    other, _ = twice()
    assert other.load_state_dict(state) == ([], [])
    other.eval()
    net.eval()
    x = dp.randn(3, 2)
    assert dp.equal(net(x), other(x))
    del state["2.1.weight"]
    with pytest.raises(RuntimeError, match=r"missing keys: 2\.1\.weight"):
        other.load_state_dict(state)
    opt = dp.optim.SGD(net.parameters(), lr=1.0)
    before = shared.bias.tolist()
    net(x).sum().backward()
    assert shared.bias.grad is not None
    opt.step()
    assert shared.bias.tolist() == (np.array(before) - shared.bias.grad.numpy()).tolist()
    net.double()
    assert [v.dtype for v in net.state_dict().values() if v.dtype.kind == "f"] == [dp.float64] * 10


def test_a_network_that_holds_itself_is_walked_once() -> None:
    class Ring(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(1, 1)
            self.again = self.layer

    net = Ring()
    assert list(net.state_dict()) == ["layer.weight", "layer.bias", "again.weight", "again.bias"]
    assert len(list(net.parameters())) == 2
    assert [name for name, _ in net.named_children()] == ["layer"]


def test_replacing_an_attribute_replaces_the_parameter() -> None:
    layer = nn.Linear(2, 2)
    new = nn.Parameter(dp.zeros(2, 2))
    layer.weight = new
    assert next(layer.parameters()) is new
    layer.bias = None
    assert [k for k, _ in layer.named_parameters()] == ["weight"]
    with pytest.raises(TypeError, match="cannot assign Tensor as parameter 'weight'"):
        layer.weight = dp.zeros(2, 2)
    del layer.weight
    with pytest.raises(AttributeError, match="'Linear' object has no attribute 'weight'"):
        _ = layer.weight


def test_what_cannot_be_registered() -> None:
    class Early(nn.Module):
        def __init__(self) -> None:
            self.layer = nn.Linear(1, 1)

    with pytest.raises(AttributeError, match=r"before super\(\).__init__\(\) of Early was called"):
        Early()
    m = nn.Module()
    with pytest.raises(KeyError, match="cannot contain a dot"):
        m.register_parameter("a.b", None)
    with pytest.raises(KeyError, match="has an attribute 'forward' already"):
        m.register_buffer("forward", dp.ones(1))
    with pytest.raises(TypeError, match="parameter 'p' must be a Parameter or None, not Tensor"):
        m.register_parameter("p", dp.ones(1))
    with pytest.raises(NotImplementedError, match="Module has no forward method"):
        m(1)


def test_modes_and_freezing() -> None:
    net = Net().eval()
    assert not any(m.training for m in net.modules())
    assert all(m.training for m in net.train().modules())
    net.requires_grad_(False)
    assert not net(dp.ones(2, 4)).requires_grad
    with pytest.raises(ValueError, match="train takes True or False"):
        net.train("yes")


def test_conversion_keeps_integers_and_converts_gradients() -> None:
    net = Net()
    net(dp.randn(5, 4)).sum().backward()
    p = net.first.weight
    assert net.double() is net
    assert net.first.weight is p
    assert p.dtype == p.grad.dtype == dp.float64
    assert net.rest[0].running_mean.dtype == dp.float64
    assert net.rest[0].num_batches_tracked.dtype == dp.int64
    net.zero_grad()
    net(dp.randn(5, 4, dtype=dp.float64)).sum().backward()
    assert p.grad is not None
    with pytest.raises(NotImplementedError, match="cuda"):
        net.to("cuda")
    with pytest.raises(TypeError, match="floating-point dtypes only"):
        net.to(dp.int64)


def test_apply_visits_the_innermost_first() -> None:
    seen: list[str] = []
    nn.Sequential(nn.ReLU(), nn.Sequential(nn.Tanh())).apply(
        lambda m: seen.append(type(m).__name__)
    )
    assert seen == ["ReLU", "Tanh", "Sequential", "Sequential"]


def test_hooks() -> None:
    layer = nn.Linear(2, 2)
    before = layer.register_forward_pre_hook(lambda m, args: (args[0] * 0,))
    after = layer.register_forward_hook(lambda m, args, y: y + 1)
    assert dp.allclose(layer(dp.randn(3, 2)), layer.bias + 1)
    before.remove()
    after.remove()
    x = dp.randn(3, 2)
    assert dp.equal(layer(x), nn.functional.linear(x, layer.weight, layer.bias))


def test_state_round_trip(tmp_path: Path) -> None:
    dp.manual_seed(0)
    net, other = Net(), Net()
    for _ in range(3):
        net(dp.randn(5, 4))
    save(net.state_dict(), tmp_path / "net.safetensors")
    keys = other.load_state_dict(load(tmp_path / "net.safetensors"))
    assert keys == ([], [])
    x = dp.randn(2, 4)
    assert dp.equal(net.eval()(x), other.eval()(x))
    for (k, a), (j, b) in zip(net.state_dict().items(), other.state_dict().items(), strict=True):
        assert (k, a.dtype) == (j, b.dtype)
        assert dp.equal(a, b)
    assert not list(tmp_path.glob(".*")), "no temporary file is left"


def test_a_state_that_does_not_fit_says_everything_and_changes_nothing() -> None:
    net = nn.Linear(2, 3)
    before = net.weight.detach().clone()
    with pytest.raises(RuntimeError) as caught:
        net.load_state_dict({"weight": dp.zeros(3, 3), "extra": dp.ones(1)})
    text = str(caught.value)
    assert "cannot load the state into Linear" in text
    assert "unexpected keys: extra" in text
    assert "missing keys: bias" in text
    assert "weight: shape [3, 3] given, [3, 2] expected" in text
    assert dp.equal(net.weight, before)
    loose = net.load_state_dict({"bias": np.ones(3), "extra": dp.ones(1)}, strict=False)
    assert loose == (["weight"], ["extra"])
    assert net.bias.tolist() == [1, 1, 1]


def test_what_cannot_be_saved_or_loaded(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"not Linear; pass net\.state_dict\(\)"):
        save(nn.Linear(1, 1), tmp_path / "x")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"'epoch' must be a tensor, not int; .*nothing is pickled"):
        save({"epoch": 3}, tmp_path / "x")
    assert not list(tmp_path.iterdir())
    save({"w": dp.ones(100)}, tmp_path / "x")
    data = (tmp_path / "x").read_bytes()
    (tmp_path / "x").write_bytes(data[:-10])
    with pytest.raises(ValueError, match="is not a complete safetensors file"):
        load(tmp_path / "x")
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none")


def test_a_copy_is_independent_and_trains() -> None:
    net = Net()
    twin = copy.deepcopy(net)
    twin(dp.randn(5, 4)).sum().backward()
    assert twin.first.weight.grad is not None
    assert net.first.weight.grad is None
    with dp.no_grad():
        twin.first.weight.zero_()
    assert net.first.weight.abs().sum().item() > 0


def test_errors_name_layer_line_shapes_and_remedy() -> None:
    class Deep(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = nn.Sequential(OrderedDict(hidden=nn.Linear(4, 3), out=nn.Linear(5, 2)))

        def forward(self, x: Any) -> Any:
            return self.encoder(x)

    with pytest.raises(RuntimeError) as caught:
        Deep()(dp.ones(7, 4))
    text = str(caught.value)
    assert "linear: the input f32[7, 3] has 3 features, the weight f32[2, 5] takes 5" in text
    assert "use Linear(3, 2) or change the input" in text
    assert "in layer encoder.out" in text
    assert "test_module.py" in text
    assert "return self.encoder(x)" in text
    with pytest.raises(RuntimeError) as again:  # the path is left after an error
        nn.Linear(4, 3)(dp.ones(2, 5))
    assert "in layer" not in str(again.value)


def test_sequential() -> None:
    net = nn.Sequential(OrderedDict(a=nn.Linear(1, 2), b=nn.ReLU()))
    assert net.a is net[0] is net[-2]
    assert len(net[1:]) == 1
    net = nn.Sequential(nn.Linear(1, 2)).append(nn.ReLU()).extend([nn.Linear(2, 1)])
    net.insert(1, nn.Tanh())
    assert [type(m).__name__ for m in net] == ["Linear", "Tanh", "ReLU", "Linear"]
    del net[1]
    net[1] = nn.Sigmoid()
    assert [k for k, _ in net.named_children()] == ["0", "1", "2"]
    assert [type(m).__name__ for m in net] == ["Linear", "Sigmoid", "Linear"]
    with pytest.raises(IndexError, match="index 7 is out of range: Sequential holds 3 modules"):
        net[7]


def test_lists_and_dicts_of_modules() -> None:
    layers = nn.ModuleList([nn.Linear(1, 1), nn.ReLU()])
    layers += [nn.Linear(1, 1)]
    assert [k for k, _ in layers.named_parameters()] == ["0.weight", "0.bias", "2.weight", "2.bias"]
    named = nn.ModuleDict({"x": nn.Linear(1, 1)})
    named["y"] = nn.ReLU()
    assert list(named) == ["x", "y"]
    assert named.pop("y") is not None
    assert len(named) == 1
    assert len(list(nn.ParameterList([dp.ones(1), dp.ones(2)]).parameters())) == 2


def test_repr_is_pytorchs() -> None:
    net = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.Sequential(nn.Dropout())
    )
    assert repr(net) == (
        "Sequential(\n"
        "  (0): Conv2d(1, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))\n"
        "  (1): BatchNorm2d(8, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n"
        "  (2): Sequential(\n"
        "    (0): Dropout(p=0.5, inplace=False)\n"
        "  )\n"
        ")"
    )


def test_summary_needs_no_data_and_changes_nothing() -> None:
    net = nn.Sequential(
        nn.Conv2d(1, 4, 3),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(36, 5),
    )
    net[1].eval()
    rows = nn.summary(net, dp.ones(2, 1, 8, 8))
    assert rows[0] == ("0", "Conv2d", (2, 1, 8, 8), (2, 4, 6, 6), 40)
    assert [r.output_shape for r in rows[3:]] == [(2, 4, 3, 3), (2, 36), (2, 5)]
    assert rows.total == sum(r.parameters for r in rows) == 40 + 8 + 185
    assert "185" in str(rows)
    assert net[1].num_batches_tracked.item() == 0
    assert net.training
    assert not net[1].training


def test_summary_wants_an_example_and_not_a_shape() -> None:
    with pytest.raises(TypeError, match=r"summary: \(1, 4\) is no tensor; give an example input"):
        nn.summary(nn.Linear(4, 2), (1, 4))


def test_embedding() -> None:
    table = nn.Embedding(5, 3, padding_idx=-1)
    assert table.weight[4].tolist() == [0, 0, 0]
    index = dp.tensor([[0, 4, 0]])
    table(index).sum().backward()
    assert table.weight.grad.tolist() == [[2, 2, 2], [0] * 3, [0] * 3, [0] * 3, [0, 0, 0]]
    frozen = nn.Embedding.from_pretrained(dp.ones(2, 3))
    assert not frozen.weight.requires_grad
    with pytest.raises(IndexError, match="index 5 is out of range; the table has rows 0 to 4"):
        table(dp.tensor([5]))
    with pytest.raises(RuntimeError, match=r"use \.long\(\)"):
        table(dp.tensor([0.5]))


def test_one_hot() -> None:
    F = nn.functional
    assert F.one_hot(dp.tensor([1, 0]), 3).tolist() == [[0, 1, 0], [1, 0, 0]]
    with pytest.raises(RuntimeError, match="must be smaller than num_classes=2, one is 2"):
        F.one_hot(dp.tensor([2]), 2)


def test_linear_takes_vectors_and_batches() -> None:
    layer = nn.Linear(3, 2, dtype=dp.float64)
    x = dp.randn(4, 5, 3, dtype=dp.float64)
    y = layer(x)
    assert dp.allclose(layer(x[1, 2]), y[1, 2])
    w, b = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    np.testing.assert_allclose(y.detach().numpy(), x.numpy() @ w.T + b)


def test_bilinear_is_its_definition() -> None:
    layer = nn.Bilinear(3, 4, 2, dtype=dp.float64)
    a, b = dp.randn(5, 3, dtype=dp.float64), dp.randn(5, 4, dtype=dp.float64)
    want = np.einsum("ni,oij,nj->no", a.numpy(), layer.weight.detach().numpy(), b.numpy())
    np.testing.assert_allclose(layer(a, b).detach().numpy(), want + layer.bias.detach().numpy())
