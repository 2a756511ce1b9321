import numpy as np
from .registry import register


@register('relu')
class ReLU:
    f = staticmethod(lambda x: np.where(x > 0, x, 0.0))
    df = staticmethod(lambda x: np.where(x > 0, 1.0, 0.0))


@register('elu')
class ELU:
    @staticmethod
    def f(x, a=1.0):
        return np.where(x > 0, x, a * (np.exp(np.minimum(x, 0)) - 1))

    @staticmethod
    def df(x, a=1.0):
        return np.where(x > 0, 1.0, a * np.exp(np.minimum(x, 0)))


@register('softsign')
class SoftSign:
    f = staticmethod(lambda x: x / (1 + np.abs(x)))
    df = staticmethod(lambda x: 1 / (1 + np.abs(x)) ** 2)
