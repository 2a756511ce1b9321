"""A random Python program as data: a core (network, optimizer, loss, the form of the step), parts
(a value, where it is kept, what the step does with it and where), and events between the calls. A
part or an event can be left out, which makes a program small.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tests.compiler.pyparts import numbers, tensors
from tests.compiler.pyparts.effects import AMBIENT, HELD
from tests.compiler.pyparts.kind import Kind
from tests.compiler.pyparts.roots import HOLDERS, ROOTS
from tests.compiler.pyparts.sites import SITE_CHANGES

KINDS: dict[str, Kind] = {k.name: k for k in (*numbers.KINDS, *tensors.KINDS)}

# Kinds of which an equal one can be made again.
PLAIN = {"number", "flag", "typed", "optional", "text", "array", "indices", "matrix"}
PLAIN |= {"numbers", "pairs", "members"}


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

    def patches(self) -> list[tuple[str, str]]:
        """Replacements of the functions and classes around the use."""
        found = SITE_CHANGES.get(self.site, ())
        return [(f"patch:{self.site}:{title}", self.named(code)) for title, code in found]

    def quiet(self) -> list[tuple[str, str]]:
        """Changes that should not matter."""
        if self.kind in AMBIENT:
            return []
        found = list(self.chain.extras())
        for a, b in self.the_kind.equals:
            if a == self.low:
                found += [(f"equal:{title}", code) for title, code in self.chain.changes(b)]
        if self.kind in PLAIN:
            same = self.chain.changes(self.named(self.low))
            found += [(f"same:{title}", code) for title, code in same if "shadow" not in title]
        return found

    @property
    def tags(self) -> list[str]:
        found = [f"kind:{self.kind}", f"use:{self.kind}:{self.the_kind.uses[self.use][0]}"]
        if self.kind not in AMBIENT:
            found += [f"root:{self.chain.root}", *(f"holder:{h}" for h in self.chain.holders)]
        return [*found, f"site:{self.site}"]


# Where a compiled function may as well say that it runs eagerly: nobody keeps a setting there, or
# nothing can be found out about it. These are drawn seldom, and count in no share.
STRANGE = {
    "root:globals()",
    "root:import inside",
    "root:sys.modules",
    "root:builtins",
    "holder:array of objects",
    "holder:memoryview",
    "holder:threading.local",
    "holder:context variable",
    "holder:__getattribute__",
    "holder:singledispatch",
    "site:sys.modules",
    "site:autograd function",
    "use:text:globals",
}


@dataclass(frozen=True)
class Event:
    """A statement before call number `at`; `part` is the part that it belongs to, -1 for none."""

    at: int
    part: int
    kind: str
    code: str


# With eps, since a bias before batch norm has a gradient of rounding errors alone.
OPTIMIZERS = {
    "SGD": "dp.optim.SGD(<P>, lr=0.05)",
    "momentum": "dp.optim.SGD(<P>, lr=0.03, momentum=0.8)",
    "nesterov": "dp.optim.SGD(<P>, lr=0.03, momentum=0.8, nesterov=True)",
    "Adam": "dp.optim.Adam(<P>, lr=0.02, eps=1e-3)",
    "AdamW": "dp.optim.AdamW(<P>, lr=0.02, eps=1e-3)",
    "RMSprop": "dp.optim.RMSprop(<P>, lr=0.02, eps=1e-3)",
    "Adadelta": "dp.optim.Adadelta(<P>, lr=0.5, eps=1e-3)",
    "Adagrad": "dp.optim.Adagrad(<P>, lr=0.05, eps=1e-3)",
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


HOOKS = {
    "forward hook": "handle = net0.b.register_forward_hook(lambda m, i, o: o * 0.75)\n",
    "pre-hook": "handle = net0.b.register_forward_pre_hook(lambda m, i: (i[0] * 0.75,))\n",
    "tensor hook": "handle = net0.b.bias.register_hook(lambda g: g * 3)\n",
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
    quiet: bool = False  # every second call is in no_grad
    hooked: str = ""
    small_batches: tuple[int, ...] = ()
    places: tuple[Chain, Chain, Chain] = (Chain("net_"), Chain("opt_"), Chain("loss_"))
    parts: tuple[Part, ...] = ()
    events: tuple[Event, ...] = field(default=())

    @property
    def pure(self) -> bool:
        return all(p.pure for p in self.parts)

    @property
    def strange(self) -> bool:
        found = {t for p in self.parts for t in p.tags}
        for place in self.places:
            found |= {f"root:{place.root}", *(f"holder:{h}" for h in place.holders)}
        # An argument that requires a gradient and has one makes a call eager.
        gradient = any(p.kind == "parameter" and p.chain.root == "argument" for p in self.parts)
        return gradient or bool(found & STRANGE)

    @property
    def tags(self) -> list[str]:
        """What it is made of."""
        found = [f"form:{self.form}", f"wrap:{self.wrap}", f"middle:{self.middle}"]
        found += [f"optimizer:{self.optimizer}"] if self.trains else []
        for name, place in zip(("network", "optimizer", "loss"), self.places, strict=True):
            found += [f"{name} in:{k}" for k in (place.root, *place.holders) if k != "global"]
        found += [t for p in self.parts for t in p.tags]
        found += [f"change:{e.kind}" for e in self.events]
        found += [f"hooked:{self.hooked}"] * bool(self.hooked)
        found += ["two steps"] * self.two + ["no_grad"] * self.quiet
        return found + ["batches"] * bool(self.small_batches)

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
        if self.hooked:
            found |= {"hooked", self.hooked}
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


def chains(plan: Plan) -> list[tuple[Chain, str]]:
    low = ("net0", "opt0", plan.loss)
    found = list(zip(plan.places, low, strict=True))
    return found + [(p.chain, p.named(p.low)) for p in plan.parts if p.kind not in AMBIENT]
