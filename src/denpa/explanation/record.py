"""The record of an explanation: typed, versioned, JSON-able. Pages are drawn from it alone.

Arrays are stored once, by name; equal bytes share one. What is too large to be looked at is left
out, with its range in its place, and the record says so.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from denpa.core.shape import size_of
from denpa.explanation import laws, shows
from denpa.explanation.analysis import Analysis
from denpa.explanation.condensing import MOST, Passage, condense
from denpa.explanation.groups import Group
from denpa.explanation.mathml import equation, tex
from denpa.explanation.sparse import Map
from denpa.explanation.tape import Edge, Node

SCHEMA, VERSION = "denpa.explanation", 1
BUDGET = 2_000_000
"""Bytes of arrays in a record: 2.7 MB as base64, a page that a phone opens."""
_ONE = 1 << 18
"""Numbers of one value that are stored at most."""
_MANY = 50_000
"""Numbers of one value that are compared before a record is written."""
_KINDS = {"float64": "f64", "float32": "f32", "int64": "i64", "int32": "i32", "uint8": "u8"}


class Arrays:
    """Each array once, by name."""

    def __init__(self) -> None:
        self.table: dict[str, dict[str, Any]] = {}
        self.spent = 0
        self._known: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def add(self, a: np.ndarray, kind: str | None = None) -> str:
        """Its name in the table; `kind` is the dtype to store floats in."""
        if a.dtype.kind == "f":
            a = a.astype(kind or "float64")
        elif a.dtype.kind == "b" or (a.size and a.min() >= 0 and a.max() < 256):
            a = a.astype(np.uint8)
        elif a.dtype != np.int32:
            a = a.astype(np.int64)
        a = np.asarray(a, a.dtype.newbyteorder("<"), order="C")
        key = (str(a.dtype), a.shape, a.tobytes())
        name = self._known.get(key)
        if name is None:
            self._known[key] = name = f"a{len(self.table)}"
            self.spent += a.nbytes
            self.table[name] = {
                "dtype": _KINDS[a.dtype.newbyteorder("=").name],
                "shape": list(a.shape),
                "data": base64.b64encode(key[2]).decode(),
            }
        return name


class _Writer:
    def __init__(self, e: Analysis) -> None:
        self.e = e
        self.tape = e._tape
        self.arrays = Arrays()
        self.kept = condense(self.tape, e._groups, e._home)
        self.left = {"nodes": self.kept.left, "samples": 0, "values": 0}
        self.ids = {n: f"v{n.number}" for n in self.kept.nodes}
        self.boxed: dict[Group | None, list[Node]] = {}
        for n in self.kept.nodes:
            self.boxed.setdefault(self.kept.home[n], []).append(n)
        self.entries: dict[Node, list[Node]] = {n: [] for n in self.kept.shut}
        for p in self.kept.passages:
            if p.target in self.entries:
                self.entries[p.target].append(p.source)
        self.samples = self._samples()
        # float32 networks are stored in float32 once the pass is large: twice as many fit in
        small = sum(n.array.size for n in self.tape.nodes) <= 20_000
        self.kind = "float64" if small else "float32"

    def _samples(self) -> list[int]:
        """The rows that are stored: all of them, or as many as fit, around the first shown."""
        size = self.tape.batch
        if size is None:
            return []
        batch = sum(
            n.array.size for n in self.tape.nodes if n.axis is not None and n.array.size <= _ONE
        )
        rest = sum(n.array.size for n in self.tape.nodes if n.axis is None and n.array.size <= _ONE)
        fits = max(1, int((BUDGET / 8 - rest) * size / max(batch, 1)))
        if fits >= size:
            return list(range(size))
        fits = min(fits, 64)
        first = max(0, min(self.e.start - fits // 2, size - fits))
        self.left["samples"] = size - fits
        return list(range(first, first + fits))

    def stored(self, n: Node, a: np.ndarray | None) -> str | None:
        """The name of a value's numbers, its rows cut to those that are kept; None where they are
        too many."""
        if a is None:
            return None
        if n.axis is not None and len(self.samples) < (self.tape.batch or 0):
            rows = [n.rows(s)[-1] for s in self.samples]
            places = np.concatenate([np.arange(r.start, r.stop) for r in rows])
            a = np.take(a, places, axis=n.axis)
        if a.size > _ONE or self.arrays.spent > BUDGET:
            self.left["values"] += 1
            return None
        return self.arrays.add(a, self.kind)

    def node(self, n: Node) -> dict[str, Any]:
        symbol, home = self.e._symbols[n], self.kept.home[n]
        value, delta = self.stored(n, n.array), self.stored(n, n.delta)
        shut = n in self.kept.shut  # it stands for all that its box holds
        op, right = (None, "") if shut else (n.op, self.e._right_side(n))
        inputs = self.entries[n] if shut else n.inputs
        return {
            "id": self.ids[n],
            "role": n.role,
            "name": n.name,
            "path": n.path,
            "group": None if home is None else f"g{home.number}",
            "op": None if op is None else op.name,
            "inputs": [self.input(x) for x in inputs],
            "shape": list(n.shape),
            "dtype": _KINDS.get(n.value.dtype.name, n.value.dtype.name),
            "axis": n.axis,
            "per": n.per,
            "symbol": {
                "base": symbol.base,
                "layer": symbol.layer,
                "element": symbol.element or symbol.base,
            },
            "formula": equation(symbol.latex(), right) if right else None,
            "law": tex(op.law) if op is not None and op.law else None,
            "value": value,
            "delta": delta,
            "stats": _stats(n.array, value),
            "dstats": _stats(n.delta, delta),
            "began": began(n),
            "show": shows.show(n, self.tape),
            "hidden": n.role == "constant" and not n.shape,
            "source": None if n.source is None else str(n.source),
        }

    def input(self, x: Any) -> Any:
        """What an equation reads: a value, what stands for it, or a number."""
        if isinstance(x, Node):
            unit = self.kept.unit[x]
            if unit is not None:
                return self.ids[unit]
            x = float(x.array.reshape(()))
        return {"number": _finite(x)}

    def map(self, e: Edge) -> dict[str, Any] | None:
        """The map of an edge, its arrays by name; rows are cut like those of its values."""
        if e.message is None:
            return None
        m = e.map
        full = self.arrays.spent > BUDGET
        if full and any(isinstance(x, np.ndarray) for x in m.held.values()):
            return {"kind": "far", "why": "size"}
        held: dict[str, Any] = {"kind": m.kind}
        for name, x in m.held.items():
            if isinstance(x, np.ndarray):
                if x.size > _ONE:
                    return {"kind": "far", "why": "size"}
                held[name] = self._held(e, m, name, x)
                if held[name] is None:
                    return {"kind": "far", "why": "size"}
            else:
                held[name] = x
        if m.kind == "far":
            held["why"] = "rule"
        return held

    def _held(self, e: Edge, m: Map, name: str, x: np.ndarray) -> str | None:
        whole = len(self.samples) == (self.tape.batch or 0)
        if name == "other":  # another value of the same equation
            return self.stored(e.target.inputs[1 - e.slot], x)
        if whole:
            return self.arrays.add(x, self.kind)
        if m.kind in ("take", "put", "dense"):  # its numbers count all rows
            return None
        like = e.target if m.kind == "pointwise" else e.source
        return self.stored(like, x)

    def passage(self, p: Passage) -> dict[str, Any]:
        """An edge, or all that goes into a box that is shut."""
        if p.whole:
            return self.edge(p.edges[0])
        message = p.message
        return {
            "id": f"e{p.number}",
            "from": self.ids[p.source],
            "to": self.ids[p.target],
            "slot": 0,
            "local": None if message is None else {"kind": "far", "why": "size"},
            "factor": None,
            "sent": message is not None,
            "message": self.stored(p.source, message),
        }

    def edge(self, e: Edge) -> dict[str, Any]:
        factor = self.e._factor(e) if e.message is not None else ""
        return {
            "id": f"e{e.number}",
            "from": self.ids[e.source],
            "to": self.ids[e.target],
            "slot": e.slot,
            "local": self.map(e),
            "factor": tex(factor) if factor else None,
            "sent": e.message is not None,
            "message": self.stored(e.source, e.message),
        }

    def group(self, g: Group) -> dict[str, Any]:
        return {
            "id": f"g{g.number}",
            "parent": None if g.parent is None else f"g{g.parent.number}",
            "name": g.name,
            "label": g.label,
            "kind": g.kind,
            "nodes": [self.ids[n] for n in self.boxed.get(g, ())],
            "output": self.ids[g.output],
            "count": g.count,
            "open": False,
            "law": self._law(g),
        }

    def _law(self, g: Group) -> dict[str, Any] | None:
        law = laws.law_of(self.tape, self.e._home, g)
        if law is None or len(self.samples) < (self.tape.batch or 0):
            return None
        return {
            "formula": tex(law.formula),
            "factor": tex(law.factor),
            "from": self.ids[law.source],
            "spell": {
                "kind": "difference",
                "left": self.arrays.add(law.left, self.kind),
                "right": self.arrays.add(law.right, self.kind),
                "over": law.over,
            },
        }

    def steps(self) -> list[dict[str, Any]]:
        """Forwards value by value, then back: what is sent, and where messages meet, their sum."""
        kept = self.kept
        found: list[dict[str, Any]] = [
            {"pass": "forward", "kind": "value", "node": self.ids[n], "edges": []}
            for n in kept.nodes
            if n.op is not None
        ]
        loss = self.ids[self.tape.loss]
        found.append({"pass": "backward", "kind": "seed", "node": loss, "edges": []})
        of = {e: p for p in kept.passages for e in p.edges}
        waiting: dict[Node, int] = {}
        for p in kept.passages:
            waiting[p.source] = waiting.get(p.source, 0) + any(
                e.message is not None for e in p.edges
            )
        sent: dict[Node, dict[Passage, None]] = {}
        for e in self.tape.order:
            if (known := of.get(e)) is not None:
                sent.setdefault(known.target, {})[known] = None
        arrived: dict[Node, list[str]] = {}
        for target, passages in sent.items():
            ids = [f"e{p.number}" for p in passages]
            found.append(
                {"pass": "backward", "kind": "send", "node": self.ids[target], "edges": ids}
            )
            for p in passages:
                got = arrived.setdefault(p.source, [])
                got.append(f"e{p.number}")
                if len(got) == waiting[p.source] > 1:
                    found.append(
                        {
                            "pass": "backward",
                            "kind": "sum",
                            "node": self.ids[p.source],
                            "edges": got,
                        }
                    )
        return found

    def checks(self) -> list[dict[str, Any]]:
        """The messages against backward()'s, and the maps against the rules: how many numbers, and
        the largest difference beside the sizes of the products that were added."""
        deriver = self.e._deriver
        messages, local = _Check("messages"), _Check("local")
        for n, stored in deriver.stored.items():
            if n.delta is not None:
                messages.compare(n.delta, stored, deriver.sizes[n])
        for edge in self.tape.order[:MOST]:
            y = edge.target
            if edge.message is None or y.delta is None:
                continue
            mine = edge.map.pull(y.delta)
            if mine is not None:
                local.compare(mine, edge.message, deriver.sizes[edge.source])
        return [messages.to_dict(), local.to_dict()]


class _Check:
    """Differences between two ways to the same numbers."""

    def __init__(self, what: str) -> None:
        self.what, self.count, self.worst = what, 0, 0.0

    def compare(self, a: np.ndarray, b: np.ndarray, size: np.ndarray) -> None:
        each = max(1, a.size // _MANY)  # of very many numbers some, evenly
        a, b = a.ravel()[::each], b.ravel()[::each]
        with np.errstate(all="ignore"):
            far = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.abs(a - b) / size.max())
        self.count += far.size
        self.worst = max(self.worst, float(np.nan_to_num(far, nan=np.inf).max(initial=0.0)))

    def to_dict(self) -> dict[str, Any]:
        return {"what": self.what, "count": self.count, "worst": min(self.worst, 1e300)}


def record(e: Analysis) -> dict[str, Any]:
    """The record of an explanation, as JSON can hold it."""
    w = _Writer(e)
    tape = w.tape
    # The small ones first: what is over the budget is then what nobody can look at in full.
    nodes = {n: w.node(n) for n in sorted(w.kept.nodes, key=lambda n: n.array.size)}
    small = sorted(w.kept.passages, key=lambda p: p.source.array.size + p.target.array.size)
    edges = {p: w.passage(p) for p in small}
    steps = w.steps()
    target = next((n for n in tape.nodes if n.role == "target"), None)
    batch = None
    if tape.batch is not None:
        batch = {
            "size": tape.batch,
            "samples": w.samples,
            "start": e.start,
            "target": None if target is None else w.ids.get(target),
            "classes": None if e.classes is None else list(e.classes),
        }
    left = w.left if any(w.left.values()) else None
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "title": e.title,
        "formula": None if e.formula is None else tex(e.formula),
        "language": e.language,
        "facts": {
            "parameters": sum(size_of(n.shape) for n in tape.nodes if n.role == "parameter"),
            "equations": sum(n.op is not None for n in tape.nodes),
            "given": [[k, v] for k, v in e.given.items()],
        },
        "batch": batch,
        "nodes": [nodes[n] for n in w.kept.nodes],
        "edges": [edges[p] for p in w.kept.passages],
        "groups": [w.group(g) for g in w.kept.groups],
        "steps": steps,
        "sums": [{"node": s["node"], "edges": s["edges"]} for s in steps if s["kind"] == "sum"],
        "checks": w.checks(),
        "left_out": left,
        "arrays": w.arrays.table,
    }


def _finite(x: Any) -> Any:
    """JSON has no NaN and no infinity: those are texts."""
    return x if isinstance(x, int) or np.isfinite(x) else str(float(x))


def _stats(a: np.ndarray | None, stored: str | None) -> dict[str, Any] | None:
    """The range of what is not stored, or not finite."""
    if a is None or a.dtype.kind != "f":
        return None
    sound = bool(np.isfinite(a).all())
    if sound and stored is not None:
        return None
    nan, inf = (0, 0) if sound else (int(np.isnan(a).sum()), int(np.isinf(a).sum()))
    finite = a if sound else a[np.isfinite(a)]
    low, high, mean = (
        (float(finite.min()), float(finite.max()), float(finite.mean()))
        if finite.size
        else (None,) * 3
    )
    return {"min": low, "max": high, "mean": mean, "nan": nan, "inf": inf}


def began(n: Node) -> bool:
    """Whether NaN or infinity appears here first."""
    if n.array.dtype.kind != "f" or np.isfinite(n.array).all():
        return False
    return all(
        bool(np.isfinite(x.array).all())
        for x in n.inputs
        if isinstance(x, Node) and x.array.dtype.kind == "f"
    )
