"""Discrete HMM trained with plain gradients.

Everything is parametrised with logits so that no projection is needed.
The E-step quantities (gamma, xi) from forward-backward give the gradient:
    d logL / d logA_ij = sum_t xi_t(i,j)
and the softmax takes care of the rest (Fisher's identity).
"""
import numpy as np


def softmax_rows(Z):
    Z = Z - Z.max(axis=-1, keepdims=True)
    E = np.exp(Z)
    return E / E.sum(axis=-1, keepdims=True)


class SoftHMM:
    def __init__(self, n_states=3, n_symbols=4, seed=0):
        r = np.random.RandomState(seed)
        self.pi_logits = r.randn(n_states) * 0.5
        self.A_logits = r.randn(n_states, n_states) * 0.5
        self.B_logits = r.randn(n_states, n_symbols) * 0.5

    def _forward(self, obs):
        pi, A, B = (softmax_rows(self.pi_logits), softmax_rows(self.A_logits),
                    softmax_rows(self.B_logits))
        T = len(obs)
        alpha = np.zeros((T, len(pi)))
        c = np.zeros(T)
        for t in range(T):
            a = pi if t == 0 else alpha[t - 1] @ A
            a = a * B[:, obs[t]]
            c[t] = a.sum()
            alpha[t] = a / c[t]
        return pi, A, B, alpha, c

    def loss(self, obs):
        """- log p(obs), obs is a list of symbol ids"""
        return -np.log(self._forward(obs)[-1]).sum()

    def grad(self, obs):
        pi, A, B, alpha, c = self._forward(obs)
        T, S = alpha.shape
        beta = np.ones((T, S))
        for t in range(T - 2, -1, -1):
            beta[t] = A @ (B[:, obs[t + 1]] * beta[t + 1]) / c[t + 1]
        gamma = alpha * beta

        xi = np.zeros((S, S))
        for t in range(T - 1):
            xi += np.outer(alpha[t], B[:, obs[t + 1]] * beta[t + 1]) * A / c[t + 1]
        emis = np.zeros_like(B)
        for t in range(T):
            emis[:, obs[t]] += gamma[t]

        g = {}
        g['pi_logits'] = pi - gamma[0]
        g['A_logits'] = xi.sum(1, keepdims=True) * A - xi
        g['B_logits'] = emis.sum(1, keepdims=True) * B - emis
        return g

    def step(self, obs, lr=0.1):
        for k, v in self.grad(obs).items():
            setattr(self, k, getattr(self, k) - lr * v)


if __name__ == "__main__":
    m = SoftHMM(2, 3)
    seq = [0, 0, 1, 2, 2, 2, 0, 1, 0, 0, 2, 2]
    for i in range(50):
        m.step(seq)
    print(m.loss(seq))
