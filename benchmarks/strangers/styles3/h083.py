#!/usr/bin/env python
"""
negbin.py -- negative binomial (NB2) regression with exposure, for claim counts

    mu_i  = exposure_i * exp(x_i' beta)
    Var_i = mu_i + mu_i^2 / r          r = exp(log_r)

pure stdlib; parameters = beta_1..beta_p, log_r
"""
import math


def digamma(x):
    s = 0.0
    while x < 10.0:
        s -= 1.0 / x
        x += 1.0
    f = 1.0 / (x * x)
    tail = f * (1 / 12. - f * (1 / 120. - f * (1 / 252. - f * (1 / 240. - f / 132.))))
    return s + math.log(x) - 0.5 / x - tail


def linpred(row, beta):
    return sum(a * b for a, b in zip(row, beta))


def deviance_like(params, X, counts, exposure):
    """minus log likelihood"""
    beta, r = params[:-1], math.exp(params[-1])
    total = 0.0
    for row, y, t in zip(X, counts, exposure):
        mu = t * math.exp(linpred(row, beta))
        total -= (math.lgamma(y + r) - math.lgamma(r) - math.lgamma(y + 1)
                  + r * math.log(r / (r + mu)) + y * math.log(mu / (r + mu)))
    return total


def score(params, X, counts, exposure):
    """gradient of deviance_like, a list as long as params"""
    beta, r = params[:-1], math.exp(params[-1])
    g = [0.0] * len(params)
    for row, y, t in zip(X, counts, exposure):
        mu = t * math.exp(linpred(row, beta))
        w = r * (mu - y) / (r + mu)
        for j, xj in enumerate(row):
            g[j] += w * xj
        d_r = (digamma(y + r) - digamma(r) + math.log(r / (r + mu))
               + 1.0 - (r + y) / (r + mu))
        g[-1] -= d_r * r
    return g
