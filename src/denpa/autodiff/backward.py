"""Reverse mode: walk the equations backwards and pass messages.

For an equation y = g(x₁, x₂, …) whose output has the message δ_y = ∂E/∂y, the message to an input
is δ_yᵀ ∂y/∂x_k; a value that several equations read receives the sum. That is all of
backpropagation: the loop in `messages`. The rules run on plain arrays; with `create_graph` they run
on tensors, and so write down the backward pass as equations of the same kind.
Source: Rumelhart, Hinton, Williams, *Learning representations by back-propagating errors* (1986).
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np

from denpa.autodiff import anomaly
from denpa.autodiff.mode import STATE
from denpa.autodiff.rebind import rebind
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.errors import DenpaError, GraphError, ShapeError
from denpa.core.graph import Value, equations_of
from denpa.core.shape import describe, size_of
from denpa.core.source import where


class HookHandle:
    """What `register_hook` returns; `remove()` takes the hook off again."""

    def __init__(self, hooks: list[Any], hook: Any) -> None:
        self._hooks, self._entry = hooks, [hook]
        hooks.append(self._entry)

    def remove(self) -> None:
        """Take the hook off."""
        if self._entry in self._hooks:
            self._hooks.remove(self._entry)


def _leads_to(values: Sequence[Value], wrt: set[int]) -> set[int]:
    """Which values the wanted ones are part of: only there messages need to pass."""
    on_path = set(wrt)
    for v in values:
        inputs = v.inputs if v.rule is None else v.rule.inputs
        if v.op is not None and any(id(x) in on_path for x in inputs):
            on_path.add(id(v))
    return on_path


def _passes(v: Value) -> bool:
    """Whether a message can pass through a value, asked for or not."""
    e = v if v.rule is None else v.rule
    return v.dtype.kind == "f" and (e.op is None or e.op.kind != "constant")


def _read(v: Value, wants: Sequence[bool]) -> set[int]:
    """Which of its inputs and its own value the rule of an equation reads the numbers of, by id:
    found by running it on values without data."""
    assert v.op is not None
    assert v.op.vjp is not None
    args = (*v.inputs, v)
    stand = {id(x): Value(x.shape, x.dtype) for x in args if isinstance(x, Value)}
    names = [Tensor(stand[id(x)]) if isinstance(x, Value) else x for x in args]
    g = Tensor(Value(v.shape, v.dtype))
    found = v.op.vjp(g, names[-1], names[:-1], v.params, wants)
    read = {id(x) for x in equations_of(m._value for m in found if m is not None)}
    return {known for known, x in stand.items() if id(x) in read}


def _check_unchanged(v: Value) -> None:
    """An array that the rule reads must be the one of the forward pass."""
    pairs = zip((*v.inputs, v), v.seen, strict=True)
    changed = [x for x, seen in pairs if isinstance(x, Value) and x.version != seen]
    wants = [isinstance(x, Value) and x.requires_grad for x in v.inputs]
    read = _read(v, wants)
    assert v.op is not None
    for x in changed:
        if id(x) in read:
            what = "its output" if x is v else f"its input {describe(x)}"
            error = GraphError(
                f"backward of {v.op.name} needs {what}, which was changed in place after it was "
                "used; change a copy (.clone()), or write x = f(x)"
            )
            error.where = where(v.source, v.scope)
            raise error


def messages(
    roots: Sequence[Value],
    seeds: Sequence[Any],
    wrt: Sequence[Value] | None = None,
    create_graph: bool = False,
    free: bool = False,
    every: bool = False,
) -> dict[int, tuple[Value, Any, bool]]:
    """The message δ = ∂E/∂v of every leaf (or of the values `wrt`) that the roots depend on.

    Returns {id(value): (value, message, shared)}; `shared` says that the message's array may be
    another's too. Seeds and messages are arrays, or tensors with `create_graph`. With `free`, an
    equation forgets its inputs once its messages are sent, so that their memory can go. With
    `every`, messages also pass where no gradient was asked for when the values were made.
    """
    if STATE.tracer is not None:
        STATE.tracer.differentiated = True
        if STATE.anomaly:
            STATE.tracer.roots += [v for v in roots if size_of(v.shape) == 1]
    values = [
        v for v in equations_of(roots, rules=True) if v.requires_grad or (every and _passes(v))
    ]
    wanted = {id(v) for v in (wrt if wrt is not None else values)}
    on_path = wanted if wrt is None else _leads_to(values, wanted)
    result: dict[int, tuple[Value, Any, bool]] = {}
    delta: dict[int, tuple[Any, bool]] = {}
    watch = anomaly.MessageWatch(_read) if STATE.anomaly else None
    for v, seed in zip(roots, seeds, strict=True):
        if watch is not None:
            watch.start(v, seed)
        first = delta.get(id(v))
        delta[id(v)] = (seed if first is None else first[0] + seed, True)
    before = STATE.backward
    try:
        while values:  # the last first; a value that nobody holds any more is freed on the way
            v = values.pop()
            entry = delta.pop(id(v), None)
            if entry is None:
                continue
            g, shared = entry
            if v.hooks:
                g = _run_hooks(v, g, create_graph)
            if v.owner is not None and v.op is not None:
                _retain(v, g, create_graph)
            if v.op is None or (wrt is not None and id(v) in wanted):
                if watch is not None:
                    watch.gradient(v, g)
                result[id(v)] = (v, g, shared)
                if v.op is None:
                    continue
            e = v if v.rule is None else v.rule
            assert e.op is not None
            if e.op.vjp is None:
                continue
            if not e.seen:
                raise GraphError(
                    "backward was called a second time on a graph that the first call freed; "
                    "pass retain_graph=True to the first"
                )
            wants: list[bool] = []
            args: list[Any] = []
            changed = v.storage is not None and v.storage.version != e.seen[-1]
            for x, seen in zip(e.inputs, e.seen, strict=False):
                if type(x) is Value:
                    wants.append((every or x.requires_grad) and id(x) in on_path)
                    args.append(Tensor(x) if create_graph else x.array)
                    if x.storage is not None and x.storage.version != seen:
                        changed = True
                else:
                    wants.append(False)
                    args.append(x)
            if True not in wants:
                continue
            if changed and e.op.kind != "function":  # those check what they saved
                _check_unchanged(v)
            STATE.backward = v
            try:
                y = Tensor(v) if create_graph else v.array
                found = e.op.vjp(g, y, args, e.params, wants)
            except DenpaError as error:
                error.where = error.where or where(v.source, v.scope)
                raise
            for x, want, m in zip(e.inputs, wants, found, strict=True):
                if not want or m is None:
                    continue
                known = delta.get(id(x))
                if known is None:
                    owned = type(m) is np.ndarray and m.base is None and m is not g
                    delta[id(x)] = (m, not owned or e.op.kind == "function")
                else:
                    delta[id(x)] = (known[0] + m, False)
                if watch is not None:
                    watch.sent(v, x, g, m, None if known is None else known[0], delta[id(x)][0])
            if free and e.op.saves:
                e.inputs, e.seen = (), ()
    finally:
        STATE.backward = before
    return result


def _run_hooks(v: Value, g: Any, create_graph: bool) -> Any:
    for (hook,) in list(v.hooks or ()):
        held = g if create_graph else tensor_of(g)
        new = hook(held)
        g = held if create_graph else held._value.array  # it may be in another memory by now
        if new is not None:
            if new.shape != v.shape:
                raise ShapeError(f"a hook on {describe(v)} returned {describe(new)}")
            g = new if create_graph else new._value.array
    return g


def _retain(v: Value, g: Any, create_graph: bool) -> None:
    tensor = v.owner()
    if tensor is not None:
        _accumulate(tensor, g, True, create_graph)


def _accumulate(leaf: Tensor, g: Any, shared: bool, create_graph: bool) -> None:
    """leaf.grad += g. The array is taken over where nobody else can hold it."""
    known = leaf._grad
    if isinstance(g, Tensor):
        if known is None:
            leaf._grad = Tensor(g._value)  # a name of its own: two leaves may be sent one message
        elif create_graph or known.requires_grad:
            leaf._grad = known + g
        else:
            rebind(known, known + g)
    elif known is None:
        g = np.asarray(g)
        if shared or not g.flags.c_contiguous:
            g = np.array(g, order="C")
        leaf._grad = tensor_of(g)
    elif known._value.requires_grad or not known._held().flags.writeable:
        leaf._grad = tensor_of(known._held() + g)
    else:
        np.add(known._held(), g, out=known._held())
        known._value.shared().version += 1


def _seed(root: Tensor, gradient: Tensor | None, create_graph: bool, what: str) -> Any:
    if not root.requires_grad:
        raise RuntimeError(
            f"{what}: {describe(root)} does not require a gradient: no input of it does, or it was "
            "computed under no_grad or detached"
        )
    if gradient is None:
        if size_of(root.shape) != 1:
            raise RuntimeError(
                f"{what}: a gradient can be left out for a tensor of one element only, not "
                f"{describe(root)}; reduce it (.sum(), .mean()) or give its cotangent"
            )
        one = np.ones(root.shape, root.dtype)
        return tensor_of(one) if create_graph else one
    if not isinstance(gradient, Tensor):
        gradient = tensor_of(gradient, root.dtype)
    if gradient.shape != root.shape:
        raise RuntimeError(
            f"{what}: the cotangent has shape {list(gradient.shape)}, the output {list(root.shape)}"
        )
    return gradient if create_graph or root._value.array is None else gradient._held()


def backward(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Accumulate ∂self/∂leaf into `.grad` of every leaf (or of `inputs`) that requires it.

    `gradient` is the cotangent of this tensor; it may be left out for a tensor of one element.
    """
    tensors = create_graph or self._value.array is None  # or the pass is being traced
    seed = _seed(self, gradient, tensors, "backward")
    chosen: dict[int, Tensor] | None = None
    if inputs is not None:
        listed = [inputs] if isinstance(inputs, Tensor) else list(inputs)
        if not listed:
            raise RuntimeError("backward: inputs is empty; leave it out to reach every leaf")
        chosen = {id(t._value): t for t in listed}
    before, STATE.recording = STATE.recording, create_graph
    try:
        with np.errstate(all="ignore"):
            wrt = None if chosen is None else [t._value for t in chosen.values()]
            free = not (tensors if retain_graph is None else retain_graph or tensors)
            found = messages([self._value], [seed], wrt, tensors, free)
            for v, g, shared in found.values():
                leaf: Tensor | None
                if chosen is not None:
                    leaf = chosen[id(v)]
                else:
                    leaf = v.owner() if v.owner is not None else None
                if leaf is not None:
                    _accumulate(leaf, g, shared, create_graph)
    finally:
        STATE.recording = before


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of the sum of `outputs` with respect to `inputs`, without touching `.grad`.

    With `create_graph` the result can be differentiated again.

    >>> import denpa as dp
    >>> x = dp.tensor(3.0, requires_grad=True)
    >>> (first,) = dp.autograd.grad(x**3, x, create_graph=True)
    >>> dp.autograd.grad(first, x)
    (tensor(18.),)
    """
    roots = [outputs] if isinstance(outputs, Tensor) else list(outputs)
    wrt = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    given = (
        [grad_outputs]
        if grad_outputs is None or isinstance(grad_outputs, Tensor)
        else list(grad_outputs)
    )
    if given == [None]:
        given = [None] * len(roots)
    if len(given) != len(roots):
        raise RuntimeError(f"grad: {len(roots)} outputs, but {len(given)} grad_outputs")
    for t in wrt:
        if not t.requires_grad:
            raise RuntimeError(
                f"grad: the input {describe(t)} does not require a gradient; set "
                "requires_grad=True before computing the output"
            )
    tensors = create_graph or any(t._value.array is None for t in roots)
    seeds = [_seed(t, g, tensors, "grad") for t, g in zip(roots, given, strict=True)]
    before, STATE.recording = STATE.recording, create_graph
    try:
        with np.errstate(all="ignore"):
            free = not (tensors if retain_graph is None else retain_graph or tensors)
            found = messages(
                [t._value for t in roots], seeds, [t._value for t in wrt], tensors, free
            )
    finally:
        STATE.recording = before
    result: list[Tensor | None] = []
    for t in wrt:
        entry = found.get(id(t._value))
        if entry is not None:
            g = entry[1]
            if not isinstance(g, Tensor):
                g = tensor_of(np.array(g) if entry[2] else g)
            result.append(g)
        elif materialize_grads:
            result.append(tensor_of(np.zeros(t.shape, t.dtype)))
        elif allow_unused:
            result.append(None)
        else:
            raise RuntimeError(
                f"grad: the input {describe(t)} is not part of the graph of the outputs; pass "
                "allow_unused=True to get None for it"
            )
    return tuple(result)


def retain_grad(self: Tensor) -> None:
    """Fill `.grad` of this tensor too, though it is not a leaf."""
    if not self.requires_grad:
        raise RuntimeError("retain_grad: this tensor does not require a gradient")
    self._value.owner = weakref.ref(self)


def _retains_grad(self: Tensor) -> bool:
    """Whether `.grad` is filled although this is not a leaf."""
    return not self.is_leaf and self._value.owner is not None


def register_hook(self: Tensor, hook: Any) -> HookHandle:
    """Call `hook(grad)` when the gradient of this tensor is known; what it returns replaces it."""
    if not self.requires_grad:
        raise RuntimeError("register_hook: this tensor does not require a gradient")
    if self._value.hooks is None:
        self._value.hooks = []
    return HookHandle(self._value.hooks, hook)


for _method in (backward, retain_grad, register_hook):  # methods of a tensor
    setattr(Tensor, _method.__name__, _method)
Tensor.retains_grad = property(_retains_grad)  # type: ignore[assignment]
