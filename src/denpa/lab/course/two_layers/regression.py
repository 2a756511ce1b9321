# %% [markdown]
# # Regression in 40 lines of NumPy, and with Denpa
#
# What is a neural network, once all libraries are taken away? This chapter writes one for
# regression, of two layers, with nothing but NumPy: the layers, their backward passes, the
# mini-batches and the steps. Then it does the same with Denpa, from the same initial weights and
# with the same mini-batches, and compares every number.
#
# The network computes $y = \tanh(xW_1 + b_1)\,W_2 + b_2$ for a mini-batch $x$ of shape $(N, 1)$.
# Its loss is half the mean squared error, $L = \frac{1}{2N}\sum_i (y_i - t_i)^2$, since the message
# that it sends back is then plainly $(y - t)/N$.
#
# Each layer has a `forward`, which keeps what `backward` needs, and a `backward`, which takes the
# message $\delta = \partial L/\partial(\text{output})$, leaves the gradients of its parameters
# behind and returns $\partial L/\partial(\text{input})$:
#
# | layer | forward | message returned | gradients |
# |---|---|---|---|
# | affine | $xW + b$ | $\delta W^\top$ | $x^\top\delta$ and the sum of the rows of $\delta$ |
# | tanh | $h = \tanh x$ | $\delta\,(1 - h^2)$ | none |
# | squared error | $L$ | $(y - t)/N$ | none |
#
# A step goes forwards through the layers, then backwards, and then moves the parameters of every
# second layer, which are the affine ones.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab

lab = Lab("regression")


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


class Tanh:
    def forward(self, x):
        self.h = np.tanh(x)
        return self.h

    def backward(self, dout):
        return dout * (1 - self.h**2)


class HalfSquaredError:
    def forward(self, y, t):
        self.y, self.t = y, t
        return ((y - t) ** 2).sum() / (2 * len(y))

    def backward(self, dout=1.0):
        return dout * (self.y - self.t) / len(self.y)


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
# Before any training, check the gradients: `dp.check.layer` compares what each `backward` returns
# and leaves behind with differences. It needs nothing of Denpa in the class.

# %%
rng = np.random.default_rng(lab.seed)
some = rng.standard_normal((5, 4))
reports = [
    dp.check.layer(Affine(rng.standard_normal((4, 3)), rng.standard_normal(3)), some),
    dp.check.layer(Tanh(), some),
    dp.check.layer(HalfSquaredError(), some, rng.standard_normal((5, 4))),
]
[str(report) for report in reports]

# %% [markdown]
# The data are points of a sine with noise of standard deviation 0.2. Half of them are kept for the
# test. Now train: 30 hidden units, mini-batches of 20, and in each epoch a new order, which
# `train.batches.order` gives, as it does inside of `train.fit`.

# %%
N, H, B, rate, epochs = 400, 30, 20, 0.1, lab.pick(150, 400)
x = rng.uniform(-np.pi, np.pi, (2 * N, 1))
t = np.sin(x) + 0.2 * rng.standard_normal((2 * N, 1))
x, x_test, t, t_test = x[:N], x[N:], t[:N], t[N:]
W1, b1 = rng.standard_normal((1, H)), rng.standard_normal(H)
W2, b2 = rng.standard_normal((H, 1)) / np.sqrt(H), np.zeros(1)

layers = [Affine(W1.copy(), b1.copy()), Tanh(), Affine(W2.copy(), b2.copy())]
output = HalfSquaredError()
losses = []
for epoch in range(1, epochs + 1):
    batches = np.split(train.batches.order(N, lab.seed, epoch), N // B)
    losses.append(np.mean([step(layers, output, x[i], t[i], rate) for i in batches]))

# %% [markdown]
# The same with Denpa. `nn.Linear` keeps its weight the other way round, as `(outputs, inputs)`, as
# PyTorch does; everything else carries over as it is.

# %%
net = nn.Sequential(nn.Linear(1, H), nn.Tanh(), nn.Linear(H, 1)).double()
with dp.no_grad():
    for parameter, value in zip(net.parameters(), (W1.T, b1, W2.T, b2), strict=True):
        parameter.copy_(dp.tensor(value))


def half_squared_error(y, t):
    return ((y - t) ** 2).sum() / (2 * len(y))


optimizer = dp.optim.SGD(net.parameters(), lr=rate)
history = train.fit(
    net,
    half_squared_error,
    (x, t),
    optimizer=optimizer,
    epochs=epochs,
    batch_size=B,
    seed=lab.seed,
    progress=False,
)
with dp.no_grad():
    y_denpa = net(dp.tensor(x_test)).numpy()
y_test = predict(layers, x_test)


def r_squared(y, t):
    return 1 - ((y - t) ** 2).sum() / ((t - t.mean()) ** 2).sum()


found = {"training": r_squared(predict(layers, x), t), "test": r_squared(y_test, t_test)}
best = 0.5 / (0.5 + 0.2**2)

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=8.6, height=3.6)
count = np.arange(1, epochs + 1)
left.plot(count, losses, color="#bbbbbb", lw=5, label="NumPy")
left.plot(count, history["train_loss"], color="C0", ls="--", label="Denpa")
left.axhline(0.02, color="C1", ls=":", lw=2, label="noise alone")
left.set(xlabel="epoch", ylabel="training loss", ylim=(0, None))
left.legend()
grid = np.linspace(-np.pi, np.pi, 200)[:, None]
right.plot(x_test, t_test, ".", color="#999999", ms=4, label="test data", rasterized=True)
right.plot(grid, predict(layers, grid), color="C0", lw=2, label="network")
right.plot(grid, np.sin(grid), color="C1", ls="--", label=r"$\sin x$")
right.set(xlabel="$x$", ylabel="$y$")
right.legend(loc="upper left")
lab.show(
    figure,
    "The training loss of NumPy and that of Denpa lie on each other and come down to the noise; "
    "the network's curve follows the sine through the scattered test points.",
)
lab.table(
    {
        "data": [*found, "best possible"],
        "R²": [*found.values(), best],
    }
)

# %% [markdown]
# The two loss curves are one, and the predictions agree to the last digits. A library has more
# kinds of layers, finds the backward pass by itself and is faster. What it computes are these same
# numbers.
#
# How good is the fit? $R^2 = 1 - \sum(y-t)^2/\sum(t-\bar t)^2$ is the share of the variance that is
# explained. The sine has the variance $1/2$ and the noise $0.04$, which nobody can foresee. So no
# network can do better on new data than $R^2 = 0.5/0.54$, up to chance, and this one comes close.
# With 400 test points, chance alone moves $R^2$ by about half a hundredth.

# %%
difference = np.abs(np.array(losses) / np.array(history["train_loss"]) - 1).max()
lab.claim("All gradients of the layers are right", [r.ok for r in reports], equal=[True] * 3)
lab.claim(
    "NumPy's loss and Denpa's are the same in every epoch: largest relative difference",
    difference,
    at_most=1e-10,
)
lab.claim(
    "Both networks predict the same on the test data: largest difference",
    np.abs(y_test - y_denpa).max(),
    at_most=1e-10,
)
lab.claim("On the test data, R² is what the noise leaves", found["test"], near=best, within=0.03)
