"""A traced function as a program: its graph, and how to fill its inputs and hand out its outputs.

The inputs of the graph stand in this order: the arguments, the tensors from outside, a place for
each `.grad` that is set anew, the options of optimizers. The outputs: what the function returns,
gradients of arguments, the new numbers of tensors from outside, the new gradients.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from denpa.autodiff.backward import messages
from denpa.autodiff.mode import STATE, set_grad_enabled
from denpa.autodiff.tensor import Tensor
from denpa.compiler.trace import custom, purity
from denpa.compiler.trace.arguments import (
    Spec,
    argument_names,
    mapped,
    rebuild,
    stand_in,
)
from denpa.compiler.trace.calls import Listener, listening
from denpa.compiler.trace.effects import carries
from denpa.compiler.trace.effects import stores as stores_of
from denpa.compiler.trace.guards import Guards
from denpa.compiler.trace.reach import Reach, Refused
from denpa.compiler.trace.records import Whole, mark_of
from denpa.compiler.trace.slots import grad_of, value_of, watching
from denpa.compiler.trace.tracing import Captured, Option, Tracer, fail
from denpa.core.dtype import get_default_dtype, set_default_dtype
from denpa.core.graph import Graph, Value, equations_of
from denpa.core.shape import describe
from denpa.core.source import Source, where

_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_PLACE = np.zeros(())  # marks where a tensor stands in a structure


@dataclass(eq=False)
class ReturnedTensor:
    """A tensor that the function returns: `kind` says what `what` is."""

    kind: str  # "output", "argument": a number; "tensor": Captured; "constant", "array", "outside"
    what: Any
    requires_grad: bool = False


@dataclass(eq=False)
class Program:
    """What a trace found."""

    graph: Graph
    state: list[tuple[int, int]]  # (input, output): written over that input
    specs: tuple[Spec, ...]
    captured: list[Captured]  # inputs after the arguments
    watched: list[Captured]  # not read as numbers, but their shape or dtype was
    fresh: list[Tensor]  # their .grad is set anew
    cleared: list[Tensor]  # their .grad becomes None
    moved: list[tuple[Tensor, Tensor]]  # (t, g): t.grad becomes g, a tensor from outside
    options: list[Option]
    results: list[ReturnedTensor]
    structure: Any
    argument_grads: list[tuple[int, int]]  # (argument, output)
    absent: list[tuple[Tensor, bool]]  # tensors whose .grad was read, and whether it was None
    guards: Guards
    differentiated: bool
    written: list[Captured] = field(default_factory=list)
    stores: list[tuple[dict[Any, Any], Any]] = field(default_factory=list)
    """Entries of dicts that each call sets to tensors: the last of the results."""
    carried: list[tuple[dict[Any, Any], Any, Captured]] = field(default_factory=list)
    """Those of them that are read, too: the tensor of the last call is an input of the next."""
    flags: list[tuple[dict[Any, Any], Any, Any]] = field(default_factory=list)
    """Entries that each call sets to a flag, a string or None."""
    pulled: custom.Found | Exception | None = None  # made in the trace, if Functions are applied

    def pull(self) -> tuple[Graph, list[int]]:
        """The graph from inputs and cotangents of the results that require gradients to the
        gradients of the inputs that do, and the numbers of those inputs."""
        inputs = self.graph.inputs
        found = self.pulled
        if found is None:
            found = _pull(_roots(self.results, self.graph.outputs), inputs)
        elif isinstance(found, Exception):
            raise found
        seeds, messages = found
        kept = [k for k, v in enumerate(inputs) if v.requires_grad and id(v) in messages]
        grads = [messages[id(inputs[k])][1]._value for k in kept]
        return Graph([*inputs, *seeds], grads), kept


def _roots(results: Sequence[ReturnedTensor], outputs: Sequence[Value]) -> list[Value]:
    """The outputs that require gradients, each tensor once."""
    distinct = {id(r): r for r in results if r.requires_grad}.values()
    return [outputs[r.what] for r in distinct]


def _pull(roots: Sequence[Value], inputs: Sequence[Value]) -> custom.Found:
    """Cotangents of `roots`, and the messages that they send to `inputs`."""
    for v in equations_of(roots, inputs, rules=True):
        if v.op is not None:
            v.owner = None
    for v in inputs:
        v.hooks = None  # they run where the gradient arrives
    seeds = [Tensor(Value(v.shape, v.dtype)) for v in roots]
    wanted = [v for v in inputs if v.requires_grad]
    with set_grad_enabled(False):
        found = messages(roots, seeds, wanted, create_graph=True)
    return [s._value for s in seeds], found


def trace(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    specs: Sequence[Spec],
    varying: frozenset[str] = frozenset(),
    roots: Mapping[str, Any] | None = None,
    weak: bool = False,
) -> Program:
    """Run `function` on stand-ins of the given shapes and dtypes and return the program.

    `varying`: keys of optimizer options that are inputs of the program. `roots`: objects by name
    that the function reads where Denpa's own code calls them; `weak`: they are not kept alive.

    Whatever the function has changed is put back, also after an error.

    Errors: GraphError where the function reads a traced value as a number, or has an effect that
    a program cannot have. `Refused` where it depends on what cannot be watched.
    """
    tracer = Tracer(varying)
    reach = tracer.reach
    listener = Listener(reach)
    before, dtype = STATE.recording, get_default_dtype()
    failed = True
    try:
        for name, x in (roots or {}).items():
            reach.root(x, name, weak)
        with watching(tracer):
            stands = [stand_in(s) for s in specs]
            values = [t._value for t in stands]
            given_args, given_kwargs = rebuild((args, kwargs), iter(stands))
            if roots is None:
                reach.root(function, getattr(function, "__name__", type(function).__name__))
            inside = _containers(function, given_args, given_kwargs, reach)
            with listening(listener):
                result = function(*given_args, **given_kwargs)
            for problem in (listener.refused, tracer.error):
                if problem is not None:
                    raise problem
            for w in inside:
                _unchanged(w)
            _separate(tracer, function, args, kwargs)
            if (STATE.recording, get_default_dtype()) != (before, dtype):
                raise Refused("sets whether gradients are recorded, or the default dtype")
            stores = stores_of(tracer)
            tensors = [d for d in stores if isinstance(d.new, Tensor)]
            result = (result, [d.new for d in tensors]) if tensors else result
            with listening(listener):  # a Function's backward may run
                program = _found(function, tracer, stands, values, result, tuple(specs))
            if listener.refused is not None:
                raise listener.refused
            if len(stores_of(tracer)) > len(stores):
                fail("the backward of a Function changes what is outside; return the value instead")
            program.stores = [(d.container, d.key) for d in tensors]
            carried = [d for d in tensors if carries(tracer, d)]
            program.carried = [(d.container, d.key, tracer.captured[id(d.old)]) for d in carried]
            program.flags = [
                (d.container, d.key, d.new) for d in stores if not isinstance(d.new, Tensor)
            ]
        failed = False
    finally:
        STATE.recording = before
        set_default_dtype(dtype)
        reach.guards.undo_trace(failed)
        tracer.restore(failed)
        custom.forget(tracer)
    for d in tensors:
        read = isinstance(d.old, Tensor) and id(d.old) in tracer.captured
        if isinstance(d.old, Tensor) and (d in carried or not read):
            reach.guards.replayed[id(d.container), mark_of(d.key)] = d.new.shape, d.new.dtype
    reach.close()
    return program


def _containers(function: Any, args: Any, kwargs: Any, reach: Reach) -> list[Whole]:
    """The dicts and lists among the arguments, which are copies; other objects are roots."""
    found: list[Whole] = []
    stack = list(
        zip(argument_names(function, args, kwargs), (*args, *kwargs.values()), strict=True)
    )
    while stack:
        name, x = stack.pop()
        if type(x) in (dict, list, tuple):
            if type(x) is not tuple:
                found.append(Whole(x, name))
            entries = x.items() if type(x) is dict else enumerate(x)
            stack += [(f"{name}[{k!r}]", y) for k, y in entries]
        elif not isinstance(x, Tensor):
            reach.root(x, name)
    return found


def _separate(tracer: Tracer, function: Any, args: Any, kwargs: Any) -> None:
    """An argument must not be read from outside as well: the program would take it for another."""
    outside = tracer.captured.keys() | tracer.gradients.keys()
    names = argument_names(function, args, kwargs)
    for name, x in zip(names, (*args, *kwargs.values()), strict=True):
        found: list[int] = []
        mapped(x, lambda t, found=found: found.append(id(t)))  # type: ignore[misc]
        if not outside.isdisjoint(found):
            raise Refused(
                f"is given {name}, a tensor that it also reads or updates from outside; read it in "
                "one of the two ways"
            )


def _definition(function: Any) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return "" if code is None else where(Source(code, 0), "")


def _unchanged(w: Whole) -> None:
    d = next(w.differences(), None)
    if d is not None:
        what = d.what.removeprefix("changes ")
        fail(
            f"the compiled function changes its argument {what}; return the new value, and change "
            "it outside"
        )


def _found(
    function: Any,
    tracer: Tracer,
    stands: list[Tensor],
    values: list[Value],
    result: Any,
    specs: tuple[Spec, ...],
) -> Program:
    outputs: list[Value] = []
    state: list[tuple[Value, Value]] = []
    results: list[ReturnedTensor] = []
    places = {id(t): k for k, t in enumerate(stands)}
    same: dict[int, ReturnedTensor] = {}

    def returned(x: Any) -> np.ndarray:
        if isinstance(x, np.ndarray):
            outside = tracer.reach.arrays.get(id(x)) is x
            results.append(ReturnedTensor("outside" if outside else "array", x))
            return _PLACE
        known = same.get(id(x))
        if known is None:
            value = x._value
            if id(x) in places:
                known = ReturnedTensor("argument", places[id(x)])
            elif id(x) in tracer.captured:
                known = ReturnedTensor("tensor", tracer.captured[id(x)])
            elif value.array is not None:
                known = ReturnedTensor("constant", value.array)
            else:
                # What a transform such as func.grad differentiates by itself asks nobody outside.
                leaves = (v for v in equations_of((value,), rules=True) if v.op is None)
                asks = value.requires_grad and any(v.requires_grad for v in leaves)
                known = ReturnedTensor("output", len(outputs), asks)
                outputs.append(value)
            same[id(x)] = known
        results.append(known)
        return _PLACE

    def other(x: Any) -> Any:
        if not (type(x) in _PLAIN or purity.leaf(x) or tracer.reach.knows(x)):
            raise Refused(
                f"returns a {type(x).__name__}, which would be the one of the first call; return "
                "tensors and numbers, in tuples, lists or dicts",
                _definition(function),
            )
        return x

    structure = mapped(result, returned, other)
    pulled = None
    roots = _roots(results, outputs)
    if tracer.functions and roots and not tracer.differentiated:
        inputs = [*values, *(c.value for c in tracer.captured.values())]
        pulled = custom.pull(tracer, lambda: _pull(roots, inputs))
    argument_grads = []
    for k, (t, v) in enumerate(zip(stands, values, strict=True)):
        if value_of(t) is not v:
            fail(
                f"the compiled function changes its argument {describe(v)} in place; return the "
                "new value, or change a .clone()"
            )
        g = grad_of(t)
        if g is not None:
            argument_grads.append((k, len(outputs)))
            outputs.append(value_of(g))
    seen = {id(v) for v in (*outputs, *values, *(c.value for c in tracer.captured.values()))}
    outputs += [v for v in {id(v): v for v in tracer.roots}.values() if id(v) not in seen]
    written = []
    for c in tracer.captured.values():
        final = value_of(c.tensor)
        _check_captured(tracer, c, final)
        if final is not c.value:
            written.append(c)
            state.append((c.value, final))
    fresh: list[Tensor] = []
    cleared: list[Tensor] = []
    moved: list[tuple[Tensor, Tensor]] = []
    empty: list[Value] = []
    for entry in tracer.gradients.values():
        now = grad_of(entry.tensor)
        if now is entry.before and entry.read:
            continue
        if now is None:
            cleared.append(entry.tensor)
        elif now is entry.before or id(now) in tracer.captured:
            moved.append((entry.tensor, now))
        else:
            final = value_of(now)
            fresh.append(entry.tensor)
            empty.append(Value(final.shape, final.dtype))
            state.append((empty[-1], final))
    captured = list(tracer.captured.values())
    options = list(tracer.held.values())
    graph = Graph(
        [*values, *(c.value for c in captured), *empty, *(o.value for o in options)],
        [*outputs, *(new for _, new in state)],
    )
    used = {id(x) for v in graph.equations for x in v.inputs}
    used |= {id(v) for v in graph.outputs} | {id(old) for old, _ in state}
    if isinstance(pulled, tuple):  # a backward may read what forward does not
        used |= {id(v) for v in equations_of(m._value for _, m, _ in pulled[1].values())}
    watched = [c for c in captured if id(c.value) not in used]
    captured = [c for c in captured if id(c.value) in used]
    options = [o for o in options if id(o.value) in used]
    graph.inputs = (
        *values,
        *(c.value for c in captured),
        *empty,
        *(o.value for o in options),
    )
    number = {id(v): k for k, v in enumerate(graph.inputs)}
    pairs = [(number[id(old)], len(outputs) + k) for k, (old, _) in enumerate(state)]
    return Program(
        graph=graph,
        state=pairs,
        specs=specs,
        captured=captured,
        watched=watched,
        fresh=fresh,
        cleared=cleared,
        moved=moved,
        options=options,
        results=results,
        structure=structure,
        argument_grads=argument_grads,
        absent=[(g.tensor, g.before is None) for g in tracer.gradients.values() if g.read],
        guards=tracer.reach.guards,
        differentiated=tracer.differentiated,
        written=written,
        pulled=pulled,
    )


def _check_captured(tracer: Tracer, c: Captured, final: Value) -> None:
    what = describe(c.before)
    if id(c.tensor) in tracer.stale:
        fail(
            f"{what} is changed through a view of it; in a compiled function write into the tensor "
            "itself, x[...] = y"
        )
    if c.before.requires_grad != c.value.requires_grad:
        fail(
            f"requires_grad of {what} is set inside a compiled function; this would happen once. "
            "Set it outside"
        )
    if final.requires_grad and not c.before.requires_grad:
        fail(
            f"{what}, made outside, is changed in place by something that requires a gradient; "
            "use `with no_grad():`, or .detach() what is written"
        )
    if tracer.differentiated and c.before.op is not None and c.before.requires_grad:
        fail(
            f"{what} was computed outside the compiled function from tensors that require "
            "gradients, and backward inside does not reach these; compute it inside, or "
            ".detach() it"
        )
