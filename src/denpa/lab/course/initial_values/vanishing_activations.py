# %% [markdown]
# # Five layers: where the activations go
#
# A network begins with random weights, and training begins with what these make of the data. If
# all units of a layer give nearly the same output, or if all of them are at the ends of their
# range, there is little to learn from. The one number to choose is the deviation $\sigma$ of the
# weights. What does it do to the outputs of the layers, from the first to the fifth?
#
# Send normal data with 100 features through five layers of 100 units, $h \leftarrow f(hW)$,
# without biases, and look at all outputs of each layer, for five choices:
#
# * sigmoid with $\sigma = 1$, and with $\sigma = 0.01$;
# * sigmoid and tanh with Glorot's $\sigma = \sqrt{2/(n_\text{in} + n_\text{out})}$, here
#   $1/\sqrt{n}$ for layers of $n$ units;
# * ReLU with He's $\sigma = \sqrt{2/n}$.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa.lab import Lab
from denpa.nn import init

lab = Lab("vanishing-activations")
n, depth = 100, 5
examples = lab.pick(200, 500)
settings = {
    "sigmoid, σ = 1": (dp.sigmoid, lambda w: init.normal_(w, std=1)),
    "sigmoid, σ = 0.01": (dp.sigmoid, lambda w: init.normal_(w, std=0.01)),
    "sigmoid, Glorot": (dp.sigmoid, init.xavier_normal_),
    "tanh, Glorot": (dp.tanh, init.xavier_normal_),
    "ReLU, He": (dp.relu, lambda w: init.kaiming_normal_(w, nonlinearity="relu")),
}


def layers(setting, seed):
    activation, fill = settings[setting]
    dp.manual_seed(seed)
    h = dp.randn(examples, n, dtype=dp.float64)
    outputs = []
    for _ in range(depth):
        h = activation(h @ fill(dp.empty(n, n, dtype=dp.float64)).T)
        outputs.append(h.numpy())
    return np.array(outputs)  # (layers, examples, units)


# %% [markdown]
# Two deviations have to be kept apart. One is that of *all* outputs of a layer, which is what a
# histogram shows. The other is taken over the *examples*, for each unit by itself: it tells how much
# the unit's output depends on the input at all.

# %%
networks = lab.pick(16, 200)


def figures_of(h):
    return {
        "mean": h.mean(axis=(1, 2)),
        "square": (h**2).mean(axis=(1, 2)),
        "variance": h.var(axis=(1, 2)),
        "over examples": h.var(axis=1).mean(axis=1),
        "zero": (h == 0).mean(axis=(1, 2)),
        "ends": ((h < 0.05) | (h > 0.95)).mean(axis=(1, 2)),
    }


found = {}
for name in settings:
    rows = [figures_of(layers(name, seed)) for seed in lab.seeds(networks)]
    found[name] = {key: np.mean([row[key] for row in rows], axis=0) for key in rows[0]}

# %% tags=["hide-input"]
ranges = {"sigmoid": (0, 1), "tanh": (-1, 1), "ReLU": (0, 4)}
figure, axes = lab.axes(len(settings), depth, width=8.8, height=7.4)
for name, row in zip(settings, axes, strict=True):
    first, last = ranges[name.split(",")[0]]
    for k, (axis, h) in enumerate(zip(row, layers(name, lab.seed), strict=True)):
        count, edges = np.histogram(h, bins=25, range=(first, last))
        axis.stairs(100 * count / h.size, edges, fill=True, color="#2e86ab")
        axis.set(xticks=[first, (first + last) / 2, last], ylim=(0, 40), yticks=[0, 20, 40])
        axis.tick_params(labelsize=8)
        if k:
            axis.set_yticklabels([])
    row[0].set(title=name, ylabel="share (%)")
for k, axis in enumerate(axes[-1], start=1):
    axis.set_xlabel(f"layer {k}")
lab.show(
    figure,
    "Histograms of the outputs of five layers, one row for each choice. Sigmoid with σ = 1: at 0 "
    "and 1. With σ = 0.01: all at 0.5. With Glorot's values sigmoid and tanh spread out; with He's "
    "ReLU looks alike in all layers.",
)
some = [0, 2, 4]
lab.table(
    {
        "initial values": [name for name in settings for _ in some],
        "layer": [k + 1 for _ in settings for k in some],
        "mean": [found[name]["mean"][k] for name in settings for k in some],
        "standard deviation": [
            found[name]["variance"][k] ** 0.5 for name in settings for k in some
        ],
        "standard deviation over the examples": [
            found[name]["over examples"][k] ** 0.5 for name in settings for k in some
        ],
        "below 0.05 or above 0.95 (%)": [
            100 * found[name]["ends"][k] for name in settings for k in some
        ],
    }
)

# %% [markdown]
# (Where a column is cut off at the top it is higher than 40 %: at $\sigma = 0.01$ most
# outputs lie in one, and half of the ReLU's outputs are 0.)
#
# ## What theory says
#
# A unit's input $z = \sum_i h_i w_i$ is a sum of many independent terms, so it is nearly normal,
# with mean 0 and variance $q = n\sigma^2\,E[h^2]$. Hence the next layer has $E[h^2] =
# E[f(\sqrt q\,z)^2]$ for a standard normal $z$. This can be followed from layer to layer. It holds
# on average over networks, and for wide layers.

# %%
z = np.linspace(-8, 8, 4_001)
density = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
f = {"sigmoid": lambda a: 1 / (1 + np.exp(-a)), "tanh": np.tanh}


def squares(name, gain):
    found, q = [], gain
    for _ in range(depth):
        found.append(float((f[name](np.sqrt(q) * z) ** 2 * density).sum()))
        q = gain * found[-1]
    return np.array(found)  # E[h²] of each layer


# %% [markdown]
# **Too large.** With $\sigma = 1$, $z$ has the deviation 10 in the first layer and nearly 7 in the
# others. The sigmoid's output is beyond 0.05 or 0.95 where $|z| > \ln 19 \approx 2.9$. That is the
# case for two thirds of the outputs and more; there the sigmoid is flat, and its derivative is
# below 0.05.

# %%
q = 100 * np.array([1, *squares("sigmoid", 100)[:-1]])
beyond = [float(density[np.abs(np.sqrt(v) * z) > np.log(19)].sum()) for v in q]
lab.claim(
    "Sigmoid, σ = 1: the share of outputs beyond 0.05 and 0.95, in layers 1 to 5",
    found["sigmoid, σ = 1"]["ends"],
    near=beyond,
    within=0.03,
)

# %% [markdown]
# **Too small.** With $\sigma = 0.01$, $z$ is near 0, and all outputs are near 0.5. Worse is what the
# histogram does not show. There the sigmoid is a straight line of slope $1/4$, and from layer to
# layer the deviation over the examples is multiplied by $\sqrt n\,\sigma/4 = 1/40$. In the fifth
# layer it is smaller than the gap between neighbouring float32 numbers at 0.5: in that arithmetic,
# the output of the network does not depend on its input at all.

# %%
over = np.sqrt(found["sigmoid, σ = 0.01"]["over examples"])
lab.claim(
    "Sigmoid, σ = 0.01: the deviation over the examples is divided by 40 in each layer",
    over[:-1] / over[1:],
    near=40,
    within=1.5,
)
lab.claim(
    "In layer 5 it is below the gap between float32 numbers at 0.5",
    over[-1],
    at_most=float(np.spacing(np.float32(0.5))),
)

# %% [markdown]
# **Glorot.** His values make $n\sigma^2 = 1$, so that a *linear* layer keeps the variance. With tanh
# the histograms are wide in all layers; they grow narrower slowly, because tanh is below the
# straight line. With the sigmoid the histogram looks well too, but it deceives: nearly all of that
# spread is between units. (It looks ragged because each unit puts out nearly a constant.) The
# sigmoid's slope is at most $1/4$, so over the examples the variance falls by a factor of at least
# 16 in each layer.

# %%
lab.claim(
    "tanh, Glorot: the deviation of layers 1 to 5 follows the theory: measured over theory",
    np.sqrt(found["tanh, Glorot"]["variance"] / squares("tanh", 1)),
    near=1,
    within=0.05,
)
lab.claim(
    "Sigmoid, Glorot: all outputs of layer 5 together have a deviation near that of the theory",
    np.sqrt(found["sigmoid, Glorot"]["variance"][-1]),
    near=float(np.sqrt(squares("sigmoid", 1)[-1] - 0.25)),
    within=0.01,
)
over = found["sigmoid, Glorot"]["over examples"]
lab.claim(
    "But over the examples, each layer divides the variance by 16 or more",
    over[:-1] / over[1:],
    at_least=16,
)

# %% [markdown]
# **He.** The ReLU cuts half of a symmetric $z$ away, so $E[h^2] = q/2$; He's $n\sigma^2 = 2$ makes
# up for it. On average over networks the mean square stays exactly what it was. In one network of
# 100 units it wanders: each layer changes it by some ten or twenty percent, at random.

# %%
lab.claim(
    "ReLU, He: layer 5 has the mean square of the input, 1",
    found["ReLU, He"]["square"][-1],
    near=1,
    within=float(4.5 * 0.5 / np.sqrt(networks)),
)
lab.claim(
    "ReLU, He: in each layer half of the outputs are 0",
    found["ReLU, He"]["zero"],
    near=0.5,
    within=0.03,
)
