"""Word2vec (skip-gram, échantillonnage négatif) -- devoir TAL"""
import numpy as np


def sigmoide(x):
    return 1 / (1 + np.exp(-x))


def perte_negative(v_centre, indice_contexte, U, negatifs):
    """
    v_centre : vecteur (d,)
    U : matrice (V, d) des vecteurs "extérieurs"
    negatifs : liste d'indices tirés au hasard (répétitions possibles)

    Renvoie perte, grad par rapport à v_centre, grad par rapport à U
    """
    dU = np.zeros_like(U)

    u_o = U[indice_contexte]
    s = sigmoide(u_o @ v_centre)
    perte = -np.log(s)
    dv = (s - 1) * u_o
    dU[indice_contexte] += (s - 1) * v_centre

    for k in negatifs:
        s_k = sigmoide(-U[k] @ v_centre)
        perte -= np.log(s_k)
        dv = dv + (1 - s_k) * U[k]
        dU[k] += (1 - s_k) * v_centre

    return perte, dv, dU
