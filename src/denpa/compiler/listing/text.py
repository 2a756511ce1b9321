"""The explanation of a compiled program as text, at most 100 columns wide."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from math import inf

from denpa.compiler.listing.kernels import KernelRecord
from denpa.compiler.listing.plan import Room
from denpa.compiler.listing.program import ProgramRecord

WIDTH = 100  # characters of a printed line
_WHAT, _SPLIT = 42, 20  # columns of a kernel's operations and of its split
_ROOMS = 20  # buffers listed; the rest is in `to_dict()`
_LINES = 40  # of one list; how many are left out is said
# Below how many, in units of how many, of what name.
_WORK = ((1e6, 1e3, "kFLOP"), (1e12, 1e6, "MFLOP"), (1e15, 1e9, "GFLOP"), (inf, 1e12, "TFLOP"))
_MOVED = ((1e9, 1e3, "kB"), (1e12, 1e6, "MB"), (inf, 1e9, "GB"))
_PHASES = {"forward": 0, "backward": 1, "update": 2}  # in the order of a step


def overview(of: ProgramRecord) -> str:
    """All kernels, segment by segment; barriers; sums; memory; the user's lines."""
    parts = [_head(of)]
    for segment in dict.fromkeys(k.segment for k in of.kernels):
        for b in of.barriers:
            if b.before == segment:
                parts.append(_fill("── barrier: ", b.reason))
        parts.append(_segment(of, segment))
    if of.kernels:
        parts += ["", _sums(of), "", _memory(of)]
        lines = _lines(of)
        if lines:
            parts += ["", lines]
    return "\n".join(parts)


def _fill(head: str, text: str, rest: int | None = None) -> str:
    """`text` behind `head`, wrapped, later lines indented by `rest` (as far as `head` is long)."""
    indent = " " * (len(head) if rest is None else rest)
    return textwrap.fill(
        text, WIDTH, initial_indent=head, subsequent_indent=indent, break_on_hyphens=False
    )


def _count(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"


def _few(names: Sequence[str], most: int = 3) -> str:
    left = len(names) - most
    if left <= 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {left} more"


def runs(numbers: Sequence[int]) -> str:
    """Numbers in order, those that go up by one or two in short.

    >>> runs([1, 2, 3, 4, 9, 12, 14, 16, 18])
    '1 to 4, 9, 12, 14 … 18'
    """
    parts: list[str] = []
    k = 0
    while k < len(numbers):
        for step in (1, 2):
            last = k
            while last + 1 < len(numbers) and numbers[last + 1] - numbers[last] == step:
                last += 1
            if last - k >= 3:
                middle = " to" if step == 1 else f", {numbers[k] + step} …"
                parts.append(f"{numbers[k]}{middle} {numbers[last]}")
                k = last + 1
                break
        else:
            parts.append(str(numbers[k]))
            k += 1
    return ", ".join(parts)


def number(x: float) -> str:
    """Three digits or so: 1,204, 12.3, 0.41, <0.01, – for none.

    >>> [number(x) for x in (1204.4, 12.34, 0.414, 0.001, 0)]
    ['1,204', '12.3', '0.41', '<0.01', '–']
    """
    if not x:
        return "–"
    if x < 0.01:
        return "<0.01"
    return f"{x:,.0f}" if x >= 100 else f"{x:.1f}" if x >= 10 else f"{x:.2f}"


def amount(x: float, unit: str) -> str:
    """With the unit that fits: `411 MFLOP`, `2.62 kB`.

    >>> amount(411_000_000, "FLOP"), amount(64, "B")
    ('411 MFLOP', '64 B')
    """
    for scale, prefix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if x >= scale:
            return f"{number(x / scale)} {prefix}{unit}"
    return f"{x:.0f} {unit}"


def _units(of: ProgramRecord) -> tuple[float, str, float, str]:
    """Divisor and name of the unit of work, then of bytes, for the columns of a table."""
    work = max((k.flops for k in of.kernels), default=0)
    moved = max((max(k.bytes_read, k.bytes_written) for k in of.kernels), default=0)
    scale, unit = next((s, u) for below, s, u in _WORK if work < below)
    size, each = next((s, u) for below, s, u in _MOVED if moved < below)
    return scale, unit, size, each


def _head(of: ProgramRecord) -> str:
    t, m = of.totals, of.memory
    first = (
        f"{of.title or 'program'}: {_count(t['kernels'], 'kernel')} "
        f"({_count(t['functions'], 'function')}) in {_count(t['segments'], 'segment')} "
        f"on {_count(t['lanes'], 'lane')}"
    )
    room = f"arena {amount(m.arena, 'B')}"
    if m.without_reuse > m.arena:
        room += f" ({amount(m.without_reuse, 'B')} without reuse)"
    moved = t["bytes_read"] + t["bytes_written"]
    second = (
        f"one step: {amount(t['flops'], 'FLOP')}, {amount(moved, 'B')} read or written "
        f"({number(t['flops_per_byte'])} FLOP for each byte), {room}"
    )
    return _fill("", first, 2) + "\n" + _fill("  ", second, 2)


# -- kernels ---------------------------------------------------------------------------------------


def labels(k: KernelRecord) -> list[str]:
    """The operations of a kernel, those of one forward op's derivative taken together."""
    return list(dict.fromkeys(o.label for o in k.operations))


def where(k: KernelRecord) -> str:
    """The layers and lines that a kernel's operations come from: `in layer fc1 (mlp.py:12)`."""
    scopes = list(dict.fromkeys(o.scope for o in k.operations if o.scope))
    lines = list(dict.fromkeys(o.line for o in k.operations if o.line))
    short = [f"{x[0]} … {x[-1]}" if len(x) > 2 else ", ".join(x) for x in (scopes, lines)]
    layers = "layer" if len(scopes) == 1 else "layers"
    parts = (f"in {layers} {short[0]}" if short[0] else "", f"({short[1]})" if short[1] else "")
    return " ".join(x for x in parts if x)


def split_text(k: KernelRecord) -> str:
    """`rows 48|52`, or who does it where it is not divided."""
    if not k.split:
        return "one lane"
    sizes = [b - a for a, b in k.shares]
    low, high = min(sizes), max(sizes)
    each = str(low) if low == high else f"{low}…{high}"
    texts = [f"{k.split} {len(sizes)}×{x}" for x in (each, f"~{sum(sizes) // len(sizes)}")]
    if len(sizes) <= 4:
        texts.insert(0, f"{k.split} {'|'.join(map(str, sizes))}")
    return next((x for x in texts if len(x) <= _SPLIT), f"{texts[-1][: _SPLIT - 1]}…")


def _row(left: str, kind: str, what: str, split: str, cells: Sequence[str]) -> str:
    text = f"{left:>4} {kind:<8}{what:<{_WHAT}} {split:<{_SPLIT}}"
    return (text + "".join(f"{c:>8}" for c in cells)).rstrip()


def _segment(of: ProgramRecord, segment: int) -> str:
    scale, unit, size, each = _units(of)
    title = f"segment {segment}"
    head = f"{title:<{14 + _WHAT}}{'split':<{_SPLIT}}"
    lines = ["", f"{head}{unit:>8}{each + ' in':>8}{each + ' out':>8}"]
    for k in of.kernels:
        if k.segment == segment:
            cells = [number(k.flops / scale)]
            cells += [number(n / size) for n in (k.bytes_read, k.bytes_written)]
            what = ", ".join(labels(k))
            if k.in_place:
                what += f" → {_few(k.in_place)}"
            if k.kind == "rows":
                what += f" → {', '.join(k.writes)}"
            if where(k):
                what += f" {where(k)}"
            texts = textwrap.wrap(what, _WHAT, break_on_hyphens=False) or [""]
            lines.append(_row(str(k.number), k.kind, texts[0], split_text(k), cells))
            lines += [_row("", "", text, "", ()) for text in texts[1:]]
    return "\n".join(lines)


def _order(phase: str) -> list[int]:
    return [_PHASES[p] for p in phase.split("+")]


def _sums(of: ProgramRecord) -> str:
    """Work and traffic by kind of kernel and by phase."""
    scale, unit, size, each = _units(of)
    all_flops = max(of.totals["flops"], 1)
    all_bytes = max(of.totals["bytes_read"] + of.totals["bytes_written"], 1)
    lines = [f"{'in all':<20}{'kernels':>8}{unit:>10}{'':>9}{each + ' moved':>10}"]

    def line(name: str, chosen: Iterable[KernelRecord]) -> None:
        kernels = list(chosen)
        if kernels:
            work = sum(k.flops for k in kernels)
            moved = sum(k.bytes_read + k.bytes_written for k in kernels)
            share = f"{100 * work / all_flops:.1f} %"
            part = f"{100 * moved / all_bytes:.1f} %"
            lines.append(
                f"  {name:<18}{len(kernels):>8}{number(work / scale):>10}{share:>9}"
                f"{number(moved / size):>10}{part:>9}"
            )

    for kind in dict.fromkeys(k.kind for k in of.kernels):
        line(kind, (k for k in of.kernels if k.kind == kind))
    lines.append("")
    for phase in sorted({k.phase for k in of.kernels}, key=_order):
        line(phase, (k for k in of.kernels if k.phase == phase))
    if of.lanes > 1 and of.totals["flops"]:
        parts = [100 * x / of.totals["flops"] for x in of.totals["lane_flops"]]
        shown = " | ".join(f"{x:.1f} %" for x in parts[:8]) + (" | …" if len(parts) > 8 else "")
        lines += ["", f"  {unit} of the lanes: {shown}"]
    return "\n".join(lines)


# -- memory ----------------------------------------------------------------------------------------


def _life(room: Room, times: int) -> str:
    if times > 16:
        return f"{room.first}–{room.last}" if room.last > room.first else str(room.first)
    return "".join("█" if room.first <= t <= room.last else "·" for t in range(1, times + 1))


def _memory(of: ProgramRecord) -> str:
    m = of.memory
    text = f"memory: arena of {amount(m.arena, 'B')}"
    if m.without_reuse > m.arena:
        text += f", {amount(m.without_reuse, 'B')} if no buffer shared room with another"
    largest = sorted(m.buffers, key=lambda r: -r.bytes)[:_ROOMS]
    chosen = [r for r in m.buffers if r in largest]
    life = max([12, *(len(_life(r, m.times)) for r in chosen)])
    lines = [text]
    if chosen:
        lines.append(f"{'offset':>10}{'kB':>10}  {m.unit + 's':<{life}}  buffer")
    for r in chosen:
        name = r.name
        if r.shares:
            name += f"   room also of {_few(r.shares)}"
        head = f"{r.offset:>10,} {number(r.bytes / 1e3):>9}  {_life(r, m.times):<{life}}  "
        lines.append(_fill(head, name))
    left = [r for r in m.buffers if r not in largest]
    if left:
        size = amount(sum(r.bytes for r in left), "B")
        lines.append(f"{'':>22}and {_count(len(left), 'smaller buffer')}, {size} in all")
    return "\n".join(lines)


# -- the user's lines ------------------------------------------------------------------------------


def _lines(of: ProgramRecord) -> str:
    """Every line of the user's, and the kernels that compute something of it."""
    texts: dict[str, str] = {}
    kernels: dict[str, dict[str, list[int]]] = {}
    for k in of.kernels:
        for o in k.operations:
            if o.line:
                texts.setdefault(o.line, o.text)
                phase = "    backward pass: " if o.backward else "    "
                numbers = kernels.setdefault(o.line, {}).setdefault(phase, [])
                if k.number not in numbers:
                    numbers.append(k.number)
    if not texts:
        return ""
    lines = ["your lines"]
    for line in list(texts)[:_LINES]:
        shown = f"  {line}   {texts[line]}".rstrip()
        lines.append(shown if len(shown) <= WIDTH else f"{shown[: WIDTH - 1]}…")
        for phase, numbers in kernels[line].items():
            word = "kernels" if len(numbers) > 1 else "kernel"
            lines.append(_fill(f"{phase}{word} ", runs(numbers), 6))
    if len(texts) > _LINES:
        lines.append(f"  and {len(texts) - _LINES} more")
    return "\n".join(lines)


# -- one kernel ------------------------------------------------------------------------------------


def portrait(of: ProgramRecord, k: KernelRecord) -> str:
    """One kernel: what it computes, over which loops, what it reads and writes."""
    axes = " × ".join(f"{a.extent} {a.role}" for a in k.axes) or "one number"
    lines = [f"kernel {k.number} of {len(of.kernels)}: {k.kind}, segment {k.segment}"]
    lines.append(_fill("  computes   ", ", ".join(labels(k))))
    if where(k):
        lines.append(_fill("  from       ", where(k).removeprefix("in ")))
    lines.append(_fill("  axes       ", axes))
    if k.split:
        shares = [f"{a}…{b}" for a, b in k.shares]
        more = f" | … | {shares[-1]}" if len(shares) > 5 else ""
        text = " | ".join(shares[:4] if more else shares) + more
        lines.append(_fill("  lanes      ", f"{k.split} {text}"))
    else:
        lines.append("  lanes      one does it all")
    for word, touched in (("reads", k.reads), ("writes", k.writes)):
        text = ", ".join(f"{name} ({amount(n, 'B')})" for name, n in touched.items()) or "nothing"
        lines.append(_fill(f"  {word:<11}", text))
    if k.in_place:
        lines.append(_fill("  in place   ", ", ".join(k.in_place)))
    work = f"{amount(k.flops, 'FLOP')}, {number(k.intensity)} for each byte"
    if not k.flops:
        work = "no FLOP"
    if k.dear:
        work += f"; {k.dear:,} of them are divisions, roots, exp and the like"
    lines.append(_fill("  work       ", work))
    users = [x.number for x in of.kernels if x.function == k.function and x is not k]
    same = f", the same code as kernel {', '.join(map(str, users))}" if users else ""
    lines += [_fill("  function   ", f"{k.function}{same}"), "", *_code(k)]
    return "\n".join(lines)


def _code(k: KernelRecord) -> list[str]:
    """The loops and what stands in them."""
    lines = []
    for depth, level in enumerate(k.loops):
        text = f"for {level.axes} 0…{level.extent}"
        if level.split:
            text = f"for {level.axes}: this lane's share of {level.extent}"
        if level.vector > 1:
            text += f", {level.vector} at a time"
        if level.at_once > 1:
            more = "vectors" if level.vector > 1 else "steps"
            text += f", {level.at_once} {more} in a turn"
        lines.append("  " * (depth + 1) + text)
    indent = "  " * (len(k.loops) + 1)
    return lines + [_fill(indent, x, len(indent) + 4) for x in k.body]
