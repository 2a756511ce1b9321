# %% [markdown]
# # Y = XW + b: gradients by hand, by engine, from shapes alone
#
# A layer of a network computes $Y = XW + b$. Each row of $X$ is one example, each column of $W$ one
# unit. Coming backwards, the layer receives the message $\delta = \partial E/\partial Y$, a matrix of
# the shape of $Y$. What must it send to $X$, $W$ and $b$?
#
# Write out one element, $Y_{nh} = \sum_d X_{nd} W_{dh} + b_h$, and count who reads what. $X_{nd}$
# is read by all $Y_{nh}$ of its own row, $W_{dh}$ by all $Y_{nh}$ of its own column, $b_h$ by the
# same. Each reader sends its message times its derivative, and the messages are summed:
#
# $$\frac{\partial E}{\partial X_{nd}} = \sum_h \delta_{nh} W_{dh}, \qquad
# \frac{\partial E}{\partial W_{dh}} = \sum_n X_{nd}\, \delta_{nh}, \qquad
# \frac{\partial E}{\partial b_h} = \sum_n \delta_{nh}.$$
#
# As matrices, that is
#
# $$\frac{\partial E}{\partial X} = \delta W^\top, \qquad
# \frac{\partial E}{\partial W} = X^\top \delta, \qquad
# \frac{\partial E}{\partial b} = \mathbf{1}^\top \delta,$$
#
# where $\mathbf{1}$ is a column of $N$ ones: $\mathbf{1}^\top \delta$ is the sum of the rows.
#
# Small whole numbers are best to check it: four examples, three inputs, two units, and
# $E = \tfrac12 \sum (Y - T)^2$, so that $\delta = Y - T$.

# %%
from __future__ import annotations

from itertools import permutations

import numpy as np

import denpa as dp
from denpa.lab import Lab

lab = Lab("affine-by-hand")

X = np.array([[2.0, -1, 1], [1, 0, 3], [0, 2, 1], [1, 1, 0]])
W = np.array([[2.0, 0], [1, 1], [0, 4]])
b = np.array([1.0, -2])
T = np.array([[2.0, 0], [4, 8], [2, 4], [4, -4]])

Y = X @ W + b
delta = Y - T
by_hand = {"∂E/∂X": delta @ W.T, "∂E/∂W": X.T @ delta, "∂E/∂b": delta.sum(axis=0)}
delta

# %% [markdown]
# Check one number with a pencil: $\partial E/\partial W_{11}$ belongs to the first input and the first
# unit. The first inputs of the four examples are the first column of $X$, and what came back from the
# first unit is the first column of $\delta$: $2 \cdot 2 + 1 \cdot (-1) + 0 \cdot 1 + 1 \cdot 0 = 3$.

# %%


def error(X, W, b):
    return 0.5 * ((X @ W + b - dp.tensor(T)) ** 2).sum()


engine = [g.numpy() for g in dp.func.grad(error, (0, 1, 2))(*map(dp.tensor, (X, W, b)))]


def difference(k, h=0.5):
    given = [X, W, b]
    found = np.zeros_like(given[k])
    for place in np.ndindex(found.shape):
        for sign in (1, -1):
            moved = [a.copy() for a in given]
            moved[k][place] += sign * h
            found[place] += sign * error(*map(dp.tensor, moved)).item() / (2 * h)
    return found


differences = [difference(k) for k in range(3)]


def one_line(a):
    return "; ".join(" ".join(f"{x:g}" for x in row) for row in np.atleast_2d(a))


lab.table(
    {
        "derivative": list(by_hand),
        "by hand": [one_line(a) for a in by_hand.values()],
        "engine": [one_line(a) for a in engine],
        "numerical": [one_line(a) for a in differences],
    }
)

# %% [markdown]
# Many know these formulas by another way: from the shapes alone. With $N$ examples, $D$ inputs and
# $H$ units, $\delta$ is $(N, H)$, $W$ is $(D, H)$, $X$ is $(N, D)$. The message to $X$ has the shape of
# $X$, is made of $\delta$ and $W$, and of all products that can be written with those two and their
# transposes only $\delta W^\top$ has that shape. Does this always work? Let a program write down
# every product of $\delta$ and the other matrix, in both orders, each transposed or not, and keep
# those that fit.


# %%
def transposed(name, a):
    return [(name, a), (name + "ᵀ", a.T)]


def products_that_fit(delta, name, other, shape):
    factors = (transposed("δ", delta), transposed(name, other))
    return {
        f"{p} {q}": left @ right
        for first, second in permutations(factors)
        for p, left in first
        for q, right in second
        if left.shape[1] == right.shape[0] and (left.shape[0], right.shape[1]) == shape
    }


def fits(N, D, H):
    rng = np.random.default_rng(lab.seed)
    X, W, delta = rng.normal(size=(N, D)), rng.normal(size=(D, H)), rng.normal(size=(N, H))
    found = (
        products_that_fit(delta, "W", W, X.shape),
        products_that_fit(delta, "X", X, W.shape),
    )
    true = (delta @ W.T, X.T @ delta)
    right = [
        [name for name, product in products.items() if np.allclose(product, truth)]
        for products, truth in zip(found, true, strict=True)
    ]
    return [list(products) for products in found], right


sizes = [(5, 3, 2), (2, 3, 2), (3, 3, 2), (5, 3, 3), (3, 3, 3)]
lab.table(
    {
        "N, D, H": [str(size)[1:-1] for size in sizes],
        "fit ∂E/∂X": [", ".join(fits(*size)[0][0]) for size in sizes],
        "fit ∂E/∂W": [", ".join(fits(*size)[0][1]) for size in sizes],
    }
)

# %% tags=["hide-input"]
figure, axes = lab.axes(width=7.0, height=3.2)
place = np.arange(len(sizes))
for k, (name, hatch) in enumerate([("∂E/∂X", ""), ("∂E/∂W", "///")]):
    bars = axes.bar(
        place + 0.36 * k - 0.18,
        [len(fits(*size)[0][k]) for size in sizes],
        width=0.34,
        color=["#12263a", "white"][k],
        edgecolor="#12263a",
        hatch=hatch,
        label=name,
    )
    axes.bar_label(bars, padding=2)
axes.set_xticks(place, [f"{n}, {d}, {h}" for n, d, h in sizes])
axes.set(xlabel="$N$, $D$, $H$", ylabel="products that fit", ylim=(0, 9.5))
axes.legend(loc="upper left")
lab.show(
    figure,
    "How many products have the right shape: one for each derivative where N, D and H differ, two "
    "where two of them are equal, eight where all three are.",
)

# %% [markdown]
# It works where all sizes differ. If two are equal, a wrong product can fit, and with square
# matrices all eight do. So the shapes *remind* of a formula; they do not prove it. The sum above
# does, and a gradient check with differences finds out. Check with sizes that all differ: a
# transpose that is missing then raises an error, instead of giving wrong numbers in silence.
#
# The bias has no product to guess. $b$ is added to every example, so each example sends a message,
# and $b$ receives their sum.

# %%
lab.claim("δᵀ of the four examples", delta.T, equal=[[2, -1, 1, 0], [1, 2, 0, 3]])
for (name, hand), found in zip(by_hand.items(), engine, strict=True):
    lab.claim(f"{name} by hand is the engine's", hand, equal=found)
gaps = [np.abs(d - e).max() for d, e in zip(differences, engine, strict=True)]
lab.claim("… and that of differences: largest difference", max(gaps), at_most=1e-12)
rng = np.random.default_rng(lab.seed)
for _ in range(lab.pick(20, 200)):
    found, right = fits(*rng.choice(np.arange(2, 12), size=3, replace=False))
    if [len(f) for f in found] != [1, 1] or right != [["δ Wᵀ"], ["Xᵀ δ"]]:
        break
lab.claim(
    "With different sizes one product fits each derivative", [len(f) for f in found], equal=[1, 1]
)
lab.claim("… and it is the right one", right == [["δ Wᵀ"], ["Xᵀ δ"]])
square, right = fits(3, 3, 3)
pairs = [len(f) for size in sizes[1:4] for f in fits(*size)[0]]
lab.claim("With two sizes equal, two products fit each", pairs, equal=[2] * 6)
lab.claim("With N = D = H, eight fit each", [len(f) for f in square], equal=[8, 8])
lab.claim("… of which one is right", [len(r) for r in right], equal=[1, 1])

# The numbers of examples/see_the_messages.py: one example, no bias.
x, t = dp.tensor([[2.0, -1.0, 1.0]]), dp.tensor([[1.0, 2.0]])
graph = dp.func.trace(lambda x, w: 0.5 * ((x @ w - t) ** 2).sum(), x, dp.tensor(W).float())
dx, dw = dp.func.vjp_graph(graph)(x.numpy(), W.astype(np.float32), np.float32(1))
lab.claim("With one example, the reverse graph sends δWᵀ to x", dx, equal=[[4, 3, 4]])
lab.claim("… and xᵀδ to W", dw, equal=[[4, 2], [-2, -1], [2, 1]])
