"""Small files as people write them, each with one mistake in the line that ends in `#!`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wrong:
    """A file, what is checked of it on which input, its mistake, and inputs of other sizes."""

    name: str
    mistake: str
    given: str
    others: tuple[str, ...]
    source: str


WRITTEN = {
    "pooling, the mean of a window": Wrong(
        "AvgPool", "scale", "x=rand(2, 4, 4)", ("x=rand(3, 6, 6)", "x=rand(1, 4, 8)"), """
import numpy as np
class AvgPool:
    def __init__(self, size=2):
        self.size = size
    def forward(self, x):
        self.x = x
        n, h, w = x.shape
        k = self.size
        out = np.zeros((n, h // k, w // k))
        for i in range(h // k):
            for j in range(w // k):
                out[:, i, j] = x[:, i*k:(i+1)*k, j*k:(j+1)*k].mean(axis=(1, 2))
        return out
    def backward(self, dout):
        dx = np.zeros_like(self.x)
        k = self.size
        for i in range(dout.shape[1]):
            for j in range(dout.shape[2]):
                g = dout[:, i, j][:, None, None]
                dx[:, i*k:(i+1)*k, j*k:(j+1)*k] += g   #!
        return dx
"""),
    "pooling, the smallest of a window": Wrong(
        "MaxPool", "wrong-function", "x=rand(2, 4, 4)", ("x=rand(3, 6, 4)",), """
import numpy as np
class MaxPool:
    def forward(self, x):
        self.x = x
        n, h, w = x.shape
        return x.reshape(n, h // 2, 2, w // 2, 2).max(axis=(2, 4))
    def backward(self, dout):
        dx = np.zeros_like(self.x)
        for b, i, j in np.ndindex(*dout.shape):
            window = self.x[b, 2*i:2*i + 2, 2*j:2*j + 2]
            r, c = np.unravel_index(window.argmin(), window.shape)   #!
            dx[b, 2*i + r, 2*j + c] += dout[b, i, j]
        return dx
"""),
    "tanh, fed its input": Wrong(
        "Tanh", "fed-the-wrong-one", "x=rand(5, 4)", ("x=rand(3, 7)",), """
import numpy as np
class Tanh:
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x)
        return self.y
    def backward(self, dy):
        return dy * (1 - self.x ** 2)   #!
"""),
    "tanh, fed its input, its output not kept": Wrong(
        "Tanh", "fed-the-wrong-one", "x=rand(5, 4)", ("x=rand(3, 7)",), """
import numpy as np
class Tanh:
    def forward(self, x):
        self.x = x
        return np.tanh(x)
    def backward(self, dy):
        return dy * (1 - self.x ** 2)   #!
"""),
    "mean squared error, N for all numbers": Wrong(
        "MSE", "scale", "p=rand(5, 3), t=rand(5, 3)", ("p=rand(4, 6), t=rand(4, 6)",), """
import numpy as np
class MSE:
    def forward(self, p, t):
        self.d = p - t
        return np.mean(self.d ** 2)
    def backward(self):
        return 2 * self.d / self.d.shape[0]   #!
"""),
    "attention without its scale": Wrong(
        "attend", "scale", "Q=rand(5, 4), K=rand(5, 4), V=rand(5, 4)",
        ("Q=rand(6, 9), K=rand(6, 9), V=rand(6, 2)",), """
import numpy as np
def attend(Q, K, V):
    S = Q @ K.T / np.sqrt(Q.shape[1])
    P = np.exp(S - S.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    return P @ V, (Q, K, V, P)
def attend_backward(dO, cache):
    Q, K, V, P = cache
    dV = P.T @ dO
    dP = dO @ V.T
    dS = P * (dP - (dP * P).sum(axis=1, keepdims=True))   #!
    return dS @ K, dS.T @ Q, dV
"""),
    "focal loss, a factor held constant": Wrong(
        "Focal", "derivative-wrong", "p=unit(5, 4)", ("p=unit(2, 3)",), """
import numpy as np
class Focal:
    def __init__(self, gamma=2.5):
        self.gamma = gamma
    def forward(self, p):
        self.p = p
        loss = -(1 - self.p) ** self.gamma * np.log(self.p)
        return loss
    def backward(self, dout):
        dp = -(1 - self.p) ** self.gamma / self.p   #!
        return dout * dp
"""),
    "hard labels for smooth ones": Wrong(
        "Smooth", "wrong-variable", "z=rand(5, 3), y=labels(5, 3)",
        ("z=rand(4, 3), y=labels(4, 3)",), """
import numpy as np
class Smooth:
    def __init__(self, smoothing=0.2):
        self.smoothing = smoothing
    def forward(self, z, y):
        self.y = y
        e = np.exp(z - z.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        soft = np.eye(3)[y] * (1 - self.smoothing) + self.smoothing / 3
        return -np.sum(soft * np.log(self.p)) / len(y)
    def backward(self):
        return (self.p - np.eye(3)[self.y]) / len(self.y)   #!
"""),
    "a gated unit without its direct way": Wrong(
        "Gate", "term-missing", "x=rand(5, 4), h=rand(5, 3)", ("x=rand(2, 4), h=rand(2, 3)",), """
import numpy as np
sigmoid = lambda a: 1 / (1 + np.exp(-a))
class Gate:
    def __init__(self):
        r = np.random.default_rng(0)
        self.params = {k: r.normal(size=(n, 3)) for k, n in
                       (("Wz", 4), ("Uz", 3), ("Wr", 4), ("Ur", 3), ("Wn", 4), ("Un", 3))}
        self.grads = {}
    def forward(self, x, h):
        p = self.params
        z = sigmoid(x @ p["Wz"] + h @ p["Uz"])
        r = sigmoid(x @ p["Wr"] + h @ p["Ur"])
        n = np.tanh(x @ p["Wn"] + (r * h) @ p["Un"])
        self.saved = x, h, z, r, n
        return z * h + (1 - z) * n
    def backward(self, dy):
        x, h, z, r, n = self.saved
        p = self.params
        dn = dy * (1 - z) * (1 - n ** 2)
        dz = dy * (h - n) * z * (1 - z)
        drh = dn @ p["Un"].T
        dr = drh * h * r * (1 - r)
        for gate, d, of in (("z", dz, h), ("r", dr, h), ("n", dn, r * h)):
            self.grads["W" + gate] = x.T @ d
            self.grads["U" + gate] = of.T @ d
        dx = dz @ p["Wz"].T + dr @ p["Wr"].T + dn @ p["Wn"].T
        dh = drh * r + dz @ p["Uz"].T + dr @ p["Ur"].T   #!
        return dx, dh
"""),
    "a flattened transpose": Wrong(
        "Flatten", "places", "x=rand(2, 3, 4, 5)", ("x=rand(3, 2, 5, 2)",), """
import numpy as np
class Flatten:
    def forward(self, x):
        self.shape = x.shape
        return x.transpose(0, 2, 3, 1).reshape(len(x), -1)
    def backward(self, dy):
        N, C, H, W = self.shape
        return dy.reshape(N, C, H, W)   #!
"""),
    "an image gradient with the kernel unturned": Wrong(
        "Conv", "kernel-turned", "x=rand(2, 5, 5)", ("x=rand(1, 6, 4)",), """
import numpy as np
def correlate(x, w):
    h, v = w.shape
    out = np.zeros((len(x), x.shape[1] - h + 1, x.shape[2] - v + 1))
    for i in range(h):
        for j in range(v):
            out += w[i, j] * x[:, i:i + out.shape[1], j:j + out.shape[2]]
    return out
class Conv:
    def __init__(self):
        self.w = np.random.default_rng(1).normal(size=(3, 3))
    def forward(self, x):
        self.x = x
        return correlate(x, self.w)
    def backward(self, dy):
        self.dw = np.zeros_like(self.w)
        for i in range(3):
            for j in range(3):
                part = self.x[:, i:i + dy.shape[1], j:j + dy.shape[2]]
                self.dw[i, j] = np.sum(dy * part)
        padded = np.pad(dy, ((0, 0), (2, 2), (2, 2)))
        return correlate(padded, self.w)   #!
"""),
    "a stride that backward forgets": Wrong(
        "Strided", "index", "x=rand(2, 2, 6, 6)", ("x=rand(1, 2, 4, 8)",), """
import numpy as np
class Strided:
    def __init__(self, k=2, s=2):
        self.W, self.s = np.random.default_rng(8).normal(size=(3, 2, k, k)), s
    def forward(self, x):
        self.x = x
        k, s = self.W.shape[2], self.s
        oh, ow = (x.shape[2] - k) // s + 1, (x.shape[3] - k) // s + 1
        out = np.zeros((len(x), 3, oh, ow))
        for i in range(oh):
            for j in range(ow):
                part = x[:, :, i*s:i*s + k, j*s:j*s + k]
                out[:, :, i, j] = np.tensordot(part, self.W, axes=([1, 2, 3], [1, 2, 3]))
        return out
    def backward(self, dout):
        k, s = self.W.shape[2], self.s
        dx, self.dW = np.zeros_like(self.x), np.zeros_like(self.W)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                d = dout[:, :, i, j]
                part = self.x[:, :, i*s:i*s + k, j*s:j*s + k]
                self.dW += np.tensordot(d, part, axes=([0], [0]))
                dx[:, :, i:i + k, j:j + k] += np.tensordot(d, self.W, axes=([1], [0]))   #!
        return dx
"""),
    "a penalty of the bias": Wrong(
        "cost", "penalty", "theta=rand(4), X=rand(6, 4), y=binary(6)",
        ("theta=rand(3), X=rand(9, 3), y=binary(9)",), """
import numpy as np
def cost(theta, X, y, lam=1.0):
    m = len(y)
    h = 1 / (1 + np.exp(-X @ theta))
    J = -np.mean(y * np.log(h) + (1 - y) * np.log(1 - h)) + lam / (2 * m) * np.sum(theta[1:] ** 2)
    grad = X.T @ (h - y) / m
    grad = grad + (lam / m) * theta   #!
    return J, grad
"""),
    "an array with two names": Wrong(
        "block", "changed-in-place", "x=rand(5, 4), w=rand(4, 3)",
        ("x=rand(2, 3), w=rand(3, 6)",), """
import numpy as np
def block(x, w):
    z = x @ w
    return np.maximum(z, 0) + z, (x, w, z)
def block_backward(dout, cache):
    x, w, z = cache
    dr = dout   #!
    dr[z <= 0] = 0
    dz = dr + dout
    return dz @ w.T, x.T @ dz
"""),
    "a determinant's logarithm": Wrong(
        "logdet", "transposed", "A=rand(3, 3)", ("A=rand(4, 4)",), """
import numpy as np
def logdet(A):
    sign, value = np.linalg.slogdet(A)
    return value, A
def logdet_backward(dout, A):
    return dout * np.linalg.inv(A)   #!
"""),
    "layer norm over the batch": Wrong(
        "Norm", "axis", "x=rand(5, 4)", ("x=rand(3, 7)",), """
import numpy as np
class Norm:
    def forward(self, x):
        self.r = 1 / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        self.z = (x - x.mean(-1, keepdims=True)) * self.r
        return self.z
    def backward(self, d):
        m = d.mean(-1, keepdims=True)
        return self.r * (d - m - self.z * (d * self.z).mean(0, keepdims=True))   #!
"""),
    "dropout without its mask": Wrong(
        "Dropout", "factor-missing", "x=rand(6, 5)", ("x=rand(4, 9)",), """
import numpy as np
class Dropout:
    def __init__(self, keep=0.6):
        self.keep, self.rng = keep, np.random.RandomState(0)
    def forward(self, x):
        self.mask = (self.rng.rand(*x.shape) < self.keep) / self.keep
        return x * self.mask
    def backward(self, dout):
        return dout / self.keep   #!
"""),
    "lists, the wrong unit": Wrong(
        "Xor", "wrong-variable", "x=rand(2), t=0.3", ("x=rand(2), t=0.9",), """
import math, random
def s(x): return 1 / (1 + math.exp(-x))
class Xor:
    def __init__(self):
        random.seed(1)
        self.w1 = [[random.uniform(-1, 1) for _ in range(2)] for _ in range(3)]
        self.w2 = [random.uniform(-1, 1) for _ in range(3)]
    def loss(self, x, t):
        self.h = [s(sum(w * v for w, v in zip(row, x))) for row in self.w1]
        self.o = s(sum(w * v for w, v in zip(self.w2, self.h)))
        return 0.5 * (self.o - t) ** 2
    def backward(self, x, t):
        self.loss(x, t)
        do = (self.o - t) * self.o * (1 - self.o)
        self.grad_w2 = [do * h for h in self.h]
        self.grad_w1 = []
        for j in range(3):
            dh = do * self.w2[j] * self.o * (1 - self.o)   #!
            self.grad_w1.append([dh * v for v in x])
"""),
}  # fmt: skip
