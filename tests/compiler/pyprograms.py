"""Random Python programs that train or predict, made from independent parts."""

from __future__ import annotations

import random
from dataclasses import replace

from tests.compiler.pyparts.deeds import DEEDS, Deed
from tests.compiler.pyparts.effects import AMBIENT, HELD
from tests.compiler.pyparts.holder import Holder
from tests.compiler.pyparts.kind import Kind
from tests.compiler.pyparts.plan import (
    FORMS,
    HOOKS,
    KINDS,
    LOSSES,
    METHODS,
    MIDDLES,
    OPTIMIZERS,
    OTHER_LOSSES,
    PLAIN,
    WRAPS,
    Chain,
    Event,
    Part,
    Plan,
    chains,
)
from tests.compiler.pyparts.roots import HOLDERS, ROOTS, Root
from tests.compiler.pyparts.sites import FLAT, NEAR, SITES

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
_BINDS_HOLDERS = {"class attribute", "metaclass"}
_BINDS_ROOTS = {"class of self", "network's class"}
# Arrays among the arguments of a compiled function are tensors in it; it says so.
_ARRAYS = {"array", "indices", "matrix", "written array"}


def fits(kind: str, holders: tuple[Holder, ...], root: Root) -> bool:
    """Whether a value of a kind can be kept there."""
    if root.only and (kind not in root.only or holders):
        return False
    if root.name == "optimizer's group" and (kind not in PLAIN or holders):
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
    found = [s for s in SITES if not (kind.rows and s in FLAT)]
    if root == "closure of the step":
        found.remove("forward")
    if plan.form in ("predict", "manual"):
        found = [s for s in found if s not in FLAT]
    if plan.form != "train":
        found = [s for s in found if s != "optimizer's step"]
    return found


def random_chain(
    rng: random.Random, prefix: str, kind: str, plan: Plan, roots: list[str] | None = None
) -> Chain:
    methods = plan.wrap in METHODS
    taken = {c.root for c, _ in chains(plan)}
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
        if root == "argument" and any(h.startswith(("array ", "array,")) for h in holders):
            continue
        if fits(kind, tuple(HOLDERS[h] for h in holders), ROOTS[root]):
            return Chain(prefix, root, holders)
    return Chain(prefix)


def random_part(rng: random.Random, number: int, plan: Plan, kinds: dict[str, Kind]) -> Part:
    weights = [{"number": 6, "array": 3, "function": 2, "tensor": 2}.get(k, 1) for k in kinds]
    kind = kinds[rng.choices(list(kinds), weights)[0]]
    chain = Chain(f"p{number}_", "global")
    if kind.name not in AMBIENT:
        chain = random_chain(rng, chain.prefix, kind.name, plan)
    sites = sites_of(chain.root, plan, kind)
    low = rng.choice(kind.low)
    if kind.equals and rng.random() < 0.2:
        low = rng.choice(kind.equals)[0]
    return Part(
        number,
        kind.name,
        rng.randrange(len(kind.uses)),
        low,
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
        closed = any(c.root == "closure of the step" for c, _ in chains(plan))
        if not quiet and not closed and part.patches() and rng.random() < 0.2:
            found = part.patches()
        elif not quiet and rng.random() < 0.15:  # back to what it was
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
    plan = _plan(rng)
    while plan.strange and rng.random() < 0.9:
        plan = _plan(rng)
    return plan


def _plan(rng: random.Random) -> Plan:
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
        hooked=rng.choice(list(HOOKS)) if rng.random() < 0.1 else "",
    )
    if plan.form == "predict" and rng.random() < 0.3:
        plan = replace(plan, quiet=True)
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
