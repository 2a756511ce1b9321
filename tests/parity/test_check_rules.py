"""The definitions that update rules are checked against are PyTorch's, and PyTorch's optimizers and
Denpa's pass the check."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from denpa.check.optimizers.definitions import RULES
from denpa.check.optimizers.language import Problem, trajectory
from denpa.check.optimizers.update import update_rule

from .harness import subject, torch

RNG = np.random.default_rng(0)
START = {"w": RNG.standard_normal((3, 4)), "b": RNG.standard_normal(3)}
GRADS = [
    {k: RNG.standard_normal(a.shape) * 10.0 ** RNG.integers(-9, 2, a.shape)
     for k, a in START.items()}
    for _ in range(12)
]  # fmt: skip

# A rule with hyperparameters and options, and PyTorch's optimizer with its own.
PAIRS: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    ("sgd", {"lr": 0.1}, "SGD", {"lr": 0.1}),
    ("sgd", {"lr": 0.1, "weight_decay": 0.1}, "SGD", {"lr": 0.1, "weight_decay": 0.1}),
    ("momentum", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1}, "SGD",
     {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1}),
    ("momentum", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3}, "SGD",
     {"lr": 0.1, "momentum": 0.9, "dampening": 0.3}),
    ("momentum", {"lr": 0.1, "momentum": 0.9, "maximize": True}, "SGD",
     {"lr": 0.1, "momentum": 0.9, "maximize": True}),
    ("nesterov", {"lr": 0.1, "momentum": 0.8, "weight_decay": 0.1}, "SGD",
     {"lr": 0.1, "momentum": 0.8, "weight_decay": 0.1, "nesterov": True}),
    ("adagrad", {"lr": 0.1, "eps": 1e-10, "weight_decay": 0.1}, "Adagrad",
     {"lr": 0.1, "weight_decay": 0.1}),
    ("adagrad", {"lr": 0.1, "lr_decay": 0.1, "initial_accumulator_value": 0.2}, "Adagrad",
     {"lr": 0.1, "lr_decay": 0.1, "initial_accumulator_value": 0.2}),
    ("rmsprop", {"lr": 0.1, "rho": 0.9, "weight_decay": 0.1}, "RMSprop",
     {"lr": 0.1, "alpha": 0.9, "weight_decay": 0.1}),
    ("rmsprop", {"lr": 0.1, "rho": 0.9, "centered": True, "momentum": 0.5}, "RMSprop",
     {"lr": 0.1, "alpha": 0.9, "centered": True, "momentum": 0.5}),
    ("adam", {"lr": 0.1, "weight_decay": 0.1}, "Adam", {"lr": 0.1, "weight_decay": 0.1}),
    ("adam", {"lr": 0.1, "beta1": 0.8, "beta2": 0.95, "eps": 1e-3}, "Adam",
     {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3}),
    ("adam", {"lr": 0.1, "decoupled_weight_decay": True, "weight_decay": 0.2}, "AdamW",
     {"lr": 0.1, "weight_decay": 0.2}),
    ("adamw", {"lr": 0.1, "weight_decay": 0.2}, "AdamW", {"lr": 0.1, "weight_decay": 0.2}),
    ("adamw", {"lr": 0.1, "weight_decay": 0.2, "amsgrad": True, "maximize": True}, "AdamW",
     {"lr": 0.1, "weight_decay": 0.2, "amsgrad": True, "maximize": True}),
    ("amsgrad", {"lr": 0.1, "beta2": 0.7}, "Adam",
     {"lr": 0.1, "betas": (0.9, 0.7), "amsgrad": True}),
    ("nadam", {"lr": 0.1, "weight_decay": 0.1}, "NAdam", {"lr": 0.1, "weight_decay": 0.1}),
    ("adadelta", {"lr": 1.0, "weight_decay": 0.1}, "Adadelta", {"weight_decay": 0.1}),
]  # fmt: skip


def pytorch(name: str, options: dict[str, Any]) -> np.ndarray:
    """The way of the parameters under PyTorch's optimizer."""
    params = {k: torch.tensor(a, requires_grad=True) for k, a in START.items()}
    opt = getattr(torch.optim, name)(params.values(), **options)
    found = []
    for grads in GRADS:
        for k, p in params.items():
            p.grad = torch.tensor(grads[k])
        opt.step()
        found.append(np.concatenate([p.detach().numpy().ravel() for p in params.values()]))
    return np.array(found)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: f"{p[0]}-{p[2]}")
def test_a_definition_is_pytorchs(pair: Any) -> None:
    name, hyper, theirs, options = pair
    rule = RULES[name].with_options(hyper)
    mine = trajectory(rule, Problem(START, GRADS), hyper)
    # PyTorch keeps the product of NAdam's momenta in float32.
    rtol = 1e-7 if name == "nadam" else 1e-12
    np.testing.assert_allclose(mine, pytorch(theirs, options), rtol=rtol, atol=rtol)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: f"{p[0]}-{p[2]}")
@pytest.mark.parametrize("library", [torch, subject], ids=["torch", "denpa"])
def test_an_optimizer_of_a_library_passes(library: Any, pair: Any) -> None:
    name, _, theirs, options = pair
    if library is subject and theirs == "NAdam":  # not offered, and it says so
        with pytest.raises((AttributeError, NotImplementedError), match=theirs):
            getattr(library.optim, theirs)
        return
    rule = "adamw" if theirs == "AdamW" else name
    found = update_rule(lambda ps: getattr(library.optim, theirs)(ps, **options), rule)
    assert found.ok, str(found)


@pytest.mark.parametrize("k", [2, 5, 10, 13])
def test_as_instances_in_float32_with_parameters_of_their_own(k: int) -> None:
    name, _, theirs, options = PAIRS[k]
    own = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Linear(3, 2)).parameters()
    found = update_rule(getattr(torch.optim, theirs)(list(own), **options), name)
    assert found.ok, str(found)
    assert any("float32" in n for n in found.notes)


@pytest.mark.parametrize(
    ("library", "theirs", "options", "rule", "mistake"),
    [
        (torch, "Adam", {"weight_decay": 0.1}, "adamw", "decay-coupled"),
        (subject, "Adam", {"weight_decay": 0.1}, "adamw", "decay-coupled"),
        (torch, "SGD", {"lr": 0.1, "momentum": 0.9}, "nesterov", "look-ahead-forgotten"),
        (torch, "RMSprop", {}, "adagrad", "other-rule"),
        (torch, "Adam", {}, "amsgrad", "largest-forgotten"),
    ],
)  # fmt: skip
def test_the_wrong_optimizer_is_told(
    library: Any, theirs: str, options: Any, rule: str, mistake: str
) -> None:
    found = update_rule(lambda ps: getattr(library.optim, theirs)(ps, **options), rule)
    assert [f.mistake for f in found.findings] == [mistake], str(found)


@pytest.mark.parametrize("library", [torch, subject], ids=["torch", "denpa"])
def test_a_class_is_made_with_what_is_given(library: Any) -> None:
    found = update_rule(library.optim.Adam, "adam", lr=0.02, beta1=0.8, beta2=0.9)
    assert found.ok, str(found)
    assert found.hyper["beta1"] == 0.8
    assert found.hyper["lr"] == 0.02


def test_an_optimizer_of_ones_own_for_pytorch() -> None:
    class Mine(torch.optim.Optimizer):  # type: ignore[name-defined, misc]
        def __init__(self, params: Any, lr: float = 0.01, beta: float = 0.9) -> None:
            super().__init__(params, {"lr": lr, "beta": beta})

        @torch.no_grad()  # type: ignore[untyped-decorator, misc]
        def step(self) -> None:  # type: ignore[override]
            for group in self.param_groups:
                for p in group["params"]:
                    state = self.state[p]
                    state["buf"] = group["beta"] * state.get("buf", 0.0) + p.grad
                    p.add_(state["buf"], alpha=group["lr"])

    found = update_rule(Mine, "momentum")
    assert found.findings[0].mistake == "sign"
    assert found.findings[0].location is not None
