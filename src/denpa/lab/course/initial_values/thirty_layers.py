# %% [markdown]
# # Thirty layers that learn with He's values and not with Glorot's
#
# Glorot's and He's initial values differ by a factor of $\sqrt2$ in the weights. In a network of two
# layers nobody would see it. Does it matter in one of thirty?
#
# Behind a ReLU the mean square of the activations is $n\sigma^2/2$ times that of the layer before
# ([the factor of each layer](variance-of-layers.py)). He's $\sigma^2 = 2/n$ makes the factor 1.
# Glorot's $\sigma^2 = 1/n$ makes it $1/2$, and 29 hidden layers make it $2^{-29}$, about
# $2\cdot 10^{-9}$.
#
# The network: 29 hidden layers of 100 units and the output layer, thirty in all, for handwritten
# digits whose pixels have been centred and scaled to mean square 1.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab

lab = Lab("thirty-layers")
images = lab.images(train=lab.pick(1_000, 2_000), test=1_000)
centre = images.x.mean(axis=0)
scale = np.sqrt(((images.x - centre) ** 2).mean())
x, x_test = (images.x - centre) / scale, (images.x_test - centre) / scale
inputs, width, hidden = x.shape[1], 100, 29

fills = {
    "He": lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu"),
    "Glorot": nn.init.xavier_normal_,
}


def fresh(name, seed):
    net = train.mlp(inputs=inputs, outputs=10, hidden=[width] * hidden)
    linear = [layer for layer in net if isinstance(layer, nn.Linear)]
    dp.manual_seed(seed)
    for layer in linear[:-1]:
        fills[name](layer.weight)
    nn.init.xavier_normal_(linear[-1].weight)
    return net, linear


# %% [markdown]
# Both fill the weights from the same random numbers, and a ReLU passes a positive factor on,
# $\max(0, cz) = c\max(0, z)$. So the second network is exactly the first one with each hidden layer
# scaled down: by $\sqrt2$ each, and the first one, with its other number of inputs $n_0$, by
# $\sqrt{(n_0 + 100)/n_0}$. This can be seen in the activations, before any training, and also in the
# gradients, if both get the same messages at the output.

# %%
message = dp.randn(100, 10)  # from the loss, to the output: the same for both


def look(name):
    net, linear = fresh(name, lab.seed)
    h, squares = dp.tensor(x[:100]), []
    for layer in net:
        h = layer(h)
        if isinstance(layer, nn.ReLU):
            squares.append(float((h**2).mean()))
    h.backward(message)
    gradients = [float((layer.weight.grad**2).mean().sqrt()) for layer in linear[:-1]]
    return np.array(squares), np.array(gradients)


squares, gradients = zip(*(look(name) for name in fills), strict=True)

# %% [markdown]
# Now train both, by plain gradient descent with the same learning rate, from several seeds.

# %%
seeds = lab.seeds(lab.pick(2, 5))
epochs = lab.pick(12, 30)


def learn(name, seed):
    net, _ = fresh(name, seed)
    optimizer = dp.optim.SGD(net.parameters(), lr=0.01)
    history = train.fit(
        net,
        nn.CrossEntropyLoss(),
        (x, images.y),
        optimizer=optimizer,
        epochs=epochs,
        batch_size=100,
        progress=False,
        seed=seed,
    )
    test = train.evaluate(net, nn.CrossEntropyLoss(), (x_test, images.y_test))
    return history["train_loss"], test["accuracy"]


loss, accuracy = {}, {}
for name in fills:
    curves, ends = zip(*(learn(name, seed) for seed in seeds), strict=True)
    loss[name], accuracy[name] = np.array(curves), np.array(ends)

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=8.6, height=3.7)
layers = np.arange(1, hidden + 1)
for name, values, dash in zip(fills, squares, ("-", "--"), strict=True):
    left.semilogy(layers, values, dash, label=name)
left.semilogy(layers, 0.5 ** (layers - 1), color="#555555", ls=":", lw=1.2, label="$2^{-(l-1)}$")
left.set(xlabel="layer $l$", ylabel="mean square of the activations")
left.legend(loc="lower left")
steps = np.arange(1, epochs + 1)
for name, colour, dash in (("He", "#12263a", "-"), ("Glorot", "#d1495b", "--")):
    right.plot(steps, loss[name].T, dash, color=colour, lw=0.8, alpha=0.5)
    right.plot(steps, loss[name].mean(axis=0), dash, color=colour, lw=2.2, label=name)
right.set(xlabel="epoch", ylabel="training loss", ylim=(0, 2.6))
right.legend(loc="lower left")
lab.show(
    figure,
    "Left: the activations keep their size with He's values and halve their mean square in each "
    "layer with Glorot's. Right: the loss falls with He's values for each seed; with Glorot's it "
    "is a horizontal line at about 2.3.",
)
lab.table(
    {
        "initial values": [name for name in fills for _ in seeds],
        "seed": [*seeds] * 2,
        "training loss": np.concatenate([loss[name][:, -1] for name in fills]),
        "test accuracy (%)": np.concatenate([100 * accuracy[name] for name in fills]),
    }
)

# %% [markdown]
# With Glorot's values the loss stays at $\ln 10 \approx 2.30$, the loss of one who gives each digit
# the probability $1/10$. The outputs are about $10^{-4}$ times what they should be, so softmax
# gives the same to all. And the gradient of *every* hidden layer is too small by about $2^{14}$: that
# of layer $l$ is a product of the activations below it, which have lost a factor in each of $l - 1$
# layers, and of the messages from above, which have lost one in each of $29 - l$ layers. Together
# these are 28 factors of about $\sqrt2$, whatever $l$ is.
#
# So Glorot's network is not stuck at a bad place. It points the same way as He's, and would have
# to make steps ten thousand times as long.

# %%
scaled = squares[0] / squares[1]
lab.claim(
    "Mean squares with He's over those with Glorot's values: doubled in each hidden layer, "
    "from the first to the last",
    np.log2(scaled),
    near=np.log2((inputs + width) / inputs) + np.arange(hidden),
    within=0.01,
)
first = np.log2((inputs + width) / inputs) / 2
lab.claim(
    "The gradient of each hidden layer, likewise: powers of 2, from the first to the last",
    np.log2(gradients[0] / gradients[1]),
    near=[14] + [13.5 + first] * (hidden - 1),
    within=0.01,
)
lab.claim(
    "Glorot: the loss is still ln 10 at the end, for each seed",
    loss["Glorot"][:, -1],
    near=np.log(10),
    within=0.02,
)
lab.claim(
    "He: the training loss is below ln 10 by more than a tenth, for each seed",
    loss["He"][:, -1] / np.log(10),
    at_most=0.9,
)
lab.claim(
    "Glorot: test accuracy is that of guessing, for each seed", accuracy["Glorot"], at_most=0.2
)
lab.claim(
    "He: test accuracy is far above guessing on average over the seeds",
    accuracy["He"].mean(),
    at_least=lab.pick(0.2, 0.6),
)
