import numpy as np


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


class SelfAttention:
    """Single-head scaled dot-product self attention, written for the CS 7xx seminar.

    x: (batch, seq, d_model)
    """

    def __init__(self, d_model: int, d_head: int, rng: np.random.Generator = None):
        rng = rng or np.random.default_rng()
        std = d_model ** -0.5
        self.Wq = rng.normal(0, std, (d_model, d_head))
        self.Wk = rng.normal(0, std, (d_model, d_head))
        self.Wv = rng.normal(0, std, (d_model, d_head))
        self.scale = d_head ** -0.5
        self.grads = {}

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        self.q, self.k, self.v = x @ self.Wq, x @ self.Wk, x @ self.Wv
        scores = np.einsum('bid,bjd->bij', self.q, self.k) * self.scale
        self.att = softmax(scores)
        return self.att @ self.v

    def backward(self, grad: np.ndarray) -> np.ndarray:
        datt = np.einsum('bid,bjd->bij', grad, self.v)
        dv = np.einsum('bij,bid->bjd', self.att, grad)
        # softmax jacobian, row by row
        ds = self.att * (datt - np.sum(datt * self.att, axis=-1, keepdims=True))
        ds *= self.scale
        dq = ds @ self.k
        dk = np.swapaxes(ds, 1, 2) @ self.q

        self.grads['Wq'] = np.einsum('bti,btj->ij', self.x, dq)
        self.grads['Wk'] = np.einsum('bti,btj->ij', self.x, dk)
        self.grads['Wv'] = np.einsum('bti,btj->ij', self.x, dv)
        return dq @ self.Wq.T + dk @ self.Wk.T + dv @ self.Wv.T

    def step(self, lr: float) -> None:
        for name, g in self.grads.items():
            setattr(self, name, getattr(self, name) - lr * g)
