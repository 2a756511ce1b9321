"""Faults of layers, losses, optimizers and loaders, with the test that was written for each."""

from __future__ import annotations

from tests.mutants.record import Fault

FAULTS: list[Fault] = [
    Fault(
        "nn/init.py",
        "fan out does not count the window",
        "return tensor.shape[1] * window, tensor.shape[0] * window",
        "return tensor.shape[1] * window, tensor.shape[0]",
        "tests/nn/test_init_utils.py -k fans",
    ),
    Fault(
        "nn/init.py",
        "fan in does not count the window",
        "return tensor.shape[1] * window, tensor.shape[0] * window",
        "return tensor.shape[1], tensor.shape[0] * window",
        "tests/nn/test_init_utils.py -k fans",
    ),
    Fault(
        "nn/init.py",
        "fan in and fan out are exchanged",
        "return tensor.shape[1] * window, tensor.shape[0] * window",
        "return tensor.shape[0] * window, tensor.shape[1] * window",
        "tests/nn/test_init_utils.py -k fans",
    ),
    Fault(
        "nn/init.py",
        "the window is taken as a square",
        "window = size_of(tensor.shape[2:])",
        "window = tensor.shape[-1] ** (tensor.ndim - 2)",
        "tests/nn/test_init_utils.py -k fans",
    ),
    Fault(
        "nn/init.py",
        "mode is ignored",
        'math.sqrt(fan_in if mode == "fan_in" else fan_out)',
        "math.sqrt(fan_in)",
        "tests/nn/test_init_utils.py -k fans",
    ),
    Fault(
        "nn/init.py",
        "the gain of leaky_relu without the square",
        "return math.sqrt(2.0 / (1 + slope**2))",
        "return math.sqrt(2.0 / (1 + slope))",
        "tests/nn/test_init_utils.py -k fans",
    ),
    Fault(
        "nn/state.py",
        "a layer held twice loses its second keys",
        "for path, part in module.named_modules(remove_duplicate=False):",
        "for path, part in module.named_modules():",
        "tests/nn/test_module.py -k twice",
    ),
    Fault(
        "nn/module.py",
        "children come twice",
        "if module is not None and id(module) not in seen:",
        "if module is not None:",
        "tests/nn/test_module.py -k 'twice or itself'",
    ),
    Fault(
        "nn/paths.py",
        "a shared parameter comes twice",
        "if x is None or (remove_duplicate and id(x) in seen):",
        "if x is None:",
        "tests/nn/test_module.py -k 'shared or twice'",
    ),
    Fault(
        "nn/state.py",
        "a frozen part wakes up",
        "            module.training = mode",
        "            module.training = net.training or before[0][1]",
        "tests/train/test_controls.py -k judging",
    ),
    Fault(
        "nn/state.py",
        "a network is judged in training mode",
        ("    net.eval()\n    try:"),
        "    try:",
        "tests/train/test_controls.py -k 'predictions or judging'",
    ),
    Fault(
        "nn/state.py",
        "predict leaves an eval network in training",
        ("        for module, mode in before:\n            module.training = mode"),
        "        net.train()",
        "tests/train/test_controls.py -k judging",
    ),
    Fault(
        "nn/state.py",
        "predict leaves a training network in eval",
        ("        for module, mode in before:\n            module.training = mode"),
        "        pass",
        "tests/train/test_controls.py -k judging",
    ),
    Fault(
        "nn/state.py",
        "a failure leaves the network in eval",
        (
            "    try:\n"
            "        yield\n"
            "    finally:\n"
            "        for module, mode in before:\n"
            "            module.training = mode"
        ),
        ("    yield\n    for module, mode in before:\n        module.training = mode"),
        "tests/train/test_controls.py -k fails",
    ),
    Fault(
        "optim/adadelta.py",
        "the mean of squares is a sum",
        'squares = state["square_avg"] * rho + g * rest * g',
        'squares = state["square_avg"] * rho + g * g',
        "tests/optim",
    ),
    Fault(
        "optim/adadelta.py",
        "the steps are not averaged, the gradients are",
        '"acc_delta": state["acc_delta"] * rho + delta * rest * delta',
        '"acc_delta": state["acc_delta"] * rho + g * rest * g',
        "tests/optim",
    ),
    Fault(
        "optim/adagrad.py",
        "Adagrad ignores maximize",
        ('        if hyper["maximize"]:\n            g = -g\n'),
        "",
        "tests/optim/test_every_option.py -k climbing",
    ),
    Fault(
        "optim/adagrad.py",
        "lr_decay does not count the steps",
        'rate = hyper["lr"] / (1 + wide(state["step"]) * hyper["lr_decay"])',
        'rate = hyper["lr"] / (1 + wide(state["step"] * 0 + 3) * hyper["lr_decay"])',
        "tests/optim/test_updates.py -k adagrad",
    ),
    Fault(
        "optim/adagrad.py",
        "Adagrad's eps inside the root",
        '(OPS["sqrt"](total) + scalar(hyper["eps"], p))',
        'OPS["sqrt"](total + scalar(hyper["eps"], p))',
        "tests/optim/test_every_option.py -k eps",
    ),
    Fault(
        "optim/adam.py",
        "Adam ignores maximize",
        ('        if hyper["maximize"]:\n            g = -g\n'),
        "",
        "tests/optim/test_every_option.py -k climbing",
    ),
    Fault(
        "optim/adam.py",
        "AdamW drops maximize",
        ("            maximize=maximize,\n            capturable=capturable,"),
        "            capturable=capturable,",
        "tests/optim/test_every_option.py -k climbing",
    ),
    Fault(
        "optim/adam.py",
        "decoupled decay pushes away from 0 when it climbs",
        "                p = p * scalar(1 - lr * decay, p)",
        (
            '                p = p * scalar(1 + lr * decay if hyper["maximize"] else 1 - '
            "lr * decay, p)"
        ),
        "tests/optim/test_every_option.py -k climbing",
    ),
    Fault(
        "optim/adam.py",
        "Adam's eps before the correction",
        'scale = OPS["sqrt"](v) / scalar(unbiased2**0.5, p) + eps',
        'scale = (OPS["sqrt"](v) + eps) / scalar(unbiased2**0.5, p)',
        "tests/optim/test_every_option.py -k eps",
    ),
    Fault(
        "optim/adam.py",
        "eps inside the root before the correction",
        'scale = OPS["sqrt"](v / scalar(unbiased2, p) + eps)',
        'scale = OPS["sqrt"]((v + eps) / scalar(unbiased2, p))',
        "tests/optim/test_every_option.py -k eps",
    ),
    Fault(
        "optim/lbfgs.py",
        "LBFGS does not read its saved curvature",
        'self.rho = [_number(x) for x in state.get("ro", ())]',
        'self.rho = [_number(x) * 0 + 1 for x in state.get("ro", ())]',
        "tests/optim/test_every_option.py -k lbfgs",
    ),
    Fault(
        "optim/lbfgs.py",
        "LBFGS forgets the last gradient between steps",
        'self.g: Any = _array(state.get("prev_flat_grad"))',
        "self.g: Any = None",
        "tests/optim/test_every_option.py -k lbfgs",
    ),
    Fault(
        "optim/lr_scheduler/plateau.py",
        "a change of eps is made",
        "if old - new > self.eps:",
        "if old - new >= self.eps:",
        "tests/optim/test_every_option.py -k plateau",
    ),
    Fault(
        "optim/lr_scheduler/plateau.py",
        "eps of a plateau is not looked at",
        "if old - new > self.eps:",
        "if old > new:",
        "tests/optim/test_every_option.py -k plateau",
    ),
    Fault(
        "optim/lr_scheduler/plateau.py",
        "eps is compared with the rate",
        "if old - new > self.eps:",
        "if new > self.eps:",
        "tests/optim/test_every_option.py -k plateau",
    ),
    Fault(
        "optim/lr_scheduler/plateau.py",
        "min_lr of the first group for all",
        "new = max(old * self.factor, least)",
        "new = max(old * self.factor, self.min_lrs[0])",
        "tests/optim/test_every_option.py -k plateau",
    ),
    Fault(
        "optim/lr_scheduler/plateau.py",
        "eps is not kept",
        "self.eps = eps",
        "self.eps = 1e-8",
        "tests/optim/test_every_option.py -k plateau",
    ),
    Fault(
        "optim/optimizer.py",
        "options other than the rate are not loaded",
        'options = {k: _copied(v) for k, v in new.items() if k != "params"}',
        (
            'options = {**old, **{k: _copied(v) for k, v in new.items() if k in ("lr", '
            '"momentum", "betas")}}'
        ),
        "tests/optim/test_every_option.py -k loaded",
    ),
    Fault(
        "optim/optimizer.py",
        "state of parameters that were saved without is kept",
        ("        self.state, self.param_groups = state, groups\n"),
        ("        self.state.update(state)\n        self.param_groups = groups\n"),
        "tests/optim/test_every_option.py -k loaded",
    ),
    Fault(
        "optim/optimizer.py",
        "the step counter is not loaded",
        ("state[p] = {name: self._loaded(p, name, x, place) for name, x in entries.items()}"),
        (
            "state[p] = {name: self._loaded(p, name, x, place) for name, x in "
            'entries.items() if name != "step"} | ({"step": tensor_of(np.zeros((), '
            'np.float32))} if "step" in entries else {})'
        ),
        "tests/optim/test_every_option.py -k loaded",
    ),
    Fault(
        "optim/optimizer.py",
        "averages are not loaded",
        ('return tensor_of(np.array(x, p.dtype if p.dtype.kind == "f" else x.dtype, order="C"))'),
        "return tensor_of(np.zeros_like(x, p.dtype))",
        "tests/optim/test_every_option.py -k loaded",
    ),
    Fault(
        "optim/rmsprop.py",
        "RMSprop ignores maximize",
        ('        if hyper["maximize"]:\n            g = -g\n'),
        "",
        "tests/optim/test_every_option.py -k climbing",
    ),
    Fault(
        "optim/rmsprop.py",
        "RMSprop climbs away from 0 with weight decay",
        (
            '        if hyper["maximize"]:\n'
            "            g = -g\n"
            "        if on(decay):\n"
            "            g = g + p * scalar(decay, p)"
        ),
        (
            "        if on(decay):\n"
            "            g = g + p * scalar(decay, p)\n"
            '        if hyper["maximize"]:\n'
            "            g = -g"
        ),
        "tests/optim/test_every_option.py -k climbing",
    ),
    Fault(
        "optim/rmsprop.py",
        "RMSprop's eps inside the root",
        'scale = OPS["sqrt"](mean) + scalar(hyper["eps"], p)',
        'scale = OPS["sqrt"](mean + scalar(hyper["eps"], p))',
        "tests/optim/test_every_option.py -k eps",
    ),
    Fault(
        "optim/sgd.py",
        "SGD climbs away from 0 with weight decay",
        (
            '        if hyper["maximize"]:\n'
            "            g = -g\n"
            "        if on(decay):\n"
            "            g = g + p * scalar(decay, p)"
        ),
        (
            "        if on(decay):\n"
            "            g = g + p * scalar(decay, p)\n"
            '        if hyper["maximize"]:\n'
            "            g = -g"
        ),
        "tests/optim/test_every_option.py -k climbing",
    ),
    Fault(
        "utils/data/sampler.py",
        "weight 0 is drawn at u = 0",
        'found = np.searchsorted(edges, u * edges[-1], side="right")',
        'found = np.searchsorted(edges, u * edges[-1], side="left")',
        "tests/utils/test_data.py -k weight",
    ),
    Fault(
        "utils/data/sampler.py",
        "the sum of large weights is infinite",
        "edges = np.cumsum(w / w.max())",
        "edges = np.cumsum(w)",
        "tests/utils/test_data.py -k 'weight or shares'",
    ),
    Fault(
        "utils/data/sampler.py",
        "waiting times of tiny weights are infinite, all alike",
        "waiting = np.log(-np.log1p(-u[some])) - np.log(w[some])",
        "waiting = -np.log1p(-u[some]) / w[some]",
        "tests/utils/test_data.py -k 'weight or shares'",
    ),
    Fault(
        "utils/data/sampler.py",
        "weight 0 waits for ever, and is drawn among others that do",
        "some = np.flatnonzero(w)",
        "some = np.arange(len(w))",
        "tests/utils/test_data.py -k weight",
    ),
    Fault(
        "nn/functional/loss.py",
        "kl_div has a finite slope at target 0",
        "if target.requires_grad:  # a root",
        "if False:  # a root",
        "tests/nn/test_special_values.py -k kl_div",
    ),
]
