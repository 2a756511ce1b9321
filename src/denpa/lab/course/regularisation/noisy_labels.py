# %% [markdown]
# # Noise on the labels
#
# "Noise on the labels" is two things. One is a misfortune: a part of the data is labelled wrongly,
# once and for all. The other is a remedy: in training, labels are changed at random *on purpose*,
# anew each time. Why does the same noise harm in one case and not in the other?
#
# Here is what the remedy does in the mean. Let each of the other $K - 1$ classes take the place of
# the right one with probability $q / (K - 1)$. The mean of the cross-entropy over this noise is
#
# $$(1 - q)\,(-\log y_t) + \frac{q}{K - 1} \sum_{k \ne t} (-\log y_k),$$
#
# and that is the cross-entropy with *label smoothing* $\varepsilon = q K / (K - 1)$, where the
# target is $1 - \varepsilon + \varepsilon / K$ for the right class and $\varepsilon / K$ for each
# other one. First check that identity, on random outputs.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import data, nn, train
from denpa.lab import Lab

lab = Lab("noisy-labels")
q, classes = 0.3, 10
smoothing = q * classes / (classes - 1)
dp.manual_seed(lab.seed)
output = dp.randn(50, classes, dtype=dp.float64)
target = dp.randint(0, classes, (50,))
mean = (1 - q) * nn.functional.cross_entropy(output, target)
for step in range(1, classes):
    other = (target + step) % classes
    mean = mean + q / (classes - 1) * nn.functional.cross_entropy(output, other)
smoothed = nn.functional.cross_entropy(output, target, label_smoothing=smoothing)
identity = abs(mean.item() - smoothed.item())

# %% [markdown]
# Now train on 500 handwritten digits, in four ways.
#
# * *Right* labels.
# * *Fixed* noise: 30 % of the labels are wrong from the start and stay so.
# * *Fresh* noise: each time a digit is seen, its label is wrong with a chance of 30 %. For this the
#   data are repeated 20 times, each copy with a noise of its own, and passed 3 times instead of 60.
# * *Smoothing*, the mean of the fresh noise.

# %%
images = lab.images(train=2000, test=1000)
ways = ("right labels", "fixed noise", "fresh noise", "smoothing")
copies, passes = 20, 60


def learn(seed, x, y, epochs, smoothing=0.0):
    dp.manual_seed(seed)
    net = train.mlp(inputs=images.side**2, outputs=classes, hidden=[100])
    train.fit(
        net,
        nn.CrossEntropyLoss(label_smoothing=smoothing),
        (x, y),
        epochs=epochs,
        batch_size=50,
        optimizer=dp.optim.Adam(net.parameters(), lr=3e-3),
        progress=False,
        seed=seed,
    )
    return net


def accuracy(net, x, y):
    return 100 * np.mean(train.predict(net, x).argmax(axis=1) == y)


def sureness(net, x):
    """The largest probability of each answer, in the mean."""
    return float(dp.tensor(train.predict(net, x)).softmax(dim=1).amax(dim=1).mean())


test, sure = ({way: [] for way in ways} for _ in range(2))
for seed in lab.seeds(lab.pick(4, 10)):
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(images.x))[:500]
    x, y = images.x[rows], images.y[rows]
    fixed = data.label_noise(y, q, classes, rng)
    fresh = np.concatenate([data.label_noise(y, q, classes, rng) for _ in range(copies)])
    nets = {
        "right labels": learn(seed, x, y, passes),
        "fixed noise": learn(seed, x, fixed, passes),
        "fresh noise": learn(seed, np.tile(x, (copies, 1)), fresh, passes // copies),
        "smoothing": learn(seed, x, y, passes, smoothing),
    }
    for way, net in nets.items():
        test[way].append(accuracy(net, images.x_test, images.y_test))
        sure[way].append(sureness(net, x))
test = {way: np.array(values) for way, values in test.items()}

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=8.8, height=3.4)
place = np.arange(len(ways))
for axis, values in ((left, test), (right, sure)):
    means = [np.mean(values[way]) for way in ways]
    axis.bar(place, means, 0.6, color="#c9d6df", edgecolor="#12263a", lw=0.8)
    for k, way in enumerate(ways):
        spread = np.linspace(-0.18, 0.18, len(values[way]))
        axis.plot(k + spread, values[way], "o", ms=3, ls="none", color="#12263a")
    axis.set_xticks(place, ways)
    axis.grid(visible=False, axis="x")
left.set(ylabel="test accuracy (%)", ylim=(0, 100))
right.set(ylabel="largest probability, training data", ylim=(0, 1.05))
right.axhline(1 - q, color="#d1495b", ls="--", lw=1.4)
right.text(3.45, 1 - q + 0.02, "$1 - q$", color="#d1495b", ha="right")
lab.show(
    figure,
    "Bars with a dot for each seed. Test accuracy: fixed noise is far below the other three, which "
    "are alike. Largest probability: near the line 1 − q for fresh noise and smoothing.",
)
lab.table(
    {
        "labels in training": list(ways),
        "test accuracy (%)": [test[way].mean() for way in ways],
        "largest probability, training data": [np.mean(sure[way]) for way in ways],
    }
)

# %% [markdown]
# Fixed noise harms: a wrong label is the same in each epoch, so it can be learned by heart, and the
# network does so. Fresh noise says something else each time. There is nothing to learn by heart but
# its distribution, and the best answer to that is to say 0.7 for the right class and 0.3 for all
# others together. The *order* of the classes is not touched, so the accuracy falls
# little, if at all.
#
# That is what label smoothing asks for directly: the largest probability on the training data is
# $1 - \varepsilon + \varepsilon / K = 1 - q$. It keeps the network from becoming ever surer, and
# the weights from growing for it. It is a regulariser; for the accuracy of so small a network it
# does next to nothing, here. Against labels that are wrong already, see
# [Early stopping](../regularisation/early-stopping.py).

# %%
lab.claim(
    "The mean loss over the noise is the loss with label smoothing, difference",
    identity,
    at_most=1e-12,
)
lab.claim(
    "Fixed noise on 30 % of the labels costs accuracy (points), in the mean",
    (test["right labels"] - test["fixed noise"]).mean(),
    at_least=12 if images.mnist else 5,
)
lab.claim(
    "Fresh noise of the same amount costs less than a third as much, in the mean",
    (test["right labels"] - test["fresh noise"]).mean()
    / (test["right labels"] - test["fixed noise"]).mean(),
    at_most=1 / 3,
)
lab.claim(
    "Smoothing changes the accuracy little (points), in the mean",
    (test["right labels"] - test["smoothing"]).mean(),
    near=0,
    within=2,
)
lab.claim(
    "With smoothing the network is as sure as theory says, each seed",
    sure["smoothing"],
    near=1 - q,
    within=0.03 if images.mnist else 0.06,
)
lab.claim("and with fresh noise nearly so", np.mean(sure["fresh noise"]), near=1 - q, within=0.1)
