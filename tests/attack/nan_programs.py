"""Programs that make a NaN or an infinity, and beside each, by hand, what is to be blamed for it.

A program maps a parameter `w` and an argument `x` of ones to what is summed into the loss. `blamed`
is the function that made the harm ("" where nothing is wrong), told as backward of it where it was
made there; the line is that marked `# origin`, or the program's only one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import denpa as dp
from denpa.nn import functional as F

INF = float("inf")
NAN = float("nan")


class Program(NamedTuple):
    """One program and its oracle."""

    name: str
    run: Callable[[Any, Any], Any]
    blamed: str
    w: Any = (1.0, 2.0)
    dtype: Any = dp.float32


class Cube(dp.autograd.Function):
    """x³, with a slope that is wrong at 0."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (x,) = ctx.saved_tensors
        return 3 * g * x * x * x / x


class Ratio(dp.autograd.Function):
    """x/x: NaN at 0."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return x / x  # origin

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return g * 0


def mask(*bits: int) -> Any:
    """A mask that hides where a bit is 1."""
    return dp.tensor(np.array(bits, bool))


def hidden(scores: Any, *bits: int) -> Any:
    """Scores with -inf where a bit is 1 (the first of two, if none are given)."""
    return scores.masked_fill(mask(*bits) if bits else mask(1, 0), -INF)


def scored(scores: Any) -> Any:
    """The cross-entropy of the second of two classes."""
    return F.cross_entropy(scores[None], dp.tensor([1]))  # origin


def lines(w: Any, x: Any) -> Any:
    """Two harmless lines around the bad one."""
    a = w * x + 1
    b = dp.log(a - 1)  # origin
    return b * 2


def far(w: Any, x: Any) -> Any:
    """The infinity is made long before it becomes a NaN."""
    a = dp.exp(w * x)  # origin
    b = a * 3 + 1
    c = b.reshape(2, 1).expand(2, 2)
    return c / c.sum()


def two_masks(w: Any, x: Any) -> Any:
    """A harmless mask and another that hides a whole row."""
    s = w * x[:1] + dp.tensor([[0.0, -INF], [0.0, 0.0]])
    t = s.masked_fill(mask(0, 0, 1, 1).reshape(2, 2), -INF)
    return dp.softmax(t, 1) ** 2  # origin


def guarded(w: Any, x: Any) -> Any:
    """A guard behind the root, where it is too late."""
    r = dp.sqrt(w * x)  # origin
    return dp.where(w > 0, r, 0.0 * w)


def divided(w: Any, x: Any) -> Any:
    """Division in place."""
    a = x * 2
    b = a * 1
    b /= w  # origin
    return b


def user_forward(w: Any, x: Any) -> Any:
    """A function of the user's."""
    return Ratio.apply(w * x)


MADE = (
    Program("a line between others", lines, "log", w=(0, 1)),
    Program("far from where it shows", far, "exp", w=(100, 1)),
    Program("the second mask", two_masks, "softmax", w=((1, 2), (3, 4))),
    Program("a guard behind a root", guarded, "backward of sqrt", w=(0, 4)),
    Program("a user's forward", user_forward, "div", w=(0, 1)),
    # -- NaN of finite numbers
    Program("log of a negative number", lambda w, x: dp.log(w * x), "log", w=(-1, 2)),
    Program("root of a negative number", lambda w, x: (w * x).sqrt(), "sqrt", w=(-1, 2)),
    Program("0/0", lambda w, x: w / (w * x), "div", w=(0, 2)),
    Program("a fraction of a negative base", lambda w, x: (w * x) ** 0.5, "pow", w=(-2, 2)),
    Program("log1p below −1", lambda w, x: dp.log1p(w * x), "log1p", w=(-3, 2)),
    Program("log2 of a negative number", lambda w, x: dp.log2(w * x), "log2", w=(-3, 2)),
    Program("rsqrt of a negative number", lambda w, x: dp.rsqrt(w * x), "rsqrt", w=(-3, 2)),
    Program("remainder of a division by 0", lambda w, x: dp.remainder(x, w), "remainder", w=(0, 2)),
    Program("deviation of one number", lambda w, x: (w * x)[:1].std(), "std"),
    Program("mean of no numbers", lambda w, x: (w * x)[:0].mean(), "mean"),
    Program(
        "a NaN that where leaves out",
        lambda w, x: dp.where(w > 0, dp.log(w * x), w),
        "log",
        w=(-1, 2),
    ),
    # -- NaN of given infinity: the op, not the mask
    Program("∞ − ∞", lambda w, x: (w + INF) - (x + INF), "sub"),
    Program("0·∞", lambda w, x: w * x * dp.tensor([INF, 1.0]), "mul", w=(0, 1)),
    Program("∞/∞", lambda w, x: (w + INF) / (x + INF), "div"),
    Program("sine of ∞", lambda w, x: dp.sin(w + INF * x), "sin"),
    Program("a row all masked", lambda w, x: dp.softmax(hidden(w * x, 1, 1), 0), "softmax"),
    Program("an additive mask", lambda w, x: dp.softmax(w + dp.tensor([-INF, -INF]), 0), "softmax"),
    Program("where as mask", lambda w, x: dp.softmax(dp.where(mask(1, 1), -INF, w), 0), "softmax"),
    Program(
        "log_softmax all masked", lambda w, x: dp.log_softmax(hidden(w, 1, 1), 0), "log_softmax"
    ),
    Program("cross-entropy of +∞", lambda w, x: scored(w + dp.tensor([INF, 0.0])), "cross_entropy"),
    Program("matmul of 0 and ∞", lambda w, x: w @ dp.tensor([INF, 1.0]), "matmul", w=(0, 1)),
    Program(
        "mean less ∞",
        lambda w, x: (w + dp.tensor([INF, 0.0])) - (w + dp.tensor([INF, 0.0])).mean(),
        "sub",
    ),
    # -- infinity of finite numbers, in the loss
    Program("log of 0", lambda w, x: (w * x).log(), "log", w=(1, 0)),
    Program("1/0", lambda w, x: x / w, "div", w=(1, 0)),
    Program("reciprocal of 0", lambda w, x: (w * x).reciprocal(), "reciprocal", w=(1, 0)),
    Program("log10 of 0", lambda w, x: (w * x).log10(), "log10", w=(1, 0)),
    Program("product too large", lambda w, x: w * (w * x), "mul", w=(1, 3e30)),
    Program("sum too large", lambda w, x: (w * x).sum() * 1e-3, "sum", w=(3e38, 3e38)),
    Program("exp too large", lambda w, x: dp.exp(w * x), "exp", w=(1, 89)),
    Program("expm1 too large", lambda w, x: dp.expm1(w * x), "expm1", w=(1, 89)),
    Program("power too large", lambda w, x: (w * x) ** 40, "pow", w=(1, 1e3)),
    Program("square too large", lambda w, x: dp.square(w * x), "square", w=(1, 1e30)),
    Program("prod too large", lambda w, x: (w * x).prod(), "prod", w=(1e30, 1e30)),
    Program("cumsum too large", lambda w, x: (w * x).cumsum(0), "cumsum", w=(3e38, 3e38)),
    Program("matmul too large", lambda w, x: w @ (w * x), "matmul", w=(1e30, 1)),
    Program("norm too large", lambda w, x: dp.norm(w * x), "norm", w=(1e30, 1)),
    Program("mse too large", lambda w, x: F.mse_loss(w * x, x), "mse_loss", w=(1e30, 1)),
    Program("float16: product", lambda w, x: w * (w * x), "mul", w=(1, 300), dtype=dp.float16),
    Program("float16: exp", lambda w, x: dp.exp(w * x), "exp", w=(1, 12), dtype=dp.float16),
    Program("float16: sum", lambda w, x: (w * x).sum(), "sum", w=(6e4, 6e4), dtype=dp.float16),
    Program("float16: a cast", lambda w, x: (w * x).half(), "half", w=(1, 1e6)),
    Program("float64: exp", lambda w, x: dp.exp(w * x), "exp", w=(1, 710), dtype=dp.float64),
    Program(
        "nll of log 0",
        lambda w, x: F.nll_loss(dp.log(w * x)[None], dp.tensor([1])),
        "log",
        w=(1, 0),
    ),
    Program("in place", lambda w, x: (w * x).log_(), "log", w=(1, 0)),
    Program("an operator in place", divided, "div", w=(1, 0)),
    Program("a row of a table", lambda w, x: dp.log(w * x[:1]), "log", w=((1, 2), (3, 0))),
    # -- infinity of finite numbers that becomes a NaN
    Program("softmax by hand", lambda w, x: dp.exp(w * x) / dp.exp(w * x).sum(), "exp", w=(1, 100)),
    Program("entropy by hand", lambda w, x: w * dp.log(w * x), "log", w=(1, 0)),
    Program("overflow less overflow", lambda w, x: w * (w * x) - w * (x * w), "mul", w=(1, 3e30)),
    Program("exp behind where", lambda w, x: dp.where(w < 9, dp.exp(w * x), w), "exp", w=(1, 100)),
    Program("sigmoid by hand", lambda w, x: dp.exp(w * x) / (1 + dp.exp(w * x)), "exp", w=(1, 100)),
    Program("logs added", lambda w, x: dp.log(w * x) - dp.log(w), "log", w=(1, 0)),
    # -- backward
    Program("root at 0", lambda w, x: dp.sqrt(w * x), "backward of sqrt", w=(0, 4)),
    Program("power 1/2 at 0", lambda w, x: (w * x) ** 0.5, "backward of pow", w=(0, 4)),
    Program(
        "norm by hand at 0", lambda w, x: (w * w * x).sum().sqrt(), "backward of sqrt", w=(0, 0)
    ),
    Program(
        "log behind where",
        lambda w, x: dp.where(w > 0, dp.log(w * x), w),
        "backward of log",
        w=(0, 1),
    ),
    Program("1/x near 0", lambda w, x: x / w, "backward of div", w=(1e-30, 1)),
    Program("log near 0", lambda w, x: dp.log(w * x), "backward of log", w=(1e-39, 1)),
    Program(
        "slopes too large",
        lambda w, x: (w * 1e20).sum() * 1e20 * x[0],
        "backward of mul",
        w=(1e-30, 0),
    ),
    Program("a user's backward", lambda w, x: Cube.apply(w * x), "backward of Cube", w=(0, 1)),
)

HEALTHY = (
    Program("masked_fill", lambda w, x: dp.softmax(hidden(w * x), 0) ** 2, ""),
    Program("where", lambda w, x: dp.softmax(dp.where(mask(1, 0), -INF, w * x), 0) ** 2, ""),
    Program("additive mask", lambda w, x: dp.softmax(w + dp.tensor([-INF, 0.0]), 0) ** 2, ""),
    Program(
        "log of a mask", lambda w, x: dp.softmax(w + dp.log(dp.tensor([0.0, 1.0])), 0) ** 2, ""
    ),
    Program("log_softmax", lambda w, x: dp.log_softmax(hidden(w * x), 0)[1], ""),
    Program("logsumexp", lambda w, x: dp.logsumexp(hidden(w * x), 0), ""),
    Program("max", lambda w, x: hidden(w * x).max(), ""),
    Program("amax", lambda w, x: hidden(w * x).amax(0), ""),
    Program("argmax", lambda w, x: w[hidden(w * x).argmax()], ""),
    Program("identity of max", lambda w, x: dp.maximum(w * x, dp.full((2,), -INF)), ""),
    Program("identity of min", lambda w, x: dp.minimum(w * x, dp.full((2,), INF)), ""),
    Program("exp of −∞", lambda w, x: dp.exp(hidden(w * x)), ""),
    Program("1/∞", lambda w, x: w / dp.tensor([INF, 1.0]), ""),
    Program("tanh of ∞", lambda w, x: dp.tanh(w + INF), ""),
    Program("sigmoid of −∞", lambda w, x: dp.sigmoid(w - INF), ""),
    Program("relu of −∞", lambda w, x: dp.relu(w - dp.tensor([INF, 0.0])), ""),
    Program("clamp of ∞", lambda w, x: (w + dp.tensor([INF, 0.0])).clamp(max=5.0), ""),
    Program(
        "log 0 left out by where",
        lambda w, x: w * dp.where(mask(0, 1), 0.0, dp.log(x * dp.tensor([2.0, 0.0]))),
        "",
    ),
    Program("guard before the root", lambda w, x: dp.sqrt(dp.where(w > 0, w, 1.0)), "", w=(0, 4)),
    Program("slope that goes nowhere", lambda w, x: dp.sqrt(dp.where(w > 1, w, 0.0)), "", w=(0, 4)),
    Program("norm at 0", lambda w, x: dp.norm(w * x), "", w=(0, 0)),
    Program("cross-entropy, others masked", lambda w, x: scored(w - dp.tensor([INF, 0.0])), ""),
    Program(
        "binary cross-entropy at 0",
        lambda w, x: F.binary_cross_entropy((w * x).sigmoid(), dp.tensor([0.0, 1.0])),
        "",
        w=(200, -200),
    ),
    Program(
        "NaN in data left out",
        lambda w, x: w * dp.where(mask(1, 0), 0.0, dp.tensor([NAN, 1.0])),
        "",
    ),
    Program("nan_to_num", lambda w, x: w * dp.nan_to_num(dp.tensor([NAN, 1.0])), ""),
    Program("is it infinite", lambda w, x: w * dp.isinf(dp.tensor([INF, 1.0])), ""),
    Program("overflow that is clamped", lambda w, x: (w * 1e30 * (x * 1e30)).clamp(max=3.0), ""),
    Program(
        "float16 that is clamped",
        lambda w, x: (w * 6e4 * (x * 2)).clamp(max=3.0),
        "",
        dtype=dp.float16,
    ),
    Program("sorted", lambda w, x: dp.sort(hidden(w * x))[0][1], ""),
    Program(
        "causal attention",
        lambda w, x: (
            dp.softmax((w[:, None] * w).masked_fill(mask(0, 1, 0, 0).reshape(2, 2), -INF), 1) @ w
        ),
        "",
    ),
    Program(
        "all masked, then left out",
        lambda w, x: dp.where(mask(1, 1), w, dp.logsumexp(hidden(w, 1, 1), 0)),
        "",
    ),
    Program("softplus of −∞", lambda w, x: F.softplus(w - dp.tensor([INF, 0.0])), ""),
    Program("deviation of equal numbers", lambda w, x: (w * x).std(), "", w=(3, 3)),
    Program("comparison with ∞", lambda w, x: w * (w < dp.tensor([INF, 0.0])), ""),
)
