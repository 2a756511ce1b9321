"""Modules that hold others."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from denpa.autodiff.tensor import Tensor
from denpa.nn.module import Module
from denpa.nn.parameter import Parameter


class _Listed(Module):
    """Modules under the names '0', '1', …"""

    def _at(self, index: Any) -> str:
        """The name of the module at a position."""
        n = len(self._modules)
        k = operator.index(index)
        if not -n <= k < n:
            raise IndexError(f"index {k} is out of range: {type(self).__name__} holds {n} modules")
        return list(self._modules)[k]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._modules.values()))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self._part(list(self._modules.items())[index])
        return self._modules[self._at(index)]

    def _part(self, items: list[tuple[str, Any]]) -> Any:
        raise NotImplementedError

    def __setitem__(self, index: Any, module: Module) -> None:
        setattr(self, self._at(index), module)

    def __delitem__(self, index: Any) -> None:
        names = list(self._modules)
        gone = set(names[index] if isinstance(index, slice) else [self._at(index)])
        kept = [(k, m) for k, m in self._modules.items() if k not in gone]
        self._modules.clear()
        numbered = all(k.isdigit() for k in names)
        for i, (k, m) in enumerate(kept):
            self.register_module(str(i) if numbered else k, m)

    def insert(self, index: int, module: Module) -> None:
        """Put a module before position `index`."""
        held = list(self._modules.values())
        held.insert(index, module)
        self._modules.clear()
        for i, m in enumerate(held):
            self.register_module(str(i), m)


class Sequential(_Listed):
    """One module after the other, given as arguments or as an OrderedDict with names.

    What goes in and comes out is what the first module takes and the last one gives.
    Errors: TypeError for a part that is no Module; IndexError for `net[k]` out of range; KeyError
    for a name that is empty, has a dot, or is an attribute already.

    >>> import denpa as dp
    >>> net = dp.nn.Sequential(dp.nn.Linear(2, 3), dp.nn.ReLU())
    >>> net
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
    )
    >>> net[:1](dp.ones(5, 2)).shape
    (5, 3)
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], dict):
            for name, module in args[0].items():
                self.add_module(name, module)
        else:
            for k, module in enumerate(args):
                self.add_module(str(k), module)

    def forward(self, input: Any) -> Any:
        """Apply all modules in order."""
        for module in self._modules.values():
            input = module(input)  # type: ignore[misc]
        return input

    def append(self, module: Module) -> Self:
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add modules at the end."""
        for module in modules:
            self.append(module)
        return self

    def _part(self, items: list[tuple[str, Any]]) -> Sequential:
        # Not through register_module: the modules keep the names that the whole net gave them.
        new = Sequential()
        new._modules.update(OrderedDict(items))
        return new


class ModuleList(_Listed):
    """A list of modules whose parameters are found; it has no forward.

    An iterable of modules; slices are ModuleLists.
    Errors: TypeError for a part that is no Module; IndexError for `layers[k]` out of range;
    NotImplementedError for a call.

    >>> import denpa as dp
    >>> layers = dp.nn.ModuleList(dp.nn.Linear(2, 2) for _ in range(3))
    >>> len(layers), len(list(layers.parameters()))
    (3, 6)
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def append(self, module: Module) -> Self:
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add modules at the end."""
        for module in modules:
            self.append(module)
        return self

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)

    def _part(self, items: list[tuple[str, Any]]) -> ModuleList:
        new = ModuleList()
        new._modules.update((str(k), m) for k, (_, m) in enumerate(items))
        return new


class ModuleDict(Module):
    """Modules by name, whose parameters are found; it has no forward.

    A mapping from str to modules.
    Errors: TypeError for a value that is no Module or a key that is no str; KeyError for a key that
    is not there, or one to add that is empty, has a dot, or is an attribute already;
    NotImplementedError for a call.

    >>> import denpa as dp
    >>> d = dp.nn.ModuleDict({"up": dp.nn.Linear(2, 4)})
    >>> "up" in d, d["up"](dp.ones(1, 2)).shape
    (True, (1, 4))
    """

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._modules))

    def __contains__(self, key: object) -> bool:
        return key in self._modules

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._modules.keys()

    def values(self) -> Iterable[Any]:
        """The modules."""
        return self._modules.values()

    def items(self) -> Iterable[tuple[str, Any]]:
        """Names and modules."""
        return self._modules.items()

    def update(self, modules: Mapping[str, Module]) -> None:
        """Add modules, or replace those of the same names."""
        for key, module in modules.items():
            self.add_module(key, module)

    def pop(self, key: str) -> Any:
        """Take a module out."""
        return self._modules.pop(key)


class ParameterList(Module):
    """A list of parameters that are found; tensors become parameters.

    An iterable of tensors.
    Errors: TypeError for a part that is no tensor; RuntimeError for integers; IndexError for an
    index out of range; NotImplementedError for a call.

    >>> import denpa as dp
    >>> len(list(dp.nn.ParameterList([dp.ones(2), dp.ones(3)]).parameters()))
    2
    """

    def __init__(self, values: Iterable[Tensor] | None = None) -> None:
        super().__init__()
        for value in values or ():
            self.append(value)

    def append(self, value: Tensor) -> Self:
        """Add a parameter at the end."""
        p = value if isinstance(value, Parameter) else Parameter(value)
        self.register_parameter(str(len(self)), p)
        return self

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._parameters.values()))

    def __getitem__(self, index: int) -> Any:
        return list(self._parameters.values())[index]


class Identity(Module):
    """The input as it is; all arguments are ignored, as in PyTorch.

    Anything to the same.
    Errors: TypeError for a call without an argument, or with two.

    >>> import denpa as dp
    >>> dp.nn.Identity()(dp.ones(2))
    tensor([1., 1.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        """The input."""
        return input
