class Layer_Base:

    def __init__(self):
        self.inputs = None
        self.output = None
        self.dinputs = None

    def forward(self, inputs, training=True):
        raise NotImplementedError

    def backward(self, dvalues):
        raise NotImplementedError
