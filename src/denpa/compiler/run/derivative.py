"""The derivative of a program: what backward runs through the results of a compiled function.

All results of one call hang on one value, the hub: backward brings their cotangents there, and the
hub's rule runs the derivative once for all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from denpa.autodiff.function import _PART, _Bundle, _infer_any, _no_eval
from denpa.autodiff.tensor import Tensor
from denpa.compiler.trace.program import Program
from denpa.core.errors import GraphError
from denpa.core.graph import Graph, Value
from denpa.core.op import Op
from denpa.core.shape import describe
from denpa.core.source import current_scope, here


def _spent(*_: Any) -> Any:
    raise GraphError(
        "backward through the result of a compiled function that calls backward itself: what it "
        "needs is gone. Compute this loss inside the function, or .detach() the result"
    )


_USED = Value((), np.dtype("float32"), None, True)
_USED.op = Op("compiled", "function", _no_eval, _infer_any, _spent, None)
_USED.inputs, _USED.seen = (Value((), np.dtype("float32"), None, True),), (0, 0)


class Derivative:
    """The derivative of one program; compiled by `build` when backward asks for it first."""

    def __init__(self, program: Program, build: Callable[[Graph], Any]) -> None:
        self.program = program
        self._build = build
        self._pull: tuple[Any, list[int]] | None = None
        # The results that require gradients, each tensor once.
        self.results = list({id(r): r for r in program.results if r.requires_grad}.values())

    def hub(self, saved: list[np.ndarray] | None) -> Value:
        """What the results of a call will hang on. Values are numbered as they are made, and
        backward goes by number: it is made before them."""
        return _USED if saved is None else Value((), np.dtype("float32"), None, True)

    def link(
        self,
        hub: Value,
        made: dict[int, Tensor],
        saved: list[np.ndarray] | None,
        leaves: Sequence[Tensor],
    ) -> None:
        """Hang the results that require gradients on the hub; `saved`: the inputs of the call."""
        if saved is not None:
            hub.source, hub.scope = here(), current_scope()
            tensors = [*leaves, *(c.tensor for c in self.program.captured)]
            values = [t._value for t in tensors]
            at = [k for k, v in enumerate(self.program.graph.inputs) if v.requires_grad]
            inputs = [values[k] for k in at]
            read = [(v, v.version) for k, v in enumerate(values) if saved[k] is v.array]
            hub.op = Op(
                "compiled", "function", _no_eval, _infer_any, self._vjp(saved, at, read), None
            )
            hub.inputs = tuple(inputs)
            hub.seen = (*(v.version for v in inputs), 0)
        for k, r in enumerate(self.results):
            v = made[r.what]._value
            v.requires_grad, v.op, v.inputs, v.params = True, _PART, (hub,), {"output": k}
            v.seen, v.source, v.scope = (0, 0), hub.source, hub.scope

    def _vjp(
        self, saved: list[np.ndarray], at: list[int], read: list[tuple[Value, int]]
    ) -> Callable[..., Any]:
        def vjp(g: _Bundle, y: Any, inputs: Any, params: Any, wants: Sequence[bool]) -> list[Any]:
            if any(isinstance(p, Tensor) for p in g.parts.values()):
                raise GraphError(
                    "a second derivative through a compiled function is not offered; compute the "
                    "first one inside it"
                )
            for v, version in read:
                if v.version != version:
                    raise GraphError(
                        f"backward of a compiled function needs its input {describe(v)}, which was "
                        "changed in place after the call"
                    )
            if self._pull is None:
                graph, kept = self.program.pull()
                self._pull = self._build(graph), kept
            native, kept = self._pull
            seeds = []
            for k, r in enumerate(self.results):
                out: Value = self.program.graph.outputs[r.what]
                part = g.parts.get(k)
                seeds.append(
                    np.zeros(out.shape, out.dtype) if part is None else np.array(part, order="C")
                )
            found = dict(zip(kept, native.run([*saved, *seeds]), strict=True))
            return [found.get(k) for k in at]

        return vjp
