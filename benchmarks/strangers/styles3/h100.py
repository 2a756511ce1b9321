# Perceptron multicouche, traduit de mon vieux code Java (TP d'apprentissage).
import math
import random


class Neurone:
    def __init__(self, nbEntrees, alea):
        self.poids = [alea.uniform(-1.0, 1.0) for _ in range(nbEntrees)]
        self.seuil = alea.uniform(-1.0, 1.0)
        self.sortie = 0.0
        self.delta = 0.0

    def activer(self, entrees):
        somme = self.seuil
        for i in range(len(self.poids)):
            somme += self.poids[i] * entrees[i]
        self.sortie = 1.0 / (1.0 + math.exp(-somme))
        return self.sortie

    def corriger(self, entrees, pas):
        for i in range(len(self.poids)):
            self.poids[i] -= pas * self.delta * entrees[i]
        self.seuil -= pas * self.delta


class PerceptronMulticouche:
    def __init__(self, nbEntrees=2, nbCaches=3, nbSorties=2, pas=0.5):
        alea = random.Random(2003)
        self.cachee = [Neurone(nbEntrees, alea) for _ in range(nbCaches)]
        self.sortie = [Neurone(nbCaches, alea) for _ in range(nbSorties)]
        self.pas = pas

    def calculer(self, entrees):
        h = [n.activer(entrees) for n in self.cachee]
        return [n.activer(h) for n in self.sortie]

    def erreur(self, entrees, cibles):
        s = self.calculer(entrees)
        return 0.5 * sum((a - c) ** 2 for a, c in zip(s, cibles))

    def apprendre(self, entrees, cibles):
        """Une étape de descente de gradient sur un exemple."""
        self.calculer(entrees)
        h = [n.sortie for n in self.cachee]

        for n, cible in zip(self.sortie, cibles):
            n.delta = (n.sortie - cible) * n.sortie * (1.0 - n.sortie)

        for j, n in enumerate(self.cachee):
            somme = 0.0
            for m in self.sortie:
                somme = m.poids[j] * m.delta
            n.delta = somme * n.sortie * (1.0 - n.sortie)

        for n in self.sortie:
            n.corriger(h, self.pas)
        for n in self.cachee:
            n.corriger(entrees, self.pas)

    def getPoidsCaches(self):
        return [list(n.poids) for n in self.cachee]

    def getPoidsSortie(self):
        return [list(n.poids) for n in self.sortie]


if __name__ == "__main__":
    reseau = PerceptronMulticouche()
    for epoque in range(3000):
        for e, c in (([0, 0], [0, 1]), ([0, 1], [1, 0]), ([1, 0], [1, 0]), ([1, 1], [0, 1])):
            reseau.apprendre(e, c)
    print([reseau.calculer(e) for e in ([0, 0], [0, 1], [1, 0], [1, 1])])
