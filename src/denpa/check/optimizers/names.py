"""What the names of arguments mean in people's optimizers."""

from __future__ import annotations

import re

from denpa.check.optimizers.reading import COUNTERS

_BY_ROLE: dict[str, set[str]] = {
    "param": {"p", "w", "x", "theta", "weight", "param", "parameter", "var", "variable", "value",
              "position", "x0", "init", "beta_hat", "matrix", "w_old"},
    "params": {"params", "parameters", "weights", "variables", "ps", "thetas", "param_list",
               "trainable_variables", "trainable_weights", "coefficients"},
    "grad": {"g", "grad", "gradient", "dw", "dx", "dp", "d_p", "grad_wrt_w", "grad_w", "w_grad",
             "param_grad", "dtheta", "derivative", "d_theta", "gt", "dl_dw", "weight_grad"},
    "grads": {"grads", "gradients", "derivatives", "dparams", "d_params", "grad_list", "gs",
              "gradient_list", "dps", "param_grads", "grad_dict"},
    "grad_fn": {"grad_fn", "grad_f", "grad_func", "gradient_fn", "gradient_function", "df",
                "f_grad", "gradf", "grad_function", "fprime", "gradient_func"},
    "layer": {"layer", "lyr", "module", "neuron", "node"},
    "layers": {"layers", "modules"},
    "model": {"model", "net", "network", "nn", "neural_network", "target", "mlp"},
    "grads_and_vars": {"grads_and_vars", "grads_and_params", "grads_and_weights"},
    "params_and_grads": {"params_and_grads", "param_grad_pairs", "weights_and_grads", "pairs",
                         "params_grads"},
    "name": {"name", "key", "param_name", "layer_id", "idx", "index", "id", "layer_name", "uid"},
    "states": {"states"},
    "hypers": {"hyperparams", "hyperparameters", "hps", "hparams", "hyper"},
    "state": {"state", "config", "cfg", "conf", "opt_state", "optimizer_state", "memo"},
    "many": {"num_iters", "n_iter", "n_iters", "iterations", "num_iterations", "max_iter",
             "max_iters", "n_steps", "num_steps", "epochs", "steps", "iters", "num_epochs"},
    "one": {"batch_size", "batch", "n_samples", "bs", "num_samples"},  # which divides by it
}  # fmt: skip
_ROLES = {name: role for role, names in _BY_ROLE.items() for name in names}


def role(name: str) -> str:
    """What an argument of this name is, "" where the name does not tell.

    >>> role("dW"), role("parameters"), role("t"), role("foo")
    ('grad', 'params', 'count', '')
    """
    plain = name.strip("_").lower()
    if plain in _ROLES:
        return _ROLES[plain]
    return "count" if plain in COUNTERS else ""


_PARTNERS = ("d{}", "d_{}", "grad_{}", "{}_grad", "{}_gradient", "{}_gradients", "{}_grads",
             "grads_{}", "gradient_{}", "dl_d{}", "delta_{}", "{}grad", "{}_d", "g{}", "grad{}",
             "{}_derivative", "d{}_sum", "nabla_{}", "dj_d{}", "dc_d{}", "de_d{}", "{}_delta",
             "grad_w_{}", "dl{}")  # fmt: skip


def partner(name: str, names: set[str]) -> str | None:
    """The name of the gradient of what is called so.

    >>> partner("weights", {"weights", "dweights", "b"}), partner("b", {"b", "W"})
    ('dweights', None)
    """
    lower = {n.lower(): n for n in names if n != name}
    short = name.lower().rstrip("s") if len(name) > 2 else name.lower()
    for form in _PARTNERS:
        for core in (name.lower(), short):
            for found in (form.format(core), form.format(core) + "s"):
                if found in lower:
                    return lower[found]
    return None


def pairs(names: set[str]) -> dict[str, str]:
    """What has a gradient among names, weights before biases, and the gradient's name.

    >>> pairs({"W", "dW", "b", "db", "lr"})
    {'W': 'dW', 'b': 'db'}
    """
    found = {n: g for n in sorted(names) if (g := partner(n, names)) is not None}
    gradients = set(found.values())
    kept = {n: g for n, g in found.items() if n not in gradients}
    return dict(sorted(kept.items(), key=lambda x: (is_bias(x[0]), x[0])))


def is_bias(name: str) -> bool:
    """Whether a name is one of a bias."""
    return re.match(r"^(b|bias|beta)", name.lower()) is not None
