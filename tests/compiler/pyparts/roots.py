"""Where the outermost container of a Python program stands."""

from __future__ import annotations

from dataclasses import dataclass

from tests.compiler.pyparts import functions, objects, sequences
from tests.compiler.pyparts.holder import Holder

HOLDERS: dict[str, Holder] = {
    h.name: h for h in (*sequences.HOLDERS, *objects.HOLDERS, *functions.HOLDERS)
}


@dataclass(frozen=True)
class Root:
    """Where the outermost container stands: how the step reads it, how the driver does and how the
    driver replaces it. `near`: only the step itself, or only the network, sees it."""

    name: str
    inner: str
    outer: str
    replace: str
    near: str = ""
    only: tuple[str, ...] = ()


_ROOTS = [
    Root("global", "$v", "$v", "$v = <V>"),
    Root("globals()", 'globals()["$v"]', "$v", "$v = <V>"),
    Root("alias", "$v", "$other", "$v = $other = <V>"),
    Root("closure of the step", "$v", "$get()", "$set(<V>)"),
    Root("self", "self.$v", "trainer.$v", "trainer.$v = <V>", "method"),
    Root("class of self", "self.$v", "Trainer.$v", "Trainer.$v = <V>", "method"),
    Root("argument", "$v", "$v", "$v = <V>", "step"),
    Root("default of the step", "$v", "raw.__defaults__[0]", "raw.__defaults__ = (<V>,)", "step"),
    Root(
        "keyword default of the step",
        "$v",
        'raw.__kwdefaults__["$v"]',
        'raw.__kwdefaults__["$v"] = <V>',
        "step",
    ),
    Root("function attribute of the step", "raw.$v", "raw.$v", "raw.$v = <V>", "step"),
    Root("imported module", "$mod.v", "$mod.v", "$mod.v = <V>"),
    Root("import inside", '__import__("$mod").v', "$mod.v", "$mod.v = <V>"),
    Root("sys.modules", 'sys.modules["$mod"].v', "$mod.v", "$mod.v = <V>"),
    Root("builtins", "$v", "builtins.$v", "builtins.$v = <V>"),
    Root("class", "$Config.v", "$Config.v", "$Config.v = <V>"),
    Root("object", "$config.v", "$config.v", "$config.v = <V>"),
    Root("network", "net0.$v", "net0.$v", "net0.$v = <V>"),
    Root("network's own", "self.$v", "net0.$v", "net0.$v = <V>", "forward"),
    Root("network's class", "self.$v", "Net.$v", "Net.$v = <V>", "forward"),
    Root("layer", "net0.b.$v", "net0.b.$v", "net0.b.$v = <V>"),
    Root("optimizer", "opt0.$v", "opt0.$v", "opt0.$v = <V>"),
    Root(
        "optimizer's group",
        'opt0.param_groups[0]["$v"]',
        'opt0.param_groups[0]["$v"]',
        'opt0.param_groups[0]["$v"] = <V>',
    ),
    Root(
        "os.environ",
        'float(os.environ["$V"])',
        'os.environ["$V"]',
        'os.environ["$V"] = str(<V>)',
        only=("number",),
    ),
]
ROOTS: dict[str, Root] = {r.name: r for r in _ROOTS}
