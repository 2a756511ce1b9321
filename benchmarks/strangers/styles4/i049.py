"""
Biased matrix factorisation, the "Funk SVD" of the Netflix prize.
rating(u, i) ~ mu + b_u + b_i + p_u . q_i
"""
from dataclasses import dataclass, field
import numpy as np


@dataclass
class FunkSVD:
    n_users: int = 8
    n_items: int = 6
    n_factors: int = 3
    reg: float = 0.02
    seed: int = 42
    params: dict = field(init=False, repr=False)

    def __post_init__(self):
        rng = np.random.default_rng(self.seed)
        self.params = {
            "P": 0.3 * rng.standard_normal((self.n_users, self.n_factors)),
            "Q": 0.3 * rng.standard_normal((self.n_items, self.n_factors)),
            "bu": np.zeros(self.n_users),
            "bi": np.zeros(self.n_items),
            "mu": np.array(3.0),
        }

    def predict(self, users, items):
        p = self.params
        return (p["mu"] + p["bu"][users] + p["bi"][items]
                + np.sum(p["P"][users] * p["Q"][items], axis=1))

    def loss_and_grads(self, users, items, ratings):
        """Mean squared error over the observed triples + L2 on everything but mu."""
        p = self.params
        n = len(ratings)
        err = self.predict(users, items) - ratings
        loss = np.mean(err ** 2)
        for k in ("P", "Q", "bu", "bi"):
            loss += self.reg * np.sum(p[k] ** 2)

        w = 2.0 * err / n
        g = {k: 2.0 * self.reg * v for k, v in p.items() if k != "mu"}
        g["mu"] = w.sum()
        np.add.at(g["bu"], users, w)
        np.add.at(g["bi"], items, w)
        np.add.at(g["P"], users, w[:, None] * p["Q"][items])
        np.add.at(g["Q"], items, w[:, None] * p["P"][users])
        return loss, g

    def train(self, users, items, ratings, lr=0.5, epochs=50):
        for _ in range(epochs):
            loss, g = self.loss_and_grads(users, items, ratings)
            for k in self.params:
                self.params[k] = self.params[k] - lr * g[k]
        return loss


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    u = rng.integers(0, 8, 30)
    i = rng.integers(0, 6, 30)
    r = rng.integers(1, 6, 30).astype(float)
    print(FunkSVD().train(u, i, r))
