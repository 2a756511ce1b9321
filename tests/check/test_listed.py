"""Code on Python's own lists, where + puts one behind the other and zip ends with the shorter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from denpa.check.opening.load import load
from denpa.check.subjects.listed import takes_lists

RATINGS = """
    def mf_loss(P, Q, R, lam=0.1):
        total = 0.0
        for u in range(len(R)):
            for i in range(len(R[u])):
                total += (R[u][i] - sum(p * q for p, q in zip(P[u], Q[i]))) ** 2
        for row in P + Q:
            for v in row:
                total += lam * v * v
        return total

    def mf_gradients(P, Q, R, lam=0.1):
        dP = [[2 * lam * v for v in row] for row in P]
        dQ = [[2 * lam * v for v in row] for row in Q]
        for u in range(len(R)):
            for i in range(len(R[u])):
                err = R[u][i] - sum(p * q for p, q in zip(P[u], Q[i]))
                for k in range(len(P[u])):
                    dP[u][k] += -2 * err * Q[i][k]
                    dQ[i][k] += -2 * err * P[u][k]
        return dP, dQ
"""
NET = """
    import math, random

    class Red:
        def __init__(self, capas=(2, 3, 1)):
            azar = random.Random(0)
            pairs = list(zip(capas[:-1], capas[1:]))
            self.pesos = [[[azar.uniform(-1, 1) for _ in range(i)] for _ in range(j)]
                          for i, j in pairs]
            self.sesgos = [[azar.uniform(-1, 1) for _ in range(j)] for _, j in pairs]

        def {forward}(self, entrada):
            self.activ = [list(entrada)]
            for W, b in zip(self.pesos, self.sesgos):
                ant = self.activ[-1]
                self.activ.append([math.tanh(s + sum(w * a for w, a in zip(fila, ant)))
                                   for fila, s in zip(W, b)])
            return self.activ[-1]

        def {loss}(self, entrada, deseada):
            return 0.5 * sum((s - d) ** 2 for s, d in zip(self.{forward}(entrada), deseada))

        def {backward}(self, entrada, deseada):
            salida = self.{forward}(entrada)
            delta = [(s - d) * (1 - s * s) for s, d in zip(salida, deseada)]
            gp, gs = [None] * len(self.pesos), [None] * len(self.pesos)
            for k in reversed(range(len(self.pesos))):
                ant = self.activ[k]
                gp[k], gs[k] = [[dj * a for a in ant] for dj in delta], list(delta)
                delta = [(1 - a * a) * sum(self.pesos[k][j][i] * delta[j]
                                           for j in range(len(delta)))
                         for i, a in enumerate(ant)]
            return gp, gs
"""


def test_lists_are_put_one_behind_the_other(checked: Callable[..., Any]) -> None:
    found = checked(RATINGS, "mf_loss")
    assert found.ok, str(found)
    assert set(found.compared) >= {"P", "Q"}
    wrong = checked(RATINGS.replace("+= -2 * err * P", "+= 2 * err * P"), "mf_loss")
    assert {f.name for f in wrong.findings} == {"Q"}
    assert wrong.findings[0].verified is not None


@pytest.mark.parametrize(
    "names", [("propagar", "coste", "retropropagar"), ("forward", "loss", "gradient")]
)
def test_a_network_of_lists_of_unlike_lengths(
    checked: Callable[..., Any], names: tuple[str, str, str]
) -> None:
    text = NET.format(**dict(zip(("forward", "loss", "backward"), names, strict=True)))
    found = checked(text, "Red")
    assert found.ok, str(found)
    assert set(found.compared) == {"pesos[0]", "pesos[1]", "sesgos[0]", "sesgos[1]"}
    wrong = checked(text.replace("gs[k] = [[dj * a", "gs[k] = [[dj + a"), "Red")
    assert {f.name for f in wrong.findings} == {"pesos[0]", "pesos[1]"}


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        ("def f(x, y): return [a * b for a, b in zip(x, y)]", True),
        ("def f(x, y): return x + y", False),  # nothing is taken one by one
        ("from numpy import dot\ndef f(x, y): return [dot(a, b) for a, b in zip(x, y)]", False),
        ("import numpy as np\ndef f(x, y): return [a * b for a, b in zip(x, y)]", True),
        ("import numpy as np\ndef g(x): return np.dot(x, x)\ndef f(x): return [g(a) for a in x]",
         False),
        ("def f(x): return [a * x.shape[0] for a in x]", False),
        ("def f(self, x):\n    for g in self.layers:\n        x = g(x)\n    return x", False),
        ("import math\ndef f(x): return sum(math.exp(x[k]) for k in range(len(x)))", True),
    ],
)  # fmt: skip
def test_which_code_is_of_lists(tmp_path: Path, text: str, lists: bool) -> None:
    (tmp_path / "a.py").write_text(text)
    found, _ = load(f"{tmp_path / 'a.py'}:f", 5.0)
    assert takes_lists(found) is lists
