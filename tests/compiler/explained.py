"""Programs that are explained: training steps of a small network, an optimizer, sorting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from denpa.autodiff.backward import grad
from denpa.autodiff.tensor import Tensor
from denpa.compiler.emit.codegen import Codegen
from denpa.compiler.listing.explanation import ProgramExplanation
from denpa.compiler.listing.kernels import KernelRecord
from denpa.compiler.passes import optimise
from denpa.core.graph import Graph, Value
from denpa.core.op import OPS
from denpa.nn import functional as F
from denpa.optim import Adam

F32 = np.dtype("float32")
B, IN, MID, OUT = 64, 256, 128, 12


def array(*shape: int, dtype: str = "float32", needs: bool = False) -> Tensor:
    return Tensor(Value(shape, np.dtype(dtype), None, needs))


def made(inputs: list[Tensor], outputs: list[Tensor], **options: Any) -> Codegen:
    graph = Graph([x._value for x in inputs], [x._value for x in outputs])
    state, batch = options.pop("state", ()), options.pop("batch", ())
    options = {"lanes": 2, "width": 8, "blas_bits": 64, **options}
    return Codegen(optimise(graph), state, batch, **options)


def step(loss: Callable[[Tensor, Tensor], Tensor], target: Tensor, **options: Any) -> Codegen:
    """A training step of a network of two layers, gradient descent."""
    x = array(B, IN)
    parameters = [array(*s, needs=True) for s in ((MID, IN), (MID,), (OUT, MID), (OUT,))]
    w, b, v, c = parameters
    y = loss(F.linear(F.relu(F.linear(x, w, b)), v, c), target)
    new = [p - 0.1 * g for p, g in zip(parameters, grad(y, parameters), strict=True)]
    pairs = [(2 + k, 1 + k) for k in range(4)]
    return made([x, target, *parameters], [y, *new], state=pairs, batch=(0, 1), **options)


def squares(**options: Any) -> Codegen:
    return step(F.mse_loss, array(B, OUT), **options)


def classes(**options: Any) -> Codegen:
    return step(F.cross_entropy, array(B, dtype="int64"), **options)


def adam() -> Codegen:
    p, m, s = (array(MID, IN, needs=k == 0) for k in range(3))
    t, x = array(), array(B, IN)
    (g,) = grad(F.linear(x, p).tanh().sum(), [p])
    options = Adam([Tensor(Value((1,), F32, np.zeros(1, F32), True))]).defaults
    new, state = Adam.update(p, g, {"step": t, "exp_avg": m, "exp_avg_sq": s}, options)
    outputs = [new, state["step"], state["exp_avg"], state["exp_avg_sq"]]
    return made([x, p, t, m, s], outputs, state=[(1, 0), (2, 1), (3, 2), (4, 3)])


def sorting() -> Codegen:
    x, key = array(512, 96), array(2, dtype="int64")
    noise = OPS["uniform"](key, shape=(512, 96), dtype=F32)
    outputs = [x.cumsum(0), x.argsort(dim=1), x.amax(1), x.argmax(0), F.pad(x, (1, 2)), noise]
    return made([x, key], outputs)


PROGRAMS: dict[str, Callable[[], Codegen]] = {
    "squares": squares,
    "classes": classes,
    "on one lane": lambda: squares(lanes=1),
    "on eight lanes": lambda: classes(lanes=8),
    "unfused": lambda: classes(fuse=False),
    "without a BLAS": lambda: squares(blas_bits=0),
    "anomaly mode": lambda: classes(watch=True),
    "adam": adam,
    "sorting": sorting,
}


def the(found: ProgramExplanation, *labels: str, writes: str = "") -> KernelRecord:
    """The one kernel that computes just this."""
    chosen = [k for k in found.kernels if [o.label for o in k.operations] == list(labels)]
    chosen = [k for k in chosen if not writes or writes in k.writes]
    assert len(chosen) == 1, f"{len(chosen)} kernels compute {labels}"
    return chosen[0]
