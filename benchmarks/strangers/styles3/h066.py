from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass
class DilatedCausalConv:
    """WaveNet style causal convolution: out[t] only sees x[t], x[t-d], x[t-2d], ..."""

    in_ch: int
    out_ch: int
    width: int = 2
    dilation: int = 1
    seed: int = 0
    kernel: np.ndarray = field(init=False, repr=False)
    bias: np.ndarray = field(init=False, repr=False)
    grad_kernel: np.ndarray | None = field(init=False, default=None, repr=False)
    grad_bias: np.ndarray | None = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        self.kernel = rng.normal(0, 1 / np.sqrt(self.in_ch * self.width),
                                 (self.width, self.in_ch, self.out_ch))
        self.bias = np.zeros(self.out_ch)

    @property
    def receptive_field(self) -> int:
        return (self.width - 1) * self.dilation + 1

    def __call__(self, signal: np.ndarray) -> np.ndarray:
        """signal: (batch, time, in_ch) -> (batch, time, out_ch)"""
        b, t, _ = signal.shape
        pad = self.receptive_field - 1
        padded = np.zeros((b, t + pad, self.in_ch))
        padded[:, pad:] = signal
        out = np.tile(self.bias, (b, t, 1)).astype(float)
        for k in range(self.width):
            lo = k * self.dilation
            out += padded[:, lo:lo + t] @ self.kernel[k]
        self._padded, self._pad = padded, pad
        return out

    def grad(self, g_out: np.ndarray) -> np.ndarray:
        t = g_out.shape[1]
        g_pad = np.zeros_like(self._padded)
        self.grad_kernel = np.zeros_like(self.kernel)
        for k in range(self.width):
            lo = k * self.dilation
            piece = self._padded[:, lo:lo + t]
            self.grad_kernel[k] = np.einsum("bti,bto->io", piece, g_out)
            g_pad[:, lo:lo + t] += g_out @ self.kernel[k].T
        self.grad_bias = g_out.sum(axis=(0, 1))
        return g_pad[:, self._pad:]
