# %% [markdown]
# # All together: which network is best?
#
# This section has many remedies: a penalty, dropout, augmentation, ensembles; and
# batch normalisation is said to regularise too. Which of them helps on its own, and is the network
# with all of them the best?
#
# The task is the one where remedies are needed: 300 handwritten digits to learn from. Every network
# has one hidden layer of 100 units and the same training. Nothing is tuned for a remedy. The seed
# draws the 300 digits and the initial values, so the networks of one seed can be compared in
# *pairs*: each minus the plain one.
#
# The augmentation is what suits the data: a shift by a pixel on MNIST. On the small 8×8 digits
# [a shift harms](../regularisation/augmentation.py), and it is noise instead.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import data, nn, train
from denpa.lab import Lab

lab = Lab("all-together")
images = lab.images(train=2000, test=2000)
side = images.side
change = data.Augment(shift=1) if images.mnist else data.Augment(noise=0.1)


def changed(x, rng):
    return change(x.reshape(-1, 1, side, side), rng).reshape(len(x), -1)


def penalty(net):
    return 1e-3 * nn.penalty.l2(net)


networks = {
    "plain": {},
    "batch norm": {"batch_norm": True},
    "dropout": {"dropout": 0.3},
    "L2": {"penalty": penalty},
    "augmentation": {"transform": changed},
    "ensemble": {"members": 3},
    "all": {
        "batch_norm": True,
        "dropout": 0.2,
        "penalty": penalty,
        "transform": changed,
        "members": 3,
    },
}


def learn(seed, x, y, batch_norm=False, dropout=0.0, penalty=None, transform=None, members=1):
    nets = []
    for m in range(members):
        own = 1000 * (seed + 1) + m
        dp.manual_seed(own)
        net = train.mlp(
            inputs=side**2, outputs=10, hidden=[100], batch_norm=batch_norm, dropout=dropout
        )
        train.fit(
            net,
            nn.CrossEntropyLoss(),
            (x, y),
            epochs=30,
            batch_size=50,
            progress=False,
            seed=own,
            optimizer=dp.optim.Adam(net.parameters(), lr=2e-3),
            penalty=penalty,
            transform=transform,
        )
        nets.append(net)
    return nets[0] if members == 1 else train.Ensemble(nets, probabilities=True)


def error_rate(net):
    return 100 * np.mean(train.predict(net, images.x_test).argmax(axis=1) != images.y_test)


errors = {name: [] for name in networks}
for seed in lab.seeds(lab.pick(4, 12)):
    rows = np.random.default_rng(seed).permutation(len(images.x))[:300]
    for name, options in networks.items():
        errors[name].append(error_rate(learn(seed, images.x[rows], images.y[rows], **options)))
errors = {name: np.array(values) for name, values in errors.items()}
change_in = {name: values - errors["plain"] for name, values in errors.items()}
mean = {name: change.mean() for name, change in change_in.items()}

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=8.8, height=3.6)
names = list(networks)
place = np.arange(len(names))[::-1]
root = np.sqrt(len(errors["plain"]))
for k, name in zip(place, names, strict=True):
    fill = "#12263a" if name == "all" else "#c9d6df"
    left.barh(
        k,
        errors[name].mean(),
        0.62,
        xerr=errors[name].std(ddof=1) / root,
        capsize=3,
        color=fill,
        edgecolor="#12263a",
        ecolor="#d1495b",
        lw=0.8,
    )
    if name != "plain":
        right.plot(change_in[name], np.full(len(change_in[name]), k), "o", ms=3, color="#9aa5b1")
        right.errorbar(
            mean[name],
            k,
            xerr=change_in[name].std(ddof=1) / root,
            fmt="D",
            ms=6,
            capsize=3,
            color="#12263a",
        )
for axis in (left, right):
    axis.set_yticks(place, names)
    axis.grid(visible=False, axis="y")
left.set(xlabel="error rate (%)")
right.axvline(0, color="#555555", lw=1, ls="-")
right.set(xlabel="change against plain (points)", ylim=left.get_ylim())
lab.show(
    figure,
    "Bars of the error rate of seven networks with their standard errors, and the differences to "
    "the plain network of the same seed: below zero in the mean for all together.",
)
lab.table(
    {
        "network": names,
        "error rate (%)": [errors[name].mean() for name in names],
        "change against plain (points)": [mean[name] for name in names],
        "standard error": [change_in[name].std(ddof=1) / root for name in names],
    }
)

# %% [markdown]
# All together is better than plain. Most of that comes from few remedies, and which they are
# depends on the data. On MNIST augmentation does nearly all: it adds knowledge that the 300 digits
# do not hold (a shifted digit is the same digit). On the 8×8 digits no single remedy does much, and
# what helps is the sum.
#
# Batch norm, dropout and a penalty on their own change little here, and not always for the better.
# That is no contradiction to the experience that they help: they were not tuned, the network is
# small and the training short. A remedy is for an illness. Batch norm is for depth and large
# learning rates, dropout for large networks and long training; a network that suffers from too few
# examples needs more examples, true or made.
#
# How far the standard errors reach says how much of an order can be read off. Between remedies that
# differ by less, four seeds decide nothing, and neither do twelve.

# %%
lab.claim(
    "All together against plain: change of the error rate (points), in the mean",
    mean["all"],
    at_most=-1.5 if images.mnist else 0,
)
lab.claim(
    "Augmentation alone (points), in the mean",
    mean["augmentation"],
    **({"at_most": -1} if images.mnist else {"near": 0, "within": 1.5}),
)
lab.claim(
    "Batch norm, dropout, L2, each alone: little, to one side or the other (points)",
    [mean[name] for name in ("batch norm", "dropout", "L2")],
    near=0,
    within=3,
)
lab.claim(
    "All together is the best, or behind the best by no more than (points)",
    mean["all"] - min(mean.values()),
    at_most=0.7,
)
