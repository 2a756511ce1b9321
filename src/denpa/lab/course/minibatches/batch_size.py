# %% [markdown]
# # Batch size against steps, and against seconds
#
# [The loss of 1,000 examples](../minibatches/sample-of-the-loss.py) is a good stand-in for that of
# all. How large should a mini-batch be, then? A larger one gives a better gradient, so fewer steps
# should do. But each step costs more. What counts in the end is the time until the network is as
# good as it should be.
#
# Here a network with 50 hidden units learns handwritten digits, until its loss over *all* training
# examples is below 0.3. We count the steps and measure the processor time of these steps, for batch
# sizes from 4 up to all examples at once. Each is done in two ways: with the same learning rate 0.1
# for all batch sizes, and with the learning rate that needs the fewest steps, out of 0.1, 0.3 and 1.
# The loss is looked at whenever the number of steps has grown by a tenth.

# %%
from __future__ import annotations

from time import process_time

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab

lab = Lab("batch-size")
images = lab.images(train=lab.pick(1024, 4096), test=1)
N = len(images.x) // 1024 * 1024
x, t = images.x[:N], images.y[:N]
batch_sizes = sorted({*lab.pick([4, 32, 256], [4, 32, 128, 512]), N})
rates = [0.1, 0.3, 1.0]
seeds = lab.seeds(lab.pick(2, 3))
goal, limit = 0.3, 4000
criterion = nn.CrossEntropyLoss()


def until_good(size, rate, seed):
    """The steps until the training loss is below the goal, and their seconds."""
    dp.manual_seed(seed)
    net = nn.Sequential(nn.Linear(x.shape[1], 50), nn.ReLU(), nn.Linear(50, 10))
    optimizer = dp.optim.SGD(net.parameters(), lr=rate)

    @dp.compile
    def step(inputs, targets):
        optimizer.zero_grad()
        loss = criterion(net(inputs), targets)
        loss.backward()
        optimizer.step()
        return loss

    rng = np.random.default_rng(seed)
    epochs = -(-limit * size // N)
    order = np.concatenate([rng.permutation(N) for _ in range(epochs)])
    step.epoch(x, t, batch_size=size, order=order[:size])  # compiles it, too
    steps, seconds = 1, 0.0
    while steps < limit:
        some = min(1 + steps // 10, limit - steps)
        begun = process_time()
        step.epoch(x, t, batch_size=size, order=order[steps * size : (steps + some) * size])
        seconds += process_time() - begun
        steps += some
        loss = train.evaluate(net, criterion, (x, t), backend="eager")["loss"]
        if loss < goal:
            return steps, seconds
        if not loss < 100:
            break
    return np.inf, np.inf


with np.errstate(over="ignore", invalid="ignore"):  # some of the learning rates are too large
    tried = np.array(
        [
            [[until_good(size, rate, seed) for rate in rates] for size in batch_sizes]
            for seed in seeds
        ]
    )  # (seeds, batch sizes, rates, 2)
same = tried[:, :, rates.index(0.1)].mean(axis=0)
which = tried[..., 0].mean(axis=0).argmin(axis=1)
best = tried[:, range(len(batch_sizes)), which].mean(axis=0)
best_rates = [rates[w] for w in which]

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=8.6, height=3.6)
series = ((same, "o", "-", "learning rate 0.1"), (best, "s", "--", "best learning rate"))
for axes, column in ((left, 0), (right, 1)):
    for found, marker, dash, name in series:
        axes.loglog(batch_sizes, found[:, column], marker=marker, ls=dash, label=name)
    axes.set(xlabel=f"batch size (all: {N:,})")
    axes.set_xticks(batch_sizes, [f"{b:,}" for b in batch_sizes])
    axes.minorticks_off()
for axes, column in ((left, 0), (right, 1)):
    values = np.array([same[:, column], best[:, column]])
    axes.set_ylim(values.min() / 2, values.max() * 3)
left.set(ylabel="steps")
right.set(ylabel="processor time (s)")
left.legend(loc="upper right")
lab.show(
    figure,
    "Steps until the loss is reached: with one learning rate they soon stop falling, with the best "
    "one they fall longer; the time is least for small mini-batches and most for all examples.",
)
lab.table(
    {
        "learning rate": [0.1] * len(batch_sizes) + best_rates,
        "batch size": batch_sizes * 2,
        "steps": np.append(same[:, 0], best[:, 0]),
        "steps × batch size": np.append(same[:, 0] * batch_sizes, best[:, 0] * batch_sizes),
        "processor time (s)": np.append(same[:, 1], best[:, 1]),
    }
)

# %% [markdown]
# **One learning rate.** From a few dozen examples on, a larger mini-batch saves hardly any step.
# Every step goes about as far as the learning rate lets it, and the gradient of 32 examples shows
# the way nearly as well as that of all. The cost of a step grows with the batch, so most of it is
# spent for nothing.
#
# **The best learning rate.** A larger mini-batch allows a larger learning rate, since the noise in
# its gradient is smaller, and with that it needs fewer steps. But not in proportion: the number of
# examples computed, steps × batch size, grows from each batch size to the next. And the gain ends
# where the learning rate meets its limit, beyond which even the exact gradient overshoots.
#
# **Seconds.** So the smallest mini-batch computes the fewest examples. It still need not be the
# fastest: a step on four examples costs more than four examples' share of a step on hundreds, since
# every step updates all the weights and starts every operation anew. Both together make the time
# nearly flat for small batch sizes, and let it rise towards a batch of all examples. Where the rise
# begins depends on the network and on the machine. A batch size between 16 and 128 is a good first
# choice. And a comparison of batch sizes means little as long as it keeps the learning rate.

# %%
cost = best[:, 1] / best[:, 0] / batch_sizes
at_32 = batch_sizes.index(32)
at_256 = int(np.argmin(np.abs(np.log(np.array(batch_sizes) / 256))))
lab.claim(
    "With learning rate 0.1, 32 examples in a mini-batch need less than twice the steps of all: "
    "ratio",
    same[at_32, 0] / same[-1, 0],
    at_most=2,
)
lab.claim(
    "With the best learning rate, 4 examples need at least 3 times the steps of all: ratio",
    best[0, 0] / best[-1, 0],
    at_least=3,
)
computed = best[:, 0] * batch_sizes
lab.claim(
    "But steps × batch size grows from each batch size to the next: ratio",
    computed[1:] / computed[:-1],
    at_least=1,
)
lab.claim(
    "In mini-batches of 4, each example takes at least 1.5 times as long as in large ones: ratio",
    cost[0] / cost[at_256],
    at_least=1.5,
)
lab.claim(
    "All examples at once take longer than the best mini-batch: ratio of the times",
    best[-1, 1] / best[:, 1].min(),
    at_least=1.5,
)
