"""How code as people write it is read: what names say, how backward is called, and whose gradient
each array is."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import denpa as dp
from denpa.check.argument_roles import gradient_names, gradient_of, is_above, is_cache, is_target
from denpa.check.numeric import central
from denpa.check.opening.draws import shown
from denpa.check.subjects.binding import ABOVE, CACHE, OUTPUT, RATE, bindings
from denpa.check.subjects.claims import claimed, returned_names
from denpa.check.subjects.forms import LOSSES, REDUCED, own_loss
from denpa.check.subjects.places import ParameterPlace, leaves, named, partner, put, read
from denpa.check.subjects.written import trial_target

NAMES = st.sampled_from(["W", "b", "x", "gamma", "Wx", "W1", "prev_h", "theta", "kernel"])


# -- names -----------------------------------------------------------------------------------------


@given(NAMES, st.lists(NAMES, unique=True))
def test_a_gradients_name_leads_back(name: str, others: list[str]) -> None:
    all_ = [name, *(n for n in others if n != name)]
    for gradient in (f"d{name}", f"grad_{name}", f"{name}_grad", f"d_{name}"):
        assert gradient_of(gradient, all_) == name
    assert name.replace("_", "").lower() not in gradient_names(name)


def test_names_of_what_is_above_of_caches_and_of_targets() -> None:
    above = "dout dA dZ dY grad_output grad_out upstream delta error dvalues accum_grad g gy d 上流"
    assert all(map(is_above, above.split()))
    assert not any(map(is_above, ["x", "W", "b", "cache", "t", "labels", "A", "training"]))
    assert all(map(is_cache, ["cache", "linear_cache", "ctx", "caches", "saved"]))
    assert is_target("y", ["X", "y"])
    assert not is_target("y", ["y"])
    assert is_target("t", ["x", "t"])


# -- calling backward ------------------------------------------------------------------------------


def roles(back: Any, names: list[str], outputs: int = 1, cached: bool = False) -> dict[str, str]:
    first = bindings(back, names, outputs, cached)[0]
    return {name: role + (str(k) if role == "given" else "") for name, role, k in first.roles}


def test_arguments_of_backward() -> None:
    assert roles(lambda dout: 0, ["x"]) == {"dout": ABOVE}
    assert roles(lambda x, dout: 0, ["x"]) == {"x": "given0", "dout": ABOVE}
    assert roles(lambda dout, W, x: 0, ["x", "W"]) == {"dout": ABOVE, "W": "given1", "x": "given0"}
    assert roles(lambda dout, cache: 0, ["x"], 1, True) == {"dout": ABOVE, "cache": CACHE}
    assert roles(lambda c, g: 0, ["x"], 1, True) == {"c": CACHE, "g": ABOVE}
    assert roles(lambda g, lr: 0, ["x"]) == {"g": ABOVE, "lr": RATE}
    assert roles(lambda y_hat, y: 0, ["x", "y"])["y"] == "given1"
    assert roles(lambda dh, dc, cache: 0, ["x", "h", "c"], 2, True)["dc"] == ABOVE
    assert roles(lambda dout, out: 0, ["x"]) in (
        {"dout": ABOVE, "out": OUTPUT}, {"dout": ABOVE, "out": "given0"},
    )  # fmt: skip


def test_both_ends_are_tried_where_names_say_nothing() -> None:
    found = [b.roles for b in bindings(lambda u, v: 0, ["x"], 1, False)]
    assert {tuple(r for _, r, _ in b) for b in found} >= {(ABOVE, "given"), ("given", ABOVE)}


# -- what backward returned ------------------------------------------------------------------------

SHAPES = {"x": (5, 4), "W": (4, 3), "b": (3,)}
ARRAYS = {n: np.full(s, k + 1.0) for k, (n, s) in enumerate(SHAPES.items())}


def same(claims: dict[str, Any]) -> bool:
    return set(claims) == set(ARRAYS) and all(claims[n] is ARRAYS[n] for n in ARRAYS)


@pytest.mark.parametrize("order", list(itertools.permutations(ARRAYS)))
def test_gradients_find_their_arrays_in_any_order(order: tuple[str, ...]) -> None:
    parts = [ARRAYS[n] for n in order]
    assert same(claimed(tuple(parts), SHAPES)[0])
    assert same(claimed(parts, SHAPES)[0])
    assert same(claimed({f"d{n}": ARRAYS[n] for n in order}, SHAPES)[0])
    assert same(claimed({"grads": {f"d{n}": ARRAYS[n] for n in order}}, SHAPES)[0])
    a, *rest = order
    assert same(claimed((ARRAYS[a], {n: ARRAYS[n] for n in rest}), SHAPES)[0])
    assert same(claimed((ARRAYS[a], [ARRAYS[n] for n in rest]), SHAPES)[0])


@given(st.permutations(["a", "b", "c"]))
def test_names_in_return_decide_between_equal_shapes(order: list[str]) -> None:
    shapes = dict.fromkeys("abc", (2, 2))
    arrays = {n: np.full((2, 2), float(k)) for k, n in enumerate("abc")}
    claims, rest = claimed(tuple(arrays[n] for n in order), shapes, order)
    assert not rest
    assert all(claims[n] is arrays[n] for n in "abc")


def test_what_has_no_partner_is_left() -> None:
    claims, left = claimed({**{f"d{n}": a for n, a in ARRAYS.items()}, "dq": np.ones(9)}, SHAPES)
    assert same(claims)
    assert left == ["dq"]
    claims, left = claimed((ARRAYS["W"], np.ones(9)), SHAPES)
    assert claims == {"W": ARRAYS["W"]}
    assert left == ["an array [9]"]


def test_lists_of_gradients_of_lists() -> None:
    shapes = {"W[0]": (4, 6), "W[1]": (6, 3), "b[0]": (6,), "b[1]": (3,)}
    arrays = {n: np.ones(s) for n, s in shapes.items()}
    weights, biases = [arrays["W[0]"], arrays["W[1]"]], [arrays["b[0]"], arrays["b[1]"]]
    for found in ((biases, weights), (weights, biases), {"dW": weights, "db": biases}):
        claims, left = claimed(found, shapes)
        assert not left
        assert all(claims[n] is arrays[n] for n in shapes)


def test_a_state_that_is_returned_last_is_no_gradient() -> None:
    """Character RNNs return the last state behind the gradients (Karpathy 2015)."""

    def loss_fun(inputs: Any, hprev: Any) -> Any:
        hs = {0: inputs @ hprev}
        dwxh = hs[0]
        return 0.0, dwxh, hs[len(inputs) - 1]

    names = ["inputs", "hprev", "wxh"]
    order = returned_names(loss_fun, names)
    shapes = {"wxh": (2, 2), "hprev": (3, 1)}
    claims, _ = claimed((np.ones((2, 2)), np.ones((3, 1))), shapes, order[1:])
    assert set(claims) == {"wxh"}


# -- forms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", range(len(LOSSES)), ids=lambda k: LOSSES[k].text)
def test_forms_are_what_they_say(k: int) -> None:
    """Each on an output of which it can be computed by hand."""
    form = LOSSES[k]
    y, t = np.array([[0.5, 0.25], [0.25, 0.75], [0.5, 0.5]]), np.array([[1.0, 0], [0, 1], [1, 0]])
    e = np.exp(y)
    total = {
        "½ Σ (y − t)²": 0.5 * (0.25 + 0.0625 + 0.0625 + 0.0625 + 0.25 + 0.25),
        "Σ (y − t)²": 0.25 + 0.0625 + 0.0625 + 0.0625 + 0.25 + 0.25,
        "−Σ t log y": np.log(2) + np.log(4 / 3) + np.log(2),
        "−Σ (t log y + (1 − t) log(1 − y))": 3 * np.log(2) + 3 * np.log(4 / 3),
        "−Σ t log softmax(y)": -np.log((e / e.sum(1, keepdims=True))[t == 1]).sum(),
    }
    text, _, by = form.text.text().removeprefix("the loss ").partition(" / ")
    n = {"": 1, "N": 3, "m (columns are examples)": 2, "(size of y)": 6}[by]
    assert float(form.value(y, t)) == pytest.approx(total[text] / n, rel=1e-12)
    assert form.source
    assert form.text.text("ja") != form.text.text()


def test_means_and_sums_of_what_is_returned() -> None:
    y = np.array([1.0, 2.0, 6.0])
    assert [float(f.value(y, None)) for f in REDUCED] == [3.0, 9.0]


def test_the_loss_that_code_has() -> None:
    near = {"mse": lambda t, y: np.mean((t - 2 * y) ** 2)}
    form = own_loss(None, near)
    assert form is not None
    assert float(form.value(np.ones(2), np.zeros(2))) == 4.0
    assert own_loss(None, {"mse": lambda y: 0.0}) is None
    assert own_loss(None, {"other": lambda y, t: 0.0}) is None


def test_targets_for_an_output() -> None:
    assert trial_target(np.zeros((4, 3))).sum(axis=1).tolist() == [1.0] * 4
    for shape in ((5, 1), (1, 5), (5,)):
        t = trial_target(np.zeros(shape))
        assert t.shape == shape
        assert set(t.reshape(-1)) == {0.0, 1.0}


# -- places ----------------------------------------------------------------------------------------


class Held:
    def __init__(self) -> None:
        self.W, self.dW = np.ones((2, 2)), np.zeros((2, 2))
        self.params, self.grads = {"W1": np.ones(3)}, {"W1": np.zeros(3)}
        self.weights, self.dweights = [np.ones(2), np.ones(4)], [np.zeros(2), np.zeros(4)]
        self.inner = SimpleNamespace(b=[1.0, 2.0], db=np.zeros(2), scale=1.5)
        self.pair = (np.ones(1), np.ones(2))


def test_arrays_are_found_read_and_put() -> None:
    x = Held()
    paths = {named(p): p for p, _ in leaves(x)}
    assert {"W", "W1", "weights[1]", "inner.b", "inner.scale", "pair[1]"} <= set(paths)
    for path in paths.values():
        place, new = ParameterPlace(path), np.array(read(x, path), np.float64) + 7
        place.write(x, new)
        np.testing.assert_array_equal(place.read(x), new)
    assert x.inner.b == [8.0, 9.0]
    assert isinstance(x.pair, tuple)
    put(x, paths["pair[0]"], np.zeros(1))
    assert x.pair[0] == 0


@pytest.mark.parametrize(
    ("name", "gradient"),
    [("W", "dW"), ("W1", "grads"), ("weights[1]", "dweights[1]"), ("inner.b", "inner.db")],
)
def test_gradients_beside_their_arrays(name: str, gradient: str) -> None:
    x = Held()
    path = next(p for p, _ in leaves(x) if named(p) == name and p[0][1] not in ("grads",))
    found = partner(x, path)
    assert found is not None
    assert named(found) == gradient or found[0][1] == gradient
    assert partner(x, (("attribute", "inner"), ("attribute", "scale"))) is None


# -- the whole, against differences ----------------------------------------------------------------


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_a_claim_is_right_exactly_where_differences_say_so(seed: int, right: bool) -> None:
    rng = np.random.default_rng(seed)
    A, x = rng.standard_normal((3, 4)), rng.standard_normal(4)
    factor = 1.0 if right else float(rng.choice([-1.0, 0.5, 1.01, 3.0]))

    def f(x: np.ndarray) -> Any:
        return np.sum(np.sin(A @ x))

    def df(x: np.ndarray) -> np.ndarray:
        return factor * (A.T @ np.cos(A @ x))

    found = dp.check.gradient(f, x, grad=df)
    v = rng.standard_normal(4)
    slope = float(central(lambda a: f(a["x"]), {"x": x}, {"x": v}, 1e-5))
    assert found.ok == right == bool(abs(slope - df(x) @ v) < 1e-6 * (1 + abs(slope)))


def test_words_for_arrays() -> None:
    assert shown("x", np.full((2, 3), 1.5)) == "x (2, 3)"
    assert shown("t", np.eye(3)) == "t (3, 3) rows of 0 and 1"
    assert shown("p", {"W": np.full(2, 3.0)}) == "p {W (2,)}"
    assert shown("lr", 0.1) == "lr = 0.1"
