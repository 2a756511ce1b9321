"""A compiled program, explained: its kernels and what is fused into each, how they are divided over
lanes, where the barriers stand and why, what is computed and moved, and where everything lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from denpa.compiler.emit.codegen import Codegen
from denpa.compiler.listing.body import program
from denpa.compiler.listing.kernels import KernelRecord, names_of, records_of
from denpa.compiler.listing.plan import barriers, memory
from denpa.compiler.listing.program import ProgramRecord
from denpa.compiler.listing.text import overview, portrait
from denpa.core.errors import ArgumentError

SHOWS = ("plan", "graph", "llvm", "assembly")  # what `explain(show=…)` takes


@dataclass(frozen=True)
class ProgramExplanation(ProgramRecord):
    """What `explain` found: `str()` is the text for a reader, `to_dict()` the same for a program.

    Counts are of one step (`counts` says how they are taken), sizes in bytes.
    """

    show: str = "plan"
    kernel: int | None = None
    listing: str = ""  # what show="graph", "llvm" or "assembly" asked for

    def __str__(self) -> str:
        if self.show != "plan":
            return self.listing
        if self.kernel is not None:
            return portrait(self, self.kernels[self.kernel - 1])
        return overview(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


def explain(
    codegen: Codegen,
    *,
    kernel: int | None = None,
    show: str = "plan",
    title: str = "",
    names: Sequence[str] = (),
) -> ProgramExplanation:
    """Explain a program.

    Args:
        codegen: the program, as it was made.
        kernel: number of one kernel, from 1, to look at closely.
        show: "plan" is the kernels, barriers and memory (with `kernel` its loops and what stands
            in them); "graph" the equations (with `kernel` those that it computes); "llvm" and
            "assembly" the native code of one kernel, for the processor of this machine.
        title: what the program is, for the first line.
        names: what the inputs are called, in their order; "" where a name is not known.

    Raises:
        ArgumentError: there is no such kernel or no such `show`, or `kernel` is missing.
        ImportError: assembly is asked for and llvmlite is not installed.
    """
    count = len(codegen.order)
    if show not in SHOWS:
        raise ArgumentError(f"show={show!r} is not one of {', '.join(map(repr, SHOWS))}")
    if kernel is not None and not 1 <= kernel <= count:
        has = f"kernels 1 to {count}" if count else "no kernels at all"
        raise ArgumentError(f"kernel={kernel}: this program has {has}; print explain() to see them")
    if kernel is None and show in ("llvm", "assembly"):
        raise ArgumentError(
            f"show={show!r} is of one kernel: add kernel=n, with n from 1 to {count}; print "
            "explain() to see which is which"
        )
    called = names_of(codegen, names)
    records = records_of(codegen, called)
    text = ""
    if show == "graph":
        text = program(codegen.graph, None if kernel is None else codegen.order[kernel - 1])
    elif kernel is not None and show != "plan":
        text = _native(codegen, records[kernel - 1], show)
    return ProgramExplanation(
        title,
        codegen.lanes,
        len(codegen.functions),
        records,
        tuple(barriers(codegen, called, [r.split for r in records])),
        memory(codegen, called),
        show,
        kernel,
        text,
    )


def _native(codegen: Codegen, record: KernelRecord, show: str) -> str:
    if show == "llvm":
        name = f"@{record.function}"
        text = next(text for text, known in codegen.functions.items() if known == name)
        return text.replace("@NAME", name)
    from denpa.compiler.emit import llvm

    return llvm.assembly(codegen.text, llvm.host(), record.function)
