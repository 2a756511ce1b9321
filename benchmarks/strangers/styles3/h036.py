"""Capa convolucional para imágenes en gris, un filtro por salida.
Entrada del blog "Redes convolucionales paso a paso", parte 3.
"""
import numpy as np


def correlacion_valida(img, nucleo):
    H, W = img.shape
    h, w = nucleo.shape
    res = np.zeros((H - h + 1, W - w + 1))
    for i in range(res.shape[0]):
        for j in range(res.shape[1]):
            res[i, j] = (img[i:i + h, j:j + w] * nucleo).sum()
    return res


def correlacion_completa(img, nucleo):
    h, w = nucleo.shape
    return correlacion_valida(np.pad(img, ((h - 1, h - 1), (w - 1, w - 1))), nucleo)


class CapaConv:
    def __init__(self, n_filtros=2, tam=3):
        self.filtros = np.random.randn(n_filtros, tam, tam) / tam
        self.sesgos = np.zeros(n_filtros)

    def adelante(self, imagen):
        """imagen: (alto, ancho) -> (n_filtros, alto-tam+1, ancho-tam+1)"""
        self.imagen = imagen
        return np.stack([correlacion_valida(imagen, f) + b
                         for f, b in zip(self.filtros, self.sesgos)])

    def atras(self, grad_salida):
        """Guarda grad_filtros y grad_sesgos, devuelve el gradiente de la imagen."""
        self.grad_filtros = np.zeros_like(self.filtros)
        grad_imagen = np.zeros_like(self.imagen)
        for k, g in enumerate(grad_salida):
            self.grad_filtros[k] = correlacion_valida(self.imagen, g)
            grad_imagen += correlacion_completa(g, self.filtros[k])
        self.grad_sesgos = grad_salida.sum(axis=(1, 2))
        return grad_imagen

    def actualizar(self, tasa):
        self.filtros -= tasa * self.grad_filtros
        self.sesgos -= tasa * self.grad_sesgos


if __name__ == '__main__':
    capa = CapaConv()
    x = np.random.randn(6, 6)
    y = capa.adelante(x)
    print(y.shape, capa.atras(np.ones_like(y)).shape)
