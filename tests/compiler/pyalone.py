"""Each part of the generator of Python programs alone: small programs of one value in one place,
used in one way and changed in one way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.compiler.pyparts.deeds import DEEDS
from tests.compiler.pyparts.effects import AMBIENT, HELD
from tests.compiler.pyparts.plan import KINDS, MIDDLES, OTHER_LOSSES, Chain, Event, Part, Plan
from tests.compiler.pyparts.roots import HOLDERS, ROOTS
from tests.compiler.pyparts.sites import SITES
from tests.compiler.pyprograms import fits, suits
from tests.compiler.pyrun import judged

Named = tuple[str, Plan]


def _plan(part: Part, event: tuple[str, str] | None = None, **more: Any) -> Plan:
    events = (Event(2, part.id, *event),) if event else ()
    return Plan(calls=4, parts=(part,), events=events, **more)


def _wrap(root: str) -> str:
    return "method" if ROOTS[root].near == "method" else "function"


def _part(kind: str, use: int, low: str, root: str, holders: tuple[str, ...], site: str) -> Part:
    return Part(0, kind, use, low, Chain("p0_", root, holders), site)


def _kind_for(name: str) -> str:
    only = HOLDERS[name].only
    return "number" if not only or "number" in only else only[0]


def holders() -> Iterator[Named]:
    """Every holder with every change of what it holds, and replaced."""
    for name in HOLDERS:
        kind = KINDS[_kind_for(name)]
        part = _part(kind.name, 0, kind.low[0], "global", (name,), "inline")
        for title, code in part.changes(kind.high[0]):
            yield f"holder:{name}:{title.split(':')[-1]}", _plan(part, (title, code))


def roots() -> Iterator[Named]:
    """Every root, replaced, and a list in it changed in place."""
    number = KINDS["number"]
    for name, root in ROOTS.items():
        site = "forward" if root.near == "forward" else "inline"
        for inside in ((), ("list",)):
            if not fits("number", tuple(HOLDERS[h] for h in inside), root):
                continue
            part = _part("number", 0, number.low[0], name, inside, site)
            for title, code in part.changes(number.high[0])[: 1 + len(inside)]:
                where = "".join(f" of a {h}" for h in inside)
                yield f"root:{name}, {title}{where}", _plan(part, (title, code), wrap=_wrap(name))


def uses() -> Iterator[Named]:
    """Every use of every kind of value, replaced."""
    for kind in KINDS.values():
        for k, (name, _) in enumerate(kind.uses):
            part = _part(kind.name, k, kind.low[0], "global", (), "inline")
            change = part.changes(kind.high[0])[0]
            yield f"use:{kind.name}:{name}", _plan(part, change)


def edits() -> Iterator[Named]:
    """Every change in place of a value, with its first use."""
    for kind in KINDS.values():
        part = _part(kind.name, 0, kind.low[0], "global", ("list",), "inline")
        for title, code in part.changes(kind.high[0]):
            if title.startswith("edit"):
                yield title, _plan(part, (title, code))


def sites() -> Iterator[Named]:
    """Every place in the step, of a number in a dict."""
    number = KINDS["number"]
    for site in SITES:
        part = _part("number", 0, number.low[0], "global", ("dict",), site)
        yield f"site:{site}", _plan(part, part.changes(number.high[0])[1])


def patches() -> Iterator[Named]:
    """Every function or class around a use, replaced."""
    number = KINDS["number"]
    for site in SITES:
        part = _part("number", 0, number.low[0], "global", (), site)
        for title, code in part.patches():
            yield title, _plan(part, (title, code))


def equals() -> Iterator[Named]:
    """Values replaced by equal ones of another type or layout."""
    for kind in KINDS.values():
        for a, b in kind.equals:
            for k, (name, _) in enumerate(kind.uses):
                part = _part(kind.name, k, a, "global", (), "inline")
                yield f"equal:{kind.name}:{name}: {a}, {b}", _plan(part, ("equal", f"p0_v = {b}"))


def deeds() -> Iterator[Named]:
    """Everything that is done to the network or the optimizer between calls."""
    for deed in DEEDS.values():
        for optimizer in ("SGD", "momentum", "Adam"):
            plans = [
                Plan(middle=m, optimizer=optimizer, hooked=h)
                for m in MIDDLES
                for h in ("", "forward hook")
            ]
            plan = next((p for p in plans if suits(deed, p)), None)
            if plan is not None:
                # Late enough that the optimizer's state differs from what was saved.
                event = Event(4, -1, f"deed:{deed.name}", plan.placed(deed.code))
                yield f"deed:{deed.name}", replace(plan, calls=7, events=(event,))
                break


def replaced() -> Iterator[Named]:
    """The network, the optimizer and the loss themselves, in some places."""
    made = ("Net()", "equip(dp.optim.Adam(net0.parameters(), lr=0.1))", OTHER_LOSSES[0])
    for k, (name, new) in enumerate(zip(("network", "optimizer", "loss"), made, strict=True)):
        for root in ("global", "closure of the step", "self", "argument", "imported module"):
            for inside in ((), ("list",), ("object",), ("partial",), ("dict", "object")):
                chains = [Chain("net_"), Chain("opt_"), Chain("loss_")]
                chains[k] = Chain(chains[k].prefix, root, inside)
                for title, code in chains[k].changes(new):
                    yield (
                        f"{name}:{title} ({root})",
                        Plan(
                            wrap=_wrap(root),
                            places=(chains[0], chains[1], chains[2]),
                            events=(Event(2, -1, f"{name}:{title}", code),),
                        ),
                    )


def effects() -> Iterator[Named]:
    """Every effect, once in the step and once in a hook."""
    for kind in (*HELD.values(), *AMBIENT.values()):
        for k, (name, _) in enumerate(kind.uses):
            for site in ("inline", "function", "forward hook"):
                inside = () if kind.name in AMBIENT else ("object",)
                part = _part(kind.name, k, kind.low[0], "global", inside, site)
                changes = [c for c in part.changes(kind.high[0]) if c[0].startswith("edit")]
                for change in (None, *changes):
                    label = f", {change[0].split(':')[-1]}" if change else ""
                    yield f"effect:{kind.name}:{name} ({site}){label}", _plan(part, change)
        if kind.name == "iterator":
            for low in kind.low:
                yield (
                    f"effect:iterator:{low}",
                    _plan(_part("iterator", 0, low, "global", (), "inline")),
                )


FAMILIES: dict[str, Callable[[], Iterator[Named]]] = {
    "roots": roots,
    "holders": holders,
    "uses": uses,
    "edits": edits,
    "sites": sites,
    "patches": patches,
    "equals": equals,
    "deeds": deeds,
    "replaced": replaced,
    "effects": effects,
}


def table(compiled: Callable[[Any], Any]) -> int:
    """Run every one and print those that are not `ok compiled`; 1 if any is wrong."""
    bad = 0
    for family, make in FAMILIES.items():
        counts: Counter[str] = Counter()
        lines = []
        for name, plan in make():
            verdict = judged(plan, compiled)
            counts[verdict.kind] += 1
            if verdict.kind != "ok compiled":
                lines.append(f"  {verdict.kind:9} {name}: {verdict.text.splitlines()[0][:90]}")
        bad += counts["wrong"] + counts["crashed"]
        print(f"{family}: {', '.join(f'{n} {k}' for k, n in counts.most_common())}")
        print("\n".join(lines))
    return 1 if bad else 0
