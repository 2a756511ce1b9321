"""Functions and the inputs that break them: infinities, NaN, zeros of both signs, subnormal and
huge numbers. `tests/parity/test_special.py` holds the table against PyTorch, `tests/compiler` holds
the compiled functions against the eager ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Mask = Callable[..., Any]  # of the inputs: where the exception holds, as it broadcasts
FLOATS = ("float32", "float64")


@dataclass(frozen=True)
class Known:
    """Where PyTorch is not the measure: of which part ("out", "grad0", … or "": all), and why."""

    part: str
    where: Mask
    reason: str


@dataclass(frozen=True)
class Special:
    """`call(m, *inputs)` in a library m. `rows`: the scale of an error is that of its row, not of
    its element. `oracle` stands in for `call` in PyTorch, where that has a fault."""

    name: str
    call: Callable[..., Any]
    inputs: tuple[Array, ...]
    known: tuple[Known, ...] = ()
    rows: bool = False
    oracle: Callable[..., Any] | None = field(default=None, compare=False)


def values(dtype: str) -> Array:
    """Numbers at which formulas fail."""
    f = np.finfo(dtype)
    small, tiny, huge = float(f.smallest_subnormal) * 8, float(f.tiny), float(f.max)
    one = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e-20, -1e-20, 1e19]
    return np.array([*one, -1e19, 88.5, -104.0, small, -small, tiny, huge, -huge], dtype)


def pairs(a: Array, b: Array) -> tuple[Array, Array]:
    """Each of a beside each of b."""
    x, y = np.meshgrid(a, b, indexing="ij")
    return x.reshape(-1).copy(), y.reshape(-1).copy()


def triples(a: Array) -> tuple[Array, ...]:
    """All combinations of three."""
    return tuple(x.reshape(-1).copy() for x in np.meshgrid(a, a, a, indexing="ij"))


def rows(dtype: str) -> Array:
    """Five numbers a row: one or two of them special, or all the same."""
    plain = [0.3, -1.2, 0.7, 2.0, 1.1]
    found = [plain]
    inner = [v for v in values(dtype).tolist() if v not in (1.0, -1.0, 0.5, 3.0)]
    found += [[plain[0], v, *plain[2:]] for v in inner]
    both = [(np.nan, np.inf), (np.inf, np.inf), (np.inf, -np.inf), (0.0, -0.0), (np.nan, np.nan)]
    found += [[plain[0], a, plain[2], b, plain[4]] for a, b in both]
    found += [[v] * 5 for v in (0.0, 1.0, -1.0, np.nan, np.inf, -np.inf, 1e-30)]
    return np.array(found, dtype)


def _huge(*inputs: Array) -> Any:
    """Where some square would overflow."""
    tops = [(np.abs(x) > np.sqrt(np.finfo(x.dtype).max)) & np.isfinite(x) for x in inputs]
    return np.any(tops, axis=0)


def _in_row(test: Mask) -> Mask:
    return lambda x, *_: test(x).any(1, keepdims=True)


def _nan(x: Array, *_: Array) -> Any:
    return np.isnan(x)


def _root(x: Array) -> Any:
    return (x == -np.inf) | ((x == 0) & np.signbit(x))


def _quotient(a: Array, b: Array) -> Any:
    with np.errstate(all="ignore"):
        return ~np.isfinite(a / b)


def _twice(x: Array, t: Array) -> Any:
    return (np.abs(x) == np.finfo(x.dtype).max) | (np.abs(t) == np.finfo(x.dtype).max)


def _constants(dtype: str) -> Known:
    return Known(
        "grad0",
        lambda x: (x < 3) & (dtype == "float64"),
        "by vectors PyTorch's constants of the slope are rounded to float32",
    )


_ELU = Known("grad0", lambda x: ~(np.abs(x) < np.inf), "one by one or by vectors PyTorch differs")
_ENDS = Known("grad0", _nan, "by vectors PyTorch passes 0 on, one by one it passes the message on")
_SQUARE_ROOT = Known("", _root, "PyTorch takes a square root where IEEE 754 has a power of its own")
_OVERFLOW = "squares overflow here, where PyTorch sums them in float64"

UNARY = [
    "abs", "ceil", "cos", "erf", "exp", "exp2", "expm1", "floor", "frac", "isfinite", "isinf",
    "isnan", "log", "log10", "log1p", "log2", "nan_to_num", "neg", "reciprocal", "relu", "round",
    "rsqrt", "sigmoid", "sign", "sin", "sqrt", "square", "tan", "tanh", "trunc",
]  # fmt: skip
ACTIVATIONS = [
    "celu", "elu", "gelu", "hardsigmoid", "hardtanh", "leaky_relu", "logsigmoid", "mish", "relu6",
    "selu", "silu", "softplus", "softsign", "tanhshrink",
]  # fmt: skip


def pointwise(dtype: str) -> Iterator[Special]:
    """Functions of one number."""
    x = values(dtype)
    top = Known("", lambda x: x >= np.finfo(x.dtype).max, "x·2 overflows in PyTorch's x·Φ(x)")
    known = {"gelu": (top,), "hardtanh": (_ENDS,), "relu6": (_ENDS,)}
    known |= {"elu": (_ELU,), "celu": (_ELU,), "selu": (_ELU,)}
    known |= {"hardsigmoid": (_constants(dtype),)}
    for name in UNARY:
        yield Special(name, lambda m, x, n=name: getattr(m, n)(x), (x,))
    for name in ACTIVATIONS:
        yield Special(
            f"F.{name}",
            lambda m, x, n=name: getattr(m.nn.functional, n)(x),
            (x,),
            known.get(name, ()),
        )
    for p in (0, 1, 2, 3, -1, 0.5, -0.5, 1.5, -3.5):
        odd = (_SQUARE_ROOT,) if p in (0.5, -0.5) else ()
        yield Special(f"x**{p}", lambda m, x, p=p: x**p, (x,), odd)
    for p in (0.0, 1.0, 2.0, 0.5, -1.5, np.inf, np.nan):
        yield Special(f"{p}**x", lambda m, x, p=p: m.pow(p, x), (x,))
    bounds = [(-1, 1), (1, -1), (None, 1), (-1, None), (0.0, 0.0), (np.nan, 1.0), (-1.0, np.nan)]
    for low, high in [*bounds, (np.inf, -np.inf)]:
        yield Special(f"clamp {low} {high}", lambda m, x, a=low, b=high: m.clamp(x, a, b), (x,))


def binary(dtype: str) -> Iterator[Special]:
    """Functions of two numbers and of three."""
    x, y = pairs(values(dtype), values(dtype))
    known = {
        "remainder": (Known("", _quotient, "a/b overflows in PyTorch"),),
    }
    for name in ("add", "sub", "mul", "div", "maximum", "minimum", "pow", "remainder", "eq", "lt"):
        yield Special(
            name, lambda m, a, b, n=name: getattr(m, n)(a, b), (x, y), known.get(name, ())
        )
    yield Special("where", lambda m, a, b: m.where(a > b, a, b), (x, y))
    yield Special("lerp", lambda m, a, b: m.lerp(a, b, 0.3), (x, y))
    few = triples(np.array([np.nan, np.inf, -np.inf, 0.0, 1.0, -1.0, 2.0], dtype))
    yield Special("clamp", lambda m, x, a, b: m.clamp(x, a, b), few)
    yield Special("clamp_", lambda m, x, a, b: (x * 1).clamp_(a, b), few)
    yield Special("clip", lambda m, x, a, b: m.clip(x, a, b), few)
    yield Special("clamp min", lambda m, x, a: m.clamp(x, a), few[:2])
    yield Special("clamp max", lambda m, x, b: m.clamp(x, max=b), few[:2])
    yield Special("clamp_min", lambda m, x, a: m.clamp_min(x, a), few[:2])
    yield Special("clamp_max", lambda m, x, b: m.clamp_max(x, b), few[:2])
    yield Special("clamp tensor, number", lambda m, x, a: x.clamp(a, x * 0 + 0.5), few[:2])
    yield Special("addcmul", lambda m, c, a, b: m.addcmul(c, a, b), few)
    yield Special("addcdiv", lambda m, c, a, b: m.addcdiv(c, a, b), few)


def _loss(name: str, **options: Any) -> Callable[..., Any]:
    def call(m: Any, x: Any, t: Any) -> Any:
        return getattr(m.nn.functional, name)(x, t, reduction="none", **options)

    return call


def losses(dtype: str) -> Iterator[Special]:
    """Losses of numbers, each element beside each."""
    x, t = pairs(values(dtype), values(dtype))
    for name, options in [
        ("mse_loss", {}), ("l1_loss", {}), ("huber_loss", {}), ("huber_loss", {"delta": 0.3}),
        ("smooth_l1_loss", {}), ("smooth_l1_loss", {"beta": 2.0}),
        ("smooth_l1_loss", {"beta": 0.0}),
    ]:  # fmt: skip
        twice = Known("", _twice, "PyTorch doubles the difference first: it overflows")
        square = (twice,) if name == "mse_loss" else ()
        yield Special(f"{name} {options}", _loss(name, **options), (x, t), square)
    tiny = float(np.finfo(dtype).tiny)
    yield Special(
        "kl_div",
        _loss("kl_div"),
        (x, t),
        (
            Known("grad1", lambda x, t: t == 0, "of ln 0 = −∞ PyTorch makes 0/0"),
            Known("grad1", lambda x, t: (t != 0) & (np.abs(t) < tiny), "1/t overflows"),
        ),
    )
    yield Special("kl_div log", _loss("kl_div", log_target=True), (x, t))
    x, t = pairs(values(dtype), np.array([0.0, 1.0, 0.25, 1e-20], dtype))
    twos = Known("grad1", lambda x, t: np.abs(x) < 1e-3, "−x as a difference of two ln 2")
    for weight, known in ((None, (twos,)), (2.0, ())):
        yield Special(
            f"bce with logits {weight}",
            lambda m, x, t, w=weight: m.nn.functional.binary_cross_entropy_with_logits(
                x, t, reduction="none", pos_weight=None if w is None else m.tensor(w, dtype=x.dtype)
            ),
            (x, t),
            (
                Known("out", lambda x, t: x < -40, "PyTorch has (1 − t)x − x; it is −tx"),
                *known,
            ),
        )
    p, t = pairs(
        np.array([0, 1, 0.5, 1e-20, tiny / 4, np.finfo(dtype).eps], dtype),
        np.array([0, 1, 0.5, 0.1], dtype),
    )
    steep = Known("grad0", lambda x, t: (x > 0) & (x < 1e-12), "PyTorch divides by 1e-12 or more")
    yield Special(
        "bce", lambda m, x, t: _loss("binary_cross_entropy")(m, x, t.detach()), (p, t), (steep,)
    )


def scores(dtype: str) -> Iterator[Special]:
    """Losses of classes, whose scores are rows with something special in them."""
    x = rows(dtype)
    index = np.arange(len(x)) % 5
    ignored = np.where(np.arange(len(x)) % 3 == 0, -100, index)
    soft = np.tile(np.array([0.0, 1.0, 0.0, 0.0, 0.0], dtype), (len(x), 1))
    soft[::2] = [0.25, 0.25, 0.5, 0.0, 0.0]
    weight = np.array([1, 0, 2, 0.5, 1], dtype)
    for name in ("cross_entropy", "nll_loss"):
        for tag, target in [("", index), (" ignored", ignored)]:
            yield Special(
                f"{name}{tag}",
                lambda m, x, n=name, t=target: getattr(m.nn.functional, n)(
                    x, m.tensor(t), reduction="none"
                ),
                (x,),
                rows=True,
            )
            yield Special(
                f"{name}{tag} weighted",
                lambda m, x, n=name, t=target: getattr(m.nn.functional, n)(
                    x, m.tensor(t), weight=m.tensor(weight), reduction="none"
                ),
                (x,),
                rows=True,
            )
    for smooth in (0.0, 0.1):
        yield Special(
            f"soft cross_entropy {smooth}",
            lambda m, x, t, s=smooth: m.nn.functional.cross_entropy(
                x, t, reduction="none", label_smoothing=s
            ),
            (x, soft),
            rows=True,
        )


def _chain(m: Any, x: Any) -> Any:
    """The product written out."""
    y = x[:, 0]
    for k in range(1, x.shape[1]):
        y = y * x[:, k]
    return y


def _degrees(correction: int) -> tuple[Known, ...]:
    if correction <= 5:
        return ()
    return (
        Known("grad0", lambda x: True, "PyTorch divides by n − c < 0 here, by max(n − c, 0) above"),
    )


def reductions(dtype: str) -> Iterator[Special]:
    """Reductions, norms and what is normalised, along rows."""
    x = rows(dtype)
    no_mean = Known("out", _in_row(np.isinf), "the mean of infinity is infinite, as m.mean has it")
    over = Known("", _in_row(_huge), _OVERFLOW)
    for name in ("sum", "nansum", "mean", "amax", "amin", "logsumexp", "softmax", "log_softmax"):
        yield Special(name, lambda m, x, n=name: getattr(m, n)(x, dim=1), (x,), rows=True)
    huge = Known("", _in_row(lambda x: np.abs(x) >= np.finfo(x.dtype).max), "overflow on the way")
    yield Special("prod", lambda m, x: m.prod(x, 1), (x,), (huge,), rows=True, oracle=_chain)
    for c in (0, 1, 5, 7):
        for name in ("var", "std"):
            yield Special(
                f"{name} {c}",
                lambda m, x, n=name, c=c: getattr(m, n)(x, 1, correction=c),
                (x,),
                ((over,) if name == "std" and c < 5 else ()) + _degrees(c),
                rows=True,
            )
    for name in ("var_mean", "std_mean"):
        yield Special(
            name,
            lambda m, x, n=name: m.stack(list(getattr(m, n)(x, 1)), 1),
            (x,),
            (no_mean, over) if name == "std_mean" else (no_mean,),
            rows=True,
        )
    for p in (0, 1, 2, 3, 1.5, 0.5, -1, -2, np.inf, -np.inf):
        flat = Known("grad0", _in_row(np.isinf), "1/∞ = 0 has no slope, PyTorch makes 0·∞ of it")
        known = (flat,) if p in (-1, -2) else ()
        yield Special(f"norm {p}", lambda m, x, p=p: m.norm(x, p, 1), (x,), known, rows=True)
    yield Special("normalize", lambda m, x: m.nn.functional.normalize(x), (x,), rows=True)
    yield Special(
        "layer_norm", lambda m, x: m.nn.functional.layer_norm(x, (5,), eps=1.0), (x,), (over,),
        rows=True,
    )  # fmt: skip
    yield Special("cumsum", lambda m, x: m.cumsum(x, 1), (x,), rows=True)
    for name in ("max", "min"):
        yield Special(name, lambda m, x, n=name: getattr(m, n)(x, 1).values, (x,), rows=True)
        yield Special(
            f"arg{name}", lambda m, x, n=name: getattr(m, f"arg{n}")(x, 1), (x,), rows=True
        )
    for down in (False, True):
        yield Special(
            f"sort {down}",
            lambda m, x, d=down: m.sort(x, dim=1, stable=True, descending=d).values,
            (x,),
            rows=True,
        )
        yield Special(
            f"argsort {down}",
            lambda m, x, d=down: m.argsort(x, dim=1, stable=True, descending=d),
            (x,),
            rows=True,
        )
        yield Special(
            f"topk {down}", lambda m, x, d=down: m.topk(x, 2, largest=d).values.detach(), (x,),
            rows=True,
        )  # fmt: skip


def cases(dtype: str) -> list[Special]:
    """The whole table."""
    found: list[Special] = []
    for part in (pointwise, binary, losses, scores, reductions):
        found += part(dtype)
    return found


def unlike(case: Special, got: Array, want: Array, part: str, room: float) -> str | None:
    """One line on where two results differ, the exceptions aside, or None."""
    if got.shape != want.shape or got.dtype != want.dtype:
        return f"{part}: {got.dtype}{got.shape}, not {want.dtype}{want.shape}"
    a, b = got.astype(np.float64), want.astype(np.float64)
    size = np.where(np.isfinite(b), np.abs(b), 0.0)
    if case.rows and size.ndim and size.shape[0] == len(case.inputs[0]):
        flat = size.reshape(len(size), -1).max(1)
        size = np.maximum(size, np.reshape(flat, (-1, *(1,) * (size.ndim - 1))))
    slack = room * size + 1e-30
    slack += room if case.rows else 0.0
    with np.errstate(all="ignore"):
        close = np.isfinite(a) & np.isfinite(b) & (np.abs(a - b) <= slack)
        same = (a == b) | (np.isnan(a) & np.isnan(b)) | close
    for k in case.known:
        if k.part in ("", part):
            mask = np.asarray(k.where(*case.inputs))
            if case.rows and mask.ndim == 2 and same.ndim == 1:
                mask = mask[:, 0]
            same |= np.broadcast_to(mask, same.shape)
    if same.all():
        return None
    at = tuple(int(k) for k in np.argwhere(~same)[0])
    near = [x[at[:1]] if case.rows else x[at] for x in case.inputs]
    return (
        f"{part}: {(~same).sum()} differ, first at {at}, of {near}: {got[at]!r}, not {want[at]!r}"
    )
