"""Optimizers in PyTorch's manner: made with parameters, called as step() without arguments,
or with the gradients."""

from __future__ import annotations

import copy
import inspect
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from denpa.check.optimizers import holders, networks
from denpa.check.optimizers.calls import settings
from denpa.check.optimizers.holders import Boxed, Holder, Parameter
from denpa.check.optimizers.reading import UpdateCode
from denpa.check.optimizers.style import Advance, Arrays, Style
from denpa.core.errors import ArgumentError
from denpa.words import say


def _torch() -> Any:
    return sys.modules.get("torch")  # whoever gives a torch optimizer has imported it


def is_library(x: Any) -> bool:
    """Whether x is an optimizer of Denpa or PyTorch."""
    torch, ours = _torch(), sys.modules.get("denpa.optim.optimizer")
    own = ours is not None and isinstance(x, ours.Optimizer)
    return own or (torch is not None and isinstance(x, torch.optim.Optimizer))


def _is_denpa(p: Any) -> bool:
    """Whether it is a tensor of Denpa, which whoever gives one has loaded."""
    engine = sys.modules.get("denpa.autodiff.tensor")
    return engine is not None and isinstance(p, engine.Tensor)


def _denpa(a: np.ndarray) -> Any:
    from denpa.autodiff.tensor import tensor_of

    return tensor_of(a).requires_grad_()


def _write(p: Any, value: np.ndarray) -> None:
    if _is_denpa(p):
        np.copyto(p._held(), value)
    elif isinstance(p.data, np.ndarray):
        p.data = np.array(value, p.data.dtype)
    else:
        p.data.copy_(_torch().from_numpy(np.array(value)))


def _read(p: Any) -> np.ndarray:
    if _is_denpa(p):
        return np.array(p._held())
    if isinstance(p.data, np.ndarray) or not hasattr(p.data, "detach"):
        return np.array(p.data)
    return np.array(p.data.detach().cpu().numpy())


def _give(p: Any, g: np.ndarray) -> None:
    """Set the gradient; where it can be, the array itself."""
    if _is_denpa(p):
        from denpa.autodiff.tensor import tensor_of

        p.grad = tensor_of(g.astype(_read(p).dtype, copy=False))
    elif isinstance(p, Parameter):
        holders.give(p, g)
    elif isinstance(p.data, np.ndarray):
        p.grad = g
    else:
        p.grad = _torch().from_numpy(g).to(p.dtype)


class OfHandles(Style):
    """An optimizer over objects that hold their values and gradients."""

    def __init__(self, source: Any, shown: Any, make: Callable[[np.ndarray], Any] | None) -> None:
        self.source, self.shown, self.make = source, shown, make
        self.held = None if make else _own(source)
        if self.held is not None:
            self.shapes = {f"p{k}": _read(p).shape for k, p in enumerate(self.held)}
            self.like = False
        self.now: Any = None

    def begin(self, start: Arrays) -> Advance:
        """See `Style`."""
        if self.make is None:
            self.now = copy.deepcopy(self.source)
            ps = _own(self.now)
            for p, a in zip(ps, start.values(), strict=True):
                _write(p, a)
        else:
            ps = [self.make(a.copy()) for a in start.values()]
            self.now = self.source(ps)
            if not callable(getattr(self.now, "step", None)):
                raise ArgumentError(
                    say(
                        "the factory returned {now!r}; an optimizer with step() was expected",
                        now=self.now,
                    )
                )

        def advance(grads: Mapping[str, Any]) -> dict[str, Any]:
            before = [_read(p) for p in ps]
            for p, g in zip(ps, grads.values(), strict=True):
                _give(p, g)
            self.now.step()
            after = [_read(p) for p in ps]
            lost = all(np.array_equal(a, b) for a, b in zip(after, before, strict=True))
            return {n: None if lost else a for n, a in zip(grads, after, strict=True)}

        return advance

    def seen(self) -> dict[str, Any]:
        """See `Style`."""
        groups = getattr(self.now, "param_groups", None)
        own = settings(self.now)
        options = dict(groups[0]) if isinstance(groups, list) and groups else {}
        if options.get("momentum") == 0:  # PyTorch's way to have none
            options.pop("momentum")
        return own | options

    def code(self) -> UpdateCode | None:
        """See `Style`."""
        kind = type(self.now)
        library = kind.__module__.partition(".")[0] in ("torch", "denpa")
        return None if library else UpdateCode(kind)


class OfHolder(Style):
    """An optimizer that is made with parameters, layers or a network, or set up with one, and
    called as step(), or as step(grads) with their gradients."""

    def __init__(
        self, make: Callable[[Any], Any], kind: type, method: str, holder: type[Holder], role: str
    ) -> None:
        self.make, self.kind, self.method = make, kind, method
        self.holder, self.role = holder, role
        self.shapes = holder.shaped(UpdateCode(kind))
        self.now: Any = None

    def begin(self, start: Arrays) -> Advance:
        """See `Style`."""
        held = self.holder(start, UpdateCode(self.kind))
        held.give({n: np.zeros_like(a) for n, a in start.items()})
        if self.role == "setup":
            self.now = copy.deepcopy(self.make)
            self.now.setup(held.calls()[0]["model"])
        else:
            self.now = self.make(held.calls()[0][self.role])
        wants = [
            p
            for p in inspect.signature(getattr(self.now, self.method)).parameters.values()
            if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD
        ]

        def values() -> dict[str, Any]:
            own = next(
                (
                    x
                    for n in ("params", "parameters", "weights")
                    if (x := getattr(self.now, n, None)) is not None
                ),
                None,
            )
            plain = self.holder in (holders.Dicts, holders.Lists)
            if plain and isinstance(own, (dict, list)) and len(own) == len(held.names):
                held.take(0, own)
            return held.read()

        def advance(grads: Mapping[str, Any]) -> dict[str, Any]:
            before = {n: np.array(a) for n, a in values().items()}
            held.give(grads)
            if self.role in ("model", "setup"):
                held.calls()
            given = [held.calls()[0]["grads"]] if wants else []
            result = getattr(self.now, self.method)(*given)
            if given:
                held.take(0, result)
            after = values()
            lost = all(np.array_equal(a, before[n]) for n, a in after.items())
            return {n: None if lost else a for n, a in after.items()}

        return advance

    def seen(self) -> dict[str, Any]:
        """See `Style`."""
        return settings(self.now)

    def code(self) -> UpdateCode | None:
        """See `Style`."""
        return UpdateCode(self.kind)


def _own(obj: Any) -> list[Any]:
    """The parameters that an optimizer holds."""
    groups = getattr(obj, "param_groups", None)
    if isinstance(groups, list):
        return [p for group in groups for p in group["params"]]
    for name in ("params", "parameters", "weights"):
        held = getattr(obj, name, None)
        found = list(held.values()) if isinstance(held, dict) else held
        if isinstance(found, list) and found and all(hasattr(p, "grad") for p in found):
            return found
    raise ArgumentError(
        say(
            "{kind} has step() but no list `params` of objects with .data and .grad; give a "
            "factory: lambda params: Adam(params, lr=0.01)",
            kind=type(obj).__name__,
        )
    )


_NETWORKS = (networks.Layers, networks.ModelDicts, networks.ModelObjects, networks.PlainNetwork)


def handled(source: Any, shown: Any, role: str = "params") -> list[Style]:
    """Styles for an optimizer that has its parameters, or for a function that makes one of them;
    `role` says what it is made with."""
    if role == "setup":
        return [OfHolder(source, shown, "update", h, role) for h in _NETWORKS[:1:-1]]
    if callable(getattr(source, "step", None)):
        return [OfHandles(source, shown, None)]
    known = isinstance(shown, type)
    for method in ("step", "update", "update_params", "apply"):
        f = getattr(shown, method, None) if known else None
        if not inspect.isfunction(f):
            continue
        wanted = list(inspect.signature(f).parameters.values())[1:]
        if role in ("model", "layers"):
            kinds = (networks.Layers,) if role == "layers" else _NETWORKS
            return [OfHolder(source, shown, method, h, role) for h in kinds]
        if [p.default is p.empty for p in wanted] == [True]:  # the gradients, not a closure=None
            return [
                OfHolder(source, shown, method, h, role)
                for h in (holders.Dicts, holders.Keyed, holders.Lists)
            ]
    makers: list[Callable[[np.ndarray], Any]] = [Parameter, _denpa, Boxed]
    torch = _torch()
    if torch is not None:
        makers.append(lambda a: torch.from_numpy(a).requires_grad_())
    ours = sys.modules.get("denpa.optim.optimizer")
    if known and ours is not None and issubclass(shown, ours.Optimizer):
        makers = [_denpa]
    elif known and torch is not None and issubclass(shown, torch.optim.Optimizer):
        makers = makers[-1:]
    return [OfHandles(source, shown, make) for make in makers]
