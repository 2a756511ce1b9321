"""∞, NaN, −0 and far out, held without another library: eager and compiled."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest

import denpa as dp
from tests.functional.special import DISCRETE, INF, NAN, POINTWISE, ROWS, Case, F

MODES = ["eager", "native"]
DTYPES = ["float32", "float64"]


def ready(f: Callable[..., Any], mode: str) -> Callable[..., Any]:
    """The function, compiled if that is asked for; a compilation that is refused is an error."""
    if mode == "eager":
        return f
    compiled = dp.compile(f)

    def run(*args: Any) -> Any:
        found = compiled(*args)
        assert "eager" not in repr(compiled)
        return found

    return run


def agree(found: Any, wanted: Any, what: str, signs: bool) -> None:
    """Equal up to rounding; NaN is NaN, and with `signs` 0 is not −0. None is left open."""
    y = found.detach().numpy()
    flat = np.ravel(np.asarray(wanted, dtype=object))
    want = np.array([np.nan if w is None else w for w in flat], np.float64)
    assert y.size == want.size, what
    near = 4 * np.finfo(y.dtype).eps
    for k, (a, b) in enumerate(zip(y.reshape(-1).tolist(), want.tolist(), strict=True)):
        if flat[k] is None:
            continue
        text = f"{what}, element {k}: {a!r}, not {b!r}"
        assert a == b or (b != b and a != a) or 0 < near * abs(b) - abs(a - b) < np.inf, text
        if signs and isinstance(flat[k], float) and b == 0:
            assert np.signbit(a) == np.signbit(b), text


def examine(case: Case, mode: str, columns: list[np.ndarray]) -> None:
    def both(*xs: Any) -> Any:
        y = case.f(*xs)
        if not case.slopes:
            return (y,)
        return y, *dp.autograd.grad(y, xs, dp.full_like(y, case.g))

    xs = [dp.tensor(c, requires_grad=bool(case.slopes)) for c in columns]
    value, *messages = ready(both, mode)(*xs)
    times = columns[0].size // np.size(case.inputs[0])
    agree(value, list(case.value) * times, f"{case.name}: value", signs=True)
    for k, (m, slope) in enumerate(zip(messages, case.slopes, strict=True)):
        agree(m, list(slope) * times, f"{case.name}: message {k}", signs=False)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", POINTWISE, ids=[c.name for c in POINTWISE])
def test_pointwise(case: Case, dtype: str, mode: str) -> None:
    """Often enough that vectors and what is left over both see each number."""
    examine(case, mode, [np.array(c * 9, dtype) for c in case.inputs])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", ROWS, ids=[c.name for c in ROWS])
def test_rows(case: Case, dtype: str, mode: str) -> None:
    examine(case, mode, [np.array(c, dtype) for c in case.inputs])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("name", "f", "x", "want"), DISCRETE, ids=[d[0] for d in DISCRETE])
def test_discrete(name: str, f: Any, x: list[float], want: Any, mode: str) -> None:
    for dtype in DTYPES:
        assert ready(lambda t: f(t), mode)(dp.tensor(np.array(x, dtype))).tolist() == want


def exact_erf(x: float) -> Decimal:
    """2/√π Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)) to 60 digits, π by Machin's formula."""
    with localcontext() as context:
        context.prec = 100  # the terms reach e^(x²), which cancels

        def arctan_of_one_over(n: int) -> Decimal:
            term = total = Decimal(1) / n
            k = 1
            while abs(term) > Decimal(10) ** -90:
                term, k = -term / (n * n), k + 2
                total += term / k
            return total

        pi = 4 * (4 * arctan_of_one_over(5) - arctan_of_one_over(239))
        t = total = +Decimal(x)
        n = 0
        while abs(t) > Decimal(10) ** -70 * abs(total):
            n += 1
            t = -t * Decimal(x) ** 2 / n
            total += t / (2 * n + 1)
        return 2 * total / pi.sqrt()


def test_the_reference_for_erf() -> None:
    """Abramowitz, Stegun, *Handbook of mathematical functions*, table 7.1."""
    for x, known in [("0.5", "0.5204998778"), ("1.0", "0.8427007929"), ("1.5", "0.9661051465")]:
        assert abs(exact_erf(float(x)) - Decimal(known)) <= Decimal("5e-11")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_erf_to_the_last_digit(dtype: str, mode: str) -> None:
    """Within three units in the last place, everywhere, tiny numbers and the seams included."""
    places = [*np.linspace(0.01, 6.2, 150), *10.0 ** -np.arange(1.0, 30, 1.5)]
    places += [s * (1 + d) for s in (1.0, 1.5, 2.0, 3.0) for d in (-1e-9, 0, 1e-9)]
    x = np.array(places, dtype)
    y = ready(lambda t: dp.erf(t), mode)(dp.tensor(np.concatenate([x, -x]))).numpy()
    assert np.array_equal(y[: len(x)], -y[len(x) :])
    for a, found in zip(x, y, strict=False):
        unit = np.spacing(found)
        assert abs(Decimal(float(found)) - exact_erf(float(a))) <= 3 * Decimal(float(unit)), a


# fmt: off
WHOLE: list[tuple[str, Any, list[Any], str, Any]] = [
    # two's complement wraps; the quotient is rounded down and the remainder has the divisor's sign
    ("int8 + 1", lambda x: x + 1, [127, -128], "int8", [-128, -127]),
    ("int64 + 1", lambda x: x + 1, [2**63 - 1], "int64", [-(2**63)]),
    ("uint8 − 1", lambda x: x - 1, [0, 1], "uint8", [255, 0]),
    ("int32 · 2", lambda x: x * 2, [2**30, -(2**31)], "int32", [-(2**31), 0]),
    ("abs", dp.abs, [-128, -7], "int8", [-128, 7]),
    ("neg", dp.neg, [-128, 7], "int8", [-128, -7]),
    ("neg of uint8", dp.neg, [1, 0], "uint8", [255, 0]),
    ("relu", dp.relu, [-5, 0, 5], "int32", [0, 0, 5]),
    ("sign", dp.sign, [-5, 0, 5], "int64", [-1, 0, 1]),
    ("sum of int8", dp.sum, [100, 100, 100], "int8", 300),
    ("sum of truth", dp.sum, [True, True, False], "bool", 2),
    ("floored by 2", lambda x: x // 2, [7, -7, -1, 0], "int64", [3, -4, -1, 0]),
    ("floored by −2", lambda x: x // -2, [7, -7, -1, 0], "int32", [-4, 3, 0, 0]),
    ("remainder of 3", lambda x: x % 3, [7, -7, -1, 0], "int64", [1, 2, 2, 0]),
    ("remainder of −3", lambda x: x % -3, [7, -7, -1, 0], "int8", [-2, -1, -1, 0]),
    ("trunc", lambda x: dp.div(x, 2, rounding_mode="trunc"), [7, -7, -1], "int64", [3, -3, 0]),
    ("quotient is no whole number", lambda x: x / 2, [1, -3], "int64", [0.5, -1.5]),
    ("quotient by 0", lambda x: x / 0, [1, -1], "int64", [INF, -INF]),
    ("power 2", lambda x: x**2, [-3, 16], "int8", [9, 0]),
    ("power 0", lambda x: x**0, [0, 5], "int64", [1, 1]),
    ("float to int", lambda x: x.long(), [-1.9, -0.5, 0.5, 1.9], "float64", [-1, 0, 0, 1]),
    ("argmax of the least", lambda x: dp.argmax(x), [-128, -128], "int8", 0),
    ("argmin", lambda x: dp.argmin(x), [0, -128, 127, -128], "int8", 1),
    ("amin of uint8", dp.amin, [255, 3, 200], "uint8", 3),
    ("min of the least", dp.min, [-(2**63), 5], "int64", -(2**63)),
    ("sort descending", lambda x: dp.sort(x, descending=True).values, [-(2**63), 0, 2**63 - 1],
     "int64", [2**63 - 1, 0, -(2**63)]),
    ("large, not through a float", lambda x: dp.amax(x), [2**53 + 1, 2**53], "int64", 2**53 + 1),
    ("large, compared", lambda x: x > 2**53, [2**53 + 1, 2**53], "int64", [True, False]),
    ("~x", lambda x: ~x, [0, -1], "int64", [-1, 0]),
]
# fmt: on


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("name", "f", "x", "dtype", "want"), WHOLE, ids=[w[0] for w in WHOLE])
def test_whole_numbers(name: str, f: Any, x: list[Any], dtype: str, want: Any, mode: str) -> None:
    assert ready(lambda t: f(t), mode)(dp.tensor(np.array(x, dtype))).tolist() == want


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("f", [lambda a, b: a // b, lambda a, b: a % b], ids=["//", "%"])
def test_a_whole_number_by_zero_is_an_error(f: Any, mode: str) -> None:
    with pytest.raises((RuntimeError, IndexError), match=r"division by zero|divided by zero"):
        ready(lambda a, b: f(a, b), mode)(dp.tensor([1, 2]), dp.tensor([1, 0]))


def test_equal_and_allclose_know_nan() -> None:
    nan, inf = dp.tensor([NAN]), dp.tensor([INF])
    assert not dp.equal(nan, nan)
    assert dp.equal(dp.tensor([0.0]), dp.tensor([-0.0]))
    assert dp.equal(inf, inf)
    assert not dp.equal(inf, -inf)
    assert not dp.allclose(nan, nan)
    assert dp.allclose(nan, nan, equal_nan=True)
    assert not dp.allclose(nan, dp.ones(1), equal_nan=True)
    assert dp.allclose(inf, inf)
    assert not dp.allclose(inf, -inf)
    assert not dp.allclose(dp.ones(1), inf)
    assert not dp.allclose(dp.tensor([1.0, 2.0]), dp.tensor([1.0, 2.001]))
    assert dp.allclose(dp.tensor([1.0]), dp.tensor([1.001]), rtol=1e-2)


@pytest.mark.parametrize("mode", MODES)
def test_the_curvature_of_a_flat_power_is_zero(mode: str) -> None:
    """x⁰ = 1: every derivative is 0, at 0 and far out too, also where b is a tensor."""

    def curvature(x: Any, b: Any) -> Any:
        (slope,) = dp.autograd.grad((x**b).sum(), [x], create_graph=True)
        return dp.autograd.grad(slope.sum(), [x])[0]

    x = dp.tensor([0.0, INF, -1.0, 2.0], requires_grad=True)
    b = dp.tensor([0.0, 0.0, 0.0, 3.0])
    assert ready(curvature, mode)(x, b).tolist() == [0.0, 0.0, 0.0, 12.0]


# fmt: off
LOSSES: list[tuple[str, Any, list[float], list[float], float, list[float]]] = [
    # 0·ln 0 = 0: what never happens and is never expected costs nothing
    ("binary_cross_entropy", F.binary_cross_entropy, [0.0, 1.0], [0.0, 1.0], 0.0, [0.0, 0.0]),
    # PyTorch bounds the logarithm at −100
    ("binary_cross_entropy, wrong", F.binary_cross_entropy, [0.0, 1.0], [1.0, 0.0], 100.0, []),
    ("with logits", F.binary_cross_entropy_with_logits, [1000.0, -1000.0], [1.0, 0.0], 0.0,
     [0.0, 0.0]),
    ("with logits, wrong", F.binary_cross_entropy_with_logits, [1000.0, -1000.0], [0.0, 1.0],
     1000.0, [0.5, -0.5]),
    ("kl_div", lambda x, y: F.kl_div(x, y, reduction="sum"), [0.0, -3.0], [1.0, 0.0], 0.0,
     [-1.0, 0.0]),
    ("cross_entropy, certain", lambda x, y: F.cross_entropy(x[None], y[None]), [1000.0, 0.0],
     [1.0, 0.0], 0.0, [0.0, 0.0]),
    ("cross_entropy, wrong", lambda x, y: F.cross_entropy(x[None], y[None]), [0.0, 1000.0],
     [1.0, 0.0], 1000.0, [-1.0, 1.0]),
    ("cross_entropy, a class closed", lambda x, y: F.cross_entropy(
        x[None], y.argmax(0)[None]), [0.0, -INF], [1.0, 0.0], 0.0, [0.0, 0.0]),
]
# fmt: on


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("name", "f", "x", "y", "want", "slope"), LOSSES, ids=[c[0] for c in LOSSES]
)
def test_losses_at_their_limits(
    name: str, f: Any, x: list[float], y: list[float], want: float, slope: list[float], mode: str
) -> None:
    def both(a: Any, b: Any) -> Any:
        loss = f(a, b)
        return loss, dp.autograd.grad(loss, [a])[0]

    found, message = ready(both, mode)(dp.tensor(x, requires_grad=True), dp.tensor(y))
    assert found.item() == want
    if slope:
        assert message.tolist() == slope
