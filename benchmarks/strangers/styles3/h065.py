# Übungsblatt 9, Aufgabe 2: Layer-Normalisierung
import numpy as np


def vorwaerts(x, gewicht, versatz, eps=1e-6):
    """Normalisiert über die letzte Achse.

    x        ... beliebige Form (..., D)
    gewicht  ... (D,)
    versatz  ... (D,)
    Rückgabe: (y, zwischenspeicher)
    """
    mittel = np.mean(x, axis=-1, keepdims=True)
    zentriert = x - mittel
    varianz = np.mean(zentriert * zentriert, axis=-1, keepdims=True)
    kehr = 1.0 / np.sqrt(varianz + eps)
    x_dach = zentriert * kehr
    y = x_dach * gewicht + versatz
    return y, (x_dach, kehr, gewicht)


def rueckwaerts(dy, zwischenspeicher):
    x_dach, kehr, gewicht = zwischenspeicher
    D = dy.shape[-1]
    achsen = tuple(range(dy.ndim - 1))
    d_versatz = dy.sum(axis=achsen)
    d_gewicht = (dy * x_dach).sum(axis=achsen)
    g = dy * gewicht
    s1 = g.sum(axis=-1, keepdims=True)
    s2 = (g * x_dach).sum(axis=-1, keepdims=True)
    dx = kehr / D * (D * g - s1 - x_dach * s2)
    return dx, d_gewicht, d_versatz
