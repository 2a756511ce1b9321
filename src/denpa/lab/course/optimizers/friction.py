# %% [markdown]
# # Momentum as motion with friction
#
# Why is it called *momentum*? Let a ball of mass $m$ roll on the surface $E$, pushed by the slope
# and braked by friction $\mu$. Newton's law says
#
# $$m\,\ddot x = -\nabla E(x) - \mu\,\dot x .$$
#
# Film it, with a time $h$ between the pictures. Put $(x_{n+1} - 2x_n + x_{n-1})/h^2$ for the
# acceleration and $(x_{n+1} - x_n)/h$ for the velocity in the friction. Solved for the next step,
#
# $$x_{n+1} - x_n = \underbrace{\frac{m}{m + \mu h}}_{\beta} (x_n - x_{n-1})
# - \underbrace{\frac{h^2}{m + \mu h}}_{\eta} \nabla E(x_n) ,$$
#
# which is gradient descent with momentum: the last step, times $\beta$, plus a new push. So each
# choice of mass, friction and time step is a choice of $\beta$ and $\eta$. Without mass $\beta$ is
# zero: plain gradient descent is the motion of something light in honey.
#
# Is the picture more than a picture? For a spring, $E = \frac{1}{2} k x^2$, the motion is known in
# closed form. Momentum should follow it, and the better, the shorter the time step.

# %%
from __future__ import annotations

import numpy as np

import denpa as dp
from denpa.lab import Lab

lab = Lab("friction")
seconds, spring = 20.0, 1.0
cases = {  # mass, friction
    "little friction": (1.0, 0.4),
    "critical friction": (1.0, 2.0),
    "much friction": (1.0, 5.0),
    "no mass": (0.0, 2.0),
}


def motion(mass, friction, time):
    if mass == 0:
        return np.exp(-spring * time / friction)
    rate = friction / (2 * mass)
    root = np.emath.sqrt(rate**2 - spring / mass)
    if root == 0:
        return np.exp(-rate * time) * (1 + rate * time)
    fast, slow = -rate - root, -rate + root
    return np.real((fast * np.exp(slow * time) - slow * np.exp(fast * time)) / (fast - slow))


def roll(mass, friction, h):
    x = dp.tensor(1.0, dtype=dp.float64, requires_grad=True)
    heavy = mass + friction * h
    optimizer = dp.optim.SGD([x], lr=h**2 / heavy, momentum=mass / heavy)
    path = [x.item()]
    for _ in range(round(seconds / h)):
        optimizer.zero_grad()
        (spring / 2 * x**2).backward()
        optimizer.step()
        path.append(x.item())
    return np.arange(len(path)) * h, np.array(path)


steps = [0.2, 0.1, 0.05, 0.025, *lab.pick([], [0.0125, 0.00625])]
error, paths = {}, {}
for name, case in cases.items():
    found = [roll(*case, h) for h in steps]
    error[name] = [np.abs(path - motion(*case, time)).max() for time, path in found]
    paths[name] = found

# %% [markdown]
# With a spring there are three ways to come to rest, as for a door with a closer. Below the
# critical friction $\mu = 2\sqrt{mk}$ the ball swings to and fro; above, it creeps. At the critical
# friction it just does not swing, and is at rest long before the other two.

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=8.8, height=3.8)
fine = np.linspace(0, seconds, 400)
for k, (name, case) in enumerate(cases.items()):
    marker = "os^D"[k]
    left.plot(fine, motion(*case, fine), color=f"C{k}", ls=("-", "--", "-.", ":")[k], lw=1.2)
    time, path = paths[name][0]
    left.plot(time[k::4], path[k::4], color=f"C{k}", ls="", marker=marker, ms=4, label=name)
    right.loglog(steps, error[name], marker=marker, color=f"C{k}", label=name)
left.set(xlabel="time (s)", ylabel="place $x$", ylim=(-0.7, 1.25))
left.set(title="lines: motion, marks: momentum with steps of 0.2 s")
left.legend(loc="upper right")
right.loglog(steps, 0.25 * np.array(steps), color="#999999", ls="-", lw=0.9)
right.annotate("slope 1", (0.062, 0.0108), color="#666666")
right.set(xlabel="time step $h$ (s)", ylabel="largest distance from the motion")
right.set_xticks(steps, labels=[f"{h:g}" for h in steps], minor=False)
right.minorticks_off()
lab.show(
    figure,
    "The marks of momentum lie near the lines of the motion: one swings, three creep to rest; on "
    "logarithmic scales the distance between the two falls with the time step along lines of "
    "slope 1.",
)
slope = {name: np.polyfit(np.log(steps[-3:]), np.log(error[name][-3:]), 1)[0] for name in cases}
h = steps[0]
lab.table(
    {
        "case": list(cases),
        "friction μ": [mu for _, mu in cases.values()],
        "β at h = 0.2": [m / (m + mu * h) for m, mu in cases.values()],
        "η at h = 0.2": [h**2 / (m + mu * h) for m, mu in cases.values()],
        "largest distance at h = 0.2": [error[name][0] for name in cases],
        "largest distance at h = 0.025": [error[name][3] for name in cases],
        "order in h": list(slope.values()),
    }
)

# %% [markdown]
# Half the time step, half the distance: momentum is a method of first order for the motion. The
# reason is the friction, for which the velocity was taken over the step to come, and the start,
# where the ball is taken to rest half a step too early. Each is an error in proportion to $h$.
#
# The picture explains three habits.
#
# * A learning rate of $\eta$ means a time step of about $\sqrt{m\eta}$. At the same time step, a
#   smaller $\beta$ is a larger friction.
# * On a long slope with gradient $g$, the ball reaches the speed $g/\mu$ at which friction balances
#   the push. In optimizer's terms, each step then is $h/\mu = \eta/(1 - \beta)$ times the
#   gradient: with $\beta = 0.9$ momentum is **ten times as fast** as plain gradient descent of the
#   same $\eta$. Compare the two at the same $\eta/(1 - \beta)$, not at the same $\eta$.
# * $\beta$ near 1 is a ball with hardly any friction. It swings through the lowest point many
#   times.

# %%
lab.claim(
    "The distance from the motion is of first order in the time step, in all four cases",
    list(slope.values()),
    near=1,
    within=0.07,
)


def crossings(path):
    return int(np.sum(np.diff(np.sign(path)) != 0))


time, _ = paths["little friction"][-1]
lab.claim(
    "With little friction, momentum swings through the lowest point as often as the motion",
    crossings(paths["little friction"][-1][1]),
    equal=crossings(motion(*cases["little friction"], time)),
)
lab.claim(
    "At the critical friction and above, it goes no further than 0.001 beyond the lowest point",
    [path.min() for name in cases if name != "little friction" for _, path in paths[name][-1:]],
    at_least=-1e-3,
)
rest = {}
for name in cases:
    time, path = paths[name][-1]
    rest[name] = time[np.nonzero(np.abs(path) > 0.02)[0][-1]]
lab.claim(
    "The ball comes to rest (within 0.02) first at the critical friction",
    all(rest["critical friction"] < rest[name] for name in cases if name != "critical friction"),
)
slide = dp.tensor(0.0, dtype=dp.float64, requires_grad=True)
optimizer = dp.optim.SGD([slide], lr=0.01, momentum=0.9)
places = []
for _ in range(400):
    optimizer.zero_grad()
    (3 * slide).backward()
    optimizer.step()
    places.append(slide.item())
lab.claim(
    "On a constant slope, each step with β = 0.9 becomes 10 times the gradient times η",
    (places[-2] - places[-1]) / (0.01 * 3),
    near=10,
    within=1e-9,
)
