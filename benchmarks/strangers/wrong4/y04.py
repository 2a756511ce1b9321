from __future__ import annotations

import numpy as np


def _sig(a: np.ndarray) -> np.ndarray:
    return 0.5 * (1.0 + np.tanh(0.5 * a))


class LSTM:
    """Single-layer LSTM unrolled over a whole sequence.

    x has shape (T, B, D); forward returns all hidden states, (T, B, H).
    Gate order inside the fused matrix: input, forget, output, candidate.
    """

    def __init__(self, input_dim: int, hidden_dim: int, rng: np.random.Generator | None = None) -> None:
        rng = rng or np.random.default_rng(0)
        k = 1.0 / np.sqrt(hidden_dim)
        self.D, self.H = input_dim, hidden_dim
        self.Wx = rng.uniform(-k, k, (input_dim, 4 * hidden_dim))
        self.Wh = rng.uniform(-k, k, (hidden_dim, 4 * hidden_dim))
        self.b = rng.uniform(-k, k, 4 * hidden_dim)
        self.grads: dict[str, np.ndarray] = {}

    def forward(self, x: np.ndarray) -> np.ndarray:
        T, B, _ = x.shape
        H = self.H
        hs = np.zeros((T + 1, B, H))
        cs = np.zeros((T + 1, B, H))
        gates = np.zeros((T, B, 4 * H))
        for t in range(T):
            a = x[t] @ self.Wx + hs[t] @ self.Wh + self.b
            ifo = _sig(a[:, :3 * H])
            g = np.tanh(a[:, 3 * H:])
            i, f, o = ifo[:, :H], ifo[:, H:2 * H], ifo[:, 2 * H:]
            cs[t + 1] = f * cs[t] + i * g
            hs[t + 1] = o * np.tanh(cs[t + 1])
            gates[t] = np.hstack([ifo, g])
        self._cache = (x, hs, cs, gates)
        return hs[1:]

    def backward(self, dhs: np.ndarray) -> np.ndarray:
        x, hs, cs, gates = self._cache
        T, B, _ = x.shape
        H = self.H
        dWx, dWh, db = np.zeros_like(self.Wx), np.zeros_like(self.Wh), np.zeros_like(self.b)
        dx = np.zeros_like(x)
        dh_next = np.zeros((B, H))
        dc_next = np.zeros((B, H))
        for t in reversed(range(T)):
            i, f, o, g = np.split(gates[t], 4, axis=1)
            dh = dhs[t] + dh_next
            tc = np.tanh(cs[t + 1])
            dc = dc_next + dh * o * (1 - tc ** 2)
            da = np.hstack([
                dc * g * i * (1 - i),
                dc * cs[t + 1] * f * (1 - f),
                dh * tc * o * (1 - o),
                dc * i * (1 - g ** 2),
            ])
            dWx += x[t].T @ da
            dWh += hs[t].T @ da
            db += da.sum(0)
            dx[t] = da @ self.Wx.T
            dh_next = da @ self.Wh.T
            dc_next = dc * f
        self.grads = {"Wx": dWx, "Wh": dWh, "b": db}
        return dx
