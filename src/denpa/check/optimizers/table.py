"""The table of styles: how people call an update, what is kept in what, and an example of each.

A row says which arguments an update has, by role (`names`), and which `Holder` keeps them. A new
style is one more row; its example is a test.
"""

from __future__ import annotations

from dataclasses import dataclass

from denpa.check.optimizers import holders, networks
from denpa.check.optimizers.holders import Holder


@dataclass(frozen=True)
class StyleRow:
    """One style."""

    name: str
    source: str
    takes: tuple[str, ...]  # the roles of its arguments
    holder: type[Holder]
    example: str  # SGD in this style, as `update`


TABLE: tuple[StyleRow, ...] = (
    StyleRow("a weight and its gradient", "CS231n; ML-From-Scratch", ("param", "grad"),
        holders.Single,
        "def update(w, dw, learning_rate=0.1):\n    return w - learning_rate * dw\n"),
    StyleRow("dictionaries with the same keys", "Saito, Deep Learning from Scratch",
        ("params", "grads"), holders.Dicts,
        "def update(params, grads, lr=0.1):\n    for key in params:\n"
        "        params[key] -= lr * grads[key]\n"),
    StyleRow("dictionaries with W1 and dW1", "Ng, Deep Learning Specialization",
        ("params", "grads"), holders.Keyed,
        "def update(parameters, grads, learning_rate=0.1):\n    for l in ('1', '2'):\n"
        "        parameters['W' + l] -= learning_rate * grads['dW' + l]\n"
        "        parameters['b' + l] -= learning_rate * grads['db' + l]\n    return parameters\n"),
    StyleRow("lists in one order", "scikit-learn's MLP", ("params", "grads"), holders.Lists,
        "def update(params, grads, lr=0.1):\n"
        "    return [p - lr * g for p, g in zip(params, grads)]\n"),
    StyleRow("a weight and a gradient function", "ML-From-Scratch, Nesterov", ("param", "grad_fn"),
        holders.Single,
        "def update(w, grad_func, learning_rate=0.1):\n"
        "    return w - learning_rate * grad_func(w)\n"),
    StyleRow("each beside its gradient", "tutorials", ("beside",), holders.Beside,
        "def update(w, b, dw, db, lr=0.1):\n    return w - lr * dw, b - lr * db\n"),
    StyleRow("objects with .data and .grad", "micrograd; PyTorch", ("params",), holders.Objects,
        "def update(params, lr=0.1):\n    for p in params:\n        p.data -= lr * p.grad\n"),
    StyleRow("objects with .data and .grad.data", "Grokking Deep Learning; DeZero", ("params",),
        holders.BoxedObjects,
        "def update(params, lr=0.1):\n    for p in params:\n        p.data -= lr * p.grad.data\n"),
    StyleRow("arrays with .grad", "Dive into Deep Learning", ("params",), holders.WithGradient,
        "def update(params, lr=0.1):\n    for p in params:\n        p[:] -= lr * p.grad\n"),
    StyleRow("one object with .data and .grad", "tutorials", ("param",), holders.One,
        "def update(param, lr=0.1):\n    param.data = param.data - lr * param.grad\n"),
    StyleRow("a layer", "Neural Networks from Scratch", ("layer",), networks.SingleLayer,
        "def update(layer, lr=0.1):\n    layer.weights += -lr * layer.dweights\n"
        "    layer.biases += -lr * layer.dbiases\n"),
    StyleRow("a list of layers", "tutorials", ("layers",), networks.Layers,
        "def update(layers, lr=0.1):\n    for layer in layers:\n"
        "        layer.W = layer.W - lr * layer.dW\n        layer.b = layer.b - lr * layer.db\n"),
    StyleRow("a network of layers", "tutorials", ("model",), networks.Layers,
        "def update(model, lr=0.1):\n    for layer in model.layers:\n"
        "        layer.W -= lr * layer.grad_W\n        layer.b -= lr * layer.grad_b\n"),
    StyleRow("a network with W1 and dW1", "tutorials", ("model",), networks.Flat,
        "def update(model, lr=0.1):\n    model.W1 -= lr * model.dW1\n"
        "    model.b1 -= lr * model.db1\n"),
    StyleRow("a network with dictionaries", "CS231n, Solver", ("model",), networks.ModelDicts,
        "def update(model, lr=0.1):\n    for k in model.params:\n"
        "        model.params[k] = model.params[k] - lr * model.grads[k]\n"),
    StyleRow("a network of boxed parameters", "DeZero", ("model",), networks.ModelObjects,
        "def update(target, lr=0.1):\n    for p in target.params():\n"
        "        p.data -= lr * p.grad.data\n"),
    StyleRow("a network of parameters", "tutorials", ("model",), networks.PlainNetwork,
        "def update(net, lr=0.1):\n    for p in net.parameters():\n"
        "        p.data -= lr * p.grad\n"),
    StyleRow("gradients with variables", "Keras", ("grads_and_vars",), holders.GradientPairs,
        "def update(grads_and_vars, lr=0.1):\n    for g, v in grads_and_vars:\n"
        "        v -= lr * g\n"),
    StyleRow("variables with gradients", "joelnet", ("params_and_grads",), holders.GradientPairs,
        "def update(params_and_grads, lr=0.1):\n    for p, g in params_and_grads:\n"
        "        p -= lr * g\n"),
    StyleRow("what is added, from the gradient", "optax", ("grad",), holders.Added,
        "def update(grad, lr=0.1):\n    return -lr * grad\n"),
    StyleRow("what is subtracted, from the gradient", "Theano's tutorials", ("grad",),
        holders.Subtracted, "def update(grad, lr=0.1):\n    return lr * grad\n"),
)  # fmt: skip
"""The styles, the likeliest first."""
