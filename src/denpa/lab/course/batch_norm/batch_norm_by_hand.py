# %% [markdown]
# # The layer's backward formula against the graph's
#
# Batch normalisation is the first layer in which the examples of a mini-batch meet: each output
# depends on the mean and the variance of all inputs. So a message that arrives at one example goes
# back to all of them. Which formula does that give, and what is lost when the mean and the variance
# are treated as if they were constants?
#
# For one feature, with the messages $\delta^y_i = \partial L/\partial y_i$ from above and
# $\delta^{\hat x}_i = \gamma\,\delta^y_i$, the chain rule along all paths gives
#
# $$\delta^x_i = \frac{1}{\sqrt{\sigma^2 + \varepsilon}} \left(\delta^{\hat x}_i
# - \frac1N \sum_k \delta^{\hat x}_k - \hat x_i\,\frac1N \sum_k \delta^{\hat x}_k \hat x_k\right),
# \qquad
# \frac{\partial L}{\partial \gamma} = \sum_i \delta^y_i \hat x_i, \qquad
# \frac{\partial L}{\partial \beta} = \sum_i \delta^y_i .$$
#
# The first term is the direct path. The second is the path through $\mu$, the third that through
# $\sigma^2$.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa.lab import Lab

lab = Lab("batch-norm-by-hand")


class BatchNorm:
    def __init__(self, gamma, beta, epsilon=1e-5):
        self.gamma, self.beta, self.epsilon = gamma, beta, epsilon

    def forward(self, x):
        self.root = np.sqrt(x.var(axis=0) + self.epsilon)
        self.xhat = (x - x.mean(axis=0)) / self.root
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        self.dbeta = dout.sum(axis=0)
        self.dgamma = (dout * self.xhat).sum(axis=0)
        dxhat = self.gamma * dout
        along = (dxhat * self.xhat).mean(axis=0)
        return (dxhat - dxhat.mean(axis=0) - self.xhat * along) / self.root


# %% [markdown]
# The graph knows nothing of this formula. It has a mean, a difference, a root and a quotient, and
# sends messages through each of them. Both get the same inputs and the same messages from above.

# %%
rng = np.random.default_rng(lab.seed)
size, features = 10, 6
x = rng.normal(1, 2, (size, features))
gamma, beta = rng.normal(1, 0.3, features), rng.normal(0, 1, features)
message = rng.normal(0, 1, (size, features))

by_hand = BatchNorm(gamma, beta)
by_hand.forward(x)
dx = by_hand.backward(message)


def graph(x, gamma, beta):
    centred = x - x.mean(dim=0)
    variance = (centred**2).mean(dim=0)
    return gamma * centred / (variance + 1e-5).sqrt() + beta


_, pull = dp.func.vjp(graph, *map(dp.tensor, (x, gamma, beta)))
from_graph = [g.numpy() for g in pull(dp.tensor(message))]

layer = dp.nn.BatchNorm1d(features, dtype=dp.float64)
layer.load_state_dict(layer.state_dict() | {"weight": gamma, "bias": beta})
entered = dp.tensor(x, requires_grad=True)
layer(entered).backward(dp.tensor(message))
from_layer = [entered.grad.numpy(), layer.weight.grad.numpy(), layer.bias.grad.numpy()]

names = ["∂L/∂x", "∂L/∂γ", "∂L/∂β"]
hands = [dx, by_hand.dgamma, by_hand.dbeta]
far = [float(np.abs(h - g).max()) for h, g in zip(hands, from_graph, strict=True)]
far_layer = [float(np.abs(h - g).max()) for h, g in zip(hands, from_layer, strict=True)]
lab.table(
    {"gradient": names, "formula and graph differ by": far, "formula and layer by": far_layer}
)
lab.claim("The formula gives the gradients of the graph", far, at_most=1e-12)
lab.claim("It gives those of the layer nn.BatchNorm1d too", far_layer, at_most=1e-12)
lab.claim("A gradient check finds no mistake in it", dp.check.layer(by_hand, x).ok)

# %% [markdown]
# The same with six numbers to look at: a batch of three with two features. $x$ is read by the mean,
# and the centred $c$ by the variance and by the quotient: at each of them the messages meet.

# %% tags=["hide-input"]
few, above = dp.tensor(x[:3, :2], requires_grad=True), dp.tensor(message[:3, :2])


def spread(x):
    mean = x.mean(dim=0)
    c = x - mean
    variance = (c**2).mean(dim=0)
    r = (variance + 1e-5).sqrt()
    y = c / r
    return (y * above).sum()


found = dp.explain(spread(few))
lab.picture(
    found,
    "Batch normalisation as a graph: the mean, the difference, the variance, its root and the "
    "quotient, with the messages that come back through each of them and meet at c and at x.",
)
small = BatchNorm(1.0, 0.0)
small.forward(x[:3, :2])
lab.claim(
    "In the picture the messages that meet at x add up to the formula: largest difference",
    float(np.abs(found.delta("x") - small.backward(message[:3, :2])).max()),
    at_most=1e-12,
)

# %% [markdown]
# ## What the two further terms do
#
# Adding a number to all inputs of a feature changes no output. So the loss does not change in this
# direction, and the messages $\delta^x_i$ of a batch sum to zero. Multiplying all of them changes
# nothing either, for $\varepsilon = 0$; so the messages have no part along $\hat x$,
# $\sum_i \delta^x_i \hat x_i = 0$. The second and the third term take away from the messages just
# these two parts: backward *standardises the messages* in the way in which forward did the inputs.
#
# A small $\varepsilon$ leaves a little of the second part. Of $\sum_i \delta^{\hat x}_i \hat x_i$
# there remains the share $\varepsilon/(\sigma^2 + \varepsilon)$.

# %%
exact = BatchNorm(gamma, beta, epsilon=0.0)
exact.forward(x)
dx_exact = exact.backward(message)
lab.claim("The messages of a batch sum to zero", dx.sum(axis=0), near=0, within=1e-12)
lab.claim(
    "For ε = 0 they are orthogonal to x̂",
    (dx_exact * exact.xhat).sum(axis=0),
    near=0,
    within=1e-12,
)
epsilon = 0.5
wide = BatchNorm(gamma, beta, epsilon)
wide.forward(x)
left_over = (wide.backward(message) * wide.xhat).sum(axis=0)
arrived = (gamma * message * wide.xhat).sum(axis=0) / wide.root
lab.claim(
    "For ε = 0.5 the share ε/(σ² + ε) of that part is left",
    left_over / arrived,
    near=epsilon / (x.var(axis=0) + epsilon),
    within=1e-9,
)

# %% [markdown]
# ## What if the statistics are treated as constants?
#
# Then only the direct path is left, $\delta^{\hat x}_i/\sqrt{\sigma^2 + \varepsilon}$. The program
# runs, and a test that looks at $\gamma$ and $\beta$ alone finds nothing. The gradient check does:

# %%


class Constants(BatchNorm):
    def backward(self, dout):
        self.dbeta = dout.sum(axis=0)
        self.dgamma = (dout * self.xhat).sum(axis=0)
        return self.gamma * dout / self.root


report = dp.check.layer(Constants(gamma, beta), x)
lab.claim(
    "The check says that the statistics are treated as constants",
    [finding.mistake for finding in report.findings],
    equal=["statistics-constant"],
)

# %% [markdown]
# How wrong is it? The right messages are the wrong ones without their parts along the two
# directions $(1, \dots, 1)$ and $\hat x$. If the messages from above have no preferred direction
# among the $N$ directions of a batch, each direction holds $1/N$ of their squared length, so
# $2/N$ of it is wrong. For a batch of two nothing else is there: the output is always $-1$ and $1$,
# and the right message is zero.
#
# But messages of a network do have a preferred direction. A feature that matters pushes all its
# examples of one class the same way. Below, the layer stands in a network of two layers, between
# $xW_1$ and the ReLU, and the messages are those of a softmax with cross-entropy whose labels are
# learnable from the inputs, after some steps of gradient descent.

# %%


def wrong_share(upstream, x):
    right, wrong = BatchNorm(1.0, 0.0, 1e-12), Constants(1.0, 0.0, 1e-12)
    right.forward(x), wrong.forward(x)
    message = wrong.backward(upstream)
    return ((message - right.backward(upstream)) ** 2).sum(axis=0), (message**2).sum(axis=0)


def random_share(size, features):
    wrong, total = wrong_share(*rng.normal(size=(2, size, features)))
    return float((wrong / total).mean())


def network_share(size, seed):
    dp.manual_seed(seed)
    inputs = dp.randn(size, 20)
    labels = (inputs @ dp.randn(20, 4)).argmax(dim=1)
    first, norm, last = dp.nn.Linear(20, 50), dp.nn.BatchNorm1d(50), dp.nn.Linear(50, 4)
    optimizer = dp.optim.SGD([*first.parameters(), *norm.parameters(), *last.parameters()], lr=0.1)
    for _ in range(10):
        h = first(inputs)
        z = norm(h)
        z.retain_grad()
        loss = dp.nn.functional.cross_entropy(last(z.relu()), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    wrong, total = wrong_share(z.grad.numpy(), h.detach().numpy())
    return float(wrong.sum() / total.sum())


sizes = np.array([2, 4, 8, 16, 32, 64, 128])
features = lab.pick(2_000, 20_000)
of_random = np.array([random_share(n, features) for n in sizes])
seeds = lab.seeds(lab.pick(4, 20))
of_network = np.array([[network_share(n, seed) for n in sizes] for seed in seeds]).mean(axis=0)

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=8.6, height=3.7)
one = np.arange(size)
left.bar(one - 0.2, (gamma * message / by_hand.root)[:, 0], 0.4, label="statistics constant")
left.bar(one + 0.2, dx[:, 0], 0.4, color="#d1495b", hatch="///", label="right: sums to 0")
left.axhline(0, color="black", lw=0.8, ls="-")
left.set(xlabel="example", ylabel="message to $x_i$", title="one feature, 10 examples")
left.margins(y=0.25)
left.legend(loc="upper left", ncols=2, fontsize=8)
right.loglog(sizes, of_network, "s-", label="messages of a network")
right.loglog(sizes, of_random, "o", label="random messages")
right.loglog(sizes, 2 / sizes, "--", color="#555555", label="$2/N$")
right.set_xticks(sizes, sizes.astype(str))
right.minorticks_off()
right.set(xlabel="batch size", ylabel="wrong share of squared length", title="statistics constant")
right.legend(loc="lower left")
lab.show(
    figure,
    "Bars: right and wrong messages of ten examples; the right ones sum to zero. Curves: the wrong "
    "share falls as 2/N for random messages, and lies above it for those of a network.",
)
lab.table(
    {
        "batch size": sizes,
        "theory for random messages, 2/N": 2 / sizes,
        "random messages": of_random,
        "messages of a network": of_network,
    }
)

# %% [markdown]
# So the mistake is small in a large batch, about $\sqrt{2/N}$ of the message, and it is systematic:
# the two wrong parts are those that push the mean and the scale of $x$, which the next forward pass
# takes out again. They move the weights below and leave the outputs where they were. In a network
# they hold more than the random share, because its messages have a preferred direction.

# %%
lab.claim(
    "For random messages the wrong share is 2/N: measured over theory",
    of_random * sizes / 2,
    near=1,
    within=4.5 / np.sqrt(features),
)
lab.claim(
    "For a batch of two, all of the message is wrong",
    [of_random[0], of_network[0]],
    near=1,
    within=1e-4,
)
lab.claim(
    "In the network the wrong share is larger than 2/N, for batches of 4 to 128: measured over 2/N",
    (of_network * sizes / 2)[1:],
    at_least=1.2,
)
