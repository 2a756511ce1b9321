"""What the names of arguments and attributes say: which is the gradient from above, which a cache,
which a target. Names order the trials; what a check says is decided by numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

TARGETS = frozenset(
    ("t", "target", "targets", "label", "labels", "y_true", "actual", "truth", "expected", "true",
     "true_labels", "ground_truth", "gt", "y_actual", "desired", "t_onehot", "y_onehot", "ytrue",
     "onehot", "one_hot", "actual_y", "y_target", "答え", "正解", "教師", "教師データ")
)  # fmt: skip
"""Arguments of a loss by which it is not differentiated."""

_Y = frozenset(("y", "Y", "answer", "ys", "yt", "y_train", "tgt", "y_batch"))  # beside a prediction

RATES = frozenset(
    (
        "learning_rate",
        "lr",
        "eta",
        "alpha",
        "rate",
        "step_size",
        "learn_rate",
        "lrate",
        "l_rate",
        "learningrate",
        "learningRate",
        "学習率",
    )
)

_CACHE = re.compile(r"(.*_)?(cache|caches|ctx|saved|memory|memo|store|stored|context)\d*", re.I)

_ABOVE = re.compile(
    r"d|d_?out(put)?s?|d[A-Z]\w*|d_?(y|h|z|a|l|s|hs|values?|next|next_h|score|scores|o|u|v|x)"
    r"|d\w*|grad(ient)?s?(_\w+)?|\w+_grad(ient)?s?|g|gy|gys|delta\w*|err(or)?s?(_\w+)?"
    r"|\w+_error|upstream\w*|above|top_diff|accum_grad|up|chain|from_above|上流|勾配"
)

_OUTPUTS = frozenset(
    ("o", "out", "output", "outputs", "y_pred", "y_hat", "yhat", "pred", "preds", "predictions",
     "prediction", "AL", "A2", "A3", "a", "A", "probs", "predicted", "y_", "activations")
)  # fmt: skip

_FLAGS = frozenset(
    (
        "training",
        "train",
        "is_training",
        "train_flg",
        "train_flag",
        "is_train",
        "trainable",
        "retain_derived",
        "retain",
    )
)


def is_cache(name: str) -> bool:
    """Whether a name is that of what forward keeps for backward.

    >>> [is_cache(n) for n in ("cache", "linear_cache", "ctx", "x")]
    [True, True, True, False]
    """
    return _CACHE.fullmatch(name) is not None


def is_above(name: str) -> bool:
    """Whether a name can be that of the gradient with respect to an output.

    >>> [is_above(n) for n in ("dout", "dA", "grad_output", "dvalues", "x", "W")]
    [True, True, True, True, False, False]
    """
    return _ABOVE.fullmatch(name) is not None


def is_target(name: str, beside: Iterable[str] = ()) -> bool:
    """Whether an argument is a target; `y` is one beside others only.

    >>> is_target("labels"), is_target("y", ("X", "y")), is_target("y", ("y",))
    (True, True, False)
    """
    others = [n for n in beside if n != name and not is_target(n)]
    if re.search(r"targets?_|_targets?$|_labels?$|labels?_|desired|expected_", name.lower()):
        return True
    return name.lower() in TARGETS or (name in _Y and bool(others))


def is_output(name: str) -> bool:
    """Whether an argument of backward can be what forward returned."""
    return name in _OUTPUTS or re.fullmatch(r"(A|a)\d?", name) is not None


_SURE_OUTPUTS = re.compile(r"AL|A[2-9]|a[2-9]|y_?hat|y_pred|preds?|predictions?|probs?|outputs?")


def is_sure_output(name: str) -> bool:
    """Whether an argument of backward is what forward returned, rather than its input."""
    return _SURE_OUTPUTS.fullmatch(name) is not None


def is_flag(name: str) -> bool:
    """Whether an argument says that this is training."""
    return name in _FLAGS


def bare(name: str) -> str:
    """A name without its case and underscores, as it is compared.

    >>> bare("grad_W"), bare("dInputs"), bare("_W")
    ('gradw', 'dinputs', 'w')
    """
    return name.replace("_", "").lower()


_BEFORE = ("d", "grad", "g", "delta", "nabla", "gradient", "dloss", "dld", "ded", "djd", "dcd",
           "dcostd", "gradof", "gradientof", "dl", "del", "sum")  # fmt: skip
_AFTER = (
    "grad",
    "d",
    "gradient",
    "grads",
    "gradients",
    "delta",
    "deriv",
    "derivative",
    "g",
    "diff",
    "gr",
)


def gradient_names(name: str) -> list[str]:
    """What the gradient of an array of this name may be called, bare, the likeliest first.

    >>> gradient_names("W")[:5]
    ['dw', 'gradw', 'wgrad', 'gw', 'wd']
    """
    plain = bare(name)
    found = [f"d{plain}", f"grad{plain}", f"{plain}grad", f"g{plain}", f"{plain}d"]
    found += [f"{p}{plain}" for p in _BEFORE] + [f"{plain}{s}" for s in _AFTER]
    return list(dict.fromkeys(found))


def gradient_of(gradient: str, names: Sequence[str]) -> str:
    """The array that a gradient's name belongs to; "" if to none.

    >>> [gradient_of(n, ("x", "prev_h", "W")) for n in ("dx", "dprev_h", "grad_W", "W", "loss")]
    ['x', 'prev_h', 'W', 'W', '']
    """
    if gradient in names:
        return gradient
    plain = bare(gradient)
    exact = [n for n in names if gradient in (f"d{n}", f"d_{n}", f"grad_{n}", f"{n}_grad")]
    if exact:
        return exact[0]
    found = [n for n in names if plain == bare(n) or plain in gradient_names(n)]
    if len(found) > 1:  # W and w: as it is written
        found = [n for n in found if gradient.endswith(n) or gradient.startswith(n)] or found
    return found[0] if found else ""
