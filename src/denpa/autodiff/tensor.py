"""Tensor: a name for a value. Operators and the op table are what it does; the rest of its methods
are functions of `denpa.autodiff.backward` and `denpa.functional`, attached there.

A name can be bound to another value (in-place operations do that); values never change their
equation.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from denpa.autodiff import anomaly, layout
from denpa.autodiff.mode import STATE
from denpa.autodiff.operators import UFUNCS, Operators, apply, promote
from denpa.core.dtype import DType, is_float
from denpa.core.errors import DenpaError, GraphError, not_offered
from denpa.core.faces import face
from denpa.core.graph import Value
from denpa.core.op import OPS, Op, Traced
from denpa.core.shape import Shape, describe
from denpa.core.source import current_kind, current_scope, here, in_layer, where

_NUMBERS = (bool, int, float)
__all__ = ["Tensor", "apply", "promote", "tensor_of"]


class Tensor(Operators, Traced):
    """A multi-dimensional array with the record of how it was computed.

    Make one with `dp.tensor`. `shape`, `dtype`, `grad`, `requires_grad`, `backward()` and the rest
    are PyTorch's; `numpy()` and `numpy.asarray(t)` give the array itself.

    >>> import denpa as dp
    >>> x = dp.tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ("__weakref__", "_grad", "_name", "_value")  # _name: a parameter's, in its module
    __array_priority__ = 1000

    def __init__(self, value: Value) -> None:
        self._value = value
        self._grad: Tensor | None = None

    # -- recording -------------------------------------------------------------------------------

    @staticmethod
    def bind(op: Op, args: tuple[Any, ...], params: dict[str, Any]) -> Tensor:
        """Apply `op`: check, compute, and record the equation if anyone will ask for it."""
        inputs: list[Any] = []
        arrays: list[Any] = []
        seen: list[int] = []
        needs = abstract = strided = False
        if STATE.tracer is not None:
            args = STATE.tracer.live(args)
        for a in args:
            if isinstance(a, Tensor):
                v = a._value
                needs = needs or v.requires_grad
                abstract = abstract or v.array is None
                strided = strided or v.form is not None
                inputs.append(v)
                arrays.append(v.array)
                seen.append(0 if v.storage is None else v.storage.version)
                continue
            if type(a) not in _NUMBERS:
                a = np.asarray(a)
                inputs.append(Value(a.shape, a.dtype, a))
            else:
                inputs.append(a)
            arrays.append(a)
            seen.append(0)
        result: Any = None
        strided = strided or op.view
        try:
            shape, dtype = op.infer(*inputs, **params)
            if not abstract:
                if strided:
                    layout.before(op, inputs, arrays)
                result = STATE.quiet.run(op.eval, *arrays, **params)
        except DenpaError as error:
            if not error.where:
                error.where = where(here(), current_scope())
            raise
        if not abstract and type(result) is not np.ndarray:
            result = np.asarray(result)
        needs = needs and STATE.recording and op.kind != "constant" and dtype.kind == "f"
        out = Value(shape, dtype, result, needs)
        if STATE.anomaly and STATE.backward is None and not abstract:
            anomaly.forward(op, out, inputs, arrays, params)
        tensor = Tensor(out)
        if strided and layout.after(op, out, inputs, params):
            out.storage = inputs[0].shared()
            if isinstance(args[0], Tensor):
                out.storage.add_name(args[0])
            out.storage.add_name(tensor)
        if needs or abstract:
            out.op = op
            out.inputs = tuple(inputs)
            out.params = params
            seen.append(0 if out.storage is None else out.storage.version)
            out.seen = tuple(seen)
            forward = STATE.backward
            if forward is None:
                out.source = here()
                out.scope, out.kind = current_scope(), current_kind()
            else:
                out.forward = forward
                out.source, out.scope, out.kind = forward.source, forward.scope, forward.kind
        elif in_layer() and STATE.recording and STATE.tracer is None and op.kind != "constant":
            # Nobody differentiates it. Who explains the pass wants to see the data go in.
            out.origin = made = Value(shape, dtype)
            made.op, made.inputs, made.params = op, tuple(inputs), params
            made.seen = (*seen, 0 if out.storage is None else out.storage.version)
            made.source, made.scope, made.kind = here(), current_scope(), current_kind()
        return tensor

    # -- what it is ------------------------------------------------------------------------------

    @property
    def shape(self) -> Shape:
        """The sizes of the dimensions, a tuple."""
        return self._value.shape

    @property
    def dtype(self) -> DType:
        """The element type, a NumPy dtype."""
        return self._value.dtype

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self._value.shape)

    @property
    def requires_grad(self) -> bool:
        """Whether operations on this tensor are recorded. Can be set on leaves."""
        return self._value.requires_grad

    @requires_grad.setter
    def requires_grad(self, on: bool) -> None:
        self.requires_grad_(on)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Record operations on this tensor from now on (or no longer); returns the tensor."""
        v = self._value
        if v.op is not None and v.requires_grad and not requires_grad:
            raise RuntimeError(
                "requires_grad can be switched off for leaf tensors only; use .detach() to get a "
                "tensor that is cut from the graph"
            )
        if requires_grad and not is_float(v.dtype):
            raise RuntimeError(
                f"only floating-point tensors can require gradients, not {describe(v)}"
            )
        v.requires_grad = bool(requires_grad)
        if v.op is None or (requires_grad and STATE.tracer is not None):
            v.owner = weakref.ref(self)  # backward finds .grad through it
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made this tensor."""
        return self._value.op is None or not self._value.requires_grad

    @property
    def grad(self) -> Tensor | None:
        """The gradient that `backward` accumulated here; None before."""
        return self._grad

    @grad.setter
    def grad(self, g: Tensor | None) -> None:
        if g is not None and (g.shape, g.dtype) != (self.shape, self.dtype):
            raise RuntimeError(
                f"a gradient of {describe(self)} must have the same shape and dtype, "
                f"not {describe(g)}"
            )
        self._grad = g

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def data(self) -> Tensor:
        """The same numbers, cut from the graph; changes to it are not tracked."""
        if STATE.tracer is not None:
            return self.detach()
        self._held()
        unversioned = layout.alias(self._value)
        unversioned.storage = None
        return Tensor(unversioned)

    @data.setter
    def data(self, new: Tensor) -> None:
        if STATE.tracer is not None:
            STATE.tracer.replace(self, new._value)
            return
        new._held()
        fresh = layout.alias(new._value, self.requires_grad)
        fresh.owner = self._value.owner
        self._value = fresh

    @property
    def grad_fn(self) -> Value | None:
        """The equation that made this tensor; None for a leaf."""
        return None if self.is_leaf else self._value

    def detach(self) -> Tensor:
        """The same memory, cut from the graph: no gradient flows through it."""
        v = self._value
        if v.array is None:
            traced: Tensor = OPS["detach"](self)
            if STATE.tracer is not None:
                STATE.tracer.alias(self, traced)
            return traced
        return Tensor(layout.alias(v))

    def numpy(self) -> np.ndarray:
        """The array itself, not a copy. A tensor that requires a gradient must be detached
        first."""
        if self.requires_grad:
            raise RuntimeError(
                "this tensor requires a gradient; use tensor.detach().numpy() to read its array"
            )
        return self._memory()

    def _memory(self) -> np.ndarray:
        """The array in the order that the user sees."""
        self._held()
        return layout.memory(self._value)

    def _held(self) -> np.ndarray:
        array = self._value.array
        if array is None:
            error = GraphError(
                f"the values of {describe(self)} are not known while a function is being traced, "
                "nor afterwards; keep them out of Python's if, while, float() and numpy() (use "
                "where()), and return what is needed outside"
            )
            error.where = where(here(), current_scope())
            if STATE.tracer is not None:
                STATE.tracer.failed(error)
            raise error
        return array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self.requires_grad:
            raise RuntimeError(
                "this tensor requires a gradient; use tensor.detach().numpy() to read its array"
            )
        return np.array(self._memory(), dtype=dtype, copy=copy)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """NumPy functions on tensors: refused where the record of gradients would be lost."""
        if method == "__call__" and not kwargs:
            found = UFUNCS.get(ufunc.__name__)
            if found is not None:
                return found(*inputs)
        raise TypeError(
            f"numpy.{ufunc.__name__} does not record gradients; use the function of denpa of that "
            "name, or tensor.detach().numpy()"
        )

    def __dlpack__(self, **kwargs: Any) -> Any:
        return self.numpy().__dlpack__(**kwargs)

    def __dlpack_device__(self) -> Any:
        return self._held().__dlpack_device__()

    # -- as a Python object ---------------------------------------------------------------------

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return bool(self.item())

    def _only(self) -> Any:
        if self._held().size != 1:
            raise ValueError(f"only a tensor of one element is a number, not {describe(self)}")
        return self.item()

    def __int__(self) -> int:
        return int(self._only())

    def __float__(self) -> float:
        return float(self._only())

    def __index__(self) -> int:
        if is_float(self.dtype):
            raise TypeError(
                f"{describe(self)} cannot be used as an index; only integer tensors can"
            )
        return int(self.item())

    def item(self) -> Any:
        """The only element, as a Python number."""
        array = self._held()
        if array.size != 1:
            raise RuntimeError(
                f"only a tensor of one element is a Python number, not {describe(self)}; "
                "use .any() or .all() for a truth value, .tolist() for a list"
            )
        return array.item()

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a 0-dim tensor")
        return self.shape[0]

    def __repr__(self) -> str:
        v = self._value
        note = ", requires_grad=True" if v.requires_grad else ""
        if v.op is not None and v.requires_grad:
            note = f", grad_fn=<{v.op.name}>"
        if v.array is None:
            if STATE.tracer is not None:
                self._held()  # its text would be that of every call
            return f"tensor(traced {describe(v)}{note})"
        if v.dtype.name not in ("float32", "int64", "bool"):
            note = f", dtype={v.dtype.name}{note}"
        body = np.array2string(v.array, separator=", ", prefix="tensor(", precision=4)
        if not v.array.size:
            note = f", size={list(v.shape)}{note}"
        return f"tensor({body}{note})"

    def _repr_html_(self) -> str:
        return str(face("tensor")(self))

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if not self.shape else format(repr(self), spec)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if id(self) in memo:  # a gradient that was copied before its tensor
            known: Tensor = memo[id(self)]
            return known
        if not self.is_leaf:
            raise RuntimeError("only leaf tensors can be deep-copied; use .detach().clone()")
        new = type(self).__new__(type(self))
        Tensor.__init__(new, Value(self.shape, self.dtype, self._held().copy()))
        if self.requires_grad:
            new.requires_grad_()
        if self._grad is not None:
            new._grad = self._grad.__deepcopy__(memo)
        memo[id(self)] = new
        return new

    def __getattr__(self, name: str) -> Any:
        raise not_offered("Tensor", name, dir(type(self)))

    if TYPE_CHECKING:  # denpa.autodiff.backward attaches these

        def backward(
            self,
            gradient: Tensor | None = None,
            retain_graph: bool | None = None,
            create_graph: bool = False,
            inputs: Any = None,
        ) -> None:
            """Accumulate gradients; see there."""

        def retain_grad(self) -> None:
            """Fill `.grad` though this is no leaf."""

        def register_hook(self, hook: Any) -> Any:
            """Call `hook(grad)`."""

        retains_grad: bool

        # and denpa.functional these

        def __getitem__(self, index: Any) -> Tensor: ...

        def __setitem__(self, index: Any, value: Any) -> None: ...


def tensor_of(x: Any, dtype: DType | None = None) -> Tensor:
    """A tensor around an array (shared) or a number, for use inside the library."""
    array = np.asarray(x, dtype=dtype)
    return Tensor(Value(array.shape, array.dtype, array))
