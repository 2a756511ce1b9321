# %% [markdown]
# # Down a long valley: gradient descent and momentum
#
# The function $f(x, y) = x^2 + 100y^2$ is a valley: flat along $x$, steep across, along $y$. A
# ball that starts at $(10, 1)$ should roll to the lowest point, $(0, 0)$. How many steps does
# gradient descent need, and what does momentum change?
#
# Here theory has the whole answer. The gradient is $(2x, 200y)$, so gradient descent
# $p \leftarrow p - \eta\,\nabla f$ multiplies each coordinate by a fixed factor a step:
#
# $$x_n = (1 - 2\eta)^n x_0, \qquad y_n = (1 - 200\eta)^n y_0 .$$
#
# The steep side allows no learning rate above $2/200 = 0.01$: beyond, $|1 - 200\eta| > 1$ and $y$
# grows. With so small a rate the flat side hardly moves. The best compromise makes both factors
# equal in size: $1 - 2\eta = 200\eta - 1$, so $\eta = 1/101$, and both are $99/101 \approx 0.98$.

# %%
from __future__ import annotations

import math

import numpy as np

import denpa as dp
from denpa.lab import Lab

lab = Lab("valley")
start = np.array([10.0, 1.0])
steepness = dp.tensor([1.0, 100.0], dtype=dp.float64)


def descend(steps, **options):
    p = dp.tensor(start, requires_grad=True)
    optimizer = dp.optim.SGD([p], **options)
    path = [p.tolist()]
    for _ in range(steps):
        optimizer.zero_grad()
        (steepness * p**2).sum().backward()
        optimizer.step()
        path.append(p.tolist())
    return np.array(path)


# %% [markdown]
# Momentum keeps a velocity: $b \leftarrow \beta b + \nabla f$, $p \leftarrow p - \eta b$. Put the
# velocity out of the two equations, and each coordinate follows a recursion of two terms, with
# $\lambda = 2$ along $x$ and $\lambda = 200$ along $y$:
#
# $$x_{n+1} = (1 + \beta - \eta\lambda)\, x_n - \beta\, x_{n-1} .$$
#
# Its solutions are sums of $z_1^n$ and $z_2^n$, where the $z$ solve
# $z^2 - (1 + \beta - \eta\lambda) z + \beta = 0$. The product of the two roots is $\beta$. So while
# they are complex, which is the case for
#
# $$(1 - \sqrt\beta)^2 < \eta\lambda < (1 + \sqrt\beta)^2 ,$$
#
# both have the size $\sqrt\beta$: the distance shrinks by $\sqrt\beta$ a step, **whatever the
# learning rate and however steep the side**. The limit moves too, to $\eta < 2(1 + \beta)/200$.
#
# The best pair makes the band just wide enough for both sides, $\sqrt{2\eta} = 1 - \sqrt\beta$ and
# $\sqrt{200\eta} = 1 + \sqrt\beta$. That gives $\sqrt\beta = 9/11$ and $\eta = 2/121$. At the
# ends of the band the two roots are one, and a factor $n$ appears:
#
# $$x_n = 10\,\bigl(1 + \tfrac{2}{11} n\bigr) \bigl(\tfrac{9}{11}\bigr)^n, \qquad
# y_n = \bigl(1 + \tfrac{20}{11} n\bigr) \bigl(-\tfrac{9}{11}\bigr)^n .$$

# %%
count = 1000
best = {"lr": 2 / 121, "momentum": 81 / 121}
plain = descend(count, lr=1 / 101)
best_momentum = descend(count, **best)
usual = {lr: descend(count, lr=lr, momentum=0.9) for lr in (0.002, 0.005, 0.01)}
too_fast = descend(count, lr=0.0101)

n = np.arange(count + 1)[:, None]
plain_theory = start * (1 - np.array([2, 200]) / 101) ** n
best_theory = start * (1 + np.array([2, 20]) / 11 * n) * (np.array([9, -9]) / 11) ** n


def distance(path):
    return np.hypot(*path.T)


def steps_needed(path, goal=1e-6):
    there = distance(path) <= goal
    return int(np.argmax(there)) if there[-1] else None


def factor(path):
    rows = np.arange(count // 2, count)
    return float(np.exp(np.polyfit(rows, np.log(distance(path)[rows]), 1)[0]))


# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=8.8, height=3.6)
x, y = np.meshgrid(np.linspace(-3, 11, 121), np.linspace(-1.5, 1.5, 91))
levels = [1, 8, 25, 50, 100, 200]
left.contour(x, y, x**2 + 100 * y**2, levels=levels, colors="#bbbbbb", linewidths=0.8)
shown = slice(0, 81)
left.plot(*plain[shown].T, lw=0.7, marker=".", ms=4, color="C2", ls="-", label="gradient descent")
left.plot(*usual[0.002][shown].T, lw=1.8, color="C0", ls="-", label="momentum")
left.plot(0, 0, "+", color="black", ms=10, mew=2)
left.annotate("start", (10, 1), (9.4, 1.15))
left.set(xlabel="$x$", ylabel="$y$", title="the first 80 steps", ylim=(-1.5, 1.9))
left.legend(loc="upper left", ncols=2)
curves = [
    (too_fast[:401], "gradient descent, above the limit", 3),
    (plain, "gradient descent, best η", 2),
    (usual[0.002], "momentum, β = 0.9", 0),
    (best_momentum, "momentum, best β and η", 1),
]
for path, label, k in curves:
    away = distance(path)
    away = away[: max(2, int(np.argmax(away < 1e-8)) or len(away))]
    right.semilogy(away, label=label, color=f"C{k}", ls=("-", "--", "-.", ":")[k])
right.axhline(1e-6, color="#999999", lw=0.8, ls="-")
right.set(xlabel="step", ylabel="distance from the lowest point", ylim=(1e-8, 1e9))
right.legend(loc="upper right")
lab.show(
    figure,
    "On the contours of the valley, gradient descent jumps from side to side while momentum swings "
    "in a long curve; on a logarithmic scale the distances fall along straight lines, momentum's "
    "most steeply, and above the limit the distance rises.",
)
runs = {
    "gradient descent, best η": (plain, 1 / 101, 0.0, 99 / 101),
    "gradient descent, above the limit": (too_fast, 0.0101, 0.0, 1.02),
    "momentum, small η": (usual[0.002], 0.002, 0.9, math.sqrt(0.9)),
    "momentum, middle η": (usual[0.005], 0.005, 0.9, math.sqrt(0.9)),
    "momentum, large η": (usual[0.01], 0.01, 0.9, math.sqrt(0.9)),
    "momentum, best β and η": (best_momentum, 2 / 121, 81 / 121, 9 / 11),
}
lab.table(
    {
        "method": list(runs),
        "learning rate η": [eta for _, eta, _, _ in runs.values()],
        "momentum β": [beta for _, _, beta, _ in runs.values()],
        "factor a step, theory": [theory for *_, theory in runs.values()],
        "factor a step, measured": [factor(path) for path, *_ in runs.values()],
        "steps to 1e-6": [str(steps_needed(path) or "never") for path, *_ in runs.values()],
    }
)

# %% [markdown]
# Gradient descent jumps across the valley and creeps along it. Momentum adds up the small
# gradients along $x$, which all point the same way, and cancels the large ones along $y$, which
# change their sign.
#
# How much is won depends on $\kappa = 200/2$, the ratio of the steepest to the flattest curvature.
# The best factor of gradient descent is $(\kappa - 1)/(\kappa + 1)$, that of momentum
# $(\sqrt\kappa - 1)/(\sqrt\kappa + 1)$. For large $\kappa$ the number of steps is therefore
# proportional to $\kappa$ without momentum, and to $\sqrt\kappa$ with it. (In the table, the
# measured factor of the best momentum is a little above $9/11$: that is the factor $n$.)
#
# The three rows with $\beta = 0.9$ need nearly the same number of steps, though the learning rate
# grows five times: momentum forgives a learning rate that is not the best. It does not forgive
# everything. A large $\beta$ also keeps the ball swinging: with $\beta = 0.9$ no learning rate can
# do better than the factor $\sqrt{0.9} \approx 0.95$ on the steep side.

# %%
lab.claim(
    "Gradient descent follows its closed form: largest difference relative to the distance",
    np.max(np.abs(plain - plain_theory) / distance(plain_theory)[:, None]),
    at_most=1e-10,
)
lab.claim(
    "The best momentum follows its closed form: largest difference in 100 steps",
    np.max(np.abs(best_momentum - best_theory)[:101]),
    at_most=1e-10,
)
by_theory = math.ceil(math.log(math.hypot(*start) / 1e-6) / math.log(101 / 99))
lab.claim(
    "Gradient descent needs the predicted number of steps to 1e-6",
    steps_needed(plain),
    equal=by_theory,
)
lab.claim(
    "The best momentum needs the predicted number of steps to 1e-6",
    steps_needed(best_momentum),
    equal=steps_needed(best_theory),
)
lab.claim(
    "With β = 0.9 the distance shrinks by √0.9 a step, at three learning rates",
    [factor(path) for path in usual.values()],
    near=math.sqrt(0.9),
    within=1e-3,
)
lab.claim(
    "At a learning rate of 0.0101, gradient descent's distance grows by 1.02 a step",
    factor(too_fast),
    near=1.02,
    within=1e-6,
)
for beta in (0.0, 0.9):
    limit = 2 * (1 + beta) / 200
    lab.claim(
        f"With β = {beta}, 0.99 times the limit 2(1 + β)/200 shrinks the distance "
        "and 1.01 times lets it grow",
        factor(descend(count, lr=0.99 * limit, momentum=beta))
        < 1
        < factor(descend(count, lr=1.01 * limit, momentum=beta)),
    )
