"""Modules with their loss, of Denpa and of PyTorch: does the engine return what differences say.

The module is copied and made float64, so that the user's own stays as it is. Each evaluation
starts from the same random numbers (dropout draws one mask) and the same buffers (batch norm's
running statistics). What can be wrong is a Function that somebody wrote, a graph that is cut
(detach, .data, NumPy in the middle), or a parameter that no list of parameters holds.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from denpa.check.frameworks.base import Framework, patched
from denpa.check.remarks import Said
from denpa.check.subject import GradientRule, InnerLayer, Values
from denpa.check.subjects.closed import closed
from denpa.check.subjects.function import OfFunction
from denpa.check.subjects.tensors import Tensors, names_of, recorded
from denpa.core.errors import ArgumentError
from denpa.words import say

_SHIFT = 0.01  # how far zeros are moved: many times a difference's step, little beside a weight


class Network(Tensors):
    """A module, or any callable of tensors, whose output may go on into a loss."""

    def __init__(
        self,
        framework: Framework,
        net: Any,
        arguments: Sequence[Any],
        *,
        loss: Callable[..., Any] | None = None,
        targets: Sequence[Any] = (),
        title: str = "",
        shift: bool = False,
        dtypes: Sequence[str] = ("float64", ""),
    ) -> None:
        forward = net.forward if isinstance(net, framework.Module) else net
        title = title or getattr(net, "__name__", type(net).__name__)
        self.given = closed(framework, net)
        super().__init__(framework, arguments, names_of(forward, len(arguments)), title)
        self.targets = [_held(framework, t) for t in targets]
        self.loss_given: Any = loss
        self.recording, self.fresh = False, False
        self.override: tuple[Any, Callable[..., Any]] | None = None
        self._start(dtypes)
        arrays = {n: framework.array(p).astype(np.float64) for n, p in self.parameters.items()}
        taken = {f"input {n}" if n in arrays else n: n for n in self.slots.values()}
        self.slots = {k: f"input {n}" if n in arrays else n for k, n in self.slots.items()}
        self.inputs = tuple(self.slots.values())
        self.values = {n: self.values[old] for n, old in taken.items()} | arrays
        if not self.values:
            raise ArgumentError(
                say(
                    "{title} has no parameter that requires a gradient, and no argument is an "
                    "array of floats, so there is nothing to differentiate",
                    title=self.title,
                )
            )
        self.rows = {n: arrays[n][k] for n, k in self.still.items() if n in arrays}
        if self.rows:
            shown = ", ".join(f"{n}[{self.still[n]}]" for n in self.rows)
            said = Said(
                "{shown} is padding (padding_idx), which gets no gradient on purpose; it "
                "was left as it is",
                shown=shown,
            )
            self.said = (*self.said, said)
        if shift or self.given is not net:
            self._shift()
        if not np.array_equal(self.forward(self.values), self.forward(self.values), equal_nan=True):
            self.fresh = True  # something is kept from call to call; an unseeded call stays random
            first, second = self.forward(self.values), self.forward(self.values)
            if np.array_equal(first, second, equal_nan=True):
                said = Said(
                    "the module keeps something from one call to the next; each evaluation "
                    "began with a fresh copy"
                )
                self.said = (*self.said, said)

    def _start(self, dtypes: Sequence[str]) -> None:
        """Copy the module in the first dtype in which it runs: some code is float32 by itself."""
        first: Exception | None = None
        for dtype in dtypes:
            for self.recording in (False, True):  # True: forward itself asks for gradients
                self._copy(dtype)
                try:
                    with self.framework.fixed(self.dtype):
                        self.call(self.arguments(self.values))
                except Exception as error:
                    first = error if first is None or not dtype else first
                    continue
                return
        assert first is not None
        raise first

    def _copy(self, dtype: str) -> None:
        framework, self.net, self.loss = self.framework, self.given, self.loss_given
        self.parameters: dict[str, Any] = {}
        self.buffers: list[Any] = []
        self.outside: list[str] = []
        self.still: dict[str, int] = {}  # rows of parameters that get no gradient on purpose
        self.dtype = dtype or "float32"
        if isinstance(self.net, framework.Module):
            self.net = copy.deepcopy(self.given).train()
            held = {n: p for n, p in self.net.named_parameters() if p.requires_grad}
            lost = dict(_unregistered(framework, self.net))
            if dtype:
                for m in (self.net, *lost.values()):
                    if isinstance(m, framework.Module):
                        m.to(getattr(framework, dtype))
            else:
                kinds = {str(p.dtype).removeprefix("torch.") for p in held.values()}
                self.dtype = kinds.pop() if len(kinds) == 1 else "float32"
            self.parameters = {n: p for n, p in self.net.named_parameters() if p.requires_grad}
            for name, x in lost.items():
                inner = [(name, x)]
                if isinstance(x, framework.Module):
                    inner = [(f"{name}.{n}", p) for n, p in x.named_parameters()]
                new = {n: p for n, p in inner if not any(p is q for q in self.parameters.values())}
                self.parameters |= new
                self.outside += new
            for n, m in self.net.named_modules():
                if getattr(m, "padding_idx", None) is not None:
                    self.still[f"{n}.weight" if n else "weight"] = m.padding_idx
            self.buffers = [(b, framework.array(b)) for b in self.net.buffers()]
        if isinstance(self.loss, framework.Module):
            self.loss = copy.deepcopy(self.loss)
            self.loss = self.loss.to(getattr(framework, dtype)) if dtype else self.loss
        if self.outside:
            name = self.outside[0].split("[")[0].split(".")[0]
            self.said = (
                Said(
                    "{name} is a plain list or dict: parameters() does not find what is in it, "
                    "so that no optimizer moves it; use ModuleList, ModuleDict or ParameterList",
                    name=name,
                ),
            )

    def _shift(self) -> None:
        """Move zeros a little: with biases of 0, black pixels put a whole layer exactly on the kink
        of its rectifier, where no derivative exists."""
        rng, moved = np.random.default_rng(0), []
        for name, a in self.values.items():
            zero = a == 0
            if name in self.rows:
                zero[self.still[name]] = False
            if zero.any():
                away = np.abs(rng.standard_normal(a.shape)) * _SHIFT + _SHIFT / 10
                self.values[name] = np.where(zero, away, a)
                moved.append(name)
        if moved:
            shown = ", ".join(moved[:4]) + (", …" if len(moved) > 4 else "")
            said = Said(
                "zeros in {shown} were replaced by numbers near {size}, since a "
                "rectifier has no derivative at 0",
                shown=shown,
                size=_SHIFT,
            )
            self.said = (*self.said, said)

    # -- running -----------------------------------------------------------------------------------

    def call(self, arguments: Sequence[Any]) -> Any:
        """The output for tensors, recorded or not."""
        net, loss = self.net, self.loss
        with nullcontext() if self.recording else self.framework.no_grad():
            y = net(*arguments)
            if loss is not None:
                y = loss(y, *(self._target(t) for t in self.targets))
            return self.one(y, "the loss" if loss is not None else "it")

    def _target(self, t: Any) -> Any:
        """A target as a tensor: whole numbers stay whole."""
        if not isinstance(t, np.ndarray):
            return t
        return self.framework.tensor(t.astype(self.dtype) if t.dtype.kind == "f" else t)

    def _written(self, values: Values) -> Network:
        """Itself, or a copy, with these parameters and the first buffers."""
        twin, kind = self, self.kind(values)
        if self.fresh or kind != self.dtype:
            twin = copy.copy(self)
            twin._copy(kind)
        for name, p in twin.parameters.items():
            p.detach().numpy()[...] = values[name]
            if name in self.rows:
                p.detach().numpy()[self.still[name]] = self.rows[name]
        for b, kept in twin.buffers:
            b.detach().numpy()[...] = kept
        return twin

    def forward(self, values: Values) -> np.ndarray:
        """See `Subject`."""
        with self.framework.fixed(self.kind(values)):
            twin = self._written(values)
            return self.framework.array(twin.call(self.arguments(values)))

    def backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        framework = self.framework
        with framework.fixed(self.kind(values)), framework.enable_grad(), self._overridden():
            twin = copy.copy(self._written(values))
            twin.recording = True
            given = self.arguments(values)
            leaves = {}
            for k, name in self.slots.items():
                leaves[name] = given[k].requires_grad_(True)
            # An operation in place is not allowed on a leaf, and would change it; on a copy it is.
            for k in self.slots:
                given[k] = given[k].clone()
            leaves |= {n: p for n, p in twin.parameters.items() if n not in twin.outside}
            for p in leaves.values():
                p.requires_grad_(True)
            y = twin.call(given)
            self._alike(values, framework.array(y))
            found: Sequence[Any] = [None] * len(leaves)
            if y.requires_grad:
                g = framework.tensor(np.asarray(upstream).astype(framework.array(y).dtype))
                found = framework.grad(y, list(leaves.values()), g, allow_unused=True)
        claims = {
            n: None if g is None else framework.array(g) for n, g in zip(leaves, found, strict=True)
        }
        return self.known(values, {**claims, **dict.fromkeys(self.outside)})

    def _alike(self, values: Values, y: np.ndarray) -> None:
        """Random numbers of another precision are other ones: then nothing is to be learnt from
        float32. Errors: ArgumentError."""
        if self.kind(values) == self.dtype:
            return
        if self.framework.drawn():
            raise ArgumentError(
                say("{title} draws random numbers: others in each precision", title=self.title)
            )
        exact = self.forward({k: np.asarray(a, np.float64) for k, a in values.items()})
        if np.linalg.norm(y - exact) > 0.05 * max(float(np.linalg.norm(exact)), 1e-12):
            raise ArgumentError(
                say("{title} gives other numbers in float32 than in float64", title=self.title)
            )

    def _overridden(self) -> Any:
        return (
            nullcontext()
            if self.override is None
            else patched(self.override[0], "backward", self.override[1])
        )

    # -- what is inside ----------------------------------------------------------------------------

    def _calls(self, values: Values) -> list[tuple[str, Any, tuple[Any, ...]]]:
        """Layers and Functions with the arguments that reached them, in the order of their runs."""
        calls: list[tuple[Any, tuple[Any, ...]]] = []
        framework = self.framework
        with framework.fixed(self.kind(values)), recorded(framework, calls):
            twin = self._written(values)
            names: dict[int, str] = {}
            handles: list[Any] = []
            before = 0

            def entered(module: Any, given: tuple[Any, ...]) -> None:
                nonlocal before
                kept = (framework.array(x) if isinstance(x, framework.Tensor) else x for x in given)
                calls.append((module, tuple(kept)))
                before = len(calls)

            def left(module: Any, given: Any, result: Any) -> None:
                del calls[before:]  # Functions in it are its own parts

            if isinstance(twin.net, framework.Module):
                for name, module in twin.net.named_modules():
                    if name and not list(module.children()):
                        names[id(module)] = name
                        handles.append(module.register_forward_pre_hook(entered))
                        handles.append(module.register_forward_hook(left))
            try:
                twin.call(self.arguments(values))
            finally:
                for handle in handles:
                    handle.remove()
        return [(names.get(id(what), ""), what, given) for what, given in calls]

    def parts(self, values: Values) -> list[InnerLayer]:
        """See `Subject`."""
        found: dict[int, InnerLayer] = {}
        runs: dict[int, int] = {}
        for name, what, given in self._calls(values):
            runs[id(what)] = runs.get(id(what), 0) + 1
            if id(what) in found:
                continue
            kind = what.__name__ if self.framework.is_function(what) else type(what).__name__
            title = f"{name} ({kind})" if name else kind
            try:
                inner: Tensors
                if self.framework.is_function(what):
                    inner = OfFunction(self.framework, what, given, title)
                else:
                    inner = Network(
                        self.framework,
                        what,
                        given,
                        title=title,
                        dtypes=(("float64",) if self.dtype == "float64" else ("",)),
                    )
            except ArgumentError:  # nothing in it has a derivative
                continue
            found[id(what)] = InnerLayer(title, inner)
        return [InnerLayer(p.name, p.subject, runs[key]) for key, p in found.items()]

    def _function(self) -> Any:
        """The one Function that somebody wrote and that runs here; None if there are several."""
        if not hasattr(self, "_only"):
            calls: list[tuple[Any, tuple[Any, ...]]] = []
            with self.framework.fixed(self.dtype), recorded(self.framework, calls):
                self._written(self.values).call(self.arguments(self.values))
            used = {id(c): c for c, _ in calls}
            self._only = next(iter(used.values())) if len(used) == 1 else None
        return self._only

    def code(self) -> Any:
        """See `Subject`."""
        return self._function()

    def rule(self) -> GradientRule | None:
        """See `Subject`."""
        cls = self._function()
        if cls is None:
            return None

        def replaced(f: Callable[..., Any]) -> Network:
            twin = copy.copy(self)
            twin.override = (cls, f)
            return twin

        return GradientRule(cls.backward, replaced)


def _held(framework: Framework, t: Any) -> Any:
    """A target as an array, where it is one."""
    if isinstance(t, framework.Tensor):
        return framework.array(t)
    return np.asarray(t) if isinstance(t, (list, np.generic)) else t


def _unregistered(framework: Framework, net: Any) -> Iterator[tuple[str, Any]]:
    """Modules and parameters in plain lists and dicts, which parameters() does not find."""
    for path, module in net.named_modules():
        for name, held in vars(module).items():
            if name.startswith("_") or not isinstance(held, (list, tuple, dict)):
                continue
            pairs = held.items() if isinstance(held, dict) else enumerate(held)
            for key, x in pairs:
                if isinstance(x, (framework.Module, framework.Parameter)):
                    yield f"{path}.{name}[{key!r}]" if path else f"{name}[{key!r}]", x
