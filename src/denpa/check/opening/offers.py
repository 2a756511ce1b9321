"""What of a file can be checked, for those who name a file alone."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from denpa.check.frameworks.known import framework_of
from denpa.check.locate import ParsedSource
from denpa.check.opening.execution import UserError
from denpa.check.opening.kinds import (
    kind_of,
    makes_a_pair,
    may_return_gradients,
    of_function,
    parts_of,
    slopes,
    unnamed,
)
from denpa.check.opening.load import file_of, held_by, opened_file
from denpa.check.opening.partners import partners
from denpa.check.opening.unwritten import is_unwritten
from denpa.core.errors import ArgumentError
from denpa.words import say

_RULE = re.compile(r"sgd|momentum|adam|rmsprop|adagrad|nesterov|update|step")
_STEP = ("step", "update", "update_params", "apply_gradients")


@dataclass(frozen=True)
class Offer:
    """A thing of a file that can be checked: what it is, where, and what the command needs besides
    its name. What is not `sure` is checked only if it is named."""

    name: str
    what: str
    place: str
    option: str = ""
    sure: bool = True

    def __str__(self) -> str:
        where = f" ({self.place})" if self.place else ""
        return f"{self.name}{self.option}   {self.what}{where}"


class Choice(ArgumentError):
    """A file alone does not say what to check; the message has a line for each of `offers`."""

    whole = True
    outcome = "choose"

    def __init__(self, spec: str, found: list[Offer]) -> None:
        commands = [f"denpa check {quoted(f'{spec}:{o.name}')}{o.option}" for o in found]
        width = max(len(c) for c in commands)
        lines = [
            f"  {c:{width}}   {o.what}" + (f" ({o.place})" if o.place else "")
            for c, o in zip(commands, found, strict=True)
        ]
        head = say("{spec} alone does not say what to check; name one:", spec=spec)
        super().__init__("\n".join([head, *lines]))
        self.offers = [{**asdict(o), "command": c} for o, c in zip(found, commands, strict=True)]


def quoted(text: str) -> str:
    """As a shell takes it.

    >>> quoted("a.py:A"), quoted("my layers.py:A")
    ('a.py:A', '"my layers.py:A"')
    """
    return text if re.fullmatch(r"[\w./:\\~+@%=-]+", text) else f'"{text}"'


def named(spec: str, seconds: float = 0.0) -> tuple[str, list[str]]:
    """FILE:NAME as it is; for FILE alone, with the name of the one thing in it that can be checked,
    and remarks on what else there is.

    Errors: Choice where there are several; ArgumentError where there are none; UserError where the
    file raises.
    """
    path, _, name = spec.rpartition(":")
    if path and name and not Path(spec).exists():
        return spec, []
    try:
        file_of(spec)
    except ArgumentError:
        if Path(spec).suffix or Path(spec).exists() or "/" in spec:
            raise
        return spec, []  # a name without a file, which `load` tells
    found = offers(spec, seconds)
    sure = [o for o in found if o.sure]
    one = sure if sure else found
    if len(one) == 1 and not one[0].option:
        rest = [f"{o.name}{o.option}, {o.what}" for o in found if o is not one[0]]
        also = "; ".join(rest)
        told = say(
            "only {name} was checked; the file has also: {also}", name=one[0].name, also=also
        )
        return f"{spec}:{one[0].name}", [told] if rest else []
    if not found:
        raise ArgumentError(
            say(
                "{spec} holds nothing that looks as if it could be checked: a class with forward "
                "and backward, or a function beside its gradient. Name what you mean, as in "
                "{spec}:Affine",
                spec=spec,
            )
        )
    raise Choice(spec, found)


def offers(path: str, seconds: float = 0.0) -> list[Offer]:
    """What of a file can be checked, in the order of the file.

    Errors: UserError where the file raises and nothing of it is left.
    """
    loaded = opened_file(path, "", seconds)
    found = list(_offered(held_by(loaded.module)))
    if not found:
        first = next((s for s in loaded.run.skipped if s.error is not None), None)
        if first is not None:
            place, raised = first.place, first.raised
            raise UserError(
                say("{path}, {place} ended with {raised}", path=path, place=place, raised=raised)
            )
    return found


def _offered(held: dict[str, Any]) -> Iterator[Offer]:
    made = {name: _makes(x, held) for name, x in held.items()}
    bases = {b for x in held.values() if inspect.isclass(x) for b in x.__mro__[1:]}
    pairs = slopes(held)
    for name, x in held.items():
        if inspect.isfunction(x) and partners(name, held)[1] == name:
            continue  # told with its function
        what, option, sure = "", "", True
        missing = "" if x in bases else _not_filled(name, x, held)
        if made[name]:
            what = say("a function that makes a {made}", made=made[name])
        elif missing:
            what, sure = missing, False
        elif name in pairs:
            what = say("a function, and {pairs} as its gradient", pairs=pairs[name])
            option, sure = f" --grad {pairs[name]}", False
        elif inspect.isfunction(x):
            what = of_function(name, held) or makes_a_pair(x)
            if not what and _RULE.search(name.lower()) and len(inspect.signature(x).parameters) > 1:
                what, option, sure = _step(), _rule(name), False
            elif not what and (what := may_return_gradients(name, held)):
                sure = False
        elif framework_of(x) is not None:
            what = say("a network, or a function of one")
        elif name not in made.values():  # what a function makes is checked as it makes it
            what = kind_of(x)
            if not what and any(hasattr(x, n) for n in _STEP):
                what, option, sure = say("an optimizer"), _rule(name), False
            elif not what and (what := unnamed(x)):
                sure = False
        if what:
            yield Offer(name, what, "" if what == missing else _place(x), option, sure)


def _step() -> str:
    return say("an optimizer's step")


def _rule(name: str) -> str:
    known = re.search(r"sgd|momentum|adam|rmsprop|adagrad|nesterov", name.lower())
    return f" --rule {known[0] if known else 'NAME'}"


def _not_filled(name: str, x: Any, held: dict[str, Any]) -> str:
    """For a class or a function of which a part is yet to be written: which, and where."""
    if inspect.isfunction(x) and not of_function(name, held):
        return ""
    for called, f in parts_of(x):
        if is_unwritten(f):
            return say("{called} is not written yet ({place})", called=called, place=_place(f))
    return ""


def _makes(f: Any, held: dict[str, Any]) -> str:
    """The class of the file that a function without arguments returns one of, or nothing."""
    if not inspect.isfunction(f) or inspect.signature(f).parameters:
        return ""
    source = ParsedSource.of(f)
    nodes = list(ast.walk(source.tree)) if source is not None else []
    if not any(isinstance(n, ast.Return) and n.value is not None for n in nodes):
        return ""
    called = [n.func.id for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    return next((n for n in called if inspect.isclass(held.get(n)) and kind_of(held[n])), "")


def _place(x: Any) -> str:
    source = ParsedSource.of(x)
    return "" if source is None else source.line(source.tree.body[0]).place
