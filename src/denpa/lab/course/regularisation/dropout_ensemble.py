# %% [markdown]
# # The ensemble that dropout imitates
#
# A layer with $k$ inputs and dropout is $2^k$ networks in one: each mask makes another. Training
# picks one of them at random each step. Prediction uses a single network with all inputs, scaled by
# $1 - p$. It is said to stand for the mean of all the others. Is that so?
#
# For one linear layer with a softmax it is *exactly* so, if the mean is the geometric one,
# normalised to sum 1. Write $\mathrm{softmax}(z_m)$ for the answer with mask $m$. A geometric mean
# is the exponential of the mean of the logarithms, and $\log\mathrm{softmax}(z) = z - \text{a
# number}$. So the mean of the logits is left:
#
# $$\prod_m \mathrm{softmax}(z_m)^{\Pr(m)} \;\propto\; \exp\!\Big(\sum_m \Pr(m)\, z_m\Big)
# = \exp\big((1 - p)\, x W + b\big).$$
#
# Take 12 inputs and go through all 4,096 masks.

# %%
from __future__ import annotations

from itertools import product

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab

lab = Lab("dropout-ensemble")
dp.manual_seed(lab.seed)
layer = nn.Linear(12, 5).double()
x = 3 * dp.randn(12, dtype=dp.float64)
masks = np.array(list(product([0.0, 1.0], repeat=12)))
answers = layer(x * dp.tensor(masks)).softmax(dim=1).detach().numpy()  # (4096, 5)

geometric, arithmetic = [], []
for p in (0.2, 0.5, 0.8):
    chance = ((1 - p) ** masks * p ** (1 - masks)).prod(axis=1)
    mean = np.exp(chance @ np.log(answers))
    mean = mean / mean.sum()
    scaled = layer(nn.Dropout(p, scale="prediction").eval()(x)).softmax(dim=0).detach().numpy()
    geometric.append(np.abs(mean - scaled).max())
    arithmetic.append(np.abs(chance @ answers - scaled).max())
    if p == 0.5:
        bars = {"scaled": scaled, "geometric mean": mean, "arithmetic mean": chance @ answers}

# %% [markdown]
# In a network with one hidden layer, dropout stands right before the last linear layer, so the
# theorem holds there too. With two hidden layers the masks of the first pass through a ReLU, which
# bends, and the theorem is gone. And what one would rather have is the plain, *arithmetic* mean of
# the probabilities.
#
# So train both networks with dropout on 1,000 handwritten digits and draw masks in prediction too.
# Compare the mean over $n$ of them with the single scaled answer. The distance of two answers is
# the Kullback–Leibler divergence, in the mean over the test data.

# %%
images = lab.images(train=1000, test=1000)
draws = 2 ** np.arange(lab.pick(7, 11))  # after so many masks, look


def divergence(log_p, log_q):
    return (np.exp(log_p) * (log_p - log_q)).sum(axis=1).mean()


def normalised(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def right(z):
    return 100 * np.mean(z.argmax(axis=1) == images.y_test)


depths = {"one hidden layer": [64], "two hidden layers": [64, 64]}
distance = {name: [] for name in depths}  # of each seed: (look, geometric or arithmetic)
accuracy = {name: [] for name in depths}  # of each seed: one mask, the mean of all, the scaled one
for name, hidden in depths.items():
    for seed in lab.seeds(lab.pick(2, 4)):
        dp.manual_seed(seed)
        net = train.mlp(inputs=images.side**2, outputs=10, hidden=hidden, dropout=0.5)
        train.fit(
            net,
            nn.CrossEntropyLoss(),
            (images.x, images.y),
            batch_size=50,
            epochs=30,
            optimizer=dp.optim.Adam(net.parameters(), lr=2e-3),
            progress=False,
            seed=seed,
        )
        scaled = normalised(train.predict(net, images.x_test).astype(np.float64))
        net.train()
        logs, probabilities, looks, alone = 0, 0, [], []
        for n in range(1, draws[-1] + 1):
            with dp.no_grad():
                answer = normalised(net(dp.tensor(images.x_test)).numpy().astype(np.float64))
            logs, probabilities = logs + answer, probabilities + np.exp(answer)
            alone.append(right(answer))
            if n in draws:
                means = normalised(logs / n), np.log(probabilities / n)
                looks.append([divergence(mean, scaled) for mean in means])
        distance[name].append(looks)
        accuracy[name].append([np.mean(alone), right(probabilities), right(scaled)])
distance = {name: np.mean(values, axis=0) for name, values in distance.items()}
accuracy = {name: np.mean(values, axis=0) for name, values in accuracy.items()}

# %% tags=["hide-input"]
figure, (left, right_axis) = lab.axes(1, 2, width=8.8, height=3.6)
for k, (name, values) in enumerate(bars.items()):
    left.bar(
        np.arange(5) + 0.27 * (k - 1),
        values,
        0.25,
        label=name,
        edgecolor="#12263a",
        color=("#12263a", "#9fc3d6", "#f4d7a0")[k],
        hatch=("", "//", "..")[k],
        lw=0.6,
    )
left.set(xlabel="class", ylabel="probability", title="all 4,096 masks of one layer")
left.set_ylim(0, 1.45 * max(values.max() for values in bars.values()))
left.legend(loc="upper center", ncols=2, fontsize=8.5)
colours = ("#12263a", "#d1495b")
for name, colour, marker in zip(depths, colours, "os", strict=True):
    right_axis.loglog(draws, distance[name][:, 0], "-", marker=marker, color=colour)
    right_axis.loglog(draws, distance[name][:, 1], "--", marker=marker, color=colour)
    right_axis.plot([], [], "-", marker=marker, color=colour, label=f"{name}, geometric")
    right_axis.plot([], [], "--", marker=marker, color=colour, label=f"{name}, arithmetic")
right_axis.set(xlabel="masks $n$", ylabel="KL divergence from the scaled answer")
right_axis.set_xticks(draws[::2], [str(n) for n in draws[::2]])
right_axis.minorticks_off()
right_axis.set_ylim(1e-4, 1.5)
right_axis.legend(loc="lower left", fontsize=8)
lab.show(
    figure,
    "Bars: the geometric mean over all masks has the height of the scaled answer in each class, "
    "the arithmetic mean has not. Curves: the distance of the geometric mean falls as one over "
    "the number of masks, that of the arithmetic mean levels off.",
)
lab.table(
    {
        "network": list(depths),
        "one mask: test accuracy (%)": [accuracy[name][0] for name in depths],
        "mean of all masks: test accuracy (%)": [accuracy[name][1] for name in depths],
        "scaled: test accuracy (%)": [accuracy[name][2] for name in depths],
    }
)

# %% [markdown]
# With one hidden layer the geometric mean comes nearer to the scaled answer in step with $1/n$:
# what is left is chance alone, and it goes to zero. With two hidden layers the distance ends at a
# small value that more masks do not lessen (the full run, with its 1,024 masks, shows the bend).
#
# The arithmetic mean stays away from it. Masks disagree, and a mean of probabilities that disagree
# is less sure than they are on the whole. The scaled network is surer, but it names the same class
# nearly always: its accuracy is that of the mean of all masks, at the price of one forward pass,
# and several points above that of a single mask. So the scaled network does stand for the ensemble,
# in its decisions; less so in how sure it is.

# %%
last = {name: values[-1] for name, values in distance.items()}
lab.claim(
    "One layer: the geometric mean over all 4,096 masks is the scaled answer, for each p",
    geometric,
    at_most=1e-12,
)
lab.claim(
    "One layer: the arithmetic mean is another one, difference for some p",
    max(arithmetic),
    at_least=1e-3,
)
slope = np.polyfit(np.log(draws[3:]), np.log(distance["one hidden layer"][3:, 0]), 1)[0]
lab.claim(
    "One hidden layer: the distance of the geometric mean falls as 1/n, exponent",
    slope,
    near=-1,
    within=0.2,
)
lab.claim(
    "The arithmetic mean of all masks is at least 10 times as far away, both networks",
    [last[name][1] / last[name][0] for name in depths],
    at_least=10,
)
lab.claim(
    "Scaled network and mean of all masks: difference in accuracy (points), both networks",
    [accuracy[name][2] - accuracy[name][1] for name in depths],
    near=0,
    within=1.5,
)
lab.claim(
    "A single mask has a lower accuracy than the scaled network, by (points), both networks",
    [accuracy[name][2] - accuracy[name][0] for name in depths],
    at_least=2,
)
