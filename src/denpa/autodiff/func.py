"""Derivatives of functions: transforms that take a function and return another.

They nest. Each runs the function on names of its own for the arguments, so the derivative of an
inner transform is not confused with that of an outer one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from denpa.autodiff.backward import messages
from denpa.autodiff.forward import tangents as push
from denpa.autodiff.mode import STATE, set_grad_enabled
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import is_float
from denpa.core.errors import GraphError
from denpa.core.graph import Graph, Value, equations_of
from denpa.core.op import OPS
from denpa.core.shape import describe, size_of
from denpa.core.tree import leaves, mapped


def flatten(tree: Any) -> tuple[list[Tensor], Callable[[Sequence[Any]], Any]]:
    """The tensors of nested tuples, lists and dicts, and the way back from a list of results."""
    found = list(leaves(tree))
    for x in found:
        if not isinstance(x, Tensor):
            raise TypeError(f"expected a tensor or tuples, lists and dicts of tensors, not {x!r}")

    def build(flat: Sequence[Any]) -> Any:
        rest = iter(flat)
        return mapped(tree, lambda _: next(rest))

    return found, build


def _own_name(x: Tensor) -> Tensor:
    """Another name for x, recorded from here on and still part of any outer derivative."""
    if not is_float(x.dtype):
        raise GraphError(f"only floating-point tensors have derivatives, not {describe(x)}")
    with set_grad_enabled(True):
        alias: Tensor = OPS["reshape"](x, shape=x.shape)
    alias._value.requires_grad = True
    return alias


def _chosen(argnums: int | tuple[int, ...], args: tuple[Any, ...]) -> list[int]:
    wanted = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for k in wanted:
        if not -len(args) <= k < len(args):
            raise RuntimeError(
                f"argnums {k} was given, the function was called with {len(args)} arguments"
            )
    return [k % len(args) for k in wanted]


def _detached(tree: Any) -> Any:
    """The same nested tuples, lists and dicts with their tensors cut from the record."""
    return mapped(tree, lambda x: x.detach() if isinstance(x, Tensor) else x)


class _Run:
    """One run of a function on own names of some arguments."""

    def __init__(self, func: Any, argnums: Any, args: tuple[Any, ...], kwargs: Any, aux: bool):
        outer = STATE.recording
        self.names: list[Tensor] = []
        self.backs = []
        held = list(args)
        given: list[Tensor] = []
        for k in _chosen(argnums, args):
            flat, back = flatten(args[k])
            names = [_own_name(t) for t in flat]
            held[k] = back(names)
            self.backs.append((len(flat), back))
            self.names += names
            given += flat
        with set_grad_enabled(True):
            result = func(*held, **kwargs)
        self.aux = None
        if aux:
            if not (isinstance(result, tuple) and len(result) == 2):
                raise RuntimeError("has_aux=True: the function must return (output, aux)")
            result, self.aux = result
        self.outputs, self.back = flatten(result)
        # Keep a record for an outer derivative only if something outside is being differentiated.
        own = {id(t._value) for t in self.names}
        values = equations_of(
            (t._value for t in self.outputs), (t._value for t in self.names), rules=True
        )
        free = (v for v in values if v.op is None and id(v) not in own)
        self.outer = any(t.requires_grad or t._value.array is None for t in given) or any(
            v.requires_grad or v.array is None for v in free
        )
        if aux and not self.outer:
            self.aux = _detached(self.aux)
        self.record = outer and self.outer
        self.on_tensors = self.outer and (outer or any(t._value.array is None for t in given))

    def pull(self, seeds: Sequence[Tensor]) -> list[Tensor]:
        """The messages to the own names when the outputs are given `seeds`."""
        roots = [(o._value, s) for o, s in zip(self.outputs, seeds, strict=True) if o.requires_grad]
        with set_grad_enabled(self.record), np.errstate(all="ignore"):
            found = messages(
                [r for r, _ in roots],
                [s if self.on_tensors else s._held() for _, s in roots],
                [t._value for t in self.names],
                self.on_tensors,
            )
        out = []
        for t in self.names:
            entry = found.get(id(t._value))
            g = np.zeros(t.shape, t.dtype) if entry is None else entry[1]
            out.append(g if isinstance(g, Tensor) else tensor_of(np.array(g)))
        return out

    def arguments(self, flat: Sequence[Any], argnums: Any) -> Any:
        """Results for the own names, in the structure of the arguments."""
        out, at = [], 0
        for n, back in self.backs:
            out.append(back(flat[at : at + n]))
            at += n
        return out[0] if isinstance(argnums, int) else tuple(out)

    def value(self, x: Any) -> Any:
        """What an output is called outside: cut from the record unless an outer derivative needs
        it."""
        flat, back = flatten(x)
        return back(flat if self.outer else [t.detach() for t in flat])


def grad_and_value(
    func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """(gradient, value) of a function of one-element output; see `grad`."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        run = _Run(func, argnums, args, kwargs, has_aux)
        if len(run.outputs) != 1 or run.outputs[0].shape != ():
            got = ", ".join(map(describe, run.outputs))
            raise RuntimeError(f"grad: the function must return a 0-dim tensor, it returned {got}")
        (out,) = run.outputs
        g = run.arguments(run.pull([tensor_of(np.ones((), out.dtype))]), argnums)
        value = run.value(out)
        return (g, (value, run.aux)) if has_aux else (g, value)

    return wrapped


def value_and_grad(
    func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """(value, gradient) of a function of one-element output; see `grad`.

    >>> import denpa as dp
    >>> dp.func.value_and_grad(lambda x: x**2)(dp.tensor(3.0))
    (tensor(9.), tensor(6.))
    """

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        g, value = grad_and_value(func, argnums, has_aux)(*args, **kwargs)
        return value, g

    return wrapped


def grad(
    func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that gives the gradient of `func` (0-dim output) with respect to `argnums`.

    >>> import denpa as dp
    >>> dp.func.grad(dp.func.grad(dp.sin))(dp.tensor(0.0))
    tensor(-0.)
    """

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        g, value = grad_and_value(func, argnums, has_aux)(*args, **kwargs)
        return (g, value[1]) if has_aux else g

    return wrapped


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """The output of `func` and the function that pulls a cotangent of it back to the primals.

    >>> import denpa as dp
    >>> y, pull = dp.func.vjp(dp.exp, dp.tensor([0.0, 1.0]))
    >>> pull(dp.ones(2))
    (tensor([1.    , 2.7183]),)
    """
    argnums = tuple(range(len(primals)))
    run = _Run(func, argnums, primals, {}, has_aux)

    def pull(*cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        flat, _ = flatten(cotangents if len(cotangents) != 1 else cotangents[0])
        if len(flat) != len(run.outputs):
            raise RuntimeError(f"vjp: {len(run.outputs)} outputs, but {len(flat)} cotangents")
        for o, c in zip(run.outputs, flat, strict=True):
            if o.shape != c.shape:
                raise RuntimeError(f"vjp: the output is {describe(o)}, its cotangent {describe(c)}")
        if any(c.requires_grad for c in flat):
            run.on_tensors = run.record = True
        return run.arguments(run.pull(flat), argnums)

    value = run.value(run.back(run.outputs))
    return (value, pull, run.aux) if has_aux else (value, pull)


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, has_aux: bool = False) -> Any:
    """The output of `func` and its directional derivative: forward mode.

    >>> import denpa as dp
    >>> dp.func.jvp(dp.sin, (dp.tensor(0.0),), (dp.tensor(2.0),))
    (tensor(0.), tensor(2.))
    """
    if not (isinstance(primals, tuple) and isinstance(tangents, tuple)):
        raise RuntimeError("jvp: primals and tangents must be tuples")
    run = _Run(func, tuple(range(len(primals))), primals, {}, has_aux)
    flat, _ = flatten(tangents)
    for x, t in zip(run.names, flat, strict=True):
        if x.shape != t.shape:
            raise RuntimeError(f"jvp: the primal is {describe(x)}, its tangent {describe(t)}")
    record = STATE.recording and (run.outer or any(t.requires_grad for t in flat))
    with set_grad_enabled(record):
        moved = push(run.outputs, run.names, flat)
    filled = [
        tensor_of(np.zeros(o.shape, o.dtype)) if t is None else t
        for o, t in zip(run.outputs, moved, strict=True)
    ]
    value, slope = run.value(run.back(run.outputs)), run.back(filled)
    return (value, slope, run.aux) if has_aux else (value, slope)


def _stack(rows: Sequence[Tensor], shape: tuple[int, ...]) -> Tensor:
    flat = [OPS["reshape"](r, shape=(1, size_of(r.shape))) for r in rows]
    result: Tensor = OPS["reshape"](OPS["cat"](*flat, dim=0), shape=shape)
    return result


def _basis(like: Tensor) -> list[Tensor]:
    n = size_of(like.shape)
    return [tensor_of(row.reshape(like.shape)) for row in np.eye(n, dtype=like.dtype)]


def jacrev(
    func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """The Jacobian ∂output/∂argument by reverse mode: one pull for each element of the output.

    Shape: (*output.shape, *argument.shape).
    """

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        run = _Run(func, argnums, args, kwargs, has_aux)
        results = []
        for k, out in enumerate(run.outputs):
            rows = []
            for row in _basis(out):
                seeds = [tensor_of(np.zeros(o.shape, o.dtype)) for o in run.outputs]
                seeds[k] = row
                rows.append(run.pull(seeds))
            blocks = [
                _stack([r[i] for r in rows], (*out.shape, *x.shape))
                if rows
                else tensor_of(np.zeros((*out.shape, *x.shape), x.dtype))
                for i, x in enumerate(run.names)
            ]
            results.append(run.arguments(blocks, argnums))
        jacobian = run.back(results)
        return (jacobian, run.aux) if has_aux else jacobian

    return wrapped


def jacfwd(
    func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The Jacobian ∂output/∂argument by forward mode: one push for each element of the argument."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        run = _Run(func, argnums, args, kwargs, has_aux)
        columns: list[list[list[Tensor]]] = []  # [name][direction][output]
        with set_grad_enabled(run.record):
            for i, x in enumerate(run.names):
                columns.append([])
                for direction in _basis(x):
                    ts = [tensor_of(np.zeros(n.shape, n.dtype)) for n in run.names]
                    ts[i] = direction
                    moved = push(run.outputs, run.names, ts)
                    columns[i].append(
                        [
                            tensor_of(np.zeros(o.shape, o.dtype)) if t is None else t
                            for o, t in zip(run.outputs, moved, strict=True)
                        ]
                    )
            results = []
            for k, out in enumerate(run.outputs):
                blocks = []
                for i, x in enumerate(run.names):
                    n = size_of(out.shape)
                    cols = [OPS["reshape"](c[k], shape=(n, 1)) for c in columns[i]]
                    block = (
                        OPS["reshape"](OPS["cat"](*cols, dim=1), shape=(*out.shape, *x.shape))
                        if cols
                        else tensor_of(np.zeros((*out.shape, *x.shape), out.dtype))
                    )
                    blocks.append(block)
                results.append(run.arguments(blocks, argnums))
        jacobian = run.back(results)
        return (jacobian, run.aux) if has_aux else jacobian

    return wrapped


def hessian(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """The matrix of second derivatives, forward over reverse.

    >>> import denpa as dp
    >>> dp.func.hessian(lambda x: (x**3).sum())(dp.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)


def trace(func: Callable[..., Any], *examples: Tensor) -> Graph:
    """The graph of `func`: its equations on inputs of the examples' shapes and dtypes, without
    data.

    `graph.equations` are its values in order, each with `op.name`, `inputs`, `params`, `shape` and
    `dtype`; `graph(*arrays)` runs it.

    >>> import denpa as dp
    >>> print(dp.func.trace(lambda x: dp.tanh(x) * 2, dp.ones(3)))
    graph(v0: f32[3]):
      v1: f32[3] = tanh(v0)
      v2: f32[3] = mul(v1, 2)
      return v2
    """
    names = [Tensor(Value(x.shape, x.dtype, None, x.requires_grad)) for x in examples]
    inputs = [t._value for t in names]  # before: the function may change its names in place
    outputs, _ = flatten(func(*names))
    return Graph(inputs, [t._value for t in outputs])


def _without_data(graph: Graph) -> Graph:
    """The same equations on inputs that have neither numbers nor equations of their own."""
    names = {id(v): Tensor(Value(v.shape, v.dtype)) for v in graph.inputs}
    inputs = [names[id(v)]._value for v in graph.inputs]
    for v in graph.constants:
        names[id(v)] = Tensor(v)
    for v in graph.equations:
        assert v.op is not None
        if v.op.kind == "function" or v.rule is not None:
            raise NotImplementedError(
                "a graph made of recorded tensors cannot be differentiated through a user-defined "
                "Function; make it with dp.func.trace"
            )
        args = [names[id(x)] if isinstance(x, Value) else x for x in v.inputs]
        names[id(v)] = v.op(*args, **v.params)
    return Graph(inputs, [names[id(v)]._value for v in graph.outputs])


def vjp_graph(graph: Graph) -> Graph:
    """Graph to graph: from inputs and cotangents of the outputs to cotangents of the inputs.

    The equations of the backward pass are linked (`forward`) to those whose messages they pass on.

    >>> import denpa as dp
    >>> backward = dp.func.vjp_graph(dp.func.trace(lambda x: (x**2).sum(), dp.ones(2)))
    >>> backward(dp.tensor([3.0, 4.0]).numpy(), dp.tensor(1.0).numpy())  # x, then the cotangent
    [array([6., 8.], dtype=float32)]
    """

    if any(v.array is not None or v.op is not None for v in graph.inputs):
        graph = _without_data(graph)
    seeds = [Tensor(Value(v.shape, v.dtype)) for v in graph.outputs]
    found = messages(graph.outputs, seeds, graph.inputs, create_graph=True, every=True)
    grads = []
    for v in graph.inputs:
        entry = found.get(id(v))
        grads.append(tensor_of(np.zeros(v.shape, v.dtype)) if entry is None else entry[1])
    return Graph([*graph.inputs, *(s._value for s in seeds)], [g._value for g in grads])
