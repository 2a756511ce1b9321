"""Making and converting tensors, in-place forms, methods."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.functional import methods


@pytest.mark.parametrize(
    ("data", "dtype", "shape"),
    [
        (1, "int64", ()), (1.5, "float32", ()), (True, "bool", ()), ([], "float32", (0,)),
        ([[1, 2], [3, 4]], "int64", (2, 2)), ([1, 2.5], "float32", (2,)),
        ([True, 2], "int64", (2,)), (np.ones(2), "float64", (2,)), (np.float32(1), "float32", ()),
        ([np.ones(2, "f4")] * 3, "float32", (3, 2)), (np.ones((2, 0), "i4"), "int32", (2, 0)),
        (range(3), "int64", (3,)), (np.ones(2, ">f4"), "float32", (2,)),
        ([dp.tensor(1.0), dp.tensor(2.0)], "float32", (2,)),
    ],
)  # fmt: skip
def test_tensor(data: Any, dtype: str, shape: tuple[int, ...]) -> None:
    t = dp.tensor(data)
    assert (t.dtype.name, t.shape) == (dtype, shape)


def test_tensor_copies_and_from_numpy_shares() -> None:
    a = np.zeros(2, "f4")
    copy, shared, as_is = dp.tensor(a), dp.from_numpy(a), dp.as_tensor(a)
    a[0] = 1
    assert (copy[0].item(), shared[0].item(), as_is[0].item()) == (0, 1, 1)
    assert dp.as_tensor(copy) is copy
    assert dp.as_tensor(a, dtype=dp.float64).dtype == dp.float64


@pytest.mark.parametrize(
    ("data", "error", "text"),
    [
        ([[1, 2], [3]], ValueError, "lists are not of equal lengths"),
        ("abc", TypeError, "not str"),
        (None, TypeError, "not NoneType"),
        ([1, None], TypeError, "elements of type object"),
        (np.array(["a"]), TypeError, "are not numbers that Denpa has"),
        (np.ones(1, complex), TypeError, "complex128 are not numbers"),
        (2**70, RuntimeError, "does not fit"),
    ],
)
def test_what_is_no_tensor(data: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        dp.tensor(data)


def test_only_the_cpu() -> None:
    assert dp.ones(1, device="cpu").device == dp.device("cpu")
    for call in (lambda: dp.tensor(1, device="cuda"), lambda: dp.ones(1).to("cuda:0")):
        with pytest.raises(NotImplementedError, match="Denpa's tensors live on the CPU; use 'cpu'"):
            call()


def test_ranges() -> None:
    assert dp.arange(5).tolist() == [0, 1, 2, 3, 4]
    assert dp.arange(1, 2, 0.25).tolist() == [1.0, 1.25, 1.5, 1.75]
    assert dp.arange(5, 0, -2).tolist() == [5, 3, 1]
    assert dp.arange(0).shape == (0,)
    assert dp.arange(3.0).dtype == dp.float32
    assert dp.linspace(-1, 1, 5).tolist() == [-1, -0.5, 0, 0.5, 1]
    assert dp.linspace(3, 9, 1).tolist() == [3]
    assert dp.eye(2, 3).tolist() == [[1, 0, 0], [0, 1, 0]]
    with pytest.raises(RuntimeError, match="step must not be 0"):
        dp.arange(1, 2, 0)
    with pytest.raises(RuntimeError, match="not the direction of step -1"):
        dp.arange(0, 2, -1)


def test_filled() -> None:
    assert dp.zeros(2, 1).tolist() == dp.zeros((2, 1)).tolist() == dp.zeros(size=(2, 1)).tolist()
    assert dp.full((2,), True).dtype == np.bool_
    x = dp.ones(2, dtype=dp.float64)
    for t in (
        dp.zeros_like(x),
        x.new_zeros(2),
        x.new_tensor([1]),
        dp.empty_like(x),
        dp.full_like(x, 2),
    ):
        assert t.dtype == dp.float64
    assert dp.ones(1, requires_grad=True).requires_grad
    with pytest.raises(RuntimeError, match="sizes cannot be negative"):
        dp.zeros(-1)
    with pytest.raises(TypeError, match="takes ints or one tuple of ints"):
        dp.zeros(2.5)


def test_default_dtype_rules_floats() -> None:
    dp.set_default_dtype(dp.float64)
    try:
        assert dp.tensor(1.0).dtype == dp.rand(1).dtype == dp.exp(dp.tensor(1)).dtype == dp.float64
    finally:
        dp.set_default_dtype(dp.float32)


def test_conversion() -> None:
    x = dp.tensor([1.7, -0.0, 3.0], requires_grad=True)
    assert x.long().tolist() == [1, 0, 3]
    assert x.bool().tolist() == [True, False, True]
    assert x.to(dp.float32) is x
    assert x.to(x.double()).dtype == dp.float64
    assert x.to("cpu", dp.float16).dtype == dp.float16
    assert x.to(dp.float32, copy=True) is not x
    x.double().sum().backward()
    assert x.grad.dtype == dp.float32
    assert x.grad.tolist() == [1, 1, 1]
    with pytest.raises(TypeError, match="unexpected keyword argument 'layout'"):
        x.to(dp.float32, layout=1)
    assert (x.size(), x.size(0), x.dim(), x.numel(), x.element_size(), x.stride()) == (
        (3,), 3, 1, 3, 4, (1,)
    )  # fmt: skip


IN_PLACE = sorted(f"{n}_" for names in methods.IN_PLACE.values() for n in names.split())
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "clamp_": (0.5,), "clip_": (0.5,), "clamp_min_": (0.5,), "clamp_max_": (0.5,), "cumsum_": (0,),
    "lerp_": (dp.ones(3), 0.5), "addcmul_": (dp.ones(3), dp.ones(3)),
    "addcdiv_": (dp.ones(3), dp.ones(3)),
    "masked_fill_": (dp.tensor([True, False, True]), 2.0), "scatter_": (0, dp.tensor([1]), 5.0),
    "scatter_add_": (0, dp.tensor([1]), dp.ones(1)), "index_add_": (0, dp.tensor([1]), dp.ones(1)),
    "logical_and_": (dp.ones(3),), "logical_or_": (dp.ones(3),), "logical_xor_": (dp.ones(3),),
}  # fmt: skip
BINARY = "add sub mul div true_divide floor_divide remainder pow"
ARGUMENTS |= {f"{n}_": (2.0,) for n in BINARY.split()}


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place_is_the_function_written_into_the_same_memory(name: str) -> None:
    x = dp.eye(3) if name in ("tril_", "triu_", "addmm_") else dp.tensor([0.4, 0.5, 0.6])
    args = (dp.ones(3, 3), dp.ones(3, 3)) if name == "addmm_" else ARGUMENTS.get(name, ())
    expected = getattr(x, name[:-1])(*args)
    view, array = x[...], x.numpy()
    assert getattr(x, name)(*args) is x
    assert x.numpy() is array
    np.testing.assert_array_equal(x.numpy(), expected.to(x.dtype).numpy())
    assert dp.equal(view, x)


def test_augmented_assignment() -> None:
    x = dp.tensor([1.0, 2.0])
    name, array = x, x.numpy()
    x += 1
    x *= dp.tensor([2.0, 3.0])
    x -= 1
    x /= 2
    x **= 2
    assert x is name
    assert x.numpy() is array
    assert x.tolist() == [2.25, 16.0]
    with pytest.raises(RuntimeError, match="cannot be stored in int64"):
        dp.tensor([1]).div_(2)
    with pytest.raises(RuntimeError, match=r"an in-place operation on .* cannot give"):
        dp.ones(2).add_(dp.ones(3, 2))


# truth values < whole numbers < floating point: what is written in place may not stand higher
RANK = {"bool": 0, "uint8": 1, "int8": 1, "int32": 1, "int64": 1, "float16": 2, "float32": 2,
        "float64": 2}  # fmt: skip
CHANGES: dict[str, Any] = {
    "+=": operator.iadd, "*=": operator.imul, "add_": lambda x, y: x.add_(y),
    "mul_": lambda x, y: x.mul_(y),
}  # fmt: skip


@pytest.mark.parametrize("value", list(RANK))
@pytest.mark.parametrize("place", list(RANK))
@pytest.mark.parametrize("change", list(CHANGES))
def test_dtypes_in_place(change: str, place: str, value: str) -> None:
    """`int += 0.5` is an error in whatever form, and changes nothing; int8 += int64 keeps int8."""
    x, y = dp.tensor(np.array([1, 0, 1], place)), dp.tensor(np.array([1, 1, 0], value))
    if RANK[value] > RANK[place]:
        with pytest.raises(RuntimeError, match=f"cannot be stored in {place}; give the result"):
            CHANGES[change](x, y)
        want = [1, 0, 1]
    else:
        assert CHANGES[change](x, y) is x
        want = [1, 0, 0] if change in ("*=", "mul_") else [2 if RANK[place] else 1, 1, 1]
    assert (x.tolist(), x.dtype) == (want, place)


@pytest.mark.parametrize("change", [
    lambda x: operator.iadd(x, 0.5), lambda x: operator.isub(x, 0.5),
    lambda x: operator.imul(x, 0.5), lambda x: operator.itruediv(x, 2),
    lambda x: operator.ipow(x, 0.5), lambda x: operator.ifloordiv(x, 2.5),
    lambda x: operator.imod(x, 1.5), lambda x: x.sqrt_(),
    lambda x: x.clamp_(0.5), lambda x: x.div_(2), lambda x: operator.iadd(x, dp.tensor(0.5)),
    lambda x: operator.iadd(x[1:], 0.5), lambda x: x.sub_(1, alpha=0.5),
])  # fmt: skip
def test_half_does_not_fit_into_whole_numbers(change: Any) -> None:
    for dtype in (dp.int64, dp.int8, dp.uint8):
        x = dp.tensor([4, 9], dtype=dtype)
        with pytest.raises(RuntimeError):
            change(x)
        assert (x.tolist(), x.dtype) == ([4, 9], dtype)


def test_whole_and_wide_numbers_fit_into_floating_point() -> None:
    x = dp.tensor([0.5, 1.5])
    x += 1
    x += dp.tensor([1, 2])
    x += dp.tensor([0.25, 0.25], dtype=dp.float64)
    assert (x.tolist(), x.dtype) == ([2.75, 4.75], dp.float32)
    x += True
    assert x.tolist() == [3.75, 5.75]


def test_in_place_is_differentiated() -> None:
    w = dp.tensor([1.0, 2.0], requires_grad=True)
    y = w * 1
    y.mul_(3).add_(w)
    y.sum().backward()
    assert w.grad.tolist() == [4.0, 4.0]
    with pytest.raises(RuntimeError, match="a leaf tensor that requires a gradient"):
        w.zero_()
    with dp.no_grad():
        w.copy_(dp.tensor([7])).add_(1)
    assert w.tolist() == [8.0, 8.0]
    assert w.requires_grad


def test_every_method_of_the_table_is_there_and_documented() -> None:
    names = {n for table in methods.SAME.values() for n in table.split()}
    for name in names | set(IN_PLACE):
        method = getattr(dp.Tensor, name)
        assert method.__doc__, name


def test_everything_public_is_reachable() -> None:
    for name in dp.__all__:
        assert hasattr(dp, name)
    with pytest.raises(AttributeError, match="does not offer 'sqare'; the nearest names are sq"):
        dp.sqare  # noqa: B018
