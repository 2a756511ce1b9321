# XOR net without any library. My first Python program after 20 years of C!
import math
import random


class Brain:

    def __init__(self, nIn, nHid, nOut):
        self.nIn = nIn + 1          # one extra for the bias
        self.nHid = nHid
        self.nOut = nOut
        self.wi = [[random.uniform(-1, 1) for j in range(nHid)] for i in range(self.nIn)]
        self.wo = [[random.uniform(-1, 1) for k in range(nOut)] for j in range(nHid)]
        self.ai = [1.0] * self.nIn
        self.ah = [1.0] * self.nHid
        self.ao = [1.0] * self.nOut

    def think(self, inputs):
        for i in range(self.nIn - 1):
            self.ai[i] = inputs[i]
        for j in range(self.nHid):
            s = 0.0
            for i in range(self.nIn):
                s += self.ai[i] * self.wi[i][j]
            self.ah[j] = math.tanh(s)
        for k in range(self.nOut):
            s = 0.0
            for j in range(self.nHid):
                s += self.ah[j] * self.wo[j][k]
            self.ao[k] = 1.0 / (1.0 + math.exp(-s))
        return self.ao[:]

    def learn(self, targets, rate=0.5):
        # returns the error 1/2 sum (t-o)^2 of the pass before
        dO = [0.0] * self.nOut
        for k in range(self.nOut):
            o = self.ao[k]
            dO[k] = (targets[k] - o) * o * (1 - o)

        dH = [0.0] * self.nHid
        for j in range(self.nHid):
            e = 0.0
            for k in range(self.nOut):
                e += dO[k] * self.wo[j][k]
            dH[j] = e * (1 - self.ah[j] ** 2)

        for j in range(self.nHid):
            for k in range(self.nOut):
                self.wo[j][k] += rate * dO[k] * self.ah[j]
        for i in range(self.nIn):
            for j in range(self.nHid):
                self.wi[i][j] += rate * dH[j] * self.ai[i]

        return sum(0.5 * (targets[k] - self.ao[k]) ** 2 for k in range(self.nOut))


if __name__ == '__main__':
    pat = [([0, 0], [0]), ([0, 1], [1]), ([1, 0], [1]), ([1, 1], [0])]
    b = Brain(2, 3, 1)
    for n in range(5000):
        err = 0
        for x, t in pat:
            b.think(x)
            err += b.learn(t)
        if n % 1000 == 0:
            print(n, err)
    for x, t in pat:
        print(x, b.think(x), t)
