# %% [markdown]
# # Six optimizers on MNIST
#
# Which optimizer is the best? A figure that is often printed has four of them in one race on
# MNIST: plain gradient descent far behind, AdaGrad and Adam in front. The learning rates of such a
# race are the usual ones: 0.01, and 0.001 for Adam. But the
# [recursions](../optimizers/adaptive-steps.py) show that the same number means another thing for
# each method. Is it a race of methods, or of learning rates?
#
# Here six methods train the same network (one hidden layer of ReLU) from the same initial values on
# the same mini-batches. Then each is allowed **the same number of trials**: learning rates that
# begin with the usual one and rise up to a hundred times it or more. Its own rate is the one with
# the lowest *training* loss at the end, in the mean over the seeds. The test data have no say.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab

lab = Lab("optimizers-on-mnist")
images = lab.images(train=lab.pick(2000, 6000), test=lab.pick(1000, 4000))
epochs, hidden = lab.pick(5, 8) if images.mnist else 20, lab.pick(50, 100)
factors = lab.pick([1, 10, 100], [1, 3, 10, 30, 100, 300])
methods = {  # the usual rate, and the optimizer
    "SGD": (0.01, lambda p, lr: dp.optim.SGD(p, lr=lr)),
    "momentum": (0.01, lambda p, lr: dp.optim.SGD(p, lr=lr, momentum=0.9)),
    "Nesterov": (0.01, lambda p, lr: dp.optim.SGD(p, lr=lr, momentum=0.9, nesterov=True)),
    "AdaGrad": (0.01, lambda p, lr: dp.optim.Adagrad(p, lr=lr)),
    "RMSProp": (0.001, lambda p, lr: dp.optim.RMSprop(p, lr=lr)),
    "Adam": (0.001, lambda p, lr: dp.optim.Adam(p, lr=lr)),
}
seeds = lab.seeds(lab.pick(2, 3))
losses = {name: np.empty((len(factors), len(seeds), epochs)) for name in methods}
accuracy = {name: np.empty((len(factors), len(seeds))) for name in methods}
for name, (usual, make) in methods.items():
    for i, factor in enumerate(factors):
        for j, seed in enumerate(seeds):
            dp.manual_seed(seed)
            net = train.mlp(inputs=images.x.shape[1], outputs=10, hidden=[hidden])
            history = train.fit(
                net,
                nn.CrossEntropyLoss(),
                (images.x, images.y),
                optimizer=make(net.parameters(), usual * factor),
                epochs=epochs,
                batch_size=100,
                validation=(images.x_test, images.y_test),
                progress=False,
                seed=seed,
            )
            found = history["train_loss"]
            losses[name][i, j] = found + [np.inf] * (epochs - len(found))
            accuracy[name][i, j] = 100 * history["val_accuracy"][-1]
final = {name: found[:, :, -1].mean(axis=1) for name, found in losses.items()}
own = {name: int(np.argmin(found)) for name, found in final.items()}

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=9, height=3.8)
epoch = np.arange(1, epochs + 1)
for k, (name, (usual, _)) in enumerate(methods.items()):
    style = {"color": f"C{k}", "marker": "os^Dvx"[k], "ms": 4, "label": name}
    left.loglog(usual * np.array(factors), final[name], **style)
    right.semilogy(epoch, losses[name][own[name]].mean(axis=0), **style)
left.set(xlabel="learning rate", ylabel="training loss in the last epoch")
right.set(xlabel="epoch", ylabel="training loss", title="each at its own rate")
right.set_xticks(epoch[:: max(1, epochs // 5)])
right.legend(loc="upper right", ncols=2)
lab.show(
    figure,
    "The training loss by learning rate is a valley for each method, with its lowest point at "
    "another rate; with each at its own rate, the losses fall side by side.",
)
rate = {name: usual * factors[own[name]] for name, (usual, _) in methods.items()}
score = {name: found.mean(axis=1) for name, found in accuracy.items()}
lab.table(
    {
        "method": list(methods),
        "usual rate": [usual for usual, _ in methods.values()],
        "loss at the usual rate": [final[name][0] for name in methods],
        "test accuracy (%) at the usual rate": [score[name][0] for name in methods],
        "own rate": list(rate.values()),
        "loss at its own rate": [final[name][own[name]] for name in methods],
        "test accuracy (%) at its own rate": [score[name][own[name]] for name in methods],
    }
)

# %% [markdown]
# At the usual rates the printed figure comes out: plain gradient descent is far behind. Most of
# that is its learning rate. On the left, the usual rate of SGD is high up on the slope of its
# valley; the others start near the bottom of theirs. With as many trials for each, its rate is ten
# to a hundred times the usual one, and most of the distance in test accuracy is gone.
#
# Momentum shows why. The [motion with friction](../optimizers/friction.py) says that its steps
# are $1/(1 - \beta)$ times as large in the end. So momentum with $\beta = 0.9$ and $\eta = 0.01$
# should be plain gradient descent with $\eta = 0.1$, and so it is: their losses are nearly one.
#
# AdaGrad and RMSProp are another pair. In the first steps the mean of RMSProp has forgotten nothing
# yet: it is AdaGrad's sum, times $1 - \alpha = 0.01$. So RMSProp sets out as AdaGrad with a rate
# ten times as large, and they part only when the memory of about 100 steps begins to fade.
#
# Something remains on MNIST: at its own rate, too, SGD has the highest training loss of the six.
# The others go along the flat directions faster than the steep ones allow to SGD, as in the
# [valley](../optimizers/valley.py). On the small embedded digits, which are easier, not even that
# remains. In test accuracy there is little to choose between the other five, and a handful of seeds
# is not enough for a ranking.
#
# Before you believe a race of optimizers, ask how the learning rates were chosen.

# %%
others = [name for name in methods if name != "SGD"]
gap_usual = max(score[name][0] for name in others) - score["SGD"][0]
gap_own = max(score[name][own[name]] for name in others) - score["SGD"][own["SGD"]]
lab.claim(
    "At the usual rates, SGD is behind the best in test accuracy: percentage points",
    gap_usual,
    at_least=5,
)
lab.claim(
    "With each at its own rate, less than half of that distance is left: share",
    gap_own / gap_usual,
    at_most=0.5,
)
lab.claim("The own rate of SGD, over its usual rate", factors[own["SGD"]], at_least=10)
lab.claim(
    "Momentum with η = 0.01 and β = 0.9 ends at the loss of SGD with η = 0.1: ratio",
    final["momentum"][factors.index(1)] / final["SGD"][factors.index(10)],
    near=1,
    within=0.1,
)
tenth = factors.index(10)
lab.claim(
    "In the first epoch, RMSProp with η = 0.01 has the loss of AdaGrad with η = 0.1: ratio",
    losses["RMSProp"][tenth, :, 0].mean() / losses["AdaGrad"][tenth, :, 0].mean(),
    near=1,
    within=0.1,
)
if images.mnist:
    lab.claim(
        "On MNIST, SGD at its own rate still has the highest training loss: ratio to the median of "
        "the others",
        final["SGD"][own["SGD"]] / np.median([final[name][own[name]] for name in others]),
        at_least=1.2,
    )
