import math
import numpy as np

class GELU:
    """tanh approximation (GPT-2)"""

    K = math.sqrt(2.0 / math.pi)

    def forward(self, x):
        self.x = x
        self.th = np.tanh(self.K * (x + 0.044715 * x ** 3))
        return 0.5 * x * (1.0 + self.th)

    def backward(self, grad_out):
        x, th = self.x, self.th
        sech2 = 1.0 - th * th
        inner = self.K * (1.0 + 3.0 * 0.044715 * x * x)
        local = 0.5 * (1.0 + th) + 0.5 * x * sech2 * inner
        return grad_out * local
