# %% [markdown]
# # The factor that each layer puts on the variance
#
# A layer of $n$ inputs, with weights of deviation $\sigma$ and mean 0, gives $z = \sum_i h_i w_i$.
# The weights are independent, so the variances add up:
#
# $$E[z^2] = n\sigma^2\, E[h^2] .$$
#
# Then comes the activation function $f$. For normal $z$ of variance $q$, the mean square behind it
# is $E[f(\sqrt q\,\xi)^2]$ with a standard normal $\xi$. So every layer multiplies the mean square
# by a factor. After thirty layers it stands there thirty times: $1.5^{30}$ is about 200,000, and
# $0.5^{30}$ about $10^{-9}$. What is this factor, on the way forward, and for the messages on the
# way back?
#
# | | forward | backward |
# |---|---|---|
# | linear | $n\sigma^2$ | $n\sigma^2$ |
# | ReLU | $n\sigma^2/2$ | $n\sigma^2/2$ |
# | any $f$ | $E[f(\sqrt q\,\xi)^2]\,/\,E[h^2]$ with $q = n\sigma^2 E[h^2]$ | $n\sigma^2\,E[f'(\sqrt q\,\xi)^2]$ |
#
# Forward, $n$ is the number of inputs of a layer; backward, of its outputs, since a message is a
# sum over these. In the layers below both are the same.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa.lab import Lab

lab = Lab("variance-of-layers")
xi = np.linspace(-8, 8, 2_000)
density = np.exp(-(xi**2) / 2) / np.exp(-(xi**2) / 2).sum()
f = {"linear": lambda h: h, "ReLU": dp.relu, "tanh": dp.tanh}


def theory(name, gain):
    z = dp.tensor(np.sqrt(gain) * xi)
    slope = dp.func.vjp(f[name], z)[1](dp.ones_like(z))[0].numpy()  # f'(z), element by element
    forward = (f[name](z).numpy() ** 2 * density).sum()
    return float(forward), float(gain * (slope**2 * density).sum())


# %% [markdown]
# Measure: inputs of mean square 1, one layer of $n$ units whose weights have $n\sigma^2 = g$, and
# random messages that come back through it. The mean squares before and after give the two
# factors.

# %%


def measured(name, gain, n):
    h = dp.randn(64, n, dtype=dp.float64)
    w = dp.randn(n, n, dtype=dp.float64) * (gain / n) ** 0.5
    output, pull = dp.func.vjp(lambda h: f[name](h @ w), h)
    message = dp.randn(64, n, dtype=dp.float64)
    (back,) = pull(message)
    return float((output**2).mean() / (h**2).mean()), float((back**2).mean() / (message**2).mean())


dp.manual_seed(lab.seed)
widths = [25, 100, 400]
gains = [0.1, 0.3, 1.0, 3.0, 10.0]
runs = {25: lab.pick(40, 600), 100: lab.pick(10, 120), 400: lab.pick(3, 30)}
factors = {
    (name, n): np.array(
        [np.mean([measured(name, g, n) for _ in range(runs[n])], axis=0) for g in gains]
    )
    for name in f
    for n in widths
}  # for each gain: forward, backward
expected = {name: np.array([theory(name, g) for g in gains]) for name in f}

# %% [markdown]
# The variance $q$ of tanh's input leads to that of the next layer, $g\,E[\tanh^2(\sqrt q\,\xi)]$,
# and so on. This recursion has a fixed point, $g = q\,/\,E[\tanh^2(\sqrt q\,\xi)]$. Since
# $|\tanh z| < |z|$, there is none but $q = 0$ for $g \le 1$: the signal fades away. For each $g > 1$
# there is one more, which every start approaches.

# %%
q = np.geomspace(1e-3, 10, 200)
gain_of = q / ((np.tanh(np.sqrt(q)[:, None] * xi) ** 2) @ density)


def deep(gain, n, depth=30):
    z = dp.randn(32, n, dtype=dp.float64)
    for _ in range(depth):
        z = dp.tanh(z) @ (dp.randn(n, n, dtype=dp.float64) * (gain / n) ** 0.5)
    return float((z**2).mean())


fixed_gains = [0.5, 0.75, 1.25, 1.5, 2.0, 3.0]
stays = np.interp(fixed_gains, gain_of, q, left=0)
trials = lab.pick(2, 30)
found = [np.mean([deep(g, 200) for _ in range(trials)]) for g in fixed_gains]
lab.table(
    {
        "$n\\sigma^2$": gains * 3,
        "activation function": [name for name in f for _ in gains],
        "forward, theory": np.concatenate([expected[name][:, 0] for name in f]),
        "forward, measured": np.concatenate([factors[name, 100][:, 0] for name in f]),
        "backward, theory": np.concatenate([expected[name][:, 1] for name in f]),
        "backward, measured": np.concatenate([factors[name, 100][:, 1] for name in f]),
    }
)

# %% tags=["hide-input"]
figure, axes = lab.axes(1, 3, width=9, height=3.6)
grid = np.geomspace(0.1, 10, 40)
curves = {name: np.array([theory(name, g) for g in grid]) for name in f}
colours = ["#12263a", "#d1495b", "#2e86ab"]
for part, title in enumerate(("forward", "backward")):
    for name, colour, dash, mark in zip(f, colours, ("-", "--", "-."), "os^", strict=True):
        axes[part].loglog(grid, curves[name][:, part], dash, color=colour)
        axes[part].loglog(gains, factors[name, 100][:, part], mark, color=colour, label=name)
    axes[part].axhline(1, color="#555555", lw=1, ls=":")
    axes[part].set(title=title, xlabel="$n\\sigma^2$", ylabel="factor on the mean square")
axes[0].legend(loc="upper left")
axes[2].plot([0.4, 1, *gain_of], [0, 0, *q], "-.", color="#2e86ab", label="fixed point")
axes[2].plot(fixed_gains, found, "^", color="#2e86ab", label="layer 30, measured")
axes[2].set(
    title="tanh, many layers",
    xlabel="$n\\sigma^2$",
    ylabel="variance of $z$",
    xlim=(0.3, 3.3),
    ylim=(-0.05, 1.8),
)
axes[2].legend(loc="upper left")
lab.show(
    figure,
    "Factors of one layer against n times sigma squared, forward and backward: lines of slope 1 for "
    "linear and ReLU, half of it for ReLU; tanh bends down. Right: the variance that tanh layers "
    "settle at is 0 up to 1, then grows.",
)

# %% [markdown]
# Linear layers keep the variance if $n\sigma^2 = 1$: that is Glorot's choice, and as forward and
# backward count different $n$, he takes the mean of both. The ReLU cuts half of the numbers to 0,
# and as many messages; so $n\sigma^2 = 2$: that is He's. For both, the factor is a straight line in
# $n\sigma^2$ and the same in all layers. It has to be met closely, for depth takes it to a power.
#
# tanh is different. What it does depends on the size of what comes in, and it corrects itself:
# forward it brings every start to the fixed point. But this is not for nothing. Backward, the
# factor is below $n\sigma^2$, as the slope is below 1 where the inputs are large.

# %%
for name in f:
    for n in widths:
        lab.claim(
            f"{name}, {n} units: measured factors over theory, forward and backward",
            factors[name, n] / expected[name],
            near=1,
            within=0.06,
        )
for name, half in (("linear", 1), ("ReLU", 2)):
    lab.claim(
        f"{name}: the integral of the theory gives nσ² divided by {half}, forward and backward: over nσ²",
        expected[name].T / gains,
        near=1 / half,
        within=1e-9,
    )
faded = np.array(fixed_gains) < 1
lab.claim(
    "tanh, nσ² below 1: after 30 layers the variance is gone", np.array(found)[faded], at_most=1e-3
)
lab.claim(
    "tanh, nσ² above 1: layer 30 is at the fixed point: measured over theory",
    (np.array(found) / np.maximum(stays, 1e-9))[~faded],
    near=1,
    within=0.15,
)
lab.claim(
    "Behind tanh the mean square is smaller than its input's, for each nσ² up to 1",
    factors["tanh", 100][:3, 0],
    at_most=0.99,
)
