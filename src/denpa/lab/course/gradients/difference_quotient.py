# %% [markdown]
# # How well a difference stands for a derivative
#
# A derivative is the limit of $\bigl(f(x+h) - f(x)\bigr)/h$ for $h \to 0$. So, to compute one, take
# a very small $h$: say, $10^{-15}$? The result is poor. Which $h$ is right, and how good can it be?
#
# Three formulas are compared, on $f(x) = e^x \sin x$:
#
# | | formula | leaves out |
# |---|---|---|
# | forward difference | $\bigl(f(x+h) - f(x)\bigr)/h$ | $\tfrac12 h f''(x)$ |
# | central difference | $\bigl(f(x+h) - f(x-h)\bigr)/2h$ | $\tfrac16 h^2 f'''(x)$ |
# | complex step | $\operatorname{Im} f(x+ih)/h$ | $\tfrac16 h^2 f'''(x)$, with the other sign |
#
# The last column is the first term of Taylor's series that a formula does not cancel, the
# *truncation error*. The third formula needs an $f$ that takes complex numbers: from
# $f(x+ih) = f(x) + ih f'(x) - \tfrac12 h^2 f''(x) - \dots$ the imaginary part picks $h f'(x)$.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa.lab import Lab

lab = Lab("difference-quotient")


def f(x):
    return np.exp(x) * np.sin(x)


def slope(x):
    return np.exp(x) * (np.sin(x) + np.cos(x))


def forward(x, h):
    return (f(x + h) - f(x)) / h


def central(x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def complex_step(x, h):
    return np.imag(f(x + 1j * h)) / h


# %% [markdown]
# At a single $x$ the error jumps about, since rounding does. So it is measured at 100 points
# between 0.5 and 1.5, drawn at random, as the root of the mean squared relative error: in float64
# with its precision $\varepsilon = 2^{-52}$, and in float32 with $\varepsilon = 2^{-23}$.
#
# Beside the three stands what Denpa says. It does not use differences: it knows the derivatives of
# $e^x$ and $\sin x$, and puts them together by the chain rule. Its gradient of a gradient gives the
# $f''$ and $f'''$ for the truncation errors.

# %%
methods = {
    "forward difference": forward,
    "central difference": central,
    "complex step": complex_step,
}
precisions = {"float64": np.float64, "float32": np.float32}
steps = np.logspace(-1, -16, 61)


def points(seed, dtype=np.float64):
    return np.random.default_rng(seed).uniform(0.5, 1.5, 100).astype(dtype)


def relative_error(found, x):
    exact = slope(x.astype(np.float64))
    return np.sqrt(np.mean((found / exact - 1) ** 2))


def errors(method, seed, dtype):
    x = points(seed, dtype)
    return np.array([relative_error(method(x, dtype(h)), x) for h in steps])


def total(x):
    return (dp.exp(x) * dp.sin(x)).sum()  # a sum, so that the gradient holds f'(x) of each x


def derivatives(x):
    first = dp.func.grad(total)
    second = dp.func.grad(lambda x: first(x).sum())
    third = dp.func.grad(lambda x: second(x).sum())
    return [of(dp.tensor(x)).numpy() for of in (first, second, third)]


measured = {
    (precision, name): np.array([errors(method, s, dtype) for s in lab.seeds(lab.pick(3, 20))])
    for precision, dtype in precisions.items()
    for name, method in methods.items()
}
backpropagation = {
    precision: np.array(
        [
            relative_error(derivatives(points(s, dtype))[0], points(s, dtype))
            for s in lab.seeds(lab.pick(3, 20))
        ]
    )
    for precision, dtype in precisions.items()
}
first, second, third = derivatives(points(lab.seed))
truncation = {
    "forward difference": np.sqrt(np.mean((second / first / 2) ** 2)) * steps,
    "central difference": np.sqrt(np.mean((third / first / 6) ** 2)) * steps**2,
}

# %% tags=["hide-input"]
figure, panels = lab.axes(1, 2, width=9, height=3.9)
for axes, precision in zip(panels, precisions, strict=True):
    for (name, _), dash in zip(methods.items(), ("-o", "--s", "-.^"), strict=True):
        axes.loglog(steps, measured[precision, name][0], dash, ms=3, lw=1, label=name)
    axes.loglog(steps, truncation["forward difference"], ":", color="#777777", lw=1)
    axes.loglog(
        steps,
        truncation["central difference"],
        ":",
        color="#777777",
        lw=1,
        label="truncation error",
    )
    axes.axhline(backpropagation[precision][0], color="black", ls=(0, (6, 1)), lw=1)
    axes.set(title=precision, xlabel="step $h$", xlim=(2e-1, 5e-17), ylim=(1e-18, 1e5))
panels[0].set(ylabel="relative error")
panels[0].text(0.1, 4e-17, "Denpa's derivative", fontsize=9, va="top")
panels[0].legend(loc="upper left", ncols=2)
lab.show(
    figure,
    "Relative error against the step, in float64 and float32: forward and central differences "
    "first get better as the step shrinks, then worse; the complex step gets better until it "
    "stays at rounding, where Denpa's derivative is.",
)

# %% [markdown]
# Read each curve from left to right, as $h$ shrinks. At first it follows Taylor: on these log
# scales a straight line of slope 1 for the forward difference, and of slope 2 for the others. Then
# the two differences turn round.
#
# ## Why small steps are bad
#
# The computer knows $f(x)$ only up to rounding, an error of about $\varepsilon\,|f|$. When $h$ is
# small, $f(x+h)$ and $f(x)$ agree in most of their digits. The subtraction cancels these, and what
# is left is mostly the rounding error, divided by $h$. So the whole error is about
#
# $$\tfrac12\,|f''|\,h + \frac{\varepsilon\,|f|}{h}, \qquad
# \tfrac16\,|f'''|\,h^2 + \frac{\varepsilon\,|f|}{h}$$
#
# for the forward and for the central difference.
#
# Set the derivative by $h$ to zero and leave out the factors that are not far from 1. The best step
# is about $\sqrt\varepsilon$ for the forward difference, and the error there is about
# $\sqrt\varepsilon$ too. For the central difference the step is about $\varepsilon^{1/3}$ and the
# error about $\varepsilon^{2/3}$. Of the 16 digits of float64, the forward difference gives 8 and
# the central one 10 or 11. Of the 7 of float32 it is 3 or 4, and 5.
#
# The complex step subtracts nothing, so nothing cancels. Its error falls to rounding and stays
# there, and $h = 10^{-200}$ is as good as any small step.

# %%
theory = {
    "forward difference": (1 / 2, 1 / 2),  # exponents of ε: of the best step, of its error
    "central difference": (1 / 3, 2 / 3),
    "complex step": (None, 1),
}
rows = [(p, name) for p in precisions for name in methods]
epsilon = {p: float(np.finfo(dtype).eps) for p, dtype in precisions.items()}
best_step = {key: steps[measured[key].argmin(axis=1)] for key in rows}
best_error = {key: measured[key].min(axis=1) for key in rows}
lab.table(
    {
        "precision": [p for p, _ in rows],
        "method": [name for _, name in rows],
        "best step": [best_step[key][0] for key in rows],
        "best step, theory": np.array(
            [
                epsilon[p] ** theory[name][0] if theory[name][0] else "any small one"
                for p, name in rows
            ],
            dtype=object,  # numbers and words
        ),
        "relative error": [best_error[key][0] for key in rows],
        "relative error, theory": [epsilon[p] ** theory[name][1] for p, name in rows],
    }
)

# %% [markdown]
# **To take away:** if a derivative has to be measured, use central differences, in float64, with a
# step of about $10^{-5}$ times the size of $x$. Then ten digits or so are right, which is plenty to
# [check the gradients of a network](gradient-check.py). For learning itself no difference is
# needed: the chain rule gives all digits.


# %%
def exponent(name, low, high):
    use = (steps > 0.9 * low) & (steps < 1.1 * high)
    found = measured["float64", name]
    return [np.polyfit(np.log(steps[use]), np.log(e[use]), 1)[0] for e in found]


lab.claim(
    "The error of the forward difference falls as h, from h = 1e-2 to 1e-6: exponent",
    exponent("forward difference", 1e-6, 1e-2),
    near=1,
    within=0.02,
)
for name in ("central difference", "complex step"):
    lab.claim(
        f"The error of the {name} falls as h², from h = 1e-2 to 1e-4: exponent",
        exponent(name, 1e-4, 1e-2),
        near=2,
        within=0.02,
    )
at = int(np.argmin(np.abs(steps - 1e-3)))
lab.claim(
    "At h = 1e-3, the first term of Taylor's series left out is the error: ratio, both differences",
    [measured["float64", name][0, at] / truncation[name][at] for name in truncation],
    near=1,
    within=0.01,
)
words = {1 / 2: "the square root of ε", 1 / 3: "the cube root of ε", 2 / 3: "ε to the 2/3"}
for name in truncation:
    lab.claim(
        f"The error of the {name} rises as 1/h, from h = 1e-10 to 1e-14: exponent",
        exponent(name, 1e-14, 1e-10),
        near=-1,
        within=0.1,
    )
    of_step, of_error = theory[name]
    lab.claim(
        f"The best step of the {name} is {words[of_step]}, up to a factor of 5: ratio",
        np.array([best_step[p, name] / epsilon[p] ** of_step for p in precisions]),
        at_least=1 / 5,
        at_most=5,
    )
    lab.claim(
        f"The best error of the {name} is {words[of_error]}, up to a factor of 10: ratio",
        np.array([best_error[p, name] / epsilon[p] ** of_error for p in precisions]),
        at_least=1 / 10,
        at_most=10,
    )
x = points(lab.seed)
lab.claim(
    "A complex step of 1e-16 is exact up to rounding: relative error in units of ε",
    np.array([measured[p, "complex step"][:, -1] / epsilon[p] for p in precisions]),
    at_most=2,
)
lab.claim(
    "A complex step of 1e-200 is exact up to rounding: relative error in units of ε",
    relative_error(complex_step(x, 1e-200), x) / epsilon["float64"],
    at_most=2,
)
lab.claim(
    "Denpa's derivative is exact up to rounding: relative error in units of ε",
    np.array([backpropagation[p] / epsilon[p] for p in precisions]),
    at_most=2,
)
