import numpy as np


class NesterovMomentum:
    """Nesterov-Impuls wie in der Vorlesung (umgeformt, so dass der Gradient
    an der aktuellen Stelle ausgewertet wird)."""

    def __init__(self, lernrate=0.01, mu=0.9):
        self.lernrate = lernrate
        self.mu = mu
        self.geschw = None

    def update(self, params, grads):
        if self.geschw is None:
            self.geschw = {}
            for name in params:
                self.geschw[name] = np.zeros_like(params[name])

        for name in params.keys():
            v_alt = self.geschw[name]
            self.geschw[name] *= self.mu
            self.geschw[name] -= self.lernrate * grads[name]
            params[name] += -self.mu * v_alt + (1 + self.mu) * self.geschw[name]


def quadratisch(p):
    return {'x': 2 * p['x'], 'y': 20 * p['y']}


if __name__ == '__main__':
    p = {'x': np.array([4.0]), 'y': np.array([1.5])}
    opt = NesterovMomentum(0.02)
    for i in range(50):
        opt.update(p, quadratisch(p))
        if i % 10 == 0:
            print(i, p['x'], p['y'])
