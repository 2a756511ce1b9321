# %% [markdown]
# # From [0, 1] to mean 0, then to mean 2 and deviation 5
#
# Batch normalisation is two steps that need no network to be understood. The first one
# standardises: from each number $x_i$ of a batch, subtract the batch's mean $\mu$ and divide by
# its standard deviation $\sigma$,
#
# $$\hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \qquad
# \mu = \frac1N\sum_i x_i, \qquad \sigma^2 = \frac1N\sum_i (x_i - \mu)^2 .$$
#
# The second one moves the result to any other mean $\beta$ and deviation $\gamma$:
# $y_i = \gamma\hat x_i + \beta$. What do these steps change in a cloud of points, and what do they
# leave as it was?
#
# Take points in the unit square. Their first coordinate $u$ is uniform on $[0, 1]$, so its mean is
# $1/2$ and its variance $\int_0^1 (u - \tfrac12)^2\,du = 1/12$. The second one is skewed to the
# left edge, and depends on the first.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa.lab import Lab

lab = Lab("standardised-data")
n = lab.pick(2_000, 20_000)
rng = np.random.default_rng(lab.seed)
u = rng.random(n)
x = np.stack([u, (0.4 * u + 0.6 * rng.random(n)) ** 2], axis=1)  # (N, 2), all in [0, 1]

mean, deviation = x.mean(axis=0), x.std(axis=0)
standardised = (x - mean) / deviation
moved = 5 * standardised + 2

# %% [markdown]
# The layer `nn.BatchNorm1d` does both steps at once. Its parameter `weight` is $\gamma$, its `bias`
# is $\beta$.

# %%
layer = dp.nn.BatchNorm1d(2, eps=0.0, dtype=dp.float64)
dp.nn.init.constant_(layer.weight, 5)
dp.nn.init.constant_(layer.bias, 2)
by_layer = layer(dp.tensor(x)).detach().numpy()

# %% tags=["hide-input"]
clouds = {"on [0, 1]": x, "mean 0, deviation 1": standardised, "mean 2, deviation 5": moved}
figure, axes = lab.axes(2, 3, width=8.6, height=5.2)
for (above, below), (title, cloud) in zip(axes.T, clouds.items(), strict=True):
    above.plot(*cloud[:1_000].T, ".", ms=2, alpha=0.5, rasterized=True)
    above.plot(*cloud.mean(axis=0), "x", color="#d1495b", ms=9, mew=2.5)
    above.set(title=title, xlabel="first feature", ylabel="second feature")
    below.hist(cloud[:, 0], bins=20, alpha=0.75, label="first feature")
    below.hist(cloud[:, 1], bins=20, histtype="step", lw=1.8, color="#d1495b", label="second")
    below.set(xlabel="value", ylabel="count")
axes[1, 1].legend(loc="upper right")
lab.show(
    figure,
    "Three clouds of points and their histograms: the same shapes each time, on axes that reach "
    "from 0 to 1, from about -2 to 3, and from about -8 to 17; a cross marks the mean.",
)
names = [f"{which} feature, {title}" for title in clouds for which in ("first", "second")]
columns = [column for cloud in clouds.values() for column in cloud.T]
lab.table(
    {
        "data": names,
        "mean": [float(np.mean(c)) for c in columns],
        "standard deviation": [float(np.std(c)) for c in columns],
        "smallest": [float(np.min(c)) for c in columns],
        "largest": [float(np.max(c)) for c in columns],
    }
)

# %% [markdown]
# The clouds are the same; only the numbers on the axes differ. Standardising is a shift and a
# change of scale for each feature by itself. So it cannot make the data normal ("Gaussian"): the
# uniform feature stays uniform, now on about $[-\sqrt3, \sqrt3]$, and the skewed one stays skewed.
# Nor does it undo the dependence between the features: their correlation is what it was.
#
# The mean and deviation of what comes out are exactly those that were asked for, because they were
# measured on the same numbers. The data's own are not exact: the deviation of $N$ uniform numbers
# is $1/\sqrt{12}$ only up to chance, about $0.13/\sqrt{N}$.

# %%
lab.claim(
    "The deviation of uniform data on [0, 1] is one over the root of 12",
    deviation[0],
    near=1 / np.sqrt(12),
    within=4.5 * 0.13 / np.sqrt(n),
)
lab.claim(
    "Standardised data has mean 0 and deviation 1, whatever it was",
    [*standardised.mean(axis=0), *(standardised.std(axis=0) - 1)],
    near=0,
    within=1e-12,
)
lab.claim(
    "Moved, it has mean 2 and deviation 5",
    [moved.mean(axis=0), moved.std(axis=0)],
    near=[[2, 2], [5, 5]],
    within=1e-12,
)
lab.claim(
    "The layer computes the same: largest difference",
    float(np.abs(by_layer - moved).max()),
    at_most=1e-12,
)


def skewness(data):
    return float((((data - data.mean()) / data.std()) ** 3).mean())


before, after = np.corrcoef(x.T)[0, 1], np.corrcoef(moved.T)[0, 1]
lab.claim("The correlation of the two features is unchanged", after, near=before, within=1e-12)
lab.claim(
    "The second feature is skewed before and after, by the same amount",
    [skewness(moved[:, 1]), skewness(standardised[:, 1])],
    near=skewness(x[:, 1]),
    within=1e-12,
)
lab.claim("That skewness is not zero", skewness(x[:, 1]), at_least=0.3)

# %% [markdown]
# Two things are left. The small $\varepsilon$ is there so that nothing is divided by zero when all
# numbers of a batch are equal. It has a price: the deviation of $\hat x$ is then not 1 but
# $\sigma/\sqrt{\sigma^2 + \varepsilon}$. For $\varepsilon = 10^{-5}$, the layer's default, that is
# nothing to worry about unless the data's own deviation comes near $\sqrt\varepsilon$, about
# $0.003$.
#
# And why move the data away again, if mean 0 and deviation 1 were so good? In a network, $\gamma$
# and $\beta$ are parameters, learned with the weights. With $\gamma = \sigma$ and $\beta = \mu$ the
# layer gives back what it was given. So batch normalisation takes nothing away from what a network
# can represent. It makes mean and deviation two numbers that descend by their own gradients, in
# place of something that all the weights of all the layers below decide together.

# %%
layer = dp.nn.BatchNorm1d(2, eps=0.0, dtype=dp.float64)
layer.load_state_dict(layer.state_dict() | {"weight": deviation, "bias": mean})
given_back = layer(dp.tensor(x)).detach().numpy()
lab.claim(
    "With the data's own deviation as γ and mean as β, the layer gives back its input: largest "
    "difference",
    float(np.abs(given_back - x).max()),
    at_most=1e-12,
)
small = 0.01 * x
with_epsilon = dp.nn.BatchNorm1d(2, eps=1e-5, dtype=dp.float64)(dp.tensor(small))
lab.claim(
    "For data a hundred times smaller, ε = 1e-5 leaves the deviations below 1, at σ/√(σ² + ε)",
    with_epsilon.detach().numpy().std(axis=0),
    near=0.01 * deviation / np.sqrt(1e-4 * deviation**2 + 1e-5),
    within=1e-9,
)
lab.claim(
    "Data of one constant value becomes zero, not infinite",
    dp.nn.BatchNorm1d(1)(dp.full((8, 1), 0.5)).detach().numpy(),
    equal=np.zeros((8, 1)),
)
