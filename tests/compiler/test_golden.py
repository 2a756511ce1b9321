"""The LLVM text of the kernels of six small programs, kept as files: a change of the compiler
shows what it does to them.

    python -m tests.compiler.test_golden --write

writes the files anew; what changed is then a diff to look at before it is committed.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from denpa import nn
from denpa.autodiff.backward import grad
from denpa.autodiff.tensor import Tensor
from denpa.compiler.emit.codegen import Codegen
from denpa.compiler.passes import optimise
from denpa.core.dtype import float32, int64
from denpa.core.graph import Graph, Value
from denpa.optim import Adam

FOLDER = Path(__file__).parent / "golden"
WIDTH = 8  # float32 numbers of a vector, whatever this machine has
RENEW = "python -m tests.compiler.test_golden --write"

Case = tuple[list[Tensor], list[Any], list[tuple[int, int]]]


def _given(*shape: int, dtype: Any = float32, requires_grad: bool = False) -> Tensor:
    return Tensor(Value(shape, dtype, None, requires_grad))


def affine_tanh() -> Case:
    """tanh(x Wᵀ + b): one product by the BLAS, and one loop over its rows."""
    x, w, b = _given(32, 96), _given(100, 96), _given(100)
    return [x, w, b], [nn.functional.linear(x, w, b).tanh()], []


def small_product() -> Case:
    """A product in loops of our own, a row of vectors of B at a time."""
    a, b = _given(9, 5), _given(5, 17)
    return [a, b], [a.matmul(b)], []


def cross_entropy_gradient() -> Case:
    """The loss of logits, and its gradient: softmax less the labels, over the batch."""
    z, labels = _given(16, 10, requires_grad=True), _given(16, dtype=int64)
    loss = nn.functional.cross_entropy(z, labels)
    return [z, labels], [loss, *grad(loss, [z])], []


def sgd_update() -> Case:
    """p ← p − η m, m ← μ m + g, in place."""
    p, m, g = _given(7, 9), _given(7, 9), _given(7, 9)
    new = m * 0.9 + g
    return [p, m, g], [p - new * 0.1, new], [(0, 0), (1, 1)]


def adam_update() -> Case:
    """Two moments, their step, and the weights, in place."""
    settings = Adam(nn.Linear(1, 1).parameters()).defaults
    p, g = _given(7, 9), _given(7, 9)
    old = {"step": _given(), "exp_avg": _given(7, 9), "exp_avg_sq": _given(7, 9)}
    new, state = Adam.update(p, g, dict(old), settings)
    outputs = [new, *(state[k] for k in old)]
    return [p, *old.values(), g], outputs, [(k, k) for k in range(4)]


def batch_norm_statistics() -> Case:
    """Column sums, then the mean and the variance of columns and what is normalised by them."""
    x = _given(33, 20)
    mean, variance = x.mean(0), x.var(0, correction=0)
    return [x], [x.sum(0), mean, variance, (x - mean) * (variance + 1e-5).rsqrt()], []


CASES: tuple[Callable[[], Case], ...] = (
    affine_tanh, small_product, cross_entropy_gradient, sgd_update, adam_update,
    batch_norm_statistics,
)  # fmt: skip


def kernels(case: Callable[[], Case], width: int = WIDTH) -> str:
    """The kernels' text, each function under the ops that it computes."""
    inputs, outputs, state = case()
    graph = Graph([t._value for t in inputs], [t._value for t in outputs])
    program = Codegen(optimise(graph), state, lanes=2, width=width, blas_bits=64)
    parts = [f"; {(case.__doc__ or '').strip()}\n"]
    for number, (text, name) in enumerate(program.functions.items()):
        uses = [
            kernel.name
            for kernel, call in zip(
                program.order, (c for c in program.plan.calls if c.kernel >= 0), strict=True
            )
            if call.kernel == number
        ]
        parts.append(f"; {', '.join(dict.fromkeys(uses))}\n{text.replace('@NAME', name)}")
    return "\n".join(parts)


def difference(name: str, now: str) -> str:
    """A diff from the file to the text of now, with how to renew; empty where they are equal."""
    path = FOLDER / f"{name}.ll"
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    if kept == now:
        return ""
    names = f"golden/{name}.ll", "what is generated now"
    lines = difflib.unified_diff(kept.splitlines(), now.splitlines(), *names, n=2, lineterm="")
    return "\n".join([*lines, f"\nIf this is meant, renew the files with: {RENEW}"])


@pytest.mark.parametrize("case", CASES, ids=lambda f: f.__name__)
def test_kernels_are_as_kept(case: Callable[[], Case]) -> None:
    found = difference(case.__name__, kernels(case))
    if found:
        pytest.fail(found, pytrace=False)


@pytest.mark.parametrize("case", CASES, ids=lambda f: f.__name__)
def test_the_text_does_not_depend_on_what_was_before(case: Callable[[], Case]) -> None:
    """Neither on where objects lie nor on how many values were made."""
    first = kernels(case)
    held = [_given(k) for k in range(1, 500)]
    assert kernels(case) == first
    assert kernels(case, 4) != first
    assert len(held) == 499


def test_no_file_is_left_over() -> None:
    assert {f.stem for f in FOLDER.iterdir()} == {case.__name__ for case in CASES}


def test_a_difference_is_shown() -> None:
    now = kernels(sgd_update)
    assert difference("sgd_update", now) == ""
    shown = difference("sgd_update", now.replace("fsub", "fadd"))
    assert "\n-" in shown
    assert "\n+" in shown
    assert "fadd" in shown
    assert RENEW in shown


def main(arguments: list[str]) -> int:
    """Write the files, or say what differs."""
    FOLDER.mkdir(exist_ok=True)
    shown = []
    for case in CASES:
        text = kernels(case)
        if arguments == ["--write"]:
            (FOLDER / f"{case.__name__}.ll").write_text(text, encoding="utf-8", newline="\n")
        else:
            shown.append(difference(case.__name__, text))
    print("\n".join(filter(None, shown)) or "as kept")
    return int(any(shown))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
