# %% [markdown]
# # Backpropagation as messages on edges
#
# Many texts derive backpropagation for affine layers alone, with a matrix product and a
# transposed matrix. What is left of it if a layer may be *any* differentiable function of
# vectors? Take
#
# $$z^t = g^t(z^{t-1}, \theta^t), \qquad t = 1, \dots, T,$$
#
# where the last layer is the loss, $z^T = E$. Draw each component $z^t_n$ as a node, and an edge
# from $z^{t-1}_n$ to each $z^t_{n'}$.
#
# On the way forward, every edge keeps one number, its *local derivative*
#
# $$\partial_n g^t_{n'} = \frac{\partial z^t_{n'}}{\partial z^{t-1}_n}.$$
#
# On the way back, every edge passes one number, its *message*, from the node $n'$ of layer $t$ to
# the node $n$ of the layer before: its local derivative times the sum of all that has arrived at
# $n'$,
#
# $$\delta^t_{n \leftarrow n'} = \partial_n g^t_{n'} \cdot \sum_{n''} \delta^{t+1}_{n' \leftarrow
# n''}.$$
#
# It starts with a 1 at the loss. The sum at a node is the derivative of the loss with respect to
# the node, and what a layer's parameters need is the same sum:
#
# $$\frac{\partial E}{\partial \theta^t} = \sum_{n'} \frac{\partial g^t_{n'}}{\partial \theta^t}
# \cdot \sum_{n''} \delta^{t+1}_{n' \leftarrow n''}.$$
#
# Is that all, for all layers? Here are four sorts, of which only the first is the one of the
# texts.

# %%
from __future__ import annotations

from itertools import pairwise, product

import numpy as np

import denpa as dp
from denpa.lab import Lab

lab = Lab("messages-on-edges")


def affine(z, theta):
    return dp.tanh(theta[:, :-1] @ z + theta[:, -1])


def distances(z, theta):
    return dp.exp(-0.5 * ((z - theta) ** 2).sum(dim=1))


def squares(z, theta):
    return dp.sigmoid((theta @ z) @ z)


def shares(z, theta):
    return dp.softmax(theta @ z, dim=0)


def loss(z, target):
    return 0.5 * ((z - target) ** 2).sum().reshape(1)


layer_sorts = {
    affine: lambda n, m: (m, n + 1),
    distances: lambda n, m: (m, n),
    squares: lambda n, m: (m, n, n),
    shares: lambda n, m: (m, n),
}

# %% [markdown]
# The two passes, letter by letter. `jacrev` gives the local derivatives of one layer alone, with
# respect to its input and to its parameters. The loops over $t$, $n'$ and $n$ are those of the
# formulas.


# %%
def pass_forward(layers, z):
    """The values of all layers, and each layer's local derivatives."""
    values, local = [z], []
    for g, theta in layers:
        by_input, by_theta = dp.func.jacrev(g, argnums=(0, 1))(values[-1], theta)
        local.append((by_input.numpy(), by_theta.numpy()))
        values.append(g(values[-1], theta))
    return values, local


def pass_back(local):
    """The message on each edge (t, n, n'), the sums at the nodes, the parameters' gradients."""
    messages, sums, gradients = {}, {}, {}
    arrived = [1.0]
    for t in range(len(local), 0, -1):
        by_input, by_theta = local[t - 1]
        sums[t] = np.array(arrived)
        gradients[t] = sum(by_theta[m] * arrived[m] for m in range(len(arrived)))
        arrived = [0.0] * by_input.shape[1]
        for m, n in product(range(by_input.shape[0]), range(by_input.shape[1])):
            messages[t, n, m] = by_input[m, n] * sums[t][m]
            arrived[n] += messages[t, n, m]
    sums[0] = np.array(arrived)
    return messages, sums, gradients


# %% [markdown]
# Compare with two others: the engine, which knows nothing of layers and edges and sees one long
# program of small operations; and the matrix form, in which the sums of a layer are a vector
# $\delta^{t-1} = (J^t)^\top \delta^t$ with the Jacobian $J^t$. The networks have random sorts of
# layers, random widths from 2 to 6, and 3 to 6 layers before the loss.


# %%
def random_layers(sorts, widths, rng):
    layers = [
        (g, dp.tensor(rng.standard_normal(layer_sorts[g](n, m)) / np.sqrt(n)))
        for g, (n, m) in zip(sorts, pairwise(widths), strict=True)
    ]
    return [*layers, (loss, dp.tensor(rng.standard_normal(widths[-1])))]


def by_engine(layers, z):
    values = [z.clone().requires_grad_()]
    thetas = [theta.clone().requires_grad_() for _, theta in layers]
    for (g, _), theta in zip(layers, thetas, strict=True):
        values.append(g(values[-1], theta))
        values[-1].retain_grad()
    values[-1].sum().backward()
    return [v.grad.numpy() for v in values], [theta.grad.numpy() for theta in thetas]


def relative(a, b):
    return float(np.abs(a - b).max() / np.abs(b).max())


sort_list = list(layer_sorts)
table = {"seed": [], "layers": [], "edges": [], "paths": []}
table |= {
    "nodes, against the engine": [],
    "parameters, against the engine": [],
    "nodes, against matrices": [],
}
for seed in lab.seeds(lab.pick(10, 300)):
    rng = np.random.default_rng(seed)
    depth = int(rng.integers(3, 7))
    widths = [int(w) for w in rng.integers(2, 7, depth + 1)]
    layers = random_layers([sort_list[i] for i in rng.integers(0, 4, depth)], widths, rng)
    z = dp.tensor(rng.standard_normal(widths[0]))
    values, local = pass_forward(layers, z)
    messages, sums, gradients = pass_back(local)
    node_gradients, theta_gradients = by_engine(layers, z)
    delta, off = np.ones(1), 0.0
    for t in range(depth + 1, 0, -1):
        delta = local[t - 1][0].T @ delta
        off = max(off, relative(sums[t - 1], delta))
    row = (
        seed,
        depth,
        len(messages),
        int(np.prod(widths)),
        max(relative(sums[t], g) for t, g in enumerate(node_gradients)),
        max(relative(gradients[t], g) for t, g in enumerate(theta_gradients, start=1)),
        off,
    )
    for column, value in zip(table.values(), row, strict=True):
        column.append(value)
lab.table({name: column[:10] for name, column in table.items()})

# %% [markdown]
# The last three columns are relative differences: rounding, whatever the layers are, here and there
# magnified a little where large messages cancel. Nothing in
# the derivation needed a weight matrix. A layer enters with its local derivatives only, and these
# it knows by itself.
#
# Now one small network to look at, 3–4–3–2, with `affine` layers.

# %%
rng = np.random.default_rng(lab.seed)
widths = [3, 4, 3, 2]
layers = random_layers([affine] * 3, widths, rng)
z = dp.tensor(rng.standard_normal(widths[0]))
values, local = pass_forward(layers, z)
messages, sums, gradients = pass_back(local)


# %% tags=["hide-input"]
def draw(axes, edges, numbers, title):
    largest = max(map(abs, edges.values()))
    for (t, n, m), value in edges.items():
        ends = [n - (len(numbers[t - 1]) - 1) / 2, m - (len(numbers[t]) - 1) / 2]
        axes.plot(
            [t - 1, t],
            ends,
            lw=0.3 + 5.5 * abs(value) / largest,
            ls="-" if value >= 0 else (0, (1.2, 0.6)),
            color="#12263a" if value >= 0 else "#d1495b",
            zorder=1,
        )
    for t, column in numbers.items():
        places = np.arange(len(column)) - (len(column) - 1) / 2
        axes.scatter([t] * len(column), places, s=700, color="white", edgecolor="#555555", zorder=2)
        for place, number in zip(places, column, strict=True):
            shown = f"{number:.2f}".replace("-", "−")
            axes.text(t, place, shown, ha="center", va="center", fontsize=7.5)
    names = ["$z^0$", "$z^1$", "$z^2$", "$z^3$", "$E$"]
    axes.set_xticks(range(5), labels=names)
    axes.set(yticks=[], xlim=(-0.4, 4.4), ylim=(2.1, -2.1), title=title)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


figure, (left, right) = lab.axes(1, 2, width=9.0, height=3.5)
derivatives = {(t, n, m): local[t - 1][0][m, n] for t, n, m in messages}
draw(left, derivatives, {t: v.numpy() for t, v in enumerate(values)}, "forward: local derivatives")
draw(right, messages, sums, "backward: messages")
lab.show(
    figure,
    "The network twice. Left: values in the nodes, local derivatives as the widths of the edges. "
    "Right: messages as the widths of the edges, and in each node the sum of what arrives from "
    "the right. Negative ones are dashed.",
)
z0 = z.clone().requires_grad_()
theta1, theta2, theta3, target = (theta for _, theta in layers)
z1 = dp.tanh(theta1[:, :-1] @ z0 + theta1[:, -1])
z2 = dp.tanh(theta2[:, :-1] @ z1 + theta2[:, -1])
z3 = dp.tanh(theta3[:, :-1] @ z2 + theta3[:, -1])
found = dp.explain(loss(z3, target))
lab.picture(
    found,
    "The same pass operation by operation, as the engine sees it: every value, every message, and "
    "where each of them comes from.",
)
lab.table(
    {
        "from node": [1, 2, 3],
        "local derivative": [derivatives[2, 0, m] for m in range(3)],
        "sum at that node": sums[2],
        "message to node 1": [messages[2, 0, m] for m in range(3)],
    }
)

# %% [markdown]
# The width of an edge is the size of its number; negative numbers are dashed. The table takes one
# node apart: the three messages that arrive at $z^1_1$, of which the sum stands in the node.
#
# ## Why it is fast
#
# By the chain rule alone, $\partial E / \partial z^0_n$ is a sum over all *paths* from the node
# to the loss, each with the product of its local derivatives. Count them here: $3 \cdot 4 \cdot 3
# \cdot 2 = 72$ paths on $12 + 12 + 6 + 2 = 32$ edges. Each further layer of width $n$ multiplies
# the paths by $n$, but adds only $n^2$ edges. A message is the sum over all paths from there on,
# with what they have in common multiplied out once. That is the distributive law, and it is the
# whole trick.

# %%
over_paths, paths = np.zeros(3), 0
for path in product(*(range(len(v)) for v in values)):
    steps = zip(range(1, 5), path[:-1], path[1:], strict=True)
    over_paths[path[0]] += np.prod([derivatives[step] for step in steps])
    paths += 1


def value_at(t, shift):
    out = z
    for s, (g, theta) in enumerate(layers, start=1):
        out = g(out, theta + shift if s == t else theta)
    return out.item()


along, rises = [], []
for t in gradients:
    direction = rng.standard_normal(gradients[t].shape)
    along.append(float((gradients[t] * direction).sum()))
    rises.append((value_at(t, 1e-6 * direction) - value_at(t, -1e-6 * direction)) / 2e-6)

# %% [markdown]
# What to take away: backpropagation is two rules for an edge, and no layer is special.
# [Counting multiplications](../messages/multiplications.py) carries the counting further.

# %%
for name, claimed in (
    ("nodes, against the engine", "At each node, the messages sum to the engine's gradient"),
    (
        "parameters, against the engine",
        "The sums give each layer's parameters the engine's gradient",
    ),
    ("nodes, against matrices", "The messages sum to the vector of the matrix form"),
):
    lab.claim(f"{claimed}: largest relative difference", max(table[name]), at_most=1e-10)
lab.claim(
    "The small network's parameter gradients are slopes of the loss, by differences",
    relative(np.array(along), np.array(rises)),
    at_most=1e-7,
)
lab.claim(
    "The sum over all paths is the sum of messages: relative difference",
    relative(over_paths, sums[0]),
    at_most=1e-12,
)
lab.claim(
    "In the picture δ of z³, z² and z¹ are the sums at the nodes: largest relative difference",
    max(relative(found.delta(f"z{t}"), sums[t]) for t in (1, 2, 3)),
    at_most=1e-12,
)
lab.claim("It has 72 paths, a product", paths, equal=3 * 4 * 3 * 2)
lab.claim("… on 32 edges, a sum", len(messages), equal=3 * 4 + 4 * 3 + 3 * 2 + 2)
