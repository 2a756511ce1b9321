"""Adam as many write it at first, with a term missing that the check of update rules names."""

from __future__ import annotations

import numpy as np

import denpa as dp


class MyAdam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.t = 0
        self.m = {}
        self.v = {}

    def update(self, params, grads):
        self.t += 1
        for name, g in grads.items():
            m, v = self.m.get(name, 0.0), self.v.get(name, 0.0)
            self.m[name] = self.beta1 * m + (1 - self.beta1) * g
            self.v[name] = self.beta2 * v + (1 - self.beta2) * g**2
            m_hat = self.m[name] / (1 - self.beta1**self.t)
            v_hat = self.v[name]  # the mistake
            params[name] -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


report = dp.check.update_rule(MyAdam(), "adam")
print(report)
assert report.findings[0].mistake == "not-corrected"
