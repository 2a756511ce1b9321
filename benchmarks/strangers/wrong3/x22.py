"""mininn - layers.py"""
import numpy as np


class Layer:
    trainable = False

    def forward(self, inputs):
        raise NotImplementedError

    def backward(self, dvalues):
        raise NotImplementedError


class Dense(Layer):
    trainable = True

    def __init__(self, n_inputs, n_neurons):
        self.weights = 0.1 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases
        return self.output

    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T)
        return self.dinputs


class ActivationSoftmax(Layer):
    def forward(self, inputs):
        shifted = inputs - np.max(inputs, axis=1, keepdims=True)
        exps = np.exp(shifted)
        self.output = exps / np.sum(exps, axis=1, keepdims=True)
        return self.output

    def backward(self, dvalues):
        self.dinputs = dvalues * self.output * (1 - self.output)
        return self.dinputs


if __name__ == "__main__":
    dense, act = Dense(4, 3), ActivationSoftmax()
    out = act.forward(dense.forward(np.random.randn(5, 4)))
    print(out)
    dense.backward(act.backward(np.random.randn(5, 3)))
    print(dense.dweights)
