# %% [markdown]
# # Why nobody tries all combinations
#
# Learning means to find the weights with the smallest loss. So why not try them all? Take ten
# values for each parameter, compute the loss of each combination, and keep the best. That needs no
# derivative, and no local minimum can catch it.
#
# Try it on a small problem: a curve, $t = \sin \pi x$ at 50 points, and a polynomial
# $w_0 + w_1 x + w_2 x^2 + \dots$ with one, two, three and more coefficients. Each takes the
# ten values $-4.5, -3.5, \dots, 4.5$.

# %%
from __future__ import annotations

import itertools
import time

import numpy as np

import denpa as dp
from denpa import nn
from denpa.lab import Lab

lab = Lab("all-combinations")
x = np.linspace(-1, 1, 50)
t = np.sin(np.pi * x)


def search(n):
    powers = x[:, None] ** np.arange(n)
    best, tried = np.inf, 0
    began = time.process_time()
    for w in itertools.product(np.arange(-4.5, 5), repeat=n):
        loss = np.mean((powers @ w - t) ** 2)
        best = min(best, loss)
        tried += 1
    return tried, best, time.process_time() - began


def least_squares(n):
    powers = x[:, None] ** np.arange(n)
    w, *_ = np.linalg.lstsq(powers, t, rcond=None)
    return np.mean((powers @ w - t) ** 2)


counts = np.arange(1, lab.pick(4, 5) + 1)
tried, best, seconds = (np.array(column) for column in zip(*map(search, counts), strict=True))
exact = np.array([least_squares(n) for n in counts])
lab.table(
    {
        "parameters": counts,
        "combinations": tried,
        "time (s)": seconds,
        "best loss found": best,
        "smallest loss there is": exact,
    }
)

# %% [markdown]
# With each parameter the work becomes ten times as much: $10^n$ combinations for $n$ parameters. The
# solution is coarse besides, since the best coefficients lie between the ten values.
#
# ## A hundred parameters
#
# A network with 33 hidden units, one input and one output has $33 + 33 + 33 + 1 = 100$ parameters,
# and is a very small network. Ten values for each make $10^{100}$ combinations. Nobody can try all
# of these, but one can try some, drawn at random. Which ten values should they be? Nobody says, so
# try three ranges: from $-0.9$ to $0.9$, to $1.8$, and to $3.6$.
#
# Against that stands gradient descent from the usual random initial values. A step of it costs
# [a few forward passes](../cost/price-of-a-gradient.py). Let it count as five: for 1,000 steps of
# gradient descent, the random search has 5,000 tries in each of its ranges.

# %%
steps, price = 1000, 5
inputs, targets = dp.tensor(x[:, None], dtype=dp.float32), dp.tensor(t[:, None], dtype=dp.float32)


def descend(seed, rate=0.1):
    dp.manual_seed(seed)
    net = nn.Sequential(nn.Linear(1, 33), nn.Tanh(), nn.Linear(33, 1))
    optimizer = dp.optim.SGD(net.parameters(), lr=rate)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def guess(seed, largest):
    rng = np.random.default_rng(seed)
    values = np.linspace(-largest, largest, 10)
    losses = []
    for _ in range(price * steps):
        w = values[rng.integers(10, size=100)]
        y = np.tanh(x[:, None] * w[:33] + w[33:66]) @ w[66:99] + w[99]
        losses.append(np.mean((y - t) ** 2))
    return np.minimum.accumulate(losses)  # the best so far


seeds = lab.seeds(lab.pick(2, 10))
ranges = (0.9, 1.8, 3.6)
descents = np.array([descend(seed) for seed in seeds])
halved = np.array([descend(seed, rate=0.05) for seed in seeds])
began = time.process_time()
guesses = np.array([[guess(seed, largest) for largest in ranges] for seed in seeds])
pass_seconds = (time.process_time() - began) / guesses.size

# %% tags=["hide-input"]
universe = 13.8e9 * 365.25 * 24 * 3600  # its age in seconds
line = least_squares(2)
figure, (left, right) = lab.axes(1, 2, width=9, height=3.6)
axis = np.arange(1, 27)
left.semilogy(
    axis, seconds[-1] * 10.0 ** (axis - counts[-1]), "--", label="ten times for each more"
)
left.semilogy(counts, seconds, "o", ms=6, color="#12263a", label="measured")
for duration, name in ((86400, "a day"), (universe, "age of the universe")):
    left.axhline(duration, color="#999999", ls=":", lw=1)
    left.text(1, duration, name, fontsize=9, va="bottom")
left.set(xlabel="parameters", ylabel="time (s)", ylim=(1e-5, 1e22))
left.legend(loc="lower right")
passes = np.arange(1, price * steps + 1)
for largest, best_so_far, dash in zip(ranges, guesses[0], ("-", "-.", ":"), strict=True):
    right.loglog(passes, best_so_far, dash, label=f"random tries, ±{largest}")
right.loglog(price * np.arange(1, steps + 1), descents[0], "--", lw=2.2, label="gradient descent")
right.axhline(line, color="#999999", ls="-", lw=0.8)
right.text(1, line * 0.92, "best straight line", fontsize=9, va="top")
right.set(xlabel="forward passes", ylabel="loss", ylim=(5e-4, 50))
right.legend(loc="lower left")
lab.show(
    figure,
    "Left: the time of the search grows tenfold with each parameter and passes the age of the "
    "universe before 26 parameters. Right: with 100 parameters, the best of the random tries ends "
    "far above the loss of gradient descent in every range.",
)
lab.table(
    {
        "seed": [*seeds],
        **{f"random tries, ±{r}": guesses[:, k, -1] for k, r in enumerate(ranges)},
        "gradient descent": descents[:, -1],
        "steps that raise the loss": np.sum(np.diff(descents) > 0, axis=1),
    }
)

# %% [markdown]
# At the pace of this machine, all combinations would take so many years:

# %%
year = 365.25 * 24 * 3600
many = np.array([10, 20, 30, 100])
lab.table({"parameters": many, "time (years)": pass_seconds / year * 10.0**many})

# %% [markdown]
# A faster computer does not help: one that is a thousand times as fast does three parameters more.
#
# The random search depends on its range, which nobody tells it. With small values it finds little
# more than the best straight line. With large ones nearly every curve is wild. In the range between
# it is now and then lucky, but not lucky enough. Nor does it learn anything from its tries: each
# is as blind as the first.
#
# Gradient descent does not look at more points. It knows more about each of them: one backward
# pass tells for all 100 parameters at once in which direction, and how strongly, they change the
# loss. It may end in a minimum that is not the best of all, and that is good enough.
#
# Does every step go down? For most seeds, but not for each: the last column of the table under the
# figure counts the steps that do not. The rate is $\eta = 0.1$, and a step is sure to go down only
# where the loss is less curved than [$2/\eta = 20$](learning-rate.py). From some starts the way
# leads through places that are a little more curved. At half the rate the limit is 40, and every
# step goes down, at half the speed.
#
# **To take away:** the number of combinations is exponential in the number of parameters, the cost
# of a gradient is a few forward passes for any number of them. That is what makes networks with
# millions of parameters possible.

# %%
growth = np.polyfit(counts[1:], np.log10(seconds[1:]), 1)[0]
lab.claim(
    "The search over n parameters of ten values each makes 10 to the n passes",
    tried,
    equal=10**counts,
)
lab.claim(
    "Its time grows tenfold with each parameter: power of ten for each",
    growth,
    near=1,
    within=0.25,
)
lab.claim(
    "The age of the universe is too short for so many parameters",
    int(np.ceil(np.log10(universe / pass_seconds))),
    at_most=26,
)
ratio = descents[:, -1, None] / guesses[:, :, -1]
lab.claim(
    "For each seed, 1,000 steps of gradient descent give a lower loss than 5,000 random tries in "
    "each range: largest ratio",
    ratio.max(),
    at_most=1,
)
lab.claim(
    "On average it is less than a quarter of what the best range gives",
    descents[:, -1].mean() / guesses[:, :, -1].mean(axis=0).min(),
    at_most=0.25,
)
lab.claim(
    "At half the learning rate, no step of gradient descent raises the loss: steps that do",
    int(np.sum(np.diff(halved) > 0)),
    equal=0,
)
