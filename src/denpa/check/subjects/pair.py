"""Functions with a gradient: one that computes and one that claims to be its gradient, a forward
and a backward that share a cache, or one function that returns its value and its gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from denpa.check.remarks import Remark
from denpa.check.subjects.written import Written


class Pair(Written):
    """A function and what claims to be its gradient: `f(x, …)` and `gradient(x, …)`.

    `gradient` takes the same arrays and returns one array, or one for each; where f is element by
    element these are its derivatives. It may take the upstream gradient, first or last, and return
    the product. Of a loss f(prediction, target) it may return the first alone.

    Or f returns its output and a cache, and `gradient(dout, cache)` the gradients in the order of
    f's arguments, or a dict of them ({"dW": …}), as courses write it (CS231n: affine_forward and
    affine_backward). Several outputs before the cache have a dout each. A variable name in
    gradient's `return` counts more than its place. Arguments that are no arrays of floats stay as
    they are: options, dicts, and whole numbers where f does not take floats for them.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        gradient: Callable[..., Any],
        arrays: Sequence[Any],
        title: str = "",
        said: Sequence[Remark] = (),
        lenient: bool = False,
    ) -> None:
        name = title or getattr(f, "__name__", "f")
        super().__init__(None, f, gradient, arrays, name, said, True, lenient)


class Joint(Written):
    """One function that returns its value and the gradient, as losses of courses do:
    `softmax_loss(x, y) -> loss, dx`. Its value is a number."""

    def __init__(
        self,
        f: Callable[..., Any],
        arrays: Sequence[Any],
        title: str = "",
        said: Sequence[Remark] = (),
    ) -> None:
        super().__init__(None, f, None, arrays, title or getattr(f, "__name__", "f"), said)
