# %% [markdown]
# # All together: which network is best?

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import data, nn, train
from denpa.lab import Lab

lab = Lab("all-together")
images = lab.images(train=2000, test=2000)
side = images.side
change = data.Augment(shift=1) if images.mnist else data.Augment(noise=0.1)


def changed(x, rng):
    return change(x.reshape(-1, 1, side, side), rng).reshape(len(x), -1)


def penalty(net):
    return 1e-3 * nn.penalty.l2(net)


networks = {
    "plain": {},
    "batch norm": {"batch_norm": True},
    "dropout": {"dropout": 0.3},
    "L2": {"penalty": penalty},
    "augmentation": {"transform": changed},
    "ensemble": {"members": 3},
    "all": {
        "batch_norm": True, "dropout": 0.2, "penalty": penalty, "transform": changed, "members": 3,
    },
}  # fmt: skip


def learn(seed, x, y, batch_norm=False, dropout=0.0, penalty=None, transform=None, members=1):
    nets = []
    for m in range(members):
        own = 1000 * (seed + 1) + m
        dp.manual_seed(own)
        net = train.mlp(
            inputs=side**2, outputs=10, hidden=[100], batch_norm=batch_norm, dropout=dropout
        )
        train.fit(
            net, nn.CrossEntropyLoss(), (x, y), epochs=30, batch_size=50, progress=False, seed=own,
            optimizer=dp.optim.Adam(net.parameters(), lr=2e-3), penalty=penalty,
            transform=transform,
        )  # fmt: skip
        nets.append(net)
    return nets[0] if members == 1 else train.Ensemble(nets, probabilities=True)


def error_rate(net):
    return 100 * np.mean(train.predict(net, images.x_test).argmax(axis=1) != images.y_test)


errors = {name: [] for name in networks}
for seed in lab.seeds(lab.pick(4, 12)):
    rows = np.random.default_rng(seed).permutation(len(images.x))[:300]
    for name, options in networks.items():
        errors[name].append(error_rate(learn(seed, images.x[rows], images.y[rows], **options)))
    print({k: np.round(v[-1], 1) for k, v in errors.items()}, flush=True)
lab.claim("x", 1, equal=1)
