"""Training on a small share of data: the best weights of each network, and the mean of several."""

from __future__ import annotations

import denpa as dp
from denpa import train
from denpa.data import digits

data = digits()
x, y = data.x, data.y
parts = slice(0, 300), slice(300, 600), slice(600, None)  # a small share to learn from
loss = dp.nn.CrossEntropyLoss()

members = []
for seed in range(5):
    dp.manual_seed(seed)
    net = train.mlp(inputs=64, outputs=10, hidden=[64], dropout=0.2)
    history = train.fit(
        net,
        loss,
        (x[parts[0]], y[parts[0]]),
        validation=(x[parts[1]], y[parts[1]]),
        epochs=100,
        batch_size=32,
        callbacks=[train.EarlyStopping(patience=8)],
        progress=False,
        seed=seed,
    )
    accuracy = train.evaluate(net, loss, (x[parts[2]], y[parts[2]]))["accuracy"]
    print(f"network {seed}: best epoch {history.best_epoch:3}, test accuracy {accuracy:.3f}")
    members.append((net, accuracy))

ensemble = train.Ensemble([net for net, _ in members], probabilities=True)
together = train.evaluate(ensemble, loss, (x[parts[2]], y[parts[2]]))["accuracy"]
mean = sum(a for _, a in members) / len(members)
print(f"mean of the networks {mean:.3f}, the ensemble {together:.3f}")
assert together > mean
