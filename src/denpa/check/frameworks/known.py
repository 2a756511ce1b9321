"""Which framework code is of: Denpa's own engine or PyTorch. Code of one has imported it, so
neither is loaded to find that out."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Any

from denpa.check.frameworks.base import Framework
from denpa.check.frameworks.pytorch import pytorch


def denpa() -> Framework:
    """Denpa's own engine, which is loaded with it."""
    from denpa.check.frameworks.engine import DENPA

    return DENPA


def _loaded() -> Iterator[Framework]:
    if "denpa.autodiff.tensor" in sys.modules:
        yield denpa()
    if "torch" in sys.modules:
        yield pytorch()


def framework_of(x: Any) -> Framework | None:
    """The framework that a module, a Function or a tensor belongs to; None for anything else.

    >>> import denpa as dp
    >>> framework_of(dp.nn.Module()).name, framework_of(1.0)
    ('denpa', None)
    """
    for framework in _loaded():
        if isinstance(x, (framework.Module, framework.Tensor)) or framework.is_function(x):
            return framework
        if inspect.isclass(x) and issubclass(x, framework.Module):
            return framework
    return None
