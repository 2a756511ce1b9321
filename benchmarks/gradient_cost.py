"""What a gradient costs: backpropagation against forward passes and against central differences.

The network is 784-50-10 with 39,760 parameters, batch 100. All gradients by central differences
take two forward passes for each parameter; that is timed on a sample of parameters and multiplied
up.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np

import denpa as dp

PARAMETERS = 39_760


def seconds(f: Callable[[], object], n: int) -> float:
    """Median time of one call."""
    f()
    times = []
    for _ in range(n):
        started = time.perf_counter()
        f()
        times.append(time.perf_counter() - started)
    return median(times)


def main() -> None:
    """Print the figures."""
    rng = np.random.default_rng(0)
    net = dp.nn.Sequential(dp.nn.Linear(784, 50), dp.nn.Sigmoid(), dp.nn.Linear(50, 10))
    x = dp.tensor(rng.standard_normal((100, 784)).astype("float32"))
    y = dp.tensor(rng.integers(0, 10, 100))
    assert sum(p.numel() for p in net.parameters()) == PARAMETERS

    def forward() -> dp.Tensor:
        with dp.no_grad():
            return dp.nn.functional.cross_entropy(net(x), y)

    def gradient() -> None:
        net.zero_grad()
        dp.nn.functional.cross_entropy(net(x), y).backward()

    weight = net[0].weight.detach().numpy()

    def differences(n: int = 50) -> None:
        for k in range(n):
            for h in (1e-3, -1e-3):
                weight[0, k] += h
                forward()
                weight[0, k] -= h

    f, g = seconds(forward, 200), seconds(gradient, 200)
    d = seconds(differences, 5) / 50 * PARAMETERS
    print(f"784-50-10, batch 100, {PARAMETERS:,} parameters")
    print(f"  one forward pass                  {f * 1e6:12,.0f} µs")
    print(f"  all gradients, backpropagation    {g * 1e6:12,.0f} µs = {g / f:.1f} forward passes")
    print(f"  all gradients, central differences{d * 1e6:12,.0f} µs = {d / g:,.0f} times that")


if __name__ == "__main__":
    main()
