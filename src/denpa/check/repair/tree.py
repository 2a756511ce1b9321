"""Small changes of a program's text, each of which would undo a classic mistake.

An `Edit` puts other nodes in place of some in the syntax tree of a gradient function. Which ones
are worth trying follows from one run that has seen the shape of every expression: a factor is put
where its shape fits, a variable is exchanged for one of its own shape.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Slot:
    """A place in a tree: a field of a node, or one entry of it."""

    parent: ast.AST
    field: str
    index: int | None = None

    def get(self) -> Any:
        """The node that is there."""
        held = getattr(self.parent, self.field)
        return held if self.index is None else held[self.index]

    def put(self, node: Any) -> None:
        """Another node in its place."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


@dataclass(frozen=True)
class Edit:
    """One change: what it undoes, the statement that it is in, and the nodes it puts where."""

    mistake: str
    statement: Slot
    changes: tuple[tuple[Slot, Any], ...]
    cost: float  # the plainer of two edits that both help has the lower one
    wanted: str = ""  # what belongs there, where that is not all of the new node
    fill: tuple[tuple[str, str], ...] = ()  # further words for the mistake
    told: str = ""  # what should stand there, where that is not what the tree says

    @property
    def got(self) -> str:
        """The code that stands there."""
        return ast.unparse(self.changes[0][0].get())

    @property
    def want(self) -> str:
        """The code that belongs there."""
        return self.wanted or ast.unparse(self.changes[0][1])


@dataclass
class Scope:
    """What a run of the function has seen: the shape of each expression, the arrays and numbers
    that have a name at its end."""

    shapes: dict[int, Shape]  # by id of the node
    arrays: dict[str, Shape]  # by text, such as "self.x"
    masks: frozenset[str] = frozenset()  # those of booleans
    flags: frozenset[str] = frozenset()  # those of numbers that are all 0 or 1
    shares: dict[str, str] = field(default_factory=dict)  # those that sum to 1, and along what
    weights: frozenset[str] = frozenset()  # the names of the inputs and parameters
    numbers: dict[str, float] = field(default_factory=dict)
    sizes: tuple[str, ...] = ()  # lengths and sizes that differ, by text
    counters: tuple[str, ...] = ()  # the variables of loops
    lists: dict[str, int] = field(default_factory=dict)  # lists of arrays, and their lengths
    series: tuple[str, ...] = ()  # code of a list's element, such as "self.z[{}]"
    entries: tuple[str, ...] = ()  # code of a number in a list, such as "self.h[{}]"
    indices: tuple[str, ...] = ()  # what the function puts into brackets, with slices
    points: tuple[str, ...] = ()  # one number of a gradient, at the variables of all loops
    factors: tuple[str, ...] = ()  # code of numbers that the function multiplies or divides by
    literals: tuple[float, ...] = ()  # numbers that stand in the forward pass
    biases: frozenset[Shape] = frozenset()  # shapes of one dimension that parameters have
    made: dict[str, int] = field(default_factory=dict)  # local variables: the line they begin at
    values: dict[str, Any] = field(default_factory=dict)  # the local variables themselves

    def before(self, statement: Any) -> Scope:
        """What of it is there when a statement runs, outside loops."""
        late = {name for name, line in self.made.items() if line >= statement.lineno}
        if not late:
            return self
        kept = {n: s for n, s in self.arrays.items() if re.split(r"[.\[]", n)[0] not in late}
        numbers = {n: x for n, x in self.numbers.items() if n.split(".")[0] not in late}
        return replace(self, arrays=kept, numbers=numbers)

    def elements(self) -> list[str]:
        """The elements of series at the variables of loops, and beside them."""
        at = [f"{c}{step}" for step in ("", " - 1", " + 1") for c in self.counters]
        return [text.replace("{}", k) for k in at for text in self.series]

    def single(self) -> list[str]:
        """The numbers of lists and vectors at the variables of loops."""
        return [text.replace("{}", k) for k in self.counters for text in self.entries]


def first_lines(function: ast.FunctionDef) -> dict[str, int]:
    """The line in which each local variable is first assigned."""
    found: dict[str, int] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found[node.id] = min(node.lineno, found.get(node.id, node.lineno))
    return found


def loops(function: ast.FunctionDef) -> tuple[str, ...]:
    """The variables that loops count in."""
    found: dict[str, None] = {}
    for node in ast.walk(function):
        if isinstance(node, (ast.For, ast.comprehension)):
            for name in ast.walk(node.target):
                if isinstance(name, ast.Name):
                    found[name.id] = None
    return tuple(found)


def statements(function: ast.FunctionDef) -> Iterator[Slot]:
    """The statements of a function that compute, loops and branches entered."""

    def inside(parent: ast.AST) -> Iterator[Slot]:
        for part in ("body", "orelse", "finalbody"):
            for k, s in enumerate(getattr(parent, part, ())):
                if isinstance(s, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Expr)):
                    if getattr(s, "value", None) is not None:
                        yield Slot(parent, part, k)
                elif not isinstance(s, (ast.FunctionDef, ast.ClassDef, ast.While)):
                    yield from inside(s)

    return inside(function)


def expressions(node: ast.AST) -> Iterator[Slot]:
    """Places of the expressions inside a node that are computed, the outermost first."""
    for part, held in ast.iter_fields(node):
        if part in ("targets", "target", "ctx", "op", "ops", "func_name"):
            continue
        for index, x in enumerate(held) if isinstance(held, list) else ((None, held),):
            if not isinstance(x, ast.AST):
                continue
            called = isinstance(node, ast.Call) and part == "func"
            if isinstance(x, ast.expr) and not called:
                yield Slot(node, part, index)
            yield from expressions(x)


def targets(statement: Any) -> list[ast.expr]:
    """What a statement assigns to."""
    if isinstance(statement, ast.Assign):
        return statement.targets
    return [statement.target] if isinstance(statement, (ast.AugAssign, ast.AnnAssign)) else []


def edit(mistake: str, at: Slot, slot: Slot, new: ast.expr, cost: float, want: str = "") -> Edit:
    """One expression in place of another."""
    return Edit(mistake, at, ((slot, new),), cost, want)


@cache
def parsed(text: str) -> Any:
    """The expression that a text means."""
    return ast.parse(text, mode="eval").body


def called(x: Any) -> str:
    """The last part of the name of what is called: "sum" for np.sum(…) and a.sum(…)."""
    if not isinstance(x, ast.Call):
        return ""
    f = x.func
    return f.attr if isinstance(f, ast.Attribute) else f.id if isinstance(f, ast.Name) else ""


def is_gradient(name: str) -> bool:
    """Whether a variable is called as gradients are: no function has its derivative from it."""
    last = name.split(".")[-1]
    return last.startswith(("d", "grad", "delta", "g_"))


def beside(index: ast.expr) -> list[ast.expr]:
    """An index, and those a step before and after: of a number, a variable, or their sum."""
    if isinstance(index, ast.Tuple):
        return [index]
    text, number = ast.unparse(index), 0
    try:
        value = ast.literal_eval(index)
    except ValueError:
        value = None
    if isinstance(value, int):
        new = [value + k for k in (0, -1, 1)]
        return [parsed(str(n)) for n in new if (n < 0) == (value < 0)]
    if isinstance(index, ast.BinOp) and isinstance(index.op, (ast.Add, ast.Sub)):
        right = index.right
        if isinstance(right, ast.Constant) and isinstance(right.value, int):
            text = ast.unparse(index.left)
            number = right.value if isinstance(index.op, ast.Add) else -right.value
    if isinstance(index, ast.Slice) or value is not None:
        return [index]
    new = [number, number - 1, number + 1, *([0] if abs(number) > 1 else [])]
    return [parsed(text if not n else f"{text} {'-+'[n > 0]} {abs(n)}") for n in new]
