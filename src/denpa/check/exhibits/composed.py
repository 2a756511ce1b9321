"""Networks made of layer objects: every layer is right, and the way back through them is wrong."""

from collections import OrderedDict


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
