# %% [markdown]
# # Two classes in 40 lines of NumPy, and with Denpa
#
# Two half-moons lie in the plane, each hooked into the other. Which one does a new point belong to?
# No straight line parts them. A network of two layers can bend the line, and this chapter writes
# one in NumPy alone. Then it does the same with Denpa, from the same initial weights and with the
# same mini-batches, and compares every number. (For numbers instead of classes see
# [Regression in 40 lines of NumPy, and with Denpa](../two_layers/regression.py).)
#
# The network computes a score $s = \mathrm{ReLU}(xW_1 + b_1)\,W_2 + b_2$ for each point, and with
# the sigmoid $\hat y = 1/(1 + e^{-s})$ the probability that it belongs to class 1. For the
# labels $t = 0, 1$ the loss is the cross-entropy
#
# $$L = -\frac1N\sum_i\bigl(t_i\log\hat y_i + (1 - t_i)\log(1 - \hat y_i)\bigr).$$
#
# Sigmoid and cross-entropy make one layer here. Together they send back the simple message
# $(\hat y - t)/N$; [Sigmoid with cross-entropy](../graph/sigmoid-cross-entropy.py) derives it. And
# together they can be computed without overflow: for one example the loss is
# $\log(1 + e^s) - ts$, and `np.logaddexp(0, s)` is $\log(e^0 + e^s)$ for any $s$.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab

lab = Lab("two-classes")


# %%
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class ReLU:
    def forward(self, x):
        self.positive = x > 0
        return x * self.positive

    def backward(self, dout):
        return dout * self.positive


class SigmoidWithLoss:
    def forward(self, s, t):
        self.y, self.t = 1 / (1 + np.exp(-s)), t
        return np.mean(np.logaddexp(0, s) - t * s)

    def backward(self, dout=1.0):
        return dout * (self.y - self.t) / self.y.size


def predict(layers, x):
    for layer in layers:
        x = layer.forward(x)
    return x


def step(layers, output, x, t, rate):
    loss, dout = output.forward(predict(layers, x), t), output.backward()
    for layer in reversed(layers):
        dout = layer.backward(dout)
    for layer in layers[::2]:
        layer.W -= rate * layer.dW
        layer.b -= rate * layer.db
    return loss


# %% [markdown]
# The gradient check reads these classes as they are.

# %%
rng = np.random.default_rng(lab.seed)
some = rng.standard_normal((5, 4))
labels = rng.integers(2, size=(5, 4)).astype(float)
reports = [
    dp.check.layer(Affine(rng.standard_normal((4, 3)), rng.standard_normal(3)), some),
    dp.check.layer(ReLU(), some),
    dp.check.layer(SigmoidWithLoss(), some, labels),
]
[str(report) for report in reports]

# %% [markdown]
# Now the data and the training: half of the points to learn from, half for the test, 20 hidden
# units, mini-batches of 20. For comparison the straight line: one affine layer, trained in the same
# way.


# %%
def moons(n):
    angle = rng.uniform(0, np.pi, n)
    upper = np.arange(n) % 2
    place = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    place = np.where(upper[:, None], place, [1.0, 0.5] - place)
    return place + 0.12 * rng.standard_normal((n, 2)), upper[:, None].astype(float)


N, H, B, rate, epochs = 400, 20, 20, 0.3, lab.pick(100, 300)
(x, t), (x_test, t_test) = moons(N), moons(N)
W1, b1 = rng.standard_normal((2, H)), np.zeros(H)
W2, b2 = rng.standard_normal((H, 1)) / np.sqrt(H), np.zeros(1)


def trained(layers):
    output, losses = SigmoidWithLoss(), []
    for epoch in range(1, epochs + 1):
        batches = np.split(train.batches.order(N, lab.seed, epoch), N // B)
        losses.append(np.mean([step(layers, output, x[i], t[i], rate) for i in batches]))
    return losses


def accuracy(layers, x, t):
    return 100 * np.mean((predict(layers, x) > 0) == t)


layers = [Affine(W1.copy(), b1.copy()), ReLU(), Affine(W2.copy(), b2.copy())]
straight = [Affine(np.zeros((2, 1)), np.zeros(1))]
losses, _ = trained(layers), trained(straight)

# %% [markdown]
# The same with Denpa: `BCEWithLogitsLoss` is the sigmoid with its loss.

# %%
net = nn.Sequential(nn.Linear(2, H), nn.ReLU(), nn.Linear(H, 1)).double()
with dp.no_grad():
    for parameter, value in zip(net.parameters(), (W1.T, b1, W2.T, b2), strict=True):
        parameter.copy_(dp.tensor(value))
optimizer = dp.optim.SGD(net.parameters(), lr=rate)
history = train.fit(
    net,
    nn.BCEWithLogitsLoss(),
    (x, t),
    optimizer=optimizer,
    epochs=epochs,
    batch_size=B,
    seed=lab.seed,
    progress=False,
)
with dp.no_grad():
    score = net(dp.tensor(x_test)).numpy()

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=8.6, height=3.6)
count = np.arange(1, epochs + 1)
left.semilogy(count, losses, color="#bbbbbb", lw=5, ls="-", label="NumPy")
left.semilogy(count, history["train_loss"], color="C0", ls="--", label="Denpa")
left.set(xlabel="epoch", ylabel="training loss")
left.legend()
across, up = np.meshgrid(np.linspace(-1.5, 2.5, 161), np.linspace(-1.8, 1.6, 137))
plane = np.stack([across.ravel(), up.ravel()], axis=1)
for member, dash, width in ((straight, ":", 1.5), (layers, "-", 2)):
    right.contour(
        across,
        up,
        predict(member, plane).reshape(across.shape),
        levels=[0],
        colors="C0",
        linestyles=[dash],
        linewidths=width,
    )
for label, marker, colour in ((0, "o", "C1"), (1, "^", "C2")):
    here = x_test[t_test[:, 0] == label]
    right.plot(*here.T, marker, color=colour, ms=3, ls="", rasterized=True, label=f"class {label}")
right.plot([], [], color="C0", ls="-", label="two layers")
right.plot([], [], color="C0", ls=":", label="one layer")
right.set(xlabel="$x_1$", ylabel="$x_2$", ylim=(-1.8, 1.6))
right.legend(loc="lower right", ncols=2)
lab.show(
    figure,
    "The training loss of NumPy and that of Denpa lie on each other; the boundary of two layers "
    "winds between the two half-moons, that of one layer cuts through both.",
)
found = {
    "two layers": [accuracy(layers, x, t), accuracy(layers, x_test, t_test)],
    "one layer": [accuracy(straight, x, t), accuracy(straight, x_test, t_test)],
}
lab.table(
    {
        "network": list(found),
        "training accuracy (%)": [f[0] for f in found.values()],
        "test accuracy (%)": [f[1] for f in found.values()],
    }
)

# %% [markdown]
# One layer can only cut the plane along a straight line, and leaves about an eighth of the points
# on the wrong side, however long it learns. With the hidden layer in between, each hidden unit
# contributes a line of its own along which the score has a crease, and the boundary follows from
# piece to piece.
#
# The two loss curves are one. They stay together for all epochs, since each step of the library is
# the same arithmetic, up to the order in which sums are added.

# %%
difference = np.abs(np.array(losses) / np.array(history["train_loss"]) - 1).max()
lab.claim("All gradients of the layers are right", [r.ok for r in reports], equal=[True] * 3)
lab.claim(
    "NumPy's loss and Denpa's are the same in every epoch: largest relative difference",
    difference,
    at_most=1e-10,
)
lab.claim(
    "Both networks have the same scores on the test data: largest difference",
    np.abs(predict(layers, x_test) - score).max(),
    at_most=1e-8,
)
lab.claim("Two layers part the moons: test accuracy (%)", found["two layers"][1], at_least=97)
lab.claim("One layer does not: test accuracy (%)", found["one layer"][1], at_most=95)
