"""Values are called what the user calls them, and are what the user says they are."""

from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn

F = nn.functional


def named(e, role):
    return [n.name for n in e._tape.nodes if n.role == role]


def symbols(e):
    return {n.name: e._symbols[n].latex() for n in e._tape.nodes}


def test_layers_are_numbered_and_the_variables_of_a_line_are_names():
    net = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 2))
    x = dp.tensor([[1.0, 0.5], [-0.5, 2.0]])
    t = dp.tensor([0, 1])
    z = net(x)
    criterion = nn.CrossEntropyLoss()
    loss = criterion(z, t)
    e = dp.explain(loss)
    assert named(e, "parameter") == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert (named(e, "input"), named(e, "target"), named(e, "loss")) == (["x"], ["t"], ["loss"])
    found = symbols(e)
    names = ("0.weight", "0.bias", "0", "1", "2.weight", "2", "x", "t", "loss")
    assert [found[n] for n in names] == [
        "W^{(1)}", "b^{(1)}", "z^{(1)}", "h^{(1)}", "W^{(2)}", "z^{(2)}", "x", "t", "E",
    ]  # fmt: skip
    assert e.value("z") is e.value("2"), "the user's word for it is a name as well"
    assert e.batch_size == 2


def test_a_formula_keeps_its_letters():
    a = dp.tensor(2.0, requires_grad=True)
    x = dp.tensor(3.0, requires_grad=True)
    y = dp.tensor(1.0)
    p = a * x
    u = p - y
    q = u**2
    E = q + x
    e = dp.explain(E)
    assert e.names == ("a", "x", "y", "p", "u", "q", "E")
    assert float(e.delta("x")) == 21.0
    assert [m.sender for m in e.messages("x").arriving] == ["E", "p"]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 3)
        self.norm = nn.BatchNorm1d(3)
        self.scale = nn.Parameter(dp.ones(3))

    def forward(self, images):
        rows = images.view(-1, 4)
        hidden = dp.relu(self.norm(self.fc1(rows)))
        return hidden * self.scale


def test_a_network_of_ones_own():
    net = Net()
    t = dp.tensor([2, 0, 1, 1, 0])
    loss = F.cross_entropy(net(dp.randn(5, 2, 2)), t) + 0.1 * net.fc1.weight.square().sum()
    e = dp.explain(loss)
    assert set(named(e, "parameter")) == {
        "fc1.weight", "fc1.bias", "norm.weight", "norm.bias", "scale",
    }  # fmt: skip
    assert named(e, "input") == ["rows"]
    assert named(e, "target") == ["t"]
    assert {"fc1", "norm", "hidden"} <= set(e.names)
    assert symbols(e)["norm.weight"] == r"\gamma^{(2)}"
    assert [g.name for g in e._groups] == ["norm", "cross_entropy"]


def test_classes_that_count_up_like_the_rows_are_the_target():
    net = nn.Linear(3, 4)
    e = dp.explain(F.cross_entropy(net(dp.randn(4, 3)), dp.tensor([0, 1, 2, 3])))
    (name,) = named(e, "target")
    assert [m.sender for m in e.messages("x").arriving]
    assert e.value(name).tolist() == [0, 1, 2, 3]
    assert len([n for n in e._tape.nodes if n.role == "target"]) == 1


def test_a_float_target_is_what_the_output_is_compared_with():
    net = nn.Linear(3, 2)
    wanted = dp.randn(4, 2)
    e = dp.explain(((net(dp.randn(4, 3)) - wanted) ** 2).mean())
    assert named(e, "target") == ["wanted"]
    assert e.delta("wanted") is None


def test_names_are_unique_and_html_and_japanese_stay_what_they_are():
    net = nn.Sequential()
    net.add_module("<b>層</b>", nn.Linear(2, 2))
    net.add_module("二", nn.Linear(2, 1))
    e = dp.explain(net(dp.ones(3, 2)).sum())
    assert "<b>層</b>.weight" in e.names
    assert "二" in e.names
    assert len(set(e.names)) == len(e.names)
    for latex in symbols(e).values():
        assert "<" not in latex


def test_rows_keep_their_axis_through_a_convolution_and_a_permutation():
    net = nn.Sequential(nn.Conv2d(2, 3, 2), nn.ReLU(), nn.Flatten(), nn.Linear(27, 2))
    x = dp.randn(5, 2, 4, 4)
    e = dp.explain(net(x).square().mean())
    axes = {n.name: (n.axis, n.per) for n in e._tape.nodes}
    assert [axes[k] for k in ("x", "0", "1", "2", "3", "0.weight", "loss")] == [
        (0, 1), (0, 1), (0, 1), (0, 1), (0, 1), (None, 1), (None, 1),
    ]  # fmt: skip
    merged = [n for n in e._tape.nodes if n.per == 9]
    assert merged, "a convolution makes one row of every place"
    rows = np.arange(45).reshape(5, 9)
    assert all(np.array_equal(np.arange(45)[n.rows(3)[-1]], rows[3]) for n in merged)
    assert e.delta("x").shape == (5, 2, 4, 4), "the image itself is in the pass"


def test_rows_that_are_mixed_are_named():
    net = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 1))
    x = dp.randn(6, 4)
    mixed = dp.explain(net(x).square().mean()).blame("0.weight", (0, 0))
    assert mixed.coupled
    net.eval()
    assert not dp.explain(net(x).square().mean()).blame("0.weight", (0, 0)).coupled


def test_a_variable_that_is_bound_again_names_its_values_apart():
    y = dp.tensor(0.5, requires_grad=True)
    for _ in range(3):
        y = dp.tanh(y)
    e = dp.explain(y)
    assert len(set(e.names)) == len(e.names) == 4
    assert e.names[-1] == "y" or e.names[-1].startswith("y (")


def test_rows_are_followed_when_an_axis_before_them_is_summed():
    w = dp.randn(3, 4).requires_grad_()
    x = dp.randn(5, 4)
    y = x @ w.T
    z = y.permute(1, 0)
    s = z.sum(0)
    e = dp.explain((s * s).mean())
    axes = {n.name: n.axis for n in e._tape.nodes}
    assert (axes["x"], axes["z"], axes["s"]) == (0, 1, 0)
    terms = [e.derivation("w", (2, 1), sample=k).result for k in range(5)]
    by_hand = 2 / 5 * e.value("s") * x.numpy()[:, 1]
    assert np.allclose(terms, by_hand)


def test_the_equations_of_a_loss_are_not_all_the_loss():
    net = nn.Linear(3, 2)
    t = dp.tensor([0, 1, 1, 0])
    loss = F.cross_entropy(net(dp.randn(4, 3)), t)
    e = dp.explain(loss)
    assert [n for n in e.names if n.startswith("loss")] == ["loss"]
    assert e.value("loss").shape == ()
    assert e.value("E") is e.value("loss")


def test_one_example_given_as_a_vector_is_no_batch():
    w = dp.randn(2, 2).requires_grad_()
    x = dp.tensor([1.0, 2.0])
    y = dp.sigmoid(w @ x)
    assert dp.explain((y * y).sum()).batch_size is None
    net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2))
    e = dp.explain(net(x).square().mean())
    assert e.batch_size is None
    assert "batch" not in e.worksheet("0.bias").text()
    a, b = dp.tensor(1.0, requires_grad=True), dp.tensor(0.0, requires_grad=True)
    line = dp.explain(((a * x + b) ** 2).mean())
    assert line.batch_size == 2, "points of a line are examples"
