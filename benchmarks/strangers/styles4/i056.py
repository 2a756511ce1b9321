import numpy as np
from typing import Dict, Tuple

Params = Dict[str, np.ndarray]


def init(sizes, rng) -> Params:
    p: Params = {}
    for l, (a, b) in enumerate(zip(sizes, sizes[1:]), 1):
        p[f"w{l}"] = rng.standard_normal((a, b)) * (2 / a) ** 0.5
        p[f"b{l}"] = np.zeros(b)
    return p


def softplus(x):
    return np.logaddexp(0.0, x)


def loss_and_grads(params: Params, x: np.ndarray, y: np.ndarray,
                   weight_decay: float = 1e-2) -> Tuple[float, Params]:
    """Mean squared error of a softplus MLP + L2 on weights (not biases).

    x (n, d), y (n, k).
    """
    depth = len(params) // 2
    acts, pre = [x], []
    for l in range(1, depth + 1):
        z = acts[-1] @ params[f"w{l}"] + params[f"b{l}"]
        pre.append(z)
        acts.append(softplus(z) if l < depth else z)
    diff = acts[-1] - y
    loss = np.mean(diff ** 2)
    loss += 0.5 * weight_decay * sum(np.sum(v ** 2) for k, v in params.items() if k[0] == "w")

    grads: Params = {}
    delta = 2 * diff / diff.size
    for l in range(depth, 0, -1):
        grads[f"w{l}"] = acts[l - 1].T @ delta + weight_decay * params[f"w{l}"]
        grads[f"b{l}"] = delta.sum(0)
        if l > 1:
            delta = delta @ params[f"w{l}"].T / (1 + np.exp(-pre[l - 2]))
    return float(loss), grads


def sgd(params, grads, lr=0.01):
    return {k: params[k] - lr * grads[k] for k in params}
