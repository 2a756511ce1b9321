# %% [markdown]
# # Two penalties on one valley: why L1 makes zeros
#
# An error has its minimum at $w = (3, 6)$:
#
# $$E(w) = (w_1 - 3)^2 + 4 (w_2 - 6)^2.$$
#
# A penalty pulls the weights towards zero. L2 adds $\lambda (w_1^2 + w_2^2)$, L1 adds
# $\lambda (|w_1| + |w_2|)$. Both make the weights smaller. Why does only L1 make some of them
# *exactly* zero?
#
# The two weights do not mix here, so each minimum can be written down. For L2, set the derivatives
# $2(w_1 - 3) + 2\lambda w_1$ and $8(w_2 - 6) + 2\lambda w_2$ to zero:
#
# $$w_1 = \frac{3}{1 + \lambda}, \qquad w_2 = \frac{24}{4 + \lambda}.$$
#
# For L1 the derivative of $\lambda |w|$ is $\pm\lambda$, however small $w$ is. If the error pulls
# less than $\lambda$ at $w = 0$, the weight stays there. This is the *soft threshold*:
#
# $$w_1 = \max\!\left(0,\, 3 - \frac{\lambda}{2}\right), \qquad
# w_2 = \max\!\left(0,\, 6 - \frac{\lambda}{8}\right).$$
#
# With $\lambda = 1$, L2 gives $(1.5, 4.8)$. With $\lambda = 10$, L1 gives $(0, 4.75)$.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa.lab import Lab

lab = Lab("contours")


def error(w):
    return (w[0] - 3) ** 2 + 4 * (w[1] - 6) ** 2


gradient = dp.func.grad(lambda w: error(w).sum())
strengths = np.array([0, 0.5, 1, 2, 4, 5, 7, 10, 20, 40, 50])  # λ, all descents at once
start = np.ones((2, len(strengths)))
rate, steps = 0.015, 1000

# %% [markdown]
# Now find them by descent. For L2 this is ordinary gradient descent. For L1 there are two ways.
#
# * The *subgradient*: use $\operatorname{sgn} w$ for the derivative of $|w|$, as automatic
#   differentiation does, and step as always.
# * The *proximal* step: step down the error alone, then move the weight by $\eta\lambda$ towards
#   zero, and stop at zero.

# %%
l2 = start.copy()
subgradient = start.copy()
proximal = start.copy()
chosen = int(np.argmax(strengths == 10))
trace = []
for _ in range(steps):
    l2 -= rate * (gradient(dp.tensor(l2)).numpy() + 2 * strengths * l2)
    slope = gradient(dp.tensor(subgradient)).numpy() + strengths * np.sign(subgradient)
    subgradient -= rate * slope
    moved = proximal - rate * gradient(dp.tensor(proximal)).numpy()
    proximal = np.sign(moved) * np.maximum(np.abs(moved) - rate * strengths, 0)
    trace.append([subgradient[0, chosen], proximal[0, chosen]])
trace = np.array(trace)

closed_l2 = np.stack([3 / (1 + strengths), 24 / (4 + strengths)])
closed_l1 = np.stack([np.maximum(0, 3 - strengths / 2), np.maximum(0, 6 - strengths / 8)])

# %% tags=["hide-input"]
figure, axes = lab.axes(1, 3, width=9.0, height=3.7)
x, y = np.meshgrid(np.linspace(-2.2, 5.6, 161), np.linspace(-1.2, 8.4, 161))
levels = [0.5, 3, 25, 50, 90, 140]
fine = np.linspace(0, 200, 2001)
around = np.linspace(0, 2 * np.pi, 200)
panels = [
    ("L2: circles", closed_l2[:, 2], 3 / (1 + fine), 24 / (4 + fine), l2),
    (
        "L1: squares on a corner",
        closed_l1[:, chosen],
        np.maximum(0, 3 - fine / 2),
        np.maximum(0, 6 - fine / 8),
        proximal,
    ),
]
for axis, (title, best, path_1, path_2, found) in zip(axes[:2], panels, strict=True):
    height = error(np.stack([x, y]))
    axis.contour(x, y, height, levels=levels, colors="#b8c0c8", linewidths=1, linestyles="-")
    axis.contour(x, y, height, levels=[error(best)], colors="#12263a", linestyles="-")
    if axis is axes[0]:
        radius = np.hypot(*best)
        axis.plot(radius * np.cos(around), radius * np.sin(around), "-.", color="#2e86ab")
    else:
        size = np.abs(best).sum()
        axis.plot([size, 0, -size, 0, size], [0, size, 0, -size, 0], "-.", color="#2e86ab")
    axis.plot(path_1, path_2, "-", color="#d1495b", label="minimum as λ grows")
    axis.plot(*found, "o", color="#12263a", ms=4, ls="none", label="found by descent")
    axis.plot(*best, "D", color="#e3a008", mec="#12263a", ms=8, zorder=5)
    axis.axhline(0, color="#555555", lw=0.8, ls="-")
    axis.axvline(0, color="#555555", lw=0.8, ls="-")
    axis.set(xlabel="$w_1$", title=title, aspect="equal")
    axis.set(xlim=(-2.2, 5.6), ylim=(-1.2, 10.4))
axes[0].set_ylabel("$w_2$")
axes[0].legend(loc="upper left")
shown = np.arange(1, 201)
axes[2].plot(shown, trace[:200, 0], "-", lw=1, color="#7a7a7a", label="subgradient")
axes[2].plot(shown, trace[:200, 1], "--", color="#d1495b", label="proximal")
axes[2].set(xlabel="steps", ylabel="$w_1$", title="L1 with λ = 10")
axes[2].legend()
lab.show(
    figure,
    "Ellipses of the error with the circle of L2 and the square of L1 that touch them at the "
    "minimum: the circle beside the axis, the square at its corner on it. The path of the minimum "
    "runs along the axis under L1. Under the subgradient, the weight jumps about zero.",
)
lab.table(
    {
        "λ": strengths,
        "$w_1$, L2": l2[0],
        "$w_2$, L2": l2[1],
        "$w_1$, L1": proximal[0],
        "$w_2$, L1": proximal[1],
    }
)

# %% [markdown]
# The diamond marks the two minima of above. There, a contour of the error touches a contour of the
# penalty: a circle for L2, a square that stands on its corner for L1. A circle is touched anywhere,
# and the point lies on an axis only by accident. A corner is touched from a wide range of
# directions. So under L1 the minimum, as $\lambda$ grows, runs into the axis at $\lambda = 6$ and
# then *along* it; under L2 it comes nearer and nearer and never arrives.
#
# The way of descent matters too. The subgradient does not vanish near zero: it is $+4$ on one
# side and $-16$ on the other, so the weight jumps over zero for ever, by up to $16\eta$. It is
# small and never zero. The proximal step gives the zero itself.

# %%
last = trace[-500:]
lab.claim("L2 with λ = 1 has its minimum at (3/2, 24/5)", l2[:, 2], near=[1.5, 4.8], within=1e-9)
lab.claim("L1 with λ = 10 puts the first weight to zero exactly", proximal[0, chosen], equal=0)
lab.claim("L1 with λ = 10 leaves 4.75 of the second", proximal[1, chosen], near=4.75, within=1e-9)
lab.claim(
    "For each λ, descent finds the minimum of the L2 formula", l2, near=closed_l2, within=1e-8
)
lab.claim(
    "For each λ, the proximal step finds the soft threshold", proximal, near=closed_l1, within=1e-8
)
lab.claim("No weight is exactly zero under L2", int((l2 == 0).sum()), equal=0)
lab.claim(
    "Weights that are exactly zero under L1: one for λ above 6, both for λ above 48",
    (proximal == 0).sum(axis=0),
    equal=(strengths > 6).astype(int) + (strengths > 48),
)
lab.claim(
    "With the subgradient the first weight stays within 16 learning rates of zero",
    np.abs(last[:, 0]).max(),
    at_most=16 * rate,
)
lab.claim("In 500 steps it is never zero", int((last[:, 0] == 0).sum()), equal=0)
