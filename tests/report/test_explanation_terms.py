"""The sparse maps as the page walks them: the terms of every message of every layer and loss add up
to what the engine sent, with groups closed and open."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa import nn
from denpa.report import linker
from tests.explanation.nets import ALL

F = nn.functional

# The largest difference between a sum of terms and δ, beside the terms' size; what was looked at.
SUMS = """([record, open]) => {
  const store = new Store(record);
  const view = viewOf(store, new Set(open ? record.groups.map((g) => g.id) : []));
  let [worst, count, far] = [0, 0, 0];
  for (const node of store.nodes) {
    if (node.delta === null || node.role === "loss") continue;
    const size = sizeOf(node.shape);
    for (let k = 0; k < size; k += Math.max(1, Math.floor(size / 40))) {
      const index = unflat(node.shape, k);
      const here = levelOf(store, view, node, index);
      const said = store.delta(node, index);
      const top = here.terms.reduce((m, t) => Math.max(m, Math.abs(t.term)), Math.abs(said));
      if (here.why === "far") { far++; continue; }
      if (!here.terms.length) { worst = Math.max(worst, Math.abs(said)); continue; }
      count++;
      if (top) worst = Math.max(worst, Math.abs(here.total - said) / top);
    }
  }
  return [worst, count, far]; }"""


@pytest.fixture(scope="module")
def scripted(browser: Any) -> Any:
    page = browser.new_page()
    page.add_script_tag(content=linker.script())
    yield page
    page.close()


@pytest.mark.parametrize("name", ALL)
def test_terms_add_up_to_the_message(scripted: Any, name: str) -> None:
    dp.manual_seed(3)
    loss, _net = ALL[name]()
    record = dp.explain(loss).to_dict()
    for opened in (False, True):
        worst, count, far = scripted.evaluate(SUMS, [record, opened])
        assert worst < 1e-9, f"open: {opened}"
        assert count > 3 * far


OPS = {
    "cumsum": lambda x: dp.cumsum(x, 1),
    "cumsum over the rows": lambda x: dp.cumsum(x, 0),
    "flipped": lambda x: dp.flip(x, (1,)),
    "picked, one of them twice": lambda x: x[:, [0, 2, 2]],
    "turned": lambda x: x.T,
    "joined": lambda x: dp.cat([x, x * 2.0], 1),
    "multiplied by itself": lambda x: x @ x.T,
    "its maximum": lambda x: x.amax(1, keepdim=True) * x,
    "in many layers": lambda x: x[:, None, :] @ x[None, :, :].transpose(1, 2),
}


@pytest.mark.parametrize("name", OPS)
def test_terms_of_single_ops_add_up(scripted: Any, name: str) -> None:
    dp.manual_seed(4)
    x = dp.tensor(dp.randn(3, 4).numpy().astype(float), requires_grad=True)
    y = OPS[name](dp.tanh(x))
    record = dp.explain((y * dp.sin(y)).sum()).to_dict()
    worst, count, far = scripted.evaluate(SUMS, [record, True])
    assert worst < 1e-12
    assert count > 20
    assert far == 0


def test_a_weight_is_followed_through_what_is_made_of_it(scripted: Any) -> None:
    """y = x (3 Wᵀ): a row's share is 3 δ_n x_n, not δ_n x_n."""
    rng = np.random.default_rng(5)
    x, w = rng.normal(size=(4, 3)), rng.normal(size=(2, 3))
    weight = nn.Parameter(dp.tensor(w))
    y = F.linear(dp.tensor(x), weight * 3.0)
    record = dp.explain(dp.tanh(y).sum()).to_dict()
    rows = scripted.evaluate(
        """(record) => { const store = new Store(record);
          const node = store.nodes.find((n) => n.role === "parameter");
          return [...shares(store, node, [0, 1]).rows].sort((a, b) => a[0] - b[0])
            .map((r) => r[1]); }""",
        record,
    )
    delta = 1 - np.tanh(3 * x @ w.T) ** 2
    assert rows == pytest.approx(3 * delta[:, 0] * x[:, 1], rel=1e-12)


def test_examples_share_a_weights_gradient(scripted: Any) -> None:
    """δ of row n times what it meets, written out in NumPy; a penalty belongs to no row."""
    dp.manual_seed(2)
    net = nn.Linear(3, 2).double()
    x, t = np.random.default_rng(0).normal(size=(2, 5, 3))[0], np.ones((5, 2))
    y = net(dp.tensor(x))
    loss = nn.functional.mse_loss(y, dp.tensor(t)) + 0.1 * net.weight.square().sum()
    record = dp.explain(loss).to_dict()
    rows, none = scripted.evaluate(
        """(record) => { const store = new Store(record);
          const node = store.nodes.find((n) => n.name.endsWith("weight"));
          const found = shares(store, node, [1, 2]);
          return [[...found.rows].sort((a, b) => a[0] - b[0]).map((r) => r[1]), found.none]; }""",
        record,
    )
    w = net.weight.detach().numpy()
    delta = 2 * (y.detach().numpy() - t) / t.size
    assert rows == pytest.approx(delta[:, 1] * x[:, 2], rel=1e-12)
    assert none == pytest.approx(0.2 * w[1, 2], rel=1e-12)


@pytest.mark.parametrize(("middle", "coupled"), [("BatchNorm1d", True), ("Tanh", False)])
def test_rows_are_coupled_by_batch_norm_alone(scripted: Any, middle: str, coupled: bool) -> None:
    layer = nn.BatchNorm1d(4) if middle == "BatchNorm1d" else nn.Tanh()
    net = nn.Sequential(nn.Linear(3, 4), layer, nn.Linear(4, 1))
    record = dp.explain(net(dp.randn(6, 3)).square().mean()).to_dict()
    found = scripted.evaluate(
        """(record) => { const store = new Store(record);
          return ["0.weight", "2.weight"].map((name) =>
            isCoupled(store, store.nodes.find((n) => n.name === name))); }""",
        record,
    )
    assert found == [coupled, False]


def test_a_layers_messages_one_by_one(scripted: Any) -> None:
    rng = np.random.default_rng(1)
    x = dp.tensor(rng.normal(size=(4, 3)), requires_grad=True)
    net = nn.Linear(3, 5).double()
    z = net(x)
    record = dp.explain((dp.tanh(z) ** 2).sum()).to_dict()
    found = scripted.evaluate(
        """(record) => { const store = new Store(record);
          const edges = record.edges.filter((e) => e.local?.kind === "linear.x");
          return edges.map((e) => messages(store, e, 2).map((r) => Array.from(r))); }""",
        record,
    )
    h = np.tanh(z.detach().numpy())
    delta = 2 * h * (1 - h * h)
    w = net.weight.detach().numpy()
    assert np.allclose(found[0], delta[2][None, :] * w.T, rtol=1e-12, atol=0)
