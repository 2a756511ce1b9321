"""Code as strangers write it, right, and a fault that is planted in each: `old` becomes `new`."""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """A file, the name to check in it, and what is changed to make it wrong."""

    name: str
    source: str
    old: str
    new: str


CASES = {
    "rolled parameters": Case("costFunction", """
def costFunction(p, n_visible, n_code, lam, M):
    cut = n_visible * n_code
    A = p[:cut].reshape(n_code, n_visible)
    B = p[cut:].reshape(n_visible, n_code)
    h = np.tanh(A @ M)
    e = B @ h - M
    m = M.shape[1]
    J = np.sum(e**2) / (2 * m) + lam / 2 * np.sum(p**2)
    gB = e @ h.T / m + lam * B
    gA = ((B.T @ e) * (1 - h**2)) @ M.T / m + lam * A
    return J, np.r_[gA.ravel(), gB.ravel()]
""", "(1 - h**2)", "(1 - h)"),
    "rolled, with a column of ones": Case("cost", """
def cost(theta, n_in, n_hid, n_lab, X, T):
    s = n_hid * (n_in + 1)
    T1 = theta[:s].reshape(n_hid, n_in + 1)
    T2 = theta[s:].reshape(n_lab, n_hid + 1)
    a1 = np.c_[np.ones(len(X)), X]
    h = np.tanh(a1 @ T1.T)
    a2 = np.c_[np.ones(len(X)), h]
    e = a2 @ T2.T - T
    d = (e @ T2)[:, 1:] * (1 - h * h)
    return 0.5 * np.sum(e * e), np.concatenate([(d.T @ a1).ravel(), (e.T @ a2).ravel()])
""", "(1 - h * h)", "h * (1 - h)"),
    "a log-likelihood and its score": Case("loglik/score", """
def loglik(beta, X, y):
    eta = X @ beta
    return np.sum(y * eta - np.log1p(np.exp(eta)))

def score(beta, X, y):
    p = 1 / (1 + np.exp(-(X @ beta)))
    return X.T @ (y - p)
""", "(y - p)", "(p - y)"),
    "a pair that nobody named": Case("energie", """
def energie(q, k):
    return 0.5 * k * np.sum((q[1:] - q[:-1])**2)

def kraft(q, k):
    f = np.zeros_like(q)
    d = k * (q[1:] - q[:-1])
    f[1:] += d
    f[:-1] -= d
    return f
""", "", ""),
    "closures in a dict": Case("netz", """
def netz(n=3, m=2):
    r = np.random.RandomState(0)
    w = {"W": r.randn(n, m), "b": r.randn(m)}
    kept = {}
    def forward(x):
        kept["x"] = x
        kept["y"] = np.tanh(x @ w["W"] + w["b"])
        return kept["y"]
    def loss(x, t):
        return 0.5 * np.sum((forward(x) - t)**2)
    def backward(t):
        d = (kept["y"] - t) * (1 - kept["y"]**2)
        return {"W": kept["x"].T @ d, "b": d.sum(0)}
    return {"forward": forward, "loss": loss, "backward": backward, "w": w}
""", "(1 - kept[\"y\"]**2)", "(1 - kept[\"y\"])"),
    "closures in a tuple": Case("scaling", """
def scaling(factor=3.0):
    seen = []
    def forward(x):
        seen.append(x)
        return factor * x**2
    def backward(g):
        return 2 * factor * seen[-1] * g
    return forward, backward
""", "2 * factor", "factor"),
    "a way back is returned": Case("affine", """
def affine(x, W, b):
    y = x @ W + b
    def pullback(g):
        return g @ W.T, x.T @ g, g.sum(0)
    return y, pullback
""", "g @ W.T", "2 * g @ W.T"),
    "variables of the file": Case("rueck", """
P = {"A": np.random.RandomState(0).randn(3, 2), "c": np.zeros(2)}
Z = {}

def vor(x):
    Z["x"] = x
    Z["y"] = np.tanh(x @ P["A"] + P["c"])
    return Z["y"]

def kosten(x, t):
    return 0.5 * np.sum((vor(x) - t) ** 2)

def rueck(x, t):
    d = (vor(x) - t) * (1 - Z["y"] ** 2)
    return {"A": Z["x"].T @ d, "c": d.sum(axis=0)}
""", "d.sum(axis=0)}", "d.mean(axis=0)}"),
    "a chain": Case("tilbake", """
def framover(W, b, V, X):
    H = np.tanh(W @ X + b)
    S = V @ H
    return H, S

def tap(S, T):
    return 0.5 * np.sum((S - T) ** 2)

def tilbake(H, S, W, V, X, T):
    dS = S - T
    dV = dS @ H.T
    dH = (V.T @ dS) * (1 - H**2)
    return dH @ X.T, dH.sum(axis=1, keepdims=True), dV
""", "", ""),
    "methods of other names": Case("Regresion", """
class Regresion:
    def __init__(self, n_variables):
        self.pesos = np.zeros(n_variables)
        self.sesgo = 0.0
    def estimar(self, X):
        return X @ self.pesos + self.sesgo
    def coste(self, X, y):
        return ((self.estimar(X) - y)**2).mean()
    def derivadas(self, X, y):
        e = 2 * (self.estimar(X) - y) / len(y)
        return X.T @ e, e.sum()
""", "2 * (self", "(self"),
    "parameters that are None": Case("Ridge", """
class Ridge:
    def __init__(self, alpha=0.3):
        self.alpha = alpha
        self.w = None
    def loss(self, X, y):
        return 0.5 * np.sum((X @ self.w - y)**2) + 0.5 * self.alpha * self.w @ self.w
    def gradient(self, X, y):
        return X.T @ (X @ self.w - y) + self.alpha * self.w
""", "+ self.alpha * self.w", "+ 2 * self.alpha * self.w"),
    "a loss of what forward has left": Case("Red", """
class Red:
    def __init__(self, n_in, n_out):
        self.W = np.random.RandomState(1).randn(n_in, n_out)
    def forward(self, x):
        self.x, self.y = x, np.tanh(x @ self.W)
        return self.y
    def loss(self, t):
        return 0.5 * np.sum((self.y - t)**2)
    def backward(self, t):
        return self.x.T @ ((self.y - t) * (1 - self.y**2))
""", "(1 - self.y**2)", "(1 - self.y)"),
    "backward is given the hidden values": Case("Mlp", """
class Mlp:
    def __init__(self, num_features, num_hidden, num_classes):
        r = np.random.RandomState(0)
        self.A = r.randn(num_hidden, num_features)
        self.B = r.randn(num_classes, num_hidden)
    def forward(self, x):
        h = np.tanh(x @ self.A.T)
        o = h @ self.B.T
        return h, o
    def loss(self, x, y):
        return 0.5 * np.sum((self.forward(x)[1] - y)**2)
    def backward(self, x, h, o, y):
        d = o - y
        return d.T @ h, (d @ self.B * (1 - h**2)).T @ x
""", "(1 - h**2)", "h"),
    "a cell with vectors": Case("Zelle", """
class Zelle:
    def __init__(self, n_ein, n_zustand):
        self.M = np.random.RandomState(0).randn(n_zustand, n_ein + n_zustand)
    def schritt(self, x, h):
        self.z = np.concatenate([x, h])
        self.h = np.tanh(self.M @ self.z)
        return self.h
    def zurueck(self, dh):
        d = dh * (1 - self.h**2)
        self.dM = np.outer(d, self.z)
        dz = self.M.T @ d
        n = len(dz) - len(d)
        return dz[:n], dz[n:]
""", "", ""),
    "a dict of parameters without a hint": Case("verlust", """
def verlust(P, x):
    h = np.tanh(x @ P["rein"])
    y = h @ P["raus"]
    e = (y - x) / len(x)
    G = {"raus": h.T @ e}
    G["rein"] = x.T @ (e @ P["raus"].T * (1 - h**2))
    return 0.5 * np.sum((y - x)**2) / len(x), G
""", "(1 - h**2)", "(1 - h)"),
    "shapes in the text": Case("attention_loss", '''
def attention_loss(q, K, V, t):
    """q (B, D), K (B, T, D), V (B, T, E), t (B, E)"""
    s = np.einsum("bd,btd->bt", q, K)
    p = np.exp(s - s.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    e = np.einsum("bt,bte->be", p, V) - t
    dV = p[:, :, None] * e[:, None, :]
    dp = np.einsum("be,bte->bt", e, V)
    ds = p * (dp - (p * dp).sum(1, keepdims=True))
    return 0.5 * np.sum(e**2), np.einsum("bt,btd->bd", ds, K), ds[:, :, None] * q[:, None, :], dV
''', "(dp - (p * dp).sum(1, keepdims=True))", "dp"),
    "sizes in a tuple": Case("paso", """
def paso(datos, etiquetas, v, tam):
    n, h, k = tam[0], tam[1], tam[2]
    A = v[:n * h].reshape(n, h)
    B = v[n * h:n * h + h * k].reshape(h, k)
    z = np.tanh(datos @ A)
    e = z @ B - etiquetas
    dA = datos.T @ (e @ B.T * (1 - z**2))
    return np.sum(e**2) / 2, np.hstack([dA.ravel(), (z.T @ e).ravel()])
""", "(1 - z**2)", "z"),
    "word vectors by their numbers": Case("skipgram", """
def skipgram(mitte, wort, U):
    s = U @ mitte
    p = np.exp(s - s.max())
    p /= p.sum()
    d = p.copy()
    d[wort] -= 1
    return -np.log(p[wort]), U.T @ d, np.outer(d, mitte)
""", "U.T @ d", "U.T @ p"),
    "private methods": Case("Modelo", """
class Modelo:
    def __init__(self, c=2.0):
        self.c = c
    def _objective(self, w, X, y):
        return 0.5 * np.mean((X @ w - y) ** 2) + self.c * w @ w
    def _slope(self, w, X, y):
        return X.T @ (X @ w - y) / len(y) + 2 * self.c * w
""", "", "self.c"),
    "a dataclass": Case("Capa", """
from dataclasses import dataclass

@dataclass
class Capa:
    entradas: int
    salidas: int
    def __post_init__(self):
        self.W = np.random.RandomState(0).randn(self.entradas, self.salidas)
    def calcular(self, x):
        self.x = x
        return x @ self.W
    def atras(self, d):
        self.dW = self.x.T @ d
        return d @ self.W.T
""", "self.x.T @ d", "2 * self.x.T @ d"),
}  # fmt: skip
