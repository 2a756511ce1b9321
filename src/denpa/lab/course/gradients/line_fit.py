# %% [markdown]
# # A line through points: solved, and descended to
#
# A line $y = wx + b$ through points is the smallest network there is: one weight, one bias. Its
# loss, the mean of the squared errors, can be made smallest in two ways. One is to solve an
# equation. The other is gradient descent. Do they arrive at the same line, and how long does the
# second one take?
#
# Here are 50 points near the line $t = 2x + 1$, with noise of standard deviation 0.5.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn
from denpa.lab import Lab

lab = Lab("line-fit")


def points(seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 3, 50)
    return x, 2 * x + 1 + 0.5 * rng.standard_normal(50)


# %% [markdown]
# ## Solved
#
# Write a column of ones beside the $x$, so that $X = (x, 1)$ has shape $(N, 2)$ and the line is
# $X\theta$ with $\theta = (w, b)$. The loss is $E = \frac1N \lVert X\theta - t \rVert^2$, and its
# gradient is
#
# $$\nabla E = \tfrac{2}{N} X^\top (X\theta - t).$$
#
# It is zero where $X^\top X\,\theta = X^\top t$. This is the *normal equation*, two linear equations
# for two unknowns.
#
# ## Descended to
#
# The same line as a network. Nothing in it knows about normal equations. It starts as the flat line
# $y = 4$; the learning rate is chosen below.


# %%
def solve(x, t):
    X = np.stack([x, np.ones_like(x)], axis=1)
    return np.linalg.solve(X.T @ X, X.T @ t)


def descend(x, t, rate, steps):
    net = nn.Linear(1, 1, dtype=dp.float64)
    nn.init.zeros_(net.weight)
    nn.init.constant_(net.bias, 4.0)
    optimizer = dp.optim.SGD(net.parameters(), lr=rate)
    inputs, targets = dp.tensor(x[:, None]), dp.tensor(t[:, None])
    path = [[0.0, 4.0]]
    for _ in range(steps):
        optimizer.zero_grad()
        nn.functional.mse_loss(net(inputs), targets).backward()
        optimizer.step()
        path.append([net.weight.item(), net.bias.item()])
    return np.array(path)


# %% [markdown]
# ## How fast
#
# The loss is a parabola in two dimensions. Its curvatures are the eigenvalues
# $\lambda_1 \ge \lambda_2$ of the Hessian matrix $H = \frac2N X^\top X$. In the direction of each
# eigenvector, a step multiplies the distance from the solution by $1 - \eta\lambda$, as in
# [one dimension](learning-rate.py). There is one $\eta$ for both, and the slower direction decides.
# The factor per step is
#
# $$\max\bigl(|1 - \eta\lambda_1|,\ |1 - \eta\lambda_2|\bigr).$$
#
# It is smallest for $\eta = 2/(\lambda_1 + \lambda_2)$, where both are equal in size:
#
# $$\frac{\kappa - 1}{\kappa + 1}, \qquad \kappa = \frac{\lambda_1}{\lambda_2}.$$
#
# So even at the best learning rate the speed depends on the *condition number* $\kappa$, the ratio
# of the curvatures. Try the best rate, half of it, and then the best rate on inputs from which their
# mean was subtracted. That moves the points to the left and leaves the slope $w$ as it was.


# %%
def hessian(x):
    X = np.stack([x, np.ones_like(x)], axis=1)
    return 2 / len(x) * X.T @ X


def best_rate(x):
    return 2 / np.trace(hessian(x))  # the trace is the sum of the eigenvalues


def theory(x, rate):
    return np.abs(1 - rate * np.linalg.eigvalsh(hessian(x))).max()


def distances(x, t, path):
    return np.linalg.norm(path - solve(x, t), axis=1)


def factor(distance):
    use = np.flatnonzero((distance < 1e-2) & (distance > 1e-9))  # begun well, not yet rounding
    return (distance[use[-1]] / distance[use[0]]) ** (1 / (use[-1] - use[0]))


def three_runs(x):
    centred = x - x.mean()
    return {
        "best learning rate": (x, best_rate(x)),
        "half of it": (x, best_rate(x) / 2),
        "best, inputs centred": (centred, best_rate(centred)),
    }


def arrival(distance):
    return int(np.sum(distance >= 1e-6))


x, t = points(lab.seed)
runs = three_runs(x)
paths = {name: descend(inputs, t, rate, 600) for name, (inputs, rate) in runs.items()}
distance = {name: distances(runs[name][0], t, path) for name, path in paths.items()}

# %% tags=["hide-input"]
figure, (left, middle, right) = lab.axes(1, 3, width=9, height=3.4)
ends = np.array([0, 3])
left.plot(x, t, "o", color="#999999", ms=3)
for step, dash in ((0, ":"), (10, "-."), (600, "--")):
    w, b = paths["best learning rate"][step]
    left.plot(ends, w * ends + b, dash, color="#d1495b", label=f"step {step}")
w, b = solve(x, t)
left.plot(ends, w * ends + b, "-", color="black", lw=4, alpha=0.3, label="normal equation")
left.set(xlabel="$x$", ylabel="$t$")
left.legend(loc="lower right")

b_grid, w_grid = np.meshgrid(np.linspace(-0.5, 5, 81), np.linspace(-0.5, 3.5, 81))
loss = np.mean((w_grid[..., None] * x + b_grid[..., None] - t) ** 2, axis=-1)
middle.contour(b_grid, w_grid, loss, levels=[0.3, 0.5, 1, 2, 4, 8, 16], linestyles="-")
for name, dash in (("best learning rate", "-o"), ("half of it", "--s")):
    w, b = paths[name][:80].T
    middle.plot(b, w, dash, ms=3, lw=1, label=name)
middle.set(xlabel="$b$", ylabel="$w$", ylim=(-0.5, 3.5))
middle.legend(loc="upper right", frameon=True, framealpha=1, edgecolor="white")

for (name, d), dash in zip(distance.items(), ("-", "--", "-."), strict=True):
    shown = d[: int(np.argmax(d < 1e-9)) or None]
    right.semilogy(shown, dash, label=name)
right.set(xlabel="step", ylabel="distance from the solution", xlim=(0, 300), ylim=(1e-9, 1e3))
right.legend(loc="upper right")
lab.show(
    figure,
    "Left: the points, and a line that turns into the solution as steps go by. Middle: the loss as "
    "a long valley, which the best rate crosses from wall to wall and half of it follows. Right: "
    "the distance from the solution falls as a straight line on a log scale, far faster with "
    "centred inputs.",
)
lab.table(
    {
        "run": [*runs],
        "condition number": [np.linalg.cond(hessian(inputs)) for inputs, _ in runs.values()],
        "factor per step, theory": [theory(*of) for of in runs.values()],
        "factor per step, measured": [factor(d) for d in distance.values()],
        "steps to a distance of 1e-6": [arrival(d) for d in distance.values()],
    }
)

# %% [markdown]
# Both ways end at the same line. On the way there, the best rate throws the parameters from one
# wall of the valley to the other. Half of it looks wiser: it walks down to the bottom of the valley
# and then along it. But along the valley it goes at half the speed, and that is where the way is
# long. So from this start it needs about twice the steps. It needs less than twice from a start
# that lies across the valley from the solution, such as $w = b = 0$, since there half the rate is
# quickly at the bottom; but in the long run each further digit costs it twice the steps from
# anywhere.
#
# The valley is long because $x$ has a mean that is not zero. Then a larger $w$ can almost be made
# good by a smaller $b$, and the loss hardly notices. With the mean subtracted,
# $X^\top X$ is diagonal: $w$ and $b$ have nothing to do with each other, the valley is nearly round,
# and a few steps are enough. That is one reason why inputs are standardised, and why
# [batch normalisation](../batch_norm/standardised-data.py) does the like inside of a network.
#
# **To take away:** an equation gives the line at once, as long as the model is linear. Gradient
# descent arrives at the same place and works for any model that has a gradient. Its price is the
# number of steps, and the condition number sets it.

# %%
gaps, errors, over, steps, lines = [], [], [], [], []
for seed in lab.seeds(lab.pick(2, 10)):
    x, t = points(seed)
    arrived = {}
    for name, (inputs, rate) in three_runs(x).items():
        path = descend(inputs, t, rate, 600)
        d = distances(inputs, t, path)
        errors.append(factor(d) - theory(inputs, rate))
        arrived[name] = arrival(d)
        if name != "half of it":
            gaps.append(d[-1])
            kappa = np.linalg.cond(hessian(inputs))
            over.append(arrival(d) - np.log(1e-6 / d[0]) / np.log((kappa - 1) / (kappa + 1)))
    steps.append([*arrived.values()])
    w, b = path[-1]
    lines.append(np.abs([w, b - w * x.mean()] - solve(x, t)).max())
best, half, centred = np.array(steps).T

lab.claim(
    "Gradient descent arrives at the parameters of the normal equation: largest distance after "
    "600 steps",
    max(gaps),
    at_most=1e-6,
)
lab.claim(
    "The factor per step is the larger of |1 − ηλ|: largest difference",
    np.abs(errors).max(),
    at_most=1e-4,
)
lab.claim(
    "At the best learning rate, (κ − 1)/(κ + 1) tells the steps to a distance of 1e-6, up to the "
    "next whole number: excess",
    np.array(over),
    at_least=0,
    at_most=1,
)
lab.claim(
    "From this start, half the best learning rate needs about twice the steps",
    half / best,
    near=2,
    within=0.3,
)
lab.claim("With centred inputs, a tenth of the steps is enough", centred / best, at_most=0.1)
lab.claim(
    "With centred inputs, the line is the same: largest difference of w or b",
    max(lines),
    at_most=1e-6,
)
