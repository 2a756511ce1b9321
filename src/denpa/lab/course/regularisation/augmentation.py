# %% [markdown]
# # Shifted and turned: more data for nothing
#
# A 3 that is moved by a pixel and turned by five degrees is still a 3. *Augmentation* shows the
# network such a changed copy instead of each picture, another one in each epoch. No new labels are
# needed. How much is it worth, and where does it end?
#
# The changes here: a turn by up to 10° and a shift by up to 2 pixels each way (1 pixel on the small
# 8×8 digits).

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import data, nn, train
from denpa.lab import Lab

lab = Lab("augmentation")
images = lab.images(train=lab.pick(2000, 4000), test=1000)
side = images.side
pixels = 2 if images.mnist else 1
change = data.Augment(shift=pixels, rotate=10)


def changed(x, rng):
    """What `fit` does to each batch: rows to pictures, a change, and back."""
    return change(x.reshape(-1, 1, side, side), rng).reshape(len(x), -1)


def learn(seed, x, y, transform):
    dp.manual_seed(seed)
    net = train.mlp(inputs=side**2, outputs=10, hidden=[100])
    train.fit(
        net,
        nn.CrossEntropyLoss(),
        (x, y),
        transform=transform,
        epochs=30,
        batch_size=50,
        optimizer=dp.optim.Adam(net.parameters(), lr=3e-3),
        progress=False,
        seed=seed,
    )
    return net


def accuracy(net, x, y):
    return 100 * np.mean(train.predict(net, x).argmax(axis=1) == y)


moved = data.shift(
    images.x_test.reshape(-1, 1, side, side), pixels, np.random.default_rng(lab.seed)
).reshape(len(images.x_test), -1)
sizes = lab.pick([200, 400], [100, 200, 400, 800])
found = []  # of each seed: (size, without or with, test data as they are or moved or training data)
for seed in lab.seeds(lab.pick(4, 6)):
    order = np.random.default_rng(seed).permutation(len(images.x))
    line = []
    for n in sizes:
        x, y = images.x[order[:n]], images.y[order[:n]]
        nets = [learn(seed, x, y, transform) for transform in (None, changed)]
        line.append(
            [
                [
                    accuracy(net, images.x_test, images.y_test),
                    accuracy(net, moved, images.y_test),
                    accuracy(net, x, y),
                ]
                for net in nets
            ]
        )
    found.append(line)
found = np.array(found)
mean = found.mean(axis=0)

# %% tags=["hide-input"]
figure, (left, middle, right) = lab.axes(1, 3, width=9.0, height=3.3)
rng = np.random.default_rng(lab.seed)
picture = images.x[:1]
sheet = np.stack([picture, *(changed(picture, rng) for _ in range(8))]).reshape(3, 3, side, side)
sheet = np.pad(sheet, ((0, 0), (0, 0), (0, 1), (0, 1)), constant_values=1)
sheet = sheet.transpose(0, 2, 1, 3).reshape(3 * (side + 1), -1)[:-1, :-1]
left.imshow(sheet, cmap="gray_r", interpolation="nearest")
left.set(xticks=[], yticks=[], title="a digit, and eight changes")
left.grid(visible=False)
for axis, kind, title in ((middle, 0, "test data as they are"), (right, 1, "test data, shifted")):
    axis.plot(sizes, mean[:, 0, kind], "o-", label="without")
    axis.plot(sizes, mean[:, 1, kind], "s--", label="with augmentation")
    axis.set(xlabel="training examples", title=title, xscale="log", ylim=(30, 100))
    axis.minorticks_off()
    axis.set_xticks(sizes, [str(n) for n in sizes])
middle.set_ylabel("test accuracy (%)")
middle.legend(loc="lower left")
lab.show(
    figure,
    "A digit with eight shifted and turned copies; test accuracy by the number of training "
    "examples, with augmentation and without. On shifted test data the network without it fails.",
)
lab.table(
    {
        "training examples": np.repeat(sizes, 2),
        "augmentation": ["without", "with"] * len(sizes),
        "training accuracy (%)": mean[:, :, 2].ravel(),
        "test accuracy (%)": mean[:, :, 0].ravel(),
        "test accuracy, shifted (%)": mean[:, :, 1].ravel(),
    }
)

# %% [markdown]
# On MNIST augmentation is the strongest help in this section, worth nearly as much as twice the
# data. It also keeps the network from learning the training data by heart: the gap between training
# and test accuracy shrinks.
#
# On the 8×8 digits the same idea *harms*. These pictures all fill their frame in the same way, and
# a pixel is an eighth of the width. A shift that no test picture has is a task that nobody set, and
# a small network on few examples pays for it. The right panel sets that task: where the test data
# *are* shifted, the network without augmentation loses a third of its accuracy or more, on MNIST as
# on the digits, and the other far less. So: change the data in the ways in which the data to come
# will differ, and in no other.

# %%
change_in = (found[:, :, 1] - found[:, :, 0]).mean(axis=0)  # (size, kind), with minus without
at = sizes.index(200)
gap = found[..., 2] - found[..., 0]
lab.claim(
    "200 examples, test data as they are: accuracy with augmentation minus without (points)",
    change_in[at, 0],
    **({"at_least": 1} if images.mnist else {"at_most": -1}),
)
lab.claim(
    "400 examples, test data as they are: accuracy with augmentation minus without (points)",
    change_in[at + 1, 0],
    **({"at_least": 1} if images.mnist else {"at_most": -1}),
)
lab.claim(
    "Shifted test data: accuracy gained by augmentation (points), each size",
    change_in[:, 1],
    at_least=15,
)
lab.claim(
    "The gap between training and test accuracy shrinks (points), in the mean",
    (gap[:, :, 0] - gap[:, :, 1]).mean(),
    at_least=1,
)
