"""What all optimizers share: groups of parameters, state, the step, saving and loading.

The update of one parameter is a pure function, `update(p, g, state, hyper) -> (new p, new state)`,
written with operators and the op table. A step runs it on NumPy arrays; while a program is traced
the same function runs on tensors without data, so the update becomes part of the program, its
state (the step counter too) included. An update is element by element: a large array is walked in
blocks that stay in the cache.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from denpa.autodiff.mode import STATE, enable_grad
from denpa.autodiff.rebind import rebind
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.op import OPS
from denpa.core.shape import describe
from denpa.ops.kinds import is_number
from denpa.optim.blocks import update_array
from denpa.optim.update import Closure, Hyper, State, new_step


class Optimizer:
    """Base of the optimizers.

    `params` is an iterable of tensors, of (name, tensor) pairs, or of dicts that each hold a group
    of "params" and options of their own; `defaults` holds the options of groups that do not set
    them.

    An optimizer of your own overrides `update` (and `init_state`), or `step`:

    >>> import denpa as dp
    >>> class SignSGD(dp.optim.Optimizer):
    ...     def __init__(self, params, lr=0.1):
    ...         super().__init__(params, {"lr": lr})
    ...     @staticmethod
    ...     def update(p, g, state, hyper):
    ...         return p - hyper["lr"] * g / abs(g), {}
    >>> w = dp.tensor([1.0, -1.0], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> SignSGD([w]).step()
    >>> w
    tensor([ 0.9, -0.9], requires_grad=True)

    Errors: TypeError for a tensor in place of a list and for what is no tensor; ValueError for no
    parameter, one computed from others and one in two groups; KeyError for a group that has no
    "params".
    """

    _elementwise = True  # state other than the step counter has the shape of the parameter

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, "
                f"but got one tensor, {describe(params)}; write [tensor]"
            )
        self.defaults = defaults
        self.state: defaultdict[Any, State] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._stepped = False
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for k, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {k}")
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
        return "\n".join([*lines, ")"])

    # -- what an optimizer defines -----------------------------------------------------------------

    @staticmethod
    def update(p: Any, g: Any, state: State, hyper: Hyper) -> tuple[Any, State]:
        """The new value of parameter `p` with gradient `g`, and the new state; arrays or tensors.

        Pure, element by element, written with operators and the op table. `state["step"]` is a
        number (a 0-dim tensor while tracing).
        """
        raise NotImplementedError("an optimizer must define update(p, g, state, hyper) or step()")

    @staticmethod
    def init_state(p: Tensor, hyper: Hyper) -> dict[str, np.ndarray]:
        """The state of a parameter before its first step."""
        return {}

    @staticmethod
    def _check(options: Hyper) -> None:
        """Raise for options that no group can have."""

    # -- groups ------------------------------------------------------------------------------------

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group: a dict with "params" and any options that differ from the defaults."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group).__name__}")
        if "params" not in param_group:
            raise KeyError(f'a parameter group needs the key "params"; it has {list(param_group)}')
        params = param_group["params"]
        if isinstance(params, (set, frozenset)):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the order "
                "of a "
                "set changes between runs. Please use a list instead."
            )
        listed = [params] if isinstance(params, Tensor) else list(params)
        names = [x[0] for x in listed if isinstance(x, tuple)]
        if names and len(names) != len(listed):
            raise ValueError(
                "all optimizer params should be with/without names. Some param names are missing"
            )
        tensors = [x[1] if isinstance(x, tuple) else x for x in listed]
        for x in tensors:
            if not isinstance(x, Tensor):
                raise TypeError(
                    "optimizer can only optimize Tensors, but one of the params is "
                    f"{type(x).__name__}"
                )
            if not (x.is_leaf or x.retains_grad):
                raise ValueError(
                    f"can't optimize a non-leaf Tensor: {describe(x)} was computed from others; "
                    "optimize those, or x.detach().requires_grad_()"
                )
        group = param_group
        group["params"] = tensors
        if names:
            group["param_names"] = names
        for key, default in self.defaults.items():
            group.setdefault(key, default)
        self._check(group)
        ids = [id(x) for x in tensors]
        if len(set(ids)) != len(ids):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; each would be "
                "updated twice a step",
                UserWarning,
                stacklevel=3,
            )
        if not {id(x) for g in self.param_groups for x in g["params"]}.isdisjoint(ids):
            raise ValueError("some parameters appear in more than one parameter group")
        if self.param_groups and ("param_names" in self.param_groups[0]) != bool(names):
            raise ValueError(
                "all optimizer param groups should be with/without names: "
                "give (name, tensor) pairs in every group or in none"
            )
        self.param_groups.append(group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients; with `set_to_none=False` fill them with zeros."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none or p._grad is None:
                    p._grad = None
                    continue
                v = p._grad._value
                if v.array is None or v.requires_grad or not v.array.flags.writeable:
                    p._grad = tensor_of(np.zeros(v.shape, v.dtype))
                else:
                    v.array.fill(0)
                    v.shared().version += 1

    # -- the step ----------------------------------------------------------------------------------

    def step(self, closure: Closure | None = None) -> Any:
        """Update every parameter that has a gradient, in place.

        `closure` computes the loss and its gradients again; what it returns is returned.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        self._stepped = True
        before, STATE.recording = STATE.recording, False
        try:
            with np.errstate(all="ignore"):
                for group in self.param_groups:
                    tracer = STATE.tracer
                    options = group if tracer is None else tracer.options(self, group)
                    hyper, traced = _numbers(options)
                    for p in group["params"]:
                        if p._grad is not None:
                            self._step_one(p, hyper, traced)
        finally:
            STATE.recording = before
        return loss

    def _step_one(self, p: Tensor, hyper: dict[str, Any], traced: bool) -> None:
        assert p._grad is not None
        value, g = p._value, p._grad._value.array
        array = value.array
        state = self.state[p]
        if not state:
            for key, x in self.init_state(p, hyper).items():
                state[key] = tensor_of(x)
                if STATE.tracer is not None:  # it will be there when the program runs
                    STATE.tracer.adopt(state, key)
        held: State = {}
        for key, t in state.items():
            if t is not None:
                a = t._value.array
                traced = traced or a is None
                held[key] = a if key != "step" or a is None else a.item()
        if traced or array is None or g is None:
            self._step_traced(p, state, hyper)
            return
        if not array.flags.writeable:
            raise RuntimeError(
                f"the parameter {describe(p)} cannot be written to: its NumPy array is read-only "
                "or was expanded; make it from a copy (.clone())"
            )
        update_array(self.update, array, g, state, held, hyper)
        value.shared().version += 1

    def _step_traced(self, p: Tensor, state: State, hyper: Hyper) -> None:
        """The same update on tensors: it becomes equations of the program being traced."""
        held = {k: t for k, t in state.items() if t is not None}
        new, found = self.update(p, p._grad, held, hyper)
        rebind(p, new if new.dtype == p.dtype else OPS["cast"](new, dtype=p.dtype))
        for key, x in found.items():
            if state.get(key) is None:
                if STATE.tracer is not None:
                    STATE.tracer.not_yet()  # this step makes state: it runs eagerly, once
                state[key] = x
            else:
                rebind(state[key], x)

    # -- saving and loading ------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Everything a step depends on beside parameters and gradients, in PyTorch's layout.

        {"state": {id: {name: tensor}}, "param_groups": [{"params": [ids], option: value}]}, where a
        parameter's id is its place in the order of the groups. The tensors are the live ones:
        `copy.deepcopy` keeps them as they are now.
        """
        places: dict[int, int] = {}
        groups = []
        for group in self.param_groups:
            start = len(places)
            for k, p in enumerate(group["params"], start):
                places.setdefault(id(p), k)
            packed = {k: v for k, v in group.items() if k != "params"}
            groups.append({**packed, "params": [places[id(p)] for p in group["params"]]})
        state = {places.get(id(p), p): dict(s) for p, s in self.state.items()}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue from what `state_dict` returned; everything is copied.

        Raises ValueError if groups or shapes are not those of this optimizer's parameters; nothing
        has been changed then.
        """
        missing = {"state", "param_groups"} - set(state_dict)
        if missing:
            raise ValueError(f"not the state of an optimizer: it has no {sorted(missing)}")
        saved = state_dict["param_groups"]
        if len(saved) != len(self.param_groups):
            raise ValueError(
                "loaded state dict has a different number of parameter groups: "
                f"{len(saved)}, the optimizer has {len(self.param_groups)}"
            )
        owner: dict[int, Tensor] = {}
        for k, (old, new) in enumerate(zip(self.param_groups, saved, strict=True)):
            if len(old["params"]) != len(new["params"]):
                raise ValueError(
                    "loaded state dict contains a parameter group that doesn't match the size of "
                    f"optimizer's group: group {k} has {len(new['params'])} parameters there, "
                    f"{len(old['params'])} here"
                )
            owner.update(zip(map(int, new["params"]), old["params"], strict=True))
        state: defaultdict[Any, State] = defaultdict(dict)
        for key, entries in state_dict["state"].items():
            place = int(key)  # JSON knows strings as keys only
            if place not in owner:
                raise ValueError(
                    f"loaded state dict has state for parameter {place}, which no group holds"
                )
            p = owner[place]
            state[p] = {name: self._loaded(p, name, x, place) for name, x in entries.items()}
        groups = []
        for old, new in zip(self.param_groups, saved, strict=True):
            options = {k: _copied(v) for k, v in new.items() if k != "params"}
            for key in ("param_names", *self.defaults):
                if key in old:
                    options.setdefault(key, old[key])
            if isinstance(options.get("betas"), list):
                options["betas"] = tuple(options["betas"])
            self._check(options)
            groups.append({**options, "params": old["params"]})
        self.state, self.param_groups = state, groups

    def _loaded(self, p: Tensor, name: str, x: Any, place: int) -> Any:
        """A copy of one entry of state, in the dtype of its parameter; the step counter keeps its
        own.
        """
        if isinstance(x, (list, tuple)):
            return [self._loaded(p, name, y, place) for y in x]
        if name == "step" and is_number(x):
            return tensor_of(np.asarray(x, new_step().dtype))
        if isinstance(x, Tensor):
            x = x._held()
        if not isinstance(x, np.ndarray):
            return x
        if name == "step":
            return tensor_of(x.reshape(()).copy())
        if self._elementwise and x.shape != p.shape:
            raise ValueError(
                f"loaded state dict: {name} of parameter {place} has shape {list(x.shape)}, "
                f"the parameter {list(p.shape)}"
            )
        return tensor_of(np.array(x, p.dtype if p.dtype.kind == "f" else x.dtype, order="C"))


def _numbers(group: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """A group's options as Python numbers; tensors without data stay, and are reported."""
    hyper: dict[str, Any] = {}
    traced = False
    for key, x in group.items():
        if key == "params":
            continue
        if isinstance(x, Tensor):
            if x._value.array is None:
                traced = True
            else:
                x = float(x._value.array.item())
        elif isinstance(x, np.generic):
            x = x.item()  # a NumPy float64 would turn a float32 update into a float64 one
        elif type(x) is tuple:
            inner, abstract = _numbers({str(k): y for k, y in enumerate(x)})
            x, traced = tuple(inner.values()), traced or abstract
        hyper[key] = x
    return hyper, traced


def _copied(x: Any) -> Any:
    if isinstance(x, Tensor):
        return tensor_of(x._held().copy())
    return list(x) if isinstance(x, list) else x


Optimizer.step._tracked = True  # type: ignore[attr-defined]  # schedules may trust `_stepped`
