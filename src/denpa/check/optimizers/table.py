"""The table of styles: how people call an update, what is kept in what, and an example of each.

A row says which arguments an update has, by role (`names`), and which `Holder` keeps them. A new
style is one more row; its example is a test.
"""

from __future__ import annotations

from dataclasses import dataclass

from denpa.check.optimizers import holders, networks
from denpa.check.optimizers.holders import Holder


@dataclass(frozen=True)
class Row:
    """One style."""

    name: str
    source: str
    takes: tuple[str, ...]  # the roles of its arguments
    holder: type[Holder]
    example: str  # SGD in this style, as `update`


TABLE: tuple[Row, ...] = (
    Row("a weight and its gradient", "CS231n; ML-From-Scratch", ("param", "grad"), holders.Single,
        "def update(w, dw, learning_rate=0.1):\n    return w - learning_rate * dw\n"),
    Row("dictionaries with the same keys", "Saito, Deep Learning from Scratch", ("params", "grads"),
        holders.Dicts,
        "def update(params, grads, lr=0.1):\n    for key in params:\n"
        "        params[key] -= lr * grads[key]\n"),
    Row("dictionaries with W1 and dW1", "Ng, Deep Learning Specialization", ("params", "grads"),
        holders.Keyed,
        "def update(parameters, grads, learning_rate=0.1):\n    for l in ('1', '2'):\n"
        "        parameters['W' + l] -= learning_rate * grads['dW' + l]\n"
        "        parameters['b' + l] -= learning_rate * grads['db' + l]\n    return parameters\n"),
    Row("lists in one order", "scikit-learn's MLP", ("params", "grads"), holders.Lists,
        "def update(params, grads, lr=0.1):\n"
        "    return [p - lr * g for p, g in zip(params, grads)]\n"),
    Row("a weight and a gradient function", "ML-From-Scratch, Nesterov", ("param", "grad_fn"),
        holders.Single,
        "def update(w, grad_func, learning_rate=0.1):\n"
        "    return w - learning_rate * grad_func(w)\n"),
    Row("each beside its gradient", "tutorials", ("beside",), holders.Beside,
        "def update(w, b, dw, db, lr=0.1):\n    return w - lr * dw, b - lr * db\n"),
    Row("objects with .data and .grad", "micrograd; PyTorch", ("params",), holders.Objects,
        "def update(params, lr=0.1):\n    for p in params:\n        p.data -= lr * p.grad\n"),
    Row("objects with .data and .grad.data", "Grokking Deep Learning; DeZero", ("params",),
        holders.BoxedObjects,
        "def update(params, lr=0.1):\n    for p in params:\n        p.data -= lr * p.grad.data\n"),
    Row("arrays with .grad", "Dive into Deep Learning", ("params",), holders.WithGradient,
        "def update(params, lr=0.1):\n    for p in params:\n        p[:] -= lr * p.grad\n"),
    Row("one object with .data and .grad", "tutorials", ("param",), holders.One,
        "def update(param, lr=0.1):\n    param.data = param.data - lr * param.grad\n"),
    Row("a layer", "Neural Networks from Scratch", ("layer",), networks.Layer,
        "def update(layer, lr=0.1):\n    layer.weights += -lr * layer.dweights\n"
        "    layer.biases += -lr * layer.dbiases\n"),
    Row("a list of layers", "tutorials", ("layers",), networks.Layers,
        "def update(layers, lr=0.1):\n    for layer in layers:\n"
        "        layer.W = layer.W - lr * layer.dW\n        layer.b = layer.b - lr * layer.db\n"),
    Row("a network of layers", "tutorials", ("model",), networks.Layers,
        "def update(model, lr=0.1):\n    for layer in model.layers:\n"
        "        layer.W -= lr * layer.grad_W\n        layer.b -= lr * layer.grad_b\n"),
    Row("a network with W1 and dW1", "tutorials", ("model",), networks.Flat,
        "def update(model, lr=0.1):\n    model.W1 -= lr * model.dW1\n"
        "    model.b1 -= lr * model.db1\n"),
    Row("a network with dictionaries", "CS231n, Solver", ("model",), networks.ModelDicts,
        "def update(model, lr=0.1):\n    for k in model.params:\n"
        "        model.params[k] = model.params[k] - lr * model.grads[k]\n"),
    Row("a network of boxed parameters", "DeZero", ("model",), networks.Network,
        "def update(target, lr=0.1):\n    for p in target.params():\n"
        "        p.data -= lr * p.grad.data\n"),
    Row("a network of parameters", "tutorials", ("model",), networks.PlainNetwork,
        "def update(net, lr=0.1):\n    for p in net.parameters():\n"
        "        p.data -= lr * p.grad\n"),
    Row("gradients with variables", "Keras", ("grads_and_vars",), holders.Pairs,
        "def update(grads_and_vars, lr=0.1):\n    for g, v in grads_and_vars:\n"
        "        v -= lr * g\n"),
    Row("variables with gradients", "joelnet", ("params_and_grads",), holders.Pairs,
        "def update(params_and_grads, lr=0.1):\n    for p, g in params_and_grads:\n"
        "        p -= lr * g\n"),
    Row("what is added, from the gradient", "optax", ("grad",), holders.Added,
        "def update(grad, lr=0.1):\n    return -lr * grad\n"),
    Row("what is subtracted, from the gradient", "Theano's tutorials", ("grad",),
        holders.Subtracted, "def update(grad, lr=0.1):\n    return lr * grad\n"),
)  # fmt: skip
"""The styles, the likeliest first."""
