"""Every forward value and every backward message of a small network, as equations."""

from __future__ import annotations

import denpa as dp

x = dp.tensor([[2.0, -1.0, 1.0]])
w = dp.tensor([[2.0, 0.0], [1.0, 1.0], [0.0, 4.0]])
t = dp.tensor([[1.0, 2.0]])


def error(x: dp.Tensor, w: dp.Tensor) -> dp.Tensor:
    """E = ½ Σ (xW − t)²."""
    half: dp.Tensor = 0.5 * ((x @ w - t) ** 2).sum()
    return half


forward = dp.func.trace(error, x, w)
backward = dp.func.vjp_graph(forward)
print("Forward, as a graph of equations:\n", forward, sep="")
print("\nBackward, made of equations of the same kind:\n", backward, sep="")
dx, dw = backward(x.numpy(), w.numpy(), dp.tensor(1.0).numpy())
print("\n∂E/∂x =", dx.tolist(), "\n∂E/∂W =", dw.tolist())
assert dx.tolist() == [[4, 3, 4]]
assert dw.tolist() == [[4, 2], [-2, -1], [2, 1]]
