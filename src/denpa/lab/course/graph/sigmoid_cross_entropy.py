# %% [markdown]
# # Sigmoid with cross-entropy: the messages sum to ŷ − t
#
# A network for two classes ends with one number $z$. The sigmoid makes a probability of it, and the
# cross-entropy compares that with the target $t$:
#
# $$\hat y = \sigma(z) = \frac{1}{1 + e^{-z}}, \qquad
# E = -t \log \hat y - (1 - t) \log(1 - \hat y).$$
#
# The derivative of all this with respect to $z$ is said to be $\hat y - t$, prediction minus
# target. Where do the logarithms and fractions go?
#
# Follow the messages. $\hat y$ is read twice, by $\log \hat y$ and by $\log(1 - \hat y)$, so two
# messages come back to it:
#
# $$-\frac{t}{\hat y}, \qquad \frac{1 - t}{1 - \hat y}.$$
#
# Their sum is
#
# $$-\frac{t}{\hat y} + \frac{1 - t}{1 - \hat y} = \frac{\hat y - t}{\hat y (1 - \hat y)}.$$
#
# The sigmoid multiplies this with its derivative $\sigma'(z) = \hat y (1 - \hat y)$. That is the
# denominator, and what remains is $\hat y - t$.
#
# The picture has $z = 1$ and $t = 0.8$; with a target of 0 or 1 one of the branches would be dead.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa.lab import Lab
from denpa.nn import functional as F

lab = Lab("sigmoid-cross-entropy")


def error(z, t):
    y = dp.sigmoid(z)
    return -(dp.log(y) * t + dp.log(1 - y) * (1 - t))


# %% tags=["hide-input"]
z = dp.tensor(1.0, dtype=dp.float64, requires_grad=True)
lab.picture(
    dp.explain(error(z, 0.8)),
    "The graph of the error: z goes through the sigmoid, splits in two, one branch through a "
    "logarithm, the other through 1 − and a logarithm, and both join in a sum. The two messages "
    "that come back to y have opposite signs; δ of y is their sum.",
)

# %% [markdown]
# The same for many $z$ at once. `messages` gives what each reader of a value sends back to it; their
# sum is its $\delta$.

# %%
t = 0.3
z = np.linspace(-8, 8, lab.pick(33, 321))
logits = dp.tensor(z, requires_grad=True)
found = dp.explain(error(logits, t).sum())
y = found.value("y")
from_other_log, from_log = (m.array for m in found.messages("y").arriving)
chosen = np.linspace(0, len(z) - 1, 9).astype(int)
lab.table(
    {
        "z": z[chosen],
        "ŷ": y[chosen],
        "message from log ŷ": from_log[chosen],
        "message from log(1 − ŷ)": from_other_log[chosen],
        "their sum": found.delta("y")[chosen],
        "message to z": found.delta("z")[chosen],
        "ŷ − t": (y - t)[chosen],
    }
)

# %% [markdown]
# At the ends of the table the messages on the branches are in the thousands, and what arrives at $z$
# is never larger than 1. Large numbers are divided and multiplied away again. With exact numbers
# that does no harm. With float32, which keeps about seven digits, it does.
#
# Take $t = 0$, so that $E = -\log(1 - \hat y)$, which is $\log(1 + e^z)$. For large $z$, $\hat y$ is
# nearly 1, where float32 has no numbers closer to each other than $2^{-24}$. So $1 - \hat y$, which
# is about $e^{-z}$, is wrong by up to about $2^{-24}$, and its logarithm by $2^{-24} e^z$. From $e^{-z} < 2^{-24}$ on, that is $z > 24 \log 2 \approx 16.6$,
# $1 + e^{-z}$ is rounded to 1: then $1 - \hat y = 0$, the error is infinite, and the message is
# $\infty \cdot 0$, not a number. For float64 the same happens at $53 \log 2 \approx 36.7$.
#
# `binary_cross_entropy_with_logits` takes $z$ instead of $\hat y$ and never forms $1 - \hat y$. It
# computes $t \log(1 + e^{-z}) + (1 - t) \log(1 + e^z)$, the same number, with a rule of its own for
# $\log(1 + e^z)$. Error and message are right to the last digits wherever $z$ is, and be they as small
# as $10^{-9}$.


# %%
def composite(x):
    return error(x, 0.0)


def with_logits(x):
    return F.binary_cross_entropy_with_logits(x, dp.zeros_like(x), reduction="none")


def errors_and_messages(function, z, dtype):
    x = dp.tensor(z, dtype=dtype, requires_grad=True)
    each = function(x)
    each.sum().backward()
    return each.detach().numpy().astype(float), x.grad.numpy().astype(float)


grid = 1 / lab.pick(8, 64)
z = np.arange(-20, 40, grid)
truth = np.logaddexp(0, z)
e1, m1 = errors_and_messages(composite, z, dp.float32)
e2, m2 = errors_and_messages(with_logits, z, dp.float32)
e3, m3 = errors_and_messages(composite, z, dp.float64)

# %% tags=["hide-input"]
figure, axes = lab.axes(width=7.5, height=3.4)
shown = slice(None, None, lab.pick(1, 8))
axes.semilogy(z[shown], np.abs(e1 - truth)[shown], "x", label="composite")
axes.semilogy(z[shown], np.abs(e2 - truth)[shown], ".", label="with logits")
axes.axvline(24 * np.log(2), color="#7a7a7a", ls="--", lw=1)
axes.annotate("24 log 2", (24 * np.log(2) + 0.7, 1e-2))
axes.annotate("composite: infinite", (24 * np.log(2) + 0.7, 1e-3))
axes.set(xlabel="$z$", ylabel="absolute error of $E$ in float32", ylim=(1e-10, 1e2))
axes.legend(loc="upper left")
lab.show(
    figure,
    "Absolute error in float32 against z: that of the composite grows to about one half and ends at "
    "z = 16.6, that of the function with logits stays near one ten-millionth of z.",
)

# %% [markdown]
# A network meets such $z$ wherever it is sure of itself and wrong. Those are the examples that it
# has most to learn from, and with the composite they turn all weights into NaN in one step.
#
# What to take away: write the loss on top of the logits. It is shorter, and its message
# $\hat y - t$ needs no cancelling of large numbers.

# %%
lab.claim(
    "The message from log ŷ is −t/ŷ: relative error",
    float(np.abs(from_log * y / -t - 1).max()),
    at_most=1e-12,
)
lab.claim(
    "The message from log(1 − ŷ) is (1 − t)/(1 − ŷ): relative error",
    float(np.abs(from_other_log * (1 - y) / (1 - t) - 1).max()),
    at_most=1e-12,
)
lab.claim(
    "ŷ receives their sum",
    float(np.abs(found.delta("y") - from_log - from_other_log).max()),
    at_most=1e-9,
)
lab.claim(
    "z receives ŷ − t: largest difference",
    float(np.abs(found.delta("z") - (y - t)).max()),
    at_most=1e-12,
)
lab.claim(
    "In float32 the composite is infinite from z = 24 log 2 on",
    z[np.isinf(e1)].min(),
    near=24 * np.log(2),
    within=grid,
)
lab.claim("There its message is not a number", bool(np.isnan(m1[z > 17]).all()))
lab.claim(
    "In float64 the composite is infinite from z = 53 log 2 on",
    z[np.isinf(e3)].min(),
    near=53 * np.log(2),
    within=grid,
)
middle = (z >= 5) & (z <= 12)
lab.claim(
    "Before that, between z = 5 and 12, its error reaches $2^{-24} e^z$: largest ratio",
    (np.abs(e1 - truth) / (2.0**-24 * np.exp(z)))[middle].max(),
    near=1,
    within=0.6,
)
lab.claim(
    "With logits the error is right to its last digits, everywhere: relative error",
    float(np.abs(e2 / truth - 1).max()),
    at_most=8 * 2.0**-24,
)
lab.claim(
    "With logits the message is ŷ − t to its last digits: relative error",
    float(np.abs(m2 / np.exp(z - truth) - 1).max()),
    at_most=8 * 2.0**-24,
)
