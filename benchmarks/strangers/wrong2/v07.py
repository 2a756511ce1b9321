import numpy as np


def make_dropout(p_drop=0.4, seed=0):
    """Inverted dropout. Returns a (forward, backward) pair.

    The mask only depends on the seed and the shape, so two calls of forward
    on the same batch give the same result.
    """
    keep = 1.0 - p_drop
    state = {}

    def forward(x, train=True):
        state["train"] = train
        if not train:
            return x
        rng = np.random.RandomState(seed)
        state["mask"] = rng.rand(*x.shape) < keep
        return x * state["mask"] / keep

    def backward(grad):
        if not state["train"]:
            return grad
        return grad * state["mask"]

    return forward, backward
