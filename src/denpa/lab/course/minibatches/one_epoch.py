# %% [markdown]
# # An epoch, step by step
#
# The loss of a network is a mean over *all* training examples. Its gradient needs all of them,
# before the weights move once. Training by mini-batches moves the weights after every few
# examples. An **epoch** is one pass over the training data:
#
# 1. shuffle the examples;
# 2. cut the shuffled list into slices of $B$ examples, the mini-batches;
# 3. for each slice, compute the mean loss over its examples and its gradient, and take one step.
#
# With $N$ examples there are $\lceil N/B \rceil$ steps. If $B$ does not divide $N$, the last
# mini-batch is smaller. What does such an epoch do with each example, and what has a mini-batch's
# gradient to do with the gradient of the whole loss?
#
# Here are 50 points of a noisy sine, a small network, and mini-batches of 8. `DataLoader` does the
# shuffling and slicing. The number of each example travels with it, so that we can look where it
# went.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab
from denpa.utils.data import DataLoader, TensorDataset

lab = Lab("one-epoch")
rng = np.random.default_rng(lab.seed)
N, B, epochs = 50, 8, 3
x = dp.tensor(rng.uniform(-3, 3, (N, 1)))
t = 1 + dp.sin(x) + 0.1 * dp.tensor(rng.standard_normal((N, 1)))
number = dp.arange(N)


def start(seed):
    dp.manual_seed(seed)
    net = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1)).double()
    return net, dp.optim.SGD(net.parameters(), lr=0.03)


def shuffled(seed, *tensors):
    generator = dp.Generator().manual_seed(seed)
    return DataLoader(TensorDataset(*tensors), batch_size=B, shuffle=True, generator=generator)


net, optimizer = start(lab.seed)
criterion = nn.MSELoss()
loader = shuffled(lab.seed, x, t, number)
seen, batch_loss, whole_loss = [], [], []
for _ in range(epochs):
    for inputs, targets, numbers in loader:
        loss = criterion(net(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seen.append(numbers.numpy())
        batch_loss.append(loss.item())
        whole_loss.append(criterion(net(x), t).item())

steps = len(loader)
sizes = [len(s) for s in seen[:steps]]
order = [np.concatenate(seen[e * steps : (e + 1) * steps]) for e in range(epochs)]

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=8.6, height=3.8)
for i, numbers in enumerate(seen):
    left.plot(np.full(len(numbers), i + 1), numbers, "s", color="C0", ms=3.2)
right.plot(np.arange(1, len(seen) + 1), batch_loss, "o", ls=":", label="its mini-batch, before")
right.plot(np.arange(1, len(seen) + 1), whole_loss, ls="-", lw=2.2, label="all examples, after")
for axes in (left, right):
    for e in range(1, epochs):
        axes.axvline(e * steps + 0.5, color="#555555", ls="--", lw=1)
    axes.set_xlabel("step (dashed: a new epoch)")
    axes.set_xticks(range(1, epochs * steps + 1, 2))
left.set(ylabel="number of the example in the mini-batch")
right.set(ylabel="mean squared error", ylim=(0, None))
right.legend(frameon=True, edgecolor="none", framealpha=1)
lab.show(
    figure,
    "The examples of each step, scattered over all 50, with fewer in the last step of each epoch; "
    "the loss of the mini-batches jumps about, that of all examples falls more evenly.",
)
lab.table(
    {
        "step": np.arange(1, steps + 1),
        "examples": sizes,
        "loss of its mini-batch": batch_loss[:steps],
        "loss of all examples": whole_loss[:steps],
    }
)

# %% [markdown]
# Between two dashed lines each row of the left panel holds one square: an epoch uses each example
# exactly once. In the next epoch the same examples come in another order, so that no mini-batch
# comes back. The loss of a mini-batch jumps, since it is the mean over a few examples. The loss of
# all examples, which real training does not compute at each step, goes down more evenly.
#
# This loop is what `train.fit` does. Given the same network and the same batches, it ends with the
# same weights.

# %%
again, optimizer = start(lab.seed)
train.fit(
    again, criterion, shuffled(lab.seed, x, t), optimizer=optimizer, epochs=epochs, progress=False
)
apart = max(
    float(abs(p - q).max()) for p, q in zip(net.parameters(), again.parameters(), strict=True)
)

# %% [markdown]
# ## The mean of the steps
#
# Now hold the weights still and only collect the gradients of one epoch. Let mini-batch $k$ have
# $n_k$ examples and the gradient $g_k$ of its mean loss. Each $n_k g_k$ is a sum over the examples
# of the mini-batch, and each example is in one mini-batch, so
#
# $$\frac{1}{N}\sum_k n_k\, g_k = \frac{1}{N}\sum_{i=1}^N \nabla L_i = \nabla L.$$
#
# The mean of the mini-batches' gradients, weighted by their sizes, *is* the gradient of the whole
# loss. This is no approximation. A plain mean would count the few examples of the last mini-batch
# too much: here they are two of fifty, and would get a seventh of the vote.


# %%
def gradient(net, inputs, targets):
    net.zero_grad()
    criterion(net(inputs), targets).backward()
    return np.concatenate([p.grad.numpy().ravel() for p in net.parameters()])


def relative(found, whole):
    return np.linalg.norm(found - whole) / np.linalg.norm(whole)


weighted, plain, single = [], [], []
for seed in lab.seeds(lab.pick(10, 100)):
    net, _ = start(seed)
    whole = gradient(net, x, t)
    batches = list(shuffled(seed, x, t))
    g = np.array([gradient(net, *batch) for batch in batches])
    n = np.array([len(inputs) for inputs, _ in batches])
    weighted.append(relative(n @ g / N, whole))
    plain.append(relative(g.mean(axis=0), whole))
    single.append(np.mean([relative(one, whole) for one in g]))

lab.table(
    {
        "estimate of the whole gradient": [
            "one mini-batch",
            "plain mean of an epoch",
            "mean of an epoch, weighted by size",
        ],
        "relative error": [np.mean(single), np.mean(plain), np.mean(weighted)],
    }
)

# %% [markdown]
# One mini-batch's gradient is a rough estimate, and over an epoch the errors cancel exactly. In
# real training the weights do move between the steps, so an epoch is not one big step along the
# whole gradient. It is $\lceil N/B \rceil$ steps that lean that way, each with an error of its own.
#
# ## Why shuffle and slice, and not just draw?
#
# One could also draw each mini-batch at random from all examples, with replacement. After $N$
# draws a given example has been missed with probability $(1 - 1/N)^N \approx 1/e$. More than a
# third of the data would be left out of the epoch, and others would come two or three times.

# %%
draws, examples = lab.pick(100, 1000), 1000
drawn = rng.integers(examples, size=(draws, examples))
missed = np.array([1 - len(np.unique(d)) / examples for d in drawn])
theory = (1 - 1 / examples) ** examples
# Whether two examples are missed is correlated: the variance of the share, by its expansion.
spread = np.sqrt((np.exp(-1) - 2 * np.exp(-2)) / examples / draws)

lab.claim(
    "In each of 3 epochs, each of the 50 examples comes exactly once",
    [np.array_equal(np.sort(o), np.arange(N)) for o in order],
    equal=[True, True, True],
)
lab.claim(
    "Mini-batches of 8 make 7 steps of 50 examples, and the last has 2", sizes, equal=[8] * 6 + [2]
)
lab.claim(
    "No two epochs have the same order",
    len({tuple(o) for o in order}),
    equal=epochs,
)
lab.claim("fit ends with the weights of the loop: largest difference", apart, at_most=1e-12)
lab.claim(
    "The gradients of an epoch's mini-batches, weighted by size, have the whole gradient as their "
    "mean: largest relative error",
    max(weighted),
    at_most=1e-12,
)
lab.claim(
    "Their plain mean misses the whole gradient: mean relative error",
    np.mean(plain),
    at_least=0.01,
)
lab.claim(
    "With replacement, 1,000 draws miss (1 − 1/N)^N of 1,000 examples, about 1/e",
    missed.mean(),
    near=theory,
    within=5 * spread,
)
