# RNN de caracteres, tarea 4 (curso de aprendizaje profundo)
import numpy as np

texto = "el perro de san roque no tiene rabo porque ramon ramirez se lo ha cortado"
letras = sorted(set(texto))
V = len(letras)
H = 12
idx = {c: i for i, c in enumerate(letras)}

rng = np.random.RandomState(7)
Wxh = rng.randn(H, V) * 0.2
Whh = rng.randn(H, H) * 0.2
Why = rng.randn(V, H) * 0.2
bh = np.zeros((H, 1))
by = np.zeros((V, 1))


def perdida(entradas, objetivos, hprev):
    """entradas, objetivos: listas de enteros. hprev: H x 1
    devuelve perdida, gradientes de los parametros y ultimo estado"""
    xs, hs, ps = {}, {-1: np.copy(hprev)}, {}
    costo = 0
    for t in range(len(entradas)):
        xs[t] = np.zeros((V, 1))
        xs[t][entradas[t]] = 1
        hs[t] = np.tanh(Wxh @ xs[t] + Whh @ hs[t-1] + bh)
        y = Why @ hs[t] + by
        e = np.exp(y - y.max())
        ps[t] = e / e.sum()
        costo -= np.log(ps[t][objetivos[t], 0])

    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhsig = np.zeros_like(hs[0])
    for t in reversed(range(len(entradas))):
        dy = ps[t].copy()
        dy[objetivos[t]] -= 1
        dWhy += dy @ hs[t].T
        dby += dy
        dh = Why.T @ dy + dhsig
        dz = (1 - hs[t]**2) * dh
        dbh += dz
        dWxh += dz @ xs[t].T
        dWhh += dz @ hs[t-1].T
        dhsig = Whh.T @ dz
    return costo, dWxh, dWhh, dWhy, dbh, dby, hs[len(entradas)-1]


def entrenar(n=200, tasa=0.05):
    sec = [idx[c] for c in texto]
    h = np.zeros((H, 1))
    for k in range(n):
        p = (k * 10) % (len(sec) - 11)
        if p == 0:
            h = np.zeros((H, 1))
        c, *grads, h = perdida(sec[p:p+10], sec[p+1:p+11], h)
        for param, g in zip((Wxh, Whh, Why, bh, by), grads):
            param -= tasa * np.clip(g, -5, 5)
        if k % 50 == 0:
            print(k, c)


if __name__ == '__main__':
    entrenar()
