import numpy as np


class EntropieCroisee:
    """Softmax + entropie croisée, étiquettes entières."""

    def __init__(self, lissage=0.1):
        self.lissage = lissage

    def cout(self, logits, etiquettes):
        n, k = logits.shape
        z = logits - logits.max(axis=1, keepdims=True)
        self.logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.cible = np.full((n, k), self.lissage / k)
        self.cible[np.arange(n), etiquettes] += 1 - self.lissage
        return -np.sum(self.cible * self.logp) / n

    def gradient(self):
        n = self.logp.shape[0]
        return (np.exp(self.logp) - self.cible) / n


if __name__ == "__main__":
    ec = EntropieCroisee()
    s = np.array([[2., 1., .1], [.5, 2.5, 0.]])
    print("coût :", ec.cout(s, np.array([0, 1])))
    print(ec.gradient())
