"""Linear-chain CRF for one sentence (POS tagging homework, NLP-2)."""
import numpy as np


def logsumexp(a, axis):
    m = a.max(axis=axis, keepdims=True)
    return (m + np.log(np.exp(a - m).sum(axis=axis, keepdims=True))).squeeze(axis)


class ChainCRF:
    """emissions: (T, K) scores, tags: (T,) ints, transition[i, j] = score of i -> j"""

    def __init__(self, n_tags=4, seed=0):
        rng = np.random.default_rng(seed)
        self.transition = 0.5 * rng.standard_normal((n_tags, n_tags))
        self.start = 0.5 * rng.standard_normal(n_tags)

    def forward(self, emissions, tags):
        T, K = emissions.shape
        tags = np.asarray(tags, dtype=int)
        alpha = np.zeros((T, K))
        alpha[0] = self.start + emissions[0]
        for t in range(1, T):
            alpha[t] = emissions[t] + logsumexp(alpha[t - 1][:, None] + self.transition, axis=0)
        self.log_z = logsumexp(alpha[-1], axis=0)
        gold = self.start[tags[0]] + emissions[np.arange(T), tags].sum()
        gold += self.transition[tags[:-1], tags[1:]].sum()
        self.saved = emissions, tags, alpha
        return float(self.log_z - gold)

    def backward(self):
        """expected minus observed counts"""
        emissions, tags, alpha = self.saved
        T, K = emissions.shape
        beta = np.zeros((T, K))
        for t in range(T - 2, -1, -1):
            beta[t] = logsumexp(self.transition + (emissions[t + 1] + beta[t + 1])[None, :], axis=1)
        gamma = np.exp(alpha + beta - self.log_z)

        self.d_transition = np.zeros((K, K))
        for t in range(1, T):
            xi = alpha[t - 1][:, None] + self.transition + (emissions[t] + beta[t])[None, :]
            self.d_transition += np.exp(xi - self.log_z)
        np.add.at(self.d_transition, (tags[:-1], tags[1:]), -1.0)

        d_emissions = gamma.copy()
        d_emissions[np.arange(T), tags] -= 1.0
        self.d_start = gamma[0].copy()
        self.d_start[tags[0]] -= 1.0
        return d_emissions
