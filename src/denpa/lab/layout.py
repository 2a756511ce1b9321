"""Where the nodes of a drawn graph stand: in columns, few edges crossed and none bent for nothing.

A node stands as far to the right as its readers allow. An arc over several columns keeps a place
free in each of them. Source: Sugiyama, Tagawa, Toda, *Methods for visual understanding of
hierarchical system structures* (1981).
"""

from __future__ import annotations

from itertools import combinations, pairwise

__all__ = ["Point", "layout"]

Point = tuple[float, float]


def layout(arcs: list[tuple[int, int]], gap: float) -> tuple[dict[int, Point], list[list[Point]]]:
    """Where the nodes stand, and the way of each arc.

    The last arc ends at the output, to which every node leads. Columns are 1 apart, the nodes of
    one column `gap` or more.

    >>> points, ways = layout([(0, 2), (1, 2), (2, 3), (0, 3)], gap=1.0)
    >>> [column for _, (column, _) in sorted(points.items())], [len(way) for way in ways]
    ([0.0, 0.0, 1.0, 2.0], [2, 2, 2, 3])
    """
    column = {arcs[-1][1]: 0}
    while waiting := {a for a, _ in arcs} - set(column):
        for a in waiting:
            after = [b for x, b in arcs if x == a]
            if all(b in column for b in after):
                column[a] = min(column[b] for b in after) - 1
    ways: list[list[int]] = []
    for a, b in arcs:
        free = {max(column) + 1 + k: c for k, c in enumerate(range(column[a] + 1, column[b]))}
        column |= free
        ways.append([a, *free, b])
    links = [link for way in ways for link in pairwise(way)]
    order, stack = list[int](), [arcs[-1][1]]
    while stack:  # depth first from the output: the first input stands above the second
        k = stack.pop()
        if k not in order:
            order.append(k)
            stack += [a for a, b in links if b == k][::-1]
    layers = [[k for k in order if column[k] == c] for c in range(min(column.values()), 1)]
    _uncross(layers, links)
    height = {k: -float(place) for layer in layers for place, k in enumerate(layer)}
    inner = {b for _, b in links}
    weight = {k: 1.0 if k in inner else 0.02 for k in order}  # an input moves to its readers
    near = {k: [a + b - k for a, b in links if k in (a, b)] for k in order}
    for sweep in range(100):
        for layer in layers if sweep % 2 else layers[::-1]:
            wish = [
                _mean([height[m] for m in near[k]], [weight[m] for m in near[k]]) for k in layer
            ]
            height |= dict(zip(layer, _spaced(wish, [weight[k] for k in layer]), strict=True))
    points = {k: (float(c - min(column.values())), height[k] * gap) for k, c in column.items()}
    return {k: points[k] for arc in arcs for k in arc}, [[points[k] for k in way] for way in ways]


def _uncross(layers: list[list[int]], links: list[tuple[int, int]]) -> None:
    """Exchange neighbours in a column for as long as fewer edges cross."""

    def crossings() -> int:
        place = {k: (c, r) for c, layer in enumerate(layers) for r, k in enumerate(layer)}
        drawn = [(*place[a], place[b][1]) for a, b in links]
        pairs = combinations(drawn, 2)
        return sum(c == d and (a - x) * (b - y) < 0 for (c, a, b), (d, x, y) in pairs)

    best, before = crossings(), -1
    while best != before:
        before = best
        for layer in layers:
            for r in range(len(layer) - 1):
                layer[r : r + 2] = layer[r : r + 2][::-1]
                if (found := crossings()) < best:
                    best = found
                else:
                    layer[r : r + 2] = layer[r : r + 2][::-1]


def _spaced(wish: list[float], weight: list[float]) -> list[float]:
    """The heights nearest to those wished for that fall by 1 or more each.

    Pool adjacent violators: where two wishes are too near, or the wrong way round, their blocks
    become one, around the mean of what its members wish for.

    >>> _spaced([5, 1, 1], [1, 1, 1])
    [5, 1.5, 0.5]
    """
    blocks: list[tuple[float, float, int]] = []  # mean wish, weight, members
    for place, (height, w) in enumerate(zip(wish, weight, strict=True)):
        blocks.append((height + place, w, 1))
        while len(blocks) > 1 and blocks[-2][0] < blocks[-1][0]:
            (a, v, n), (b, w, m) = blocks[-2:]
            blocks[-2:] = [((a * v + b * w) / (v + w), v + w, n + m)]
    level = [mean for mean, _, members in blocks for _ in range(members)]
    return [height - place for place, height in enumerate(level)]


def _mean(values: list[float], weights: list[float]) -> float:
    return sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)
