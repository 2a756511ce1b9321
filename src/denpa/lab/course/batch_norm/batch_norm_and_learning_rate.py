# %% [markdown]
# # Learning rates and depths, with batch norm and without
#
# With gradient descent, the learning rate has to be right: too small, and nothing is learned in
# the time there is; too large, and the loss jumps about or becomes infinite. The deeper the
# network, the narrower the range between. How much wider does batch normalisation make it?
#
# Train networks of 50 units in each hidden layer on handwritten digits, for a few epochs of plain
# gradient descent: each depth with each learning rate, without batch normalisation and with it
# (behind each hidden linear layer, before the ReLU). All weights begin with He's values.

# %%
from __future__ import annotations

import warnings

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab

lab = Lab("batch-norm-and-learning-rate")
images = lab.images(train=2_000, test=1_000)
depths = lab.pick([2, 8], [2, 4, 8, 16])
rates = lab.pick([0.01, 0.1, 1.0, 10.0], [0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0])
seeds = lab.seeds(lab.pick(2, 4))
loss = nn.CrossEntropyLoss()


def learn(depth, batch_norm, rate, seed):
    dp.manual_seed(seed)
    net = train.mlp(
        inputs=images.x.shape[1], outputs=10, hidden=[50] * depth, batch_norm=batch_norm
    )
    before = float(net.linear2.weight.detach().norm())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of these diverge, and fit warns of it
        train.fit(
            net,
            loss,
            (images.x, images.y),
            optimizer=dp.optim.SGD(net.parameters(), lr=rate),
            epochs=5,
            batch_size=100,
            progress=False,
            seed=seed,
        )
        accuracy = train.evaluate(net, loss, (images.x_test, images.y_test))["accuracy"]
    return accuracy, float(net.linear2.weight.detach().norm()) / before


found = np.array(
    [
        [[[learn(d, bn, rate, s) for s in seeds] for rate in rates] for d in depths]
        for bn in (False, True)
    ]
)  # (without or with, depths, rates, seeds, accuracy or growth)
accuracy = found[..., 0].mean(axis=3)

# %% tags=["hide-input"]
figure, axes = lab.axes(1, 2, width=9, height=3.2)
for axis, part, title in zip(
    axes, accuracy, ("without batch norm", "with batch norm"), strict=True
):
    axis.imshow(100 * part, vmin=0, vmax=100, aspect="auto")
    for (row, column), value in np.ndenumerate(part):
        colour = "black" if value > 0.55 else "white"
        axis.text(column, row, f"{100 * value:.0f}", ha="center", va="center", color=colour)
    axis.set_xticks(range(len(rates)), [f"{r:g}" for r in rates])
    axis.set_yticks(range(len(depths)), [str(d) for d in depths])
    axis.grid(visible=False)
    axis.set(title=title, xlabel="learning rate", ylabel="hidden layers")
lab.show(
    figure,
    "Test accuracy in percent for each depth and learning rate, as two heat maps: with batch norm "
    "the bright area reaches to learning rates about ten times as large, at all depths.",
)
lab.table(
    {
        "hidden layers": np.repeat(depths, len(rates)),
        "learning rate": rates * len(depths),
        "test accuracy (%), without batch norm": 100 * accuracy[0].ravel(),
        "test accuracy (%), with batch norm": 100 * accuracy[1].ravel(),
    }
)

# %% [markdown]
# The numbers are test accuracies in percent; 10 is guessing. With batch normalisation the range of
# useful learning rates is wider, and nearly the same from two to eight layers. Without, the deep
# networks want a smaller one than the others.
#
# A reason is this. Batch normalisation divides by the deviation of what comes in. If the weights
# $w$ of a unit are multiplied by $a$, its output does not change. So the loss does not change in
# the direction of $w$: the gradient is *orthogonal* to the weights, and it is divided by $a$.
#
# $$L(aw) = L(w) \quad\Rightarrow\quad w\cdot\nabla L(w) = 0, \qquad
# \nabla L(aw) = \tfrac1a\,\nabla L(w) .$$
#
# A step at a right angle makes the weights longer, each time, by Pythagoras:
# $\lVert w - \eta\nabla L\rVert^2 = \lVert w\rVert^2 + \eta^2\lVert\nabla L\rVert^2$. A learning
# rate that is much too large makes them longer, longer weights have smaller gradients, and so the
# steps become shorter by themselves. This is a brake, and it can be tested on the network.

# %%


def gradients(scale):
    dp.manual_seed(lab.seed)
    net = train.mlp(inputs=images.x.shape[1], outputs=10, hidden=[50] * 4, batch_norm=True).double()
    with dp.no_grad():
        net.linear2.weight.mul_(scale)
    output = net(dp.tensor(images.x[:200]).double())
    loss(output, dp.tensor(images.y[:200])).backward()
    return (
        output.detach().numpy(),
        net.linear2.weight.detach().numpy(),
        net.linear2.weight.grad.numpy(),
    )


output, w, gradient = gradients(1)
scaled_output, _, scaled_gradient = gradients(10)
cosine = (w * gradient).sum(axis=1) / np.linalg.norm(w, axis=1) / np.linalg.norm(gradient, axis=1)
lab.claim(
    "The gradient of each unit's weights is orthogonal to them: largest cosine",
    float(np.abs(cosine).max()),
    at_most=1e-3,
)
lab.claim(
    "Weights ten times as large: the outputs are the same, relative difference",
    float(np.abs(scaled_output - output).max() / np.abs(output).max()),
    at_most=1e-2,
)
lab.claim(
    "Weights ten times as large: the gradient is divided by ten, relative difference",
    float(np.linalg.norm(10 * scaled_gradient - gradient) / np.linalg.norm(gradient)),
    at_most=1e-2,
)

# %% [markdown]
# (Not exactly, because of the $\varepsilon$ in the layer.)

# %%
one = rates.index(1.0)
shallow = slice(0, lab.pick(2, 3))  # up to 8 hidden layers
lab.claim(
    "Learning rate 1, up to 8 layers: with batch norm at least 75 % are right, at each depth",
    accuracy[1, shallow, one],
    at_least=0.75,
)
lab.claim(
    "Learning rate 1, up to 8 layers: without it at most 60 %, at each depth",
    accuracy[0, shallow, one],
    at_most=0.6,
)
lab.claim(
    "The best accuracy over all learning rates is higher with batch norm, at each depth",
    accuracy[1].max(axis=1) - accuracy[0].max(axis=1),
    at_least=0.01,
)

# %% [markdown]
# How much is the brake used? At the learning rate 10 the weights of the second layer grow to a few
# times their length, and stop there. Without batch normalisation nothing stops them. But at the
# learning rate 1, where the two differ most in accuracy, they grow by no more than about a tenth.
# So the brake keeps training from running away; it is not what makes the learning rate 1 a good
# one. There it counts that each layer gets inputs of mean 0 and deviation 1, whatever the step has
# just done to the layers below, while in the other network the changes of all layers multiply.

# %%
growth = np.nan_to_num(found[..., 1].mean(axis=3), nan=np.inf)
ten = rates.index(10.0)
lab.claim(
    "Learning rate 10, without batch norm: the weights of the second layer grow to more than a "
    "hundred times their length, or to NaN",
    growth[0, :, ten],
    at_least=100,
)
lab.claim(
    "With batch norm they grow to at least 1.5 times and at most 20 times",
    growth[1, :, ten],
    at_least=1.5,
    at_most=20,
)
lab.claim(
    "With batch norm and learning rate 1, up to 8 layers: to at most 1.4 times",
    growth[1, shallow, one],
    at_most=1.4,
)
