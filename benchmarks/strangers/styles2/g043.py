import numpy as np
from abc import ABC, abstractmethod


class Loss(ABC):
    @abstractmethod
    def __call__(self, pred, target): ...

    @abstractmethod
    def grad(self, pred, target): ...


class HuberLoss(Loss):
    def __init__(self, delta=1.0):
        self.delta = delta

    def __call__(self, pred, target):
        e = np.abs(pred - target)
        q = np.minimum(e, self.delta)
        return np.mean(0.5 * q ** 2 + self.delta * (e - q))

    def grad(self, pred, target):
        return np.clip(pred - target, -self.delta, self.delta) / pred.size
