"""Denpa: neural networks by backpropagation that you can see, check and replay.

PyTorch's names on NumPy arrays. `import denpa as dp`; tensors are made with `dp.tensor`, layers
are in `dp.nn`, optimizers in `dp.optim`, a whole training run is `dp.train.fit`.

Nothing is loaded before it is used: a check of somebody's NumPy code never loads the engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from denpa import check, data, lab, runs, train, vision  # noqa: F401
    from denpa.compiler.api import compile  # noqa: F401
    from denpa.explanation.entry import explain  # noqa: F401
    from denpa.names import *  # noqa: F403

_PACKAGES = ("check", "data", "lab", "runs", "train", "vision")


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(f"denpa.{name}")
    if name == "compile":
        from denpa.compiler.api import compile as found

        return found
    if name == "explain":
        from denpa.explanation.entry import explain

        return explain
    if name == "__version__":
        from importlib.metadata import version

        return version("denpa")
    if name == "__all__":
        return __dir__()
    if not name.startswith("__"):
        names = import_module("denpa.names")
        found_ = {n: getattr(names, n) for n in names.__all__}
        globals().update(found_)  # from now on they are here
        if name in found_:
            return found_[name]
    from denpa.core.errors import not_offered

    raise not_offered("denpa", name, __dir__())


def __dir__() -> list[str]:
    return sorted([*import_module("denpa.names").__all__, *_PACKAGES, "compile", "explain"])
