"""
Robust straight-line fit with Student-t errors (astro lab, week 6).

The model is y = a + b x, scatter s, nu degrees of freedom fixed.
"""
import math

import numpy as np


class RobustLine(object):

    def __init__(self, x, y, nu=4.0):
        self.x = np.asarray(x, float)
        self.y = np.asarray(y, float)
        self.nu = float(nu)
        self.const = (math.lgamma(0.5 * (nu + 1)) - math.lgamma(0.5 * nu)
                      - 0.5 * math.log(nu * math.pi))

    def fun(self, p):
        """negative log-likelihood, p = (a, b, ln s)"""
        a, b, lns = p
        t = (self.y - a - b * self.x) * np.exp(-lns)
        return np.sum(0.5 * (self.nu + 1) * np.log1p(t * t / self.nu) + lns - self.const)

    def jac(self, p):
        a, b, lns = p
        s = np.exp(lns)
        t = (self.y - a - b * self.x) / s
        w = (self.nu + 1) * t / (self.nu + t * t)     # dfun/dt
        return np.array([-np.sum(w) / s,
                         -np.sum(w * self.x) / s,
                         np.sum(1.0 - w * t)])

    def solve(self, p0=(0.0, 0.0, 0.0), rate=1e-3, n=5000):
        p = np.array(p0, float)
        for _ in range(n):
            p -= rate * self.jac(p)
        return p


if __name__ == "__main__":
    xs = np.linspace(0, 10, 30)
    ys = 1.0 + 2.0 * xs + np.random.default_rng(2).standard_t(3, 30)
    print(RobustLine(xs, ys).solve())
