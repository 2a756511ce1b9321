# %% [markdown]
# # All gradients: differences against backpropagation
#
# Differences give every gradient without any theory: move a parameter a little to both sides, and
# see what the loss does. Backpropagation takes a chapter to derive. What does it buy? Time. How
# much?
#
# Central differences take two forward passes for each of $P$ parameters. Backpropagation takes as
# much as $c$ forward passes, for all of them together. So the ratio of the two should be
#
# $$\frac{2P}{c}.$$
#
# There is no single answer: the advantage is proportional to the number of parameters. A published
# figure, for one certain network, is 1,600 times. At which size is it reached here?
#
# The network has two layers, $k$ inputs, $k$ hidden units and one output, so that it has exactly
# $P = k^2 + k + k + 1 = (k + 1)^2$ parameters. A mini-batch has 16 examples. Nearly all products
# are in the first layer, once forwards and once backwards, which makes $c \approx 2$
# ([A gradient costs a few forward passes](../cost/price-of-a-gradient.py)), and a ratio of about
# $P$.

# %%
from __future__ import annotations

import time
from statistics import median

import numpy as np

import denpa as dp
from denpa import nn
from denpa.lab import Lab

lab = Lab("differences-or-backpropagation")
dp.manual_seed(lab.seed)
loss = nn.MSELoss(half=True)


def by_difference(net, x, t, parameter, place, h=1e-5):
    """The central difference for one number of a parameter."""
    numbers = parameter.detach().numpy().reshape(-1)  # a view: what is changed here changes there
    before = numbers[place]
    with dp.no_grad():
        numbers[place] = before + h
        above = loss(net(x), t).item()
        numbers[place] = before - h
        below = loss(net(x), t).item()
    numbers[place] = before
    return (above - below) / (2 * h)


def by_backpropagation(net, x, t):
    net.zero_grad()
    loss(net(x), t).backward()


# %% [markdown]
# For a million parameters the differences would take an hour or so, or many. Nobody
# has to wait for that: each parameter costs the same. For the larger networks the time is measured
# on a sample of the parameters, one by one, and the median is multiplied by their number. Both
# methods take turns. A median of many short times is not disturbed by what else the machine does
# now and then.

# %%
widths = [9, 31, 99, 315, 999]  # 100 to 1,000,000 parameters
whole, sample = lab.pick((100, 70), (10_000, 200))  # so many at most are all measured; else these
rows = {"parameters": [], "timed": [], "differences (s)": [], "backpropagation (s)": []}
rows |= {"ratio": [], "parameters / ratio": []}
apart = []
for k in widths:
    net = nn.Sequential(nn.Linear(k, k), nn.Tanh(), nn.Linear(k, 1)).double()
    x = dp.randn(16, k, dtype=dp.float64)
    t = dp.randn(16, 1, dtype=dp.float64)
    places = [(p, i) for p in net.parameters() for i in range(p.numel())]
    P = len(places)
    if whole < P:
        rng = np.random.default_rng(lab.seed)
        places = [places[i] for i in rng.choice(P, sample, replace=False)]
    by_backpropagation(net, x, t)
    gradient = np.array([p.grad.numpy().reshape(-1)[i] for p, i in places])
    found, slow, fast = [], [], []
    for n, (parameter, place) in enumerate(places):
        begun = time.perf_counter()
        found.append(by_difference(net, x, t, parameter, place))
        slow.append(time.perf_counter() - begun)
        if n % 2 == 0:
            begun = time.perf_counter()
            by_backpropagation(net, x, t)
            fast.append(time.perf_counter() - begun)
    apart.append(np.abs(np.array(found) - gradient).max() / np.abs(gradient).max())
    ratio = P * median(slow) / median(fast)
    row = P, len(places), P * median(slow), median(fast), ratio, P / ratio
    for column, value in zip(rows.values(), row, strict=True):
        column.append(value)
lab.table(rows)
P, _, slow, fast, ratio, _ = (np.array(column) for column in rows.values())

# %% [markdown]
# The column "timed" tells how many parameters the differences were really timed for. As the ratio
# is $2P/c$, the last column is $c/2$, by theory about 1.

# %%
exponent = np.polyfit(np.log(P), np.log(ratio), 1)[0]
published = 1600
reached = float(np.exp(np.interp(np.log(published), np.log(ratio), np.log(P))))

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=9.0, height=3.6)
left.loglog(P, slow, marker="o", label="numerical differences")
left.plot(P, fast, marker="s", label="backpropagation")
for value, name in ((1, "1 second"), (60, "1 minute"), (3600, "1 hour")):
    left.axhline(value, color="#999999", lw=0.6, ls="-", zorder=0)
    left.annotate(name, (100, value), xytext=(0, 2), textcoords="offset points", fontsize=8)
left.set(xlabel="parameters", ylabel="all gradients: time (s)")
left.legend(loc="center right")
right.loglog(P, ratio, marker="o", label="measured")
right.plot(P, P, label="theory", lw=1)
right.axhline(published, color="#999999", lw=0.8, ls="-")
right.annotate(
    "published: 1,600", (1e6, published), ha="right", xytext=(0, 3), textcoords="offset points"
)
right.plot([reached], [published], "x", color="black", ms=8)
right.set(xlabel="parameters", ylabel="differences / backpropagation")
right.legend(loc="upper left")
lab.show(
    figure,
    "Left: time for all gradients against parameters, both scales logarithmic; differences rise "
    "to an hour, backpropagation stays below a second. Right: their ratio rises in proportion to "
    "the parameters, and passes 1,600 at some thousand.",
)

# %% [markdown]
# The published figure is passed at some thousand parameters, marked with a cross. At a million
# parameters the ratio is hundreds of thousands or more: what takes a second by backpropagation
# takes days by differences.
#
# The line of the ratio is not quite straight. A small network spends its time on the bookkeeping of
# the engine, and of that, backward has more than forward. So $c$ is larger on the left, by a factor
# of two or so. That does not change the proportion to $P$.
#
# What to take away: differences are for *checking* gradients, on a small network or a sample of
# the parameters ([Checking the gradients of a network](../gradients/gradient-check.py)).
# Backpropagation is for training.

# %%
lab.claim(
    "Differences and backpropagation give the same gradients: largest relative difference",
    apart,
    at_most=1e-6,
)
lab.claim(
    "The ratio grows in proportion to the parameters: exponent", exponent, near=1, within=0.25
)
lab.claim("With 1,000,000 parameters the ratio is above 50,000", ratio[-1], at_least=50_000)
lab.claim(
    "A gradient costs at least one forward pass: parameters at a ratio of 1,600",
    reached,
    at_least=800,
)
lab.claim("… and at most 20 forward passes", reached, at_most=16_000)
