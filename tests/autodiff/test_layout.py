"""What an op computes is in row-major order to its user, in whatever order its numbers lie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import denpa as dp
from denpa.nn import functional as F
from tests.autodiff.aliases import STEPS, Step, run, same


def rng(*shape: int, seed: int = 0) -> Any:
    x = np.random.default_rng([seed, *shape]).standard_normal(shape).astype("float32")
    return dp.tensor(x)


IMAGES = rng(2, 3, 6, 5)
WEIGHT = rng(4, 3, 2, 2, seed=1)


def convolved() -> Any:
    return F.conv2d(IMAGES, WEIGHT)


# Each is stored in another order than row-major, but for the last.
RESULTS: dict[str, Callable[[], Any]] = {
    "convolution": convolved,
    "grouped": lambda: F.conv2d(rng(2, 4, 5, 3), rng(4, 2, 2, 2), groups=2),
    "signal": lambda: F.conv1d(rng(2, 3, 6), rng(4, 3, 3)),
    "one image": lambda: F.conv2d(IMAGES[0], WEIGHT),
    "largest": lambda: F.max_pool2d(IMAGES, 2),
    "mean": lambda: F.avg_pool2d(convolved(), 2),
    "parts": lambda: F.adaptive_avg_pool2d(convolved(), 2),
    "relu": lambda: F.relu(convolved()),
    "batch norm": lambda: F.batch_norm(convolved(), None, None, training=True),
    "sum": lambda: convolved() + convolved() * 2,
    "convolution twice": lambda: F.conv2d(F.relu(convolved()), rng(2, 4, 2, 2)),
    "plain": lambda: rng(2, 4, 3, 2),
}


def test_the_examples_lie_in_another_order() -> None:
    """Else the property below says nothing."""
    for name, make in RESULTS.items():
        assert make()._value.array.flags.c_contiguous is (name == "plain"), name


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("look", [True, False])
@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_a_result_behaves_as_a_row_major_tensor_of_its_numbers(
    name: str, look: bool, steps: list[Step]
) -> None:
    result = RESULTS[name]()
    plain = dp.tensor(np.array(result.tolist(), "float32"))
    same(run(dp, result, steps, look), run(dp, plain, steps, look), f"{name}: {steps}")


@pytest.mark.parametrize("name", RESULTS)
def test_a_view_and_its_base_share_what_is_written(name: str) -> None:
    base = RESULTS[name]()
    flat = base.view(base.size(0), -1)
    flat[0, 1] = 7.0
    assert base.reshape(-1)[1].item() == 7.0
    base.zero_()
    assert flat.abs().sum().item() == 0.0
    base.numpy()[...] = 3.0
    assert flat.mean().item() == 3.0
    assert flat.data_ptr() == base.data_ptr()


@pytest.mark.parametrize("name", RESULTS)
def test_a_write_through_a_view_is_counted(name: str) -> None:
    base = RESULTS[name]().requires_grad_()
    squared = (base * base).sum()
    with dp.no_grad():
        base.view(-1)[0] = 1.0
    with pytest.raises(RuntimeError, match="changed in place after it was used"):
        squared.backward()


def test_gradients_through_a_view_are_those_of_reshape() -> None:
    def gradients(flat: Callable[[Any], Any]) -> list[bytes]:
        net = dp.nn.Conv2d(3, 4, 2)
        with dp.no_grad():
            net.weight.copy_(WEIGHT)
            net.bias.zero_()
        out = F.max_pool2d(F.relu(net(IMAGES)), 2)
        (flat(out) * rng(2, 16)).sum().backward()
        return [p.grad.numpy().tobytes() for p in net.parameters()]

    assert gradients(lambda x: x.view(x.size(0), -1)) == gradients(
        lambda x: x.reshape(x.size(0), -1)
    )


def test_a_pool_over_one_element_is_a_copy() -> None:
    x = rng(2, 1, 3, 4)
    for y in (F.max_pool2d(x, 1), F.max_pool1d(x[0], 1), F.adaptive_avg_pool2d(x, (3, 4))):
        before = y.tolist()
        y.zero_()
        assert x.abs().sum().item() > 1
        assert y.tolist() != before


PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "view": lambda y: y.view(y.size(0), -1) * 2,
    "view twice": lambda y: y.view(y.size(0), -1).view(-1)[3] + y.amax(),
    "write to the view": lambda y: (y.view(-1).mul_(2), y * 1)[1],
    "write to the base": lambda y: (lambda v: (y.mul_(2), v * 1)[1])(y.view(y.size(0), -1)),
    "write to a view, read another": lambda y: (lambda v, w: (v.mul_(2), w * 1, y * 3)[1:])(
        y.view(y.size(0), -1), y.permute(0, 2, 3, 1)
    ),
    "write to a copy": lambda y: (y.permute(0, 2, 3, 1).reshape(-1).mul_(0), y * 1)[1],
    "view of a permuted": lambda y: y.permute(0, 2, 3, 1).view(-1),
    "view of relu of a permuted": lambda y: dp.relu(y.transpose(1, 3)).view(-1),
    "view of a slice": lambda y: y[:, ::2].view(y.size(0), -1),
    "view of rows": lambda y: y[1:].view(-1) * 1,
    "write to a diagonal": lambda y: (y[0].diagonal(1, 2, 0).mul_(5), y.diagonal() + 1, y * 1)[1:],
    "write to the base of a diagonal": lambda y: (lambda d: (y.mul_(2), d * 1)[1])(
        y.diagonal(-1, 3, 2)
    ),
    "write to a ravelled": lambda y: (y[0, ::2, 0, 0].ravel().add_(1), y.ravel().mul_(2), y * 1)[2],
    "contiguous": lambda y: y.permute(0, 2, 3, 1).contiguous().view(-1) * 1,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_compiled_as_eager(name: str) -> None:
    def function(x: Any) -> Any:
        return PROGRAMS[name](F.relu(F.conv2d(x, WEIGHT)))

    compiled = dp.compile(function)

    def outcome(f: Callable[[Any], Any]) -> Any:
        try:
            found = f(IMAGES)
            return [x.tolist() for x in (found if isinstance(found, tuple) else (found,))]
        except RuntimeError as error:
            return type(error), str(error).splitlines()[0]

    with dp.no_grad():
        assert outcome(compiled) == outcome(function)


def test_a_hook_that_writes_through_a_view_changes_the_message() -> None:
    """The message to the input of a pool lies as the pool's result does."""

    def gradient(write: Callable[[Any], Any]) -> Any:
        x = rng(2, 3, 4, 4).requires_grad_()
        middle = x * 1
        seen = []
        middle.register_hook(
            lambda g: (seen.append(g._value.array.flags.c_contiguous), write(g))[1]
        )
        (F.conv2d(middle, WEIGHT) * 3).sum().backward()
        assert seen == [False]
        return x.grad.tolist()

    def through_a_view(g: Any) -> None:
        g.view(-1)[3] = 100.0

    def replaced(g: Any) -> Any:
        new = dp.tensor(np.array(g.tolist(), "float32"))
        new[0, 0, 0, 3] = 100.0
        return new

    assert gradient(through_a_view) == gradient(replaced)


def test_a_program_follows_a_tensor_whose_memory_is_put_in_order() -> None:
    held = convolved()
    read = dp.compile(lambda x: (held * x).amax())
    assert read(dp.ones(1)).item() == held.amax().item()
    held.view(-1)[5] = 50.0
    assert read(dp.ones(1)).item() == 50.0


def test_a_program_knows_the_strides_of_a_tensor_from_outside() -> None:
    turned = rng(3, 4).t()
    for f in (lambda x: turned.view(-1) * x, lambda x: dp.relu(turned).view(-1) * x):
        with pytest.raises(RuntimeError, match="does not lie in memory in the order"):
            f(dp.ones(1))
        with pytest.raises(RuntimeError, match="does not lie in memory in the order"):
            dp.compile(f)(dp.ones(1))


def test_an_array_that_is_shared_is_never_moved() -> None:
    array = np.arange(6.0).reshape(2, 3).T
    for t in (dp.from_numpy(array), dp.as_tensor(array), dp.nn.Parameter(dp.from_numpy(array))):
        assert t.stride() == (1, 3)
        with pytest.raises(RuntimeError, match="does not lie in memory in the order"):
            t.view(-1)
        with dp.no_grad():
            t[0, 0] += 1
        assert t.contiguous().view(-1)[0].item() == array[0, 0]
    assert array[0, 0] == 3
