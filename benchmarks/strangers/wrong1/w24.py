import numpy as np


class RMSProp:
    def __init__(self, params, lr=0.01, rho=0.9, epsilon=1e-8):
        self.params = params          # list of arrays, changed in place
        self.lr = lr
        self.rho = rho
        self.epsilon = epsilon
        self.cache = [np.zeros(p.shape) for p in params]

    def step(self, grads):
        for idx, g in enumerate(grads):
            self.cache[idx] = self.rho * self.cache[idx] + (1 - self.rho) * g ** 2
            self.params[idx] -= self.lr * g / (self.cache[idx] + self.epsilon)
