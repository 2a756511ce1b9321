# %% [markdown]
# # Five layers: where the gradients go
#
# In [the five layers](vanishing-activations.py) the activations depend on the deviation $\sigma$
# of the weights. The messages that come back depend on it too. The message to the input of a
# layer's activation is
#
# $$\delta_l = f'(z_l) \odot \left(\delta_{l+1} W_{l+1}^{\mathsf T}\right),$$
#
# and the gradient of the weights is made of it. If the messages fade away on their way back, the
# first layers hardly learn; if they grow, no learning rate fits all layers. Which choices of
# $\sigma$ let them pass?
#
# A component of $\delta_{l+1}W_{l+1}^{\mathsf T}$ is a sum of $n$ independent terms, so on average
# a layer multiplies the mean square of the messages by
#
# $$n\sigma^2\,E[f'(z)^2] .$$
#
# The same five networks as there, and one more, ReLU with $\sigma = 1$, get normal data on one side
# and messages of mean square 1 on the other.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa.lab import Lab
from denpa.nn import init

lab = Lab("vanishing-gradients")
n, depth = 100, 5
examples = lab.pick(100, 500)
networks = lab.pick(16, 200)
settings = {  # activation, nσ², weights
    "sigmoid, σ = 1": (dp.sigmoid, n, lambda w: init.normal_(w, std=1)),
    "sigmoid, σ = 0.01": (dp.sigmoid, n * 0.01**2, lambda w: init.normal_(w, std=0.01)),
    "sigmoid, Glorot": (dp.sigmoid, 1, init.xavier_normal_),
    "tanh, Glorot": (dp.tanh, 1, init.xavier_normal_),
    "ReLU, He": (dp.relu, 2, lambda w: init.kaiming_normal_(w, nonlinearity="relu")),
    "ReLU, σ = 1": (dp.relu, n, lambda w: init.normal_(w, std=1)),
}


def messages(name, seed):
    activation, _, fill = settings[name]
    dp.manual_seed(seed)
    h = dp.randn(examples, n, dtype=dp.float64, requires_grad=True)
    inputs = []
    for _ in range(depth):
        z = h @ fill(dp.empty(n, n, dtype=dp.float64)).T
        z.retain_grad()
        inputs.append(z)
        h = activation(z)
    h.backward(dp.randn(examples, n, dtype=dp.float64))
    return np.array([z.grad.numpy() for z in inputs])  # (layers, examples, units)


# %% [markdown]
# The theory follows the mean square forward, as in [the factor of each
# layer](variance-of-layers.py), and multiplies the factors from the end to the beginning.

# %%
xi = np.linspace(-8, 8, 4_000)
density = np.exp(-(xi**2) / 2) / np.exp(-(xi**2) / 2).sum()


def theory(name):
    f, gain, _ = settings[name]
    square, slopes = 1.0, []
    for _ in range(depth):
        z = dp.tensor(np.sqrt(gain * square) * xi)
        h, pull = dp.func.vjp(f, z)
        slopes.append(float((pull(dp.ones_like(z))[0].numpy() ** 2 * density).sum()))
        square = float((h.numpy() ** 2 * density).sum())
    factors = np.array(slopes) * ([gain] * (depth - 1) + [1])  # the last layer has no W above
    return np.cumprod(factors[::-1])[::-1]


mean_square, typical, expected = {}, {}, {}
for name in settings:
    drawn = [messages(name, seed) for seed in lab.seeds(networks)]
    mean_square[name] = np.mean([(m**2).mean(axis=(1, 2)) for m in drawn], axis=0)
    typical[name] = np.mean([np.median(np.abs(m), axis=(1, 2)) for m in drawn], axis=0)
    expected[name] = theory(name)

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=9, height=4.2)
which = np.arange(1, depth + 1)
shift = {"ReLU, He": 5, "tanh, Glorot": -1, "sigmoid, σ = 1": -3}  # so that the names do not touch
for (name, square), mark in zip(mean_square.items(), "os^Dvx", strict=True):
    (line,) = left.semilogy(which, np.sqrt(expected[name]))
    left.semilogy(which, np.sqrt(square), mark, color=line.get_color())
    left.annotate(
        name,
        (1, np.sqrt(expected[name][0])),
        (-7, shift.get(name, 0)),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=8.5,
    )
left.set(xlabel="layer", ylabel="rms of the messages", xlim=(-1.9, depth + 0.2), xticks=which)
edges = np.linspace(-6, 2, 41)
for name, dash in (("sigmoid, σ = 1", "-"), ("tanh, Glorot", "--")):
    first = messages(name, lab.seed)[0].ravel()
    first = np.maximum(np.abs(first) / np.sqrt((first**2).mean()), 1e-6)
    count, _ = np.histogram(np.log10(first), bins=edges)
    right.stairs(100 * count / first.size, edges, label=name, lw=1.8, ls=dash)
right.set(xlabel="|message| in layer 1, over their rms", ylabel="share (%)")
right.set_xticks([-6, -4, -2, 0, 2], [f"$10^{{{k}}}$" for k in (-6, -4, -2, 0, 2)])
right.legend(loc="upper left")
lab.show(
    figure,
    "Left: size of the messages from layer 5 back to layer 1; it stays with He's values, grows with "
    "ReLU and σ = 1, and falls steeply with sigmoid and small σ. Right: with sigmoid and σ = 1 most "
    "messages are far below the rms.",
)
some = [0, 2, 4]
lab.table(
    {
        "initial values": [name for name in settings for _ in some],
        "layer": [k + 1 for _ in settings for k in some],
        "rms of the messages": [mean_square[name][k] ** 0.5 for name in settings for k in some],
        "theory": [expected[name][k] ** 0.5 for name in settings for k in some],
        "median over rms": [
            typical[name][k] / mean_square[name][k] ** 0.5 for name in settings for k in some
        ],
    }
)

# %% [markdown]
# Lines are the theory, marks are measured, from layer 5 back to layer 1. (The first bar on the right
# holds all that is smaller. Behind a ReLU the median says little: half of the messages are 0.)
#
# **Vanishing.** With the sigmoid and $\sigma = 0.01$ each layer divides the messages by $40$: by 10
# for $\sqrt n\,\sigma$ and by 4 for the slope. Glorot's values mend the first factor and not the
# second. Since $f' \le 1/4$, the sigmoid with $n\sigma^2 = 1$ divides by 4 or more. With tanh,
# whose slope is 1 at zero, much more passes.
#
# **Exploding.** ReLU with $\sigma = 1$ multiplies by $\sqrt{n/2}$, about 7, in each layer. He's
# values make this 1.
#
# **Neither, and yet no good.** Sigmoid with $\sigma = 1$ is often named as an example of vanishing
# gradients. In the mean square they do not vanish: $\sigma$ is so large that it makes up for the
# flat sigmoid. But they are concentrated: most units are saturated and let nothing through, and the
# few that happen to be near $z = 0$ get it all. The median message of layer 1 is below a fiftieth
# of the rms. A histogram of such messages is one high bar at zero.

# %%
for name in settings:
    lab.claim(
        f"{name}: mean square of the messages in layers 1 to 5, measured over theory",
        mean_square[name] / expected[name],
        near=1,
        within=0.15,
    )


def per_layer(name):
    root = np.sqrt(mean_square[name])
    return root[:-1] / root[1:]


lab.claim(
    "Sigmoid, σ = 0.01: each layer divides the messages by 40",
    1 / per_layer("sigmoid, σ = 0.01"),
    near=40,
    within=2,
)
lab.claim(
    "Sigmoid, Glorot: each layer divides the messages by 4 or more",
    1 / per_layer("sigmoid, Glorot"),
    at_least=4,
)
lab.claim(
    "ReLU, σ = 1: each layer multiplies the messages by the root of 50",
    per_layer("ReLU, σ = 1"),
    near=50**0.5,
    within=0.7,
)
lab.claim("ReLU, He: each layer keeps them", per_layer("ReLU, He"), near=1, within=0.1)
lab.claim(
    "Sigmoid, σ = 1: layer 1 has more than half of the rms of layer 5",
    np.sqrt(mean_square["sigmoid, σ = 1"][0] / mean_square["sigmoid, σ = 1"][-1]),
    at_least=0.5,
)
lab.claim(
    "Sigmoid, σ = 1: but the median message in layer 1 is below a fiftieth of the rms",
    typical["sigmoid, σ = 1"][0] / mean_square["sigmoid, σ = 1"][0] ** 0.5,
    at_most=0.02,
)
lab.claim(
    "tanh, Glorot: there the median is no less than a third of the rms, in each layer",
    typical["tanh, Glorot"] / mean_square["tanh, Glorot"] ** 0.5,
    at_least=1 / 3,
)
