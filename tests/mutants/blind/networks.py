"""nn, optim, utils: faults written without having read the tests."""

from __future__ import annotations

from tests.mutants.record import Fault, faults

FAULTS: list[Fault] = [
    *faults(
        "nn/functional/activation.py",
        (
            "hardtanh's slope at its upper end is 1",
            'op("where", input >= max_val, float(max_val), low)',
            'op("where", input > max_val, float(max_val), low)',
        ),
        (
            "leaky_relu's slope at 0 is 1",
            'op("where", input > 0, input, input * negative_slope)',
            'op("where", input >= 0, input, input * negative_slope)',
        ),
        ("two digits of a constant exchanged", "0.044715", "0.044751"),
    ),
    *faults(
        "nn/functional/conv.py",
        (
            "padding='same' puts the odd zero in front",
            "left = tuple(t // 2 for t in total)",
            "left = tuple((t + 1) // 2 for t in total)",
        ),
        (
            "groups need not divide the output channels",
            "if groups < 1 or out % groups:",
            "if groups < 1:",
        ),
    ),
    *faults(
        "nn/functional/entropy.py",
        (
            "label smoothing spreads over the other classes only",
            "share = label_smoothing / classes if classes",
            "share = label_smoothing / (classes - 1) if classes",
        ),
        (
            "class n of n is let through",
            "wrong = kept[(kept < 0) | (kept >= classes)]",
            "wrong = kept[(kept < 0) | (kept > classes)]",
        ),
        (
            "probabilities take an ignore_index in silence",
            "if ignore_index >= 0:",
            "if ignore_index > 1000:",
        ),
    ),
    *faults(
        "nn/functional/loss.py",
        (
            "the half mean squared error is divided by all elements",
            "(2 * (loss.shape[0] if loss.ndim else 1))",
            "(2 * loss.numel())",
        ),
        (
            "a weighted mean is divided by the count",
            'total(loss) / total(weight) if reduction == "mean" else',
            "reduced(loss, reduction) if reduction else",
        ),
        (
            "pos_weight weighs the negatives",
            "right = right * pos_weight",
            "wrong = wrong * pos_weight",
        ),
        (
            "log_target is not undone",
            'loss = op("exp", target) * (target - input)',
            "loss = target * (target - input)",
        ),
    ),
    *faults(
        "nn/functional/norm.py",
        (
            "momentum weighs the old statistics",
            "return old * (1 - momentum) + new * (momentum * factor)",
            "return old * momentum + new * ((1 - momentum) * factor)",
        ),
        (
            "layer norm takes the last dimension alone",
            "dims = tuple(range(input.ndim - r, input.ndim))",
            "dims = (input.ndim - 1,)",
        ),
        (
            "the mask is scaled also where prediction is to be",
            'if scale == "training" and p < 1.0:',
            "if p < 1.0:",
        ),
    ),
    *faults(
        "nn/functional/pool.py",
        (
            "with ceil_mode a window may begin in the right padding",
            "if ceil and (self.count - 1) * stride >= length + padding:",
            "if ceil and (self.count - 1) * stride > length + padding:",
        ),
        (
            "what hangs over the padding counts",
            "stop = np.minimum(start + self.size, self.length + self.padding)",
            "stop = start + self.size",
        ),
        (
            "the last of the largest gets the gradient",
            'later = (best < part) | ~op("eq", part, part)',
            'later = ~(part < best) | ~op("eq", part, part)',
        ),
    ),
    *faults(
        "nn/functional/linear.py",
        (
            "a negative padding_idx hits no row",
            'padding = op("eq", input, padding_idx % n)',
            'padding = op("eq", input, padding_idx)',
        ),
        (
            "eps is added, not a lower bound",
            "input / size.clamp(min=eps)",
            "input / (size + eps)",
        ),
        (
            "one_hot counts one class too few",
            "num_classes = high + 1",
            "num_classes = max(high, 1)",
        ),
    ),
    *faults(
        "nn/state.py",
        (
            "a buffer that is not persistent is saved",
            'if b is not None and name not in part.__dict__["_transient"]:',
            "if b is not None:",
        ),
        (
            "the count of batches becomes a float too",
            'if b is None or b.dtype.kind != "f" or name in module.keeps_dtype:',
            "if b is None or name in module.keeps_dtype:",
        ),
    ),
    *faults(
        "nn/paths.py",
        (
            "modules come in the opposite order",
            "stack.extend(reversed(below))",
            "stack.extend(below)",
        ),
    ),
    *faults(
        "nn/module.py",
        (
            "a tuple from a hook counts as one argument",
            "args = changed if isinstance(changed, tuple) else (changed,)",
            "args = (changed,)",
        ),
        (
            "a result may be a parameter",
            "if param is not None and param.grad_fn is not None:",
            "if param is None and name is None:",
        ),
    ),
    *faults(
        "nn/modules/container.py",
        (
            "after a deletion the names have a gap",
            "str(i) if numbered else k",
            "k",
        ),
        (
            "a slice of a ModuleList keeps the old names",
            "(str(k), m) for k, (_, m) in enumerate(items)",
            "(k, m) for k, m in items",
        ),
    ),
    *faults(
        "nn/modules/norm.py",
        (
            "without running statistics prediction has none",
            "own = self.training or self.running_mean is None",
            "own = self.training",
        ),
        (
            "batches are counted in prediction too",
            "if self.training and count is not None:",
            "if count is not None:",
        ),
    ),
    *faults(
        "nn/modules/linear.py",
        (
            "the padding row starts as any other",
            "table[self.padding_idx] = 0",
            "table[self.padding_idx] *= 1",
        ),
    ),
    *faults(
        "nn/penalty.py",
        ("biases are shrunk too", "if p.ndim >= 2:", "if p.ndim >= 1:"),
    ),
    *faults(
        "core/files.py",
        (
            "the temporary file lies on another disk",
            'tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)',
            'tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp")',
        ),
        (
            "files are readable by their owner only",
            "os.chmod(name, 0o666 & ~mask)",
            "os.chmod(name, 0o600)",
        ),
    ),
    *faults(
        "nn/state.py",
        ("strict=False still asks for all keys", "if strict and missing:", "if missing:"),
    ),
    *faults(
        "nn/utils.py",
        (
            "small gradients are scaled up",
            'scale = op("minimum", max_norm / (norm + 1e-6), 1.0)',
            "scale = max_norm / (norm + 1e-6)",
        ),
        (
            "negative elements are not held",
            'op("maximum", op("minimum", g, bound), -bound)',
            'op("minimum", g, bound)',
        ),
    ),
    *faults(
        "optim/sgd.py",
        (
            "dampening τ in the place of 1 − τ",
            "fresh = g * scalar(1 - dampening, p)",
            "fresh = g * scalar(dampening, p)",
        ),
        (
            "Nesterov's momentum with dampening is let through",
            'if options["nesterov"] and (options["momentum"] <= 0 or options["dampening"] != 0):',
            'if options["nesterov"] and options["momentum"] <= 0:',
        ),
    ),
    *faults(
        "optim/adam.py",
        (
            "amsgrad does not keep the largest",
            'found["max_exp_avg_sq"] = v',
            'found["max_exp_avg_sq"] = state["max_exp_avg_sq"]',
        ),
        (
            "the root of the correction is forgotten",
            'OPS["sqrt"](v) / scalar(unbiased2**0.5, p) + eps',
            'OPS["sqrt"](v) / scalar(unbiased2, p) + eps',
        ),
        (
            "decoupled decay without the learning rate",
            "p = p * scalar(1 - lr * decay, p)",
            "p = p * scalar(1 - decay, p)",
        ),
        ("β = 1 is let through", "if not 0.0 <= beta < 1.0:", "if not 0.0 <= beta <= 1.0:"),
    ),
    *faults(
        "optim/rmsprop.py",
        (
            "the mean is not squared before it is taken away",
            "mean = mean - first * first",
            "mean = mean - first",
        ),
    ),
    *faults(
        "optim/adagrad.py",
        (
            "the rate decays from the first step on",
            '(1 + wide(state["step"]) * hyper["lr_decay"])',
            '(1 + wide(state["step"] + 1) * hyper["lr_decay"])',
        ),
    ),
    *faults(
        "optim/optimizer.py",
        (
            "the options of a group are overruled by the defaults",
            "group.setdefault(key, default)",
            "group[key] = default",
        ),
        (
            "every group's parameters are numbered from 0",
            "start = len(places)",
            "start = 0",
        ),
    ),
    *faults(
        "optim/lbfgs.py",
        (
            "the first guess of the Hessian is upside down",
            "self.scale = ys / y.dot(y)",
            "self.scale = ys / s.dot(s)",
        ),
        ("a full memory forgets its newest pair", "memory.pop(0)", "memory.pop()"),
    ),
    *faults(
        "optim/lr_scheduler/factors.py",
        (
            "the first epoch decays already",
            "if self.last_epoch == 0 or self.last_epoch % self.step_size:",
            "if self.last_epoch % self.step_size:",
        ),
        (
            "a milestone named twice counts once",
            "self._scaled(self.gamma ** self.milestones[self.last_epoch])",
            "self._scaled(self.gamma)",
        ),
        (
            "the factor is undone in every later epoch again",
            "if self.last_epoch != self.total_iters:",
            "if self.last_epoch < self.total_iters:",
        ),
    ),
    *faults(
        "optim/lr_scheduler/cosine.py",
        (
            "at the end of the first cycle it is not begun again",
            "elif epoch < self.T_0:",
            "elif epoch <= self.T_0:",
        ),
    ),
    *faults(
        "optim/lr_scheduler/cyclic.py",
        (
            "the first cycle is halved already",
            "1 / 2.0 ** (x - 1)",
            "1 / 2.0**x",
        ),
        ("the rise is one step too long", "phases = [(rise - 1, ", "phases = [(rise, "),
    ),
    *faults(
        "optim/lr_scheduler/plateau.py",
        (
            "patience is one epoch too short",
            "if self.num_bad_epochs > self.patience:",
            "if self.num_bad_epochs >= self.patience:",
        ),
        (
            "min_lr is ignored",
            "new = max(old * self.factor, least)",
            "new = old * self.factor",
        ),
    ),
    *faults(
        "optim/lr_scheduler/base.py",
        (
            "the initial rate is that of the last scheduler made",
            'group.setdefault("initial_lr", value_of(group["lr"]))',
            'group["initial_lr"] = value_of(group["lr"])',
        ),
    ),
    *faults(
        "utils/data/collate.py",
        (
            "a named tuple becomes a list",
            'return type(first)(*columns) if hasattr(first, "_fields") else columns',
            "return columns",
        ),
    ),
    *faults(
        "utils/data/dataset.py",
        ("−1 is the second sample", "index %= n", "index = abs(index)"),
        (
            "what fractions leave over all goes to the last part",
            "sizes[k % len(sizes)] += 1",
            "sizes[-1] += 1",
        ),
    ),
    *faults(
        "utils/data/loader.py",
        (
            "drop_last is ignored on the fast way",
            "stop = len(order) - len(order) % size if sampler.drop_last else len(order)",
            "stop = len(order)",
        ),
    ),
    *faults(
        "utils/data/sampler.py",
        (
            "the length of a stream forgets the last batch",
            "return n // size if drop_last else -(-n // size)",
            "return n // size",
        ),
    ),
]
