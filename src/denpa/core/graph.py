"""Values, the equations that define them, and graphs: lists of equations in order.

An equation `v = op(inputs; params)` and the value that it defines are one object, as an instruction
is its value in LLVM: `Value`. A value without an op is an input or a constant. Values are numbered
as they are made, so any set of them sorted by number is a program in SSA form, and nobody recurses
over it.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import numpy as np

from denpa.core.dtype import DType
from denpa.core.errors import GraphError, ShapeError
from denpa.core.faces import face
from denpa.core.op import Op
from denpa.core.shape import Shape, describe
from denpa.core.source import Source

_numbers = count()


class Storage:
    """What all views of one array share: how often it was written to, and the names that see it."""

    __slots__ = ("_names", "version")

    def __init__(self) -> None:
        self.version = 0
        self._names: list[Any] = []  # weak references to tensors, once a view was taken

    def add_name(self, tensor: Any) -> None:
        """Remember a tensor that sees this array; those that are gone are forgotten on the way."""
        names = self._names
        if len(names) >= 16 and len(names) & (len(names) - 1) == 0:
            self._names = names = [r for r in names if r() is not None]
        names.append(weakref.ref(tensor))

    def names(self) -> list[Any]:
        """The tensors that see this array, as far as views were taken of it."""
        return [t for t in (r() for r in self._names) if t is not None]


class Value:
    """One value of a program, immutable: what it is (shape, dtype), its array when it has one, and
    the equation that defines it. `forward` links an equation of a backward pass to the one it
    belongs to."""

    # Defaults live on the class: most values are never asked for most of these.
    op: Op | None = None
    inputs: tuple[Any, ...] = ()  # Values and Python numbers
    params: Mapping[str, Any] = MappingProxyType({})
    seen: tuple[int, ...] = ()  # versions of the inputs, then of this value, when made
    storage: Storage | None = None
    source: Source | None = None
    scope: str = ""
    kind: str = ""  # the class of the innermost module that was at work
    forward: Value | None = None
    hooks: list[Any] | None = None
    owner: Any = None  # weak reference to the tensor whose .grad is to be filled
    rule: Value | None = None  # the equation to differentiate in the place of this one
    origin: Value | None = None  # a layer's equation that no gradient goes through: how it was made
    maker: Any = None  # in anomaly mode: the function and the layer that made it
    taint: Any = None  # in anomaly mode: where what is NaN or infinite in it comes from
    form: np.ndarray | None = None  # has the strides that the user sees; None: row-major order

    def __init__(
        self,
        shape: Shape,
        dtype: DType,
        array: np.ndarray | None = None,
        requires_grad: bool = False,
        storage: Storage | None = None,
    ) -> None:
        self.number = next(_numbers)
        self.shape = shape
        self.dtype = dtype
        self.array = array
        self.requires_grad = requires_grad
        if storage is not None:
            self.storage = storage

    @property
    def version(self) -> int:
        """How often the memory of this value was written to."""
        return 0 if self.storage is None else self.storage.version

    def shared(self) -> Storage:
        """What this value shares with the views of it."""
        if self.storage is None:
            self.storage = Storage()
        return self.storage

    def __repr__(self) -> str:
        made = f" = {self.op.name}" if self.op is not None else ""
        return f"%{self.number}: {describe(self)}{made}"


def equations_of(
    outputs: Iterable[Value], stop: Iterable[Value] = (), rules: bool = False
) -> list[Value]:
    """All values that `outputs` are computed from, leaves included, in the order they were made.

    With `rules` also those that their derivatives are computed from, where a value has a rule of
    its own. The search does not go past `stop`. Iterative: the depth of a graph is not limited.
    """
    seen = {id(v): v for v in outputs}
    limit = {id(v) for v in stop}
    stack = list(seen.values())
    while stack:
        value = stack.pop()
        if id(value) in limit:
            continue
        inputs = value.inputs
        if rules and value.rule is not None:
            inputs = (*inputs, *value.rule.inputs)
        for x in inputs:
            if type(x) is Value and id(x) not in seen:
                seen[id(x)] = x
                stack.append(x)
    return sorted(seen.values(), key=attrgetter("number"))


def _made_by_functions(values: Sequence[Value], given: set[int]) -> list[Value]:
    """The results of user-defined functions that have numbers and do not depend on `given`."""
    if not any(v.op is not None and v.op.kind == "function" for v in values):
        return []
    depend = set(given)
    found = []
    for v in values:
        if any(id(x) in depend for x in v.inputs):
            depend.add(id(v))
        elif v.array is not None and v.op is not None and v.op.kind == "function":
            found.append(v)
    return found


class Graph:
    """A program: inputs, constants, equations in SSA order, outputs.

    `print(graph)` shows one equation a line. `graph(*arrays)` runs it with NumPy.
    """

    def __init__(self, inputs: Sequence[Value], outputs: Sequence[Value]) -> None:
        self.inputs = tuple(inputs)
        self.outputs = tuple(outputs)
        values = equations_of(self.outputs, stop=self.inputs)
        given = {id(v) for v in self.inputs}
        # What a user-defined function made outside is known; no op of the table makes it again.
        fixed = _made_by_functions(values, given)
        if fixed:
            values = equations_of(self.outputs, stop=(*self.inputs, *fixed))
        known = {id(v) for v in (*fixed, *(v for v in values if v.op is None))}
        self.equations = [v for v in values if id(v) not in known and id(v) not in given]
        self.constants = [v for v in values if id(v) in known and id(v) not in given]
        for v in self.constants:
            if v.array is None:
                raise GraphError(f"{v} is neither an input of the graph nor a constant")

    def __call__(self, *arrays: np.ndarray) -> list[np.ndarray]:
        """Run the equations on arrays of the inputs' shapes and dtypes; returns the outputs."""
        if len(arrays) != len(self.inputs):
            raise GraphError(f"the graph has {len(self.inputs)} inputs, {len(arrays)} were given")
        known: dict[int, Any] = {id(v): v.array for v in self.constants}
        for v, a in zip(self.inputs, arrays, strict=True):
            if (a.shape, a.dtype) != (v.shape, v.dtype):
                raise ShapeError(f"input {v} was given {describe(a)}")
            known[id(v)] = a
        last = {id(x): k for k, v in enumerate(self.equations) for x in v.inputs}
        keep = {id(v) for v in self.outputs}
        with np.errstate(all="ignore"):
            for k, v in enumerate(self.equations):
                assert v.op is not None
                args = [known[id(x)] if isinstance(x, Value) else x for x in v.inputs]
                known[id(v)] = np.asarray(v.op.eval(*args, **v.params))
                for x in v.inputs:  # free what nobody reads any more
                    if last[id(x)] == k and id(x) not in keep and isinstance(x, Value):
                        known.pop(id(x), None)
        return [known[id(v)] for v in self.outputs]

    def typecheck(self) -> None:
        """Raise unless every equation has the shape and dtype that its op infers, and SSA order
        holds."""
        defined = {id(v) for v in (*self.inputs, *self.constants)}
        for v in self.equations:
            assert v.op is not None
            for x in v.inputs:
                if isinstance(x, Value) and id(x) not in defined:
                    raise GraphError(f"{v} reads {x} before it is defined")
            found = v.op.infer(*v.inputs, **v.params)
            if found != (v.shape, v.dtype):
                raise GraphError(f"{v} should be {found[1]}{list(found[0])}")
            defined.add(id(v))

    def __str__(self) -> str:
        names: dict[int, str] = {}
        for v in (*self.inputs, *self.constants, *self.equations):
            names[id(v)] = f"v{len(names)}"

        def show(x: Any) -> str:
            return f"{names[id(x)]}: {describe(x)}" if isinstance(x, Value) else repr(x)

        lines = [f"graph({', '.join(map(show, self.inputs))}):"]
        lines += [f"  {show(v)} = constant" for v in self.constants]
        for v in self.equations:
            assert v.op is not None
            args = [names[id(x)] if isinstance(x, Value) else repr(x) for x in v.inputs]
            args += [f"{k}={p}" for k, p in v.params.items()]
            note = f"  # backward of {names[id(v.forward)]}" if id(v.forward) in names else ""
            lines.append(f"  {show(v)} = {v.op.name}({', '.join(args)}){note}")
        lines.append(f"  return {', '.join(names[id(v)] for v in self.outputs)}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return str(face("graph")(self))
