"""Containers that hold a value of a Python program.

The pieces of source are templates: `$` begins the names of one part of a program, `<V>` stands for
a value, `<C>` for the container.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Holder:
    """A container: how it is made, read and changed in place.

    `puts` are statements that store another value, by the kind of the change; a container without
    any can only be replaced. `extra` changes what no read sees. `only` names the kinds of values
    that fit, all if empty; `alone`: no container fits in it.
    """

    name: str
    make: str
    get: str
    puts: tuple[tuple[str, str], ...] = ()
    extra: str = ""
    setup: str = ""
    only: tuple[str, ...] = ()


BOX = """\
class $Box:
    def __init__(self, v):
        self.v = v
    def read(self):
        return self.v
"""
ATTRIBUTES = (
    ("attribute set", "<C>.v = <V>"),
    ("setattr", 'setattr(<C>, "v", <V>)'),
    ("__dict__", '<C>.__dict__["v"] = <V>'),
    ("deleted and set", "del <C>.v\n<C>.v = <V>"),
)
ITEM = (
    ("item set", '<C>["a"] = <V>'),
    ("update", '<C>.update({"a": <V>})'),
    ("deleted and added", 'del <C>["a"]\n<C>["a"] = <V>'),
    ("emptied and filled", '<C>.clear()\n<C>["a"] = <V>'),
)
DICT, MORE = '{"a": <V>, "z": 0}', '<C>["unread"] = 7'
LIST = (
    ("item set", "<C>[1] = <V>"),
    ("slice set", "<C>[:] = [0, <V>]"),
    ("popped and inserted", "<C>.pop(1)\n<C>.insert(1, <V>)"),
)
HASHABLE = ("number", "text")
