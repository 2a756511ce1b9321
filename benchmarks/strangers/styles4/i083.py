# Kleines Netz, Gradienten werden "lazy" von hinten nach vorne erzeugt.
import numpy as np


def vorwaerts(schichten, x):
    """schichten: Liste von (W, b), W hat Form (aus, ein), x hat Form (ein, n).
    gibt Ausgabe und Zwischenwerte zurück"""
    werte = [x]
    letzte = len(schichten) - 1
    for i, (W, b) in enumerate(schichten):
        z = W @ werte[-1] + b
        werte.append(z if i == letzte else np.tanh(z))
    return werte[-1], werte


def rueckwaerts(schichten, werte, d):
    """Generator: liefert (i, dW, db) von der letzten zur ersten Schicht.
    d ist die Ableitung des Verlusts nach der Ausgabe."""
    for i in range(len(schichten) - 1, -1, -1):
        W, b = schichten[i]
        if i < len(schichten) - 1:
            d = d * (1 - werte[i + 1] ** 2)
        yield i, d @ werte[i].T, d.sum(axis=1, keepdims=True)
        d = W.T @ d


def netz(groessen, seed=0):
    g = np.random.default_rng(seed)
    return [(g.normal(size=(m, n)) / np.sqrt(n), np.zeros((m, 1)))
            for n, m in zip(groessen[:-1], groessen[1:])]


if __name__ == "__main__":
    schichten = netz([1, 20, 20, 1])
    x = np.linspace(-2, 2, 50)[None, :]
    t = np.sin(2 * x)
    for epoche in range(2001):
        y, werte = vorwaerts(schichten, x)
        neu = list(schichten)
        for i, dW, db in rueckwaerts(schichten, werte, (y - t) / x.shape[1]):
            neu[i] = (schichten[i][0] - 0.1 * dW, schichten[i][1] - 0.1 * db)
        schichten = neu
        if epoche % 500 == 0:
            print(epoche, 0.5 * np.mean((y - t) ** 2))
