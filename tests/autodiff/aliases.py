"""Programs of views, elementwise functions and writes, for any library with PyTorch's words.

A program starts from one tensor and makes names from names. What it shows after each step is what
a user can see: whether the step is refused, and of every name the numbers, the strides, whether it
is contiguous. A write through one name shows which others share its memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

Step = tuple[int, int, int]


def dim(x: Any, k: int) -> int:
    return k % max(1, x.dim())


def half(x: Any) -> list[int]:
    """The shape with its last even dimension split in two."""
    shape = list(x.shape)
    d = next((d for d in reversed(range(len(shape))) if shape[d] and shape[d] % 2 == 0), None)
    return shape if d is None else [*shape[:d], 2, shape[d] // 2, *shape[d + 1 :]]


# (m, name, number, another name) -> a new name
MAKES: list[Callable[..., Any]] = [
    lambda m, x, k, y: x.view(x.size(0), -1),
    lambda m, x, k, y: x.view(-1),
    lambda m, x, k, y: x.view(half(x)),
    lambda m, x, k, y: x.view_as(y),
    lambda m, x, k, y: x.reshape(-1),
    lambda m, x, k, y: x.reshape(half(x)),
    lambda m, x, k, y: m.flatten(x, 1),
    lambda m, x, k, y: x.ravel(),
    lambda m, x, k, y: x[..., ::2][0].ravel(),
    lambda m, x, k, y: x.flatten(0, 1),
    lambda m, x, k, y: x.transpose(0, dim(x, k)),
    lambda m, x, k, y: x.transpose(dim(x, k), -1),
    lambda m, x, k, y: x.permute(*range(1, x.dim()), 0),
    lambda m, x, k, y: x.permute(0, *range(2, x.dim()), 1),
    lambda m, x, k, y: m.movedim(x, dim(x, k), 0),
    lambda m, x, k, y: x[1:],
    lambda m, x, k, y: x[k % 2],
    lambda m, x, k, y: x[:, ::2],
    lambda m, x, k, y: x[..., k % 2],
    lambda m, x, k, y: x[..., None],
    lambda m, x, k, y: x.diagonal(k % 3 - 1, dim(x, k), -1 - k % 2),
    lambda m, x, k, y: x.narrow(dim(x, k), 0, 1),
    lambda m, x, k, y: x.select(dim(x, k), -1),
    lambda m, x, k, y: x.chunk(2, dim(x, k))[-1],
    lambda m, x, k, y: x.unbind(dim(x, k))[0],
    lambda m, x, k, y: x.squeeze(),
    lambda m, x, k, y: x.unsqueeze(dim(x, k)),
    lambda m, x, k, y: x.detach(),
    lambda m, x, k, y: x.data,
    lambda m, x, k, y: x.contiguous(),
    lambda m, x, k, y: x.clone(),
    lambda m, x, k, y: m.from_numpy(x.detach().numpy()),
    lambda m, x, k, y: m.relu(x),
    lambda m, x, k, y: x * 2,
    lambda m, x, k, y: x + y,
    lambda m, x, k, y: m.where(x > 0, x, y),
    lambda m, x, k, y: x.sum(dim(x, k)),
    lambda m, x, k, y: m.nn.Parameter(x.detach()).detach(),
]


def change(x: Any, k: int) -> None:
    x[..., :1] = k


def through_numpy(x: Any, k: int) -> None:
    x.detach().numpy()[..., 0] = k


WRITES: list[Callable[[Any, int], Any]] = [
    lambda x, k: x.mul_(k),
    lambda x, k: x.add_(k),
    lambda x, k: x.zero_(),
    lambda x, k: x.copy_(x * 2),
    change,
    through_numpy,
]

STEPS = st.lists(
    st.tuples(st.integers(-len(WRITES), len(MAKES) - 1), st.integers(0, 50), st.integers(0, 50)),
    min_size=1,
    max_size=7,
)


def seen(x: Any) -> Any:
    """What a user sees of a tensor without changing it; the numbers first, then the strides."""
    numbers = np.asarray(x.detach().tolist(), np.float64).reshape(tuple(x.shape))
    # The stride of a dimension of one element means nothing.
    steps = [s for s, n in zip(x.stride(), x.shape, strict=True) if n != 1]
    return numbers, tuple(x.shape), steps if numbers.size else [], x.is_contiguous()


def run(m: Any, start: Any, steps: list[Step], look: bool = True) -> list[Any]:
    """What each step shows. Without `look` the names are looked at in the end alone."""
    names, shown = [start], []
    with m.no_grad():
        for what, i, k in steps:
            x, y = names[-1 - i % len(names)], names[-1 - k % len(names)]
            try:
                if what < 0:
                    WRITES[what](x, k % 3)
                else:
                    names.append(MAKES[what](m, x, k, y))
                shown.append("done")
            except (RuntimeError, IndexError, ValueError) as error:
                shown.append("refused" if isinstance(error, (RuntimeError, ValueError)) else "out")
            if look:
                shown.append([seen(x) for x in names])
    shown.append([seen(x) for x in names])
    return shown


def same(ours: Any, theirs: Any, where: str = "") -> None:
    """Compare what two runs showed."""
    assert len(ours) == len(theirs), where
    for n, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        at = f"{where}, shown {n}"
        if isinstance(a, str) or isinstance(b, str):
            assert a == b, at
            continue
        assert len(a) == len(b), at
        for k, (p, q) in enumerate(zip(a, b, strict=True)):
            assert p[1:] == q[1:], f"{at}, name {k}"
            np.testing.assert_allclose(p[0], q[0], rtol=2e-5, atol=1e-5, err_msg=f"{at}, name {k}")
