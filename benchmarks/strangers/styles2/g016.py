# -*- coding: utf-8 -*-
# Übungsblatt 4, Aufgabe 2: Mehrschichtiges Perzeptron
import numpy as np

def fermi(x):
    """Fermifunktion (logistische Funktion)"""
    return 1/(1 + np.exp(-x))

class Schicht:
    """Eine Schicht mit Schwellwerten: y = fermi(W x - schwelle), ein Vektor pro Aufruf"""
    def __init__(self, n_ein, n_aus, zufall=None):
        rng = np.random.default_rng(zufall)
        self.W = rng.uniform(-1, 1, (n_aus, n_ein))
        self.schwelle = rng.uniform(-1, 1, n_aus)

    def vorwaerts(self, x):
        self.eingabe = x
        self.ausgabe = fermi(self.W @ x - self.schwelle)
        return self.ausgabe

    def rueckwaerts(self, fehler):
        # delta = Fehler mal Ableitung der Fermifunktion
        delta = fehler * self.ausgabe * (1 - self.ausgabe)
        self.dW = np.outer(delta, self.eingabe)
        self.dschwelle = -delta      # Minuszeichen, weil die Schwelle abgezogen wird!
        return self.W.T @ delta
