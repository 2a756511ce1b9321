import numpy as np
from .registry import register


def _sig(x):
    return 1 / (1 + np.exp(-x))


@register('swish')
class Swish:
    @staticmethod
    def f(x):
        return x * _sig(x)

    @staticmethod
    def df(x):
        s = _sig(x)
        return s + x * s * (1 - s)


@register('mish')
class Mish:
    @staticmethod
    def f(x):
        return x * np.tanh(np.log1p(np.exp(x)))

    @staticmethod
    def df(x):
        t = np.tanh(np.log1p(np.exp(x)))
        return t + x * (1 - t * t) * _sig(x)
