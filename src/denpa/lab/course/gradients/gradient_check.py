# %% [markdown]
# # Checking the gradients of a network
#
# Backpropagation is easy to get wrong, and a wrong gradient says nothing: the program runs, and the
# loss may even fall. How does one know that the gradients are right?
#
# By measuring them. Change one parameter $\theta_i$ a little to both sides, and see what the loss
# does:
#
# $$\frac{\partial E}{\partial \theta_i} \approx
#   \frac{E(\theta_i + h) - E(\theta_i - h)}{2h}.$$
#
# That takes two forward passes for each parameter, far too many for learning, but a small network
# is checked in a moment. The difference has [a best step](difference-quotient.py), about $10^{-5}$
# in float64. Here is a network of three layers with the cross-entropy loss, checked parameter for
# parameter.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa import nn
from denpa.lab import Lab

lab = Lab("gradient-check")
arrays = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((20, 5)), rng.integers(0, 3, 20)


def gradients(seed, dtype, h):
    dp.manual_seed(seed)
    net = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 6), nn.Tanh(), nn.Linear(6, 3))
    net.to(dtype)
    x, t = (dp.tensor(a) for a in data(seed))
    x = x.to(dtype)
    nn.functional.cross_entropy(net(x), t).backward()

    def loss_with(theta, i, value):
        kept, theta[i] = theta[i], value
        with dp.no_grad():
            loss = nn.functional.cross_entropy(net(x), t).item()
        theta[i] = kept
        return loss

    found = {}
    for name, p in zip(arrays, net.parameters(), strict=True):
        theta = p.detach().numpy().reshape(-1)  # the parameter's own memory
        numeric = [
            (loss_with(theta, i, v + h) - loss_with(theta, i, v - h)) / (2 * h)
            for i, v in enumerate(theta.copy())
        ]
        found[name] = p.grad.numpy().reshape(-1).astype(np.float64), np.array(numeric)
    return found


def relative_error(a, n):
    return np.linalg.norm(a - n) / max(np.linalg.norm(a), np.linalg.norm(n))


def errors(found):
    return [relative_error(*found[name]) for name in arrays]


seeds = lab.seeds(lab.pick(2, 10))
double = [gradients(seed, dp.float64, 1e-5) for seed in seeds]
single = {h: [gradients(seed, dp.float32, h) for seed in seeds] for h in (1e-1, 1e-2, 1e-3)}
single_errors = {h: np.array([errors(found) for found in runs]) for h, runs in single.items()}
best = min(single, key=lambda h: single_errors[h].max())

# %% [markdown]
# How large an error is right? Divide by the length of the gradients, so that a small gradient may
# not hide behind a small difference:
# $\lVert g_{\text{backprop}} - g_{\text{diff}} \rVert / \max(\lVert g_{\text{backprop}} \rVert,
# \lVert g_{\text{diff}} \rVert)$, for each array of parameters. Two gradients that have nothing to
# do with each other give about 1. In float64 a right gradient comes out at $10^{-9}$, or there
# about.
#
# In float32 the same check is nearly blind. The loss is about 1 and is known to seven digits, and
# one weight among many changes it by little: most digits of the difference are lost. Even at the
# best of several steps the error is around $10^{-3}$, and there small mistakes hide. It is not
# backpropagation that is so poor in float32, for it subtracts no losses; only the check is. So
# check in float64, and train in float32.
#
# ## Two mistakes
#
# Here are layers as textbooks write them, in NumPy, and two that are wrong. Both mistakes are
# classics: a bias gradient that is not summed over the batch, and an activation function that
# forgets its own derivative.


# %%
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        return dout * (1 - self.y**2)


class SoftmaxWithLoss:
    def forward(self, x, t):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        self.t = np.eye(x.shape[1])[t]
        return -np.sum(self.t * np.log(self.y)) / len(t)

    def backward(self, dout=1.0):
        return dout * (self.y - self.t) / len(self.t)


class UnsummedAffine(Affine):
    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout[0]
        return dout @ self.W.T


class ForgetfulTanh(Tanh):
    def backward(self, dout):
        return dout


class Network:
    def __init__(self, seed, second_affine=Affine, second_tanh=Tanh):
        rng = np.random.default_rng(seed)
        W1, W2, W3 = (rng.standard_normal(s) / np.sqrt(s[0]) for s in ((5, 8), (8, 6), (6, 3)))
        b1, b2, b3 = (0.1 * rng.standard_normal(n) for n in (8, 6, 3))
        first, second, third = Affine(W1, b1), second_affine(W2, b2), Affine(W3, b3)
        self.layers = [first, Tanh(), second, second_tanh(), third]
        self.loss = SoftmaxWithLoss()

    def forward(self, x, t):
        for layer in self.layers:
            x = layer.forward(x)
        return self.loss.forward(x, t)

    def backward(self, dout=1.0):
        dout = self.loss.backward(dout)
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout


# %% [markdown]
# `dp.check.layer` takes such an object as it is, measures every gradient, and where one is wrong,
# looks for the mistake.

# %%
seed = lab.seed
networks = {
    "no mistake": Network(seed),
    "bias not summed": Network(seed, second_affine=UnsummedAffine),
    "derivative forgotten": Network(seed, second_tanh=ForgetfulTanh),
}
reports = {name: dp.check.layer(net, *data(seed), budget=30) for name, net in networks.items()}
places = {a: f"layers[{2 * (int(a[1]) - 1)}].{a[0]}" for a in arrays}  # W2 is layers[2].W
checks = {
    name: {a: report.compared[place] for a, place in places.items()}
    for name, report in reports.items()
}
compared = {name: [c.error for c in of.values()] for name, of in checks.items()}
wrong = {name: [a for a, c in of.items() if not c.ok] for name, of in checks.items()}

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=9, height=3.6)
place = np.arange(len(arrays))
for values, marker, label in (
    (errors(double[0]), "o", "float64"),
    (single_errors[best][0], "s", "float32"),
):
    left.semilogy(place, values, marker, ls="", ms=6, label=label)
left.set(title="Denpa, no mistake", ylabel="relative error")
for k, ((name, values), marker) in enumerate(zip(compared.items(), "o^x", strict=True)):
    right.semilogy(place + 0.12 * (k - 1), values, marker, ls="", ms=6, label=name)
right.set(title="NumPy, mistakes in layer 2")
for axes in (left, right):
    axes.set(xticks=place, xticklabels=arrays, ylim=(1e-12, 1e2))
    axes.axhline(1, color="#999999", ls=":", lw=1)
left.legend(loc=(0.02, 0.33))
right.legend(loc=(0.02, 0.33))
lab.show(
    figure,
    "Relative error of the gradient of each array of parameters: tiny for the right networks in "
    "float64, larger in float32; near 1 for the second bias if it is not summed, and for all "
    "arrays of the layers 1 and 2 if a derivative is forgotten.",
)
lab.table(
    {
        "network": [name for name, report in reports.items() if not report.ok],
        "wrong gradients": [", ".join(wrong[name]) for name in reports if wrong[name]],
        "Denpa names": [f.text for report in reports.values() for f in report.findings],
        "the code": [f.location.text for report in reports.values() for f in report.findings],
        "what it should be": [f.expected for report in reports.values() for f in report.findings],
    }
)

# %% [markdown]
# Which gradients are wrong already tells where to look. The sum that is missing spoils $b_2$ alone:
# nothing is computed from it. The forgotten derivative spoils everything that the message passes
# later on its way back, the arrays of layers 2 and 1. Layer 3 is right, as its gradients are made
# before the message comes to the mistake. So search where the last right and the first wrong
# gradient meet.
#
# As a whole, the wrong gradients are not far from the right ones: the cosine of the angle between
# them is well above zero, so a short step against them still lowers the loss, and training goes on.
# That is why such mistakes are found by measuring, and not by looking at the loss.
#
# **To take away:** before you trust a backward pass of your own, check it once: small network,
# float64, central differences, $h$ near $10^{-5}$, relative errors below $10^{-7}$. For a network of
# Denpa, `dp.check.model` does so, and for layers of your own `dp.check.layer`.

# %%
lab.claim(
    "In float64, the gradients of the right network agree: largest relative error of an array",
    max(max(errors(found)) for found in double),
    at_most=1e-7,
)
lab.claim(
    "In float32, even the best of several steps leaves a larger one: largest relative error",
    single_errors[best].max(axis=1),
    at_least=1e-4,
    at_most=1e-2,
)
lab.claim(
    "Backpropagation in float32 itself is near that in float64: largest relative error",
    max(
        relative_error(one[name][0], two[name][0])
        for one, two in zip(double, single[best], strict=True)
        for name in arrays
    ),
    at_most=1e-5,
)
lab.claim("The NumPy network without a mistake is found right", reports["no mistake"].ok)
lab.claim(
    "A bias that is not summed spoils its gradient alone", wrong["bias not summed"], equal=["b2"]
)
lab.claim(
    "A forgotten derivative spoils the gradients of layers 1 and 2, and not of layer 3",
    wrong["derivative forgotten"],
    equal=["W1", "b1", "W2", "b2"],
)


def cosine(of):
    a = np.concatenate([np.ravel(c.claimed) for c in of.values()])
    n = np.concatenate([np.ravel(c.numeric) for c in of.values()])
    return a @ n / (np.linalg.norm(a) * np.linalg.norm(n))


lab.claim(
    "Both wrong gradients still lead downhill: cosine of the angle to the measured one",
    [cosine(of) for name, of in checks.items() if wrong[name]],
    at_least=0.5,
)
named = [[(f.part, f.mistake) for f in report.findings] for report in reports.values()]
lab.claim(
    "Both mistakes are named, each in the layer where it was planted, and nothing else is",
    named
    == [
        [],
        [("layers[2] (UnsummedAffine)", "bias-not-summed")],
        [("layers[3] (ForgetfulTanh)", "passed-on")],
    ],
)
