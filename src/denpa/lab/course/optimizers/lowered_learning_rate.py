# %% [markdown]
# # Why accuracy jumps when the learning rate is lowered
#
# In many published curves of training, the test accuracy stays where it is for a long time, then
# jumps: at the very epoch where the learning rate was lowered. Yet a small learning rate makes
# *smaller* steps. Why should it learn more, and so suddenly?
#
# Look at the simplest case, $E = \frac{1}{2} a x^2$, with a gradient that is known only up to noise
# of variance $\sigma^2$, as from a mini-batch:
#
# $$x \leftarrow x - \eta\,(a x + \xi) = (1 - \eta a)\, x - \eta\, \xi .$$
#
# The mean of $x$ falls by the factor $1 - \eta a$ a step. The variance $s$ follows
# $s \leftarrow (1 - \eta a)^2 s + \eta^2\sigma^2$. It does not go to zero: what the slope takes
# away, the noise gives back. It stays where both are in balance,
#
# $$s = \frac{\eta\,\sigma^2}{a\,(2 - \eta a)} ,$$
#
# nearly in proportion to the learning rate. Forty thousand values of $x$, all from 10, walk side
# by side.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab
from denpa.optim import lr_scheduler

lab = Lab("lowered-learning-rate")
walkers, steps, change = 40_000, 200, 60
high, low = 0.4, 0.04
rng = np.random.default_rng(lab.seed)


def walk(rates):
    x = dp.tensor(np.full(walkers, 10.0), requires_grad=True)
    optimizer = dp.optim.SGD([x], lr=1.0)
    schedule = lr_scheduler.LambdaLR(optimizer, lambda step: rates[min(step, steps - 1)])
    squares = [100.0]
    for _ in range(steps):
        noise = dp.tensor(rng.standard_normal(walkers))
        optimizer.zero_grad()
        (x**2 / 2 + noise * x).sum().backward()
        optimizer.step()
        schedule.step()
        squares.append((x**2).mean().item())
    return np.array(squares)


def walk_theory(rates):
    mean, s, squares = 10.0, 0.0, [100.0]
    for eta in rates:
        mean, s = (1 - eta) * mean, (1 - eta) ** 2 * s + eta**2
        squares.append(mean**2 + s)
    return np.array(squares)


plans = {
    "high": np.full(steps, high),
    "low from the start": np.full(steps, low),
    "high, then low": np.where(np.arange(steps) < change, high, low),
}
squares = {name: walk(rates) for name, rates in plans.items()}

# %% [markdown]
# Now a network: one hidden layer, plain gradient descent with mini-batches of 10 and a learning
# rate that is high for them. After six epochs it is lowered to a tenth. As a trial of the
# explanation, it is *raised again* after ten. If the low rate had found a better place to stay,
# this would do no harm. If it only made the noise smaller, accuracy must fall back.

# %%
images = lab.images(train=lab.pick(5000, 60_000), test=lab.pick(2000, 10_000))
down, up, epochs = 6, 10, 14
courses = {
    "high": lambda epoch: 1.0,
    "low from the start": lambda epoch: 0.1,
    "high, low, high": lambda epoch: 0.1 if down <= epoch < up else 1.0,
}
accuracy = {name: [] for name in courses}
for seed in lab.seeds(lab.pick(3, 5) if images.mnist else 10):
    for name, course in courses.items():
        dp.manual_seed(seed)
        net = train.mlp(inputs=images.x.shape[1], outputs=10, hidden=[32])
        optimizer = dp.optim.SGD(net.parameters(), lr=0.5)
        history = train.fit(
            net,
            nn.CrossEntropyLoss(),
            (images.x, images.y),
            optimizer=optimizer,
            schedule=lr_scheduler.LambdaLR(optimizer, course),
            epochs=epochs,
            batch_size=10,
            validation=(images.x_test, images.y_test),
            progress=False,
            seed=seed,
        )
        accuracy[name].append([100 * a for a in history["val_accuracy"]])
accuracy = {name: np.array(found) for name, found in accuracy.items()}

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=9, height=3.7)
order = ["high", "low from the start", "high, then low"]
for k, name in enumerate(order):
    left.semilogy(squares[name], color=f"C{k}", label=name, lw=1.8 if k == 2 else 1.4)
left.axvspan(change, steps, color="#e8e8e8", lw=0)
left.set(xlabel="step", ylabel="mean of $x^2$", ylim=(1e-2, 1e3))
left.legend(loc="upper right")
epoch = np.arange(1, epochs + 1)
for k, name in enumerate(courses):
    right.plot(epoch, accuracy[name].mean(axis=0), color=f"C{k}", marker="os^"[k], ms=4, label=name)
right.axvspan(down + 0.5, up + 0.5, color="#e8e8e8", lw=0)
right.set(xlabel="epoch", ylabel="test accuracy (%)")
right.legend(loc="lower right")
lab.show(
    figure,
    "The mean square falls fast to a high floor, and to a low one where the rate is lowered "
    "(grey); the network's test accuracy jumps up where the learning rate is lowered and falls "
    "back where it is raised again.",
)


def over(name, first, last):
    return accuracy[name][:, first:last].mean(axis=1)


parts = {"before": (2, down), "low rate": (down, up), "after": (up, epochs)}
lab.table(
    {
        "learning rate": [name for name in courses for _ in parts],
        "epochs": [f"{a + 1}–{b}" for _ in courses for a, b in parts.values()],
        "test accuracy (%)": [
            over(name, *part).mean() for name in courses for part in parts.values()
        ],
    }
)

# %% [markdown]
# A high learning rate is quick on the way and restless at the end. It comes near the lowest point
# in a few steps, then it is thrown about at the height where slope and noise are in balance. Its
# accuracy does not rise, because it is not on its way any more. When the rate is lowered, the
# balance is at a lower place, and the way there is short: about $1/(2\eta a)$ steps in the simple
# case, a fraction of an epoch in the network. That is the jump. Nothing new was learned about
# digits; the noise went down. So when the rate is raised again, the accuracy is lost again.
#
# In a network the noise can also fade by itself: once all training examples are fitted, every
# mini-batch has a gradient near zero. On the small embedded digits, which the network fits, the
# jumps are therefore smaller than on MNIST.
#
# Two things are often concluded that do not follow.
#
# * *The high rate was needed first.* Not here: on MNIST the low rate from the start ends above the
#   height of the jump. In the simple case both end on the same floor, and the high rate only got
#   there sooner. A jump shows that the rate before was too high to stay with. It does not show that
#   it was good to begin with.
# * *Training had come to its end, since the curve was flat.* A flat curve may be a balance of
#   slope and noise. Lower the learning rate before you stop.

# %%
plan_theory = {name: walk_theory(rates) for name, rates in plans.items()}
lab.claim(
    "The mean square follows the theory at all steps, for three plans: largest relative error",
    [np.abs(squares[name] / plan_theory[name] - 1).max() for name in plans],
    at_most=0.06,
)
lab.claim(
    "The floors are ησ²/(a(2 − ηa)): measured over theory, for high, low, and high then low",
    [
        squares["high"][-20:].mean() * (2 - high) / high,
        squares["low from the start"][-20:].mean() * (2 - low) / low,
        squares["high, then low"][-20:].mean() * (2 - low) / low,
    ],
    near=1,
    within=0.04,
)
least = 1.0 if images.mnist else 0.0
lab.claim(
    "Lowering the rate brings accuracy, against going on with the high one: percentage points, "
    "mean over the seeds",
    (over("high, low, high", down, up) - over("high", down, up)).mean(),
    at_least=least,
)
before, lowered = over("high, low, high", 2, down), over("high, low, high", down, up)
first = accuracy["high, low, high"][:, down]
lab.claim(
    "More than half of the rise comes in the first epoch: share, mean over the seeds",
    (first - before).mean() / (lowered - before).mean(),
    at_least=0.5,
)
lab.claim(
    "Raising the rate again takes accuracy away: percentage points, mean over the seeds",
    (lowered - over("high, low, high", up, epochs)).mean(),
    at_least=least,
)


def restlessness(name):
    return np.abs(np.diff(accuracy[name][:, down:up], axis=1)).mean()


lab.claim(
    "From epoch to epoch, accuracy moves less than half as much with the low rate as with the high "
    "one: ratio",
    restlessness("high, low, high") / restlessness("high"),
    at_most=0.5,
)
if images.mnist:
    lab.claim(
        "On MNIST, the low rate from the start ends above the height of the jump: percentage "
        "points, mean over the seeds",
        (over("low from the start", up, epochs) - lowered).mean(),
        at_least=0.5,
    )
