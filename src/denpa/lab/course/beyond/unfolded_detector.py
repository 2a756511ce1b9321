# %% [markdown]
# # A detector unfolded from an iterative algorithm
#
# A network need not be built of layers that know nothing. Take an algorithm that repeats one step,
# write its repetitions one after the other, and you have a deep network. What was set by hand in
# the algorithm are its parameters, and backpropagation can learn them. This is called *deep
# unfolding*. How much can be won if only two numbers are learned for each layer?
#
# The task: 32 antennas send one sign each, $x \in \{-1, 1\}^{32}$, all at once, and 32 antennas
# receive mixtures of them with noise,
#
# $$ y = Hx + w, \qquad H_{ij} \sim \mathcal N(0, 1/32), \qquad w_i \sim \mathcal N(0, \sigma^2). $$
#
# The receiver knows $y$ and $H$ and wants the signs. At each antenna the signal has the power 1, so
# the signal-to-noise ratio is $1/\sigma^2$. The best receiver tries all $2^{32}$ vectors of signs,
# which is out of the question ([Why nobody tries all
# combinations](../gradients/all-combinations.py)).

# %%
from __future__ import annotations

import math

import numpy as np

import denpa as dp
from denpa import nn
from denpa.lab import Lab

lab = Lab("unfolded-detector")

n, depth, trained_at = 32, 8, 12.0


def deviation(decibels):
    return 10 ** (-np.asarray(decibels) / 20)


def tail(z):
    return math.erfc(z / math.sqrt(2)) / 2


# %% [markdown]
# ## Two linear receivers, and what theory says of them
#
# *Zero forcing* solves $Hx = y$ and takes the signs. The noise in each number of the solution is
# then the wilder, the nearer its column of $H$ is to the plane of the others. What is left of a
# column is a normal number $g/\sqrt n$. So a sign is wrong if one normal number exceeds another one
# by the factor $1/(\sigma \sqrt n)$, and that is an angle in the plane:
#
# $$ P_\text{ZF} = \frac{1}{\pi} \arctan(\sigma\sqrt n). $$
#
# The *MMSE* receiver, $x = (H^\top H + \sigma^2 I)^{-1} H^\top y$, has the least mean square error
# among the linear ones. For large $n$, its signal-to-noise ratio $\eta$ no longer depends on chance
# (Tse and Hanly, 1999): here $\eta(1 + \eta) = 1/\sigma^2$, and $P_\text{MMSE} = Q(\sqrt\eta)$ with
# the tail $Q$ of the normal distribution.


# %%
def linear(rng, sigma, count, size=n, vectors=1, mmse=True):
    h = rng.standard_normal((count, size, size)) / math.sqrt(size)
    x = rng.choice([-1.0, 1.0], (count, size, vectors))
    y = h @ x + sigma * rng.standard_normal((count, size, vectors))
    square = h.swapaxes(1, 2) @ h + mmse * sigma**2 * np.eye(size)
    wrong = np.sign(np.linalg.solve(square, h.swapaxes(1, 2) @ y)) != x
    rates = wrong.mean(axis=(1, 2))  # one for each channel
    return rates.mean(), rates.std() / math.sqrt(count)


decibels = np.array(lab.pick([4.0, 8, 12, 16], [4.0, 6, 8, 10, 12, 14, 16]))
sigmas = deviation(decibels)
rng = np.random.default_rng(lab.seed)
trials = lab.pick(1500, 6000)
forced = np.array([linear(rng, s, trials, mmse=False) for s in sigmas])
mmse = np.array([linear(rng, s, trials) for s in sigmas])
at_12 = list(decibels).index(trained_at)
forced_theory = np.arctan(sigmas * math.sqrt(n)) / np.pi
mmse_theory = np.array([tail(math.sqrt((math.sqrt(1 + 4 / s**2) - 1) / 2)) for s in sigmas])

# %% [markdown]
# ## The algorithm, and the network
#
# Gradient descent on $\frac12 \lVert y - Hx \rVert^2$ takes steps $x + \gamma H^\top (y - Hx)$. It
# does not know that $x$ is made of signs. So a second half-step pulls each number towards ±1:
#
# $$ s_t = x_t + \gamma_t H^\top (y - H x_t), \qquad x_{t+1} = \tanh(\theta_t s_t), \qquad x_0 = 0. $$
#
# tanh is no arbitrary choice. If $s$ is a sign plus normal noise of the variance $v$, the mean of
# the sign, given $s$, is $\tanh(s/v)$. So $\theta$ says how far $s$ is trusted.
#
# As an algorithm, this has one $\gamma$ and one $\theta$. Unfolded to eight layers, it has eight of
# each: 16 numbers in all, whatever the number of antennas (Takabe, Imanishi, Wadayama, Hayakawa and
# Hayashi, 2019, with a somewhat richer step).


# %%
class Layer(nn.Module):
    def __init__(self, gamma, theta):
        super().__init__()
        self.gamma = nn.Parameter(dp.tensor(gamma))
        self.theta = nn.Parameter(dp.tensor(theta))

    def forward(self, x, y, h):
        return dp.tanh(self.theta * (x + self.gamma * ((y - x @ h.T) @ h)))


def channel(examples, sigma):
    h = dp.randn(n, n) / math.sqrt(n)
    x = dp.sign(dp.randn(examples, n))
    return h, x, x @ h.T + sigma * dp.randn(examples, n)


def detect(layers, y, h):
    x = dp.zeros(len(y), n)
    found = []
    for layer in layers:
        x = layer(x, y, h)
        found.append(x)
    return dp.stack(found)


# %% [markdown]
# There are two ways to train it. *All at once*: the loss is the mean square error behind the last
# layer. *Layer by layer*: first behind layer 1, then behind layer 2, with layer 1 trained further,
# and so on. Both are given as a table `w`, one row for each step, that says behind which layer the
# loss is taken; and both have the same number of steps. Each step draws a new channel and new
# signs, so there is nothing to overfit. The whole step, random numbers included, is one native
# program, and `step.epoch` runs it over all rows.

# %%
steps = 640
by_layer = np.repeat(np.eye(depth, dtype=np.float32), steps // depth, axis=0)
at_once = np.repeat(by_layer[-1:], steps, axis=0)


def learn(seed, schedule, shared=False, gamma=0.5):
    dp.manual_seed(seed)
    own = [Layer(gamma, 1.0) for _ in range(1 if shared else depth)]
    layers = nn.ModuleList(own * depth if shared else own)
    optimizer = dp.optim.Adam(layers.parameters(), lr=0.02)
    sigma = deviation(trained_at).item()

    @dp.compile
    def step(w):
        h, x, y = channel(128, sigma)
        optimizer.zero_grad()
        errors = ((detect(layers, y, h) - x) ** 2).mean(dim=(1, 2))
        loss = (w * errors).sum()
        loss.backward()
        optimizer.step()
        return loss

    step.epoch(schedule, batch_size=1)
    return layers


seeds = lab.seeds(lab.pick(2, 5))
constant = [learn(seed, at_once, shared=True) for seed in seeds]
whole = [learn(seed, at_once) for seed in seeds]
layered = [learn(seed, by_layer) for seed in seeds]
whole_bad = [learn(seed, at_once, gamma=1.5) for seed in seeds]
layered_bad = [learn(seed, by_layer, gamma=1.5) for seed in seeds]

# %% [markdown]
# ## Counting wrong signs


# %%
def error_rates(layers, decibels):
    dp.manual_seed(10_000 + lab.seed)  # the same channels for all
    wrong = 0
    with dp.no_grad():
        for _ in range(channels):
            h, x, y = channel(200, deviation(decibels).item())
            wrong = wrong + (detect(layers, y, h) * x < 0).float().mean(dim=(1, 2)).numpy()
    return wrong / channels  # behind each layer


channels = lab.pick(25, 150)
trained = {"constant": constant, "at once": whole, "by layer": layered}
trained |= {"at once, bad start": whole_bad, "by layer, bad start": layered_bad}
behind = {
    name: np.array([error_rates(layers, trained_at) for layers in group])
    for name, group in trained.items()
}
last = {name: rates[:, -1] for name, rates in behind.items()}
over_noise = {
    name: np.mean([[error_rates(d, db)[-1] for db in decibels] for d in trained[name]], axis=0)
    for name in ("constant", "at once")
}

# %% tags=["hide-input"]
figure, (left, middle, right) = lab.axes(1, 3, width=9, height=3.7)
for name, rates, marker in (
    ("zero forcing", forced[:, 0], "o"),
    ("MMSE", mmse[:, 0], "s"),
    ("one γ, one θ", over_noise["constant"], "^"),
    ("unfolded", over_noise["at once"], "D"),
):
    left.semilogy(decibels, rates, marker=marker, label=name)
left.set(xlabel="signal-to-noise ratio (dB)", ylabel="bit error rate", ylim=(5e-4, 0.7))
left.legend(loc="lower left")
numbers = np.arange(1, depth + 1)
ways = (("constant", "one γ, one θ", "^", "C2"), ("at once", "unfolded", "D", "C3"))
for name, label, marker, colour in ways:
    for k, layers in enumerate(trained[name]):
        middle.plot(
            numbers,
            [layer.gamma.item() for layer in layers],
            marker=marker,
            color=colour,
            ls="-." if name == "constant" else ":",
            label="" if k else label,
        )
middle.axhline(0.5, color="black", ls="-", lw=0.8, label="limit of plain descent")
middle.set(xlabel="layer", ylabel="step size γ", ylim=(0, 4.6))
middle.legend(loc="upper left")
for name, label, marker, colour in ways:
    right.semilogy(
        numbers,
        behind[name].mean(axis=0),
        marker=marker,
        color=colour,
        ls="-." if name == "constant" else ":",
        label=label,
    )
right.set(xlabel="layer", ylabel="bit error rate behind it, at 12 dB")
right.legend(loc="lower left")
lab.show(
    figure,
    "Left: the bit error rate of the unfolded detector falls far below that of the others as the "
    "signal-to-noise ratio grows. Middle: its step sizes are small in the first layers, very large "
    "in the sixth, small after it. Right: its errors fall most in the last layers.",
)
lab.table(
    {
        "signal-to-noise ratio (dB)": decibels,
        "zero forcing": forced[:, 0],
        "zero forcing, theory": forced_theory,
        "MMSE": mmse[:, 0],
        "MMSE, theory": mmse_theory,
        "one γ, one θ": over_noise["constant"],
        "unfolded": over_noise["at once"],
    }
)
lab.table(
    {
        "how it was trained": [
            "one γ, one θ",
            "all at once from γ = 0.5",
            "layer by layer from γ = 0.5",
            "all at once from γ = 1.5",
            "layer by layer from γ = 1.5",
        ],
        "bit error rate at 12 dB": [r.mean() for r in last.values()],
        "best seed": [r.min() for r in last.values()],
        "worst seed": [r.max() for r in last.values()],
    }
)

# %% [markdown]
# ## What 16 numbers do
#
# The algorithm with one $\gamma$ and one $\theta$, both learned too, is about as good as MMSE. The
# unfolded network does the same work for each vector, eight times two products with a matrix, and
# makes about a quarter of its errors at 12 dB.
#
# Where does this come from? Plain gradient descent must not take steps longer than
# $2/\lambda_\text{max}$, or it diverges
# ([A learning rate too small, right, too large](../gradients/learning-rate.py)). The largest
# eigenvalue of $H^\top H$ is near 4 for large $n$, so the limit is $\gamma = \frac12$, and the best
# constant step is close to it. The network goes far beyond the limit, but in one or two layers
# only. A long step wins much along the flat directions of the valley and loses in the steep ones;
# the short steps before and after it look after these. A constant cannot do both. Numerical
# mathematics knows such plans as Chebyshev steps. Here, nobody planned them.
#
# The $\theta_t$ grow from layer to layer, as they should: a value is trusted the more, the less
# noise is left in it. The right picture also shows why one trains the end of a network and not each
# layer for itself: the first layers are *worse* than they could be, for the good of the last ones.
#
# ## Layer by layer, or all at once?
#
# Texts on deep unfolding train layer by layer, since the gradient of a long chain of tanh is weak
# at its beginning. Here the answer depends on where one starts. From $\gamma = 0.5$, training all
# at once is the better way: every step trains every layer, while layer by layer leaves the last one
# only an eighth of the steps. From $\gamma = 1.5$, beyond the limit, the untrained layers throw the
# signs about, and all at once is still far behind after the same number of steps. Layer by layer
# hardly notices, as each layer first learns behind layers that work already.


# %%
lab.claim(
    "Zero forcing errs with the probability arctan(σ√n)/π: difference in standard errors",
    (forced[:, 0] - forced_theory) / forced[:, 1],
    near=0,
    within=4.5,
)
big, _ = linear(rng, deviation(trained_at), lab.pick(6, 30), size=400, vectors=100)
lab.claim(
    "With 400 antennas, MMSE errs as the theory for large n says: error rate divided by it",
    big / mmse_theory[at_12],
    near=1,
    within=0.1,
)
lab.claim(
    "The unfolded detector makes at most 0.4 times the errors of the constant one at 12 dB, for "
    "each seed",
    last["at once"] / last["constant"],
    at_most=0.4,
)
lab.claim(
    "And at most 0.4 times those of MMSE",
    last["at once"] / mmse[at_12, 0],
    at_most=0.4,
)
steps_taken = np.array([[layer.gamma.item() for layer in layers] for layers in whole])
lab.claim(
    "Each unfolded detector takes a step of at least three times the limit of plain descent",
    steps_taken.max(axis=1) / 0.5,
    at_least=3,
)
lab.claim(
    "And most of its layers stay below twice the limit: their number of 8",
    (steps_taken < 1).sum(axis=1),
    at_least=5,
)
trust = np.array([[layer.theta.item() for layer in layers] for layers in whole])
lab.claim(
    "The trust θ at least doubles from the first layer to the last",
    trust[:, -1] / trust[:, 0],
    at_least=2,
)
lab.claim(
    "Behind layer 2, the unfolded detector still errs more than the constant one: means divided",
    behind["at once"][:, 1].mean() / behind["constant"][:, 1].mean(),
    at_least=1.1,
)
lab.claim(
    "From a sound start, layer by layer is no better than all at once: mean error rates divided",
    last["by layer"].mean() / last["at once"].mean(),
    at_least=0.95,
)
lab.claim(
    "From a bad start, all at once makes at least 1.7 times the errors of layer by layer: means "
    "divided",
    last["at once, bad start"].mean() / last["by layer, bad start"].mean(),
    at_least=1.7,
)
