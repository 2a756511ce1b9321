# -*- coding: utf-8 -*-
# Econometria financeira - trabalho 2
# GARCH(1,1): sigma2_t = omega + alpha*e_{t-1}^2 + beta*sigma2_{t-1}
import numpy as np


def verossimilhanca_garch(theta, retornos):
    """menos log-verossimilhança gaussiana média e o gradiente analítico"""
    omega, alpha, beta = theta
    e = np.asarray(retornos, dtype=float)
    T = len(e)
    s2 = np.mean(e**2)          # valor inicial, não depende de theta
    ds2 = np.zeros(3)
    soma = 0.0
    grad = np.zeros(3)
    for t in range(T):
        if t > 0:
            anterior = s2
            s2 = omega + alpha*e[t-1]**2 + beta*anterior
            ds2 = np.array([1.0, e[t-1]**2, anterior])
        soma += 0.5*(np.log(2*np.pi) + np.log(s2) + e[t]**2/s2)
        grad += 0.5*(1.0/s2 - e[t]**2/s2**2)*ds2
    return soma/T, grad/T


def simular(theta, T, semente=0):
    gerador = np.random.RandomState(semente)
    omega, alpha, beta = theta
    s2 = omega/(1 - alpha - beta)
    saida = []
    for _ in range(T):
        r = np.sqrt(s2)*gerador.randn()
        saida.append(r)
        s2 = omega + alpha*r**2 + beta*s2
    return np.array(saida)


if __name__ == "__main__":
    r = simular([0.1, 0.1, 0.8], 1500)
    th = np.array([0.2, 0.2, 0.5])
    for k in range(300):
        f, g = verossimilhanca_garch(th, r)
        th = np.clip(th - 0.05*g, 1e-4, 0.98)
    print(th, f)
