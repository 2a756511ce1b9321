"""The same training three times: op by op, compiled by `fit`, and as a loop of your own."""

from __future__ import annotations

import time

import numpy as np

import denpa as dp
from denpa import nn
from denpa.data import digits

data = digits()
x, y = data.x[:1280], data.y[:1280]


def start() -> tuple[nn.Module, dp.optim.Optimizer]:
    dp.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
    return net, dp.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)


losses = {}
for backend in ("eager", "native"):  # "native" is the default
    net, optimizer = start()
    history = dp.train.fit(
        net, nn.CrossEntropyLoss(), (x, y), optimizer=optimizer, epochs=8, batch_size=32,
        progress=False, backend=backend,
    )  # fmt: skip
    losses[backend] = history["train_loss"]
    milliseconds = 1000 * min(history["seconds"])
    print(f"fit, {backend:6}: loss {losses[backend][-1]:.4f}, an epoch in {milliseconds:.1f} ms")

net, optimizer = start()


@dp.compile
def step(inputs: dp.Tensor, labels: dp.Tensor) -> dp.Tensor:
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(inputs), labels)
    loss.backward()
    optimizer.step()
    return loss


losses["own"] = []
best = np.inf
for epoch in range(1, 9):
    order = dp.train.batches.order(len(x), seed=0, epoch=epoch)  # that of `fit`
    begun = time.perf_counter()
    found = step.epoch(x, y, batch_size=32, order=order)  # the loss of every mini-batch
    best = min(best, time.perf_counter() - begun)
    losses["own"].append(float(found.mean()))
print(f"your own loop: loss {losses['own'][-1]:.4f}, an epoch in {1000 * best:.1f} ms")

assert np.allclose(losses["native"], losses["eager"], rtol=1e-3)
assert np.allclose(losses["own"], losses["native"], rtol=1e-5)
