"""Which statements of a file make what can be checked, and which do work.

Imports, definitions and constants make it. A loop that trains, a file that is read, a figure that
is drawn is work: it may take minutes, or need what is not here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TypeGuard

# Modules whose functions make values from values, but for those that read, write or wait.
_MAKERS = {
    "numpy", "math", "cmath", "random", "functools", "itertools", "operator", "collections",
    "typing", "typing_extensions", "dataclasses", "decimal", "fractions", "enum", "string", "re",
    "types", "warnings", "logging", "pathlib", "abc", "os.path", "torch", "jax", "denpa", "cupy",
}  # fmt: skip
_WORK = {
    "load", "loads", "loadtxt", "genfromtxt", "fromfile", "memmap", "DataSource", "save", "savez",
    "savetxt", "savez_compressed", "tofile", "dump", "dumps", "open", "read_text", "read_bytes",
    "write_text", "write_bytes", "mkdir", "unlink", "rmdir", "rename", "touch", "hub", "utils",
    "optim", "data", "datasets", "compile", "fit", "train", "train_step", "read_csv", "info",
    "debug", "warning", "error", "sleep", "system", "basicConfig",
}  # fmt: skip
_BUILTINS = {
    "int", "float", "bool", "str", "complex", "len", "range", "list", "tuple", "dict", "set",
    "frozenset", "min", "max", "abs", "sum", "round", "sorted", "reversed", "zip", "enumerate",
    "bytes", "slice", "object", "type", "isinstance", "hasattr", "getattr", "setattr", "super",
    "property", "staticmethod", "classmethod", "divmod", "pow", "repr", "any", "all",
}  # fmt: skip
_PATHS = {"append", "insert", "extend"}  # of sys.path


class StatementReader:
    """Reads the statements of a file in their order: what a name stands for matters."""

    def __init__(self, asked: str) -> None:
        """`asked`: the name that is to be had; whatever makes it is no work."""
        self.asked = asked
        self.modules: dict[str, str] = {}  # np -> numpy
        self.made: set[str] = set()  # functions and classes of the file
        self.values: set[str] = set()  # constants

    def is_definition(self, node: ast.stmt) -> bool:
        """Whether a statement is an import, a definition or a constant, or makes what was asked."""
        if self.asked in bound_by(node) and not isinstance(node, (ast.For, ast.While, ast.With)):
            self._note(node)
            return True
        fits = self._fits(node)
        if fits:
            self._note(node)
        return fits

    def _fits(self, node: ast.stmt) -> bool:
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass, ast.Global)):
            return True
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return True
        if isinstance(node, ast.Assign):
            return all(self._target(t) for t in node.targets) and self._value(node.value)
        if isinstance(node, (ast.AnnAssign, ast.AugAssign)):
            return self._target(node.target) and (node.value is None or self._value(node.value))
        if isinstance(node, ast.Expr):
            return self._on_path(node.value) or self._value(node.value)
        if isinstance(node, ast.If):
            return self._value(node.test) and self._all(node.body, node.orelse)
        if isinstance(node, ast.Try):
            handlers = [h.body for h in node.handlers]
            return self._all(node.body, *handlers, node.orelse, node.finalbody)
        return False

    def _all(self, *bodies: list[ast.stmt]) -> bool:
        return all(self.is_definition(n) for body in bodies for n in body)

    def _note(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Import):
            for a in node.names:
                self.modules[a.asname or a.name.split(".")[0]] = (
                    a.name if a.asname else a.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for a in node.names:
                self.modules[a.asname or a.name] = f"{node.module or ''}.{a.name}".strip(".")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.made.add(node.name)
        else:
            self.values |= set(bound_by(node))

    def _target(self, node: ast.expr) -> bool:
        """A name, or a part of what the file has made or imported: params["W"], np.float."""
        if isinstance(node, (ast.Tuple, ast.List)):
            return all(self._target(t) for t in node.elts)
        if isinstance(node, ast.Starred):
            return self._target(node.value)
        if isinstance(node, ast.Name):
            return True
        root = _root(node)
        return root in self.values | self.made | set(self.modules)

    def _value(self, node: ast.expr) -> bool:
        """Whether an expression calls nothing but what makes values."""
        if isinstance(node, ast.Lambda):
            return True
        if isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom)):
            return False
        if isinstance(node, ast.Call) and not self._makes(node.func):
            return False
        children = (c for c in ast.iter_child_nodes(node))
        return all(self._value(c) for part in children for c in _expressions(part))

    def _makes(self, called: ast.expr) -> bool:
        if isinstance(called, ast.Name):
            name = self.modules.get(called.id, "")
            return called.id in _BUILTINS or (bool(name) and self._pure(name))
        if not isinstance(called, ast.Attribute) or called.attr in _WORK:
            return False
        dotted = _dotted(called)
        root, _, rest = dotted.partition(".")
        if root in self.modules and root not in self.values:
            return self._pure(f"{self.modules[root]}.{rest}")
        # A method of a number, a string, an array: of whatever has been computed just now.
        return root in self.values or not dotted

    def _pure(self, name: str) -> bool:
        parts = name.split(".")
        if set(parts) & _WORK:
            return False
        return parts[0] in _MAKERS or ".".join(parts[:2]) in _MAKERS

    def _on_path(self, node: ast.expr) -> bool:
        """sys.path.append("..") and the like, which imports need."""
        called = _dotted(node.func) if isinstance(node, ast.Call) else ""
        root, _, rest = called.partition(".")
        name = f"{self.modules.get(root, root)}.{rest}"
        return any(name == f"sys.path.{how}" for how in _PATHS)


def _expressions(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions in what is no statement: a keyword, a part of a comprehension."""
    if isinstance(node, ast.expr):
        yield node
    else:
        for child in ast.iter_child_nodes(node):
            yield from _expressions(child)


def _dotted(node: ast.expr) -> str:
    """np.random.seed as text; empty for a method of what a call gives."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = _dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    if isinstance(node, ast.Subscript):
        return _dotted(node.value)
    return ""


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def is_main(node: ast.stmt) -> TypeGuard[ast.If]:
    """Whether a statement is `if __name__ == "__main__"`, of which nobody expects that it runs.

    >>> is_main(ast.parse("if __name__ == '__main__': main()").body[0])
    True
    """
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare):
        return False
    sides = [node.test.left, *node.test.comparators]
    names = [n.id for n in sides if isinstance(n, ast.Name)]
    texts = [n.value for n in sides if isinstance(n, ast.Constant)]
    return names == ["__name__"] and texts == ["__main__"] and isinstance(node.test.ops[0], ast.Eq)


def bound_by(node: ast.AST) -> list[str]:
    """The names that a statement makes, in their order.

    >>> bound_by(ast.parse("for x, (y, z) in pairs: import numpy as np").body[0])
    ['x', 'y', 'z', 'np']
    """
    return list(dict.fromkeys(_bound([node])))


def _bound(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((a.asname or a.name).split(".")[0] for a in node.names)
        elif isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                yield node.id
        elif not isinstance(
            node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
        ):
            yield from _bound(ast.iter_child_nodes(node))
