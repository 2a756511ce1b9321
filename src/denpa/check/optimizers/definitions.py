"""Update rules as their papers define them, the other forms in which they were published, and the
mistakes that people make in them."""

from __future__ import annotations

from denpa.check.optimizers.language import Change, Rule

# -- mistakes that several rules share -------------------------------------------------------------


def _average(x: str, beta: str, of: str) -> list[Change]:
    """Of x = beta * x + (1 - beta) * of."""
    rest = f"(1 - {beta}) * "
    line = f"{x} = {beta} * {x} + {rest}{of}"

    def named(name: str, new: str) -> Change:
        return Change(name, ((line, new),), x)

    return [
        named("one-minus-forgotten", f"{x} = {beta} * {x} + {of}"),
        named("weights-exchanged", f"{x} = (1 - {beta}) * {x} + {beta} * {of}"),
        named("state-lost", f"{x} = {rest}{of}"),
        named("state-lost", f"{x} = {of}"),
        named("state-lost", f"{x} = 0 * {of}"),
        named("old-not-decayed", f"{x} = {x} + {rest}{of}"),
        named("old-not-decayed", f"{x} = {x} + {of}"),
        named("sign-inside", f"{x} = {beta} * {x} - {rest}{of}"),
    ]


def _squared(x: str) -> list[Change]:
    return [
        Change("not-squared", (("g**2", "g"),), x),
        Change("not-squared", (("g**2", "abs(g)"),), x),
    ]


def _root(x: str) -> list[Change]:
    """Of … / (sqrt(x) + eps)."""
    under = f"/ (sqrt({x}) + eps)"
    return [
        Change("root-forgotten", ((under, f"/ ({x} + eps)"),), x),
        Change("eps-missing", ((under, f"/ sqrt({x})"),), x),
        Change("parentheses", ((under, f"/ sqrt({x}) + eps"),), x),
        Change("parentheses", ((under, f"/ sqrt({x}) - eps"),), x),
        Change("multiplied", ((under, f"* (sqrt({x}) + eps)"),), x),
        Change("multiplied", ((f"/ sqrt({x} + eps)", f"* sqrt({x} + eps)"),), x),
        Change("not-divided", ((f" {under}", ""),), x),
    ]


def _inside(x: str) -> tuple[tuple[str, str], ...]:
    return ((f"(sqrt({x}) + eps)", f"sqrt({x} + eps)"),)


def _corrected(x: str, beta: str, other: str) -> list[Change]:
    """Of x_hat = x / (1 - beta**t)."""
    line = f"{x}_hat = {x} / (1 - {beta}**t)"

    def named(name: str, new: str) -> Change:
        return Change(name, ((line, f"{x}_hat = {new}"),), x)

    return [
        named("not-corrected", x),
        named("power-forgotten", f"{x} / (1 - {beta})"),
        named("power-forgotten", f"{x} / (1 - {beta} * t)"),
        named("correction-multiplied", f"{x} * (1 - {beta}**t)"),
        named("correction-wrong-beta", f"{x} / (1 - {other}**t)"),
        named("correction-one-minus", f"{x} / {beta}**t"),
        named("corrected-kept", f"{x} / (1 - {beta}**t)\n{x} = {x}_hat"),
        named("old-state", f"{x}_old / (1 - {beta}**t)"),
    ]


_STEP = [
    Change("sign", (("p = p - lr * ", "p = p + lr * "),), "p"),
    Change("lr-missing", (("p = p - lr * ", "p = p - "),), "p"),
    Change("lr-twice", (("p = p - lr * ", "p = p - lr * lr * "),), "p"),
]
_DECAY_LINE = "g = g + weight_decay * p\n"
_COUPLED = [
    Change("decay-missing", ((_DECAY_LINE, ""),), "g", expected=_DECAY_LINE.strip()),
    Change("decay-sign", (("g + weight_decay", "g - weight_decay"),), "g"),
    Change("decay-without-p", (("weight_decay * p", "weight_decay"),), "g"),
]
_DECOUPLED = (
    (_DECAY_LINE, "decayed = lr * weight_decay * p\n"),
    ("p = p - ", "p = p - decayed - "),
)
_SPARED = Change("decay-matrices", matrices=True)
_SGDW = Change("decay-apart", _DECOUPLED)
_SHARED = (Change("state-shared", shared=True), Change("state-shared", shared=True, kin=True))
_MAXIMIZE = ("maximize", ((_DECAY_LINE, "g = -g\n" + _DECAY_LINE),))

_COUNTS = [
    Change("t-stuck", (("t = t + 1", "t = 1"),), "t"),
    Change("t-from-zero", start=(("t", -1.0),), what="t", line="t"),
    Change("t-ahead", start=(("t", 1.0),), what="t", line="t"),
    Change("t-each", each=True, what="t", line="t"),
]


def _lost(*lines: tuple[str, str]) -> Change:
    return Change("state-lost", lines, "")


# -- the rules -------------------------------------------------------------------------------------

_SGD = Rule(
    "sgd",
    "SGD",
    _DECAY_LINE + "p = p - lr * g\n",
    (),
    {"lr": 0.01, "weight_decay": 0.0},
    "Robbins, Monro, A stochastic approximation method (1951)",
    (_SPARED,),
    (*_STEP, *_COUPLED),
    (_MAXIMIZE,),
)

_DAMPED = (("u = momentum * u + g", "t = t + 1\nu = momentum * u + (1 - dampening * (t > 1)) * g"),)
_EMA = Change(
    "momentum-average", (("u = momentum * u + g", "u = momentum * u + (1 - momentum) * g"),)
)
_INTO = (("u = momentum * u + g", "u = momentum * u - lr * g"),)
_VELOCITY = [
    Change("state-lost", (("u = momentum * u + g", "u = g"),), "u"),
    Change("old-not-decayed", (("momentum * u + g", "u + g"),), "u"),
    Change("sign-inside", (("u = momentum * u + g", "u = -momentum * u + g"),), "u"),
    Change("weights-exchanged", (("momentum * u + g", "(1 - momentum) * u + momentum * g"),), "u"),
    Change("weights-exchanged", (("u = momentum * u + g", "u = u + momentum * g"),), "u"),
]
_MOMENTUM = Rule(
    "momentum",
    "momentum",
    _DECAY_LINE + "u = momentum * u + g\np = p - lr * u\n",
    (("u", 0.0), ("t", 0.0)),
    {"lr": 0.01, "momentum": 0.9, "weight_decay": 0.0},
    "Polyak, Some methods of speeding up the convergence of iteration methods (1964)",
    (Change("velocity", (*_INTO, ("p = p - lr * u", "p = p + u"))), _EMA, _SPARED, _SGDW),
    (
        *_STEP,
        *_VELOCITY,
        *_COUPLED,
        *_SHARED,
        Change("old-state", (("p = p - lr * u", "p = p - lr * u_old"),), "u", "p"),
        Change("velocity-twice", (("p = p - lr * u", "p = p - lr * (g + u)"),), "u", "p"),
        Change("velocity-twice", (("p = p - lr * u", "p = p - lr * momentum * u"),), "u", "p"),
    ),
    (("dampening", _DAMPED), _MAXIMIZE),
)

_AHEAD = "p = p - lr * (g + momentum * u)"
_NESTEROV = Rule(
    "nesterov", "Nesterov's momentum", _DECAY_LINE + "u = momentum * u + g\n" + _AHEAD + "\n",
    (("u", 0.0),), {"lr": 0.01, "momentum": 0.9, "weight_decay": 0.0},
    "Nesterov (1983); Sutskever et al., On the importance of initialization and momentum (2013)",
    (_SPARED, _SGDW,
     Change("sutskever", ((_DECAY_LINE, "g = grad(p - lr * momentum * u)\n" + _DECAY_LINE),
                          (_AHEAD, "p = p - lr * u"))),
     Change("velocity", (*_INTO, (_AHEAD, "p = p + momentum * u - lr * g")))),
    (Change("look-ahead-forgotten", ((_AHEAD, "p = p - lr * u"),), "u", "p"),
     *_STEP, *_VELOCITY, *_COUPLED, *_SHARED,
     Change("look-ahead-old", ((_AHEAD, "p = p - lr * (g + momentum * u_old)"),), "u", "p"),
     Change("look-ahead-twice", ((_AHEAD, "p = p - lr * ((1 + momentum) * g + momentum**2 * u)"),),
            "u", "u"),
     Change("look-ahead-wrong", ((_AHEAD, "p = p - lr * (1 + momentum) * u"),), "u", "p"),
     Change("look-ahead-wrong", ((_AHEAD, "p = p - lr * (g + u)"),), "u", "p"),
     Change("look-ahead-wrong", ((_AHEAD, "p = p - lr * ((1 + momentum) * g + momentum * u_old)"),),
            "u", "p"),
     Change("look-ahead-wrong", ((_AHEAD, "p = p - lr * (g + momentum**2 * u_old)"),), "u", "p"),
     Change("look-ahead-wrong", ((_AHEAD, "p = p - lr * (u + momentum * u_old)"),), "u", "p")),
    (_MAXIMIZE,),
)  # fmt: skip

_ADAGRAD = Rule(
    "adagrad",
    "AdaGrad",
    _DECAY_LINE + "s = s + g**2\np = p - lr * g / (sqrt(s) + eps)\n",
    (("s", "initial_accumulator_value"),),
    {"lr": 0.01, "eps": 1e-10, "weight_decay": 0.0, "initial_accumulator_value": 0.0},
    "Duchi, Hazan, Singer, Adaptive subgradient methods (2011)",
    (Change("eps-inside", _inside("s")), _SPARED),
    (
        *_STEP,
        Change("state-lost", (("s = s + g**2", "s = g**2"),), "s"),
        *_squared("s"),
        *_root("s"),
        *_COUPLED,
        *_SHARED,
        Change("old-state", (("sqrt(s)", "sqrt(s_old)"),), "s", "p"),
    ),
    (_MAXIMIZE,),
)

_SQUARES = "(sqrt(s) + eps)"
_CENTRE = ((_SQUARES, "(sqrt(s - a**2) + eps)"),)
_AVERAGED = ("p = p - ", "a = rho * a + (1 - rho) * g\np = p - ")
_RMSPROP = Rule(
    "rmsprop", "RMSProp",
    _DECAY_LINE + "s = rho * s + (1 - rho) * g**2\np = p - lr * g / (sqrt(s) + eps)\n",
    (("s", 0.0), ("a", 0.0), ("u", 0.0)),
    {"lr": 0.01, "rho": 0.99, "eps": 1e-8, "weight_decay": 0.0},
    "Tieleman, Hinton, Lecture 6.5: RMSProp (2012)",
    (Change("eps-inside", _inside("s")), Change("centered", (*_CENTRE, _AVERAGED)),
     Change("centered", ((_SQUARES, "sqrt(s - a**2 + eps)"), _AVERAGED)),
     Change("from-one", start=(("s", 1.0),)), _SPARED, _SGDW),
    (*_STEP, *_average("s", "rho", "g**2"), *_squared("s"), *_root("s"), *_COUPLED, *_SHARED,
     Change("old-state", (("sqrt(s)", "sqrt(s_old)"),), "s", "p")),
    (("centered", (*_CENTRE, _AVERAGED)),
     ("momentum", (("p = p - lr * g", "u = momentum * u + g"),
                   ("+ eps)\n", "+ eps)\np = p - lr * u\n"))),
     _MAXIMIZE),
)  # fmt: skip

_MOMENTS = """\
t = t + 1
m = beta1 * m + (1 - beta1) * g
v = beta2 * v + (1 - beta2) * g**2
m_hat = m / (1 - beta1**t)
v_hat = v / (1 - beta2**t)
"""
_ADAM_STEP = "p = p - lr * m_hat / (sqrt(v_hat) + eps)\n"
BOTH_POWERS = Change(
    "power-forgotten",
    (
        ("m_hat = m / (1 - beta1**t)", "m_hat = m / (1 - beta1)"),
        ("v_hat = v / (1 - beta2**t)", "v_hat = v / (1 - beta2)"),
    ),
    "m, v",
)
_ADAM_MISTAKES = (
    *_STEP,
    Change("not-corrected", (("m_hat = m / (1 - beta1**t)", "m_hat = m"),
                             ("v_hat = v / (1 - beta2**t)", "v_hat = v")), "m, v"),
    *_corrected("m", "beta1", "beta2"), *_corrected("v", "beta2", "beta1"),
    BOTH_POWERS,
    *_COUNTS,
    Change("betas-exchanged", exchanged=("beta1", "beta2"), line="m"),
    Change("correction-exchanged", (("m / (1 - beta1**t)", "m / (1 - beta2**t)"),
                                    ("v / (1 - beta2**t)", "v / (1 - beta1**t)")), "m, v"),
    Change("corrected-kept",
           (("m_hat = m / (1 - beta1**t)", "m_hat = m / (1 - beta1**t)\nm = m_hat"),
            ("v_hat = v / (1 - beta2**t)", "v_hat = v / (1 - beta2**t)\nv = v_hat")),
           "m, v", "m_hat"),
    *_average("m", "beta1", "g"), *_average("v", "beta2", "g**2"),
    *_squared("v"),
    Change("squared-moment", (("g**2", "m**2"),), "v"),
    Change("moment-unused", (("lr * m_hat", "lr * g"),), "m", "p"),
    *_root("v_hat"),
    Change("wrong-beta", (("m = beta1 * m + (1 - beta1)", "m = beta2 * m + (1 - beta2)"),), "m"),
    Change("wrong-beta", (("v = beta2 * v + (1 - beta2)", "v = beta1 * v + (1 - beta1)"),), "v"),
    _lost(("m = beta1 * m + ", "m = "), ("v = beta2 * v + ", "v = ")),
    _lost(("m = beta1 * m + ", "m = "), ("v = beta2 * v + ", "v = "), ("t = t + 1", "t = 1")),
    *_SHARED,
    Change("state-shared", shared=True, each=True),
)  # fmt: skip
_ADAM_STATE = (("t", 0.0), ("m", 0.0), ("v", 0.0), ("v_max", 0.0))
_ADAM_USUAL = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0}
_HAT = Change("eps-hat", (("+ eps)", "+ eps / sqrt(1 - beta2**t))"),))
_HAT_INSIDE = Change(
    "eps-hat-inside", (("(sqrt(v_hat) + eps)", "sqrt(v_hat + eps / (1 - beta2**t))"),)
)
_ROOTS = (_HAT, Change("eps-inside", _inside("v_hat")), _HAT_INSIDE)
_AMS = (("v_hat = v / ", "v_max = maximum(v_max, v)\nv_hat = v_max / "),)
_APART = Change("decay-decoupled", _DECOUPLED)
_OPTIONS = (("eps_inside_sqrt", _inside("v_hat")), ("amsgrad", _AMS), _MAXIMIZE)
_ADAM = Rule(
    "adam",
    "Adam",
    _DECAY_LINE + _MOMENTS + _ADAM_STEP,
    _ADAM_STATE,
    _ADAM_USUAL,
    "Kingma, Ba, Adam: a method for stochastic optimization (2015)",
    (*_ROOTS, _APART, Change("amsgrad", _AMS), _SPARED),
    (*_ADAM_MISTAKES, *_COUPLED),
    (("decoupled_weight_decay", _DECOUPLED), *_OPTIONS),
)

_W = "p = p - lr * weight_decay * p\n"
_ADAMW = Rule(
    "adamw", "AdamW", _MOMENTS + _W + _ADAM_STEP, _ADAM_STATE, _ADAM_USUAL | {"weight_decay": 0.01},
    "Loshchilov, Hutter, Decoupled weight decay regularization (2019)",
    (*_ROOTS, _SPARED,
     Change("decay-paper", ((_W, "p = p - weight_decay * p\n"),)),
     Change("decay-after", ((_W, ""), (_ADAM_STEP, _ADAM_STEP + _W)))),
    (*(c for c in _ADAM_MISTAKES if c not in _STEP),
     *(Change(c.name, ((_ADAM_STEP, _ADAM_STEP.replace(*c.edits[0])),), "p") for c in _STEP),
     Change("decay-coupled", (("t = t + 1\n", "t = t + 1\n" + _DECAY_LINE), (_W, "")), "g",
            expected=_W.strip()),
     Change("decay-missing", ((_W, ""),), "p", expected=_W.strip()),
     Change("decay-sign", (("p = p - lr * weight_decay", "p = p + lr * weight_decay"),), "p"),
     Change("decay-without-p", (("weight_decay * p", "weight_decay"),), "p"),
     Change("decay-both", (("t = t + 1\n", "t = t + 1\n" + _DECAY_LINE),), "g",
            expected=_W.strip())),
    (("eps_inside_sqrt", _inside("v_hat")), ("amsgrad", _AMS),
     ("maximize", (("t = t + 1\n", "t = t + 1\ng = -g\n"),))),
)  # fmt: skip

_AMSGRAD = Rule(
    "amsgrad", "AMSGrad", (_DECAY_LINE + _MOMENTS + _ADAM_STEP).replace(*_AMS[0]), _ADAM_STATE,
    _ADAM_USUAL, "Reddi, Kale, Kumar, On the convergence of Adam and beyond (2018)",
    (*_ROOTS, _APART, _SPARED,
     Change("not-corrected-published", (("m_hat = m / (1 - beta1**t)", "m_hat = m"),
                                        ("v_hat = v_max / (1 - beta2**t)", "v_hat = v_max"))),
     Change("largest-corrected", (("v_max = maximum(v_max, v)\n", ""),
            ("v_hat = v_max / (1 - beta2**t)",
             "v_max = maximum(v_max, v / (1 - beta2**t))\nv_hat = v_max")))),
    (Change("largest-forgotten", (("v_max = maximum(v_max, v)", "v_max = v"),), "v_max"),
     *_ADAM_MISTAKES, *_COUPLED),
    (_MAXIMIZE,),
)  # fmt: skip

_NADAM_STEP = """\
mu = beta1 * (1 - 0.5 * 0.96**(t * momentum_decay))
mu_next = beta1 * (1 - 0.5 * 0.96**((t + 1) * momentum_decay))
product = product * mu
m_hat = mu_next * m / (1 - product * mu_next) + (1 - mu) * g / (1 - product)
v_hat = v / (1 - beta2**t)
"""
_PLAIN = "m_hat = (beta1 * m + (1 - beta1) * g) / (1 - beta1**t)\n"
_NADAM = Rule(
    "nadam",
    "NAdam",
    _DECAY_LINE + _MOMENTS[: _MOMENTS.index("m_hat")] + _NADAM_STEP + _ADAM_STEP,
    (("t", 0.0), ("m", 0.0), ("v", 0.0), ("product", 1.0)),
    _ADAM_USUAL | {"lr": 2e-3, "momentum_decay": 0.004},
    "Dozat, Incorporating Nesterov momentum into Adam (2016)",
    (
        Change("nadam-plain", ((_NADAM_STEP[: _NADAM_STEP.index("v_hat")], _PLAIN),)),
        *_ROOTS,
        _APART,
        _SPARED,
    ),
    (*_ADAM_MISTAKES, *_COUPLED),
    (_MAXIMIZE,),
)

_ADADELTA = Rule(
    "adadelta",
    "AdaDelta",
    _DECAY_LINE
    + """\
s = rho * s + (1 - rho) * g**2
delta = sqrt(a + eps) / sqrt(s + eps) * g
a = rho * a + (1 - rho) * delta**2
p = p - lr * delta
""",
    (("s", 0.0), ("a", 0.0)),
    {"lr": 1.0, "rho": 0.9, "eps": 1e-6, "weight_decay": 0.0},
    "Zeiler, ADADELTA: an adaptive learning rate method (2012)",
    (_SPARED,),
    (
        *_STEP,
        *_average("s", "rho", "g**2"),
        *_average("a", "rho", "delta**2"),
        Change("not-squared", (("* g**2", "* g"),), "s"),
        Change("not-squared", (("delta**2", "delta"),), "a"),
        Change("squared-gradient", (("delta**2", "g**2"),), "a"),
        Change(
            "root-forgotten", (("sqrt(a + eps) / sqrt(s + eps)", "(a + eps) / (s + eps)"),), "s"
        ),
        Change("old-state", (("sqrt(s + eps)", "sqrt(s_old + eps)"),), "s", "delta"),
        *_COUPLED,
        *_SHARED,
    ),
    (_MAXIMIZE,),
)

RULES: dict[str, Rule] = {
    r.name: r
    for r in (
        _SGD,
        _MOMENTUM,
        _NESTEROV,
        _ADAGRAD,
        _RMSPROP,
        _ADAM,
        _ADAMW,
        _AMSGRAD,
        _NADAM,
        _ADADELTA,
    )
}
"""The rules that are known, by name."""
