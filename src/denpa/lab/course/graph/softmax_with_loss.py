# %% [markdown]
# # Softmax with loss, drawn with its messages
#
# A network for several classes ends with one number for each class, the logits
# $a = (a_1, \dots, a_K)$. Softmax makes probabilities of them, and the cross-entropy compares these
# with the target $t$, which has a 1 at the true class and 0 elsewhere:
#
# $$e_k = e^{a_k}, \qquad s = \sum_k e_k, \qquad y_k = \frac{e_k}{s}, \qquad
# E = -\sum_k t_k \log y_k .$$
#
# Seven operations: exp, sum, ÷, log, ×, sum, and the sign. In
# [Sigmoid with cross-entropy: the messages sum to ŷ − t](../graph/sigmoid-cross-entropy.py) two
# messages collapse to "prediction minus target". Does that happen here, too, with a sum over all
# classes in the way?

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa.lab import Lab
from denpa.nn import functional as F

lab = Lab("softmax-with-loss")


def error(a, t):
    e = dp.exp(a)
    s = e.sum()
    y = e / s
    u = dp.log(y)
    p = u * t
    q = p.sum()
    return -q


a = dp.tensor([1.0, 0.0, 2.0], dtype=dp.float64, requires_grad=True)
t = dp.tensor([0.0, 1.0, 0.0], dtype=dp.float64)

# %% tags=["hide-input"]
found = dp.explain(error(a, t))
lab.picture(
    found,
    "The graph from the logits to the error: exp; e splits, one branch through the sum, both into "
    "the division; then log, times t, sum, and the sign. The message at the logits is y minus t.",
)

# %% [markdown]
# Walk back from the right.
#
# * The sign sends $-1$, the sum copies it to every class, and × multiplies it with $t_k$: $\log y_k$
#   receives $-t_k$.
# * The logarithm divides by its input: $y_k$ receives $-t_k/y_k$. Only the true class gets anything.
# * The division $y_k = e_k/s$ sends $1/s$ times that to $e_k$, which is $-t_k/e_k$; and $-e_k/s^2$
#   times that to $s$. All classes share the one $s$, so $s$ receives a sum over them:
#   $\sum_k (t_k/y_k)(e_k/s^2) = \sum_k t_k/s = 1/s$, since the targets sum to 1.
# * The sum $s$ hands that on to every $e_k$. Here the classes that are *not* true get their message.
# * At the dot, $e_k$ receives $1/s - t_k/e_k$. Times the derivative $e_k$ of the exponential, that is
#
# $$\frac{\partial E}{\partial a_k} = \frac{e_k}{s} - t_k = y_k - t_k .$$

# %%
e = np.exp(a.detach().numpy())
s, target = e.sum(), t.numpy()
y = e / s
by_hand = {
    "a": ("y − t", y - target),
    "e": ("1/s − t/e", 1 / s - target / e),
    "s": ("1/s", 1 / s),
    "y": ("−t/y", -target / y),
    "u": ("−t", -target),
    "p": ("−1", -np.ones(3)),
    "q": ("−1", -1),
    "loss": ("1", 1),
}


def column(x):
    return ", ".join(f"{v:.4g}" for v in np.atleast_1d(x) + 0.0).replace("-", "−")


names = dict(zip(by_hand, ["a", "e", "s", "y", "log y", "t · log y", "−E", "E"], strict=True))
lab.table(
    {
        "name": list(names.values()),
        "value": [column(found.value(name)) for name in by_hand],
        "message": [column(found.delta(name)) for name in by_hand],
        "formula": [formula for formula, _ in by_hand.values()],
        "by hand": [column(expected) for _, expected in by_hand.values()],
    }
)

# %% [markdown]
# The messages to the logits sum to zero, because $\sum y_k = \sum t_k = 1$. There is a reason behind
# it: adding the same number to all logits changes nothing in $y$, so $E$ is flat in that direction.
#
# That freedom is of use. $e^{a_k}$ overflows for large logits, although $E$ is quite an ordinary
# number. `cross_entropy` takes the logits and subtracts the largest of them before the exponential.

# %%
lab.claim(
    "The messages to a, e, s, y, log y, t · log y, −E and E are those by hand: largest differences",
    [float(np.abs(found.delta(name) - by_hand[name][1]).max()) for name in by_hand],
    at_most=1e-12,
)

rng = np.random.default_rng(lab.seed)
sums, gaps = [], []
for _ in range(lab.pick(20, 200)):
    classes = rng.integers(2, 12)
    logits, true = dp.tensor(rng.normal(0, 3, size=classes)), rng.integers(classes)
    message = dp.func.grad(error)(logits, dp.tensor(np.eye(classes)[true])).numpy()
    index = dp.tensor(int(true))
    built_in = dp.func.grad(lambda v, i=index: F.cross_entropy(v, i))(logits).numpy()
    sums.append(message.sum())
    gaps.append(np.abs(message - built_in).max())
lab.claim(
    "The messages to the logits sum to 0, for random logits of 2 to 11 classes",
    sums,
    near=0,
    within=1e-12,
)
lab.claim("They are those of cross_entropy: largest difference", float(np.max(gaps)), at_most=1e-12)

far = (a + 1000).detach().requires_grad_()
small, large = F.cross_entropy(a, dp.tensor(1)), F.cross_entropy(far, dp.tensor(1))
lab.claim(
    "With logits 1000 larger, the graph above gives no number", np.isnan(error(far, t).item())
)
lab.claim("… and cross_entropy the same error", large.item(), near=small.item(), within=1e-9)
large.backward()
lab.claim("… and the same message", far.grad.numpy(), near=y - target, within=1e-9)
