# %% [markdown]
# # Three output layers, one error: (y − t)/N
#
# A network for regression ends in the identity, one for two classes in a sigmoid, one for many
# classes in a softmax. Each has its own loss:
#
# | task | output layer | loss |
# |---|---|---|
# | regression | $y = a$ | $E = \frac{1}{2N} \sum_n \sum_k (y_{nk} - t_{nk})^2$ |
# | two classes | $y = 1 / (1 + e^{-a})$ | $E = -\frac{1}{N} \sum_n \{t_n \log y_n + (1 - t_n) \log (1 - y_n)\}$ |
# | many classes | $y_k = e^{a_k} / \sum_j e^{a_j}$ | $E = -\frac{1}{N} \sum_n \sum_k t_{nk} \log y_{nk}$ |
#
# Here $a$ is what the last weights give, $t$ the target, and $N$ the number of examples. What is
# the first message of the backward pass, $\delta = \partial E / \partial a$, in each of the
# three?
#
# The text-books' answer is one line for all: $\delta = (y - t)/N$. For the identity it is at once
# clear. For the sigmoid the chain rule gives
#
# $$\delta = \underbrace{\frac{1}{N} \frac{y - t}{y (1 - y)}}_{\partial E / \partial y} \cdot
# \underbrace{y (1 - y)}_{\partial y / \partial a} = \frac{y - t}{N},$$
#
# and for the softmax, with $\partial y_k / \partial a_j = y_k ([k = j] - y_j)$ and
# $\sum_k t_k = 1$,
#
# $$\delta_j = -\frac{1}{N} \sum_k \frac{t_k}{y_k} y_k ([k = j] - y_j) = \frac{y_j - t_j}{N}.$$
#
# Below, each loss is put together from its parts, so that nobody has told the engine the short
# formula: it multiplies the derivatives of the parts.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn
from denpa.lab import Lab

lab = Lab("output-layers")
identity = nn.Identity()
sigmoid = nn.Sigmoid()
softmax = nn.Softmax(dim=1)


def half_squares(y, t):
    return nn.functional.mse_loss(y, t, half=True)


def binary_cross_entropy(y, t):
    return -(t * y.log() + (1 - t) * (1 - y).log()).sum() / len(y)


def cross_entropy(y, t):
    return -(t * y.log()).sum() / len(y)


def targets(kind, examples, outputs, rng):
    if kind == "identity":
        return rng.standard_normal((examples, outputs))
    if kind == "sigmoid":
        return rng.random((examples, outputs))
    return rng.dirichlet(np.ones(outputs), examples)


# %% [markdown]
# Each pair stands behind a random network with one hidden layer, on a random batch. The targets
# are arbitrary too: a probability other than 0 and 1 is as good a target.

# %%
pairs = {
    "identity": (identity, half_squares, 4),
    "sigmoid": (sigmoid, binary_cross_entropy, 1),
    "softmax": (softmax, cross_entropy, 4),
}
sizes = [1, 10, 100]
rows = {"output layer": [], "batch size": [], "largest message": [], "farthest from (y − t)/N": []}
as_sent, factors = [], []
for kind, (output, loss, outputs) in pairs.items():
    for examples in sizes:
        largest = off = 0.0
        for seed in lab.seeds(lab.pick(5, 50)):
            dp.manual_seed(seed)
            rng = np.random.default_rng(seed)
            net = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, outputs)).double()
            x = dp.tensor(rng.standard_normal((examples, 6)))
            t = targets(kind, examples, outputs, rng)
            a = net(x)
            a.retain_grad()
            y = output(a)
            loss(y, dp.tensor(t)).backward()
            delta, expected = a.grad.numpy(), (y.detach().numpy() - t) / examples
            largest = max(largest, np.abs(delta).max())
            off = max(off, np.abs(delta - expected).max())
            if kind == "identity":
                usual = dp.func.grad(lambda a, t=t: nn.MSELoss()(a, dp.tensor(t)))(a.detach())
                factors.append(usual.numpy() / expected)
        for name, value in zip(rows, (kind, examples, largest, off), strict=True):
            rows[name].append(value)
        as_sent.append(off)
lab.table(rows)

# %% [markdown]
# The column on the right holds nothing but rounding.
#
# The factor in front depends on how the loss takes its mean. `nn.MSELoss()` has no ½ and divides
# by the number of all elements, $NK$ with $K$ outputs, so that its message is
# $2 (y - t)/(NK)$. With `half=True` it is the loss of the table above. The two trainings are the
# same, with plain gradient descent, once the learning rate is scaled by $K/2$.
#
# ## What if the pair is mixed up?
#
# Put ½(y − t)² behind a *sigmoid*. Nothing cancels now: the message keeps the factor of the
# sigmoid,
#
# $$\delta = \frac{1}{N} (y - t)\, y (1 - y).$$
#
# With the target 1, its size is $y (1 - y)^2$. That is largest at $y = 1/3$, where it is $4/27$,
# and it vanishes at *both* ends: where the output is right, and also where it is sure and wrong.
# Where the error is largest, no message comes.

# %%
logits = np.linspace(-12, 12, 2401)


def message(output, loss, target):
    """The message at each of the logits, one example each."""
    t = dp.full((len(logits), 1), target, dtype=dp.float64)
    a = dp.tensor(logits[:, None])
    return dp.func.grad(lambda a: loss(output(a), t))(a).numpy()[:, 0] * len(logits)


matched = message(sigmoid, binary_cross_entropy, 1.0)
mixed = message(sigmoid, half_squares, 1.0)
line = message(identity, half_squares, 1.0)
outputs = 1 / (1 + np.exp(-logits))


def way_back(loss, rate, start=6.0):
    """Outputs of a sigmoid on the way from a wrong start to the target 0."""
    a = dp.tensor([[start]], dtype=dp.float64, requires_grad=True)
    optimizer = dp.optim.SGD([a], lr=rate)
    way = []
    while a.item() > -1:
        y = sigmoid(a)
        way.append(y.item())
        optimizer.zero_grad()
        loss(y, dp.zeros(1, 1, dtype=dp.float64)).backward()
        optimizer.step()
    return np.array(way)


rate = lab.pick(0.2, 0.05)
ways = {
    "cross-entropy": way_back(binary_cross_entropy, rate),
    "squared error": way_back(half_squares, rate),
}
to_half = [rate * int((way > 0.5).sum()) for way in ways.values()]

# %% [markdown]
# How long does the way back take? Let one output start sure and wrong, $a = 6$ with the target 0,
# and follow the gradient down until $y = 1/2$. With small steps of learning rate $\eta$ the way is
# $da/ds = -\delta(a)$, where $s$ is $\eta$ times the number of steps. So $s$ is the integral of
# $1/\delta$ from 0 to 6. With $u = e^{-a}$ it is, for cross-entropy and its $\delta = y$,
#
# $$\int_0^6 (1 + u)\, da = 7 - e^{-6} \approx 7,$$
#
# and for squared error and its $\delta = y^2 (1 - y)$,
#
# $$\int_0^6 \frac{(1 + u)^3}{u}\, da = e^6 - 1 + 18 + 3 (1 - e^{-6}) + \tfrac12 (1 - e^{-12})
# \approx 424.$$
#
# The second grows as $e^a$: each unit that the start is more wrong costs almost three times the
# steps.

# %% tags=["hide-input"]
figure, (left, middle, right) = lab.axes(1, 3, width=9.0, height=3.4)
left.plot(outputs, outputs - 1, label="matched")
left.plot(outputs, mixed, label="sigmoid, squared error")
left.set(xlabel="output $y$ (target 1)", ylabel=r"message $\delta$ for one example")
left.legend(loc="lower right")
near = np.abs(logits) <= 8
shown = near & (line >= -1.6) & (line <= 0.6)
middle.plot(logits[near], matched[near], label="sigmoid, cross-entropy")
middle.plot(logits[near], mixed[near], label="sigmoid, squared error")
middle.plot(logits[shown], line[shown], label="identity, squared error")
middle.set(xlabel="input $a$ of the output layer (target 1)", ylim=(-1.6, 1.6))
middle.legend(loc="upper left")
for way in ways.values():
    right.plot(rate * np.arange(1, len(way) + 1), way)
right.text(0.06, 0.3, "cross-entropy")
right.text(330, 0.3, "squared error", ha="right")
right.axhline(0.5, color="#999999", lw=0.8, ls="-")
right.set(xscale="log", xlim=(0.05, 1000), xlabel="learning rate × steps")
right.set(ylim=(0.2, 1.05), ylabel="output $y$ (target 0)")
lab.show(
    figure,
    "Left and middle: with a matched loss the message grows with the error up to 1; with a sigmoid "
    "and squared error it vanishes for outputs that are sure, right or wrong. Right: from a wrong "
    "start, squared error needs far longer to come back.",
)
lab.table({"loss": list(ways), "measured": to_half, "theory": [7, np.exp(6) + 20.5]})

# %% [markdown]
# The table holds learning rate × steps until the output is on the right side.
#
# ## Two nodes or one
#
# The cancellation is exact on paper. In float32 it is not always there to be had: a sigmoid at
# $a = 20$ rounds to exactly 1, its derivative $y (1 - y)$ to exactly 0, and a message of 0 stays 0
# whatever it is multiplied with. The output is wrong, as sure as can be, and learns nothing.
# `nn.BCEWithLogitsLoss` and `nn.CrossEntropyLoss` take $a$ and have sigmoid or softmax inside.
# Their derivative is the short formula itself.

# %%
a = dp.tensor([20.0])
apart = dp.func.grad(lambda a: nn.BCELoss()(sigmoid(a), dp.zeros(1)))(a).item()
at_once = dp.func.grad(lambda a: nn.BCEWithLogitsLoss()(a, dp.zeros(1)))(a).item()
lab.table({"method": ["two nodes", "one node"], "message": [apart, at_once]})

# %% [markdown]
# What to take away: choose the loss that belongs to the output layer, and the first message is
# the error itself. Each of the three losses is the negative logarithm of a probability of the
# targets (of a normal, a Bernoulli, a categorical distribution), and each output layer is the one
# that turns the linear $a$ into the mean of that distribution; this is why the cancellation
# happens three times. And give a cross-entropy the values before the sigmoid or softmax.

# %%
lab.claim("All three output layers send (y − t)/N: largest difference", max(as_sent), at_most=1e-13)
lab.claim(
    "Without the half and with the mean over all 4 outputs, the message is 2/4 of that",
    [float(np.min([f.min() for f in factors])), float(np.max([f.max() for f in factors]))],
    near=0.5,
    within=1e-9,
)
lab.claim(
    "Sigmoid with squared error: the largest message is 4/27",
    float(np.abs(mixed).max()),
    near=4 / 27,
    within=1e-5,
)
lab.claim(
    "… and it is sent at the output 1/3",
    float(outputs[np.abs(mixed).argmax()]),
    near=1 / 3,
    within=2e-3,
)
lab.claim(
    "At the input −12, sure and wrong, squared error sends e⁻¹² of the message of cross-entropy",
    mixed[0] / matched[0] * np.exp(12),
    near=1,
    within=1e-4,
)
lab.claim(
    "Cross-entropy comes back from the input 6 after learning rate × steps = 7",
    to_half[0],
    near=7,
    within=2 * rate,
)
lab.claim(
    "Squared error comes back after e⁶ + 20.5, about 60 times as long",
    to_half[1] / (np.exp(6) + 20.5),
    near=1,
    within=0.01,
)
lab.claim("In float32 and two nodes, the message at 20 is 0 and not 1", apart, equal=0)
lab.claim("In float32 and one node, it is 1", at_once, near=1, within=1e-6)
