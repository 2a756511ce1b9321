"""Networks that keep their parameters in the layers that they hold, and nowhere else."""

from __future__ import annotations

import numpy as np

import denpa as dp


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class Unsummed(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.db = dout[0]
        return dx


class Chain:
    def __init__(self, second):
        rng = np.random.default_rng(0)
        first = Affine(rng.normal(size=(3, 4)), np.zeros(4))
        self.layers = [first, second(rng.normal(size=(4, 2)), np.zeros(2))]
        self.last = self.layers[1]  # held twice

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout


class Tower(Chain):
    """A chain that holds a chain."""

    def __init__(self, second):
        super().__init__(Affine)
        self.layers = [Chain(second), Affine(np.ones((2, 2)), np.zeros(2))]
        self.last = None


X = np.random.default_rng(1).normal(size=(5, 3))


def test_the_parameters_of_held_layers_are_compared_once_each() -> None:
    report = dp.check.layer(Chain(Affine), X)
    assert report.ok
    names = ["x", "layers[0].W", "layers[0].b", "layers[1].W", "layers[1].b"]
    assert list(report.compared) == names


def test_a_mistake_in_a_held_layer_is_not_passed_over() -> None:
    report = dp.check.layer(Chain(Unsummed), X)
    assert not report.ok
    assert [(f.part, f.mistake) for f in report.findings] == [
        ("layers[1] (Unsummed)", "bias-not-summed")
    ]


def test_nor_in_one_that_is_held_by_one_that_is_held() -> None:
    report = dp.check.layer(Tower(Unsummed), X)
    assert not report.ok
    assert not report.compared["layers[0].layers[1].b"].ok
    assert dp.check.layer(Tower(Affine), X).ok
