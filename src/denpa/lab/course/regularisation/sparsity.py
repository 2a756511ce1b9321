# %% [markdown]
# # How many weights are left under L1 and L2
#
# In [two dimensions](../regularisation/contours.py), L1 makes weights zero and L2 only makes them
# small. Does that hold for the tens of thousands of weights of a network, and what does it cost?
#
# Three networks with one hidden layer learn 1,000 handwritten digits: without a penalty, with L2,
# and with L1. A penalty $\alpha\Omega$ is added to the loss:
#
# $$\Omega_2 = \tfrac12 \sum w^2, \qquad \Omega_1 = \sum |w| .$$
#
# The descent is by the subgradient, so no weight stays at zero exactly: it hops about zero by
# $\eta\alpha$, here $10^{-4}$. We call a weight *gone* if $|w| < 10^{-3}$.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab

lab = Lab("sparsity")
images = lab.images(train=1000, test=1000)
penalties = {
    "no penalty": None,
    "L2": lambda net: 1e-2 * nn.penalty.l2(net),
    "L1": lambda net: 1e-3 * nn.penalty.l1(net),
}


def weights(net):
    return np.concatenate([w.detach().numpy().ravel() for w in nn.penalty.weights(net)])


def accuracy(net):
    found = train.evaluate(net, nn.CrossEntropyLoss(), (images.x_test, images.y_test))
    return 100 * found["accuracy"]


dark = images.x.max(axis=0) == 0  # pixels that are zero in every picture
rate, epochs = 0.1, 60
steps = epochs * -(-len(images.x) // 50)
accuracies = {name: [] for name in penalties}
gone = {name: [] for name in penalties}
pruned, slow, short = [], [], []
for seed in lab.seeds(lab.pick(2, 6)):
    nets = {}
    for name, penalty in penalties.items():
        dp.manual_seed(seed)
        net = train.mlp(inputs=images.side**2, outputs=10, hidden=[64])
        first = net.linear1.weight.detach().numpy()[:, dark].copy()
        train.fit(
            net,
            nn.CrossEntropyLoss(),
            (images.x, images.y),
            penalty=penalty,
            batch_size=50,
            optimizer=dp.optim.SGD(net.parameters(), lr=rate),
            epochs=epochs,
            progress=False,
            seed=seed,
        )
        nets[name] = net
        accuracies[name].append(accuracy(net))
        gone[name].append(100 * np.mean(np.abs(weights(net)) < 1e-3))
    kept = nets["L2"].linear1.weight.detach().numpy()[:, dark] / first
    slow.append([kept.min(), kept.max()])
    left = np.abs(nets["L1"].linear1.weight.detach().numpy()[:, dark])
    short.append(np.abs(left - np.maximum(np.abs(first) - rate * 1e-3 * steps, 0)).max())
    values = {name: weights(net) for name, net in nets.items()}
    pictures = {name: net.linear1.weight.detach().numpy().copy() for name, net in nets.items()}
    with dp.no_grad():
        for w in nn.penalty.weights(nets["L1"]):
            w *= w.abs() >= 1e-3
    pruned.append(accuracy(nets["L1"]))

# %% tags=["hide-input"]
figure, (left, middle, right) = lab.axes(1, 3, width=9.0, height=3.7)
bins = np.logspace(-6, 0, 61)
for name, dash in zip(penalties, ("-", "--", "-."), strict=True):
    size = np.clip(np.abs(values[name]), 1e-6, 1)
    left.hist(size, bins, histtype="step", ls=dash, lw=1.6, label=name)
left.axvline(1e-3, color="#555555", lw=0.8, ls=":")
left.set(xscale="log", yscale="log", xlabel="size of a weight $|w|$", ylabel="count")
left.set_ylim(0.7, 30 * len(values["L1"]))
left.set_xticks([1e-6, 1e-4, 1e-2, 1])
left.legend(loc="upper left", fontsize=8)
side = images.side
for axis, name in ((middle, "L2"), (right, "L1")):
    largest = np.argsort(-np.abs(pictures[name]).sum(axis=1))[:9]
    tiles = np.pad(
        pictures[name][largest].reshape(3, 3, side, side),
        ((0, 0), (0, 0), (0, 1), (0, 1)),
        constant_values=np.nan,
    )
    sheet = tiles.transpose(0, 2, 1, 3).reshape(3 * (side + 1), 3 * (side + 1))[:-1, :-1]
    limit = np.nanmax(np.abs(sheet)) / 2
    axis.imshow(sheet, cmap="gray", vmin=-limit, vmax=limit, interpolation="nearest")
    axis.set(xticks=[], yticks=[], title=f"{name}: weights into nine units")
lab.show(
    figure,
    "Histograms of the sizes of the weights: under L1 most lie below a thousandth, under L2 and "
    "without a penalty nearly all above. As pictures, the weights into a hidden unit are noise "
    "all over under L2, and a few strokes on an even ground under L1.",
)
lab.table(
    {
        "penalty": list(penalties),
        "test accuracy (%)": [np.mean(accuracies[name]) for name in penalties],
        "weights that are gone (%)": [np.mean(gone[name]) for name in penalties],
    }
)

# %% [markdown]
# Under L1 a large share of the weights is gone: most of them on MNIST, about a third on the smaller
# 8×8 digits, which have hardly a pixel to spare. Under L2 they are as many as chance puts near
# zero. The price in accuracy is small, and setting the gone weights to zero changes next to
# nothing.
#
# The reason can be seen where the data say nothing at all. Some pixels are dark in every picture.
# Their weights feel only the penalty, and it can be told where they are after $n$ steps:
#
# $$\text{L2:}\quad w_n = (1 - \eta\alpha)^n\, w_0, \qquad
# \text{L1:}\quad |w_n| = \max(0,\, |w_0| - n\eta\alpha),$$
#
# the second up to one step $\eta\alpha$. L2 pulls with a force that shrinks with the weight: the
# same *factor* each step, and zero is never reached. L1 pulls with the same force to the end: the
# same *amount* each step, and zero is reached in time.

# %%
lab.claim(
    "L1: share of weights that are gone (%), each seed",
    gone["L1"],
    at_least=60 if images.mnist else 20,
)
lab.claim(
    "They are at least five times as many as under L2, each seed",
    np.array(gone["L1"]) / gone["L2"],
    at_least=5,
)
lab.claim(
    "L1 costs less than 4 percentage points of accuracy, in the mean",
    np.mean(accuracies["no penalty"]) - np.mean(accuracies["L1"]),
    at_most=4,
)
lab.claim(
    "Setting the gone weights to zero changes the accuracy by less than 1 point, each seed",
    np.abs(np.array(pruned) - accuracies["L1"]),
    at_most=1,
)
lab.claim(
    "Dark pixels under L2: every weight is the first one times this factor",
    slow,
    near=(1 - rate * 1e-2) ** steps,
    within=1e-4,
)
lab.claim(
    "Dark pixels under L1: largest distance to the formula is one step",
    short,
    at_most=1.01 * rate * 1e-3,
)
