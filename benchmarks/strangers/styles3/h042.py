import math
import numpy as np

C = math.sqrt(2.0 / math.pi)


class GELU:
    '''gelu, tanh version as in the GPT-2 code'''

    def forward(self, input):
        self.input = input
        self.t = np.tanh(C * (input + 0.044715 * np.power(input, 3)))
        self.output = 0.5 * input * (1.0 + self.t)
        return self.output

    def backward(self, dvalues):
        x, t = self.input, self.t
        inner = C * (1.0 + 3 * 0.044715 * x * x)
        self.dinputs = dvalues * (0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * inner)
        return self.dinputs


g = GELU()
for v in (-2.0, -1.0, 0.0, 1.0, 2.0):
    print(v, g.forward(np.array([v])), g.backward(np.array([1.0])))
