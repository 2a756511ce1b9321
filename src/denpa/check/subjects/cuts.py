"""Graphs that end too early: which gradients do not arrive, and the line that may be why.

Where an engine returns no gradient although the output depends on an array, no rule is wrong. Two
things do it: a parameter that no list of parameters holds, and numbers that leave the graph.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from denpa.check.locate import Location
from denpa.check.record import Finding
from denpa.check.report import Report
from denpa.check.subject import Subject
from denpa.check.subjects.network import Network
from denpa.words import translated

# What takes numbers out of the graph: attributes of a tensor, and functions of a framework.
_LEAVING = ("detach", "detach_", "data", "numpy", "tolist", "item", "no_grad", "stop_gradient")
_MAKING = ("tensor", "as_tensor", "from_numpy", "Tensor")  # a new tensor out of numbers
_STEPS = ("round", "argmax", "argmin", "floor", "ceil", "sign", "long", "int", "bool", "gt", "ge")

_WORDS = {
    "outside": (
        "{held} is a plain list or dict: parameters() does not find what is in it",
        "No optimizer moves these parameters. Use ModuleList, ModuleDict or ParameterList.",
    ),
    "cut": (
        "no gradient arrives: the graph is cut between here and the output",
        "detach(), .data, .numpy(), no_grad and a tensor made anew out of numbers leave the graph, "
        "and so do comparisons and argmax; what comes before is not trained.",
    ),
}


def retold(found: Report, subject: Subject) -> Report:
    """The report with one finding for all gradients that do not arrive for the same reason.

    A module that has wrong gradients although all that is in it is right is told, too, in which
    line numbers leave the graph.
    """
    if not isinstance(subject, Network):
        return found
    lines = list(_leaving(subject.given, subject.framework.Module))
    missing = [f for f in found.findings if f.mistake == "missing" and not f.part]
    others = [f for f in found.findings if f not in missing]
    outside = [f for f in missing if f.name in subject.outside]
    cut = [f for f in missing if f not in outside]
    if subject.code() is not None:  # a Function inside may have returned None
        cut, others = [], [f for f in found.findings if f not in outside]
    told = []
    if outside:
        held = outside[0].name.split("[")[0]
        told.append(_one(outside, "outside", found.language, None, held))
    if cut:
        told.append(_one(cut, "cut", found.language, lines[0] if len(lines) == 1 else None))
    rest = [f for f in others if not f.part and f.location is None]
    if rest and lines and all(p.ok for p in found.parts.values()):
        shown = "; ".join(f"{at}   {at.text}" for at in lines[:3])
        found.notes.append(
            translated(
                "every layer alone is right, and here numbers leave the graph: {shown}",
                found.language,
                shown=shown,
            )
        )
    found.findings = [*told, *others]
    return found


def _one(
    findings: list[Finding], key: str, language: str, place: Location | None, held: str = ""
) -> Finding:
    title, why = (translated(text, language) for text in _WORDS[key])
    first, *rest = findings
    return replace(
        first,
        text=title.format(held=held),
        why=why,
        location=place,
        expected="",
        also=(*first.also, *(f.name for f in rest)),
    )


def _leaving(net: Any, module: Any) -> Iterator[Location]:
    """Lines in the forward methods of the user's modules where numbers leave the graph."""
    classes = dict.fromkeys(type(m) for m in net.modules()) if isinstance(net, module) else []
    functions = [c.forward for c in classes] if classes else [net]
    for f in functions:
        if str(getattr(f, "__module__", "")).split(".")[0] in ("denpa", "torch"):
            continue
        try:
            lines, first = inspect.getsourcelines(f)
            tree = ast.parse(textwrap.dedent("".join(lines)))
            file = inspect.getsourcefile(f) or "?"
        except (OSError, TypeError, SyntaxError):
            continue
        nodes = (n for n in ast.walk(tree) if isinstance(n, ast.expr) and _leaves(n))
        for at in sorted({n.lineno for n in nodes}):
            yield Location(file, max(first, 1) + at - 1, lines[at - 1].strip())


def _leaves(node: ast.expr) -> bool:
    if isinstance(node, ast.Compare):
        return True
    if isinstance(node, ast.Attribute) and node.attr in _LEAVING:
        return True
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return name in _MAKING or name in _STEPS


def constant(found: Report) -> Report:
    """The report with a note where all gradients are 0: nothing can be learned then."""
    claims = [c.claimed for c in found.compared.values()]
    if found.ok and claims and not any(bool(abs(a).sum()) for a in claims):
        found.notes.append(
            translated(
                "every gradient is 0: the output changes in jumps only, as round, argmax and "
                "comparisons make it, or not at all; nothing can be learned",
                found.language,
            )
        )
    return found
