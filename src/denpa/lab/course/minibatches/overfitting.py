# %% [markdown]
# # Overfitting: how many examples, how large a network
#
# A network that gets every training example right may have understood the task. It may also have
# learned the examples by heart. Only examples that it has never seen can tell, so some are kept for
# the **test**. The gap between the accuracy in training and that in the test is the overfitting.
#
# What makes it large? Textbooks name two causes: too few examples, and a network with too many
# parameters. Here both are tried with handwritten digits. Each network has one hidden layer and is
# trained for a long time: 1,000 steps with mini-batches of 50, or 20 epochs where that is more.
# All is repeated from several seeds, with other pictures and other initial values.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab

lab = Lab("overfitting")
images = lab.images(train=lab.pick(3000, 30_000), test=2000)
B, few, wide = 50, 200, 128
sizes = lab.pick([50, 200, 800], [50, 100, 200, 400, 800, 3200, 12_800])
sizes = [n for n in sizes if n <= len(images.x)]
widths = lab.pick([2, 16, wide], [2, 4, 8, 16, 32, 64, wide, 512])
pixels = images.x.shape[1]
criterion = nn.CrossEntropyLoss()


def accuracies(examples, width, seed, shuffled=False):
    """The accuracy in training and in the test, in per cent."""
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(images.x))[:examples]
    x, t = images.x[rows], images.y[rows]
    if shuffled:
        t = rng.permutation(t)
    dp.manual_seed(seed)
    net = train.mlp(inputs=pixels, outputs=10, hidden=[width])
    optimizer = dp.optim.Adam(net.parameters(), lr=2e-3)
    train.fit(
        net,
        criterion,
        (x, t),
        optimizer=optimizer,
        epochs=max(20, 1000 * B // examples),
        batch_size=B,
        seed=seed,
        progress=False,
    )
    both = (x, t), (images.x_test, images.y_test)
    return [100 * train.evaluate(net, criterion, data)["accuracy"] for data in both]


seeds = lab.seeds(lab.pick(2, 5))
by_size = np.array([[accuracies(n, wide, seed) for n in sizes] for seed in seeds])
by_width = np.array([[accuracies(few, h, seed) for h in widths] for seed in seeds])
nonsense = np.array([accuracies(few, wide, seed, shuffled=True) for seed in seeds])
parameters = [h * (pixels + 1) + 10 * (h + 1) for h in widths]

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=8.6, height=3.6)
for axes, across, found in ((left, sizes, by_size), (right, widths, by_width)):
    mean = found.mean(axis=0)
    axes.fill_between(across, mean[:, 0], mean[:, 1], color="#dddddd", label="gap")
    for which, (name, marker) in enumerate((("training", "o"), ("test", "s"))):
        axes.semilogx(across, mean[:, which], marker=marker, label=name)
        for run in found:
            axes.semilogx(across, run[:, which], ".", color=f"C{which}", ms=3, alpha=0.5)
    axes.set(ylabel="accuracy (%)", ylim=(min(by_size.min(), by_width.min()) - 5, 103))
    axes.set_xticks(across, [f"{a:,}" for a in across])
    axes.minorticks_off()
left.set(xlabel=f"training examples ({wide} hidden units)")
right.set(xlabel=f"hidden units ({few} training examples)")
left.legend(loc="lower right")
lab.show(
    figure,
    "With more examples the accuracy in the test rises towards that in training, which is 100 %; "
    "with more hidden units both rise, and the widest network is no worse in the test.",
)
mean_size, mean_width = by_size.mean(axis=0), by_width.mean(axis=0)
lab.table(
    {
        "training examples": sizes,
        "training accuracy (%)": mean_size[:, 0],
        "test accuracy (%)": mean_size[:, 1],
        "gap (points)": mean_size[:, 0] - mean_size[:, 1],
    }
)
lab.table(
    {
        "hidden units": widths,
        "parameters": parameters,
        "training accuracy (%)": mean_width[:, 0],
        "test accuracy (%)": mean_width[:, 1],
        "gap (points)": mean_width[:, 0] - mean_width[:, 1],
    }
)

# %% [markdown]
# **Examples** (left). The large network gets all or nearly all of its training examples right,
# however many there are here. With 50 of them it is often wrong in the test. The more it sees, the
# smaller the gap. More data are the best remedy there is.
#
# **Size** (right). A network of two hidden units cannot even learn its 200 examples: it is too
# small, and *underfits*. A few units more, and it learns them all. From there on, the textbook's
# warning would have the accuracy in the test fall, since the widest network has far more parameters
# than there are pictures to fix them. It does not fall. Many sets of weights fit the training
# examples, and the usual explanation is that small initial values and small steps lead to a smooth
# one among them, which gets easier with more units, not harder. So a count of the parameters says
# little about overfitting. The gap has to be measured.
#
# ## Learning nonsense
#
# Is there no danger, then? Shuffle the labels of the 200 training pictures, so that they mean
# nothing, and train the same network of 128 units.

# %%
lab.table(
    {
        "seed": list(seeds),
        "training accuracy (%)": nonsense[:, 0],
        "test accuracy (%)": nonsense[:, 1],
    }
)

# %% [markdown]
# It learns the nonsense by heart, and in the test it is as good as dice with ten faces. A test
# picture gets the label of those training pictures that look like it, and these labels are random:
# one in ten is right, with a standard deviation of about $\sqrt{0.1 \cdot 0.9/200}$ if each of the
# 200 training pictures has its say. Between this run and the others there is no difference in
# network or training. An accuracy of 100 % in training tells that the network is large enough, and
# nothing more.
#
# What can be done with the data one has is the subject of the section on regularisation, beginning
# with [Early stopping](../regularisation/early-stopping.py).

# %%
small = [i for i, n in enumerate(sizes) if n <= 800]
lab.claim(
    "128 hidden units learn up to 800 examples by heart: training accuracy (%)",
    by_size[:, small, 0].min(axis=0),
    at_least=99.5,
)
lab.claim(
    "More examples, a better test: rise of the mean accuracy from each number to the next (points)",
    np.diff(mean_size[:, 1]),
    at_least=0.5,
)
gap = mean_size[:, 0] - mean_size[:, 1]
lab.claim(
    "From the fewest examples to the most, the gap shrinks to less than half: ratio",
    gap[-1] / gap[0],
    at_most=0.5,
)
lab.claim(
    "2 hidden units are too few for 200 examples: mean training accuracy (%)",
    mean_width[0, 0],
    at_most=95,
)
lab.claim(
    "The widest network is not worse in the test than one of 16 units: difference (points)",
    mean_width[-1, 1] - mean_width[widths.index(16), 1],
    at_least=-2,
)
lab.claim("Shuffled labels are learned by heart: accuracy (%)", nonsense[:, 0], at_least=99.5)
lab.claim(
    "In the test, that is worth 10 % of right answers",
    nonsense[:, 1].mean(),
    near=10,
    within=5 * 100 * np.sqrt(0.1 * 0.9 / few / len(seeds)),
)
