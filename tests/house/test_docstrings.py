"""Every public name says what goes in and comes out, what it raises, and shows an example that
runs (the examples themselves run with the other tests)."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest

PACKAGES = (
    "denpa.functional", "denpa.nn", "denpa.nn.functional", "denpa.optim", "denpa.data",
    "denpa.train", "denpa.runs", "denpa.check", "denpa.utils.data", "denpa.vision",
)  # fmt: skip
# What needs PyTorch, JAX or the network is shown, and not run here; records are not called.
UNRUN = {"denpa.check.torch", "denpa.check.jax", "denpa.data.mnist"}
# A shape, (N, C) or (…, n), a rank, or the sort of what is given.
SORT = re.compile(
    r"\([\w…*, ×+]*[A-Z…\d*n][\w…*, ×+]*\)|\d-dim|-?dim\b|[Ss]hape|[Tt]ensor|[Aa]rray|[Nn]umber|"
    r"[Mm]odule|[Ll]ayer|[Ii]nteger|bool|string|[Tt]ext|dict|[Ll]ist|path|folder|[Ff]unction|float"
)


def public() -> Iterator[tuple[str, Any]]:
    """Each public class or function once, by the first of its names."""
    seen: set[int] = set()
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in sorted(module.__all__):
            held = getattr(module, name)
            ours = getattr(held, "__module__", "").startswith("denpa")
            if ours and callable(held) and id(held) not in seen:
                seen.add(id(held))
                yield f"{package}.{name}", held


def lacking(name: str, held: Any) -> list[str]:
    """What the docstring of a public name does not say."""
    text = inspect.getdoc(held) or ""
    found = []
    if not SORT.search(text):
        found.append("shapes or types")
    record = inspect.isclass(held) and (
        issubclass(held, Exception) or "__dataclass_fields__" in vars(held)
    )
    if not re.search(r"\bErrors:|\bRaises:|\b[Rr]aises ", text) and not record:
        found.append("errors")
    if ">>>" not in text and name not in UNRUN and not record:
        found.append("an example")
    return found


@pytest.mark.parametrize(("name", "held"), [pytest.param(n, h, id=n) for n, h in public()])
def test_a_public_name_tells_what_a_caller_needs(name: str, held: Any) -> None:
    assert lacking(name, held) == []


def test_what_is_lacking_is_seen() -> None:
    def scale(x: Any) -> Any:
        """Twice as much.

        >>> 1 + 1
        2
        """

    assert lacking("scale", scale) == ["shapes or types", "errors"]
    assert len(list(public())) > 300
