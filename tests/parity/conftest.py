"""These tests need PyTorch as the reference; without it none of them is collected."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest

collect_ignore_glob: list[str] = []
if importlib.util.find_spec("torch") is None:
    collect_ignore_glob.append("test_*.py")


@pytest.fixture(autouse=True)
def same_start() -> Iterator[None]:
    """Each test starts from the same seeds and leaves the default dtype as it found it."""
    from .harness import subject, torch

    torch.set_num_threads(1)
    libraries = {id(lib): lib for lib in (torch, subject)}.values()
    for lib in libraries:
        lib.manual_seed(0)
        lib.set_default_dtype(lib.float32)
    yield
    for lib in libraries:
        lib.set_default_dtype(lib.float32)
