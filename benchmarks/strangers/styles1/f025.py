import numpy as np


class Layer_Dropout:

    def __init__(self, rate, seed=7):
        # Store rate, we invert it as for example for dropout
        # of 0.1 we need success rate of 0.9
        self.rate = 1 - rate
        self.seed = seed

    def forward(self, inputs, training=True):
        self.inputs = inputs
        if not training:
            self.binary_mask = np.ones_like(inputs)
            self.output = inputs.copy()
            return self.output
        rng = np.random.RandomState(self.seed)
        # Generate and save scaled mask
        self.binary_mask = rng.binomial(1, self.rate, size=inputs.shape) / self.rate
        self.output = inputs * self.binary_mask
        return self.output

    def backward(self, dvalues):
        # Gradient on values
        self.dinputs = dvalues * self.binary_mask
        return self.dinputs
