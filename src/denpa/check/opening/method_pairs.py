"""The styles in which people write classes that compute and go back, as a table: how the methods
are called, who writes so, and an example, which is a test. A new style is one row."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from denpa.check.locate import ParsedSource
from denpa.check.opening.partners import partners


@dataclass(frozen=True)
class ClassStyle:
    """A way to write a class.

    `runs` and `backs` are names of methods, any of which may go with any; no `backs`: the first
    method returns the gradients, too. `slope`: an argument of the same name as the first method's
    is the same thing, not the gradient from above. `loss`: the first method returns a number to
    be made small, of which the parameters are the unknowns.
    """

    name: str
    source: str
    runs: tuple[str, ...]
    backs: tuple[str, ...]
    example: str
    slope: bool = False
    loss: bool = False


_BACKS = ("逆伝播", "逆伝搬", "逆方向", "역전파", "反向传播", "反向", "retropropagar",
          "propagar_atras", "atras", "hacia_atras", "retropropaga", "rueckwaerts", "rückwärts",
          "retropropager", "retropropagation", "arriere", "indietro", "tras", "trás",
          "para_tras")  # fmt: skip

STYLES: tuple[ClassStyle, ...] = (
    ClassStyle(
        "a network with loss and gradient", "Saito 2016, TwoLayerNet",
        ("loss", "cost", "compute_loss", "compute_cost", "calc_loss", "costFunction",
         "cost_function", "objective", "loss_function", "get_loss", "J", "lossFunction",
         "calculate_loss", "calculate_total_loss", "total_loss", "fun", "損失", "損失関数", "损失",
         "손실", "perda", "custo", "coste", "perdida", "verlust", "kosten", "perte", "cout"),
        ("gradient", "gradients", "grad", "grads", "backward", "backprop", "backpropagation",
         "compute_gradients", "compute_gradient", "calc_gradient", "calc_gradients",
         "get_gradients",
         "costFunctionPrime", "cost_function_prime", "gradient_function", "back_propagation",
         "backward_propagation", "backpropagate", "back_prop", "backward_pass", "bprop",
         "get_grads", "calculate_gradients", "loss_gradient", "loss_grad", "dloss", "delta",
         "bptt", "prime", "derivative", "loss_prime", "loss_derivative", "compute_grads", "jac",
         "勾配", "梯度", "기울기", "gradiente", "gradientes", "gradienten", *_BACKS),
        """
        class Net:
            def __init__(self, input_size, output_size):
                self.params = {"W": np.random.randn(input_size, output_size)}
            def forward(self, x):
                return x @ self.params["W"]
            def loss(self, x, t):
                return 0.5 * np.sum((self.forward(x) - t) ** 2)
            def gradient(self, x, t):
                return {"W": x.T @ (self.forward(x) - t)}
        """,
        slope=True, loss=True,
    ),
    ClassStyle(
        "forward and backward", "Saito 2016; CS231n; Kinsley and Kukieła 2020",
        ("forward", "__call__", "call"), ("backward", "backwards", "back"),
        """
        class Sigmoid:
            def forward(self, x):
                self.out = 1 / (1 + np.exp(-x))
                return self.out
            def backward(self, dout):
                return dout * self.out * (1 - self.out)
        """,
    ),
    ClassStyle(
        "forward and backward in other languages", "what students write",
        ("順伝播", "順伝搬", "順方向", "순전파", "前向传播", "正向传播", "前向", "propagar",
         "propagar_adelante", "adelante", "hacia_adelante", "propaga", "vorwaerts", "vorwärts",
         "propager", "propagation_avant", "avant", "avanti", "frente", "para_frente"),
        _BACKS,
        """
        class 乗算:
            def 順伝播(self, x):
                self.x = x
                return x**2
            def 逆伝播(self, 上流):
                return 2 * self.x * 上流
        """,
    ),
    ClassStyle(
        "forward_pass and backward_pass", "Linder-Norén 2017, ML-From-Scratch",
        ("forward_pass", "forward_propagation", "forward_propagate", "forward_prop", "forwardprop",
         "forward_propogation", "fprop", "fwd", "forwards", "propagate", "forward_step"),
        ("backward_pass", "backward_propagation", "backward_propagate", "backward_prop",
         "back_propagation", "back_propagate", "back_prop", "backprop", "backpropagation",
         "backpropagate", "bprop", "bwd", "backwards", "backward_step", "backward"),
        """
        class Tanh:
            def forward_pass(self, X, training=True):
                self.X = X
                return np.tanh(X)
            def backward_pass(self, accum_grad):
                return accum_grad * (1 - np.tanh(self.X) ** 2)
        """,
    ),
    ClassStyle(
        "feedforward and backprop", "Nielsen 2015",
        ("feedforward", "feed_forward", "forward", "predict", "forward_pass", "forward_propagation",
         "output", "activate", "think", "query", "compute", "run", "evaluate"),
        ("backprop", "back_prop", "backpropagation", "back_propagation", "backpropagate",
         "back_propagate", "backward_propagation", "gradient", "gradients", "compute_gradients",
         "get_gradients", "grad", "backward", "backward_pass", "train_step", "calculate_gradients",
         "calc_gradients", "update", "train_one", "train", "learn", "update_weights", "bptt",
         "fit_one", "train_on_batch", "train_batch", "partial_fit"),
        """
        class Network:
            def __init__(self, sizes):
                r = np.random.default_rng(0)
                self.biases = [r.normal(size=(y, 1)) for y in sizes[1:]]
                self.weights = [r.normal(size=(y, x)) for x, y in zip(sizes[:-1], sizes[1:])]
            def feedforward(self, a):
                for b, w in zip(self.biases, self.weights):
                    a = np.tanh(w @ a + b)
                return a
            def backprop(self, x, y):
                acts = [x]
                for b, w in zip(self.biases, self.weights):
                    acts.append(np.tanh(w @ acts[-1] + b))
                delta = (acts[-1] - y) * (1 - acts[-1] ** 2)
                nabla_b, nabla_w = [delta], [delta @ acts[-2].T]
                for k in range(2, len(self.weights) + 1):
                    delta = (self.weights[-k + 1].T @ delta) * (1 - acts[-k] ** 2)
                    nabla_b.insert(0, delta)
                    nabla_w.insert(0, delta @ acts[-k - 1].T)
                return nabla_b, nabla_w
        """,
    ),
    ClassStyle(
        "an activation that is called, with its derivative", "Linder-Norén 2017; Bourgin 2019",
        ("__call__", "fn", "f", "forward", "function", "func", "activation", "activate", "call",
         "compute", "evaluate", "value", "apply"),
        ("gradient", "grad", "derivative", "deriv", "prime", "df", "dfn", "differentiate", "d",
         "diff", "derive", "dfunc", "activation_prime", "grad_fn", "derivate",
         "function_prime", "gradients"),
        """
        class Sigmoid:
            def __call__(self, x):
                return 1 / (1 + np.exp(-x))
            def gradient(self, x):
                p = self(x)
                return p * (1 - p)
        """,
        slope=True,
    ),
    ClassStyle(
        "a loss that returns its gradients, too", "CS231n, TwoLayerNet",
        ("loss", "cost", "compute_loss", "loss_and_grad", "loss_and_grads", "loss_and_gradient",
         "cost_and_gradient", "forward_backward", "loss_grad", "compute_cost", "cost_function",
         "objective", "compute_loss_and_grads", "forward"),
        (),
        """
        class Net:
            def __init__(self, input_size, output_size):
                self.params = {"W": np.random.randn(input_size, output_size)}
            def loss(self, X, y):
                d = X @ self.params["W"]
                d[np.arange(len(X)), y] -= 1
                return 0.5 * np.sum(d * d), {"W": X.T @ d}
        """,
        loss=True,
    ),
)  # fmt: skip


JOINT = re.compile(
    r"loss.*(and|with|grad|vectorized)|[a-z].*_?(and|with)_?(d|g|grads?|gradients?)$|"
    r"[a-z].*_(und|et|y|e)_(grad\w*)$"
)
"""Names of what returns its value and its gradient: cost_and_grads, svm_loss_vectorized."""


def matching(x: Any) -> Iterator[tuple[ClassStyle, str, str | None]]:
    """The rows that a class or an object fits, with the names of its methods: those that say the
    most first."""
    able = set(_methods(x))
    any_ = False
    for name in sorted(n for n in able if JOINT.search(n.lower())):  # it says the most
        yield STYLES[-1], name, None
    for style in STYLES:
        for run in style.runs:
            if run not in able:
                continue
            if not style.backs and not (run in STYLES[1].runs and able & set(STYLES[1].backs)):
                yield style, run, None  # a forward beside a backward returns no gradients
            for back in style.backs:
                if back in able and back != run:
                    any_ = True
                    yield from ((ANY, other, back) for other in _closer(x, run, back))
                    yield style, run, back
    for name in sorted(able):  # sigmoid and sigmoid_prime in one class
        run, back = partners(name, {n: getattr(x, n) for n in able})
        if run == name and back:
            yield STYLES[4], run, back
    if not any_:
        yield from _unnamed(x)


ANY = ClassStyle(
    "methods of other names",
    "",
    (),
    (),
    """
    class Capa:
        def hacia_adelante(self, x):
            self.x = x
            return x**2
        def hacia_atras(self, d):
            return 2 * self.x * d
    """,
)
"""Two methods, or one that returns its gradients, whatever they are called: what is found right is
right, and nothing is called wrong that is not proven."""


def _unnamed(x: Any) -> Iterator[tuple[ClassStyle, str, str | None]]:
    """Pairs of methods in the order in which they stand, and methods alone."""
    cls = x if inspect.isclass(x) else type(x)
    held = [(n, f) for c in reversed(cls.__mro__) for n, f in vars(c).items()]
    found = [n for n, f in held if inspect.isfunction(f)]
    if len([n for n in found if not n.startswith("_")]) < 2:
        found += [n for n, f in held if isinstance(f, staticmethod)]
    own = list(dict.fromkeys(n for n in found if not n.startswith("_")))
    own += [n for n in dict.fromkeys(found) if re.match("_[a-z]", n)] if len(own) < 4 else []
    own = own[:6]
    takes = {
        n: [p for p in inspect.signature(getattr(cls, n)).parameters if p != "self"] for n in own
    }
    pairs = [(run, back) for k, run in enumerate(own) for back in own[k + 1 :]]
    alike = [p for p in pairs if len(takes[p[0]]) > 1 and takes[p[0]] == takes[p[1]]]
    several = [n for n in own if _returns_several(getattr(cls, n))]
    singles = [(n, None) for n in (*several, *(n for n in own if n not in several))]
    order: list[tuple[str, str | None]] = [*alike, *singles[: len(several)], *pairs, *singles]
    for run, back in dict.fromkeys(order):
        yield ANY, run, back


def _closer(x: Any, run: str, back: str) -> list[str]:
    """Methods of other names that take what `back` takes, where `run` does not: mse(X, y) beside
    predict(X) and gradients(X, y)."""
    wanted = _takes(x, back)
    if len(wanted) < 2 or _takes(x, run) == wanted:
        return []
    known = {n for style in STYLES for n in (*style.runs, *style.backs)}
    return [n for n in _methods(x) if n not in known and _takes(x, n) == wanted][:3]


def _takes(x: Any, name: str) -> list[str]:
    try:
        found = list(inspect.signature(getattr(x, name)).parameters)
    except (TypeError, ValueError):
        return []
    return [p for p in found if p != "self"]


def _returns_several(f: Any) -> bool:
    """Whether what a function returns is a tuple."""
    source = ParsedSource.of(f)
    ends = [n.value for n in ast.walk(source.tree) if isinstance(n, ast.Return)] if source else []
    return any(isinstance(end, ast.Tuple) and len(end.elts) > 1 for end in ends)


def _methods(x: Any) -> Iterator[str]:
    cls = x if inspect.isclass(x) else type(x)
    for name in dir(cls):
        own = not name.startswith("_") or name == "__call__"
        if own and callable(getattr(cls, name, None)):
            if name == "__call__" and not inspect.isfunction(getattr(cls, name)):
                continue
            yield name
    if not inspect.isclass(x):  # methods kept in attributes
        yield from (n for n, a in vars(x).items() if callable(a)) if hasattr(x, "__dict__") else ()


def known(x: Any) -> bool:
    """Whether a class or an object fits a row.

    >>> known(dict), known(type("L", (), {"forward": id, "backward": id}))
    (False, True)
    """
    return any(style.backs for style, *_ in matching(x))
