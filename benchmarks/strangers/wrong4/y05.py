"""
Normalizacion por lotes, paso a paso (apuntes de Aprendizaje Profundo, practica 3)
"""
import numpy as np


def bn_adelante(x, gamma, beta, eps=1e-5):
    """x: (N, D).  Devuelve la salida y lo que hace falta para el paso atras"""
    N, D = x.shape
    # paso 1: media
    mu = 1. / N * np.sum(x, axis=0)
    # paso 2: centrar
    xc = x - mu
    # paso 3: varianza
    var = 1. / N * np.sum(xc ** 2, axis=0)
    # paso 4: desviacion e inversa
    desv = np.sqrt(var + eps)
    inv = 1. / desv
    # paso 5: normalizar
    xn = xc * inv
    # paso 6: escalar y desplazar
    sal = gamma * xn + beta
    memoria = (xn, gamma, xc, inv, desv, var, eps)
    return sal, memoria


def bn_atras(dsal, memoria):
    xn, gamma, xc, inv, desv, var, eps = memoria
    N, D = dsal.shape
    # paso 6
    dbeta = np.sum(dsal, axis=0)
    dgamma = np.sum(dsal * xn, axis=0)
    dxn = dsal * gamma
    # paso 5
    dinv = np.sum(dxn * xc, axis=0)
    dxc1 = dxn * inv
    # paso 4
    ddesv = -1. / (desv ** 2) * dinv
    dvar = 0.5 * 1. / np.sqrt(var + eps) * ddesv
    # paso 3
    dcuad = 1. / N * np.ones((N, D)) * dvar
    dxc2 = 2 * xc * dcuad
    # paso 2
    dx1 = dxc1 + dxc2
    dmu = -1 * np.sum(dxc2, axis=0)
    # paso 1
    dx2 = 1. / N * np.ones((N, D)) * dmu
    dx = dx1 + dx2
    return dx, dgamma, dbeta


if __name__ == "__main__":
    x = 3 * np.random.randn(5, 4) + 1
    y, mem = bn_adelante(x, np.ones(4), np.zeros(4))
    print("media:", y.mean(0), "desviacion:", y.std(0))
    print(bn_atras(np.random.randn(5, 4), mem)[0])
