"""What a piece of Python code can read, by its bytecode: the names of attributes, global variables
and the attributes of modules behind them, and whether it reads attributes under names that it
computes.

This is no run of the code, and it is on the safe side: a name counts wherever it may be meant, a
string that could be the name of an attribute is taken for one.
"""

from __future__ import annotations

import dis
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any

from denpa.core.source import Source

_words = str.split
_BY_NAME = frozenset({"getattr", "hasattr", "setattr", "delattr"})  # the second argument is a name
_ANY_NAME = frozenset(
    _words("""
    vars dir __dict__ __getattribute__ __setattr__ __delattr__ __reduce_ex__ attrgetter methodcaller
    fields asdict astuple deepcopy""")
)
_GLOBALS = frozenset({"LOAD_GLOBAL", "LOAD_NAME"})
_CELLS = frozenset({"LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF"})
_ATTRIBUTES = frozenset({"LOAD_ATTR", "LOAD_METHOD"})
_JUMPS = frozenset(dis.hasjrel) | frozenset(dis.hasjabs)


@dataclass(frozen=True)
class Path:
    """A variable and the attributes that are read behind it: `np.random.rand`."""

    name: str
    attributes: tuple[str, ...]


@dataclass(frozen=True)
class Reads:
    """What one code object reads; not what the functions do that it calls."""

    code: CodeType
    names: frozenset[str]  # of attributes, or that may be
    globals: tuple[Path, ...]
    cells: tuple[Path, ...]
    stores: tuple[str, ...]  # global variables that it assigns
    imports: tuple[str, ...]  # modules that it imports
    computed: bool  # reads attributes under names that it computes
    constant: bool  # all its getattr, setattr, … have a constant name, and there are some

    def line(self, name: str, written: bool = False) -> Source:
        """The first place where a name stands, or is assigned to (also as the key of an entry); the
        beginning where it does not."""
        steps = list(dis.get_instructions(self.code))
        places = [
            k
            for k, i in enumerate(steps)
            if i.argval == name or (isinstance(i.argval, tuple) and name in i.argval)
        ]
        for k in places if written else ():
            kinds = [i.opname.split("_")[0] for i in steps[k : k + 2]]
            if kinds[0] == "STORE" or (kinds[0] == "LOAD" and kinds[-1] == "STORE"):
                return Source(self.code, steps[k].offset)
        return Source(self.code, steps[places[0]].offset if places else 0)


@functools.lru_cache(maxsize=4096)
def reads(code: CodeType) -> Reads:
    """What a code object can read."""
    steps = list(dis.get_instructions(code))
    names = set(code.co_names)
    for c in code.co_consts:
        names.update(_identifiers(c))
    found: dict[str, dict[Any, None]] = {"globals": {}, "cells": {}, "stores": {}, "imports": {}}
    constant: list[bool] = []
    computed = bool(_ANY_NAME.intersection(code.co_names))
    for k, step in enumerate(steps):
        kind = "globals" if step.opname in _GLOBALS else "cells" if step.opname in _CELLS else ""
        if kind:
            attributes = []
            for after in steps[k + 1 :]:
                if after.opname not in _ATTRIBUTES:
                    break
                attributes.append(after.argval)
            found[kind][Path(step.argval, tuple(attributes))] = None
            if kind == "globals" and step.argval in _BY_NAME:
                constant.append(_constant_name(steps, k))
        elif step.opname == "STORE_GLOBAL":
            found["stores"][step.argval] = None
        elif step.opname == "IMPORT_NAME":
            found["imports"][step.argval] = None
        elif step.opname == "MATCH_CLASS" and step.arg:  # by the class's __match_args__
            computed = True
    return Reads(
        code,
        frozenset(names),
        tuple(found["globals"]),
        tuple(found["cells"]),
        tuple(found["stores"]),
        tuple(found["imports"]),
        computed,
        bool(constant) and all(constant),
    )


def _identifiers(x: Any) -> Iterator[str]:
    """Strings among constants that could name an attribute, also the parts of `"a.b"`."""
    if isinstance(x, str):
        if len(x) < 100:
            yield from (part for part in x.split(".") if part.isidentifier())
    elif isinstance(x, (tuple, frozenset)):
        for y in x:
            yield from _identifiers(y)


def _constant_name(steps: list[dis.Instruction], k: int) -> bool:
    """Whether the second argument of the call whose function instruction `k` loads is a constant:
    arguments are told apart by the depth of the stack."""
    depth = 0
    name: Any = None
    for step in steps[k:]:
        if step.opcode in _JUMPS or step.opname in ("CALL_KW", "CALL_FUNCTION_EX"):
            return False
        call = step.opname in ("PRECALL", "CALL")
        if call and depth == 2 + (step.arg or 0):  # the function comes with a NULL
            return isinstance(name, str)
        before = depth
        depth += dis.stack_effect(step.opcode, step.arg, jump=False)
        if step.opname.startswith("LOAD_CONST") and before == 3:
            name = step.argval
        elif depth <= 4 and name is not None:
            name = None  # the constant was but a part of the argument
    return False
