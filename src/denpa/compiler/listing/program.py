"""A compiled program as a record: its kernels, barriers and memory, and their totals."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from denpa.compiler.listing.kernels import KernelRecord
from denpa.compiler.listing.plan import Barrier, MemoryPlan


@dataclass(frozen=True)
class ProgramRecord:
    """What is known of a program; counts are of one step, sizes in bytes."""

    title: str
    lanes: int
    functions: int
    kernels: tuple[KernelRecord, ...]
    barriers: tuple[Barrier, ...]
    memory: MemoryPlan
    totals: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        read = sum(k.bytes_read for k in self.kernels)
        written = sum(k.bytes_written for k in self.kernels)
        work = sum(k.flops for k in self.kernels)
        totals = {
            "kernels": len(self.kernels),
            "functions": self.functions,
            "segments": len({k.segment for k in self.kernels}),
            "barriers": len(self.barriers),
            "lanes": self.lanes,
            "flops": work,
            "bytes_read": read,
            "bytes_written": written,
            "lane_flops": [
                sum(k.lane_flops(lane) for k in self.kernels) for lane in range(self.lanes)
            ],
            "flops_per_byte": work / max(read + written, 1),
        }
        object.__setattr__(self, "totals", totals)

    def to_dict(self) -> dict[str, Any]:
        """Everything as dicts, lists, strings and numbers, ready for `json.dumps`."""
        entries = asdict(self)
        for record, k in zip(entries["kernels"], self.kernels, strict=True):
            record["bytes_read"], record["bytes_written"] = k.bytes_read, k.bytes_written
            record["intensity"] = k.intensity
        return entries
