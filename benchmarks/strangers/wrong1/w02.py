import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def sigmoid_derivative(x):
    s = sigmoid(x)
    return s * (1 - s)


class ActivationLayer:
    """Sigmoid activation, no parameters."""

    def __init__(self):
        self.input = None
        self.output = None

    def forward(self, input_data):
        self.input = input_data
        self.output = sigmoid(input_data)
        return self.output

    def backward(self, output_error):
        return output_error * sigmoid_derivative(self.output)
