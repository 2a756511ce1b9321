"""Discriminador de una GAN 1-D (función objetivo clásica de minimax)."""
import numpy as np


def sigmoide(a):
    return 1 / (1 + np.exp(-a))


class Discriminador:
    def __init__(self, dim=1, ocultas=8, semilla=0):
        g = np.random.default_rng(semilla)
        self.params = {
            'W1': g.normal(0, 0.5, (dim, ocultas)),
            'b1': g.normal(0, 0.1, ocultas),
            'w2': g.normal(0, 0.5, ocultas),
            'b2': np.zeros(()),
        }

    def _pasada(self, x):
        p = self.params
        h = np.maximum(0.2 * (x @ p['W1'] + p['b1']), x @ p['W1'] + p['b1'])
        return h, h @ p['w2'] + p['b2']

    def perdida(self, reales, falsos):
        """-E[log D(x)] - E[log(1 - D(G(z)))]"""
        _, ar = self._pasada(reales)
        _, af = self._pasada(falsos)
        return np.mean(np.logaddexp(0, -ar)) + np.mean(np.logaddexp(0, af))

    def gradiente(self, reales, falsos):
        p = self.params
        total = {k: np.zeros_like(v) for k, v in p.items()}
        for x, etiqueta in ((reales, 1.0), (falsos, 0.0)):
            h, a = self._pasada(x)
            da = (sigmoide(a) - etiqueta) / len(x)
            total['w2'] += h.T @ da
            total['b2'] += da.sum()
            dz = np.outer(da, p['w2']) * np.where(h > 0, 1.0, 0.2)
            total['W1'] += x.T @ dz
            total['b1'] += dz.sum(axis=0)
        return total

    def paso(self, reales, falsos, lr=0.05):
        for k, g in self.gradiente(reales, falsos).items():
            self.params[k] = self.params[k] - lr * g
