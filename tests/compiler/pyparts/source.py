"""A random Python program as text."""

from __future__ import annotations

import textwrap

from tests.compiler.pyparts.plan import (
    HOOKS,
    METHODS,
    MIDDLES,
    OPTIMIZERS,
    Chain,
    Part,
    Plan,
    chains,
)
from tests.compiler.pyparts.sites import SITES

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


def indent(text: str, by: int = 4) -> str:
    return textwrap.indent(text, " " * by)


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
    if any(c.root == "object" for c, _ in chains(plan)):
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
    text += HOOKS.get(plan.hooked, "")
    return text + f"opt0 = equip({made_opt})\n"


def _definition(chain: Chain, value: str) -> str:
    """The statement at module level that makes a root."""
    at, init, v = chain.prefix, chain.init(value), f"{chain.prefix}v"
    return {
        "global": f"{v} = {init}",
        "globals()": f"{v} = {init}",
        "alias": f"{v} = {at}other = {init}",
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


def _step(plan: Plan) -> tuple[str, str]:
    """The definition of the step, and how it is called."""
    places = chains(plan)
    given = [c.prefix + "v" for c, _ in places if c.root == "argument"]
    defaults = [f"{c.prefix}v={c.init(v)}" for c, v in places if c.root == "default of the step"]
    keywords = [
        f"{c.prefix}v={c.init(v)}" for c, v in places if c.root == "keyword default of the step"
    ]
    star = ["*"] if keywords else []
    lines = [_site(p)[1] for p in plan.parts]
    body = _body(plan, plan.form, [x for x in lines if x])
    parameters = ["x", "y", *given, *defaults, *star, *keywords]
    call = ", ".join(["x", "y", *given])
    attributes = [
        f"raw.{c.prefix}v = {c.init(v)}"
        for c, v in places
        if c.root == "function attribute of the step"
    ]
    after = "\n".join(attributes) + "\n" if attributes else ""
    if plan.wrap in METHODS:
        base = "(nn.Module)" if plan.wrap == "module" else ""
        name = {"callable object": "__call__", "module": "forward"}.get(plan.wrap, "step")
        own = ["super().__init__()"] + [
            f"self.{c.prefix}v = {c.init(v)}" for c, v in places if c.root == "self"
        ]
        kind = [f"{c.prefix}v = {c.init(v)}" for c, v in places if c.root == "class of self"]
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
    places = chains(plan)
    kinds = [p.named(p.the_kind.setup) for p in plan.parts]
    before = [HEADER, *(c.setup for c, _ in places), *kinds, _network(plan)]
    before += [_definition(c, v) for c, v in places]
    sites = [_site(p)[0] for p in plan.parts]
    step, call = _step(plan)
    closed = [_closure(c, v) for c, v in places if c.root == "closure of the step"]
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
        now = f"result(tried(lambda: {now}))" if may_raise else f"result({now})"
        lines.append(f"with dp.no_grad():\n    {now}" if plan.quiet and k % 2 else now)
        if k == 1 and plan.form in ("train", "loss", "train, zero after"):
            lines.append(f"saved = copy.deepcopy({plan.places[1].outer}.state_dict())")
    return text + "\n" + "\n".join(lines) + "\n"
