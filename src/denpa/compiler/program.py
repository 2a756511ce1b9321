"""A traced function as a program: its graph, and how to fill its inputs and hand out its outputs.

The inputs of the graph stand in this order: the arguments, the tensors from outside, a place for
each `.grad` that is set anew, the options of optimizers. The outputs: what the function returns,
gradients of arguments, the new numbers of tensors from outside, the new gradients.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from denpa.autodiff.backward import messages
from denpa.autodiff.mode import STATE, set_grad_enabled
from denpa.autodiff.tensor import Tensor
from denpa.compiler.arguments import Spec, argument_names, mapped, rebuild, stand_in
from denpa.compiler.ledger import Ledger
from denpa.compiler.listen import Listener, listening
from denpa.compiler.reach import Reach
from denpa.compiler.records import Whole, shown
from denpa.compiler.trace import (
    Captured,
    Option,
    Tracer,
    fail,
    grad_of,
    value_of,
    watching,
)
from denpa.core.graph import Graph, Value
from denpa.core.shape import describe

_PLACE = np.zeros(())  # marks where a tensor stands in a structure


@dataclass(eq=False)
class Result:
    """A tensor that the function returns: `kind` says what `what` is."""

    kind: str  # "output": a number of an output; "argument"; "tensor": from outside; "constant"
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
    results: list[Result]
    structure: Any
    argument_grads: list[tuple[int, int]]  # (argument, output)
    absent: list[tuple[Tensor, bool]]  # tensors whose .grad was read, and whether it was None
    ledger: Ledger
    differentiated: bool
    written: list[Captured] = field(default_factory=list)
    stores: list[tuple[dict[Any, Any], Any]] = field(default_factory=list)
    """Entries of dicts that each call sets to tensors: the last of the results."""
    flags: list[tuple[dict[Any, Any], Any, Any]] = field(default_factory=list)
    """Entries that each call sets to a flag, a string or None."""

    def pull(self) -> tuple[Graph, list[int]]:
        """The graph from inputs and cotangents of the results that require gradients to the
        gradients of the inputs that do, and the numbers of those inputs."""
        for v in self.graph.equations:
            v.owner = None
        for v in self.graph.inputs:
            v.hooks = None  # they run where the gradient arrives
        wanted = [k for k, v in enumerate(self.graph.inputs) if v.requires_grad]
        distinct = {id(r): r for r in self.results if r.requires_grad}.values()
        roots = [self.graph.outputs[r.what] for r in distinct]
        seeds = [Tensor(Value(v.shape, v.dtype)) for v in roots]
        inputs = [self.graph.inputs[k] for k in wanted]
        with set_grad_enabled(False):
            found = messages(roots, seeds, inputs, create_graph=True)
        kept = [k for k in wanted if id(self.graph.inputs[k]) in found]
        grads = [found[id(self.graph.inputs[k])][1]._value for k in kept]
        return Graph([*self.graph.inputs, *(s._value for s in seeds)], grads), kept


def trace(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    specs: Sequence[Spec],
    varying: frozenset[str] = frozenset(),
    roots: Mapping[str, Any] | None = None,
) -> Program:
    """Run `function` on stand-ins of the given shapes and dtypes and return the program.

    `varying`: keys of optimizer options that are inputs of the program. `roots`: objects by name
    that the function reads where Denpa's own code calls them; they are not kept alive.

    Whatever the function has changed is put back, also after an error.

    Errors: GraphError where the function reads a traced value as a number, or has an effect that
    a program cannot have. `Refused` where it depends on what cannot be watched.
    """
    tracer = Tracer(varying)
    reach = tracer.reach
    listener = Listener(reach)
    before = STATE.recording
    failed = True
    try:
        for name, x in (roots or {}).items():
            reach.root(x, name, weak=True)
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
            stores = [] if any(_changed(w) for w in inside) else tracer.stores()
            flags = [d for d in stores if not isinstance(d.new, Tensor)]
            stores = [d for d in stores if isinstance(d.new, Tensor)]
            new = [d.new for d in stores]
            result = (result, new) if new else result
            program = _found(tracer, stands, values, result, tuple(specs))
            program.stores = [(d.container, d.key) for d in stores]
            program.flags = [(d.container, d.key, d.new) for d in flags]
        failed = False
    finally:
        STATE.recording = before
        reach.ledger.undo_trace(failed)
        tracer.restore(failed)
    for d in stores:
        reach.ledger.replayed[id(d.container), d.key] = d.new.shape, d.new.dtype
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


def _changed(w: Whole) -> bool:
    d = next(w.differences(), None)
    if d is not None:
        fail(
            f"the compiled function changes its argument {d.path} (it was {shown(d.old)}); return "
            "the new value, and change it outside"
        )
    return False


def _found(
    tracer: Tracer, stands: list[Tensor], values: list[Value], result: Any, specs: tuple[Spec, ...]
) -> Program:
    outputs: list[Value] = []
    state: list[tuple[Value, Value]] = []
    results: list[Result] = []
    places = {id(t): k for k, t in enumerate(stands)}
    same: dict[int, Result] = {}

    def returned(x: Any) -> np.ndarray:
        if isinstance(x, np.ndarray):
            results.append(Result("constant", x))
            return _PLACE
        known = same.get(id(x))
        if known is None:
            value = x._value
            if id(x) in places:
                known = Result("argument", places[id(x)])
            elif id(x) in tracer.captured:
                known = Result("tensor", x)
            elif value.array is not None:
                known = Result("constant", value.array)
            else:
                known = Result("output", len(outputs), value.requires_grad)
                outputs.append(value)
            same[id(x)] = known
        results.append(known)
        return _PLACE

    structure = mapped(result, returned)
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
        ledger=tracer.reach.ledger,
        differentiated=tracer.differentiated,
        written=written,
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
