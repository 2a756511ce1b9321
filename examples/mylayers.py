"""An affine layer as textbooks write it, with a classic mistake that the gradient check names.

The same from the command line: denpa check examples/mylayers.py:Affine
"""

from __future__ import annotations

import numpy as np

import denpa as dp


class Affine:
    """y = x W + b."""

    def __init__(self, W, b):
        self.W = W
        self.b = b
        self.x = None
        self.dW = None
        self.db = None

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        dx = np.dot(dout, self.W.T)
        self.dW = np.dot(self.x.T, dout)
        self.db = dout[0]
        return dx


rng = np.random.default_rng(0)
layer = Affine(rng.standard_normal((4, 3)), rng.standard_normal(3))
report = dp.check.layer(layer, rng.standard_normal((5, 4)))
print(report)
assert [(f.name, f.mistake) for f in report.findings] == [("b", "bias-not-summed")]
