"""The record of a primitive: all there is to know about one vector function y = g(x₁, x₂, …).

Readers take what they need from it: the eager runner `eval` and `infer`, the differentiator `vjp`
and `jvp`, the formula printer `law`, the oracle `samples`. Records are made by *kind* in
`ops/kinds.py`; a kind writes `vjp` and `jvp` from the few facts that its functions differ in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from denpa.core.dtype import DType
from denpa.core.shape import Shape

OPS: dict[str, Op] = {}
"""The table: every primitive by name."""


class Traced:
    """What an op records instead of computing at once: base of `Tensor`.

    An op called with plain arrays evaluates them; called with at least one `Traced`, it leaves the
    call to that object's `bind`. So a rule written once runs on arrays (eager backward), on tensors
    (higher order) and on tensors without data (graph to graph).
    """

    __slots__ = ()

    @property
    def dtype(self) -> DType:
        """The element type."""
        raise NotImplementedError

    @staticmethod
    def bind(op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """Apply `op`; `args` are traced objects, arrays and Python numbers."""
        raise NotImplementedError


@dataclass(frozen=True)
class Sample:
    """Inputs for the oracle: shapes (filled with numbers of the op's domain) or arrays, and
    params."""

    inputs: tuple[Any, ...]
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Op:
    """One primitive. `eval` on NumPy arrays is the definition; everything else is checked against
    it.

    * `infer(*inputs, **params) -> (shape, dtype)` raises every error that a user can cause;
    * `vjp(g, y, inputs, params, wants)` gives the message to each wanted input, δᵢ = gᵀ ∂y/∂xᵢ;
    * `jvp(tangents, y, inputs, params)` gives the tangent of y; a tangent may be None (zero);
    * `saves`: whether vjp reads the numbers of the forward pass (a linear op's does not);
    * `law`: the derivative in LaTeX; `plain`: for a rule that exists for stability, the composite
      it must equal; `analytic`: whether the complex step applies; `view`: may share memory with
      its first input.
    """

    name: str
    kind: str
    eval: Callable[..., Any]
    infer: Callable[..., tuple[Shape, DType]]
    vjp: Callable[..., Sequence[Any]] | None
    jvp: Callable[..., Any] | None
    law: str = ""
    samples: tuple[Sample, ...] = ()
    domain: tuple[float, float] = (-2.0, 2.0)
    analytic: bool = False
    view: bool = False
    saves: bool = True
    plain: Callable[..., Any] | None = None

    def __call__(self, *args: Any, **params: Any) -> Any:
        """Evaluate on arrays, or record on tensors."""
        for a in args:
            if isinstance(a, Traced):
                return a.bind(self, args, params)
        return self.eval(*args, **params)

    def __repr__(self) -> str:
        return f"<op {self.name}>"


def register(op: Op) -> Op:
    """Enter a primitive into the table. A name can be taken once."""
    if op.name in OPS:
        raise ValueError(f"there is an op called {op.name!r} already")
    OPS[op.name] = op
    return op
