import numpy as np

SQRT_2_OVER_PI = np.sqrt(2.0 / np.pi)


def gelu(x):
    """GELU, tanh approximation."""
    inner = SQRT_2_OVER_PI * (x + 0.044715 * x ** 3)
    return 0.5 * x * (1.0 + np.tanh(inner))


def gelu_derivative(x):
    """Element-wise d gelu / d x."""
    inner = SQRT_2_OVER_PI * (x + 0.044715 * x ** 3)
    t = np.tanh(inner)
    dinner = SQRT_2_OVER_PI * (1.0 + 0.044715 * x ** 2)
    return 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t ** 2) * dinner
