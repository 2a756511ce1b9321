import numpy as np


def sigm(x):
    return 1.0 / (1.0 + np.exp(-x))


class CelulaGRU:
    """
    Um passo de uma GRU.

        z  = sigm(Wz x + Uz h + bz)          (porta de atualizacao)
        r  = sigm(Wr x + Ur h + br)          (porta de reinicio)
        h~ = tanh(Wh x + Uh (r*h) + bh)
        h' = (1 - z) * h + z * h~

    x e h sao vetores (1-D).
    """

    def __init__(self, n_entrada, n_oculto, semente=42):
        g = np.random.RandomState(semente)
        def w(*forma):
            return g.normal(0, 0.4, forma)
        self.p = {}
        for porta in 'zrh':
            self.p['W' + porta] = w(n_oculto, n_entrada)
            self.p['U' + porta] = w(n_oculto, n_oculto)
            self.p['b' + porta] = w(n_oculto)
        self.d = {k: np.zeros_like(v) for k, v in self.p.items()}

    def zera_grad(self):
        for k in self.d:
            self.d[k][...] = 0

    def frente(self, x, h):
        p = self.p
        z = sigm(p['Wz'] @ x + p['Uz'] @ h + p['bz'])
        r = sigm(p['Wr'] @ x + p['Ur'] @ h + p['br'])
        ht = np.tanh(p['Wh'] @ x + p['Uh'] @ (r * h) + p['bh'])
        self.cache = x, h, z, r, ht
        return (1 - z) * h + z * ht

    def tras(self, dh_novo):
        """devolve (dx, dh) e soma em self.d"""
        p, d = self.p, self.d
        x, h, z, r, ht = self.cache
        dh = dh_novo * (1 - z)
        # candidato
        da_h = dh_novo * z * (1 - ht ** 2)
        drh = p['Uh'].T @ da_h
        dh = dh + drh * r
        # portas
        da_z = dh_novo * (ht - h) * z * (1 - z)
        da_r = drh * h * r * (1 - r)
        dh = dh + p['Uz'].T @ da_z + p['Ur'].T @ da_r
        dx = p['Wz'].T @ da_z + p['Wr'].T @ da_r + p['Wh'].T @ da_h

        d['Wz'] += np.outer(da_z, x)
        d['Wr'] += np.outer(da_r, x)
        d['Wh'] += np.outer(da_h, x)
        d['Uz'] += np.outer(da_z, h)
        d['Ur'] += np.outer(da_r, h)
        d['Uh'] += np.outer(da_h, h)
        d['bz'] += da_z
        d['br'] += da_r
        d['bh'] += da_h
        return dx, dh
