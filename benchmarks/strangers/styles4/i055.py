import numpy as np


class CouchePoolingMax:
    """
    Max pooling sans recouvrement.
    entrée (hauteur, largeur, nb_filtres) -- une seule image à la fois, canaux à la fin
    """

    def __init__(self, taille=2):
        self.taille = taille

    def regions(self, image):
        # générateur : fenêtres successives et leurs indices
        h, l, _ = image.shape
        t = self.taille
        for i in range(h // t):
            for j in range(l // t):
                yield image[i * t:(i + 1) * t, j * t:(j + 1) * t], i, j

    def avant(self, entree):
        self.derniere_entree = entree
        h, l, nf = entree.shape
        sortie = np.zeros((h // self.taille, l // self.taille, nf))
        for reg, i, j in self.regions(entree):
            sortie[i, j] = np.amax(reg, axis=(0, 1))
        return sortie

    def arriere(self, d_sortie):
        d_entree = np.zeros(self.derniere_entree.shape)
        t = self.taille
        for reg, i, j in self.regions(self.derniere_entree):
            maxi = np.amax(reg, axis=(0, 1))
            masque = (reg == maxi)
            d_entree[i * t:(i + 1) * t, j * t:(j + 1) * t] += masque * d_sortie[i, j]
        return d_entree


if __name__ == '__main__':
    p = CouchePoolingMax()
    x = np.random.randn(6, 6, 3)
    print(p.avant(x).shape, p.arriere(np.ones((3, 3, 3))).sum())
