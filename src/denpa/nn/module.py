"""Module: a function of tensors with parameters, buffers and modules of its own."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import numpy as np

from denpa.autodiff.backward import HookHandle
from denpa.autodiff.mode import STATE
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.faces import face
from denpa.core.source import _scope, here
from denpa.functional.common import check_device
from denpa.functional.convert import is_device
from denpa.nn.parameter import Parameter
from denpa.nn.paths import module_at, modules_under, tensors_under
from denpa.nn.state import Keys, convert, entries, load_state

# What a name takes, beside another of its kind, once it holds a parameter, a module or a buffer.
_ASSIGNED = {
    "parameter": "a Parameter or None, or change its .data",
    "module": "a Module or None",
    "buffer": "a tensor or None",
}


class Module:
    """Base of all layers and networks: assign parameters and modules, write `forward`.

    Assigned `Parameter`s, modules and buffers are found by `parameters()`, `state_dict()`, `to()`,
    `train()` and the rest. Errors and equations name the path of attributes to the module.

    Errors: AttributeError for a name that is not there, and for parts assigned before
    super().__init__(); TypeError for what is no Parameter (Module, tensor) in the place of one;
    NotImplementedError for a call without `forward`.

    >>> import denpa as dp
    >>> class Net(dp.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.hidden = dp.nn.Linear(2, 3)
    ...     def forward(self, x):
    ...         return self.hidden(x).tanh()
    >>> net = Net()
    >>> net(dp.ones(5, 2)).shape
    (5, 3)
    >>> [name for name, _ in net.named_parameters()]
    ['hidden.weight', 'hidden.bias']
    """

    _ours = True  # whether the class is one of Denpa's own
    keeps_dtype: tuple[str, ...] = ()  # buffers that `to` leaves in their dtype
    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]

    def __init__(self) -> None:
        put = self.__dict__
        put["training"] = True
        put["_parameters"], put["_buffers"], put["_modules"] = {}, {}, {}
        put["_transient"] = set()  # names of buffers that are not part of the state
        put["_before"], put["_after"] = [], []  # hooks
        put["_name"] = ""  # the attribute of the parent that holds this module

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._ours = cls.__module__.startswith("denpa.")

    # -- calling ---------------------------------------------------------------------------------

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; every subclass writes its own."""
        raise NotImplementedError(f"{type(self).__name__} has no forward method; write one")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run `forward`, and the hooks around it."""
        own = self.__dict__
        if "_name" not in own:
            raise AttributeError(
                f"{type(self).__name__}.__init__ must call super().__init__() before anything else"
            )
        if STATE.tracer is not None:
            STATE.tracer.saw(self)
        run = self._hooked if own["_before"] or own["_after"] else self.forward
        # scope(name), written out, since this runs for every layer of every step. The ops of a
        # layer of ours belong to the line that called it, which is looked for once.
        path, kind, source = _scope.path, _scope.kind, _scope.source
        if own["_name"]:
            _scope.path = (*path, own["_name"])
        _scope.kind = name = type(self).__name__
        _scope.source = (source or here(name)) if self._ours else None
        try:
            return run(*args, **kwargs)
        finally:
            _scope.path, _scope.kind, _scope.source = path, kind, source

    def _hooked(self, *args: Any, **kwargs: Any) -> Any:
        source, _scope.source = _scope.source, None  # hooks have lines of their own
        for (hook,) in list(self.__dict__["_before"]):
            changed = hook(self, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        _scope.source = source
        result = self.forward(*args, **kwargs)
        _scope.source = None
        for (hook,) in list(self.__dict__["_after"]):
            changed = hook(self, args, result)
            if changed is not None:
                result = changed
        return result

    def register_forward_pre_hook(self, hook: Callable[[Module, Any], Any]) -> HookHandle:
        """Call `hook(module, args)` before forward; what it returns replaces the arguments."""
        return HookHandle(self.__dict__["_before"], hook)

    def register_forward_hook(self, hook: Callable[[Module, Any, Any], Any]) -> HookHandle:
        """Call `hook(module, args, output)` after forward; what it returns replaces the output."""
        return HookHandle(self.__dict__["_after"], hook)

    # -- attributes ------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Parameter):
            self._forget(name, "_parameters")
            self.register_parameter(name, value)
            return
        if isinstance(value, Module):
            self._forget(name, "_modules")
            self.register_module(name, value)
            return
        for kind, wanted in _ASSIGNED.items():
            held = self.__dict__.get(f"_{kind}s", {})
            if name in held:
                if value is not None and not (kind == "buffer" and isinstance(value, Tensor)):
                    raise TypeError(
                        f"cannot assign {type(value).__name__} as {kind} {name!r}; assign {wanted}"
                    )
                held[name] = value
                return
        object.__setattr__(self, name, value)

    def _forget(self, name: str, kind: str) -> None:
        """Free a name for another kind of attribute; within a kind the new one takes the old one's
        place.
        """
        own = self.__dict__
        own.pop(name, None)
        for other in ("_parameters", "_modules", "_buffers"):
            if other != kind:
                own.get(other, {}).pop(name, None)

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__
        for kind in ("_parameters", "_modules", "_buffers"):
            if name in own.get(kind, ()):
                return own[kind][name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __delattr__(self, name: str) -> None:
        for kind in ("_parameters", "_modules", "_buffers"):
            if self.__dict__[kind].pop(name, self) is not self:
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        own = self.__dict__
        return [*super().__dir__(), *own["_parameters"], *own["_modules"], *own["_buffers"]]

    def _may_register(self, kind: str, name: str) -> None:
        if "_parameters" not in self.__dict__:
            raise AttributeError(
                f"cannot assign {kind}s before super().__init__() of {type(self).__name__} was "
                "called"
            )
        if not isinstance(name, str):
            raise TypeError(f"the name of a {kind} must be a str, not {type(name).__name__}")
        if "." in name:
            raise KeyError(f"the name of a {kind} cannot contain a dot: {name!r}")
        if name == "":
            raise KeyError(f"the name of a {kind} cannot be empty")
        if hasattr(self, name) and name not in self.__dict__[f"_{kind}s"]:
            raise KeyError(f"{type(self).__name__} has an attribute {name!r} already")

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter, or None for one that this module does without."""
        self._may_register("parameter", name)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"parameter {name!r} must be a Parameter or None, not {type(param).__name__}"
            )
        if param is not None and param.grad_fn is not None:
            raise ValueError(f"parameter {name!r} must be a leaf, not the result of {param!r}")
        if param is not None:
            param._name = name
        self.__dict__["_parameters"][name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is state but not trained; with `persistent`, part of `state_dict`."""
        self._may_register("buffer", name)
        if tensor is not None and not isinstance(tensor, Tensor):
            kind = type(tensor).__name__
            raise TypeError(f"buffer {name!r} must be a tensor or None, not {kind}")
        self.__dict__["_buffers"][name] = tensor
        transient = self.__dict__["_transient"]
        transient.discard(name) if persistent else transient.add(name)

    def register_module(self, name: str, module: Module | None) -> None:
        """Add a module under a name; `add_module` is the same."""
        self._may_register("module", name)
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module")
        self.__dict__["_modules"][name] = module
        if module is not None:
            module.__dict__["_name"] = name

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a module under a name."""
        self.register_module(name, module)

    # -- walking ---------------------------------------------------------------------------------

    def named_modules(
        self, memo: set[int] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all below it, with their paths; one held twice comes once."""
        return modules_under(self, set() if memo is None else memo, prefix, remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """This module and all below it."""
        for _, module in self.named_modules():
            yield module

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules held directly, each once."""
        seen: set[int] = set()
        for name, module in self._modules.items():
            if module is not None and id(module) not in seen:
                seen.add(id(module))
                yield name, module

    def children(self) -> Iterator[Module]:
        """The modules held directly."""
        for _, module in self.named_children():
            yield module

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters with their paths; one held twice comes once."""
        return tensors_under(self, "_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters."""
        for _, p in self.named_parameters(recurse=recurse):
            yield p

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """All buffers with their paths."""
        return tensors_under(self, "_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers."""
        for _, b in self.named_buffers(recurse=recurse):
            yield b

    def get_submodule(self, target: str) -> Module:
        """The module at a path as `encoder.0`; the empty path is this module."""
        found: Module = module_at(self, target)
        return found

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path as `encoder.0.weight`."""
        path, _, name = target.rpartition(".")
        found = self.get_submodule(path)._parameters.get(name)
        if found is None:
            raise AttributeError(f"there is no parameter {target!r}")
        return found

    # -- changing --------------------------------------------------------------------------------

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call `fn` on every module, the innermost first; returns this module."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Set training mode (dropout drops, batch norm takes the batch's statistics)."""
        if not isinstance(mode, bool):
            raise ValueError(f"train takes True or False, not {mode!r}")
        for module in self.modules():
            module.__dict__["training"] = mode
        return self

    def eval(self) -> Self:
        """Set prediction mode."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Train all parameters, or freeze them."""
        for p in self.parameters():
            p.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the gradients of all parameters, or set them to zero."""
        for p in self.parameters():
            if set_to_none or p.grad is None:
                p.grad = None
            else:
                p.grad = tensor_of(np.zeros(p.shape, p.dtype))

    def to(
        self, *args: Any, device: Any = None, dtype: Any = None, non_blocking: bool = False
    ) -> Self:
        """Convert all floating-point parameters and buffers to a dtype, but for the buffers that a
        module names in `keeps_dtype`; devices other than 'cpu' are not offered."""
        for a in args:
            if isinstance(a, Tensor):
                dtype = a.dtype
            elif is_device(a):
                device = a
            elif a is not None and not isinstance(a, bool):  # a bool is non_blocking
                dtype = a
        check_device(device)
        if dtype is not None:
            convert(self.modules(), dtype)
        return self

    def float(self) -> Self:
        """Convert to float32."""
        return self.to("float32")

    def double(self) -> Self:
        """Convert to float64."""
        return self.to("float64")

    def half(self) -> Self:
        """Convert to float16."""
        return self.to("float16")

    def cpu(self) -> Self:
        """This module: it is on the CPU already."""
        return self

    def cuda(self, device: Any = None) -> Self:
        """NotImplementedError: there is no accelerator."""
        return self.to(device="cuda")

    # -- state -----------------------------------------------------------------------------------

    def state_dict(self, *, prefix: str = "", keep_vars: bool = False) -> OrderedDict[str, Tensor]:
        """Parameters and persistent buffers by path. The tensors share memory with the module."""
        return OrderedDict(
            (prefix + key, x if keep_vars else x.detach()) for key, x in entries(self)
        )

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> Keys:
        """Copy tensors (or arrays) into parameters and buffers of the same path and shape.

        With `strict` the keys must be the same too. Nothing is copied if there is an error.

        Errors: RuntimeError for other keys or shapes; TypeError for what is no dict;
        NotImplementedError for assign=True.
        """
        return load_state(self, state_dict, strict, assign)

    # -- showing ---------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return ""

    def __repr__(self) -> str:
        lines = []
        for name, module in self._modules.items():
            lines.append(f"({name}): " + repr(module).replace("\n", "\n  "))
        extra = self.extra_repr()
        if not lines:
            return f"{type(self).__name__}({extra})"
        body = "\n  ".join(([extra] if extra else []) + lines)
        return f"{type(self).__name__}(\n  {body}\n)"

    def _repr_html_(self) -> str:
        return str(face("module")(self))
