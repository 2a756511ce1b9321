# %% [markdown]
# # Several networks know more than one
#
# Train several networks and take the mean of their probabilities. Why should the mean be better
# than its members, and by how much?
#
# Let $y_m$ be the probabilities of member $m$, $\bar y$ their mean over $M$ members and $t$ the
# target (1 for the right class, 0 for the others). For the squared error there is an exact identity
# (Krogh and Vedelsby, 1995):
#
# $$\lVert \bar y - t \rVert^2 = \frac1M \sum_m \lVert y_m - t \rVert^2
# - \frac1M \sum_m \lVert y_m - \bar y \rVert^2 .$$
#
# The ensemble's error is the mean error of its members, minus what they *disagree* by. For the
# cross-entropy the same follows from Jensen's inequality: $-\log \bar y_t$ is never larger than the
# mean of $-\log y_{m,t}$. So an ensemble gains by disagreement, and by nothing else. Members that
# agree gain nothing; members that are made to disagree, at the price of being worse, may or may not
# pay.
#
# Two ways to make members that disagree: the same 500 digits with other initial values and another
# order, or, in addition, another *sample* of the digits for each, drawn with replacement
# (*bagging*, Breiman 1996). Such a sample holds about 63 % of the digits.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab

lab = Lab("ensembles")
images = lab.images(train=500, test=1000)
members = lab.pick(5, 8)
ways = ("the same data", "bagging")
target = np.eye(10)[images.y_test]


def learn(seed, x, y):
    dp.manual_seed(seed)
    net = train.mlp(inputs=images.side**2, outputs=10, hidden=[100, 100])
    train.fit(
        net,
        nn.CrossEntropyLoss(),
        (x, y),
        epochs=30,
        batch_size=50,
        progress=False,
        seed=seed,
        optimizer=dp.optim.Adam(net.parameters(), lr=3e-3),
    )
    return net


def squared(y):
    return ((y - target) ** 2).sum(axis=-1).mean(axis=-1)


def wrong(y):
    return 100 * np.mean(y.argmax(axis=-1) != images.y_test, axis=-1)


def log_loss(y):
    right = y[..., np.arange(len(target)), images.y_test]
    return -np.log(np.maximum(right, 1e-12)).mean(axis=-1)


found = {way: [] for way in ways}  # of each seed: errors of 1 to M members, and more
identity, jensen, same = [], [], []
for seed in lab.seeds(lab.pick(3, 8)):
    for way in ways:
        nets = []
        for m in range(members):
            own = 1000 * (seed + 1) + m
            rows = np.arange(len(images.x))
            if way == "bagging":
                rows = np.random.default_rng(own).integers(0, len(images.x), len(images.x))
            nets.append(learn(own, images.x[rows], images.y[rows]))
        each = np.stack([train.predict(net, images.x_test) for net in nets])
        each = dp.tensor(each.astype(np.float64)).softmax(dim=-1).numpy()  # (M, N, 10)
        mean = each.mean(axis=0)
        ensemble = train.Ensemble(nets, probabilities=True)
        same.append(np.abs(np.exp(train.predict(ensemble, images.x_test)) - mean).max())
        disagreement = ((each - mean) ** 2).sum(axis=-1).mean()
        identity.append(abs(squared(mean) - (squared(each).mean() - disagreement)))
        jensen.append(log_loss(each).mean() - log_loss(mean))
        grown = [wrong(each[:m].mean(axis=0)) for m in range(1, members + 1)]
        grown[0] = wrong(each).mean()
        found[way].append([*grown, disagreement, log_loss(each).mean(), log_loss(mean)])
found = {way: np.array(rows) for way, rows in found.items()}
gain = {way: rows[:, 0] - rows[:, members - 1] for way, rows in found.items()}

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=8.8, height=3.5)
count = np.arange(1, members + 1)
for way, marker, colour in zip(ways, "os", ("#12263a", "#d1495b"), strict=True):
    style = "-" if way == ways[0] else "--"
    curve = found[way][:, :members].mean(axis=0)
    left.plot(count, curve, style, marker=marker, color=colour, label=way)
    before, after = found[way][:, -2].mean(), found[way][:, -1].mean()
    right.plot([0, 1], [before, after], style, marker=marker, color=colour, ms=7, label=way)
left.set(xlabel="members $M$", ylabel="error rate (%)")
left.set_xticks(count)
left.set_ylim(0, None)
left.legend(loc="lower left")
right.set_xticks([0, 1], ["members, mean", "ensemble"])
right.set(ylabel="test loss", xlim=(-0.3, 1.3))
right.set_ylim(0, None)
right.legend(loc="lower left")
lab.show(
    figure,
    "Error rate by the number of members: it falls for both ways, steeper for bagging, which "
    "begins higher. The loss of bagging's members is higher, that of its ensemble the same.",
)
lab.table(
    {
        "members": list(ways),
        "error rate of one (%)": [found[way][:, 0].mean() for way in ways],
        "error rate of the ensemble (%)": [found[way][:, members - 1].mean() for way in ways],
        "disagreement": [found[way][:, members].mean() for way in ways],
        "loss of one": [found[way][:, -2].mean() for way in ways],
        "loss of the ensemble": [found[way][:, -1].mean() for way in ways],
    }
)

# %% [markdown]
# Both ensembles are better than their members, most of it with the first three or four. Bagging's
# members disagree several times as much, so they gain several times as much. But each was trained
# on fewer different digits and is worse by itself, and the gain makes up for that and not for more:
# on these data bagging ends about where the simple ensemble does, or a little behind.
#
# The losses gain more than the error rates. Where members disagree, the mean is less sure, and that
# is where the mistakes are. The identity knows nothing of the winner among ten classes: it is a
# statement on squared errors, and the error rate follows only roughly.

# %%
lab.claim(
    "Squared error of the ensemble = mean of the members − disagreement, largest difference",
    max(identity),
    at_most=1e-12,
)
lab.claim("The loss of the ensemble is below the mean of the members', by", jensen, at_least=0)
lab.claim(
    "train.Ensemble gives the mean of the probabilities, largest difference",
    max(same),
    at_most=1e-5,
)
lab.claim(
    "Bagging: members disagree at least twice as much as on the same data, each seed",
    found["bagging"][:, members] / found["the same data"][:, members],
    at_least=2,
)
lab.claim(
    "Error rate gained with the same data (points), in the mean",
    gain["the same data"].mean(),
    at_least=0.1 if images.mnist else -0.2,
)
lab.claim(
    "Error rate gained with bagging (points), in the mean",
    gain["bagging"].mean(),
    at_least=1 if images.mnist else 0.1,
)
lab.claim(
    "Bagging's ensemble makes no fewer errors than the other (points more), in the mean",
    (found["bagging"] - found["the same data"])[:, members - 1].mean(),
    at_least=-0.5,
)
