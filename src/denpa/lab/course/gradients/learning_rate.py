# %% [markdown]
# # A learning rate too small, right, too large
#
# Gradient descent steps against the gradient, and the learning rate $\eta$ says how far:
# $w \leftarrow w - \eta\, \partial E/\partial w$. Why does a small change of $\eta$ sometimes
# decide between learning and numbers that grow without end?
#
# One parameter is enough to see it. Take the parabola $E(w) = (w - 3)^2$ with its minimum at
# $w = 3$. Its derivative is $2(w - 3)$, and its second derivative, the *curvature*, is $a = 2$
# everywhere. Start at $w = -1$ and try four rates.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa.lab import Lab

lab = Lab("learning-rate")
minimum, start, steps = 3.0, -1.0, 20


def descend(rate, curvature=2.0, start=start, steps=steps):
    w = dp.tensor(start, dtype=dp.float64, requires_grad=True)
    optimizer = dp.optim.SGD([w], lr=rate)
    path = [start]
    for _ in range(steps):
        optimizer.zero_grad()
        (0.5 * curvature * (w - minimum) ** 2).backward()
        optimizer.step()
        path.append(w.item())
    return np.array(path)


rates = {"too small": 0.05, "right": 0.5, "large": 0.9, "too large": 1.05}
paths = {name: descend(rate) for name, rate in rates.items()}

# %% tags=["hide-input"]
figure, panels = lab.axes(1, 4, width=9, height=2.7)
w = np.linspace(-4, 10, 141)
for axes, (name, rate) in zip(panels, rates.items(), strict=True):
    path = paths[name][:9]
    axes.plot(w, (w - minimum) ** 2, color="#999999", ls="-", lw=1)
    axes.plot(path, (path - minimum) ** 2, "-o", color="#d1495b", lw=1)
    axes.plot(start, (start - minimum) ** 2, "s", color="black", ms=6)
    axes.set(title=f"{name}, $\\eta = {rate}$", xlabel="$w$", xlim=(-4, 10), ylim=(-2, 48))
panels[0].set(ylabel="$E(w) = (w - 3)^2$")
lab.show(
    figure,
    "Eight steps on the parabola for four rates: creeping down one side, one step to the minimum, "
    "jumping from side to side and down, jumping from side to side and up.",
)

# %% [markdown]
# The square is the start, each dot a step. At 0.05 the steps are safe and short. At 0.5 a single
# step ends at the minimum. At 0.9 each step lands on the other side, lower than before. At 1.05 it
# lands on the other side too, but higher, and so does the next.
#
# ## Why
#
# Write one step for the distance from the minimum, in a parabola of any curvature $a$:
#
# $$w - 3 \;\leftarrow\; (w - 3) - \eta\, a\, (w - 3) = (1 - \eta a)\,(w - 3).$$
#
# Every step multiplies the distance by the same factor $1 - \eta a$. All that can happen is in this
# number:
#
# * $\eta a < 1$: the factor is positive. The distance shrinks, and stays on its side.
# * $\eta a = 1$: the factor is 0. One step is enough.
# * $1 < \eta a < 2$: the factor is negative, but smaller than 1 in size. It jumps and shrinks.
# * $\eta a = 2$: the factor is $-1$. It jumps back and forth for ever.
# * $\eta a > 2$: the factor is larger than 1 in size. It jumps and grows.
#
# So the rate alone is neither small nor large; its product with the curvature is. Measure the
# factor for parabolas of three curvatures, as the ratio of one distance to the one before. Then
# search for the largest rate that does not make the distance grow, from five starts drawn at
# random between −100 and 100, by halving an interval again and again.

# %%
curvatures = np.array([0.5, 2.0, 8.0])
products = np.linspace(0.05, 2.45, 25)  # ηa
ratios = np.empty((len(curvatures), len(products), 3))
for i, a in enumerate(curvatures):
    for j, product in enumerate(products):
        distance = descend(product / a, a, steps=3) - minimum
        ratios[i, j] = distance[1:] / distance[:-1]


def largest_rate(a, start):
    low, high = 0.0, 10.0
    while high - low > 1e-5:
        rate = (low + high) / 2
        path = descend(rate, a, start, steps=2)
        grows = abs(path[-1] - minimum) > abs(path[0] - minimum)
        low, high = (low, rate) if grows else (rate, high)
    return low


starts = [np.random.default_rng(seed).uniform(-100, 100) for seed in lab.seeds(5)]
limits = np.array([[largest_rate(a, w) for w in starts] for a in curvatures])

# %% tags=["hide-input"]
figure, axes = lab.axes(width=6.4, height=3.2)
axes.plot([0, 1, 2.5], [1, 0, 1.5], color="#aaaaaa", ls="-", lw=5, label="$|1 - \\eta a|$")
for i, (a, marker) in enumerate(zip(curvatures, "os^", strict=True)):
    axes.plot(products[i::3], np.abs(ratios[i, i::3, 0]), marker, ls="", label=f"curvature {a:g}")
axes.axhline(1, color="black", ls="--", lw=1)
axes.text(0.5, 1.03, "above this line it diverges", fontsize=9)
axes.set(xlabel="$\\eta a$, learning rate times curvature", ylabel="factor per step")
axes.legend(loc="lower left")
lab.show(
    figure,
    "The factor per step against learning rate times curvature, for three curvatures: all points "
    "lie on one V, which is 0 at 1 and crosses the factor 1 at 2.",
)
lab.table(
    {
        "learning rate": [*rates.values()],
        "1 − ηa": [1 - 2 * rate for rate in rates.values()],
        "distance after 20 steps": [abs(path[-1] - minimum) for path in paths.values()],
        "verdict": [*rates],
    }
)
lab.table(
    {
        "curvature": curvatures,
        "largest learning rate without growth": limits.mean(axis=1),
        "theory": 2 / curvatures,
    }
)

# %% [markdown]
# All three parabolas give one curve. The limit $2/a$ is set by the curvature alone: not by the
# height of the error, and not by the place of the start. A parabola that is sixteen times as curved
# has a limit that is sixteen times as low.
#
# A loss of many parameters has many curvatures at once, one for each direction, and one learning
# rate for all of them. The most curved direction sets the limit, and the flattest one has to live
# with it: [the line through points](line-fit.py) measures what that costs. Nor is the curvature of
# a network's loss the same everywhere. A rate that is right at first may be too large later on;
# [lowering it](../optimizers/lowered-learning-rate.py) helps then.
#
# **To take away:** a loss that grows says $\eta > 2/a$: lower the rate. A loss that falls slowly can
# mean two things, a rate far below $1/a$ or one just below $2/a$. The parameter tells which: above
# $1/a$ it jumps from side to side.

# %%
lab.claim(
    "Each step multiplies the distance from the minimum by 1 − ηa, for each of 3 curvatures: "
    "largest difference",
    np.abs(ratios - (1 - products)[:, None]).max(),
    at_most=1e-9,
)
lab.claim(
    "With ηa = 1, one step is enough: distance after it",
    paths["right"][1] - minimum,
    near=0,
    within=1e-12,
)
lab.claim(
    "With 1 < ηa < 2, each of 20 steps changes the side",
    int(np.sum(np.diff(np.sign(paths["large"] - minimum)) != 0)),
    equal=20,
)
lab.claim(
    "With ηa = 2, the distance stays 4 for 20 steps",
    np.abs(descend(1.0) - minimum),
    near=4,
    within=1e-12,
)
lab.claim(
    "The largest learning rate without growth, times the curvature, is 2, from each of 5 starts",
    limits * curvatures[:, None],
    near=2,
    within=1e-4,
)
