"""Newton's method on Rosenbrock's valley: gradient and Hessian from one function."""

from __future__ import annotations

import numpy as np

import denpa as dp


def valley(x: dp.Tensor) -> dp.Tensor:
    """100 (x₁ − x₀²)² + (1 − x₀)², with its minimum 0 at (1, 1)."""
    value: dp.Tensor = 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2
    return value


x = dp.tensor([-1.2, 1.0], dtype=dp.float64)
for step in range(7):
    value, gradient = dp.func.value_and_grad(valley)(x)
    print(f"step {step}: x = {np.round(x.numpy(), 6)}, value {value.item():.3e}")
    curvature = dp.func.hessian(valley)(x)
    x = x - dp.from_numpy(np.linalg.solve(curvature.numpy(), gradient.numpy()))
assert valley(x).item() < 1e-20
