# %% [markdown]
# # Early stopping
#
# A network that is trained for long learns its training data by heart. While it does so, the loss
# on data that it has not seen falls first and rises later. Early stopping keeps some data back for
# *validation*, looks at their loss after each epoch, stops when it has not fallen for some epochs
# (the *patience*), and takes the weights of the best epoch.
#
# What does that gain? Two cases: 400 handwritten digits with right labels, and the same digits
# where 30 % of the labels are wrong. The 200 validation examples are as wrong as the others; only
# the test data, which nobody looks at in training, have right labels.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import data, nn, train
from denpa.lab import Lab

lab = Lab("early-stopping")
images = lab.images(train=1200, test=1000)
loss = nn.CrossEntropyLoss()
test = images.x_test, images.y_test
cases = {"right labels": 0.0, "30 % wrong labels": 0.3}
epochs = 60


class Watch:
    """Test accuracy after each epoch."""

    per_batch = "never"

    def __init__(self):
        self.seen = []

    def __call__(self, event, training):
        if isinstance(event, train.EpochEnded):
            self.seen.append(100 * train.evaluate(training.net, loss, test)["accuracy"])


def learn(seed, share, held, *callbacks):
    dp.manual_seed(seed)
    net = train.mlp(inputs=images.side**2, outputs=10, hidden=[100])
    history = train.fit(
        net,
        loss,
        share,
        validation=held,
        callbacks=callbacks,
        epochs=epochs,
        batch_size=50,
        optimizer=dp.optim.Adam(net.parameters(), lr=3e-3),
        progress=False,
        seed=seed,
    )
    return net, history


results = {name: [] for name in cases}
curves, restored = {}, []
for seed in lab.seeds(lab.pick(4, 10)):
    order = np.random.default_rng(seed).permutation(len(images.x))
    for name, fraction in cases.items():
        labels = data.label_noise(images.y[order], fraction, 10, np.random.default_rng(seed))
        share = images.x[order[:400]], labels[:400]
        held = images.x[order[400:600]], labels[400:600]
        watch = [Watch()] if name not in curves else []
        to_the_end, long = learn(seed, share, held, *watch)
        stopped, history = learn(seed, share, held, train.EarlyStopping(patience=8))
        ends = [train.evaluate(net, loss, test) for net in (to_the_end, stopped)]
        results[name].append([100 * e["accuracy"] for e in ends] + [e["loss"] for e in ends])
        results[name][-1] += [len(history), history.best_epoch]
        found = train.evaluate(stopped, loss, held)["loss"]
        restored.append(abs(found - min(history["val_loss"])))
        if watch:
            curves[name] = long, watch[0].seen, history.best_epoch
results = {name: np.array(rows) for name, rows in results.items()}

# %% tags=["hide-input"]
figure, axes = lab.axes(1, 2, width=8.8, height=3.5)
wrong = "30 % wrong labels"
history, _, best = curves[wrong]
axes[0].plot(history["epoch"], history["train_loss"], label="loss (training)")
axes[0].plot(history["epoch"], history["val_loss"], label="loss (validation)")
axes[0].plot([best, best], [0, max(history["val_loss"])], ":", color="#555555", label="best epoch")
axes[0].set(xlabel="epoch", ylabel="loss", title=wrong)
axes[0].legend(loc="center right", bbox_to_anchor=(1, 0.32))
axes[0].set_ylim(0, 1.05 * max(history["val_loss"]))
for name, marker in zip(cases, "os", strict=True):
    _, seen, best = curves[name]
    line = axes[1].plot(range(1, epochs + 1), seen, label=name)[0]
    axes[1].plot(best, seen[best - 1], marker, ms=8, color=line.get_color())
axes[1].plot([], [], "o", color="#7a7a7a", ms=8, label="weights that early stopping keeps")
axes[1].set(xlabel="epoch", ylabel="test accuracy (%)")
axes[1].set_ylim(40, 112)
axes[1].set_yticks([40, 60, 80, 100])
axes[1].legend(loc="upper right", ncols=1, fontsize=8.5)
lab.show(
    figure,
    "With wrong labels, the training loss falls to zero while the validation loss turns and rises "
    "after a few epochs. The test accuracy falls from then on. With right labels the test accuracy "
    "rises and stays.",
)
lab.table(
    {
        "data": list(cases),
        "to the end: test accuracy (%)": [r[:, 0].mean() for r in results.values()],
        "stopped: test accuracy (%)": [r[:, 1].mean() for r in results.values()],
        "to the end: test loss": [r[:, 2].mean() for r in results.values()],
        "stopped: test loss": [r[:, 3].mean() for r in results.values()],
        "epochs until stopped": [r[:, 4].mean() for r in results.values()],
    }
)

# %% [markdown]
# With wrong labels it gains much. The network first learns what many examples share, that is, what
# a 3 looks like. The wrong labels share nothing; each has to be learned by heart, and that comes
# later. Stopping in between keeps the one without the other.
#
# With right labels the accuracy hardly changes, although on MNIST the test loss does rise in the
# end. Both are true: the network grows too *sure* of its mistakes, but it does not make more of
# them. So early stopping is no cure for errors by itself. It saves epochs, keeps the probabilities
# more honest, and protects from labels that are wrong.

# %%
gain = {name: r[:, 1] - r[:, 0] for name, r in results.items()}
lab.claim(
    "With 30 % wrong labels early stopping gains accuracy (points), in the mean",
    gain[wrong].mean(),
    at_least=4,
)
lab.claim(
    "With right labels it changes the accuracy little (points), in the mean",
    gain["right labels"].mean(),
    near=0,
    within=2,
)
lab.claim(
    "With right labels: test loss when stopped over test loss at the end, in the mean",
    (results["right labels"][:, 3] / results["right labels"][:, 2]).mean(),
    at_most=0.95 if images.mnist else 1.2,
)
lab.claim(
    "With wrong labels the best epoch is in the first half, each seed",
    results[wrong][:, 5],
    at_most=epochs / 2,
)
lab.claim(
    "The network has the weights of its best epoch: distance of the validation losses",
    restored,
    at_most=1e-5,
)
