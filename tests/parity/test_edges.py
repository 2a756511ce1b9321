"""0-dim and empty tensors, odd indices, negative padding, mixed lists: what PyTorch accepts, what
it refuses and what it gives."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from .harness import (
    FLOATS,
    Case,
    D,
    check,
    compare,
    each,
    facts,
    normal,
    raised,
    reference,
    resolve,
    subject,
    torch,
)

NAN = np.array(np.nan)


def agree(call: Callable[[Any], Any]) -> None:
    """Both give the same, or both refuse with the same class of error."""
    refused = None
    try:
        want, _ = reference(lambda: dict(facts(call(torch), "out")))
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        refused = error
    if refused is None:
        compare(dict(facts(call(subject), "out")), want)
        return
    kinds = (IndexError, ValueError, TypeError, RuntimeError)
    family = next(kind for kind in kinds if isinstance(refused, kind))
    ours = raised(subject, call)
    assert isinstance(ours, family), f"{ours!r}; PyTorch raises {refused!r}"


# -- padding ---------------------------------------------------------------------------------------

SIDES = list(itertools.product(range(-4, 5), repeat=2))


def uninitialised(n: int, before: int, after: int) -> bool:
    """Where PyTorch's circular padding reads memory that it never wrote (or falls over): a side
    that is longer than what the cut on the other side leaves."""
    left = n + min(before, 0) + min(after, 0)
    return min(before, after) < 0 < max(before, after) and max(before, after) > max(left, 0)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("mode", ["circular", "replicate", "reflect"])
def test_pad_of_all_sides(mode: str, n: int) -> None:
    x = normal(1, 2, n)
    for before, after in SIDES:
        if mode != "circular" or not uninitialised(n, before, after):
            agree(lambda m, s=(before, after): m.nn.functional.pad(m.tensor(x), s, mode=mode))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("mode", ["circular", "replicate", "reflect", "constant"])
def test_pad_of_images(mode: str, seed: int) -> None:
    x = normal(1, 2, 4, 5, seed=seed)
    sides = [int(k) for k in np.random.default_rng(seed).integers(-2, 4, 4)]
    odd = uninitialised(5, *sides[:2]) or uninitialised(4, *sides[2:])
    if mode != "circular" or not odd:
        agree(lambda m: m.nn.functional.pad(m.tensor(x), sides, mode=mode))


def padded() -> Iterator[Case]:
    for mode in ["circular", "replicate", "reflect"]:
        for sides in [(-1, 2), (2, -1), (-1, -1), (0, -2)]:
            yield Case(
                f"pad {mode} {sides}",
                lambda m, x, mode=mode, s=sides: m.nn.functional.pad(x, s, mode=mode),
                (normal(1, 2, 5),),
            )


@each(padded(), strided=True, second=True)
def test_gradient_of_negative_padding(case: Case, dtype: str) -> None:
    check(case, dtype)


# -- positions in tensors without dimensions -------------------------------------------------------


@pytest.mark.parametrize("dim", [0, -1, 1])
@pytest.mark.parametrize(
    "x", [np.array(2.5), NAN, np.array(-np.inf), np.array(3), np.array(7, np.uint8)], ids=str
)
def test_positions_in_a_scalar(x: Any, dim: int) -> None:
    for down in (False, True):
        agree(lambda m, d=down: m.sort(m.tensor(x), dim, d))
        agree(lambda m, d=down: m.argsort(m.tensor(x), dim, d))
        for k in (0, 1, 2):
            agree(lambda m, d=down, k=k: m.topk(m.tensor(x), k, dim, d))
    for keepdim in (False, True):
        for name in ("max", "min"):
            agree(lambda m, n=name, k=keepdim: getattr(m, n)(m.tensor(x), dim, k))
            agree(lambda m, n=name, k=keepdim: getattr(m, f"arg{n}")(m.tensor(x), dim, k))
    agree(lambda m: m.nonzero(m.tensor(x)))
    agree(lambda m: m.nonzero(m.tensor(x), as_tuple=True))


# -- indices ---------------------------------------------------------------------------------------

DTYPES = ["int64", "int32", "uint8", "int16", "bool", "float32"]
INDICES = [np.array([0, 1, 1]), np.array([[0, 1], [1, 0]]), np.array(1), np.array(0)]
INDICES += [np.zeros(0, int), np.zeros((0, 3), int), np.zeros((3, 0), int)]
TENSORS = [normal(3, 4), normal(4), normal()]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("index", INDICES, ids=lambda i: str(i.shape))
@pytest.mark.parametrize("x", TENSORS, ids=lambda x: str(x.shape))
def test_indices_of_every_dtype_and_shape(x: Any, index: Any, dtype: str) -> None:
    i, ones = index.astype(dtype), np.ones(index.shape)
    for d in (0, -1):
        agree(lambda m, d=d: m.gather(m.tensor(x), d, m.tensor(i)))
        agree(lambda m, d=d: m.scatter(m.tensor(x), d, m.tensor(i), m.tensor(ones)))
        agree(lambda m, d=d: m.scatter_add(m.tensor(x), d, m.tensor(i), m.tensor(ones)))
        if x.ndim or index.size == 1:  # of a scalar PyTorch says RuntimeError, of others IndexError
            agree(lambda m, d=d: m.index_select(m.tensor(x), d, m.tensor(i)))
            shape = [index.size if k == d % x.ndim else n for k, n in enumerate(x.shape)]
            source = np.ones(shape)
            agree(lambda m, d=d, s=source: m.index_add(m.tensor(x), d, m.tensor(i), m.tensor(s)))
    table = normal(3, 4)
    agree(lambda m: m.nn.functional.embedding(m.tensor(i), m.tensor(table)))
    agree(lambda m: m.nn.functional.one_hot(m.tensor(i)))
    agree(lambda m: m.nn.functional.one_hot(m.tensor(i), 4))


def picked() -> Iterator[Case]:
    nothing = np.zeros((0, 2), np.uint8)
    yield Case("gather nothing", lambda m, x, i: m.gather(x, 0, i), (normal(3, 4), nothing))
    yield Case("index_add 0-dim", lambda m, x, i, s: m.index_add(x, 0, i, s),
               (normal(3, 4), np.array(1), normal(1, 4)))  # fmt: skip
    yield Case("index_add to a scalar", lambda m, x, i, s: m.index_add(x, 0, i, s),
               (normal(), np.array(0), normal(seed=1)))  # fmt: skip


@each(picked())
def test_gradient_at_odd_indices(case: Case, dtype: str) -> None:
    check(case, dtype)


def test_a_scalar_of_uint8_is_no_position() -> None:
    """PyTorch takes it for a mask (and warns that it will not for long)."""
    with pytest.raises(IndexError, match="index must be an integer or bool tensor"):
        subject.arange(3)[subject.tensor(np.array(1, np.uint8))]


# -- dtypes of lists -------------------------------------------------------------------------------

SCALARS = ["float32", "float64", "float16", "int64", "int32", "uint8", "int8"]
NUMBERS: list[Any] = [1.5, 2, True, *(np.dtype(n).type(1) for n in SCALARS)]
TYPED = [D("float32"), D("float64"), D("float16"), D("int64"), D("int32"), D("bool")]


def made(m: Any, item: Any) -> Any:
    return m.tensor(1, dtype=resolve(m, item)) if isinstance(item, D) else item


@pytest.mark.parametrize("a", [*NUMBERS, *TYPED], ids=lambda x: f"{type(x).__name__} {x}")
def test_dtypes_of_mixed_lists(a: Any) -> None:
    for b in [*NUMBERS, *TYPED]:
        for make in ("tensor", "as_tensor"):
            agree(lambda m, b=b, f=make: getattr(m, f)([made(m, a), made(m, b)]))
        agree(lambda m, b=b: m.tensor([[made(m, a)], (made(m, b),)]))
        agree(lambda m, b=b: m.tensor([2.5, made(m, a), made(m, b)]))


def test_dtypes_of_lists_with_arrays() -> None:
    agree(lambda m: m.tensor([[1, 2], np.zeros(2)]))
    agree(lambda m: m.tensor([np.zeros(2, np.int32), [1.0, 2]]))
    agree(lambda m: m.tensor([np.zeros(2, np.float32), np.zeros(2)]))
    agree(lambda m: m.tensor([[], []]))


# -- losses of one number and of none --------------------------------------------------------------

SHAPES = [(), (0,), (0, 3), (3, 0), (2, 3)]
PLAIN = ["mse_loss", "l1_loss", "huber_loss", "smooth_l1_loss", "kl_div"]
PLAIN += ["binary_cross_entropy", "binary_cross_entropy_with_logits"]


def small_losses() -> Iterator[Case]:
    for name, shape, r in itertools.product(PLAIN, SHAPES, ["none", "mean", "sum", "batchmean"]):
        if r == "batchmean" and name != "kl_div":
            continue
        x, t = np.full(shape, 0.25), np.full(shape, 0.75)
        yield Case(
            f"{name} {shape} {r}",
            lambda m, x, t, n=name, r=r: getattr(m.nn.functional, n)(x, t.detach(), reduction=r),
            (x, t),
        )
    for name, r in itertools.product(["cross_entropy", "nll_loss"], ["none", "mean", "sum"]):
        for shape, labels in [((0, 4), (0,)), ((0, 4, 2), (0, 2)), ((2, 4, 0), (2, 0)), ((4,), ())]:
            yield Case(
                f"{name} {shape} {r}",
                lambda m, x, t, n=name, r=r: getattr(m.nn.functional, n)(x, t, reduction=r),
                (np.zeros(shape), np.zeros(labels, int)),
            )


@each(small_losses())
def test_losses_of_scalars_and_of_nothing(case: Case, dtype: str) -> None:
    check(case, dtype)


@pytest.mark.parametrize("target", [np.nan, -0.1, 1.1, np.inf])
def test_bce_takes_targets_between_0_and_1(target: float) -> None:
    agree(lambda m: m.nn.functional.binary_cross_entropy(m.tensor([0.5]), m.tensor([target])))


# -- batch norm ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(0, 3), (0, 3, 4), (2, 3, 0), (1, 3, 5), (4, 3)], ids=str)
@pytest.mark.parametrize("momentum", [0.1, None, 0.0, 1.0])
def test_batch_norm_of_few_or_no_numbers(shape: Any, momentum: Any, dtype: str) -> None:
    x = normal(*shape).astype(dtype)

    def run(m: Any) -> Any:
        layer = m.nn.BatchNorm1d(3, momentum=momentum).to(resolve(m, D(dtype)))
        y = layer(m.tensor(x).requires_grad_())
        y = layer(m.tensor(x) * 2).detach()
        found = [y, layer.running_mean, layer.running_var, layer.num_batches_tracked]
        return [*found, layer.eval()(m.tensor(x)).detach()]

    agree(run)


HUGE = float(np.finfo("float32").max)
COLUMNS = [[v] * 6 for v in (0.0, 1.0, -2.5, 1e-30, 1e-45)]
COLUMNS += [[0.9 * HUGE, 0, 0, 0, 0, 0], [0.8 * HUGE, -0.8 * HUGE] * 3, [1e19, 0, 0, 0, 0, 0]]
COLUMNS += [[np.inf, 0, 0, 0, 0, 0], [np.nan, 0, 0, 0, 0, 0]]


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_batch_norm_of_special_columns(column: list[float]) -> None:
    values = np.array(column, np.float32)[:, None]

    def run(m: Any) -> Any:
        x = m.tensor(values).requires_grad_()
        mean, var = m.zeros(1), m.ones(1)
        y = m.nn.functional.batch_norm(x, mean, var, training=True)
        (y * m.tensor(normal(6, 1).astype(np.float32))).sum().backward()
        # constant columns leave the rounding of their mean in PyTorch, times 1/√eps
        zeros = [m.where(t.abs() < 0.02, t * 0, t) for t in (y.detach(), x.grad)]
        return [*zeros, mean, var]

    agree(run)


# -- float16 ---------------------------------------------------------------------------------------

HALF = np.array([[300, -300, 5, 6], [60000, 60000, 60000, 1], [3, 1, 2, 4]], "float16")
EVEN = np.full((4, 3), 30000, "float16")


def halves() -> Iterator[Case]:
    for name in ["mean", "std", "norm"]:
        yield Case(f"half {name}", lambda m, x, n=name: getattr(m, n)(x, dim=1), (HALF,))
    yield Case("half var", lambda m, x: m.var(x, 1), (HALF[::2].copy(),))
    yield Case("half std_mean", lambda m, x: m.std_mean(x, 1), (HALF,))
    yield Case("half normalize", lambda m, x: m.nn.functional.normalize(x), (HALF,))
    for name in ["l1_loss", "huber_loss", "smooth_l1_loss"]:
        yield Case(
            f"half {name}",
            lambda m, x, n=name: getattr(m.nn.functional, n)(x, m.zeros_like(x)),
            (HALF,),
        )
    for x in (HALF, EVEN):
        yield Case(
            f"half batch_norm {x.shape}",
            lambda m, x: m.nn.functional.batch_norm(x, None, None, training=True),
            (x,),
        )
    yield Case("half layer_norm", lambda m, x: m.nn.functional.layer_norm(x, (4,)), (HALF,))


@each(halves(), dtypes=("given",))
def test_float16_is_summed_in_float32(case: Case, dtype: str) -> None:
    """The gradients of what is normalised are differences of equal numbers: their values alone."""
    flat = any(word in case.name for word in ("norm", "std", "var"))
    check(replace(case, grad=not flat), dtype)
