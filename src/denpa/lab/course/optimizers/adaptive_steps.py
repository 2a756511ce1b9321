# %% [markdown]
# # Nesterov, AdaGrad, RMSProp, and Adam in both published forms
#
# The update rules stand in every text, and hardly two texts agree in the details. What exactly
# does each rule compute, and do the details matter? Here each published recursion is written down
# in a few lines of NumPy, run down the [valley](../optimizers/valley.py)
# $f = x^2 + 100 y^2$, and held against the optimizer of the library, step by step. With
# $g$ for the gradient and all operations element by element:
#
# * **Nesterov**: momentum that looks ahead. The gradient is taken where the velocity would carry
#   the parameter: $v \leftarrow \beta v - \eta\, \nabla f(\theta + \beta v)$,
#   $\theta \leftarrow \theta + v$.
# * **AdaGrad**: $h \leftarrow h + g^2$,
#   $\theta \leftarrow \theta - \eta\, g / (\sqrt h + \epsilon)$.
# * **RMSProp**: the same with a memory that fades, $h \leftarrow \alpha h + (1 - \alpha) g^2$.
# * **Adam**: $m \leftarrow \beta_1 m + (1 - \beta_1) g$ and
#   $v \leftarrow \beta_2 v + (1 - \beta_2) g^2$, both too small at first, since they start at zero.
#   After $t$ steps they are made up for by $\hat m = m/(1 - \beta_1^t)$ and
#   $\hat v = v/(1 - \beta_2^t)$, and
#   $\theta \leftarrow \theta - \eta\, \hat m / (\sqrt{\hat v} + \epsilon)$.
#
# Adam's paper gives a second, shorter form, which many programs use. It puts both corrections into
# the learning rate: $\theta \leftarrow \theta - \eta_t\, m / (\sqrt v + \epsilon)$ with
# $\eta_t = \eta \sqrt{1 - \beta_2^t} / (1 - \beta_1^t)$. And some texts write
# $\hat m / \sqrt{\hat v + \epsilon}$, with $\epsilon$ inside the root.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa.lab import Lab

lab = Lab("adaptive-steps")
start = np.array([10.0, 1.0])
steepness = np.array([1.0, 100.0])
count = 100


def slope(p):
    return 2 * steepness * p


def nesterov(lr, beta=0.9):
    theta, v = start, 0.0
    while True:
        v = beta * v - lr * slope(theta + beta * v)
        theta = theta + v
        yield theta + beta * v


def adagrad(lr, eps=1e-10):
    p, h = start, 0.0
    while True:
        h = h + slope(p) ** 2
        p = p - lr * slope(p) / (np.sqrt(h) + eps)
        yield p


def rmsprop(lr, alpha=0.99, eps=1e-8):
    p, h = start, 0.0
    while True:
        h = alpha * h + (1 - alpha) * slope(p) ** 2
        p = p - lr * slope(p) / (np.sqrt(h) + eps)
        yield p


def moments(p, state, b1=0.9, b2=0.999):
    m, v, t = state
    return b1 * m + (1 - b1) * slope(p), b2 * v + (1 - b2) * slope(p) ** 2, t + 1


def adam(lr, eps=1e-8, inside=False, b1=0.9, b2=0.999):
    p, state = start, (0.0, 0.0, 0)
    while True:
        state = m, v, t = moments(p, state)
        m, v = m / (1 - b1**t), v / (1 - b2**t)
        p = p - lr * m / (np.sqrt(v + eps) if inside else np.sqrt(v) + eps)
        yield p


def short_adam(lr, eps=1e-8, b1=0.9, b2=0.999):
    p, state = start, (0.0, 0.0, 0)
    while True:
        state = m, v, t = moments(p, state)
        p = p - lr * np.sqrt(1 - b2**t) / (1 - b1**t) * m / (np.sqrt(v) + eps)
        yield p


# %% [markdown]
# The short form is not the long one. Multiply its numerator and denominator by
# $1/\sqrt{1 - \beta_2^t}$: it is the long form with $\epsilon/\sqrt{1 - \beta_2^t}$ in place of
# $\epsilon$. At the first step that is about thirty times as much; after some thousand steps there
# is no difference. So the library's optimizer turns into the short form when `eps` is changed
# before each step.
#
# One more thing is to be known about Nesterov's rule: what the library keeps and updates is
# $\theta + \beta v$, the place where the gradient is taken. That is why the recursion above yields
# this place.


# %%
def descend(make, scale=1.0, eps_of_step=None):
    p = dp.tensor(start, requires_grad=True)
    optimizer = make([p])
    path = [p.tolist()]
    for t in range(1, count + 1):
        if eps_of_step:
            optimizer.param_groups[0]["eps"] = eps_of_step(t)
        optimizer.zero_grad()
        (scale * dp.tensor(steepness) * p**2).sum().backward()
        optimizer.step()
        path.append(p.tolist())
    return np.array(path)


large = 0.1  # so that it is seen where ε stands
rules = {
    "Nesterov": (
        nesterov(0.002),
        lambda p: dp.optim.SGD(p, lr=0.002, momentum=0.9, nesterov=True),
    ),
    "AdaGrad": (adagrad(1.5), lambda p: dp.optim.Adagrad(p, lr=1.5)),
    "RMSProp": (rmsprop(0.05), lambda p: dp.optim.RMSprop(p, lr=0.05)),
    "Adam": (adam(0.3), lambda p: dp.optim.Adam(p, lr=0.3)),
    "Adam, large ε": (adam(0.3, large), lambda p: dp.optim.Adam(p, lr=0.3, eps=large)),
    "Adam, large ε inside the root": (
        adam(0.3, large, inside=True),
        lambda p: dp.optim.Adam(p, lr=0.3, eps=large, eps_inside_sqrt=True),
    ),
    "Adam, short form, large ε": (
        short_adam(0.3, large),
        lambda p: dp.optim.Adam(p, lr=0.3),
    ),
}
paths, gaps = {}, {}
for name, (recursion, make) in rules.items():
    changing = (lambda t: large / np.sqrt(1 - 0.999**t)) if "short" in name else None
    paths[name] = descend(make, eps_of_step=changing)
    published = np.array([start, *(next(recursion) for _ in range(count))])
    gaps[name] = np.abs(paths[name] - published).max()
momentum = descend(lambda p: dp.optim.SGD(p, lr=0.002, momentum=0.9))

# %% [markdown]
# Where does $\epsilon$ matter? Let the gradients have sizes from $10^{-14}$ to $1$, with the usual
# $\epsilon = 10^{-8}$, and look at the first step. One step of one optimizer tells it for all
# sizes, since every element has its own.

# %%
sizes = np.logspace(-14, 0, 141)
eps = 1e-8
forms = {
    "outside the root": {"eps": eps},
    "short form": {"eps": eps / np.sqrt(1 - 0.999)},
    "inside the root": {"eps": eps, "eps_inside_sqrt": True},
}
first = {}
for name, options in forms.items():
    p = dp.tensor(np.zeros(len(sizes)), requires_grad=True)
    p.grad = dp.tensor(sizes)
    dp.optim.Adam([p], lr=1.0, **options).step()
    first[name] = -p.detach().numpy()

# %% tags=["hide-input"]
figure, (left, middle, right) = lab.axes(1, 3, width=9, height=3.3)
x, y = np.meshgrid(np.linspace(-3, 11, 121), np.linspace(-1.5, 1.5, 91))
for axes in (left, middle):
    levels = [1, 8, 25, 50, 100, 200]
    axes.contour(x, y, x**2 + 100 * y**2, levels=levels, colors="#cccccc", linewidths=0.8)
    axes.plot(0, 0, "+", color="black", ms=10, mew=2)
    axes.set(xlabel="$x$", ylim=(-1.1, 2.1))
left.set(ylabel="$y$")
left.plot(*momentum.T, ls="-", lw=1, color="C2", label="momentum")
left.plot(*paths["Nesterov"].T, ls="-", lw=1.8, color="C0", label="Nesterov")
left.legend(loc="upper left")
for k, name in enumerate(["AdaGrad", "RMSProp", "Adam"]):
    middle.plot(*paths[name].T, marker="os^"[k], ms=2.5, lw=1.2, label=name)
middle.legend(loc="upper left")
for name, lengths in first.items():
    right.loglog(sizes, lengths, label=name)
right.set(xlabel="size of the gradient", ylabel="first step of Adam / η", ylim=(1e-10, 1e7))
right.legend(title="Adam, with ε", loc="upper left", alignment="left")
lab.show(
    figure,
    "In the valley, momentum swings across many times and Nesterov once; AdaGrad, RMSProp "
    "and Adam set out at the same angle; the first step of Adam is the "
    "learning rate for large gradients, and falls for gradients below a size that depends on where "
    "ε stands.",
)
final = {name: np.hypot(*path[-1]) for name, path in paths.items()}
lab.table(
    {
        "method": list(rules),
        "distance after 100 steps": list(final.values()),
        "largest difference from the published rule": list(gaps.values()),
    }
)

# %% [markdown]
# The optimizers and the published rules are the same to the last digits, each in its form.
#
# What is *adaptive* about them? Look at the first step. Gradient descent would go 20 times the
# learning rate along $x$ and 200 times along $y$. AdaGrad and Adam go exactly $\eta$ in both, and
# RMSProp, whose mean begins with $(1 - \alpha) g^2$, goes $\eta/\sqrt{1 - \alpha} = 10\,\eta$ in
# both. Only the signs of the gradient are left. So a function ten times as steep is the same to
# them: numerator and denominator both grow tenfold. Gradient descent, with momentum or without,
# needs a learning rate a tenth as large there, or it diverges.
#
# $\epsilon$ sets a limit to that: a gradient much smaller than $\epsilon$ moves its parameter
# hardly at all. But smaller than which number? The three forms give three answers. At the first
# step, half of the full length is reached at $|g| = \epsilon$ in the long form, at
# $\epsilon/\sqrt{1 - \beta_2} \approx 32\,\epsilon$ in the short form, and at $\sqrt{\epsilon/3}$
# with $\epsilon$ inside the root, which for $\epsilon = 10^{-8}$ is thousands of times as much.
#
# For gradients far above all of these, as here, the forms cannot be told apart. Details of a rule
# matter when somebody changes $\epsilon$, or when gradients are tiny: then say which form it is.

# %%
lab.claim(
    "Over 100 steps, each optimizer follows its published recursion: largest difference",
    list(gaps.values()),
    at_most=1e-12,
)
adaptive = {"AdaGrad": 1.5, "RMSProp": 0.05, "Adam": 0.3}
lab.claim(
    "The first step, in learning rates, is 1 for AdaGrad, 10 for RMSProp and 1 for Adam, "
    "along x and along y",
    np.array([(paths[name][0] - paths[name][1]) / lr for name, lr in adaptive.items()]),
    near=np.array([[1, 1], [1 / np.sqrt(1 - 0.99)] * 2, [1, 1]]),
    within=1e-6,
)
steeper = {name: descend(rules[name][1], scale=10) for name in rules}
lab.claim(
    "On a function 10 times as steep, AdaGrad, RMSProp and Adam take the same path",
    [np.abs(steeper[name] - paths[name]).max() for name in adaptive],
    at_most=1e-5,
)
lab.claim(
    "There, Nesterov with the same learning rate diverges: distance after 100 steps",
    np.hypot(*steeper["Nesterov"][-1]),
    at_least=1e6,
)
half = [np.exp(np.interp(0.5, first[name], np.log(sizes))) for name in forms]
lab.claim(
    "The first step of Adam is half as long at the gradient that theory says, in the three forms: "
    "measured over theory",
    half / np.array([eps, eps / np.sqrt(1 - 0.999), np.sqrt(eps / 3)]),
    near=1,
    within=0.01,
)
short = descend(rules["Adam"][1], eps_of_step=lambda t: 1e-8 / np.sqrt(1 - 0.999**t))
lab.claim(
    "Down the valley, with an ε of 1e-8, long and short form differ by less than 1e-6",
    np.abs(short - paths["Adam"]).max(),
    at_most=1e-6,
)
lab.claim(
    "With an ε of 0.1, they differ by more than 0.01",
    np.abs(paths["Adam, short form, large ε"] - paths["Adam, large ε"]).max(),
    at_least=0.01,
)
