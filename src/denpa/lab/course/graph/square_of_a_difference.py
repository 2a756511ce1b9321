# %% [markdown]
# # (ax − y)² and its reverse graph
#
# A straight line through the origin predicts $ax$ where $y$ was measured. The squared error of that
# prediction is $E = (ax - y)^2$. How does $E$ change with $a$, with $x$ and with $y$, and what does
# a machine do to find out?
#
# Cut the formula into single operations, $p = ax$, $d = p - y$, $E = d^2$, and go back from $E$:
#
# $$\frac{\partial E}{\partial d} = 2d, \qquad \frac{\partial E}{\partial p} = 2d \cdot 1, \qquad
# \frac{\partial E}{\partial y} = 2d \cdot (-1), \qquad \frac{\partial E}{\partial a} = 2d \cdot x,
# \qquad \frac{\partial E}{\partial x} = 2d \cdot a.$$
#
# With $d = ax - y$ put back in, these are $2(ax - y)x$ for $a$, $2(ax - y)a$ for $x$ and
# $-2(ax - y)$ for $y$.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa.lab import Lab

lab = Lab("square-of-a-difference")


def error(a, x, y):
    return (a * x - y) ** 2


def by_hand(a, x, y):
    d = a * x - y
    return np.array([2 * d * x, 2 * d * a, -2 * d])


point = [dp.tensor(v, dtype=dp.float64) for v in (2.0, 3.0, 4.0)]
forward = dp.func.trace(error, *point)
print(forward)

# %% [markdown]
# This is the forward pass as Denpa sees it: one operation a line, `v0`, `v1` and `v2` for $a$, $x$
# and $y$. The backward pass is a list of the same kind. It has one more input, the message that
# comes in from the right (`v3`), and it returns the messages to $a$, $x$ and $y$. The remark
# behind a line names the forward operation whose rule wrote it: "δ of v4" is what `v4` sends to its
# inputs.

# %%
backward = dp.func.vjp_graph(forward)
print(backward)

# %% [markdown]
# Line by line: `v4` and `v5` compute $p$ and $d$ again, since the rules need them. Then follow
# $2d$, the message that came in times $2d$, and the messages to $y$, $a$ and $x$. The value $E$
# itself is not among the lines: no derivative needs it.


# %%
def run_backward(values, message=1.0):
    return np.array(backward(*map(np.float64, values), np.float64(message)))


h = 1e-5
shifts = h * np.eye(3)
values = np.array([2.0, 3.0, 4.0])
differences = [(error(*(values + s)) - error(*(values - s))) / (2 * h) for s in shifts]
lab.table(
    {
        "name": ["a", "x", "y"],
        "value": values,
        "formula": by_hand(*values),
        "reverse graph": run_backward(values),
        "numerical": differences,
    }
)

# %% [markdown]
# Since the reverse graph is a graph, it has a reverse graph, too. Below the graph of $E$ stands that
# of $\partial E/\partial a = 2(ax - y)x$, with its own messages. These are *second* derivatives:
#
# $$\frac{\partial^2 E}{\partial a^2} = 2x^2, \qquad
# \frac{\partial^2 E}{\partial x\,\partial a} = 2(ax - y) + 2ax, \qquad
# \frac{\partial^2 E}{\partial y\,\partial a} = -2x.$$
#
# Here $x$ is read twice. One message comes back on each of the two ways, and the message to $x$ is their sum; that is why its second derivative has two terms.


# %% tags=["hide-input"]
def slope(a, x, y):
    return 2 * (a * x - y) * x


leaves = [v.clone().requires_grad_() for v in point]
lab.picture(
    dp.explain(error(*leaves)), "The graph of E, with the messages 12, 8 and −4 to a, x and y."
)
second = dp.explain(slope(*leaves))
lab.picture(
    second,
    "The graph of the derivative of E with respect to a, in which x splits in two, with the "
    "messages 18, 16 and −6.",
)

# %%
hessian = dp.func.hessian(lambda v: error(v[0], v[1], v[2]))(dp.tensor(values))
hessian

# %% [markdown]
# What to take away: to differentiate a program is to write another program. It can be printed, read,
# run with other numbers, and differentiated again.

# %%
lab.claim(
    "At a = 2, x = 3, y = 4 the messages are 12, 8 and −4", run_backward(values), equal=[12, 8, -4]
)
lab.claim(
    "The differences agree: largest difference",
    float(np.abs(differences - by_hand(*values)).max()),
    at_most=1e-8,
)
random = np.random.default_rng(lab.seed).normal(size=(lab.pick(20, 200), 3))
gaps = [run_backward(p) - by_hand(*p) for p in random]
lab.claim(
    "At random points the reverse graph gives the formula: largest difference",
    float(np.abs(gaps).max()),
    at_most=1e-12,
)
lab.claim(
    "If 10 comes in, every message is ten times as large",
    run_backward(values, message=10.0),
    equal=[120, 80, -40],
)
lab.claim(
    "The messages through the graph of ∂E/∂a are the second derivatives 18, 16 and −6",
    [float(second.delta(name)) for name in ("a", "x", "y")],
    equal=[18, 16, -6],
)
lab.claim("So says the matrix of second derivatives", hessian[0].numpy(), equal=[18, 16, -6])
