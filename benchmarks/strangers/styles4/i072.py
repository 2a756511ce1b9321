import numpy as np

class PerdidaHuber:

    def __init__(self, delta=1.0):
        self.delta = delta

    def forward(self, prediccion, objetivo):
        self.r = prediccion - objetivo
        a = np.abs(self.r)
        cuad = 0.5 * self.r**2
        lin = self.delta * (a - 0.5 * self.delta)
        return np.mean(np.where(a <= self.delta, cuad, lin))

    def backward(self):
        return np.clip(self.r, -self.delta, self.delta) / self.r.size
