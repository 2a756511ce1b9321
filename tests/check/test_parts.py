"""Networks made of layer objects: which is wrong, and whether backward undoes forward."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np

from denpa import check

R = np.random.default_rng(0).standard_normal
X = R((6, 4))


class Affine:
    def __init__(self, W: Any, b: Any) -> None:
        self.W, self.b = W, b
        self.dW = self.db = None

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout: Any) -> Any:
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class Sigmoid:
    def forward(self, x: Any) -> Any:
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout: Any) -> Any:
        return dout * self.out * (1 - self.out)


class Wrong(Sigmoid):
    def backward(self, dout: Any) -> Any:
        return dout * self.out


class Loss:
    def forward(self, x: Any, t: Any) -> Any:
        self.d = x - t
        return 0.5 * np.sum(self.d**2)

    def backward(self, dout: float = 1.0) -> Any:
        return self.d * dout


class Network:
    def __init__(self, act: Any, last: Any = None) -> None:
        self.layers = OrderedDict(a1=Affine(R((4, 5)), R(5)), act=act, a2=Affine(R((5, 3)), R(3)))
        self.last = last

    def forward(self, x: Any, *t: Any) -> Any:
        for layer in self.layers.values():
            x = layer.forward(x)
        return self.last.forward(x, *t) if self.last else x

    def backward(self, dout: Any) -> Any:
        if self.last:
            dout = self.last.backward(dout)
        for layer in reversed(self.layers.values()):
            dout = layer.backward(dout)
        return dout


def test_the_wrong_layer_is_told_with_its_line() -> None:
    found = check.layer(Network(Wrong()), X)
    assert [(f.part, f.name, f.mistake) for f in found.findings] == [
        ("layers['act'] (Wrong)", "x", "factor-missing")
    ]
    assert found.findings[0].location is not None
    assert found.findings[0].location.text == "return dout * self.out"
    assert [(name, part.ok) for name, part in found.parts.items()] == [
        ("layers['a1'] (Affine)", True),
        ("layers['act'] (Wrong)", False),
        ("layers['a2'] (Affine)", True),
    ]
    assert "wrong in the whole network, too: dx" in str(found)
    assert found.to_dict()["parts"]["layers['act'] (Wrong)"] is False


def test_a_right_network_with_a_loss_at_its_end() -> None:
    assert check.layer(Network(Sigmoid(), Loss()), X, R((6, 3))).ok
    found = check.layer(Network(Wrong(), Loss()), X, R((6, 3)))
    assert [f.part for f in found.findings] == ["layers['act'] (Wrong)"]


def test_a_network_inside_a_network() -> None:
    class Outer(Network):
        def __init__(self) -> None:
            super().__init__(Network(Wrong()))
            self.layers["a1"] = Affine(R((4, 4)), R(4))
            self.layers["a2"] = Affine(R((3, 2)), R(2))

    found = check.layer(Outer(), X)
    assert [f.part for f in found.findings] == ["layers['act'] (Network), layers['act'] (Wrong)"]


def test_one_object_used_twice() -> None:
    class Twice:
        def __init__(self) -> None:
            self.act, self.a = Sigmoid(), Affine(R((4, 4)), R(4))

        def forward(self, x: Any) -> Any:
            return self.act.forward(self.a.forward(self.act.forward(x)))

        def backward(self, dout: Any) -> Any:
            return self.act.backward(self.a.backward(self.act.backward(dout)))

    found = check.layer(Twice(), X)
    assert [f.mistake for f in found.findings] == ["reused"]
    assert "act (Sigmoid) runs 2 times in one forward pass" in found.findings[0].text


def test_a_layer_left_out_on_the_way_back() -> None:
    class Skipped(Network):
        def backward(self, dout: Any) -> Any:
            return self.layers["a1"].backward(self.layers["a2"].backward(dout))

    found = check.layer(Skipped(Sigmoid()), X)
    assert [f.mistake for f in found.findings] == ["skipped"]
    assert found.findings[0].text.startswith("layers['act'] (Sigmoid)")


def test_layers_in_the_wrong_order_on_the_way_back() -> None:
    class Turned:
        def __init__(self) -> None:
            self.a, self.b = Affine(R((4, 4)), R(4)), Sigmoid()

        def forward(self, x: Any) -> Any:
            return self.b.forward(self.a.forward(x))

        def backward(self, dout: Any) -> Any:
            return self.b.backward(self.a.backward(dout))

    found = check.layer(Turned(), X)
    assert [f.mistake for f in found.findings] == ["layer-order"]
    assert found.findings[0].text == (
        "backward goes through a (Affine) where the turn of b (Sigmoid) is"
    )
