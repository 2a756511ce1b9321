# %% [markdown]
# # How deep can one go?
#
# Three things have been added to the plain network: initial values that keep the variance, an
# optimizer that looks at the size of each gradient, and batch normalisation. How deep can a network
# be with them before it no longer learns? And is it any better for being deep?
#
# Four recipes, each one more thing than the one before:
#
# 1. sigmoid, weights of deviation 0.01, gradient descent;
# 2. ReLU with He's initial values, gradient descent;
# 3. the same with Adam;
# 4. the same with Adam and batch normalisation.
#
# The networks have 50 units in each hidden layer, and learn handwritten digits, centred and scaled,
# for the same number of epochs. Depth counts all layers with weights, also the output's. The
# learning rates are ones with which the recipe does well at 8 layers, or for the first, at 2.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab

lab = Lab("how-deep")
images = lab.images(train=2_000, test=1_000)
centre = images.x.mean(axis=0)
scale = np.sqrt(((images.x - centre) ** 2).mean())
x, x_test = (images.x - centre) / scale, (images.x_test - centre) / scale
depths = lab.pick([2, 8, 32], [2, 4, 8, 16, 32, 64])
seeds = lab.seeds(lab.pick(1, 3))
loss = nn.CrossEntropyLoss()


def mlp(depth, **options):
    return train.mlp(inputs=x.shape[1], outputs=10, hidden=[50] * (depth - 1), **options)


def plain(depth):
    net = mlp(depth, activation="sigmoid")
    for layer in net:
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.01)
    return net, dp.optim.SGD(net.parameters(), lr=0.5)


def he(depth):
    net = mlp(depth)  # He's values are its default for the ReLU
    return net, dp.optim.SGD(net.parameters(), lr=0.02)


def he_adam(depth):
    net = mlp(depth)
    return net, dp.optim.Adam(net.parameters(), lr=0.001)


def batch_norm(depth):
    net = mlp(depth, batch_norm=True)
    return net, dp.optim.Adam(net.parameters(), lr=0.01)


recipes = {
    "sigmoid, σ = 0.01, SGD": plain,
    "ReLU, He, SGD": he,
    "ReLU, He, Adam": he_adam,
    "ReLU, He, Adam, batch norm": batch_norm,
}


def learn(make, depth, seed):
    dp.manual_seed(seed)
    net, optimizer = make(depth)
    history = train.fit(
        net,
        loss,
        (x, images.y),
        optimizer=optimizer,
        epochs=12,
        batch_size=100,
        progress=False,
        seed=seed,
    )
    test = train.evaluate(net, loss, (x_test, images.y_test))
    return test["accuracy"], history["train_accuracy"][-1]


found = {
    name: np.array([[learn(make, depth, seed) for seed in seeds] for depth in depths])
    for name, make in recipes.items()
}  # (depths, seeds, test or training)
accuracy = {name: values[..., 0].mean(axis=1) for name, values in found.items()}
training = {name: values[..., 1].mean(axis=1) for name, values in found.items()}

# %% [markdown]
# ## The messages, before training
#
# With He's initial values a layer keeps the mean square of the messages on average. What does batch
# normalisation do to it? Behind it, $\hat x$ is about standard normal. The ReLU's output then has
# the variance $\tfrac12 - \tfrac1{2\pi} = \tfrac{\pi - 1}{2\pi}$, and the next linear layer makes
# $n\sigma^2$ times this. Batch normalisation divides by that variance, on the way back too. Together
# with the $n\sigma^2/2$ of linear layer and ReLU, the messages' mean square changes by
#
# $$\frac{n\sigma^2/2}{n\sigma^2\,(\pi - 1)/(2\pi)} = \frac{\pi}{\pi - 1} \approx 1.47$$
#
# in each layer, *whatever* $\sigma$ is. No initial value can mend it.

# %%


def messages(make, depth, seed):
    dp.manual_seed(seed)
    net, _ = make(depth)
    h, kept = dp.tensor(x[:200]).double(), []
    for layer in net.double():
        h = layer(h)
        if isinstance(layer, nn.Linear):
            h.retain_grad()
            kept.append(h)
    h.backward(dp.randn(*h.shape, dtype=dp.float64))
    return [float((z.grad**2).mean()) for z in kept[:-1]]


looks = lab.pick(4, 30)
sent = {
    name: np.exp(np.mean([np.log(messages(make, 32, s)) for s in lab.seeds(looks)], axis=0))
    for name, make in recipes.items()
    if name != "ReLU, He, SGD"  # before training it is the next one
}

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=9, height=3.9)
marks = dict(zip(recipes, "osD^", strict=True))
lines = {}
for name, values in accuracy.items():
    (lines[name],) = left.semilogx(depths, 100 * values, marker=marks[name], label=name)
left.set_xticks(depths, [str(d) for d in depths])
left.minorticks_off()
left.set(xlabel="layers", ylabel="test accuracy (%)", ylim=(0, 135))
left.set_yticks([0, 20, 40, 60, 80, 100])
left.legend(loc="upper left", ncols=1, fontsize=8)
for name, values in sent.items():
    right.semilogy(
        np.arange(1, 32),
        np.sqrt(values / values[-1]),
        color=lines[name].get_color(),
        ls=lines[name].get_linestyle(),
    )
right.set(xlabel="layer", ylabel="rms of the messages", title="32 layers, before training")
right.set_ylim(1e-8, 1e4)
lab.show(
    figure,
    "Left: test accuracy against depth; the plain network is at 10 % from 4 layers on, the others "
    "hold out longer, ReLU with Adam longest. Right: with batch norm the messages grow on the way "
    "back, by some hundred times over 32 layers; with sigmoid they vanish.",
)
lab.table(
    {
        "recipe": [name for name in recipes for _ in depths],
        "layers": depths * len(recipes),
        "test accuracy (%)": 100 * np.concatenate(list(accuracy.values())),
        "training accuracy (%)": 100 * np.concatenate(list(training.values())),
    }
)

# %% [markdown]
# The plain network ends at four layers. It is lost before it begins: the messages are divided by
# more than fifty in each layer. He's initial values alone carry gradient descent to about 16
# layers. Adam divides each gradient by its own size, and goes on learning at 32 and beyond.
#
# Batch normalisation is as good as Adam alone or better up to about 16 layers, and then it is *not*.
# One often reads that it makes deep networks trainable. In plain layers one behind the other, the
# factor $\pi/(\pi - 1)$ says no: over 30 layers the messages grow by a factor of
# $1.47^{15} \approx 300$, and what the first layers change throws those above into disorder. The
# very deep networks with batch normalisation have connections around their layers, over which the
# messages pass unchanged.
#
# And being deep is no merit by itself. On these pictures, none of the deepest networks is as good
# as the best of those with two to eight layers.

# %%
at = {depth: row for row, depth in enumerate(depths)}
names = list(recipes)
lab.claim(
    "Plain: 2 layers learn, at least 75 % are right", accuracy[names[0]][at[2]], at_least=0.75
)
lab.claim(
    "Plain: with more layers it is guessing, at most 20 %", accuracy[names[0]][1:], at_most=0.2
)
lab.claim(
    "ReLU, He, SGD: 8 layers learn, at least 70 % are right",
    accuracy[names[1]][at[8]],
    at_least=0.7,
)
lab.claim(
    "Adam is better than SGD at 32 layers, by at least 10 points",
    100 * (accuracy[names[2]] - accuracy[names[1]])[at[32]],
    at_least=10,
)
lab.claim(
    "At 8 layers batch norm is as good as Adam alone or better: difference in points",
    100 * (accuracy[names[3]] - accuracy[names[2]])[at[8]],
    at_least=-2,
)
lab.claim(
    "At 32 layers it is worse: difference in points",
    100 * (accuracy[names[3]] - accuracy[names[2]])[at[32]],
    at_most=0,
)
grown = sent[names[3]]
lab.claim(
    "Messages through batch norm grow by π/(π − 1) in each layer, in the mean square",
    (grown[1] / grown[-1]) ** (1 / 29),
    near=np.pi / (np.pi - 1),
    within=0.06,
)
kept = sent[names[2]]
lab.claim(
    "Without it they keep their size up to a few percent in each layer",
    (kept[1] / kept[-1]) ** (1 / 29),
    near=1,
    within=0.1,
)
best = np.max(list(accuracy.values()), axis=0)
lab.claim(
    "The best network of the largest depth is behind the best of 2 to 8 layers by some points",
    100 * (best[: at[8] + 1].max() - best[-1]),
    at_least=2,
)
