"""What is spelt of a pass: the numbers that stand there, read back and added up by hand."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

import denpa as dp
from denpa import nn
from denpa.core.errors import ArgumentError
from denpa.explanation.spelling import certain, digits
from denpa.explanation.spelling_forms import plain
from tests.explanation.nets import ALL
from tests.explanation.read import of_html, of_latex, of_text

X = np.array([[0.5, 1.0], [-0.5, 2.0], [1.5, 0.3], [0.0, -1.0]], np.float32)
T = np.array([0, 1, 1, 0])
LANGUAGES = ("en", "ja")


def scalar(a: float):
    return dp.tensor(a, requires_grad=True)


@pytest.fixture(scope="module")
def small():
    """The 2-3-2 network with its gradients written out in NumPy."""
    dp.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 2))
    x, t = dp.tensor(X), dp.tensor(T)
    e = dp.explain(nn.CrossEntropyLoss()(net(x), t))
    w1, b1, w2, b2 = (p.detach().numpy().astype(float) for p in net.parameters())
    h = 1 / (1 + np.exp(-(X @ w1.T + b1)))
    z = h @ w2.T + b2
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    dz = (p - np.eye(2)[T]) / 4
    dh = dz @ w2
    d1 = dh * h * (1 - h)
    grads = {"0.weight": d1.T @ X, "0.bias": d1.sum(0), "2.weight": dz.T @ h, "2.bias": dz.sum(0),
             "0": d1, "1": dh, "2": dz}  # fmt: skip
    yield e, grads, d1
    del net


def five(shown: float, true: float) -> bool:
    """Equal to the five figures that a result has."""
    return abs(shown - true) <= 0.51 * 10 ** (np.floor(np.log10(abs(true))) - 4) if true else True


def test_every_element_of_a_network_in_every_form(small) -> None:
    e, grads, _ = small
    for name, grad in grads.items():
        for at in np.ndindex(grad.shape):
            d = e.derivation(name, at)
            read = of_text(d.text())
            assert five(read[0].result, grad[at]), (name, at)
            for level, shown in zip(d.levels, read, strict=False):
                true = grads[level.name][level.index] if level.name in grads else level.total
                assert five(shown.result, true), (name, at, level.name)
                assert abs(shown.total - shown.result) <= shown.half, (name, at, level.name)
            for other in (of_text(d.text("ja")), of_latex(d.latex()), of_html(d.html("ja"))):
                assert [(s.terms, s.result) for s in other] == [(s.terms, s.result) for s in read]


def test_one_example_is_a_term_of_the_sum(small) -> None:
    e, grads, d1 = small
    assert "Σ_n ∂E/∂z⁽¹⁾[n, 1] · x[n, 0]" in e.derivation("0.weight", (1, 0)).text()
    assert "Σ_k ∂E/∂z⁽²⁾[1, k] · w⁽²⁾[k, 2]" in e.derivation("1", (1, 2)).text()
    for n in range(4):
        text = e.derivation("0.weight", (1, 0), sample=n).text()
        assert five(of_text(text)[0].result, d1[n, 1] * X[n, 0])
        assert f"this is example {n}'s term of the sum over the batch" in text
        assert f"∂E/∂w⁽¹⁾[1, 0]|n={n} = " in text
        assert "backward()" not in text
    assert f"データ {3} の項" in e.derivation("0.weight", (1, 0), sample=3).text("ja")
    assert grads["0.weight"][1, 0] == pytest.approx((d1[:, 1] * X[:, 0]).sum())


@pytest.mark.parametrize(("a", "x", "y"), [(2, 3, 1), (-1.5, 0.25, 4), (0.1, -7, -0.3)])
def test_a_square_by_hand(a: float, x: float, y: float) -> None:
    """E = (a·x − y)² + x: ∂E/∂a = 2(ax − y)x, ∂E/∂x = 2(ax − y)a + 1, ∂E/∂y = −2(ax − y)."""
    ta, tx, ty = (scalar(float(v)) for v in (a, x, y))
    r = ta * tx - ty
    e = dp.explain(r**2 + tx)
    d = a * x - y
    for name, true in (("ta", 2 * d * x), ("tx", 2 * d * a + 1), ("ty", -2 * d)):
        found = e.derivation(name)
        read = of_text(found.text())
        assert read[0].result == pytest.approx(true, rel=1e-4)
        assert of_html(found.html())[0].result == read[0].result
        assert abs(read[0].total - true) <= read[0].half


def test_direct_and_total_derivative_are_told_apart() -> None:
    a, x = scalar(2.0), scalar(3.0)
    q = (a * x - 1) ** 2
    d = dp.explain(q + x).derivation("x")
    assert "∂E/∂x = ∂(q + x)/∂x + ∂E/∂u · ∂u/∂x = 1 + ∂E/∂u · a" in d.text()
    assert r"\frac{\partial \left(q + x\right)}{\partial x}" in d.latex()
    assert "brings 20 of 21" in d.text()
    y = x * x
    d = dp.explain(y + 2 * x).derivation("x")
    assert "∂E/∂y · ∂y/∂x\n  = 1 · 6 = 6" in d.text(), "both places where y reads x"
    # u = tanh(x)·x reads x directly, and through tanh
    v = x.tanh()
    u = v * x
    text = dp.explain(u**2).derivation("x").text()
    assert "∂(v x)/∂x" in text
    assert "∂v/∂x" in text


def test_batch_norm_by_hand() -> None:
    """E = Σ c·y with y = γ·x̂ + β: ∂E/∂x = γ/σ·(c − mean(c) − x̂·mean(c·x̂)), and a bias before it
    has gradient 0."""
    rng = np.random.default_rng(0)
    a, c = rng.normal(size=(6, 2)), rng.normal(size=(6, 2))
    norm = nn.BatchNorm1d(2, eps=0).double()
    gamma = np.array([1.5, -0.7])
    norm.weight.data[:] = dp.tensor(gamma)
    x, b = dp.tensor(a, requires_grad=True), dp.tensor(np.zeros(2), requires_grad=True)
    e = dp.explain((norm(x + b) * dp.tensor(c)).sum())
    s = a.std(0)
    hat = (a - a.mean(0)) / s
    true = gamma / s * (c - c.mean(0) - hat * (c * hat).mean(0))
    for at in np.ndindex(true.shape):
        for shown in (of_text(e.derivation("x", at).text()), of_html(e.derivation("x", at).html())):
            assert five(shown[0].result, true[at])
    text = e.derivation("b", 0).text()
    assert re.search(r"= 0 \(below \de−1[3-7]\)\n", text), "nothing but rounding"
    assert re.search(r"= 0 \(\de−1\d 未満\)\n", e.derivation("b", 0).text("ja"))
    assert "Rows of the batch see each other" in e.blame("1.weight" if "1.weight" in e.names
                                                       else "weight").text()  # fmt: skip


def test_long_sums_are_folded_and_opened() -> None:
    rng = np.random.default_rng(1)
    a = rng.normal(size=(51, 1))
    w, x = dp.tensor([[0.5]], requires_grad=True), dp.tensor(a)
    d = dp.explain((x @ w.double()).square().sum()).derivation("w", (0, 0))
    folded, opened = d.text(), d.text(unfold=True)
    level = next(s for s in of_text(folded) if len(s.terms) == 5)
    assert "… 47 more terms, together " in folded
    assert "… ほか 47 項、合計 " in d.text("ja")
    assert any(len(s.terms) == 51 for s in of_text(opened))
    assert "more terms" not in opened
    assert level.result == pytest.approx((a**2).sum(), rel=1e-4)
    rest = np.sort((a**2).ravel())[:-4].sum()
    assert level.terms[-1][0] == pytest.approx(rest, rel=1e-3)


def test_the_gradient_of_backward_stands_there(small) -> None:
    e, _, _ = small
    d = e.derivation("2.bias", 1)
    said = re.search(r"backward\(\) gives (\S+) ✓ difference (\S+)", d.text())
    assert said is not None
    shown, gap = (float(s.replace("−", "-")) for s in said.groups())
    assert float(np.float32(shown)) == d.gradient, "all digits of its float32"
    assert gap == pytest.approx(abs(d.gradient - d.result), rel=0.5)
    wrong = type(d)(**{**{f: getattr(d, f) for f in d.__dataclass_fields__}, "gradient": 0.5})
    assert "lost digits" in wrong.text()
    assert "lost digits" in wrong.html()


@pytest.mark.parametrize("name", list(ALL))
def test_every_layer_and_loss_can_be_spelt(name: str) -> None:
    dp.manual_seed(3)
    loss, net = ALL[name]()
    e = dp.explain(loss)
    for k, value in enumerate(e.names):
        delta = e.delta(value)
        if delta is None:
            continue
        at = tuple(int(i) for i in np.unravel_index(int(np.abs(delta).argmax()), delta.shape))
        d = e.derivation(value, at)
        for unfold in (False, True):
            text = d.text(LANGUAGES[k % 2], unfold)
            assert "\\" not in text
            assert not re.search(r"[{}]", text)
            for shown in of_text(text):
                assert abs(shown.total - shown.result) <= 1.01 * shown.half
            ElementTree.fromstring(d.html(unfold=unfold))
            balanced(d.latex(unfold=unfold))
        ElementTree.fromstring(e.messages(value).html())
        balanced(e.messages(value).latex())
    del net


def balanced(latex: str) -> None:
    depth = 0
    for c in re.sub(r"\\[\\{}]", "", latex):
        depth += (c == "{") - (c == "}")
        assert depth >= 0
    assert depth == 0
    assert latex.count(r"\left") == latex.count(r"\right")


def test_what_is_not_finite_is_spelt_as_such() -> None:
    w = dp.tensor([1.0, 0.0], requires_grad=True)
    d = dp.explain(w.log().sum()).derivation("w", 1)
    assert "message δ = ∞" in d.text()
    assert "backward() gives ∞ ✓ difference 0" in d.text()
    assert r"\infty" in d.latex()
    n = dp.tensor([float("nan"), 1.0])
    d = dp.explain((w * n).sum()).derivation("w", 0)
    assert "message δ = NaN" in d.text()
    assert r"\mathrm{NaN}" in d.latex()


class Twice(dp.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * 2


def test_a_rule_too_large_to_be_read_ends_the_derivation() -> None:
    dp.manual_seed(0)
    layer, x = nn.Linear(3, 300), dp.randn(4, 3)
    y = layer(x)
    e = dp.explain(Twice.apply(y).square().sum())
    d = e.derivation("weight", (7, 1))
    true = 8 * (y.detach().numpy()[:, 7] * x.numpy()[:, 1])  # E = Σ(2y)²
    assert of_text(d.text())[0].result == pytest.approx(true.sum(), rel=1e-4)
    assert "the derivation ends here" in d.text()
    assert "導出はここまで" in d.html("ja")
    assert d.agrees
    one = e.derivation("weight", (7, 1), sample=2)
    assert one.result == pytest.approx(true[2], rel=1e-4)
    # the weight itself goes through the rule: E = Σ (2·w·x_n)², of example 2 alone
    w, m = dp.randn(300, 3, requires_grad=True), dp.randn(4, 3)
    e = dp.explain((m @ Twice.apply(w).T).square().sum())
    a, b = w.detach().numpy().astype(float), m.numpy().astype(float)
    each = 8 * (b @ a[7]) * b[:, 1]
    assert e.derivation("w", (7, 1), sample=2).result == pytest.approx(each[2], rel=1e-4)
    assert e.blame("w", (7, 1)).total == pytest.approx(each.sum(), rel=1e-4)


def test_names_are_escaped_and_symbols_are_letters() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.add_module("<b>層&</b>", nn.Linear(2, 1))

        def forward(self, x):
            return getattr(self, "<b>層&</b>")(x)

    net = Net()
    e = dp.explain(net(dp.tensor(X)).square().sum())
    d = e.derivation("<b>層&</b>.weight", (0, 0))
    assert d.text().startswith("w⁽¹⁾[0, 0]   <b>層&</b>.weight[0, 0]   ")
    assert "<b>層" not in d.html()
    assert "&lt;b&gt;層&amp;&lt;/b&gt;.weight[0, 0]" in d.html()
    assert r"\texttt{<b>層\&</b>.weight[0, 0]}" in d.latex()
    assert "<b>層" not in e.blame("<b>層&</b>.weight").html()
    損失 = net(dp.tensor(X)).sum()
    ElementTree.fromstring(dp.explain(損失).messages("損失").html("ja"))


def test_messages_are_added_up_as_shown() -> None:
    a, x = scalar(2.0), scalar(3.0)
    found = dp.explain((a * x - 1) ** 2 + x).messages("x")
    assert found.text().endswith("∂E/∂x = 1 + 20 = 21")
    assert "2 つのメッセージが届き" in found.text("ja")
    assert r"\frac{\partial E}{\partial x} &= 1 + 20 = 21" in found.latex()
    shown = ElementTree.fromstring(found.html())
    assert [n.text for n in shown.iter("mn")][-3:] == ["1", "20", "21"]
    w = dp.tensor(np.arange(20.0), requires_grad=True)
    large = dp.explain((w * w).sum()).messages("w")
    assert "0 … 38" in large.text()
    assert "∂E/∂w[3] = 3 + 3 = 6" not in large.text()
    assert "∂E/∂w[3] = 3 + 3 = 6" in large.text(unfold=True)


def test_blame_says_the_terms_by_example() -> None:
    w = dp.tensor([[2.0]], requires_grad=True)
    x, t = dp.tensor([[1.0], [-3.0], [0.5]]), dp.tensor([[1.0], [1.0], [1.0]])
    found = dp.explain(0.5 * ((x @ w - t) ** 2).sum()).blame("w", (0, 0))
    assert re.findall(r"example (\d) +(\S+)", found.text()) == [("1", "21"), ("0", "1"), ("2", "0")]
    assert re.search(r"合計 +22$", found.text("ja"))
    tree = ElementTree.fromstring(found.html())
    bars = [float(r.get("width") or 0) for r in tree.iter("rect")]
    assert bars[0] == 50
    assert bars[1] == pytest.approx(50 / 21, abs=0.01)
    many = dp.tensor(np.linspace(1, 2, 40).reshape(40, 1).astype(np.float32))
    text = dp.explain(0.5 * (many @ w).square().sum()).blame("w", (0, 0)).text()
    terms = [float(s) for s in re.findall(r"(?:example \d+|together) +(\S+)", text)]
    assert len(terms) == 13
    assert sum(terms) == pytest.approx(2 * (np.linspace(1, 2, 40) ** 2).sum(), rel=1e-3)


@pytest.mark.parametrize("form", ["text", "latex", "html"])
def test_a_language_that_is_not_spoken_is_refused(small, form: str) -> None:
    e = small[0]
    for asked in (e.derivation("0.bias", 0), e.messages("0"), e.blame("0.bias", 0)):
        with pytest.raises(ArgumentError, match="'en' or 'ja', not 'fr'"):
            getattr(asked, form)(lang="fr")


def test_faces(small) -> None:
    e = small[0]
    for asked in (e.derivation("0.bias", 0), e.messages("0"), e.blame("0.bias", 0)):
        assert str(asked) == asked.text()
        assert "<style>" in asked._repr_html_()
        assert "<script" not in asked._repr_html_()
        assert 'lang="ja"' in asked.html("ja")


@pytest.mark.parametrize(
    ("x", "figures", "shown"),
    [(0.07487022, 5, "0.074870"), (0.1 + 0.2, 4, "0.3000"), (2.5, 4, "2.5"), (-1e-9, 4, "-1e-9"),
     (99999.6, 5, "1.0000e5"), (9.9996, 4, "10.00"), (-0.00099999, 2, "-0.0010"), (7.0, 1, "7")],
)  # fmt: skip
def test_digits_by_hand(x: float, figures: int, shown: str) -> None:
    assert digits(x, figures) == shown


def test_no_more_figures_than_are_certain() -> None:
    assert certain(1.0, 1e-3) == 3
    assert certain(float("inf"), 1.0) == 15
    assert plain(r"\left(a + b\right)_{n,0}^{-1} / \sqrt{x}") == "(a + b)[n, 0]⁻¹ / √(x)"
