# layers in the style of a well known video: backward gets the output gradient and
# the learning rate, updates the weights and gives the input gradient back
import numpy as np

class Layer:
    def __init__(self):
        self.input = None
        self.output = None

    def forward(self, input):
        raise NotImplementedError

    def backward(self, output_gradient, learning_rate):
        raise NotImplementedError

class Dense(Layer):
    def __init__(self, input_size, output_size):
        super().__init__()
        self.weights = np.random.randn(output_size, input_size)
        self.bias = np.random.randn(output_size, 1)

    def forward(self, input):
        self.input = input
        self.output = np.dot(self.weights, self.input) + self.bias
        return self.output

    def backward(self, output_gradient, learning_rate):
        weights_gradient = np.dot(output_gradient, self.input.T)
        input_gradient = np.dot(self.weights.T, output_gradient)
        self.weights -= learning_rate * weights_gradient
        self.bias -= learning_rate * output_gradient
        return input_gradient

class Tanh(Layer):
    def forward(self, input):
        self.input = input
        return np.tanh(input)

    def backward(self, output_gradient, learning_rate):
        return output_gradient * (1 - np.tanh(self.input) ** 2)

if __name__ == '__main__':
    X = np.reshape([[0, 0], [0, 1], [1, 0], [1, 1]], (4, 2, 1))
    Y = np.reshape([[0], [1], [1], [0]], (4, 1, 1))
    net = [Dense(2, 3), Tanh(), Dense(3, 1), Tanh()]
    for e in range(2000):
        err = 0
        for x, y in zip(X, Y):
            out = x
            for layer in net:
                out = layer.forward(out)
            err += np.mean((y - out) ** 2)
            grad = 2 * (out - y) / y.size
            for layer in reversed(net):
                grad = layer.backward(grad, 0.1)
    print(err / 4)
