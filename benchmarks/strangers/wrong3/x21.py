# Optimierer für das Seminarprojekt
import numpy as np


class RMSProp:
    def __init__(self, lr=0.01, rho=0.9, eps=1e-8):
        self.lr = lr
        self.rho = rho
        self.eps = eps
        self.quadrate = None     # gleitendes Mittel der Gradientenquadrate

    def step(self, w, grad):
        """Ein Schritt; gibt die neuen Gewichte zurück."""
        if self.quadrate is None:
            self.quadrate = np.zeros_like(w)
        self.quadrate = self.rho * self.quadrate + grad ** 2
        return w - self.lr * grad / (np.sqrt(self.quadrate) + self.eps)


if __name__ == "__main__":
    A = np.diag([1.0, 10.0])
    w = np.array([2.0, 1.0])
    opt = RMSProp(lr=0.05)
    for k in range(200):
        w = opt.step(w, A @ w)
    print(w)
