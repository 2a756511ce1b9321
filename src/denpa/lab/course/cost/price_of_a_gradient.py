# %% [markdown]
# # A gradient costs a few forward passes
#
# A forward pass tells one number, the loss. Forward and backward together tell the loss and its
# derivative with respect to every parameter, a million of them perhaps. What is the price, in
# forward passes?
#
# Count the large products, as nothing else takes so many multiplications. A layer $Y = XW + b$
# has one of them forwards and two backwards,
#
# $$XW, \qquad \frac{\partial E}{\partial W} = X^\top \delta, \qquad \frac{\partial E}{\partial X}
# = \delta W^\top,$$
#
# each with as many multiplications, $M_l$ for layer $l$. The first layer needs no
# $\partial E / \partial X$, since nobody changes the data. So the price should be
#
# $$\frac{3 \sum_l M_l - M_1}{\sum_l M_l} = 3 - \frac{M_1}{\sum_l M_l}$$
#
# forward passes: close to 2 where almost all is done in the first layer, close to 3 in a deep
# network, and never more, whatever the number of parameters. That is arithmetic. Does the clock
# agree?

# %%
from __future__ import annotations

import time
from itertools import pairwise

import numpy as np

import denpa as dp
from denpa import nn
from denpa.lab import Lab

lab = Lab("price-of-a-gradient")
dp.manual_seed(lab.seed)
loss = nn.CrossEntropyLoss()


def network(widths):
    layers = [m for a, b in pairwise(widths[:-1]) for m in (nn.Linear(a, b), nn.ReLU())]
    return nn.Sequential(*layers, nn.Linear(*widths[-2:]))


def least_times(calls, repeats):
    """The processor's seconds for the fastest run of each call; the calls take turns."""
    taken = [[] for _ in calls]
    for _ in range(repeats + 1):
        for call, seconds in zip(calls, taken, strict=True):
            begun = time.process_time()
            call()
            seconds.append(time.process_time() - begun)
    return [min(seconds[1:]) for seconds in taken]


def times(widths, native, repeats, batch=100):
    """Times of the forward pass, and of forward and backward; both also native if asked for."""
    net = network(widths)
    x = dp.randn(batch, widths[0])
    t = dp.randint(0, 10, (batch,))

    def predict(x, t):
        return loss(net(x), t)

    def learn(x, t):
        net.zero_grad()
        value = predict(x, t)
        value.backward()
        return value

    def without_gradient(call):
        with dp.no_grad():
            return call(x, t)

    calls = [lambda: without_gradient(predict), lambda: learn(x, t)]
    if native:
        fast_predict, fast_learn = dp.compile(predict), dp.compile(learn)
        calls += [lambda: without_gradient(fast_predict), lambda: fast_learn(x, t)]
    return least_times(calls, repeats)


# %% [markdown]
# Each network is timed eagerly, operation by operation, and some of them also as native programs,
# made by `dp.compile`: one program for the forward pass and one for forward and backward. The
# first call of each, which compiles it, does not count. What else the machine does can only make a
# run slower; so of several runs the fastest is taken, and the clock is the processor's, which
# stands still while another program has its turn.

# %%
networks = [[64, 64, 10], [784, 50, 10], [256, 256, 256, 256, 10], [512, 512, 512, 512, 10]]
networks += lab.pick([], [[1024, 1024, 1024, 1024, 10]])
compiled = lab.pick(networks[-1:], networks)
rows = {"network": [], "parameters": [], "forward (ms)": [], "both (ms)": []}
rows |= {"eager": [], "native": [], "theory": []}
for widths in networks:
    one, both, *fast = times(widths, widths in compiled, lab.pick(40, 60))
    products = [a * b for a, b in pairwise(widths)]
    row = (
        "–".join(map(str, widths)),
        sum((a + 1) * b for a, b in pairwise(widths)),
        1e3 * one,
        1e3 * both,
        both / one,
        fast[1] / fast[0] if fast else np.nan,
        3 - products[0] / sum(products),
    )
    for column, value in zip(rows.values(), row, strict=True):
        column.append(value)
lab.table(rows | {"native": ["–" if np.isnan(v) else f"{v:.3f}" for v in rows["native"]]})
P, eager, native, theory = (
    np.array(rows[name]) for name in ("parameters", "eager", "native", "theory")
)

# %% [markdown]
# The times are of the eager calls; "eager", "native" and "theory" are prices in forward passes.

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=9.0, height=3.4)
for name, label, marker in (
    ("both (ms)", "forward and backward", "o"),
    ("forward (ms)", "forward", "s"),
):
    left.loglog(P, rows[name], marker=marker, label=label)
left.set(xlabel="parameters", ylabel="processor time (ms)", ylim=(0.1, 100))
left.legend()
place = np.arange(len(P))[::-1]
right.plot(theory, place, "|", ms=22, mew=2, label="theory", color="#7a7a7a")
right.plot(eager, place, "o", ms=6, label="eager")
right.plot(native, place, "^", ms=6, label="native")
right.set(xlabel="gradient: cost in forward passes", ylim=(-0.6, len(P) + 0.6))
right.set(xlim=(0, max(6, 1.1 * eager.max(), 1.1 * np.nanmax(native))))
right.set_yticks(place, labels=rows["network"])
right.legend(loc="upper center", ncols=3)
lab.show(
    figure,
    "Left: the times of a forward pass and of forward and backward rise side by side with the "
    "parameters. Right: the price of a gradient lies between one and four forward passes for each "
    "network, near the theory's mark.",
)

# %% [markdown]
# The clock agrees in the main. Forward and backward take a few times as long as forward alone, and
# this factor stays where it is while the parameters grow a hundredfold.
#
# It does not agree to the digit, and there is no reason why it should. A clock also counts what is
# no multiplication: the bookkeeping of the engine, which weighs in small networks; the gradients,
# which are as large as the weights and have to be written to memory; the loss, the ReLU. Native
# programs do away with most of the bookkeeping. There the call itself is what remains, and as it is
# paid once for forward alone and once for both, a small native network may come out cheaper than
# the count of products says.
#
# What to take away: as a rule of thumb, forward and backward cost three forward passes. The number
# of parameters does not occur in that rule, and this is why networks with a million parameters can
# be trained at all. What it would cost without is in
# [All gradients: differences against backpropagation](../cost/differences-or-backpropagation.py).

# %%
lab.claim(
    "Eager: a gradient costs a few forward passes, median of the networks",
    float(np.median(eager)),
    at_least=1.5,
    at_most=6,
)
lab.claim(
    "Native: the same",
    float(np.nanmedian(native)),
    at_least=1,
    at_most=6,
)
lab.claim(
    "From the smallest network to the largest, the parameters grow more than a hundredfold",
    P.max() / P.min(),
    at_least=100,
)
lab.claim(
    "… and the price of a gradient less than eightfold",
    eager[P.argmax()] / eager[P.argmin()],
    at_most=8,
)
lab.claim(
    "The theory is met up to a factor of 2, median of the networks",
    float(np.median(eager / theory)),
    at_least=0.5,
    at_most=2,
)
