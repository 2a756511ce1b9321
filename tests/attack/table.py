"""All attacks by name, of every module of this folder."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from tests import attack
from tests.attack.record import Attack


def _all() -> dict[str, Attack]:
    known: dict[str, Attack] = {}
    for module in pkgutil.iter_modules(attack.__path__, "tests.attack."):
        if module.name.endswith(".__main__") or ".test_" in module.name:
            continue
        for found in getattr(import_module(module.name), "ATTACKS", ()):
            assert found.name not in known, found.name
            known[found.name] = found
    return known


ATTACKS: dict[str, Attack] = _all() if __name__ != "__main__" else {}
