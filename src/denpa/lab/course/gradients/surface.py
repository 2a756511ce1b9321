# %% [markdown]
# # Which way is up: the gradient of a surface
#
# The hill $z = -x^2 - 2y^2$ is steep in some directions and flat in others. Stand at the point
# $(0, 2)$ and take a short step in the direction $(\cos\theta, \sin\theta)$. How much does $z$
# rise for each unit of the way?
#
# The gradient answers for all directions at once. It is the pair of partial derivatives
# $\nabla z = (\partial z/\partial x,\, \partial z/\partial y) = (-2x, -4y)$, here $(0, -8)$, and
# the slope in a direction is the inner product of the gradient with it.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa.lab import Lab

lab = Lab("surface")


def surface(p):
    return -(p[0] ** 2) - 2 * p[1] ** 2


point = dp.tensor([0.0, 2.0], dtype=dp.float64)
gradient = dp.func.grad(surface)(point).numpy()
gradient

# %% [markdown]
# Now measure, without any derivative: walk $10^{-6}$ in each of 360 directions, to both sides,
# and divide the rise by the way.

# %%
angle = np.radians(np.arange(360))
direction = np.stack([np.cos(angle), np.sin(angle)], axis=1)  # (360, 2)
way = 1e-6
rise = [surface(point + way * d).item() - surface(point - way * d).item() for d in direction]
slope = np.array(rise) / (2 * way)
steepest = direction[np.argmax(slope)]

# %% tags=["hide-input"]
x, y = np.meshgrid(np.linspace(-3, 3, 101), np.linspace(-3, 3, 101))
figure, (left, right) = lab.axes(1, 2, width=8.4, height=3.8)
lines = left.contour(x, y, -(x**2) - 2 * y**2, levels=10, cmap="cividis", linestyles="solid")
left.clabel(lines, fontsize=8)
left.annotate("", xy=(0, 0.4), xytext=(0, 2), arrowprops={"arrowstyle": "-|>", "lw": 2})
left.plot(0, 2, "o", color="black")
left.annotate("(0, 2)", (0.15, 2.05))
left.set(
    xlabel="$x$", ylabel="$y$", title="height $z$, and the way of the gradient", aspect="equal"
)
right.plot(np.degrees(angle), slope, label="measured", lw=5, color="#bbbbbb", ls="-")
right.plot(np.degrees(angle), direction @ gradient, label="gradient · direction", ls="--")
right.set(xlabel="direction θ (degrees)", ylabel="slope of $z$ (rise per unit of way)")
right.set_xticks([0, 90, 180, 270, 360])
right.legend()
lab.show(
    figure,
    "Contours of the hill, with an arrow from (0, 2) towards the top; the slope by direction is a "
    "sine wave that is steepest at 270 degrees.",
)
chosen = [0, 45, 90, 135, 180, 225, 270, 315]
lab.table(
    {
        "direction θ (degrees)": chosen,
        "measured": slope[chosen],
        "gradient · direction": (direction @ gradient)[chosen],
    }
)

# %% [markdown]
# Both curves are one. The slope is largest in the direction of the gradient, where it equals the
# gradient's length; it is zero at right angles to it, along the contour line. Gradient *descent*
# goes the opposite way.

# %%
lab.claim("The gradient at (0, 2) is (0, −8)", gradient, near=[0, -8], within=1e-12)
lab.claim(
    "In every direction, the slope is the gradient times the direction: largest difference",
    float(np.abs(slope - direction @ gradient).max()),
    at_most=1e-8,
)
lab.claim("The steepest way up is the gradient's", steepest, near=[0, -1], within=1e-12)
lab.claim("The steepest slope is the gradient's length", slope.max(), near=8, within=1e-8)
