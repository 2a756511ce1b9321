import math


class Wert:
    """Skalar mit automatischer Ableitung (Rückwärtsmodus)."""

    def __init__(self, daten, eltern=(), lokal=()):
        self.daten = daten
        self.grad = 0.0
        self._eltern = eltern
        self._lokal = lokal          # lokale Ableitungen nach den Eltern

    def __repr__(self):
        return f"Wert({self.daten:.4f}, grad={self.grad:.4f})"

    @staticmethod
    def _als_wert(x):
        return x if isinstance(x, Wert) else Wert(x)

    def __add__(self, o):
        o = self._als_wert(o)
        return Wert(self.daten + o.daten, (self, o), (1.0, 1.0))

    def __mul__(self, o):
        o = self._als_wert(o)
        return Wert(self.daten * o.daten, (self, o), (o.daten, self.daten))

    def __truediv__(self, o):
        o = self._als_wert(o)
        return Wert(self.daten / o.daten, (self, o),
                    (1 / o.daten, -self.daten / o.daten ** 2))

    def __neg__(self):
        return self * -1

    def __sub__(self, o):
        return self + (-self._als_wert(o))

    def __pow__(self, n):
        return Wert(self.daten ** n, (self,), (n * self.daten ** (n - 1),))

    def exp(self):
        e = math.exp(self.daten)
        return Wert(e, (self,), (e,))

    def log(self):
        return Wert(math.log(self.daten), (self,), (1 / self.daten,))

    def tanh(self):
        t = math.tanh(self.daten)
        return Wert(t, (self,), (1 - t * t,))

    def relu(self):
        return Wert(max(0.0, self.daten), (self,), (1.0 if self.daten > 0 else 0.0,))

    __radd__ = __add__
    __rmul__ = __mul__

    def rueckwaerts(self):
        ordnung, besucht = [], set()

        def besuche(k):
            if id(k) in besucht:
                return
            besucht.add(id(k))
            for e in k._eltern:
                besuche(e)
            ordnung.append(k)

        besuche(self)
        self.grad = 1.0
        for k in reversed(ordnung):
            for e, d in zip(k._eltern, k._lokal):
                e.grad += d * k.grad


if __name__ == "__main__":
    a, b = Wert(2.0), Wert(-3.0)
    c = (a * b + a ** 2).tanh() / (a + 1)
    c.rueckwaerts()
    print(a, b, c)
