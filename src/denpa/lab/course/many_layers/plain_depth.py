# %% [markdown]
# # 2, 4, 8, 16, 32 layers: why plain depth fails
#
# A network of two layers reads handwritten digits well. Four layers have more parameters, 32 many
# more. Should they not be better? For decades the answer of experiments was no: with sigmoids and
# small random weights, each further layer made it worse, and from a handful of layers on nothing
# was learned at all. Which ingredient was at fault?
#
# Backpropagation tells where to look. From layer $l + 1$ to layer $l$ the message is
#
# $$\delta_l = (\delta_{l+1} W_{l+1}^\top) \odot \varphi'(z_l) .$$
#
# If the layers have $n$ units, and weights are drawn independently with standard deviation $s$,
# then multiplying by $W^\top$ changes the length of the message by about $\sqrt n\, s$, and
# $\varphi'$ changes it by its root mean square. Each layer puts the *same* factor on the message,
# so its length is exponential in the depth. With $n = 100$:
#
# * sigmoid, $s = 0.01$: $\varphi' \approx 1/4$, so $10 \cdot 0.01 \cdot 1/4 = 1/40$ a layer;
# * sigmoid, $s = 1/\sqrt n$: at most $1/4$ a layer, as the slope of the sigmoid is never more;
# * ReLU, $s = 0.01$: half of the slopes are 1, so $0.1 \cdot \sqrt{1/2} \approx 0.07$ a layer;
# * ReLU, $s = \sqrt{2/n}$, which are He's values: $\sqrt 2 \cdot \sqrt{1/2} = 1$.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab

lab = Lab("plain-depth")
images = lab.images(train=lab.pick(2500, 5000), test=lab.pick(1000, 4000))
width = 100
cases = {  # activation function, standard deviation for n inputs, learning rate, factor a layer
    "sigmoid, s = 0.01": ("sigmoid", lambda n: 0.01, 1.0, 0.025),
    "sigmoid, s = 1/√n": ("sigmoid", lambda n: n**-0.5, 1.0, 0.25),
    "ReLU, s = 0.01": ("relu", lambda n: 0.01, 0.05, 0.1 * 0.5**0.5),
    "ReLU, s = √(2/n)": ("relu", lambda n: (2 / n) ** 0.5, 0.02, 1.0),
}


def network(case, depth):
    activation, deviation, _, _ = cases[case]
    net = train.mlp(
        inputs=images.x.shape[1], outputs=10, hidden=[width] * (depth - 1), activation=activation
    )
    for module in net.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0, deviation(module.in_features))
            nn.init.zeros_(module.bias)
    return net


# %% [markdown]
# First the messages, before any training. The gradient of a layer's bias is the sum of the
# messages $\delta$ over the mini-batch, so its length tells that of the message.

# %%
deepest = lab.pick(16, 32)


def message_lengths(case):
    net = network(case, deepest).double()
    x, t = dp.tensor(images.x[:100].astype(np.float64)), dp.tensor(images.y[:100])
    nn.functional.cross_entropy(net(x), t).backward()
    layers = [m for m in net.modules() if isinstance(m, nn.Linear)]
    return [np.linalg.norm(layer.bias.grad.numpy()) for layer in layers]


lengths = {case: [] for case in cases}
for seed in lab.seeds(lab.pick(4, 10)):
    dp.manual_seed(seed)
    for case in cases:
        lengths[case].append(message_lengths(case))
lengths = {case: np.exp(np.log(found).mean(axis=0)) for case, found in lengths.items()}
hidden = np.arange(1, deepest)
factor = {
    case: float(np.exp(-np.polyfit(hidden, np.log(found[:-1]), 1)[0]))
    for case, found in lengths.items()
}

# %% [markdown]
# Then training: plain gradient descent with mini-batches of 20, the same number of epochs for each
# depth, and one learning rate for each case, with which two layers learn well.

# %%
depths = lab.pick([2, 4, 16], [2, 4, 8, 16, 32])
epochs = lab.pick(6, 8) if images.mnist else 20
accuracy = {case: np.zeros((lab.pick(1, 2), len(depths))) for case in cases}
for case, (_, _, rate, _) in cases.items():
    for j, depth in enumerate(depths):
        for i, seed in enumerate(lab.seeds(lab.pick(1, 2))):
            dp.manual_seed(seed)
            net = network(case, depth)
            history = train.fit(
                net,
                nn.CrossEntropyLoss(),
                (images.x, images.y),
                optimizer=dp.optim.SGD(net.parameters(), lr=rate),
                epochs=epochs,
                batch_size=20,
                validation=(images.x_test, images.y_test),
                progress=False,
                seed=seed,
            )
            accuracy[case][i, j] = 100 * history["val_accuracy"][-1]
accuracy = {case: found.mean(axis=0) for case, found in accuracy.items()}

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=9, height=3.8)
for k, case in enumerate(cases):
    style = {"color": f"C{k}", "marker": "os^D"[k]}
    left.plot(depths, accuracy[case], **style, label=case)
    right.semilogy(hidden, lengths[case][:-1], ms=3, **style)
    guide = lengths[case][-2] * cases[case][-1] ** (hidden[-1] - hidden)
    right.semilogy(hidden, guide, color="#888888", lw=0.8, ls="-", zorder=1)
left.set_xscale("log", base=2)
left.set_xticks(depths, labels=[str(d) for d in depths])
left.set(xlabel="layers", ylabel="test accuracy (%)", ylim=(0, 104))
right.set(xlabel="hidden layer (1: next to the input)", ylabel="length of the message")
right.legend(*left.get_legend_handles_labels(), loc="lower right")
right.set_title("before training; thin lines: theory")
lab.show(
    figure,
    "With two layers all four networks read digits; with the most layers only ReLU with He's "
    "values does, the others are at chance. The length of the message falls along a straight line "
    "on a logarithmic scale from the last layer to the first, except for ReLU with He's values, "
    "where it stays level.",
)
lab.table(
    {
        "network": list(cases),
        "factor a layer, theory": [theory for *_, theory in cases.values()],
        "factor a layer, measured": list(factor.values()),
        "message at the first layer": [lengths[case][0] for case in cases],
        **{
            f"test accuracy (%), {depth} layers": [accuracy[case][j] for case in cases]
            for j, depth in enumerate(depths)
        },
    }
)

# %% [markdown]
# The factors are those of the theory. For the sigmoid with $1/\sqrt n$ it is a little below $1/4$,
# since not every unit stands at the steepest place of its sigmoid.
#
# A message that has lost ten or twenty digits on its way changes nothing in the lower layers: they
# stay as random as they were drawn. And the upper layers cannot make up for it. Behind many such
# layers the output is nearly the same for every picture, so all that is left to learn is how
# frequent each digit is. The network then names the same digit for every picture, which is right
# for about one picture in ten.
#
# A higher learning rate is no remedy: it would have to be $40^{l}$ times as high, $l$ layers below
# the output, and for each layer another.
#
# Which ingredient was at fault? **Either of them is enough.** With good initial values the sigmoid
# still loses three quarters of the message in each layer. With small weights ReLU does hardly
# better, though its slope is 1. Only both together, ReLU *and* weights whose deviation fits the
# width, make the factor 1, and then depth can be trained. Even so, little is won: on MNIST the
# deepest plain network is no better than the shallow one, and each of its steps costs more. What
# else deep networks need is told in [How deep can one go?](../batch_norm/how-deep.py)

# %%
small_sigmoid, sigmoid, small_relu, he = cases
lab.claim(
    "The factor a layer is the theory's, measured over theory: sigmoid with 0.01, ReLU with 0.01, "
    "ReLU with √(2/n)",
    [factor[case] / cases[case][-1] for case in (small_sigmoid, small_relu, he)],
    near=1,
    within=0.1,
)
lab.claim(
    "The sigmoid with 1/√n loses three quarters of the message a layer, or a little more: factor",
    factor[sigmoid],
    at_least=0.2,
    at_most=0.25,
)
lab.claim(
    "Two layers learn in all four cases: test accuracy (%)",
    [accuracy[case][0] for case in cases],
    at_least=80,
)
lab.claim(
    f"With {deepest} layers, all but ReLU with √(2/n) are at chance: test accuracy (%)",
    [accuracy[case][-1] for case in (small_sigmoid, sigmoid, small_relu)],
    at_most=15,
)
lab.claim(
    f"With {deepest} layers, ReLU with √(2/n) learns: test accuracy (%)",
    accuracy[he][-1],
    at_least=40,
)
if images.mnist:
    lab.claim(
        f"On MNIST, {deepest} plain layers are no better than 2: percentage points",
        accuracy[he][-1] - accuracy[he][0],
        at_most=2,
    )
