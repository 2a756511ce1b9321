# %% [markdown]
# # Counting multiplications: reverse, forward, differences
#
# Three ways lead to the derivatives of a loss with respect to $P$ parameters.
#
# * *Differences* move one parameter at a time and run the network again: two runs for each
#   parameter, $2P$ in all.
# * *Forward mode* pushes a direction $v$ in the space of parameters through the network along with
#   the values, by the chain rule, and so finds the slope in that direction: one run for each
#   parameter too.
# * *Reverse mode*, backpropagation, pulls the messages back from the loss: one run for all.
#
# How do their costs compare when the multiplications are counted, one by one? Take a chain of $T$
# layers of width $n$ and one example,
#
# $$z^t = \tanh(W^t z^{t-1}), \qquad E = \sum_k z^T_k, \qquad P = T n^2.$$
#
# A product of an $m \times k$ matrix with a $k \times l$ matrix has $mkl$ multiplications, so a
# forward pass has $T n^2$.
#
# The engine writes each of these computations as a list of equations: `trace` for the forward
# pass, `vjp_graph` for the pull, and `trace` again for a push. Nothing is estimated below: the
# equations are gone through and counted. A tanh counts as no multiplication, wherever it stands.

# %%
from __future__ import annotations

from itertools import pairwise
from math import prod

import numpy as np

import denpa as dp
from denpa.lab import Lab

lab = Lab("multiplications")
dp.manual_seed(lab.seed)
others = set()


def multiplications(graph):
    total = 0
    for value in graph.equations:
        if value.op.name == "matmul":
            left, right = (v.shape for v in value.inputs)
            total += prod(left) * right[-1]
        elif value.op.name == "mul":
            total += prod(value.shape)
        else:
            others.add(value.op.name)
    return total


def chain(z, weights):
    for w in weights:
        z = dp.tanh(w @ z)
    return z


def graphs(depth, width):
    """Forward pass, pull and push with respect to all weights, and the weights."""
    x = dp.randn(width, dtype=dp.float64)
    scale = width**-0.5
    weights = [scale * dp.randn(width, width, dtype=dp.float64) for _ in range(depth)]

    def loss(*w):
        return chain(x, w).sum()

    def push(*w_and_v):
        return dp.func.jvp(loss, w_and_v[:depth], w_and_v[depth:])

    forward = dp.func.trace(loss, *weights)
    return forward, dp.func.vjp_graph(forward), dp.func.trace(push, *weights, *weights), weights


# %% [markdown]
# What should come out? A layer's pull has two products: $(W^t)^\top$ times the message, $n^2$, and
# the message times the layer's input, again $n^2$, the gradient of the weights. The first layer
# needs only the second of the two, since nobody asks for the gradient of $x$. The derivative of
# tanh, $1 - z^2$, and its product with the message are $2n$. Together with the forward pass,
#
# $$T n^2 + (T - 1) n^2 + T n^2 + 2 T n = (3 T - 1) n^2 + 2 T n.$$
#
# A layer's push has two products as well, $V^t z^{t-1}$ and $W^t v^{t-1}$, where $v^{t-1}$ is the
# slope of $z^{t-1}$. The first layer has only the first of them. The sum is the same.

# %%
shapes = [(4, n) for n in lab.pick([2, 4, 8, 16, 32, 64], [2, 4, 8, 16, 32, 64, 128, 256])]
shapes += [(depth, 16) for depth in (1, 2, 8, 32)]
count = {"layers": [], "width": [], "parameters": [], "forward": [], "one pull": []}
count |= {"one push": []}
for depth, width in shapes:
    forward, pull, push, _ = graphs(depth, width)
    found = [multiplications(g) for g in (forward, pull, push)]
    for column, number in zip(
        count.values(), (depth, width, depth * width**2, *found), strict=True
    ):
        column.append(number)
T, n, P, one, pulled, pushed = (np.array(column) for column in count.values())
theory = (3 * T - 1) * n**2 + 2 * T * n
lab.table(count | {"theory": theory, "pull / forward": pulled / one})

# %% [markdown]
# A push costs exactly what a pull costs. What differs is what they bring: a push brings *one*
# number, the slope in one direction, and all $P$ slopes take $P$ pushes; a pull brings all $P$.
# The pull's price is between two and three forward passes, or a little more in a narrow network,
# however many parameters there are. The number of parameters itself cancels:
#
# $$\frac{(3T - 1) n^2 + 2Tn}{T n^2} = 3 - \frac{1}{T} + \frac{2}{n}.$$
#
# A thrifty program for forward mode would skip the zeros of a push that moves one weight only, and
# compute the values just once for all pushes. There are still about $(T - t) n^2$ multiplications
# on the way from layer $t$ to the end, for each of $P$ weights: $P^2/2$ in all, for large $T$.
#
# ## Not reverse as such, but few outputs
#
# Reverse mode wins because a loss is *one* number. A function of $p$ inputs with $q$ outputs has
# $p \times q$ derivatives: its Jacobian takes $p$ pushes or $q$ pulls. Let a chain with two hidden
# layers of width 24 have 32 inputs and from 1 to 1024 outputs.

# %%
inputs = 32
outputs = 2 ** np.arange(11)
by_push, by_pull, passes = [], [], []
for q in map(int, outputs):
    widths = [inputs, 24, 24, q]
    weights = [dp.randn(m, k) / k**0.5 for k, m in pairwise(widths)]
    x = dp.randn(inputs)
    forward = dp.func.trace(lambda x, w=weights: chain(x, w), x)
    push = dp.func.trace(
        lambda x, v, w=weights: dp.func.jvp(lambda x: chain(x, w), (x,), (v,)), x, x
    )
    passes.append(multiplications(forward))
    by_push.append(inputs * multiplications(push))
    by_pull.append(q * multiplications(dp.func.vjp_graph(forward)))
passes, by_push, by_pull = np.array(passes), np.array(by_push), np.array(by_pull)

# %% tags=["hide-input"]
four = T == 4
size = np.geomspace(P[four].min(), P[four].max(), 200)
w = np.sqrt(size / 4)
curves = {
    "differences": (2 * P * one, 2 * size**2),
    "forward mode": (P * pushed, size * (11 * w**2 + 8 * w)),
    "reverse mode": (pulled, 11 * w**2 + 8 * w),
    "one forward pass": (one, size),
}
figure, (left, right) = lab.axes(1, 2, width=9.0, height=3.6)
for (name, (counted, line)), marker in zip(curves.items(), "os^D", strict=True):
    (drawn,) = left.loglog(size, line)
    left.plot(P[four], counted[four], marker, color=drawn.get_color(), label=name, ls="")
left.set(xlabel="parameters", ylabel="multiplications")
left.legend()
right.loglog(outputs, by_push / passes, marker="s", label="forward mode")
right.plot(outputs, by_pull / passes, marker="^", label="reverse mode")
right.axvline(inputs, color="#999999", lw=0.8, ls="-")
right.annotate("as many outputs as inputs", (inputs, 3), xytext=(5, 0), textcoords="offset points")
right.set(xlabel="outputs", ylabel="Jacobian: cost in forward passes")
right.legend(loc="upper left")
lab.show(
    figure,
    "Left: multiplications against parameters for 4 layers, markers counted and lines by the "
    "formulas; differences and forward mode grow with the square, reverse mode runs beside one "
    "forward pass. Right: the costs of a Jacobian by both modes cross at 32 outputs.",
)

# %% [markdown]
# Left: markers are counted, lines are the formulas. Right: both modes meet exactly where there are
# as many outputs as inputs. With more outputs than inputs, forward mode is the cheaper one.
#
# It remains to make sure that the equations that were counted do compute the gradient: a pull's
# inner product with any direction has to be the slope that a push in that direction finds, and
# also the difference quotient.

# %%
apart = []
for seed in lab.seeds(lab.pick(3, 10)):
    dp.manual_seed(seed)
    forward, pull, push, weights = graphs(4, 16)
    arrays = [w.numpy() for w in weights]
    direction = [np.random.default_rng(seed).standard_normal(w.shape) for w in arrays]
    gradient = pull(*arrays, np.ones(()))
    inner = sum(float((g * v).sum()) for g, v in zip(gradient, direction, strict=True))
    _, slope = push(*arrays, *direction)
    way = 1e-5
    ends = [
        forward(*(w + s * way * v for w, v in zip(arrays, direction, strict=True)))[0]
        for s in (1, -1)
    ]
    length = np.sqrt(sum((g**2).sum() for g in gradient) * sum((v**2).sum() for v in direction))
    quotient = (ends[0] - ends[1]) / (2 * way)
    apart.append([abs(slope - inner) / length, abs(quotient - inner) / length])
apart = np.array(apart)

# %% [markdown]
# What to take away: the gradient of one number costs two to three evaluations of it, whatever the
# number of parameters. How many seconds that makes is measured in
# [A gradient costs a few forward passes](../cost/price-of-a-gradient.py) and in
# [All gradients: differences against backpropagation](../cost/differences-or-backpropagation.py).

# %%
lab.claim("A forward pass has Tn² multiplications", one, equal=T * n**2)
lab.claim("A pull has (3T − 1)n² + 2Tn multiplications", pulled, equal=theory)
lab.claim("A push has as many, and finds one slope in place of all", pushed, equal=pulled)
lab.claim(
    "A pull is 2 forward passes or more, and less than 3 + 2/width",
    bool(np.all((pulled >= 2 * one) & (pulled < (3 + 2 / n) * one))),
)
lab.claim(
    "With 32 inputs and 32 outputs, the Jacobian costs the same by both modes",
    by_push[5] / by_pull[5],
    equal=1,
)
lab.claim(
    "With fewer outputs reverse mode is cheaper, with more forward mode",
    bool(np.all(by_pull[:5] < by_push[:5]) and np.all(by_pull[6:] > by_push[6:])),
)
lab.claim(
    "No other equation multiplies",
    others <= {"add", "sub", "sum", "tanh", "reshape", "permute", "broadcast_to"},
)
lab.claim(
    "A push finds the pull's inner product with its direction: difference, relative to the lengths",
    apart[:, 0],
    at_most=1e-13,
)
lab.claim("… and so do differences", apart[:, 1], at_most=1e-6)
