# Übung 4: Mehrschichtiges Perzeptron mit ELU
# Gruppe 12
import numpy as np


class ELUNetz:

    def __init__(self, n_ein=3, n_versteckt=6, n_aus=2, alpha=1.0):
        rng = np.random.default_rng(12)
        self.alpha = alpha
        self.W1 = rng.normal(0, 0.7, (n_ein, n_versteckt))
        self.b1 = rng.normal(0, 0.1, n_versteckt)
        self.W2 = rng.normal(0, 0.7, (n_versteckt, n_aus))
        self.b2 = np.zeros(n_aus)

    def elu(self, z):
        return np.where(z > 0, z, self.alpha * (np.exp(np.minimum(z, 0)) - 1))

    def elu_ableitung(self, h):
        return np.where(h > 0, 1.0, self.alpha * np.exp(np.minimum(h, 0)))

    def vorwaerts(self, X):
        self.X = X
        self.H = self.elu(X @ self.W1 + self.b1)
        self.Y = self.H @ self.W2 + self.b2
        return self.Y

    def verlust(self, T):
        # mittlerer quadratischer Fehler ueber alle Eintraege
        return np.mean((self.Y - T) ** 2)

    def rueckwaerts(self, T):
        dY = 2 * (self.Y - T) / T.size
        self.dW2 = self.H.T @ dY
        self.db2 = dY.sum(axis=0)
        dH = dY @ self.W2.T
        dZ = dH * self.elu_ableitung(self.H)
        self.dW1 = self.X.T @ dZ
        self.db1 = dZ.sum(axis=0)
        return dZ @ self.W1.T

    def schritt(self, eta=0.1):
        self.W1 -= eta * self.dW1
        self.b1 -= eta * self.db1
        self.W2 -= eta * self.dW2
        self.b2 -= eta * self.db2


if __name__ == '__main__':
    netz = ELUNetz()
    X = np.random.randn(50, 3)
    T = np.c_[X[:, 0] * X[:, 1], X[:, 2]]
    for i in range(300):
        netz.vorwaerts(X)
        netz.rueckwaerts(T)
        netz.schritt()
        if i % 100 == 0:
            print('Schritt', i, 'Verlust', netz.verlust(T))
