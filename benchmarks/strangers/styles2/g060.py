import numpy as np
from math import exp

# ported from my old nn.c

class NN:
    def __init__(self, n_in, n_hid, n_out):
        self.n_in, self.n_hid, self.n_out = n_in, n_hid, n_out
        self.w_ih = np.random.rand(n_in, n_hid) - 0.5
        self.w_ho = np.random.rand(n_hid, n_out) - 0.5
        self.bias_h = np.random.rand(n_hid) - 0.5
        self.bias_o = np.random.rand(n_out) - 0.5
        self.dw_ih = np.zeros((n_in, n_hid))
        self.dw_ho = np.zeros((n_hid, n_out))
        self.hid = np.zeros(n_hid)
        self.out = np.zeros(n_out)

    def forward(self, inp):
        self.inp = inp
        for j in range(self.n_hid):
            s = self.bias_h[j]
            for i in range(self.n_in):
                s += inp[i] * self.w_ih[i][j]
            self.hid[j] = 1.0 / (1.0 + exp(-s))
        for k in range(self.n_out):
            s = self.bias_o[k]
            for j in range(self.n_hid):
                s += self.hid[j] * self.w_ho[j][k]
            self.out[k] = s;
        return self.out

    def error(self, target):
        e = 0.0
        for k in range(self.n_out):
            e += 0.5 * (target[k] - self.out[k]) ** 2
        return e

    def backward(self, target):
        d_out = np.zeros(self.n_out)
        d_hid = np.zeros(self.n_hid)
        for k in range(self.n_out):
            d_out[k] = self.out[k] - target[k]
            for j in range(self.n_hid):
                self.dw_ho[j][k] = d_out[k] * self.hid[j]
                d_hid[j] += d_out[k] * self.w_ho[j][k]
        for j in range(self.n_hid):
            d_hid[j] *= self.hid[j] * (1.0 - self.hid[j])
            for i in range(self.n_in):
                self.dw_ih[i][j] = d_hid[j] * self.inp[i]
        self.dbias_o = d_out
        self.dbias_h = d_hid
