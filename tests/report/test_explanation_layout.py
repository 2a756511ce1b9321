"""Where the picture of a pass puts its boxes, on random graphs with groups in groups: nothing
overlaps, what belongs to a group stands in it, values flow one way, and no wire runs through a box.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from denpa.report import linker

Rect = tuple[float, float, float, float]  # start, end along the flow; low, high across it
PAD = {"start": 12, "end": 14, "low": 30, "high": 12}
LAYOUT = """([boxes, framings, wires, room]) => {
  const plan = nested(boxes, framings, wires, { gap: 30, sep: 10, room: room ?? Infinity });
  return { main: plan.main, cross: plan.cross, at: Object.fromEntries(plan.at),
    frames: Object.fromEntries(plan.frames), routes: Object.fromEntries(plan.routes) }; }"""


@pytest.fixture(scope="module")
def scripted(browser: Any) -> Any:
    page = browser.new_page()
    page.add_script_tag(content=linker.script())
    yield page
    page.close()


def cut(
    rng: np.random.Generator, first: int, last: int, parent: str | None, out: list[Any]
) -> None:
    """Groups of neighbours in a run of equations, nested."""
    k = first
    while k < last:
        size = int(rng.integers(2, 8))
        if last - k > size and rng.random() < 0.4 and len(out) < 12:
            name = f"g{len(out)}"
            out.append({"id": name, "parent": parent, "from": k, "to": k + size})
            cut(rng, k, k + size, name, out)
        k += size


def graph(seed: int, n: int) -> tuple[list[Any], list[Any], list[Any]]:
    rng = np.random.default_rng(seed)
    groups: list[Any] = []
    cut(rng, 0, n, None, groups)
    boxes, wires = [], []
    for k in range(n):
        home = None
        for g in groups:  # outer ones first, so that the last is the innermost
            if g["from"] <= k < g["to"]:
                home = g["id"]
        read = sorted({int(rng.integers(max(0, k - 9), k)) for _ in range(rng.integers(0, 4)) if k})
        for j in read:
            wires.append({"id": f"e{len(wires)}", "from": f"v{j}", "to": f"v{k}",
                          "late": False, "need": int(rng.integers(0, 60))})  # fmt: skip
        boxes.append({
            "id": f"v{k}", "home": home, "main": int(rng.integers(20, 120)),
            "cross": int(rng.integers(15, 70)), "leaf": not read, "spine": bool(rng.random() < 0.5),
            "parameter": not read and bool(rng.random() < 0.5),
        })  # fmt: skip
    framings = [
        {"id": g["id"], "parent": g["parent"], "least": {"main": 90, "cross": 0}, "pad": PAD}
        for g in groups
    ]
    return boxes, framings, wires


def apart(a: Rect, b: Rect) -> bool:
    return a[1] <= b[0] + 0.01 or b[1] <= a[0] + 0.01 or a[3] <= b[2] + 0.01 or b[3] <= a[2] + 0.01


def within(a: Rect, b: Rect) -> bool:
    return (
        a[0] >= b[0] - 0.01 and a[1] <= b[1] + 0.01 and a[2] >= b[2] - 0.01 and a[3] <= b[3] + 0.01
    )


@pytest.mark.parametrize("room", [None, 400])
@pytest.mark.parametrize(("seed", "n"), [(s, n) for s in range(6) for n in (1, 3, 12, 40)])
def test_groups_in_groups_keep_apart(scripted: Any, seed: int, n: int, room: int | None) -> None:
    boxes, framings, wires = graph(seed, n)
    plan = scripted.evaluate(LAYOUT, [boxes, framings, wires, room])
    at = plan["at"]
    rects: dict[str, Rect] = {}
    for b in boxes:
        p = at[b["id"]]
        rects[b["id"]] = (
            p["m"] - b["main"] / 2, p["m"] + b["main"] / 2,
            p["c"] - b["cross"] / 2, p["c"] + b["cross"] / 2,
        )  # fmt: skip
    frames: dict[str, Rect] = {
        k: (f["start"], f["end"], f["low"], f["high"]) for k, f in plan["frames"].items()
    }
    parent = {g["id"]: g["parent"] for g in framings}

    def around(home: str | None) -> list[str]:
        out = []
        while home is not None:
            out.append(home)
            home = parent[home]
        return out

    homes = {b["id"]: around(b["home"]) for b in boxes} | {g: around(parent[g]) for g in parent}
    names = [b["id"] for b in boxes]
    for i, a in enumerate(names):
        assert all(apart(rects[a], rects[b]) for b in names[:i]), a
        for g, frame in frames.items():
            if g in homes[a]:
                assert within(rects[a], frame), (a, g)
            else:
                assert apart(rects[a], frame), (a, g)
    for g, frame in frames.items():
        for other, f in frames.items():
            if other in homes[g]:
                assert within(frame, f), (g, other)
            elif g not in homes[other] and g != other:
                assert apart(frame, f), (g, other)
    for w in wires:
        a, b = rects[w["from"]], rects[w["to"]]
        assert a[1] <= b[0] + 0.01, "values flow one way"
        ends = set(homes[w["from"]]) | set(homes[w["to"]])
        last = at[w["from"]]["end"]
        for lane in plan["routes"][w["id"]]:
            assert lane["start"] >= last - 0.01, "a wire never turns back"
            last = lane["end"]
            line = (lane["start"], lane["end"], lane["c"], lane["c"])
            for name, r in rects.items():
                if name not in (w["from"], w["to"]):
                    assert apart(line, r), (w["id"], name)
            for g, frame in frames.items():
                assert g in ends or apart(line, frame), (w["id"], g)
    assert scripted.evaluate(LAYOUT, [boxes, framings, wires, room]) == plan


def test_a_cycle_is_refused(scripted: Any) -> None:
    box = {"main": 10, "cross": 10}
    boxes = [{"id": "a", **box}, {"id": "b", **box}]
    wires = [{"id": "x", "from": "a", "to": "b"}, {"id": "y", "from": "b", "to": "a"}]
    with pytest.raises(Exception, match="the picture has a cycle"):
        scripted.evaluate(LAYOUT, [boxes, [], wires, None])
