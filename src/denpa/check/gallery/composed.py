"""Networks made of layer objects: every layer is right, and the way back through them is wrong."""

from __future__ import annotations

from collections import OrderedDict

from denpa.check.gallery.activations import Relu, Sigmoid, Tanh
from denpa.check.gallery.dense import Affine
from denpa.check.gallery.form import Mutant, exhibit, one_hot, rand
from denpa.check.gallery.losses import SoftmaxWithLoss

_SQUARE = (rand(4, 4), rand(4), rand(4, 4), rand(4))


@exhibit(
    init=_SQUARE,
    given=(rand(6, 4),),
    mutants=[
        Mutant("reused", "x", "self.act1, self.act2 = Sigmoid(), Sigmoid()",
               "self.act1 = self.act2 = Sigmoid()"),
        Mutant("skipped", "x", "self.act1.backward(dh)", "dh"),
        Mutant("skipped", "x", "self.act2.backward(dout)", "dout"),
        Mutant("layer-order", "x", "self.affine1.backward(self.act1.backward(dh))",
               "self.act1.backward(self.affine1.backward(dh))"),
    ],
    scales=(1e-3, 3.0),
)  # fmt: skip
class TwoLayersOfObjects:
    def __init__(self, W1, b1, W2, b2):
        self.affine1, self.affine2 = Affine(W1, b1), Affine(W2, b2)
        self.act1, self.act2 = Sigmoid(), Sigmoid()

    def forward(self, x):
        h = self.act1.forward(self.affine1.forward(x))
        return self.act2.forward(self.affine2.forward(h))

    def backward(self, dout):
        dh = self.affine2.backward(self.act2.backward(dout))
        dx = self.affine1.backward(self.act1.backward(dh))
        return dx


@exhibit(
    init=_SQUARE,
    given=(rand(6, 4),),
    mutants=[
        Mutant("reused", "x", "self.layers = [Affine(W1, b1), Tanh(), Affine(W2, b2), Tanh()]",
               "act = Tanh()\n        self.layers = [Affine(W1, b1), act, Affine(W2, b2), act]"),
        Mutant("skipped", "x", "reversed(self.layers)", "reversed(self.layers[:-1])"),
        Mutant("skipped", "x", "reversed(self.layers)", "reversed(self.layers[1:])"),
        Mutant("layer-order", "x", "reversed(self.layers)", "self.layers"),
    ],
    scales=(1e-3, 3.0),
)  # fmt: skip
class ListOfLayers:
    def __init__(self, W1, b1, W2, b2):
        self.layers = [Affine(W1, b1), Tanh(), Affine(W2, b2), Tanh()]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout


@exhibit(
    init=_SQUARE,
    given=(rand(6, 4), one_hot(6, 4)),
    mutants=[
        Mutant("reused", "x", "Relu2=Relu()", "Relu2=relu"),
        Mutant("skipped", "x", 'if name != "Loss":', 'if name not in ("Loss", "Relu1"):'),
        Mutant("layer-order", "x", "reversed(self.layers.items())", "self.layers.items()"),
    ],
    scales=(1e-3, 3.0),
)
class NetworkWithLoss:
    def __init__(self, W1, b1, W2, b2):
        relu = Relu()
        self.layers = OrderedDict(Affine1=Affine(W1, b1), Relu1=relu, Affine2=Affine(W2, b2))
        self.layers.update(Relu2=Relu(), Loss=SoftmaxWithLoss())

    def forward(self, x, t):
        for name, layer in self.layers.items():
            x = layer.forward(x, t) if name == "Loss" else layer.forward(x)
        return x

    def backward(self, dout=1):
        dout = self.layers["Loss"].backward(dout)
        for name, layer in reversed(self.layers.items()):
            if name != "Loss":
                dout = layer.backward(dout)
        return dout
