import math
import random


class Neuron:
    def __init__(self, inputCount):
        self.weights = [random.uniform(-1, 1) for _ in range(inputCount)]
        self.bias = random.uniform(-1, 1)
        self.weight_gradients = [0.0] * inputCount
        self.bias_gradient = 0.0
        self.output = 0.0
        self.delta = 0.0

    def activate(self, inputs):
        self.inputs = inputs
        net = self.bias + sum(w * x for w, x in zip(self.weights, inputs))
        self.output = 1.0 / (1.0 + math.exp(-net))
        return self.output

    def accumulate(self, error):
        self.delta = error * self.output * (1.0 - self.output)
        self.bias_gradient += self.delta
        for i, x in enumerate(self.inputs):
            self.weight_gradients[i] += self.delta * x


class Layer:
    def __init__(self, neuronCount, inputCount):
        self.neurons = [Neuron(inputCount) for _ in range(neuronCount)]

    def activate(self, inputs):
        return [n.activate(inputs) for n in self.neurons]


class NeuralNetwork:
    def __init__(self, sizes):
        self.layers = [Layer(sizes[i + 1], sizes[i]) for i in range(len(sizes) - 1)]

    def run(self, inputs):
        for layer in self.layers:
            inputs = layer.activate(inputs)
        return inputs

    def calculate_error(self, inputs, targets):
        return sum((o - t) ** 2 for o, t in zip(self.run(inputs), targets)) / 2

    def clear_gradients(self):
        for layer in self.layers:
            for n in layer.neurons:
                n.weight_gradients = [0.0] * len(n.weights)
                n.bias_gradient = 0.0

    def back_propagate(self, inputs, targets):
        errors = [o - t for o, t in zip(self.run(inputs), targets)]
        for layer in reversed(self.layers):
            for n, e in zip(layer.neurons, errors):
                n.accumulate(e)
            errors = [sum(n.delta * n.weights[i] for n in layer.neurons)
                      for i in range(len(layer.neurons[0].weights))]
