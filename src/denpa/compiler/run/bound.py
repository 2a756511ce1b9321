"""A program bound to its tensors: a call fills the inputs, runs it, and hands out what came."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter, is_
from typing import Any

import numpy as np

from denpa.autodiff.layout import memory
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.compiler.run.backend import Build
from denpa.compiler.run.derivative import Derivative
from denpa.compiler.trace.arguments import rebuild
from denpa.compiler.trace.program import Program
from denpa.compiler.trace.records import Difference
from denpa.compiler.trace.tracing import Captured
from denpa.core.errors import ArgumentError, GraphError
from denpa.core.graph import Value
from denpa.core.shape import describe
from denpa.core.source import current_scope, here, where

_VALUE, _NEEDS, _HOOKS = map(attrgetter, ("_value", "requires_grad", "hooks"))
_KEPT = 8  # native programs that are kept for graphs that come again
SLICE = 0.05  # seconds of native code after which Python looks up, and may handle a signal


class Bound:
    """A program with its native code and the tensors that it reads and writes."""

    def __init__(self, program: Program, build: Build, anomaly: bool, made: dict[str, Any]) -> None:
        self.program = program
        self._build, self._anomaly = build, anomaly
        self._made = made  # native code by what it computes: a new trace may give the same graph
        self._native: Any = None
        self._batch: tuple[int, ...] = ()
        plain = [c for c in (*program.captured, *program.watched) if c.grad_of is None]
        self._tensors = [c.tensor for c in plain]
        self._values = [c.before for c in plain]
        self._needs = [v.requires_grad for v in self._values]
        self._hooks = [v.hooks for v in self._values]
        first = len(program.specs)
        written = {i for i, _ in program.state}
        # Tensors from outside in the order of the inputs, and whether they are written.
        self._held = [(c, first + k in written) for k, c in enumerate(program.captured)]
        live = {first + k for k, c in enumerate(program.captured) if c.live}
        self._changing = sorted(written | live)  # before a backward that comes later
        self._fixed = all(c.grad_of is None for c in program.captured)
        self._arrays: list[np.ndarray] = []
        self._live: list[tuple[int, np.ndarray, bool]] = []  # not contiguous: (place, array, state)
        self._storages: list[Any] = []
        self._roots: set[int] = set()  # ids of the memory that is written
        self._stale = True
        self._pace = 0.0  # seconds of a step, as last measured
        self._options = [np.zeros(()) for _ in program.options]
        self._returned = sorted(
            set(range(len(program.graph.outputs))) - {j for _, j in program.state}
        )
        # Gradients that are there after a step and were not before make another program.
        there = {id(t) for t in (*program.fresh, *(t for t, _ in program.moved))}
        gone = {id(t) for t in program.cleared}
        self.once = any(id(t) in (there if absent else gone) for t, absent in program.absent)
        self._outside = {id(c.tensor) for c in (*program.captured, *program.watched)}
        self._outside |= {id(t) for t in (*program.fresh, *program.cleared)}
        kept = program.results[len(program.results) - len(program.stores) :]
        # What it stores is an argument or a tensor from outside itself: a step at a time.
        self.passes_on = any(r.kind in ("argument", "tensor") for r in kept)
        self._derivative = Derivative(program, lambda graph: build(graph, [], (), anomaly))

    # -- does it still hold ------------------------------------------------------------------------

    def holds(self) -> bool:
        """Whether the function would be traced to the same program now."""
        for container, key, c in self.program.carried:
            t = container.get(key)
            if t is not c.tensor and not self._carry(container, key, c, t):
                return False
        if not all(map(is_, map(_VALUE, self._tensors), self._values)):
            found = [t._value for t in self._tensors]
            for old, new in zip(self._values, found, strict=True):
                if (new.shape, new.dtype, new.array is None) != (old.shape, old.dtype, False):
                    return False
            self._values, self._stale = found, True
        if not all(map(is_, map(_NEEDS, self._values), self._needs)) or not all(
            map(is_, map(_HOOKS, self._values), self._hooks)
        ):
            return False
        for t, absent in self.program.absent:
            if (t._grad is None) is not absent:
                return False
        for o in self.program.options:
            try:
                x = o.now()
            except (KeyError, IndexError, TypeError):
                return False
            if isinstance(x, Tensor) or (o.key != "lr" and bool(x == 0) != o.zero):
                return False
        return self.program.guards.hold()

    def _carry(self, container: Any, key: Any, c: Captured, t: Any) -> bool:
        """Take another tensor of the same kind as the state that an entry holds."""
        if not isinstance(t, Tensor):
            return False
        v = t._value
        alike = (v.shape, v.dtype) == (c.before.shape, c.before.dtype)
        if not alike or v.array is None or v.requires_grad or v.hooks:
            return False
        place = next(k for k, known in enumerate(self._tensors) if known is c.tensor)
        self._outside.discard(id(c.tensor))
        self._outside.add(id(t))
        c.tensor = self._tensors[place] = t
        self._values[place] = v
        self._hooks[place] = v.hooks
        self._stale = True
        self.program.guards.set_entry(container, key, t)
        return True

    def takes(self, leaves: Sequence[Tensor]) -> bool:
        """Whether no argument is a tensor that the program has from outside, too."""
        return self._outside.isdisjoint(map(id, leaves))

    def changed(self) -> Difference | None:
        """What Python holds another value of than when the function was traced."""
        return next(self.program.guards.differences(), None)

    # -- filling the inputs ------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Look up the arrays again: a tensor has got another one."""
        first = len(self.program.specs)
        self._arrays, self._live, self._storages, self._roots = [], [], [], set()
        for k, (c, state) in enumerate(self._held):
            t: Any = c.tensor if c.grad_of is None else c.grad_of._grad
            value = t._value
            array = memory(value)  # from here on it stays where it is
            if not array.flags.c_contiguous:
                self._live.append((first + k, array, state))
            if state:
                if not array.flags.writeable:
                    raise RuntimeError(
                        f"{describe(value)}, which the compiled function changes, cannot be "
                        "written to: its NumPy array is read-only or was expanded; make it from a "
                        "copy (.clone())"
                    )
                self._storages.append(value.shared())
                self._roots.add(_root(array))
            self._arrays.append(array)
        shared = [k for k, a in enumerate(self._arrays) if _root(a) in self._roots]
        if len(shared) > len(self._roots):  # two inputs lie in memory that is written
            for k in shared:
                for n in shared if self._held[k][1] else ():
                    a, b = self._arrays[k], self._arrays[n]
                    if n != k and np.may_share_memory(a, b):
                        _overlap(a, b)
        self._stale = not self._fixed

    def _inputs(self, given: Sequence[np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """All inputs of the native program, and those among them that become gradients."""
        if self._stale:
            self._refresh()
        arrays: list[np.ndarray] = []
        for a in given:
            arrays.append(a if a.flags.c_contiguous else np.ascontiguousarray(a))
            if _root(a) in self._roots:
                for b, (_, state) in zip(self._arrays, self._held, strict=True):
                    if state and np.may_share_memory(a, b):
                        _overlap(b, a)
        arrays += self._arrays
        for place, live, _ in self._live:
            arrays[place] = np.ascontiguousarray(live)
        fresh = [np.empty(t._value.shape, t._value.dtype) for t in self.program.fresh]
        arrays += fresh
        for a, o in zip(self._options, self.program.options, strict=True):
            a[()] = o.now()
        arrays += self._options
        return arrays, fresh

    def _effects(self, arrays: list[np.ndarray], fresh: list[np.ndarray]) -> None:
        """After at least one step: what it changed that is not an array."""
        for place, live, state in self._live:
            if state:
                np.copyto(live, arrays[place])
        for storage in self._storages:
            storage.version += 1
        program = self.program
        for t, a in zip(program.fresh, fresh, strict=True):
            t._grad = Tensor(Value(a.shape, a.dtype, a))
        for t in program.cleared:
            t._grad = None
        for t, g in program.moved:
            t._grad = g

    def native(self, batch: tuple[int, ...] = ()) -> Any:
        """The compiled program; made when first asked for."""
        if self._native is None or (batch and batch != self._batch):
            p = self.program
            # Built for rows of tables where the arguments may be: a call and an epoch share it.
            given = p.graph.inputs[: len(p.specs)]
            rows = next((v.shape[:1] for v in given if v.shape), ())
            alike = tuple(k for k, v in enumerate(given) if v.shape and v.shape[:1] == rows)
            self._batch = batch or alike
            self._native = self._code()
        return self._native

    def _code(self) -> Any:
        from denpa.compiler.run.entry import exact, text_of

        graph, state = self.program.graph, self.program.state
        try:
            name = text_of(graph) + exact((state, self._batch, self._anomaly))
        except TypeError:  # a constant that cannot be told from others
            return self._build(graph, state, self._batch, self._anomaly)
        if name not in self._made:
            while len(self._made) >= _KEPT:
                del self._made[next(iter(self._made))]
            self._made[name] = self._build(graph, state, self._batch, self._anomaly)
        return self._made[name]

    # -- running -----------------------------------------------------------------------------------

    def call(self, leaves: Sequence[Tensor]) -> Any:
        """One step on the tensors of the arguments; returns what the function returns."""
        program = self.program
        for k, _ in program.argument_grads:
            if leaves[k]._value.op is not None:
                error = GraphError(
                    f"{describe(leaves[k])}, an argument of the compiled function, was computed "
                    "outside it from tensors that require gradients, and backward inside does not "
                    "reach these; compute it inside, or .detach() it"
                )
                error.where = where(here(), current_scope())
                raise error
        native = self.native()
        given: list[Any] = [t._value.array for t in leaves]
        arrays, fresh = self._inputs(given)
        saved = None
        derivative = self._derivative
        if derivative.results and not program.differentiated:
            saved = list(arrays)
            for i in self._changing:
                saved[i] = saved[i].copy()
        outs = native.run(arrays)
        self._effects(arrays, fresh)
        hub = derivative.hub(saved)
        known = dict(zip(self._returned, outs, strict=True))
        for k, j in program.argument_grads:
            t = leaves[k]
            t._grad = (
                tensor_of(known[j]) if t._grad is None else tensor_of(t._grad._held() + known[j])
            )
        made: dict[int, Tensor] = {}
        for r in program.results:
            if r.kind == "output" and r.what not in made:
                made[r.what] = tensor_of(known[r.what])
        if derivative.results:
            derivative.link(hub, made, saved, leaves)
        result = self._result(made, leaves)
        if program.stores or program.flags:
            result, new = result if program.stores else (result, ())
            self.store(new)
        return result

    def store(self, new: Sequence[Tensor]) -> None:
        """What the function sets outside: entries of dicts and attributes."""
        for (container, key), t in zip(self.program.stores, new, strict=True):
            self.program.guards.set_entry(container, key, t)
        for container, key, x in self.program.flags:
            container[key] = x

    def _result(self, made: Mapping[int, Tensor], leaves: Sequence[Tensor]) -> Any:
        found: list[Any] = []
        for r in self.program.results:
            if r.kind == "output":
                found.append(made[r.what])
            elif r.kind == "argument":
                found.append(leaves[r.what])
            elif r.kind == "tensor":  # a state is another tensor at each call
                c = r.what
                found.append(c.tensor if c.grad_of is None else c.grad_of._grad)
            elif r.kind == "outside":
                found.append(r.what)
            else:
                found.append(r.what.copy() if r.kind == "array" else tensor_of(r.what.copy()))
        if len(found) == 1 and isinstance(self.program.structure, np.ndarray):
            return found[0]
        return rebuild(self.program.structure, iter(found))

    def steps(
        self,
        tables: Sequence[np.ndarray],
        batch: tuple[int, ...],
        order: np.ndarray,
        n: int,
        options: Mapping[str, np.ndarray],
        progress: Callable[[int], None] | None,
    ) -> tuple[list[np.ndarray], int]:
        """`n` steps on the rows that `order` names, or fewer if `progress` changed what the program
        depends on; the outputs, stacked, and the number of steps. Native code runs for about 50 ms
        at a time, so that Ctrl-C ends it after a whole step."""
        native = self.native(batch)
        arrays, fresh = self._inputs(tables)
        first = len(arrays) - len(self._options)
        varying: dict[int, np.ndarray] = {}
        groups = list({id(o.group): None for o in self.program.options})
        for k, o in enumerate(self.program.options):
            if o.key in options:
                x = options[o.key]
                if x.ndim == 2:
                    x = x[:, groups.index(id(o.group))]
                varying[first + k] = np.ascontiguousarray(x)
        parts: list[list[np.ndarray]] = []
        done, width = 0, len(order) // n
        chunk = max(1, int(SLICE / self._pace)) if self._pace else 1
        try:
            while done < n:
                chunk = min(chunk, n - done)
                now = list(arrays)
                for i, x in varying.items():
                    now[i] = x[done : done + chunk]
                started = time.perf_counter()
                rows = order[done * width : (done + chunk) * width]
                outs = native.run(now, steps=chunk, order=rows, per_step=tuple(varying))
                seconds = time.perf_counter() - started
                parts.append(outs)
                done += chunk
                self._pace = max(seconds / chunk, 1e-7)
                chunk = max(1, min(8 * chunk, int(SLICE / self._pace)))
                if progress is not None:
                    progress(done)
                    if not self.holds() or self._stale:
                        break
        finally:
            if done:
                self._effects(arrays, fresh)
        return [np.concatenate(p) if len(p) > 1 else p[0] for p in zip(*parts, strict=True)], done

    def stacked(self, outs: Sequence[np.ndarray], n: int) -> list[np.ndarray]:
        """For each tensor that the function returns, its values over `n` steps."""
        known = dict(zip(self._returned, outs, strict=True))
        found = []
        for r in self.program.results:
            if r.kind == "output":
                found.append(known[r.what])
            else:
                found.append(np.stack([r.what] * n))
        return found

    def check_stackable(self) -> None:
        """Raise for a result that has no numbers of its own for each step."""
        returned = self.program.results[: len(self.program.results) - len(self.program.stores)]
        if any(r.kind in ("argument", "tensor") for r in returned):
            raise ArgumentError(
                "epoch: the function returns one of its arguments or a tensor from outside as it "
                "is; return something computed, or leave it out"
            )


def _root(a: np.ndarray) -> int:
    """What the memory of an array belongs to."""
    base: Any = a
    while isinstance(base.base, np.ndarray):
        base = base.base
    return id(base)


def _overlap(a: np.ndarray, b: np.ndarray) -> None:
    raise GraphError(
        f"{describe(a)}, which the compiled function changes, shares memory with {describe(b)}, "
        "which it reads or changes too; give one of them memory of its own (.clone()), or use "
        'denpa.compile(backend="eager")'
    )
