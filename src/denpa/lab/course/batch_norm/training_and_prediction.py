# %% [markdown]
# # Batch statistics in training, running ones in prediction
#
# In training, batch normalisation takes the mean and the variance of the mini-batch. So the output
# for an example depends on the examples that happen to stand beside it. In prediction this must
# not be: one picture alone has no variance, and the answer for it should not change with its
# neighbours. There the layer uses *running statistics*, which it has collected while it was
# training. How good are they, and how far are the two modes apart?
#
# With every batch, the layer moves its running mean $m$ a little towards the batch's mean
# $\mu_B$, and the same with the variance:
#
# $$m \leftarrow (1 - \rho)\,m + \rho\,\mu_B, \qquad
# v \leftarrow (1 - \rho)\,v + \rho\,\frac{B}{B - 1}\,\sigma_B^2 .$$
#
# $\rho$ is the layer's `momentum` (0.1 by default; it is the share of the *new* value, unlike the
# momentum of an optimizer). The layer begins at $m = 0$ and $v = 1$.
#
# Take normal data with mean 3 and deviation 2, in batches of $B = 16$. After $k$ batches the
# expectation of $m$ is $3\,(1 - (1 - \rho)^k)$. Its variance approaches that of an average over
# $(2 - \rho)/\rho$ batches: 19 of them for $\rho = 0.1$. So it does not become exact, however long
# one waits; it stays within about $2/\sqrt{19 \cdot 16}$.

# %%
from __future__ import annotations

from math import exp, lgamma, sqrt

import numpy as np

import denpa as dp
from denpa import nn
from denpa.lab import Lab

lab = Lab("training-and-prediction")
rng = np.random.default_rng(lab.seed)
features = lab.pick(200, 2_000)  # each feature is an experiment of its own
size, rho = 16, 0.1


def draw(*shape):
    return dp.tensor(rng.normal(3, 2, shape))


layer = nn.BatchNorm1d(features, affine=False, momentum=rho, dtype=dp.float64)
means = [layer.running_mean.numpy().copy()]
for _ in range(80):
    layer(draw(size, features))
    means.append(layer.running_mean.numpy().copy())
means = np.array(means)  # (81, features)

batches = np.arange(81)
begun = 1 - (1 - rho) ** batches
expected = 3 * begun
spread = 2 / sqrt(size) * np.sqrt(rho / (2 - rho) * (1 - (1 - rho) ** (2 * batches)))

# %% [markdown]
# ## How far are the two modes apart?
#
# Now give the layer the true mean and variance, and put the same batch through it in both modes.
# For a batch of $B$ normal numbers the mean squared difference of the outputs can be computed.
# The numbers of $\hat x$ have mean square 1, those of $(x - \mu)/\sigma$ too, and the mean of their
# product is the batch's deviation $s$ over $\sigma$. So
#
# $$E\,(\hat x_{\text{training}} - \hat x_{\text{prediction}})^2 = 2\,(1 - E[s]/\sigma) \approx
# \frac{3}{2B}, \qquad
# \frac{E[s]}{\sigma} = \sqrt{\tfrac2B}\;\frac{\Gamma(B/2)}{\Gamma((B - 1)/2)} .$$

# %%
sizes = np.array([2, 4, 8, 16, 32, 64, 128, 256])
columns = lab.pick(2_000, 10_000)
mean, variance = dp.full((columns,), 3.0).double(), dp.full((columns,), 4.0).double()


def apart(batch_size):
    x = draw(batch_size, columns)
    training = nn.functional.batch_norm(x, None, None, training=True, eps=0.0)
    prediction = nn.functional.batch_norm(x, mean, variance, training=False, eps=0.0)
    return float(((training - prediction) ** 2).mean().sqrt())


def theory(b):
    return sqrt(2 - 2 * sqrt(2 / b) * exp(lgamma(b / 2) - lgamma((b - 1) / 2)))


difference = np.array([apart(b) for b in sizes])
by_theory = np.array([theory(b) for b in sizes])

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=8.6, height=3.7)
left.fill_between(
    batches, expected - 2 * spread, expected + 2 * spread, color="#cccccc", label="±2 deviations"
)
for k in range(3):
    left.plot(batches, means[:, k], lw=1, label=f"feature {k + 1}")
left.plot(batches, expected, color="black", lw=2.2, ls="-", label="expectation")
left.axhline(3, color="#555555", ls=":", lw=1)
left.set(xlabel="batches seen", ylabel="running mean", ylim=(0, 4))
left.legend(loc="lower right")
right.loglog(sizes, difference, "s", label="measured")
right.loglog(sizes, by_theory, "-", color="#2e86ab", label="theory")
right.loglog(sizes, np.sqrt(1.5 / sizes), "--", color="#555555", label=r"$\sqrt{3/(2B)}$")
right.set_xticks(sizes, sizes.astype(str))
right.minorticks_off()
right.set(xlabel="batch size", ylabel="outputs of the two modes apart (rms)")
right.legend()
lab.show(
    figure,
    "Running means rise from 0 to 3 within about 40 batches and keep wandering in a band; the "
    "difference between training and prediction falls as one over the root of the batch size.",
)
lab.table(
    {
        "batch size": sizes,
        "outputs of the two modes apart (rms)": difference,
        "theory": by_theory,
    }
)

# %% [markdown]
# The running mean needs some $1/\rho$ batches to forget its start. If training is shorter than
# that, prediction is wrong even though training went well.
#
# The difference of the modes falls only as $1/\sqrt B$. With a batch of 16 the output of an example
# is off by about a third of its deviation, anew in each epoch. This is noise that training has to
# live with (and it acts as a weak regulariser). It is also a reason why very small batches and
# batch normalisation do not go together.

# %%
lab.claim(
    "After 5, 10, 20 batches the running mean has come to 3 (1 − 0.9^k)",
    means[[5, 10, 20]].mean(axis=1),
    near=expected[[5, 10, 20]],
    within=4.5 * float(spread[-1]) / sqrt(features),
)
lab.claim(
    "Then it wanders, with the deviation of a mean of 19 batches: measured over theory",
    means[80].std() / (2 / sqrt(19 * size)),
    near=1,
    within=4.5 / sqrt(2 * features),
)
lab.claim(
    "Measured differences of the two modes agree with the theory: measured over theory",
    difference / by_theory,
    near=1,
    within=4.5 * 0.53 / sqrt(columns),
)
steep = np.polyfit(np.log(sizes[3:]), np.log(difference[3:]), 1)[0]
lab.claim(
    "From 16 examples on, the difference falls with the power −1/2 of the batch size",
    steep,
    near=-0.5,
    within=0.04,
)

# %% [markdown]
# ## Two details
#
# The batch's own variance $\sigma_B^2$, with $B$ in the denominator, is too small on average, by
# the factor $(B - 1)/B$, as the mean was fitted to the same numbers. Denpa, like PyTorch,
# normalises the batch by it, but collects the corrected one. For a batch of 4 the difference is a
# quarter.
#
# A batch of one is its own mean, so in training its output would be $\beta$, whatever was put in:
# nothing could be learned. Denpa refuses it. In prediction one example is as good as a thousand,
# and it gets the same output alone as among others.

# %%
layer = nn.BatchNorm1d(features, affine=False, momentum=None, dtype=dp.float64)  # the plain mean
own = []
for _ in range(200):
    x = draw(4, features)
    layer(x)
    own.append(x.numpy().var(axis=0).mean())
lab.claim(
    "For batches of 4, the running variance tends to the true one, 4",
    float(layer.running_var.numpy().mean()),
    near=4,
    within=4.5 * 4 * sqrt(2 / 3 / 200 / features),
)
lab.claim(
    "The variance by which batches of 4 are divided is a quarter smaller on average",
    float(np.mean(own)),
    near=3,
    within=4.5 * 3 * sqrt(2 / 3 / 200 / features),
)
try:
    layer.train()(draw(1, features))
    refused = False
except ValueError:
    refused = True
lab.claim("In training, a batch of one is refused", refused)
x = draw(1_000, features)
together, alone = layer.eval()(x), layer.eval()(x[:1])
lab.claim(
    "In prediction, an example alone gives what it gives among others: largest difference",
    float((together[:1] - alone).abs().max()),
    at_most=1e-12,
)
