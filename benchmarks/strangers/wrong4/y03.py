# tiny neural net, no libraries at all. one hidden layer, learns xor
# (my weekend project)
import math
import random


def squash(z):
    return 1.0 / (1.0 + math.exp(-z))


class Brain:
    def __init__(self, n_in=2, n_hid=4, n_out=2, rate=0.8):
        self.n_in = n_in
        self.n_hid = n_hid
        self.n_out = n_out
        self.rate = rate
        # last weight in every row is the bias
        self.w_hid = [[random.uniform(-1, 1) for _ in range(n_in + 1)] for _ in range(n_hid)]
        self.w_out = [[random.uniform(-1, 1) for _ in range(n_hid + 1)] for _ in range(n_out)]
        self.inp = []
        self.hid = []
        self.out = []

    def think(self, inp):
        self.inp = list(inp) + [1.0]
        self.hid = []
        for row in self.w_hid:
            self.hid.append(squash(sum(w * v for w, v in zip(row, self.inp))))
        self.hid.append(1.0)
        self.out = []
        for row in self.w_out:
            self.out.append(squash(sum(w * v for w, v in zip(row, self.hid))))
        return self.out

    def error(self, inp, target):
        out = self.think(inp)
        return sum(0.5 * (t - o) ** 2 for t, o in zip(target, out))

    def learn(self, inp, target):
        """one step of plain gradient descent on the squared error"""
        self.think(inp)
        d_out = [(o - t) * o * (1 - o) for o, t in zip(self.out, target)]
        d_hid = []
        for j in range(self.n_hid):
            s = 0.0
            for k in range(self.n_out):
                s += d_out[k] * self.w_out[k][j]
            d_hid.append(s * self.hid[j] * (1 - self.hid[j]))
        for k in range(self.n_out):
            for j in range(self.n_hid + 1):
                self.w_out[k][j] -= self.rate * d_out[k] * self.hid[j]
        for j in range(self.n_hid):
            for i in range(self.n_in):
                self.w_hid[j][i] -= self.rate * d_hid[j] * self.inp[i]


if __name__ == "__main__":
    random.seed(3)
    b = Brain()
    data = [([0, 0], [0, 1]), ([0, 1], [1, 0]), ([1, 0], [1, 0]), ([1, 1], [0, 1])]
    for epoch in range(3000):
        for x, t in data:
            b.learn(x, t)
    for x, t in data:
        print(x, b.think(x))
