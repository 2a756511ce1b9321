from typing import List
import random

Tensor = list
Vector = List[float]


def dot(v: Vector, w: Vector) -> float:
    assert len(v) == len(w), "vectors must be same length"
    return sum(v_i * w_i for v_i, w_i in zip(v, w))


class Layer:
    def forward(self, input):
        raise NotImplementedError

    def backward(self, gradient):
        raise NotImplementedError


class Linear(Layer):
    def __init__(self, input_dim: int, output_dim: int) -> None:
        """A layer of output_dim neurons, each with input_dim weights (and a bias)."""
        self.input_dim = input_dim
        self.output_dim = output_dim
        # self.w[o] is the weights for the o-th neuron
        self.w = [[random.gauss(0, 1) for _ in range(input_dim)] for _ in range(output_dim)]
        self.b = [random.gauss(0, 1) for _ in range(output_dim)]

    def forward(self, input: Tensor) -> Tensor:
        self.input = input
        return [dot(input, self.w[o]) + self.b[o] for o in range(self.output_dim)]

    def backward(self, gradient: Tensor) -> Tensor:
        # Each b[o] gets added to output[o], so its gradient is the output gradient
        self.b_grad = gradient
        self.w_grad = [[self.input[i] * gradient[o] for i in range(self.input_dim)]
                       for o in range(self.output_dim)]
        return [sum(self.w[o][i] * gradient[o] for o in range(self.output_dim))
                for i in range(self.input_dim)]
