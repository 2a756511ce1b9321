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
        net, criterion, (x, t), optimizer=optimizer, epochs=max(20, 1000 * B // examples),
        batch_size=B, seed=seed, progress=False,
    )  # fmt: skip
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
