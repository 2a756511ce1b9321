"""
Inverse Ising problem by pseudo-likelihood (stat. phys. project).

s_i = +-1,  E(s) = - sum_{i<j} J_ij s_i s_j - sum_i h_i s_i,   beta = 1
J is symmetric with zero diagonal and only its upper triangle is a free parameter:
x = (h_1..h_N, J_12, J_13, ..., J_{N-1,N}).
"""
import numpy as np


class InverseIsing:
    def __init__(self, samples, l2=0.01):
        self.S = np.asarray(samples, dtype=float)      # (M, N)
        self.M, self.N = self.S.shape
        self.iu = np.triu_indices(self.N, 1)
        self.l2 = l2

    def unpack(self, x):
        h = x[:self.N]
        J = np.zeros((self.N, self.N))
        J[self.iu] = x[self.N:]
        return h, J + J.T

    def objective(self, x):
        """returns (-log pseudolikelihood per sample + l2 term, gradient)"""
        h, J = self.unpack(x)
        field = h + self.S @ J
        f = np.logaddexp(0.0, -2.0 * self.S * field).sum() / self.M
        f += self.l2 * np.sum(x[self.N:] ** 2)

        D = -(self.S - np.tanh(field)) / self.M
        gh = D.sum(axis=0)
        G = self.S.T @ D
        gJ = (G + G.T)[self.iu] + 2 * self.l2 * x[self.N:]
        return f, np.concatenate((gh, gJ))

    def infer(self, iters=300, eta=0.2):
        x = np.zeros(self.N + len(self.iu[0]))
        for _ in range(iters):
            f, g = self.objective(x)
            x -= eta * g
        return self.unpack(x)
