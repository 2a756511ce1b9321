"""What it is in a line that raises: which operands do not fit, which name does not exist."""

from __future__ import annotations

import ast
import builtins
import linecache
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from denpa.check.exceptions.edits import alike, both_sides
from denpa.check.exceptions.products import operands, shape
from denpa.check.exceptions.words import said
from denpa.check.exceptions.wreck import Wreck
from denpa.check.repair.tree import called, targets

_ALIKE = 0.55  # from here on one name may be meant by another
_OPS: dict[type[ast.AST], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Gt: ">",
    ast.Lt: "<",
    ast.GtE: ">=",
    ast.LtE: "<=",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
}
_IMPORTS = {"np": "import numpy as np", "numpy": "import numpy", "math": "import math"}
_RESETS = re.compile(r"zero|reset|clear|init", re.IGNORECASE)


def fault_of(wreck: Wreck, language: str, want: str = "") -> str:
    """What is wrong, in words with the true shapes; `want`: the name that is meant."""
    error = wreck.error
    found = (
        _of_name(wreck, language, want) or _of_none(wreck, language) or _of_shapes(wreck, language)
    )
    text = " ".join(str(error).split())
    return found or said("raised", language, kind=type(error).__name__, text=text)


def _of_name(wreck: Wreck, language: str, want: str) -> str:
    error, node = wreck.error, wreck.failing
    if isinstance(error, UnboundLocalError):
        return said("unset", language, a=missing_name(error))
    if isinstance(error, NameError):
        return said("name", language, a=missing_name(error))
    if isinstance(error, KeyError) and isinstance(node, ast.Subscript):
        held = wreck.value(node.value)
        keys = ", ".join(map(repr, held)) if isinstance(held, dict) else ""
        return said(
            "key", language, a=ast.unparse(node.value), b=repr(error.args[0]), c=keys or "—"
        )
    if not isinstance(error, AttributeError) or error.obj is None:
        return ""
    owner = ast.unparse(node.value) if isinstance(node, ast.Attribute) else ""
    if owner == "self":
        name = f"self.{error.name}"
        if alike(want.split(".")[-1], error.name or "") >= _ALIKE:
            return said("no-such", language, a=name)
        return said("attribute", language, a=name) + _instead(wreck, error.name or "", language)
    return said("method", language, a=owner or type(error.obj).__name__, b=error.name)


def _instead(wreck: Wreck, name: str, language: str) -> str:
    """What forward sets, as an addition to what it does not set."""
    kept: set[str] = set()
    for method in _methods(wreck):
        if method.name != "__init__":
            kept |= set(_attributes_set(method))
    own = ", ".join(f"self.{n}" for n in sorted(kept - {name}))
    return said("instead", language, c=own) if own else ""


def _methods(wreck: Wreck) -> Iterator[ast.FunctionDef]:
    """The other methods of the object that the line is about, or of the classes in its file."""
    held = wreck.site.frame.f_locals.get("self", getattr(wreck.error, "obj", None))
    names = {c.__name__ for c in type(held).__mro__}
    for node in ast.walk(_file(wreck)):
        if isinstance(node, ast.ClassDef) and node.name in names:
            for method in node.body:
                own = wreck.theirs.node
                if isinstance(method, ast.FunctionDef) and method.lineno != own.lineno:
                    yield method


def _file(wreck: Wreck) -> ast.Module:
    return ast.parse("".join(linecache.getlines(wreck.theirs.file)))


def _attributes_set(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def _of_none(wreck: Wreck, language: str) -> str:
    """An operand that is None."""
    if not isinstance(wreck.error, (TypeError, AttributeError)):
        return ""
    s = wreck.at.get()
    for node in ast.walk(wreck.failing or s):
        if isinstance(node, ast.expr) and id(node) in wreck.seen and wreck.value(node) is None:
            return said("none", language, a=ast.unparse(node))
    if isinstance(s, ast.AugAssign) and "NoneType" in str(wreck.error):
        return said("none", language, a=ast.unparse(s.target))
    return ""


def _of_shapes(wreck: Wreck, language: str) -> str:
    node: Any = wreck.failing
    pair = operands(node)
    if pair is not None:
        fill = _both(wreck, pair[0], pair[1])
        return said("product", language, **fill) if fill else ""
    sides = both_sides(node)
    if sides is not None and isinstance(wreck.error, ValueError):
        fill = _both(wreck, *sides)
        op = _OPS.get(type(node.op if isinstance(node, ast.BinOp) else node.ops[0]), "·")
        return said("sum", language, op=op, **fill) if fill else ""
    parts = [getattr(node, k, None) for k in ("operand", "left", "right")]
    for part in parts if isinstance(wreck.error, TypeError) else ():
        if part is not None and "bool" in str(getattr(wreck.value(part), "dtype", "")):
            return said("booleans", language, a=ast.unparse(part))
    s = wreck.at.get()
    if isinstance(s, ast.Assign) and "values to unpack" in str(wreck.error):
        held = wreck.value(s.value)
        names = getattr(s.targets[0], "elts", [])
        if isinstance(held, (tuple, list)):
            fill = {"a": ast.unparse(s.value), "n": str(len(held)), "m": str(len(names))}
            return said("unpacked", language, **fill)
    stored = re.search(r"(?:into|output operand with) shape (\(.*?\))", str(wreck.error))
    if stored and targets(s):
        made = shape(wreck.value(s.value))
        fill = {"a": ast.unparse(targets(s)[0]), "sa": stored[1], "b": ast.unparse(s.value)}
        return said("stored", language, sb=_text(made), **fill)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        module = ast.unparse(node.func.value) in ("np", "numpy")
        of: Any = node.args[0] if module and node.args else node.func.value
        s_of = shape(wreck.value(of))
        if s_of is not None and called(node) in ("reshape", "transpose"):
            asked = ", ".join(ast.unparse(a) for a in node.args[1 if module else 0 :])
            key = "reshape" if called(node) == "reshape" else "axes"
            return said(key, language, a=ast.unparse(of), sa=_text(s_of), b=f"({asked})")
        if s_of is not None and isinstance(wreck.error, np.exceptions.AxisError):
            asked = ", ".join(
                f"axis={ast.unparse(k.value)}" for k in node.keywords if k.arg == "axis"
            )
            asked = asked or ", ".join(ast.unparse(a) for a in node.args[1 if module else 0 :])
            return said("axes", language, a=ast.unparse(of), sa=_text(s_of), b=asked)
    outside = isinstance(wreck.error, IndexError) and "broadcast" not in str(wreck.error)
    if isinstance(node, ast.Subscript) and outside:
        held = wreck.value(node.value)
        size = shape(held)
        if size is None and isinstance(held, (list, tuple)):
            size = (len(held),)
        if size is not None:
            named = [n for n in ast.walk(node.slice) if isinstance(n, ast.Name)]
            whole = [n for n in named if isinstance(wreck.value(n), int)]
            at = ", ".join(f"{n.id} = {wreck.value(n)}" for n in whole)
            index = f"[{ast.unparse(node.slice).strip('()')}]" + (f" ({at})" if at else "")
            return said("index", language, a=ast.unparse(node.value), sa=_text(size), b=index)
    return ""


def _both(wreck: Wreck, a: ast.expr, b: ast.expr) -> dict[str, str]:
    sa, sb = shape(wreck.value(a)), shape(wreck.value(b))
    if sa is None or sb is None:
        return {}
    return {"a": ast.unparse(a), "sa": _text(sa), "b": ast.unparse(b), "sb": _text(sb)}


def _text(s: tuple[int, ...] | None) -> str:
    return "" if s is None else str(tuple(int(n) for n in s))


def missing_name(error: NameError) -> str:
    """The name that a NameError is about."""
    found = re.search(r"'(\w+)'", str(error))
    return error.name or (found[1] if found else "")


def never_bound(wreck: Wreck) -> str:
    """The name or attribute that the line asks for and that nothing in the file makes, or ""; also
    an attribute that is None, as no method sets it to another thing."""
    error, node = wreck.error, wreck.failing
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        name = missing_name(error)
        return "" if name in set(_bound(_file(wreck))) or hasattr(builtins, name) else name
    of = error.obj if isinstance(error, AttributeError) else None
    if isinstance(error, AttributeError) and isinstance(node, ast.Attribute) and of is not None:
        text = "".join(linecache.getlines(wreck.theirs.file))
        dynamic = any(k in text for k in ("setattr(", "__dict__", "__getattr__"))
        own = {a for method in _methods(wreck) for a in _attributes_set(method)}
        return "" if error.name in own or dynamic else ast.unparse(node)
    for name in _none_attributes(wreck):
        later = {
            a
            for method in _methods(wreck)
            if method.name != "__init__"
            for a in _attributes_set(method)
        }
        if name not in later:
            return f"self.{name}"
    return ""


def _none_attributes(wreck: Wreck) -> Iterator[str]:
    if not isinstance(wreck.error, (TypeError, AttributeError)):
        return
    for node in ast.walk(wreck.failing or wreck.at.get()):
        if not isinstance(node, ast.Attribute) or ast.unparse(node.value) != "self":
            continue
        if id(node) in wreck.seen and wreck.value(node) is None:
            yield node.attr


def imported(name: str) -> str:
    """The import that a file lacks, for the usual short names."""
    return _IMPORTS.get(name, "")


def kept_in_forward(wreck: Wreck, name: str) -> str:
    """The line that forward lacks, where it has a variable of that name."""
    plain = name.removeprefix("self.")
    for method in _methods(wreck):
        given = {a.arg for a in method.args.args}
        made = {
            n.id
            for n in ast.walk(method)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        if method.name != "__init__" and plain in given | made:
            return f"self.{plain} = {plain}"
    return ""


def unproven(wreck: Wreck) -> bool:
    """Whether what the line asks for is made somewhere, in a way that did not run: then it may be
    the way in which the code was run that is wrong."""
    error = wreck.error
    plain = isinstance(error, (NameError, AttributeError))
    if not plain or isinstance(error, UnboundLocalError) or getattr(error, "obj", 0) is None:
        return False
    return never_bound(wreck) == ""


def _bound(tree: ast.AST) -> Iterator[str]:
    """The names that a file makes outside its functions, or in them as globals."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0]
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
            yield from (n for g in ast.walk(node) if isinstance(g, ast.Global) for n in g.names)
            continue
        yield from _bound(node)


def meant(wreck: Wreck, name: str) -> str:
    """The name that is there and most like one that is not."""
    last = name.split(".")[-1]
    names = [n for n in wreck.names if "[" not in n]
    if isinstance(wreck.error, AttributeError) and not name.startswith("self."):
        owner = name.rpartition(".")[0]
        names = [f"{owner}.{n}" for n in dir(wreck.error.obj) if not n.startswith("_")]
    near = max(names, key=lambda n: alike(n.split(".")[-1], last), default="")
    return near if near and alike(near.split(".")[-1], last) >= _ALIKE else ""


def set_by_protocol(wreck: Wreck) -> bool:
    """Whether the class has a method that sets what is None or missing, such as zero_grad: then it
    was to be called first, and nothing is wrong with backward."""
    wanted = set()
    if isinstance(wreck.error, AttributeError):
        wanted.add(wreck.error.name)
    for node in ast.walk(wreck.at.get()):
        if isinstance(node, ast.Attribute) and _is_none(wreck, node):
            wanted.add(node.attr)
    for top in wreck.theirs.top.body:
        for method in ast.walk(top):
            if isinstance(method, ast.FunctionDef) and method is not wreck.theirs.node:
                named = method.name != "__init__" and _RESETS.search(method.name)
                if named and wanted & set(_attributes_set(method)):
                    return True
    return False


def _is_none(wreck: Wreck, node: ast.Attribute) -> bool:
    if isinstance(node.ctx, ast.Store):
        return getattr(wreck.value(node.value), node.attr, None) is None
    return id(node) in wreck.seen and wreck.value(node) is None
