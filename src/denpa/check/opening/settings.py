"""What the user said besides FILE:NAME, and what was opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from denpa.check.opening.guess import Sizes
from denpa.check.opening.load import inputs_of
from denpa.check.opening.losses import Examples
from denpa.check.opening.trials import Search, Trial
from denpa.check.remarks import Said
from denpa.check.subject import Subject
from denpa.core.errors import ArgumentError
from denpa.words import say


@dataclass(frozen=True)
class Given:
    """What the user said besides FILE:NAME."""

    init: str | None = None
    input: str | None = None
    gradient: Callable[..., Any] | None = None
    jax: bool = False
    loss: str | None = None
    examples: Examples | None = None
    seed: int = 0
    budget: float = 10.0
    language: str = "en"
    options: dict[str, Any] = field(default_factory=dict)
    spec: str = ""  # FILE:NAME, for the line that repeats a finding
    near: Mapping[str, Any] = field(default_factory=dict)  # what the file holds
    said: Mapping[str, Any] = field(default_factory=dict)  # the options, for that line

    @property
    def sizes(self) -> Sizes:
        """For constructors."""
        return self.examples.sizes if self.examples is not None else Sizes()

    def repeated(self, **found: str) -> str:
        """A line of Python that repeats a check, with what was guessed for it."""
        options = {**self.said, **found}
        first = {k: options[k] for k in ("init", "input") if k in options}
        texts = [repr(self.spec), *(f"{k}={v!r}" for k, v in (first | options).items())]
        return f"denpa.check.file({', '.join(texts)})" if self.spec else ""

    def arrays(self) -> tuple[Any, ...] | None:
        """The arguments of --input."""
        return None if self.input is None else inputs_of(self.input, self.seed + 1, self.near)


@dataclass
class Opened:
    """What is to be checked: one subject, or a search for inputs on which it can be."""

    name: str
    subject: Subject | None = None
    search: Search | None = None
    again: Callable[[Trial], Iterator[Trial]] = lambda trial: iter(())
    refuse: Callable[[Search], Exception] = lambda search: ArgumentError(say("nothing fits"))
    lenient: Callable[[Trial], Subject] | None = None
    joint: Callable[..., Any] | None = None  # a function that returns its gradients, too
    said: tuple[Said, ...] = ()
