from typing import Tuple
import numpy as np


class NegativeBinomialRegression:
    """Count regression with over-dispersion:  mean m = exp(x.w + offset),  var = m + m^2 / r.

    ``r`` is kept fixed (method of moments somewhere else), only ``w`` is learnt.
    """

    def __init__(self, r: float = 2.0, l2: float = 0.0) -> None:
        self.r = r
        self.l2 = l2
        self.w = None

    def nll(self, w: np.ndarray, X: np.ndarray, counts: np.ndarray) -> Tuple[float, np.ndarray]:
        """Value (constants dropped) and gradient with respect to w."""
        eta = X @ w
        m = np.exp(eta)
        r = self.r
        value = np.sum((counts + r) * np.log(r + m) - counts * eta)
        resid = (counts + r) * m / (r + m) - counts
        value += 0.5 * self.l2 * w @ w
        return value, X.T @ resid + self.l2 * w

    def fit(self, X: np.ndarray, counts: np.ndarray, lr: float = 1e-3, steps: int = 1000):
        w = np.zeros(X.shape[1])
        for _ in range(steps):
            _, g = self.nll(w, X, counts)
            w -= lr * g
        self.w = w
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        return np.exp(X @ self.w)


if __name__ == "__main__":
    rng = np.random.default_rng(5)
    X = np.c_[np.ones(200), rng.normal(size=(200, 2))]
    lam = rng.gamma(2.0, np.exp(X @ [0.5, 0.3, -0.4]) / 2.0)
    c = rng.poisson(lam)
    print(NegativeBinomialRegression().fit(X, c).w)
