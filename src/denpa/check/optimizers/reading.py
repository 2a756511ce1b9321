"""What can be read from the code of somebody's optimizer, such as the line of each quantity."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from denpa.check.locate import Location
from denpa.check.optimizers.hyperparameters import aliases

COUNTERS = {"t", "step", "steps", "step_num", "iteration", "iter", "it", "i", "k", "n", "n_iter"}


@dataclass(frozen=True)
class _Source:
    file: str
    first: int
    lines: list[str]
    tree: ast.Module

    def words(self, node: ast.expr) -> str:
        """A piece of it as it is written."""
        found = ast.get_source_segment(textwrap.dedent("".join(self.lines)), node)
        return found or ast.unparse(node)

    def at(self, line: int) -> Location:
        return Location(self.file, self.first + line - 1, self.lines[line - 1].strip())


def _source(f: Any) -> _Source | None:
    try:
        f = inspect.unwrap(f.func if isinstance(f, partial) else f)
        lines, first = inspect.getsourcelines(f)
        tree = ast.parse(textwrap.dedent("".join(lines)))
        return _Source(inspect.getsourcefile(f) or "?", max(first, 1), lines, tree)
    except (OSError, TypeError, SyntaxError):
        return None


_SETTING_UP = ("__init__", "__new__", "zero_grad", "setup", "reset")


class UpdateCode:
    """The source of a function, or of the methods of a class that compute; as far as it can be
    read."""

    def __init__(self, obj: Any) -> None:
        functions = [obj]
        if inspect.isclass(obj):
            theirs = [c for c in obj.__mro__ if not _of_library(c)] or obj.__mro__
            held = [(n, getattr(f, "fget", f)) for c in theirs for n, f in vars(c).items()]
            functions = [f for n, f in held if inspect.isfunction(f) and n not in _SETTING_UP]
        self.sources = [s for f in functions if (s := _source(f)) is not None]

    def numbers(self) -> list[float]:
        """Numbers between 0 and 1 that are written in it, but for halves (as in **0.5)."""
        found = [x for x in self._constants() if isinstance(x, float) and 0 < x < 1 and x != 0.5]
        return sorted(set(found))

    def keys(self) -> set[str]:
        """Strings that are written in it."""
        return {x for x in self._constants() if isinstance(x, str)}

    def _moment(self, quantity: str) -> tuple[str, ...]:
        """What Adam's moments are called here, by the pair of names that the code has."""
        moment, _, hat = quantity.partition("_")
        if moment not in ("m", "v", "m, v") or hat not in ("", "hat"):
            return ()
        made = {name for s in self.sources for _, name in _made(s.tree)}
        pair = next((x for x in _MOMENTS if _both(*x, made)), None)
        if pair is None:
            return ()
        name = pair[moment == "v"]
        return _hats(name) if hat else (name,)

    def counted(self) -> list[str]:
        """What is counted up by one, in the code's own words."""
        found = []
        for s in self.sources:
            for n in ast.walk(s.tree):
                if isinstance(n, ast.AugAssign) and isinstance(n.op, ast.Add) and is_one(n.value):
                    found.append(s.words(n.target))
                elif isinstance(n, ast.Assign) and isinstance(n.value, ast.BinOp):
                    sides = n.value.left, n.value.right
                    if (
                        isinstance(n.value.op, ast.Add)
                        and any(map(is_one, sides))
                        and any(leaf(x) in COUNTERS for x in sides)
                    ):
                        found.append(s.words(n.targets[0]))
        return found

    def attributes(self) -> set[str]:
        """Attributes of other objects than self and modules that it reads or writes."""
        found = set()
        for n in self._nodes():
            root: Any = n.value if isinstance(n, ast.Attribute) else None
            while isinstance(root, (ast.Subscript, ast.Attribute, ast.Call)):
                root = root.func if isinstance(root, ast.Call) else root.value
            own = isinstance(root, ast.Name) and root.id in ("self", "np", "numpy", "math", "cls")
            if isinstance(n, ast.Attribute) and not own:
                found.add(n.attr)
            if isinstance(n, ast.Call) and getattr(n.func, "id", "") in ("setattr", "getattr"):
                found |= self.keys()
        return found

    def called(self) -> set[str]:
        """Methods that it calls."""
        return {
            n.func.attr
            for n in self._nodes()
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
        }

    def arguments(self) -> set[str]:
        """Arguments of its functions."""
        return {a.arg for n in self._nodes() if isinstance(n, ast.arguments) for a in n.args}

    def indexed(self) -> set[str]:
        """Names whose elements it takes."""
        return {
            n.value.id
            for n in self._nodes()
            if isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name)
        } | {
            n.func.value.id
            for n in self._nodes()
            if isinstance(n, ast.Call)
            and isinstance(n.func, ast.Attribute)
            and isinstance(n.func.value, ast.Name)
            and n.func.attr in ("get", "setdefault")
        }

    def unpacked(self) -> int:
        """How many things a loop takes out of each state: two in `for p, (v, s) in …`."""
        inner = [
            e
            for n in self._nodes()
            if isinstance(n, ast.For)
            for e in getattr(n.target, "elts", [])
            if isinstance(e, ast.Tuple)
        ]
        return max((len(e.elts) for e in inner), default=1)

    def _nodes(self) -> Iterator[ast.AST]:
        return (n for s in self.sources for n in ast.walk(s.tree))

    def asked(self) -> list[str]:
        """Keys that it reads without a default."""
        read = [
            n.slice.value
            for n in self._nodes()
            if isinstance(n, ast.Subscript) and isinstance(n.slice, ast.Constant)
        ]
        set_ = {
            n.args[0].value
            for n in self._nodes()
            if isinstance(n, ast.Call)
            and n.args
            and getattr(n.func, "attr", "") in ("setdefault", "get")
            and isinstance(n.args[0], ast.Constant)
        }
        return [k for k in dict.fromkeys(read) if isinstance(k, str) and k not in set_]

    def _constants(self) -> list[Any]:
        return [n.value for n in self._nodes() if isinstance(n, ast.Constant)]

    def line(self, quantity: str, own: str = "") -> Location | None:
        """The last line that makes a quantity of the definition, or what is made of it; for
        "decay" one that speaks of weight decay. Of lines that do alike, one that speaks of a
        parameter (`own`), where one does."""
        if quantity == "decay":
            names = (*aliases("weight_decay"), "decay", "reg")
            for s in self.sources:
                said = (n for n in ast.walk(s.tree) if isinstance(n, ast.expr))
                found = [n.lineno for n in said if leaf(n) in names]
                if found and max(found) > 1:
                    return s.at(max(found))
        places = (*self._moment(quantity), *_PLACES.get(quantity, _END))
        for wanted in (own, *places) if own and quantity == "p" else places:
            for s in self.sources:
                if wanted == "return":
                    returns = (n for n in ast.walk(s.tree) if isinstance(n, ast.Return))
                    made = [n for n in returns if n.value is not None]
                else:
                    made = [n for n, name in _made(s.tree) if _means(name, wanted)]
                mine = [n for n in made if own and _speaks(n, own)]
                if lines := [n.lineno for n in mine or made]:
                    return s.at(max(lines))
        return None


def _both(first: str, second: str, made: set[str]) -> bool:
    return all(any(_means(n, x) for n in made) for x in (first, second))


def _means(name: str, wanted: str) -> bool:
    """Whether a name is the wanted one, by itself or as a part: m_dw, weight_cache."""
    plain = name.strip("_")
    parts = re.split(r"_|(?<=[a-z])(?=[A-Z])", plain)
    return plain == wanted or (wanted in parts and not _AFTER & set(parts))


def _speaks(node: ast.AST, own: str) -> bool:
    """Whether a line names a parameter or its gradient."""
    said = {leaf(n) for n in ast.walk(node) if isinstance(n, (ast.Name, ast.Attribute))}
    strings = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
    said |= {x for x in strings if isinstance(x, str)}
    bias = own == "b" and any("bias" in x for x in said)
    return bool(bias or {own, f"d{own}"} & said)


def is_one(x: ast.expr) -> bool:
    """Whether an expression is the number 1."""
    return isinstance(x, ast.Constant) and x.value == 1


def _of_library(c: type) -> bool:
    """Whether a class is of a library that optimizers are derived from."""
    return c is object or c.__module__.split(".")[0] in ("torch", "denpa")


def _made(tree: ast.AST) -> Iterator[tuple[Any, str]]:
    for node in ast.walk(tree):
        targets: list[Any] = []
        if isinstance(node, ast.Assign):
            for t in node.targets:
                targets += t.elts if isinstance(t, (ast.Tuple, ast.List)) else [t]
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
            targets = [node.target]
        elif isinstance(node, ast.Expr):
            targets = [_in_place(node.value)]
        for t in targets:
            if name := leaf(t):
                yield node, name


def _in_place(x: ast.expr) -> ast.expr | None:
    """What p.mul_(b).add_(g) changes: p."""
    found = None
    while isinstance(x, ast.Call) and isinstance(x.func, ast.Attribute):
        if x.func.attr.endswith("_") and not x.func.attr.endswith("__"):
            found = x.func.value
        x = x.func.value
    return found


def leaf(target: Any) -> str:
    """The name at the end of an expression: t of self.t and of config["t"]."""
    if isinstance(target, ast.Call) and getattr(target.func, "attr", "") == "get" and target.args:
        target = ast.Subscript(target, target.args[0])
    while isinstance(target, ast.Subscript):
        if isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str):
            return target.slice.value
        target = target.value
    return str(getattr(target, "attr", getattr(target, "id", "")))


_P = (
    "p",
    "params",
    "param",
    "data",
    "w",
    "x",
    "theta",
    "value",
    "weights",
    "next_w",
    "new_p",
    "W",
    "theta",
    "var",
    "weight",
)
_END = (*_P, "p_new", "new", "updated", "return")
_FIRST = (
    "m",
    "mt",
    "m_t",
    "exp_avg",
    "first",
    "moment1",
    "m1",
    "ms",
    "mean",
    "momentum",
    "momentums",
)
_SECOND = (
    "v",
    "vt",
    "v_t",
    "exp_avg_sq",
    "second",
    "moment2",
    "m2",
    "vs",
    "sq",
    "velocity",
    "cache",
    "var",
)
_HATS = ("{}_hat", "{}hat", "{}_corrected", "{}_corr", "{}_unbiased", "{}_hat_t", "{}t_hat", "{}b",
         "{}_bc", "{}_unbias", "{}_bias_corr", "unbias_{}")  # fmt: skip
# The first and the second moment: Kingma and Ba; Ng; Goodfellow et al.
_MOMENTS = (("m", "v"), ("v", "s"), ("s", "r"))
_AFTER = {"hat", "corrected", "corr", "unbiased", "bc", "unbias", "max", "new", "old", "prev"}
_STEPS = ("lr_t", "alpha_t", "step_size", "scale", "bias_correction", "update", "denom")
_SQUARES = ("s", "h", "cache", "r", "v", "grad_squared", "G", "accum", "sq", "square_avg", "sum",
            "acc", "E", "state")  # fmt: skip
_VELOCITY = ("v", "u", "velocity", "buf", "momentum_buffer", "vel", "vt", "m", "state")


def _hats(x: str) -> tuple[str, ...]:
    return tuple(h.format(x) for h in _HATS)


# For each quantity of the definitions the names that people give it, then those of what is
# computed from it.
_PLACES: dict[str, tuple[str, ...]] = {
    "p": _END,
    "g": ("g", "grad", "dw", "d_p", "gt", "dW", "dx", *_END),
    "decayed": _END,
    "m": (*_FIRST, *_END),
    "v": (*_SECOND, *_SQUARES, *_END),
    "v_max": ("v_max", "vmax", "vhat", "v_hat", "max_exp_avg_sq", *_END),
    "m_hat": (*_hats("m"), *_STEPS, *_END),
    "v_hat": (*_hats("v"), *_STEPS, *_END),
    "t": (*sorted(COUNTERS), *_hats("m"), *_STEPS, *_END),
    "s": (*_SQUARES, *_END),
    "u": (*_VELOCITY, *_END),
    "a": ("a", "delta_sq", "acc_delta", "d", "x_sq", *_END),
    "delta": ("delta", "dx", "update", "step", *_END),
}
