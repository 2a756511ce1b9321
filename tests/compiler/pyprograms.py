"""Random Python programs that train or predict, made from independent parts.

A `Plan` is data: a core (network, optimizer, loss, the form of the step), parts (a value, where it
is kept, what the step does with it and where), and events between the calls. `source` writes it as
text. A part or an event can be left out, which makes a program small.
"""

from __future__ import annotations

import random
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tests.compiler.pyeffects import AMBIENT, DEEDS, HELD, Deed
from tests.compiler.pyholders import HOLDERS, ROOTS, Holder, Root
from tests.compiler.pyvalues import KINDS, Kind

# Functions defined by the program, which a class would bind to its instances.
_PLAIN_FUNCTIONS = {
    "closure",
    "closure over a closure",
    "default argument",
    "keyword-only default",
    "function attribute",
    "function attribute, inside",
    "lambda of a list",
    "generator function",
    "function with globals",
}
_BINDS_HOLDERS = {"class attribute"}
_BINDS_ROOTS = {"class of self", "network's class"}
# Kinds of which an equal one can be made again.
_PLAIN = {"number", "flag", "typed", "optional", "text", "array", "indices", "matrix"}
_PLAIN |= {"numbers", "pairs", "members"}
# Arrays among the arguments of a compiled function are tensors in it; it says so.
_ARRAYS = {"array", "indices", "matrix", "written array"}


def indent(text: str, by: int = 4) -> str:
    return textwrap.indent(text, " " * by)


@dataclass(frozen=True)
class Chain:
    """A place: a root, and holders from the outermost to the innermost."""

    prefix: str
    root: str = "global"
    holders: tuple[str, ...] = ()

    def _named(self, text: str, level: int) -> str:
        return text.replace("$", f"{self.prefix}{level}_")

    def _root(self, text: str) -> str:
        return text.replace("$", self.prefix)

    def init(self, value: str, level: int = 0) -> str:
        """What stands in the holder number `level` (the root is number 0), around a value."""
        for k in reversed(range(level, len(self.holders))):
            made = self._named(HOLDERS[self.holders[k]].make, k)
            value = made.replace("<V>", value)
        return value

    def _get(self, start: str, level: int) -> str:
        for k in range(level):
            start = self._named(HOLDERS[self.holders[k]].get, k).replace("<C>", start)
        return start

    @property
    def inner(self) -> str:
        return self._get(self._root(ROOTS[self.root].inner), len(self.holders))

    @property
    def outer(self) -> str:
        start = self._root(ROOTS[self.root].outer)
        if self.root == "os.environ":
            start = f"float({start})"
        return self._get(start, len(self.holders))

    @property
    def setup(self) -> str:
        parts = [self._named(HOLDERS[h].setup, k) for k, h in enumerate(self.holders)]
        return "\n\n".join(p for p in parts if p)

    def changes(self, value: str) -> Iterator[tuple[str, str]]:
        """Every way to put another value there: (kind, statement)."""
        root = ROOTS[self.root]
        yield f"root:{root.name}", self._root(root.replace).replace("<V>", self.init(value))
        for k, name in enumerate(self.holders):
            holder = HOLDERS[name]
            at = self._get(self._root(root.outer), k)
            for title, code in holder.puts:
                put = self._named(code, k).replace("<C>", at)
                yield f"holder:{name}:{title}", put.replace("<V>", self.init(value, k + 1))

    def extras(self) -> Iterator[tuple[str, str]]:
        """Statements that change what nothing reads."""
        for k, name in enumerate(self.holders):
            extra = HOLDERS[name].extra
            if extra:
                at = self._get(self._root(ROOTS[self.root].outer), k)
                yield f"unread:{name}", self._named(extra, k).replace("<C>", at)


# How the step comes to compute with a part: what is written before the step, and in it. <USE> is
# the use of the value on a tensor t, <AT H> the same on h.
_DEFINED = "def $use(t):\n<USE>\n    return t\n"
SITES: dict[str, tuple[str, str]] = {
    "inline": ("", "<AT H>"),
    "local function": ("", "def $local(t):\n<USE>\n    return t\n\nh = $local(h)"),
    "local closure": (
        "",
        "def $outer():\n    def inner(t):\n<USE2>\n        return t\n    return inner\n\n"
        "h = $outer()(h)",
    ),
    "local class": (
        "",
        "class $Local:\n    def run(self_, t):\n<USE2>\n        return t\n\nh = $Local().run(h)",
    ),
    "try": (
        "",
        'try:\n    raise KeyError("a")\nexcept KeyError:\n<ATH>\nfinally:\n    h = h * 1.0',
    ),
    "if": ("", "if y is not None:\n<ATH>"),
    "for": ("", "for _ in range(1):\n<ATH>"),
    "lambda": ("", "def $local(t):\n<USE>\n    return t\n\nh = (lambda f: f(h))($local)"),
    "function": (_DEFINED, "h = $use(h)"),
    "closures": (
        "def $outer():\n    def mid():\n        def inner(t):\n<USE3>\n            return t\n"
        "        return inner\n    return mid\n\n\n$use = $outer()()\n",
        "h = $use(h)",
    ),
    "method": (
        "class $Part:\n    def run(self, t):\n<USE2>\n        return t\n\n\n$part = $Part()\n",
        "h = $part.run(h)",
    ),
    "bound method in a dict": (
        "class $Part:\n    def run(self, t):\n<USE2>\n        return t\n\n\n"
        '$table = {"run": $Part().run}\n',
        'h = $table["run"](h)',
    ),
    "static method": (
        "class $Part:\n    @staticmethod\n    def run(t):\n<USE2>\n        return t\n",
        "h = $Part.run(h)",
    ),
    "class method": (
        "class $Part:\n    @classmethod\n    def run(cls, t):\n<USE2>\n        return t\n",
        "h = $Part.run(h)",
    ),
    "callable object": (
        "class $Part:\n    def __call__(self, t):\n<USE2>\n        return t\n\n\n"
        "$part = [$Part()]\n",
        "h = $part[0](h)",
    ),
    "operator": (
        "class $Part:\n    def __matmul__(self, t):\n"
        "<USE2>\n        return t\n\n\n$part = $Part()\n",
        "h = $part @ h",
    ),
    "super": (
        "class $Base:\n    def run(self, t):\n<USE2>\n        return t\n\n\n"
        "class $Part($Base):\n    def run(self, t):\n        return super().run(t) + 0.1\n",
        "h = $Part().run(h)",
    ),
    "module": (
        "class $Layer(nn.Module):\n    def forward(self, t):\n<USE2>\n        return t\n\n\n"
        "$layer = $Layer()\n",
        "h = $layer(h)",
    ),
    "module in a Sequential": (
        "class $Layer(nn.Module):\n    def forward(self, t):\n<USE2>\n        return t\n\n\n"
        "$layers = nn.Sequential(nn.Tanh(), $Layer())\n",
        "h = $layers(h)",
    ),
    "decorator": (
        "def $wrap(f):\n    @functools.wraps(f)\n    def run(*args, **kwargs):\n"
        "        t = f(*args, **kwargs)\n<USE2>\n        return t\n    return run\n\n\n"
        "@$wrap\ndef $same(t):\n    return t\n",
        "h = $same(t=h)",
    ),
    "context manager": (
        "@contextlib.contextmanager\ndef $within(t):\n<USE>\n    yield t\n",
        "with $within(h) as h:\n    h = h + 0.0",
    ),
    "generator": ("def $made(t):\n<USE>\n    yield t\n", "h = next($made(h))"),
    "comprehension": (_DEFINED, "h = [$use(v) for v in (h,)][0]"),
    "recursion": (
        "def $again(t, n):\n    if n:\n        return $again(t, n - 1)\n<USE>\n    return t\n",
        "h = $again(h, 3)",
    ),
    "partial": (
        "def $use(k, t):\n<USE>\n    return t\n\n\n$part = functools.partial($use, 1)\n",
        "h = $part(h)",
    ),
    "dispatch": (_DEFINED + '\n\n$table = {"use": $use}\n', 'h = $table["u" + "se"](h)'),
    "sys.modules": (_DEFINED, 'h = sys.modules[__name__].__dict__.get("$use", $use)(h)'),
    "autograd function": (
        "class $Function(dp.autograd.Function):\n    @staticmethod\n    def forward(ctx, t):\n"
        "<USE2>\n        return t\n\n    @staticmethod\n    def backward(ctx, g):\n"
        "        return g * 0.5\n",
        "h = $Function.apply(h)",
    ),
    "forward": ("", ""),
    "forward hook": (
        _DEFINED + "\n\nnet0.b.register_forward_hook(lambda m, i, o: $use(o))\n",
        "",
    ),
    "pre-hook": (
        _DEFINED + "\n\nnet0.b.register_forward_pre_hook(lambda m, i: ($use(i[0]),))\n",
        "",
    ),
    "network hook": (
        _DEFINED + "\n\n$hooks = [$use]\n"
        "net0.register_forward_hook(lambda m, i, o: $hooks[0](o))\n",
        "",
    ),
    "tensor hook": (_DEFINED + "\n\nnet0.b.bias.register_hook($use)\n", ""),
    "optimizer's step": (
        _DEFINED
        + "\n\n@torch_like.no_grad()\ndef $after():\n    net0.b.bias.copy_($use(net0.b.bias))\n",
        "$after()",
    ),
}
NEAR = ("inline", "local function", "local closure", "local class", "try", "if", "for", "lambda")
# The tensor is no result of the network there, so these take no rows.
_FLAT = {"tensor hook", "optimizer's step"}
_RARE = {"autograd function"}


@dataclass(frozen=True)
class Part:
    """A value that the step reads, or an effect that it has."""

    id: int
    kind: str
    use: int
    low: str
    chain: Chain
    site: str

    @property
    def the_kind(self) -> Kind:
        return KINDS.get(self.kind) or HELD.get(self.kind) or AMBIENT[self.kind]

    @property
    def pure(self) -> bool:
        return self.kind in KINDS

    def named(self, text: str) -> str:
        return text.replace("$", self.chain.prefix)

    def used(self, h: str, expression: str) -> str:
        code = self.named(self.the_kind.uses[self.use][1])
        return code.replace("<H>", h).replace("<E>", expression)

    def changes(self, high: str) -> list[tuple[str, str]]:
        """Everything that changes what the step computes: (kind, statement)."""
        found = [] if self.kind in AMBIENT else list(self.chain.changes(self.named(high)))
        for title, code in self.the_kind.edits:
            edit = self.named(code).replace("<E>", self.chain.outer)
            found.append((f"edit:{self.kind}:{title}", edit))
        return found

    def quiet(self) -> list[tuple[str, str]]:
        """Changes that should not matter."""
        if self.kind in AMBIENT:
            return []
        found = list(self.chain.extras())
        if self.kind in _PLAIN:
            same = self.chain.changes(self.named(self.low))
            found += [(f"same:{title}", code) for title, code in same if "shadow" not in title]
        return found

    @property
    def tags(self) -> list[str]:
        found = [f"kind:{self.kind}", f"use:{self.kind}:{self.the_kind.uses[self.use][0]}"]
        if self.kind not in AMBIENT:
            found += [f"root:{self.chain.root}", *(f"holder:{h}" for h in self.chain.holders)]
        return [*found, f"site:{self.site}"]


@dataclass(frozen=True)
class Event:
    """A statement before call number `at`; `part` is the part that it belongs to, -1 for none."""

    at: int
    part: int
    kind: str
    code: str


OPTIMIZERS = {
    "SGD": "dp.optim.SGD(<P>, lr=0.05)",
    "momentum": "dp.optim.SGD(<P>, lr=0.03, momentum=0.8)",
    "nesterov": "dp.optim.SGD(<P>, lr=0.03, momentum=0.8, nesterov=True)",
    "Adam": "dp.optim.Adam(<P>, lr=0.02)",
    "AdamW": "dp.optim.AdamW(<P>, lr=0.02)",
    "RMSprop": "dp.optim.RMSprop(<P>, lr=0.02)",
    "Adagrad": "dp.optim.Adagrad(<P>, lr=0.05)",
}
LOSSES = ("nn.functional.mse_loss", "nn.MSELoss()", "(lambda o, t: (o - t).abs().mean())")
OTHER_LOSSES = (
    "nn.L1Loss()",
    "nn.SmoothL1Loss()",
    "nn.MSELoss(reduction='sum')",
    "(lambda o, t: ((o - t) ** 4).mean())",
    "functools.partial(nn.functional.mse_loss, reduction='sum')",
)
FORMS = ("train", "train, zero after", "predict", "loss", "manual")
WRAPS = ("function", "method", "bound method", "callable object", "module", "decorated", "partial")
METHODS = ("method", "bound method", "callable object", "module")
MIDDLES = {
    "nothing": "nn.Identity()",
    "dropout": "nn.Dropout(0.3)",
    "batch norm": "nn.BatchNorm1d(3)",
}


@dataclass(frozen=True)
class Plan:
    """A program."""

    calls: int = 4
    form: str = "train"
    wrap: str = "function"
    optimizer: str = "SGD"
    middle: str = "nothing"
    loss: str = LOSSES[0]
    two: bool = False
    small_batches: tuple[int, ...] = ()
    places: tuple[Chain, Chain, Chain] = (Chain("net_"), Chain("opt_"), Chain("loss_"))
    parts: tuple[Part, ...] = ()
    events: tuple[Event, ...] = field(default=())

    @property
    def pure(self) -> bool:
        return all(p.pure for p in self.parts)

    @property
    def tags(self) -> list[str]:
        """What it is made of."""
        found = [f"form:{self.form}", f"wrap:{self.wrap}", f"middle:{self.middle}"]
        found += [f"optimizer:{self.optimizer}"] if self.trains else []
        for name, place in zip(("network", "optimizer", "loss"), self.places, strict=True):
            found += [f"{name} in:{k}" for k in (place.root, *place.holders) if k != "global"]
        found += [t for p in self.parts for t in p.tags]
        found += [f"change:{e.kind}" for e in self.events]
        return found + ["two steps"] * self.two + ["batches"] * bool(self.small_batches)

    @property
    def trains(self) -> bool:
        return self.form.startswith("train")

    @property
    def has(self) -> set[str]:
        """What events may need."""
        found = {self.middle, "modes" if self.middle != "nothing" else "no modes"}
        if self.middle != "dropout" and not any(
            p.kind == "dropout layer" or "layer" in p.kind or "dropout" in p.used("h", "v")
            for p in self.parts
        ):
            found.add("no dropout")
        if self.form != "predict":
            found.add("trained")
        if self.form in ("train", "loss", "train, zero after"):
            found.add("optimizer")
            if self.form == "train":
                found.add("zeroed")
            if self.optimizer in ("SGD", "momentum", "nesterov"):
                found.add("sgd")
            if self.optimizer in ("Adam", "AdamW"):
                found.add("adam")
            if self.optimizer != "SGD":
                found.add("state")
        return found

    def placed(self, code: str) -> str:
        """A deed's code, with the network and the optimizer as the driver sees them."""
        net, opt, _ = self.places
        return code.replace("<N>", net.outer).replace("<O>", opt.outer)

    def without(self, part: int) -> Plan:
        parts = tuple(p for p in self.parts if p.id != part)
        return replace(self, parts=parts, events=tuple(e for e in self.events if e.part != part))


HEADER = """\
import array
import builtins
import collections
import contextlib
import contextvars
import copy
import dataclasses
import enum
import functools
import gc
import io
import itertools
import math
import operator
import os
import pathlib
import random
import sys
import threading
import time
import types
import typing
import weakref

import numpy as np

import denpa as dp
import denpa as torch_like
from denpa import nn
"""


def _use_at(part: Part, h: str, by: int, expression: str | None = None) -> str:
    return indent(part.used(h, part.chain.inner if expression is None else expression), by)


def _site(part: Part) -> tuple[str, str]:
    """The setup and the lines in the step."""
    found = []
    for text in SITES[part.site]:
        code = part.named(text)
        for mark, by in (("<USE>", 4), ("<USE2>", 8), ("<USE3>", 12)):
            code = code.replace(mark, _use_at(part, "t", by))
        found.append(
            code.replace("<AT H>", _use_at(part, "h", 0)).replace("<ATH>", _use_at(part, "h", 4))
        )
    return found[0], found[1]


def _network(plan: Plan) -> str:
    own, kind, layer, lines = [], [], [], []
    for p in plan.parts:
        init = p.chain.init(p.named(p.low))
        if p.chain.root in ("network", "network's own"):
            own.append(f"self.{p.named('$v')} = {init}")
        if p.chain.root == "layer":
            layer.append(f"self.b.{p.named('$v')} = {init}")
        if p.chain.root == "network's class":
            kind.append(f"{p.named('$v')} = {init}")
        if p.site == "forward":
            lines.append(_use_at(p, "h", 0))
    text = "class Base(nn.Module):\n    scale = 0.75\n\n\nclass Net(Base):\n    scale = 1.25\n"
    text += indent("\n".join(kind) + "\n") if kind else ""
    made = [
        "super().__init__()",
        "self.a = nn.Linear(4, 3)",
        f"self.mid = {MIDDLES[plan.middle]}",
        "self.b = nn.Linear(3, 3)",
        "self.act = dp.tanh",
        'self.more = nn.ModuleDict({"t": nn.Tanh()})',
        *own,
        *layer,
    ]
    text += "\n    def __init__(self):\n" + indent("\n".join(made), 8)
    text += "\n\n    def scaled(self, h):\n        return h * self.scale\n"
    run = ["h = self.act(self.mid(self.a(x)))", *lines]
    run.append('return self.more["t"](self.scaled(self.b(h)))')
    text += "\n    def forward(self, x):\n" + indent("\n".join(run), 8)
    events = " ".join(e.code for e in plan.events)
    if "OtherNet" in events:
        text += "\n\n\nclass OtherNet(Net):\n    def scaled(self, h):\n        return h * 0.25\n"
    if "Halved" in events:
        text += "\n\n\nclass Halved(nn.Linear):\n    def forward(self, x):\n"
        text += "        return super().forward(x) * 0.5\n"
    if any(c.root == "object" for c, _ in _chains(plan)):
        text += "\n\n\nclass Plain:\n    pass\n"
    equip = []
    for p in plan.parts:
        init = p.chain.init(p.named(p.low))
        if p.chain.root == "optimizer":
            equip.append(f"opt.{p.named('$v')} = {init}")
        if p.chain.root == "optimizer's group":
            equip.append(f'opt.param_groups[0]["{p.named("$v")}"] = {init}')
    text += "\n\ndef equip(opt):\n" + indent("\n".join([*equip, "return opt"]))
    text += "\n\n\nnet0 = Net()\n"
    made_opt = OPTIMIZERS[plan.optimizer].replace("<P>", "net0.parameters()")
    return text + f"opt0 = equip({made_opt})\n"


def _definition(chain: Chain, value: str) -> str:
    """The statement at module level that makes a root."""
    at, init, v = chain.prefix, chain.init(value), f"{chain.prefix}v"
    return {
        "global": f"{v} = {init}",
        "globals()": f"{v} = {init}",
        "argument": f"{v} = {init}",
        "imported module": f'{at}mod = types.ModuleType("{at}mod")\n'
        f'sys.modules["{at}mod"] = {at}mod\n{at}mod.v = {init}',
        "builtins": f"builtins.{v} = {init}",
        "class": f"class {at}Config:\n    v = {init}\n",
        "object": f"{at}config = Plain()\n{at}config.v = {init}",
        "os.environ": f'os.environ["{at}V"] = str({init})',
    }.get(
        {"import inside": "imported module", "sys.modules": "imported module"}.get(
            chain.root, chain.root
        ),
        "",
    )


def _closure(chain: Chain, value: str) -> str:
    at = chain.prefix
    return (
        f"global {at}set, {at}get\n{at}v = {chain.init(value)}\n\n"
        f"def {at}set(new):\n    nonlocal {at}v\n    {at}v = new\n\n"
        f"def {at}get():\n    return {at}v\n"
    )


def _body(plan: Plan, form: str, lines: list[str]) -> list[str]:
    net, opt, loss = (place.inner for place in plan.places)
    use = [f"h = {net}(x)", *lines]
    if form == "predict":
        return [*use, "return h"]
    use.append(f"loss = {loss}(h, y)")
    if form == "loss":
        return [*use, "return loss"]
    if form == "manual":
        return [
            *use,
            f"chosen = [p for p in {net}.parameters() if p.requires_grad]",
            "slopes = dp.autograd.grad(loss, chosen)",
            "with dp.no_grad():",
            "    for p, g in zip(chosen, slopes, strict=True):",
            "        p -= 0.05 * g",
            "return loss",
        ]
    zero = f"{opt}.zero_grad()"
    ends = ["loss.backward()", f"{opt}.step()"]
    return (
        [zero, *use, *ends, "return loss, h.detach()"]
        if form == "train"
        else [*use, *ends, zero, "return {'loss': loss, 'kept': 1}"]
    )


def _chains(plan: Plan) -> list[tuple[Chain, str]]:
    low = ("net0", "opt0", plan.loss)
    found = list(zip(plan.places, low, strict=True))
    return found + [(p.chain, p.named(p.low)) for p in plan.parts if p.kind not in AMBIENT]


def _step(plan: Plan) -> tuple[str, str]:
    """The definition of the step, and how it is called."""
    chains = _chains(plan)
    given = [c.prefix + "v" for c, _ in chains if c.root == "argument"]
    defaults = [f"{c.prefix}v={c.init(v)}" for c, v in chains if c.root == "default of the step"]
    keywords = [
        f"{c.prefix}v={c.init(v)}" for c, v in chains if c.root == "keyword default of the step"
    ]
    star = ["*"] if keywords else []
    lines = [_site(p)[1] for p in plan.parts]
    body = _body(plan, plan.form, [x for x in lines if x])
    parameters = ["x", "y", *given, *defaults, *star, *keywords]
    call = ", ".join(["x", "y", *given])
    attributes = [
        f"raw.{c.prefix}v = {c.init(v)}"
        for c, v in chains
        if c.root == "function attribute of the step"
    ]
    after = "\n".join(attributes) + "\n" if attributes else ""
    if plan.wrap in METHODS:
        base = "(nn.Module)" if plan.wrap == "module" else ""
        name = {"callable object": "__call__", "module": "forward"}.get(plan.wrap, "step")
        own = ["super().__init__()"] + [
            f"self.{c.prefix}v = {c.init(v)}" for c, v in chains if c.root == "self"
        ]
        kind = [f"{c.prefix}v = {c.init(v)}" for c, v in chains if c.root == "class of self"]
        text = f"class Trainer{base}:\n"
        text += indent("\n".join(kind) + "\n\n") if kind else ""
        text += "    def __init__(self):\n" + indent("\n".join(own), 8)
        text += f"\n\n    def {name}({', '.join(['self', *parameters])}):\n"
        text += indent("\n".join(body), 8) + f"\n\n\nraw = Trainer.{name}\n" + after
        if plan.wrap == "method":
            text += "Trainer.step = compiled(Trainer.step)\ntrainer = Trainer()\n"
            return text, f"trainer.step({call})"
        what = "trainer.step" if plan.wrap == "bound method" else "trainer"
        return text + f"trainer = Trainer()\nstep = compiled({what})\n", f"step({call})"
    text = f"def step({', '.join(parameters)}):\n" + indent("\n".join(body)) + "\n\n\nraw = step\n"
    text += after
    if plan.wrap == "decorated":
        text += (
            "\n\ndef logged(f):\n    @functools.wraps(f)\n    def run(*args, **kwargs):\n"
            "        return f(*args, **kwargs)\n    return run\n\n\nstep = compiled(logged(step))\n"
        )
    elif plan.wrap == "partial":
        text += "step = compiled(functools.partial(step, y=None))\n"
        call = ", ".join(["x", "y=y", *(f"{a}={a}" for a in given)])
    else:
        text += "step = compiled(step)\n"
    if plan.two:
        rest = _body(plan, "predict", [x for x in lines if x])
        text += f"\n\ndef other({', '.join(parameters)}):\n" + indent("\n".join(rest))
        text += "\n\n\nother = compiled(other)\n"
    return text, f"step({call})"


def source(plan: Plan) -> str:
    """The program as text."""
    chains = _chains(plan)
    kinds = [p.named(p.the_kind.setup) for p in plan.parts]
    before = [HEADER, *(c.setup for c, _ in chains), *kinds, _network(plan)]
    before += [_definition(c, v) for c, v in chains]
    sites = [_site(p)[0] for p in plan.parts]
    step, call = _step(plan)
    closed = [_closure(c, v) for c, v in chains if c.root == "closure of the step"]
    if closed:
        names = ["step", "raw", *(["Trainer", "trainer"] if plan.wrap in METHODS else [])]
        names += ["other"] if plan.two else []
        inside = [f"global {', '.join(names)}", *closed, *sites, step]
        text = "\n\n".join(x for x in before if x) + "\n\n\ndef build():\n"
        text += indent("\n".join(x for x in inside if x)) + "\n\nbuild()\n"
    else:
        text = "\n\n".join(x for x in [*before, *sites, step] if x)
    may_raise = any(p.kind == "exception" for p in plan.parts)
    lines = []
    for k in range(plan.calls):
        rows = 3 if k in plan.small_batches else 5
        lines.append(f"\n# call {k}\nx, y = batch({k}, {rows})")
        lines += [
            f"{e.code}  # {e.kind}" if "\n" not in e.code else f"# {e.kind}\n{e.code}"
            for e in plan.events
            if e.at == k
        ]
        now = call.replace("step(", "other(", 1) if plan.two and k % 3 == 2 else call
        if plan.form == "loss" and not (plan.two and k % 3 == 2):
            opt = plan.places[1].outer
            now = f"differentiated({opt}, lambda: {now})"
        lines.append(f"result(tried(lambda: {now}))" if may_raise else f"result({now})")
        if k == 1 and plan.form in ("train", "loss", "train, zero after"):
            lines.append(f"saved = copy.deepcopy({plan.places[1].outer}.state_dict())")
    return text + "\n" + "\n".join(lines) + "\n"


# -- drawing ---------------------------------------------------------------------------------------


def fits(kind: str, holders: tuple[Holder, ...], root: Root) -> bool:
    """Whether a value of a kind can be kept there."""
    if root.only and (kind not in root.only or holders):
        return False
    if root.name == "optimizer's group" and (kind not in _PLAIN or holders):
        return False
    for k, h in enumerate(holders):
        last = k == len(holders) - 1
        if h.only and (kind not in h.only if last else "container" not in h.only):
            return False
    plain = [kind in ("function", "local function") and not holders]
    binds = root.name in _BINDS_ROOTS
    for k, h in enumerate(holders):
        if binds and (h.name in _PLAIN_FUNCTIONS):
            return False
        binds = h.name in _BINDS_HOLDERS
        plain.append(k == len(holders) - 1 and kind in ("function", "local function"))
    held_by_class = binds if holders else root.name in _BINDS_ROOTS
    return not (held_by_class and kind in ("function", "local function"))


def sites_of(root: str, plan: Plan, kind: Kind) -> list[str]:
    """Where the step can use a value with that root."""
    near = ROOTS[root].near
    if near == "forward":
        return ["forward"]
    if near:
        return list(NEAR)
    found = [s for s in SITES if not (kind.rows and s in _FLAT)]
    if root == "closure of the step":
        found.remove("forward")
    if plan.form in ("predict", "manual"):
        found = [s for s in found if s not in _FLAT]
    if plan.form != "train":
        found = [s for s in found if s != "optimizer's step"]
    # A compiled function refuses the rare ones.
    return [s for s in found * 4 if s not in _RARE] + [s for s in found if s in _RARE]


def random_chain(
    rng: random.Random, prefix: str, kind: str, plan: Plan, roots: list[str] | None = None
) -> Chain:
    methods = plan.wrap in METHODS
    taken = {c.root for c, _ in _chains(plan)}
    found = roots or [r.name for r in ROOTS.values() if r.near != "method" or methods]
    for _ in range(200):
        root = rng.choice(found)
        if root == "default of the step" and root in taken:
            continue
        if root == "argument" and ("default of the step" in taken or kind in _ARRAYS):
            continue
        if ROOTS[root].near == "forward" and kind in ("network", "optimizer", "loss"):
            continue
        if "optimizer" in root and plan.form not in ("train", "train, zero after", "loss"):
            continue
        depth = rng.choice((0, 1, 1, 1, 2, 2, 3))
        holders = tuple(rng.choice(list(HOLDERS)) for _ in range(depth))
        if fits(kind, tuple(HOLDERS[h] for h in holders), ROOTS[root]):
            return Chain(prefix, root, holders)
    return Chain(prefix)


def random_part(rng: random.Random, number: int, plan: Plan, kinds: dict[str, Kind]) -> Part:
    kind = kinds[rng.choice(list(kinds))]
    chain = Chain(f"p{number}_", "global")
    if kind.name not in AMBIENT:
        chain = random_chain(rng, chain.prefix, kind.name, plan)
    sites = sites_of(chain.root, plan, kind)
    return Part(
        number,
        kind.name,
        rng.randrange(len(kind.uses)),
        rng.choice(kind.low),
        chain,
        rng.choice(sites),
    )


def suits(deed: Deed, plan: Plan) -> bool:
    return set(deed.needs) <= plan.has


def _replacement(rng: random.Random, plan: Plan, which: int) -> str:
    if which == 0:
        return "Net()"
    if which == 1:
        made = rng.choice([v for k, v in OPTIMIZERS.items() if k != plan.optimizer])
        return f"equip({made.replace('<P>', plan.places[0].outer + '.parameters()')})"
    return rng.choice(OTHER_LOSSES)


def _event(rng: random.Random, plan: Plan, at: int, quiet: bool) -> Event | None:
    where = rng.random()
    if plan.parts and where < 0.65:
        part = rng.choice(plan.parts)
        found = part.quiet() if quiet else part.changes(rng.choice(part.the_kind.high))
        if not quiet and rng.random() < 0.15:  # back to what it was
            found = part.changes(rng.choice(part.the_kind.low))
        if found:
            return Event(at, part.id, *rng.choice(found))
    elif where < 0.8 and not quiet:
        which = rng.choice([0, 1, 2] if plan.trains else [0])
        made = list(plan.places[which].changes(_replacement(rng, plan, which)))
        title, code = rng.choice(made)
        return Event(at, -1, f"{('network', 'optimizer', 'loss')[which]}:{title}", code)
    deeds = [d for d in DEEDS.values() if suits(d, plan) and d.changes is not quiet]
    deed = rng.choice(deeds)
    return Event(at, -1, f"deed:{deed.name}", plan.placed(deed.code))


def random_plan(rng: random.Random) -> Plan:
    """A program; about a quarter have effects besides computing."""
    impure = rng.random() < 0.25
    wrap = rng.choice((*WRAPS, "function", "function", "function", "method"))
    plan = Plan(
        calls=rng.randint(6, 15),
        form=rng.choice((*FORMS, "train", "train", "train")),
        wrap=wrap,
        optimizer=rng.choice(list(OPTIMIZERS)),
        middle=rng.choice(("nothing", "nothing", *MIDDLES)),
        loss=rng.choice(LOSSES),
        two=wrap == "function" and rng.random() < 0.15,
    )
    if rng.random() < 0.1:
        plan = replace(plan, small_batches=tuple(rng.sample(range(plan.calls), 2)))
    if rng.random() < 0.5:
        # Setups at module level read the network by the name net0; the step reads these.
        names = ("network", "optimizer", "loss")
        for k, name in enumerate(names):
            if rng.random() < 0.5:
                inner = [
                    r.name
                    for r in ROOTS.values()
                    if not (r.only or "optimizer" in r.name or "network" in r.name)
                    and r.near != "forward"
                    and r.name != "layer"
                    and (r.near != "method" or wrap in METHODS)
                ]
                chain = random_chain(rng, f"{name[:3]}_", name, plan, inner)
                places = list(plan.places)
                places[k] = chain
                plan = replace(plan, places=(places[0], places[1], places[2]))
    count = rng.choice((1, 1, 2, 2, 3, 4))
    for k in range(count):
        kinds = (
            {**HELD, **AMBIENT} if impure and k < 2 and (k == 0 or rng.random() < 0.3) else KINDS
        )
        part = random_part(rng, k, plan, kinds)
        plan = replace(plan, parts=(*plan.parts, part))
    quiet = rng.random() < 0.3
    events = []
    for at in sorted(rng.sample(range(2, plan.calls), rng.randint(1, min(4, plan.calls - 2)))):
        event = _event(rng, plan, at, quiet)
        if event is not None:
            events.append(event)
    return replace(plan, events=tuple(events))
