# %% [markdown]
# # Six exercises on the chain rule
#
# Take paper, draw each graph, and send the messages back. Then compare: each exercise has its
# statement, its solution, and at the end the number that Denpa's engine finds. Two rules are enough:
#
# * an operation hands on the message that comes in, times its own derivative;
# * a value that is read several times receives the *sum* of the messages that come back.
#
# Throughout, $\sigma(x) = 1/(1 + e^{-x})$, with the derivative $\sigma(x)(1 - \sigma(x))$.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa.lab import Lab

lab = Lab("six-exercises")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# %% [markdown]
# **1. A chain.** Let $u = \sigma(x)$ and $z = \sin u$. Find $\partial z/\partial x$.
#
# *Solution.* There is one way from $z$ to $x$. The sine multiplies the message 1 with
# $\cos u$, the sigmoid multiplies that with $u(1 - u)$:
#
# $$\frac{\partial z}{\partial x} = \frac{\partial z}{\partial u} \frac{\partial u}{\partial x}
# = \cos u \cdot u (1 - u).$$
#
# For any other function $z(u)$, put $z'(u)$ in the place of $\cos u$.


# %%
def chain(x):
    return dp.sin(dp.sigmoid(x))


def chain_formula(x):
    u = sigmoid(x)
    return [np.cos(u) * u * (1 - u)]


# %% [markdown]
# **2. A loss.** Let $u = \sigma(x)$ and $E = -t \log u - (1 - t) \log(1 - u)$, with $t = 0.3$. Find
# $\partial E/\partial x$.
#
# *Solution.* Two messages come back to $u$, $-t/u$ and $(1 - t)/(1 - u)$. Their sum is
# $(u - t)/(u(1 - u))$, and the sigmoid multiplies it with $u(1 - u)$:
#
# $$\frac{\partial E}{\partial x} = u - t.$$
#
# This graph is drawn in
# [Sigmoid with cross-entropy: the messages sum to ŷ − t](../graph/sigmoid-cross-entropy.py).

# %%
target = 0.3


def loss(x):
    u = dp.sigmoid(x)
    return -(target * dp.log(u) + (1 - target) * dp.log(1 - u))


def loss_formula(x):
    return [sigmoid(x) - target]


# %% [markdown]
# **3. Split and join.** Let $f = (1 + e^x)(1 + e^{-x})$. Find $\partial f/\partial x$.
#
# *Solution.* $x$ goes two ways. With $p = 1 + e^x$ and $q = 1 + e^{-x}$, the product sends $q$ to $p$
# and $p$ to $q$. On the first way, the exponential multiplies with $e^x$; on the second with
# $e^{-x}$, and the minus sign with $-1$. The sum:
#
# $$\frac{\partial f}{\partial x} = (1 + e^{-x})\, e^x - (1 + e^x)\, e^{-x} = e^x - e^{-x}.$$


# %%
def split(x):
    return (1 + dp.exp(x)) * (1 + dp.exp(-x))


def split_formula(x):
    return [np.exp(x) - np.exp(-x)]


# %% [markdown]
# **4. Softmax of two variables.** Let $y_1 = e^a/(e^a + e^b)$ and $y_2 = e^b/(e^a + e^b)$. Find
# $\partial y_1/\partial a$ and $\partial y_1/\partial b$.
#
# *Solution.* Write $s = e^a + e^b$. The division $y_1 = e^a/s$ sends $1/s$ to $e^a$ and $-e^a/s^2$ to
# $s$, which hands it on to both exponentials. So $e^a$ receives two messages and $e^b$ one:
#
# $$\frac{\partial y_1}{\partial a} = \left(\frac{1}{s} - \frac{e^a}{s^2}\right) e^a
# = y_1 - y_1^2 = y_1 y_2, \qquad
# \frac{\partial y_1}{\partial b} = -\frac{e^a}{s^2}\, e^b = -y_1 y_2.$$


# %%
def softmax(a, b):
    e, f = dp.exp(a), dp.exp(b)
    return e / (e + f)


def softmax_formula(a, b):
    y = sigmoid(a - b)
    return [y * (1 - y), -y * (1 - y)]


# %% [markdown]
# **5. Softmax with cross-entropy.** With $y_1$ and $y_2$ as before, let
# $E = -t_1 \log y_1 - t_2 \log y_2$, where $t_1 = 0.6$ and $t_2 = 0.4$. Find $\partial E/\partial a$
# and $\partial E/\partial b$.
#
# *Solution.* $y_1$ receives $-t_1/y_1$, and $y_2$ receives $-t_2/y_2$. With the derivatives of
# exercise 4, of which $\partial y_2/\partial a = -y_1 y_2$ follows from $y_2 = 1 - y_1$:
#
# $$\frac{\partial E}{\partial a} = -\frac{t_1}{y_1}\, y_1 y_2 + \frac{t_2}{y_2}\, y_1 y_2
# = -t_1 y_2 + t_2 y_1 = (t_1 + t_2)\, y_1 - t_1 .$$
#
# Only here it is used that the targets sum to 1: then it is $y_1 - t_1$, and for $b$ it is
# $y_2 - t_2$. If they sum to 2, it is not.


# %%
def cross_entropy(a, b, t1=0.6, t2=0.4):
    e, f = dp.exp(a), dp.exp(b)
    s = e + f
    return -(t1 * dp.log(e / s) + t2 * dp.log(f / s))


def cross_entropy_formula(a, b):
    y = sigmoid(a - b)
    return [y - 0.6, (1 - y) - 0.4]


# %% [markdown]
# **6. Two outputs of one input.** Let $p = 2x + 1$ and $q = -3x + 2$, and $E = p\,q$. Find
# $\partial E/\partial x$.
#
# *Solution.* The message to $p$ is $q$, the message to $q$ is $p$. Each line multiplies with its own
# weight, and $x$, which both of them read, receives the sum:
#
# $$\frac{\partial E}{\partial x} = 2q - 3p .$$
#
# A unit of a network with many readers is the same, with one term for each reader: that is why the
# message to the inputs of a layer is a product with the matrix $W^\top$.


# %%
def two_lines(x):
    return (2 * x + 1) * (-3 * x + 2)


def two_lines_formula(x):
    return [2 * (-3 * x + 2) - 3 * (2 * x + 1)]


# %% [markdown]
# Now the engine. It gets the six functions and nothing of the formulas. The differences come from
# the functions' values at $x \pm 10^{-5}$.

# %%
exercises = [
    (1, chain, chain_formula, ["∂z/∂x"]),
    (2, loss, loss_formula, ["∂E/∂x"]),
    (3, split, split_formula, ["∂f/∂x"]),
    (4, softmax, softmax_formula, ["∂y₁/∂a", "∂y₁/∂b"]),
    (5, cross_entropy, cross_entropy_formula, ["∂E/∂a", "∂E/∂b"]),
    (6, two_lines, two_lines_formula, ["∂E/∂x"]),
]


def by_engine(function, *points):
    slope = dp.func.grad(lambda *x: function(*x).sum(), tuple(range(len(points))))
    return [g.numpy() for g in slope(*map(dp.tensor, points))]


def by_difference(function, *points, h=1e-5):
    found = []
    for k in range(len(points)):
        up = [dp.tensor(x + h * (i == k)) for i, x in enumerate(points)]
        down = [dp.tensor(x - h * (i == k)) for i, x in enumerate(points)]
        found.append((function(*up) - function(*down)).numpy() / (2 * h))
    return found


def compare(*points):
    rows = []
    for number, function, formula, names in exercises:
        given = points[: 2 if len(names) == 2 else 1]
        found = (formula(*given), by_engine(function, *given), by_difference(function, *given))
        rows += [(number, *row) for row in zip(names, *found, strict=True)]
    return rows


rows = compare(np.array([0.7]), np.array([0.2]))
lab.table(
    {
        "exercise": [row[0] for row in rows],
        "derivative": [row[1] for row in rows],
        "formula": [row[2].item() for row in rows],
        "engine": [row[3].item() for row in rows],
        "numerical": [row[4].item() for row in rows],
    }
)

# %% tags=["hide-input"]
line = np.linspace(-3, 3, 121)
curves = compare(line, np.full_like(line, 0.2))
figure, axes = lab.axes(2, 3, width=9.0, height=4.8)
for number, panel in enumerate(axes.flat, 1):
    shown = [row for row in curves if row[0] == number]
    for k, (_, name, formula, engine, _) in enumerate(shown):
        panel.plot(line, formula, color="#7a7a7a", ls=["-", "--"][k], label="formula")
        panel.plot(line, engine, "ox"[k], markevery=10, color="#12263a", label="engine")
        if len(shown) == 2:
            above = formula[0] > shown[1 - k][2][0]
            place = {"xytext": (0, 14 if above else -22), "textcoords": "offset points"}
            panel.annotate(name, (-3, formula[0]), **place)
    panel.set(title=f"exercise {number}", xlabel="$x$" if len(shown) == 1 else "$a$ ($b = 0.2$)")
    panel.margins(y=0.25 if len(shown) == 1 else 0.4)
    if len(shown) == 1:
        panel.set_ylabel(shown[0][1])
axes[0, 1].legend()
lab.show(
    figure,
    "Six panels, one for each exercise, with the derivatives between −3 and 3: the engine's points "
    "lie on the curves of the formulas.",
)

# %%
scale = lab.pick(50, 1000)
random = np.random.default_rng(lab.seed).uniform(-3, 3, size=(2, scale))
found = compare(*random)
for number in range(1, 7):
    gaps = [
        np.abs(engine - formula) / np.maximum(1, np.abs(formula))
        for of, _, formula, engine, _ in found
        if of == number
    ]
    lab.claim(
        f"Exercise {number}: the engine gives the formula at random points, relative error",
        float(np.max(gaps)),
        at_most=1e-12,
    )
gaps = [np.abs(row[4] - row[2]) / np.maximum(1, np.abs(row[2])) for row in found]
lab.claim("The differences give it, too: relative error", float(np.max(gaps)), at_most=1e-8)

ways = dp.explain(split(dp.tensor(0.7, dtype=dp.float64, requires_grad=True))).messages("x")
parts = [float(m.array) for m in reversed(ways.arriving)]
p, q = 1 + np.exp(0.7), 1 + np.exp(-0.7)
lab.claim(
    "Exercise 3: the messages on the two ways, at x = 0.7",
    parts,
    near=[q * np.exp(0.7), -p * np.exp(-0.7)],
    within=1e-12,
)
lab.claim("… and x receives their sum", float(ways.delta), near=sum(parts), within=1e-12)

both = by_engine(lambda a, b: cross_entropy(a, b, t1=1, t2=1), *random)[0]
theory = 2 * sigmoid(random[0] - random[1]) - 1
lab.claim(
    "Exercise 5 with targets that sum to 2: the message to a is $2y_1 - 1$: largest difference",
    float(np.abs(both - theory).max()),
    at_most=1e-12,
)
