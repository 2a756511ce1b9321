# %% [markdown]
# # Many classes in 40 lines of NumPy, and with Denpa
#
# Which of ten digits does a picture show? Compared with
# [two classes](../two_layers/two-classes.py) only the last layer changes: there are ten scores for
# each picture instead of one, and softmax makes probabilities of them. Here is the whole network in
# NumPy, then the same with Denpa, from the same initial weights and with the same mini-batches.
#
# The network computes $s = \mathrm{ReLU}(xW_1 + b_1)\,W_2 + b_2$ for a mini-batch $x$ of flattened
# pictures, with $s$ of shape $(N, 10)$. Softmax and cross-entropy make one layer, as in
# [Softmax with loss](../graph/softmax-with-loss.py):
#
# $$\hat y_k = \frac{e^{s_k}}{\sum_j e^{s_j}}, \qquad L = -\frac1N\sum_i \log \hat y_{i,t_i}.$$
#
# The targets $t$ are the numbers of the right classes. The message sent back is again the error
# divided by $N$, $(\hat y - t)/N$ with $t$ written as a row with a single 1. So 1 is taken off the
# probability of the right class, and nothing off the others. The largest score of a row is
# subtracted before the exponential, which changes no probability and keeps $e^s$ from overflowing.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab

lab = Lab("many-classes")


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


class SoftmaxWithLoss:
    def forward(self, s, t):
        e = np.exp(s - s.max(axis=1, keepdims=True))
        self.y, self.right = e / e.sum(axis=1, keepdims=True), (np.arange(len(t)), t)
        return -np.log(self.y[self.right]).mean()

    def backward(self, dout=1.0):
        error = self.y.copy()
        error[self.right] -= 1
        return dout * error / len(error)


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


# %%
rng = np.random.default_rng(lab.seed)
some = rng.standard_normal((5, 4))
reports = [
    dp.check.layer(Affine(rng.standard_normal((4, 3)), rng.standard_normal(3)), some),
    dp.check.layer(ReLU(), some),
    dp.check.layer(SoftmaxWithLoss(), some, rng.integers(4, size=5)),
]
[str(report) for report in reports]

# %% [markdown]
# The check finds all gradients right. Train with a small share of the digits, 50 hidden units and
# mini-batches of 50.

# %%
images = lab.images(train=lab.pick(1000, 5000), test=lab.pick(500, 2000))
x, x_test = images.x.astype(np.float64), images.x_test.astype(np.float64)
t, t_test = images.y, images.y_test
D, H, B, rate, epochs = x.shape[1], 50, 50, 0.2, 20
N = len(x) // B * B
x, t = x[:N], t[:N]
W1, b1 = rng.standard_normal((D, H)) * np.sqrt(2 / D), np.zeros(H)
W2, b2 = rng.standard_normal((H, 10)) * np.sqrt(1 / H), np.zeros(10)


def accuracy(score, t):
    return 100 * np.mean(score.argmax(axis=1) == t)


layers = [Affine(W1.copy(), b1.copy()), ReLU(), Affine(W2.copy(), b2.copy())]
output, losses, correct, correct_test = SoftmaxWithLoss(), [], [], []
for epoch in range(1, epochs + 1):
    batches = np.split(train.batches.order(N, lab.seed, epoch), N // B)
    losses.append(np.mean([step(layers, output, x[i], t[i], rate) for i in batches]))
    correct.append(accuracy(predict(layers, x), t))
    correct_test.append(accuracy(predict(layers, x_test), t_test))

# %% [markdown]
# The same with Denpa: `CrossEntropyLoss` is softmax with its loss.

# %%
net = nn.Sequential(nn.Linear(D, H), nn.ReLU(), nn.Linear(H, 10)).double()
with dp.no_grad():
    for parameter, value in zip(net.parameters(), (W1.T, b1, W2.T, b2), strict=True):
        parameter.copy_(dp.tensor(value))
optimizer = dp.optim.SGD(net.parameters(), lr=rate)
history = train.fit(
    net,
    nn.CrossEntropyLoss(),
    (x, t),
    optimizer=optimizer,
    epochs=epochs,
    batch_size=B,
    validation=(x_test, t_test),
    seed=lab.seed,
    progress=False,
)
test_denpa = 100 * np.array(history["val_accuracy"])
correct_denpa = 100 * train.evaluate(net, nn.CrossEntropyLoss(), (x, t))["accuracy"]

# %% tags=["hide-input"]
figure, (left, middle, right) = lab.axes(1, 3, width=9, height=3.2)
count = np.arange(1, epochs + 1)
left.plot(count, losses, color="#bbbbbb", lw=5, ls="-", label="NumPy")
left.plot(count, history["train_loss"], color="C0", ls="--", label="Denpa")
left.set(xlabel="epoch", ylabel="training loss", ylim=(0, None))
left.legend()
middle.plot(count, correct, color="C0", label="training")
middle.plot(count, correct_test, color="C1", ls="--", label="test")
middle.set(xlabel="epoch", ylabel="accuracy (%)")
middle.legend(loc="lower right")
score = predict(layers, x_test)
answer = score.argmax(axis=1)
loss = np.log(np.exp(score).sum(axis=1)) - score[np.arange(len(t_test)), t_test]
worst = np.argsort(-loss)[:12]
side = images.side
gap = side // 2
mosaic = np.zeros((3 * (side + gap), 4 * side))
for place, i in enumerate(worst):
    row, column = divmod(place, 4)
    at = row * (side + gap) + gap
    mosaic[at : at + side, column * side : (column + 1) * side] = x_test[i].reshape(side, side)
    right.text(
        (column + 0.5) * side,
        at - gap / 2,
        f"{answer[i]} ({t_test[i]})",
        ha="center",
        va="center",
        fontsize=8,
        color="white",
    )
right.imshow(mosaic, cmap="gray", interpolation="nearest")
right.set(title="worst: answer (truth)")
right.set_axis_off()
lab.show(
    figure,
    "The training loss of NumPy and that of Denpa lie on each other; accuracy rises for training "
    "and test data; twelve pictures that the network gets wrong, with its answer and the truth.",
)
lab.table(
    {
        "network": ["NumPy", "Denpa"],
        "training loss": [losses[-1], history["train_loss"][-1]],
        "training accuracy (%)": [correct[-1], correct_denpa],
        "test accuracy (%)": [correct_test[-1], test_denpa[-1]],
    }
)

# %% [markdown]
# Both rows are the same. The pictures that are classified worst show what is left to learn: with
# some of them people hesitate too. The accuracy on the training data goes on rising when that on
# the test data has come to rest.
# [Overfitting](../minibatches/overfitting.py) is about the gap between the two.

# %%
difference = np.abs(np.array(losses) / np.array(history["train_loss"]) - 1).max()
output.forward(score, t_test)
lab.claim("All gradients of the layers are right", [r.ok for r in reports], equal=[True] * 3)
lab.claim(
    "For each picture, the ten messages sum to zero: largest sum times the number of pictures",
    np.abs(output.backward().sum(axis=1)).max() * len(t_test),
    at_most=1e-12,
)
lab.claim(
    "NumPy's loss and Denpa's are the same in every epoch: largest relative difference",
    difference,
    at_most=1e-10,
)
lab.claim(
    "The accuracy on the test data is the same in every epoch: largest difference (points)",
    np.abs(test_denpa - correct_test).max(),
    at_most=1e-10,
)
lab.claim(
    "A small share of the digits is enough for a good part of the others: test accuracy (%)",
    correct_test[-1],
    at_least=lab.pick(80, 90),
)
