# %% [markdown]
# # The loss of 1,000 examples for that of 100,000
#
# The loss of a network is the mean over all training examples,
#
# $$L = \frac{1}{N}\sum_{i=1}^N L_i.$$
#
# With $N = 100{,}000$ examples, a step of gradient descent computes 100,000 forward passes and as
# many backward passes, before it moves a single weight. A mini-batch takes the mean over $n$
# examples drawn at random instead. How far is that mean from $L$, and what does it save?
#
# It is an opinion poll. If the $L_i$ have the standard deviation $\sigma$, the mean of $n$ of them,
# drawn without replacement, is right on average, and its standard deviation is
#
# $$\frac{\sigma}{\sqrt n}\,\sqrt{\frac{N-n}{N-1}}.$$
#
# The second factor is 0 for $n = N$: who asks everybody makes no error. As long as $n$ is a small
# part of $N$, it is almost 1, and then the size of the *sample* counts alone. A poll of 1,000 is
# as good for a large country as for a town of 100,000.
#
# Here are 100,000 synthetic examples of 8 classes, and a network that has learned from a part of
# them for a short while, so that it is sure about some examples and wrong about others.

# %%
from __future__ import annotations

from time import process_time

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab

lab = Lab("sample-of-the-loss")
rng = np.random.default_rng(lab.seed)
dp.manual_seed(lab.seed)
N, features, classes = 100_000, 8, 8
x = rng.standard_normal((N, features)).astype(np.float32)
score = x @ rng.standard_normal((features, classes)) + 2 * rng.standard_normal((N, classes))
t = score.argmax(axis=1)

net = nn.Sequential(nn.Linear(features, 32), nn.Tanh(), nn.Linear(32, classes))
train.fit(
    net, nn.CrossEntropyLoss(), (x[:5000], t[:5000]), epochs=5, progress=False, backend="eager"
)


def loss_of(rows, reduction="mean"):
    with dp.no_grad():
        found = nn.functional.cross_entropy(
            net(dp.tensor(x[rows])), dp.tensor(t[rows]), reduction=reduction
        )
    return found.numpy()


each = loss_of(np.arange(N), "none").astype(np.float64)
L, sigma = each.mean(), each.std()

# %% [markdown]
# Now draw samples again and again. One shuffled list gives a sample of each size: its first 100
# examples, its first 300, and so on. The weights stand still, so the loss of each example need not
# be computed anew. Then measure the processor time that the loss of a sample takes, as the shortest
# of several measurements. The clock on the wall would also count what other programs do meanwhile.

# %%
sizes = np.array([100, 300, 1000, 3000, 10_000, 30_000, 90_000])
draws = lab.pick(300, 2000)
means = np.array([np.cumsum(rng.permutation(each))[sizes - 1] / sizes for _ in range(draws)])
spread = means.std(axis=0)
with_factor = sigma / np.sqrt(sizes) * np.sqrt((N - sizes) / (N - 1))


def milliseconds(n):
    took = []
    for _ in range(lab.pick(10, 30)):
        rows = rng.choice(N, n, replace=False)
        begun = process_time()
        loss_of(rows)
        took.append(process_time() - begun)
    return 1000 * min(took)


asked = np.append(sizes, N)
cost = np.array([milliseconds(n) for n in asked])

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=8.6, height=3.6)
curve = np.geomspace(100, 0.995 * N, 400)
root = sigma / np.sqrt(curve)
left.loglog(curve, root, ls=":", color="C4", lw=2, label=r"$\sigma/\sqrt{n}$")
left.loglog(curve, root * np.sqrt((N - curve) / (N - 1)), ls="-", label="theory")
left.loglog(sizes, spread, "s", color="C1", ms=6, label="measured")
left.set(ylabel="standard deviation of the sample's loss", ylim=(with_factor[-1] / 2, None))
right.loglog(asked, cost, "o", ls="-", label="measured")
right.loglog(asked, cost[-1] * asked / N, ls=":", color="C4", lw=2, label="proportional to $n$")
right.set(ylabel="processor time (ms)")
for axes in (left, right):
    axes.set_xlabel("examples in the sample $n$")
    axes.legend()
lab.show(
    figure,
    "The spread of the sample's loss falls as one over the root of n and drops to zero where the "
    "sample is everything; the time for it grows almost in proportion to n.",
)
lab.table(
    {
        "examples in the sample $n$": asked,
        "standard deviation": np.append(spread, 0.0),
        "theory": np.append(with_factor, 0.0),
        "standard deviation / loss (%)": 100 * np.append(spread, 0.0) / L,
        "processor time (ms)": cost,
    }
)

# %% [markdown]
# The squares lie on the curve, up to the chance in a limited number of draws. A sample of 1,000
# misses the loss of all 100,000 by one or two hundredths of its value, for about a hundredth of
# the work. Ten times as precise would need a hundred times as many examples: the precision grows
# as $\sqrt n$, the work as $n$. That is why many rough steps bring a network farther than a few
# exact ones. The same law holds for each component of the gradient, which is a mean over the
# examples too; [An epoch, step by step](../minibatches/one-epoch.py) follows it through an epoch.
#
# For small samples the time falls more slowly than $n$. A network that is asked about a hundred
# examples is mostly busy with starting each operation. So very small mini-batches are cheap, but
# not as cheap as they might be;
# [Batch size against steps, and against seconds](../minibatches/batch-size.py) measures what
# follows from that.

# %%
thousand = sizes.tolist().index(1000)
inside = np.abs(means[:, thousand] - L) <= 2 * with_factor[thousand]
lab.claim(
    "The mean of the samples' losses is the loss of all: difference, in standard errors",
    (means.mean(axis=0) - L) / (with_factor / np.sqrt(draws)),
    near=0,
    within=5,
)
lab.claim(
    "The spread over samples is σ/√n times √((N − n)/(N − 1)): measured / theory",
    spread / with_factor,
    near=1,
    within=5 / np.sqrt(2 * draws),
)
lab.claim(
    "19 of 20 samples of 1,000 lie within two standard deviations of the loss of all: share",
    inside.mean(),
    near=0.954,
    within=5 * np.sqrt(0.954 * 0.046 / draws),
)
lab.claim(
    "The loss of 100,000 examples takes at least 20 times as much processor time as that of 1,000",
    cost[-1] / cost[thousand],
    at_least=20,
)
