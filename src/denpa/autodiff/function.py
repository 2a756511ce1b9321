"""User-defined functions with a derivative of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from denpa.autodiff.mode import STATE, no_grad, untraceable
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import is_float
from denpa.core.errors import GraphError, ShapeError
from denpa.core.graph import Value
from denpa.core.op import Op
from denpa.core.shape import describe
from denpa.core.source import current_scope, here


class FunctionCtx:
    """What `forward` keeps for `backward`."""

    def __init__(self) -> None:
        self._saved: list[tuple[Any, int]] = []
        self._constant: tuple[Any, ...] = ()
        self._zeros = True
        self.needs_input_grad: tuple[bool, ...] = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors; backward reads them from `saved_tensors`."""
        self._saved = [(t, t._value.version if isinstance(t, Tensor) else 0) for t in tensors]

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """The tensors kept by `save_for_backward`, checked to be unchanged."""
        for t, version in self._saved:
            if isinstance(t, Tensor) and t._value.version != version:
                raise GraphError(
                    f"a tensor saved for backward, {describe(t)}, was changed in place since; "
                    "save a .clone() of it"
                )
        return tuple(t for t, _ in self._saved)

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Outputs of forward that have no gradient."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """With False, backward is given None (not zeros) for outputs that nobody used."""
        self._zeros = value


class _Bundle:
    """The messages to the outputs of one call, which arrive one at a time."""

    def __init__(self, parts: dict[int, Any]) -> None:
        self.parts = parts

    def __add__(self, other: _Bundle) -> _Bundle:
        merged = dict(self.parts)
        for k, g in other.parts.items():
            merged[k] = merged[k] + g if k in merged else g
        return _Bundle(merged)


def _no_eval(*_: Any, **__: Any) -> Any:
    raise NotImplementedError("a user-defined Function cannot be traced or run again as a graph")


def _infer_any(*_: Any, **__: Any) -> Any:
    return (), np.dtype("float32")


def _part_vjp(g: Any, y: Any, inputs: Any, params: Any, wants: Any) -> list[Any]:
    return [_Bundle({params["output"]: g})]


_PART = Op("output", "function", _no_eval, _infer_any, _part_vjp, None)


class Function:
    """Subclass with static methods `forward(ctx, *args)` and `backward(ctx, *grads)`; call `apply`.

    `backward` returns one gradient (or None) for each argument of `forward`. When it is written
    with differentiable operations it can itself be differentiated.

    >>> import denpa as dp
    >>> class Double(dp.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return x * 2
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         return g * 2
    >>> x = dp.tensor(1.0, requires_grad=True)
    >>> Double.apply(x).backward()
    >>> x.grad
    tensor(2.)
    """

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs."""
        raise NotImplementedError("a Function must define forward(ctx, *args)")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Optional: fill ctx after a forward that takes no ctx."""
        raise NotImplementedError

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        """The gradients of the arguments of forward."""
        raise NotImplementedError("a Function must define backward(ctx, *grads)")

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Run forward, and record that backward belongs to it."""
        tensors = [a for a in args if isinstance(a, Tensor)]
        untraceable(f"the Function {cls.__name__}", "call it outside")
        if any(t._value.array is None for t in tensors):
            _no_eval()
        ctx = FunctionCtx()
        ctx.needs_input_grad = tuple(isinstance(a, Tensor) and a.requires_grad for a in args)
        with no_grad():
            if cls.setup_context is not Function.setup_context:
                result = cls.forward(*args)
                cls.setup_context(ctx, args, result)
            else:
                result = cls.forward(ctx, *args)
        outputs = result if isinstance(result, tuple) else (result,)
        for o in outputs:
            if not isinstance(o, Tensor):
                raise TypeError(
                    f"{cls.__name__}.forward must return tensors, not {type(o).__name__}"
                )
        if not (STATE.recording and any(ctx.needs_input_grad)):
            return result
        hub = Value((), np.dtype("float32"), None, True)
        hub.op = Op(cls.__name__, "function", _no_eval, _infer_any, _vjp(cls, ctx, outputs), None)
        hub.inputs = tuple(a._value if isinstance(a, Tensor) else 0 for a in args)
        hub.seen = (*(x.version if isinstance(x, Value) else 0 for x in hub.inputs), 0)
        hub.source, hub.scope = here(), current_scope()
        made = []
        for k, o in enumerate(outputs):
            v = Value(o.shape, o.dtype, o._value.array, storage=o._value.shared())
            if is_float(o.dtype) and not any(o is c for c in ctx._constant):
                v.requires_grad = True
                v.op, v.inputs, v.params = _PART, (hub,), {"output": k}
                v.seen = (0, v.version)
                v.source, v.scope = hub.source, hub.scope
            made.append(Tensor(v))
        # A saved output becomes the recorded one, so that backward can be differentiated through
        # it.
        ctx._saved = [
            (next((m for m, o in zip(made, outputs, strict=True) if t is o), t), version)
            for t, version in ctx._saved
        ]
        return tuple(made) if isinstance(result, tuple) else made[0]


def _vjp(cls: type[Function], ctx: FunctionCtx, outputs: Sequence[Tensor]) -> Any:
    like = [(o.shape, o.dtype) for o in outputs]

    def vjp(g: _Bundle, y: Any, inputs: Any, params: Any, wants: Sequence[bool]) -> list[Any]:
        on_tensors = any(isinstance(p, Tensor) for p in g.parts.values())
        given: list[Any] = []
        for k, (shape, dtype) in enumerate(like):
            part = g.parts.get(k)
            if part is None and ctx._zeros:
                part = np.zeros(shape, dtype)
            given.append(part if part is None or isinstance(part, Tensor) else tensor_of(part))
        found = cls.backward(ctx, *given)
        found = found if isinstance(found, tuple) else (found,)
        if len(found) < len(inputs) or any(m is not None for m in found[len(inputs) :]):
            raise GraphError(
                f"{cls.__name__}.backward returned {len(found)} gradients for the {len(inputs)} "
                "arguments of forward; return None for those that need none"
            )
        result: list[Any] = []
        for x, m in zip(inputs, found, strict=False):
            if m is not None and isinstance(x, (Tensor, np.ndarray)) and m.shape != x.shape:
                raise ShapeError(
                    f"{cls.__name__}.backward returned {describe(m)} for an argument of "
                    f"{describe(x)}"
                )
            result.append(m if m is None or on_tensors else m.detach().numpy())
        return result

    return vjp
