import numpy as np


class ElmanNetz:
    """Einfaches rekurrentes Netz, Ausgabe nur am Ende der Sequenz.

    sequenz: Array (T, n_ein);  ziel: Array (n_aus,)
    Fehler: halbe quadratische Abweichung
    """

    def __init__(self, n_ein, n_verb, n_aus):
        self.U = np.random.randn(n_verb, n_ein) * 0.4
        self.W = np.random.randn(n_verb, n_verb) * 0.4
        self.V = np.random.randn(n_aus, n_verb) * 0.4
        self.b = np.zeros(n_verb)
        self.c = np.zeros(n_aus)

    def vorwaerts(self, sequenz):
        self.sequenz = sequenz
        self.h = [np.zeros(len(self.b))]
        for x in sequenz:
            self.h.append(np.tanh(self.U @ x + self.W @ self.h[-1] + self.b))
        self.y = self.V @ self.h[-1] + self.c
        return self.y

    def fehler(self, sequenz, ziel):
        return 0.5 * np.sum((self.vorwaerts(sequenz) - ziel) ** 2)

    def bptt(self, sequenz, ziel):
        """Backpropagation through time; liefert dU, dW, dV, db, dc"""
        dy = self.vorwaerts(sequenz) - ziel
        dV = np.outer(dy, self.h[-1])
        dU, dW, db = np.zeros_like(self.U), np.zeros_like(self.W), np.zeros_like(self.b)
        dh = self.V.T @ dy
        for t in range(len(sequenz), 0, -1):
            da = dh * (1 - self.h[t] ** 2)
            dU += np.outer(da, sequenz[t - 1])
            dW += np.outer(da, self.h[t - 1])
            db += da
            dh = self.W.T @ da
        return dU, dW, dV, db, dy

    def lerne(self, sequenz, ziel, rate=0.05):
        for p, g in zip((self.U, self.W, self.V, self.b, self.c), self.bptt(sequenz, ziel)):
            p -= rate * g
