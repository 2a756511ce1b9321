# %% [markdown]
# # Dropout in both scalings
#
# Dropout sets each input of a layer to zero with probability $p$ while training. In prediction all
# inputs are there, so the layer's sums would be larger than it is used to. Two cures are in use.
#
# * *Classic* (the original paper): training leaves the rest as it is; prediction multiplies by
#   $1 - p$. In Denpa: `nn.Dropout(p, scale="prediction")`.
# * *Inverted* (nearly all libraries today): training divides the rest by $1 - p$; prediction does
#   nothing. In Denpa: `nn.Dropout(p)`.
#
# Are they the same? With a mask $m_i$ that is 1 with probability $1 - p$, a linear layer gives
#
# $$y_j = \sum_i s\, m_i x_i W_{ij} + b_j,$$
#
# with $s = 1$ (classic) or $s = 1/(1 - p)$ (inverted). A mask has mean $1 - p$ and variance
# $p (1 - p)$. So over the masks
#
# $$\mathrm{E}[y_j] = s (1 - p) \sum_i x_i W_{ij} + b_j, \qquad
# \mathrm{Var}[y_j] = s^2 p (1 - p) \sum_i (x_i W_{ij})^2 .$$
#
# For the inverted form the factor of the variance is $p / (1 - p)$, for the classic one
# $p (1 - p)$. In both the mean is the prediction's output. Draw masks and see.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn
from denpa.lab import Lab

lab = Lab("dropout-scaling")
scales = {"inverted": "training", "classic": "prediction"}
masks = lab.pick(10_000, 100_000)
rng = np.random.default_rng(lab.seed)
x = rng.normal(size=100)
W = rng.normal(size=(100, 6)) / 10
b = rng.normal(size=6)
many = dp.tensor(np.broadcast_to(x, (masks, 100)))


def outputs(p, scale):
    """What training gives, one row a mask, and what prediction gives."""
    dropout = nn.Dropout(p, scale=scales[scale])
    training = (dropout(many) @ dp.tensor(W) + dp.tensor(b)).numpy()
    prediction = (dropout.eval()(dp.tensor(x)) @ dp.tensor(W) + dp.tensor(b)).numpy()
    return training, prediction


def factor(p, scale):
    return p / (1 - p) if scale == "inverted" else p * (1 - p)


dp.manual_seed(lab.seed)
rates = [0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9]
found = {(p, scale): outputs(p, scale) for p in rates for scale in scales}
spread = (x**2) @ (W**2)  # Σ (x W)², one for each output
errors, variances = [], {}
for (p, scale), (training, prediction) in found.items():
    deviation = np.sqrt(factor(p, scale) * spread / masks)  # that of the mean of so many
    errors.append((training.mean(axis=0) - prediction) / deviation)
    variances[p, scale] = (training.var(axis=0) / spread).mean()

# %% [markdown]
# The two forms are one network written twice. Give the classic layer the weights $W / (1 - p)$:
# then it has the same output for each mask in training, and the same output in prediction. They
# even
# *learn* alike, if the learning rate is right. The classic weights are $1/(1 - p)$ times as large,
# but their gradient is $1 - p$ times as large. So they need the learning rate
# $\eta / (1 - p)^2$; the bias needs $\eta$. Train both for 100 steps, with the same masks.


# %%
def trained(scale, p, rate):
    dp.manual_seed(lab.seed)
    layer = nn.Linear(100, 6).double()
    matched = 1 if scale == "inverted" else 1 / (1 - p)
    with dp.no_grad():
        layer.weight *= matched
    net = nn.Sequential(nn.Dropout(p, scale=scales[scale]), layer)
    groups = [{"params": [layer.weight], "lr": rate * matched**2}, {"params": [layer.bias]}]
    optimizer = dp.optim.SGD(groups, lr=rate)
    draw = np.random.default_rng(lab.seed)
    for _ in range(100):
        inputs, classes = dp.tensor(draw.normal(size=(20, 100))), dp.tensor(draw.integers(0, 6, 20))
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(inputs), classes).backward()
        optimizer.step()
    return net.eval()(dp.tensor(x)).detach().numpy(), net[1].weight.detach().numpy() / matched


same_output, same_weights = zip(*(trained(scale, 0.4, 0.1) for scale in scales), strict=True)

# %% [markdown]
# After a ReLU the mean over the masks is no longer the prediction. The ReLU bends upwards, so the
# mean of its values is larger than its value at the mean (Jensen's inequality). It is worst at the
# corner. There the prediction is 0, and a sum $y$ of many terms, nearly normal, has a mean of
# $\sigma / \sqrt{2\pi}$ behind the ReLU.

# %%
p = 0.5
training, prediction = found[p, "inverted"]
centred = training - prediction  # as if the bias made the prediction zero: the ReLU's corner
bent = np.maximum(centred, 0).mean(axis=0)
theory = np.sqrt(factor(p, "inverted") * spread / (2 * np.pi))  # of a normal variable

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=8.6, height=3.5)
for scale, style, colour in (("inverted", "-", "#12263a"), ("classic", "--", "#d1495b")):
    values, output = found[p, scale]
    left.hist(values[:, 0], 60, histtype="step", ls=style, color=colour, density=True)
    left.axvline(output[0], ls=style, color=colour, lw=1)
    left.plot([], [], ls=style, color=colour, label=scale)
left.set(
    xlabel="output in training", ylabel="density", title="one output, the same weights, p = 0.5"
)
left.legend(loc="upper left")
fine = np.linspace(0.02, 0.92, 100)
for scale, style, marker in (("inverted", "-", "o"), ("classic", "--", "s")):
    line = right.plot(fine, factor(fine, scale), ls=style)[0]
    right.plot(
        rates, [variances[r, scale] for r in rates], marker, ls="none", color=line.get_color()
    )
right.text(0.42, 1.6, "$p / (1 - p)$", ha="right")
right.text(0.6, 0.12, "$p\\,(1 - p)$")
right.set(yscale="log", xlabel="dropout rate $p$", ylabel="variance / $\\Sigma (x W)^2$")
lab.show(
    figure,
    "Two histograms of an output over the masks, the inverted one wider; a line, the prediction, "
    "stands in the middle of each. The measured variances lie on the curves p / (1 − p) and "
    "p (1 − p).",
)
lab.table(
    {
        "dropout rate $p$": rates,
        "inverted: measured": [variances[r, "inverted"] for r in rates],
        "inverted: theory": [factor(r, "inverted") for r in rates],
        "classic: measured": [variances[r, "classic"] for r in rates],
        "classic: theory": [factor(r, "classic") for r in rates],
    }
)

# %% [markdown]
# Both forms have the right mean. The inverted one varies more in training, by $1/(1 - p)^2$, only
# because its outputs are larger by $1/(1 - p)$. What is different in practice: the inverted form
# needs no care in prediction, and a learning rate that was tuned for one form is not the other's.
#
# Only a linear layer has the prediction as its mean. Behind an activation function the prediction
# is an approximation; how good it is, is measured in
# [The ensemble that dropout imitates](../regularisation/dropout-ensemble.py).

# %%
lab.claim(
    "The mean over the masks is the prediction: distance in standard errors, each output",
    np.abs(errors).max(),
    at_most=5,
)
lab.claim(
    "The variance follows p / (1 − p) and p (1 − p): measured over theory",
    [v / factor(*key) for key, v in variances.items()],
    near=1,
    within=5 * np.sqrt(2 / masks),
)
lab.claim(
    "With matched weights and learning rates, both forms predict the same after 100 steps",
    np.abs(same_output[0] - same_output[1]).max(),
    at_most=1e-10,
)
lab.claim(
    "and have the same weights, up to the factor 1 − p",
    np.abs(same_weights[0] - same_weights[1]).max(),
    at_most=1e-10,
)
lab.claim(
    "Behind a ReLU at its corner, the mean is not 0 but $\\sigma / \\sqrt{2 \\pi}$, up to a tenth",
    bent / theory,
    near=1,
    within=0.1,
)
