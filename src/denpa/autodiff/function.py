"""User-defined functions with a derivative of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from denpa.autodiff.layout import alias
from denpa.autodiff.mode import STATE, no_grad
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import is_float
from denpa.core.errors import GraphError, ShapeError
from denpa.core.graph import Value
from denpa.core.op import OPS, Op
from denpa.core.shape import describe
from denpa.core.source import current_scope, here


class FunctionCtx:
    """What `forward` keeps for `backward`."""

    def __init__(self) -> None:
        self._saved: list[tuple[Any, int, Value | None]] = []  # tensor, its version and value
        self._constant: tuple[Any, ...] = ()
        self._zeros = True
        self.needs_input_grad: tuple[bool, ...] = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors; backward reads them from `saved_tensors`."""
        values = [t._value if isinstance(t, Tensor) else None for t in tensors]
        self._saved = [
            (t, 0 if v is None else v.version, v) for t, v in zip(tensors, values, strict=True)
        ]

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """The tensors kept by `save_for_backward`, checked to be unchanged."""
        for t, version, _ in self._saved:
            if isinstance(t, Tensor) and t._value.version != version:
                raise GraphError(
                    f"a tensor saved for backward, {describe(t)}, was changed in place since; "
                    "save a .clone() of it"
                )
        return tuple(t for t, _, _ in self._saved)

    def _keep(self, outputs: Sequence[Any], made: Sequence[Tensor], traced: bool) -> None:
        """Hold what was saved by the names that it has after forward."""
        names = {id(o): m for o, m in zip(outputs, made, strict=True)}
        kept: list[tuple[Any, int, Value | None]] = []
        for t, version, value in self._saved:
            if id(t) in names:  # so that backward can be differentiated through an output
                t = names[id(t)]
            elif traced and value is not None:  # the name itself means another value later
                t = Tensor(value)
            kept.append((t, version, None))
        self._saved = kept

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Outputs of forward that have no gradient."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """With False, backward is given None (not zeros) for outputs that nobody used.

        Where the backward of a compiled function is called outside it, what that function returns
        counts as used.
        """
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
    raise NotImplementedError("a recorded call of a user-defined Function cannot be run again")


def _infer_any(*_: Any, **__: Any) -> Any:
    return (), np.dtype("float32")


def _part_vjp(g: Any, y: Any, inputs: Any, params: Any, wants: Any) -> list[Any]:
    return [_Bundle({params["output"]: g})]


_PART = Op("output", "function", _no_eval, _infer_any, _part_vjp, None)


class Function:
    """Subclass with static methods `forward(ctx, *args)` and `backward(ctx, *grads)`; call `apply`.

    `backward` returns one gradient (or None) for each argument of `forward`. When it is written
    with differentiable operations it can itself be differentiated. In a compiled function both
    become part of the program; there they can read no numbers of tensors through Python.

    Errors: GraphError for a wrong number of gradients, or a saved tensor that was changed in place;
    ShapeError for a gradient of another shape than its argument.

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
        tracer = STATE.tracer
        if tracer is not None:
            tracer.saw_function(cls)
        unknown = any(t._value.array is None for t in tensors)
        # A graph that is traced without a tracer may be differentiated later, whatever the flags.
        later = unknown and tracer is None
        ctx = FunctionCtx()
        ctx.needs_input_grad = tuple(
            isinstance(a, Tensor) and (a.requires_grad or (later and is_float(a.dtype)))
            for a in args
        )
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
        if not ((STATE.recording or later) and any(ctx.needs_input_grad)):
            return result
        asked = STATE.recording and any(t.requires_grad for t in tensors)
        hub = Value((), np.dtype("float32"), None, asked)
        hub.op = Op(cls.__name__, "function", _no_eval, _infer_any, _vjp(cls, ctx, outputs), None)
        hub.inputs = tuple(a._value if isinstance(a, Tensor) else 0 for a in args)
        hub.seen = (*(x.version if isinstance(x, Value) else 0 for x in hub.inputs), 0)
        hub.source, hub.scope = here(), current_scope()
        traced = tracer is not None or unknown or any(o._value.array is None for o in outputs)
        if tracer is not None:
            tracer.functions.append(hub)
        made = []
        for k, o in enumerate(outputs):
            float_ = is_float(o.dtype) and not any(o is c for c in ctx._constant)
            made.append((_traced if traced else _recorded)(o, hub, k, float_))
        ctx._keep(outputs, made, traced)
        return tuple(made) if isinstance(result, tuple) else made[0]


def _part(hub: Value, k: int, v: Value) -> Value:
    """Enters into `v` that it is output `k` of a call."""
    v.op, v.inputs, v.params = _PART, (hub,), {"output": k}
    v.seen = (0, v.version)
    return v


def _recorded(o: Tensor, hub: Value, k: int, differentiable: bool) -> Tensor:
    """An output of a call whose numbers are known: the call is the equation that made it."""
    v = alias(o._value, differentiable)
    if differentiable:
        _part(hub, k, v)
        v.source, v.scope = hub.source, hub.scope
    return Tensor(v)


def _traced(o: Tensor, hub: Value, k: int, differentiable: bool) -> Tensor:
    """An output of a call in a trace: made by the equations of forward, another name for what they
    gave; differentiated by the rule that the call is. So a graph holds ops of the table alone."""
    v = alias(o._value, differentiable and hub.requires_grad)
    storage = o._value.shared()
    v.op, v.inputs, v.seen = OPS["detach"], (o._value,), (o._value.version, o._value.version)
    v.source, v.scope = hub.source, hub.scope
    if differentiable:
        v.rule = _part(hub, k, Value(o.shape, o.dtype))
    made = Tensor(v)
    storage.add_name(o)
    storage.add_name(made)
    return made


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
