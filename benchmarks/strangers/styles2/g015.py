import numpy as np

# Red neuronal desde cero - Práctica 2
# Convención: cada COLUMNA es un ejemplo

class CapaDensa:
    def __init__(self, entradas, neuronas):
        # inicialización de He
        self.pesos = np.random.randn(neuronas, entradas) * np.sqrt(2.0 / entradas)
        self.sesgo = np.zeros((neuronas, 1))

    def hacia_adelante(self, x):
        self.x = x
        self.z = self.pesos @ x + self.sesgo
        return np.where(self.z > 0, self.z, 0)   # relu

    def hacia_atras(self, error):
        # derivada de la relu
        delta = error * (self.z > 0)
        self.grad_pesos = delta @ self.x.T
        self.grad_sesgo = delta.sum(axis=1, keepdims=True)
        # error que se propaga a la capa anterior
        return self.pesos.T @ delta
