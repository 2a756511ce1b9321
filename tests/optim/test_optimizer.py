"""Groups, gradients, saving and loading, and what is said about bad input."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest

import denpa as dp

NAMES = ["SGD", "Adadelta", "Adagrad", "RMSprop", "Adam", "AdamW"]
OPTIONS: dict[str, dict[str, Any]] = {
    "SGD": {"lr": 1e-2, "momentum": 0.9},
    "RMSprop": {"momentum": 0.5, "centered": True},
    "Adam": {"amsgrad": True},
}


def parameter(*values: float) -> Any:
    return dp.tensor(list(values), requires_grad=True)


def descend(opt: Any, p: Any, steps: int) -> None:
    for _ in range(steps):
        opt.zero_grad()
        (p**4).sum().backward()
        opt.step()


@pytest.mark.parametrize("name", NAMES)
def test_loaded_half_way_it_continues_bit_for_bit(name: str) -> None:
    make = getattr(dp.optim, name)
    p = parameter(1.0, -2.0, 0.5)
    opt = make([p], **OPTIONS.get(name, {}))
    descend(opt, p, 7)
    q = dp.tensor(p.detach().numpy().copy(), requires_grad=True)
    saved = copy.deepcopy(opt.state_dict())
    descend(opt, p, 5)
    other = make([q], lr=123.0)
    other.load_state_dict(saved)
    descend(other, q, 5)
    assert q.detach().numpy().tobytes() == p.detach().numpy().tobytes()


def test_state_dict_has_numbers_for_parameters() -> None:
    a, b = parameter(1.0), parameter(2.0)
    opt = dp.optim.Adam([{"params": [a]}, {"params": b, "lr": 0.5}])
    (a * b).sum().backward()
    opt.step()
    saved = opt.state_dict()
    assert [g["params"] for g in saved["param_groups"]] == [[0], [1]]
    assert [g["lr"] for g in saved["param_groups"]] == [1e-3, 0.5]
    assert {k: sorted(v) for k, v in saved["state"].items()} == {
        0: ["exp_avg", "exp_avg_sq", "step"],
        1: ["exp_avg", "exp_avg_sq", "step"],
    }
    assert saved["state"][1]["step"].item() == 1
    json.dumps(saved["param_groups"])


def test_loading_copies() -> None:
    p, q = parameter(1.0), parameter(1.0)
    opt, other = (dp.optim.SGD([x], lr=0.1, momentum=0.9) for x in (p, q))
    descend(opt, p, 1)
    other.load_state_dict(opt.state_dict())
    before = other.state[q]["momentum_buffer"].item()
    descend(opt, p, 1)
    assert (
        other.state[q]["momentum_buffer"].item() == before != opt.state[p]["momentum_buffer"].item()
    )


def test_loading_through_json_and_arrays() -> None:
    p = parameter(1.0, 2.0)
    opt = dp.optim.Adam([p])
    descend(opt, p, 2)
    saved = opt.state_dict()
    groups = json.loads(json.dumps(saved["param_groups"]))
    state = {"0": {k: t.numpy().copy() for k, t in saved["state"][0].items()}}
    q = dp.tensor(p.detach().numpy().copy(), requires_grad=True)
    other = dp.optim.Adam([q])
    other.load_state_dict({"state": state, "param_groups": groups})
    descend(opt, p, 2)
    descend(other, q, 2)
    assert dp.equal(p, q)
    assert other.param_groups[0]["betas"] == (0.9, 0.999)


def test_loading_what_does_not_fit_changes_nothing() -> None:
    p = parameter(1.0, 2.0)
    opt = dp.optim.Adam([p])
    descend(opt, p, 1)
    wide = dp.optim.Adam([parameter(1.0, 2.0, 3.0)])
    descend(wide, wide.param_groups[0]["params"][0], 1)
    before = opt.state[p]["exp_avg"]
    with pytest.raises(
        ValueError, match=r"exp_avg of parameter 0 has shape \[3\], the parameter \[2\]"
    ):
        opt.load_state_dict(wide.state_dict())
    with pytest.raises(
        ValueError, match="doesn't match the size of optimizer's group: group 0 has 2"
    ):
        opt.load_state_dict(dp.optim.Adam([parameter(1.0), parameter(1.0)]).state_dict())
    two = dp.optim.Adam([{"params": [parameter(1.0)]}, {"params": [parameter(1.0)]}])
    with pytest.raises(
        ValueError, match="different number of parameter groups: 2, the optimizer has 1"
    ):
        opt.load_state_dict(two.state_dict())
    with pytest.raises(ValueError, match="not the state of an optimizer"):
        opt.load_state_dict({"weights": 1})
    assert opt.state[p]["exp_avg"] is before


def test_groups_have_their_own_options() -> None:
    a, b = parameter(1.0), parameter(1.0)
    opt = dp.optim.SGD([{"params": [a]}], lr=0.1)
    opt.add_param_group({"params": b, "lr": 0.5})
    (a + b).sum().backward()
    opt.step()
    assert (a.item(), b.item()) == (pytest.approx(0.9), 0.5)


def test_names_are_kept() -> None:
    opt = dp.optim.SGD([("w", parameter(1.0)), ("b", parameter(2.0))])
    assert opt.param_groups[0]["param_names"] == ["w", "b"]
    assert opt.state_dict()["param_groups"][0]["param_names"] == ["w", "b"]
    with pytest.raises(ValueError, match="with/without names"):
        dp.optim.SGD([("w", parameter(1.0)), parameter(2.0)])


def test_a_parameter_without_gradient_is_left_alone() -> None:
    a, b = parameter(1.0), parameter(1.0)
    opt = dp.optim.Adam([a, b], weight_decay=0.1)
    (a * 2).sum().backward()
    opt.step()
    assert b.item() == 1.0
    assert b not in opt.state
    assert a.item() != 1.0


def test_zero_grad() -> None:
    p = parameter(1.0, 2.0)
    opt = dp.optim.SGD([p])
    (p * p).sum().backward()
    opt.zero_grad(set_to_none=False)
    assert p.grad.tolist() == [0.0, 0.0]
    opt.zero_grad()
    assert p.grad is None


def test_the_closure_runs_with_recording_and_its_loss_is_returned() -> None:
    p = parameter(3.0)
    opt = dp.optim.SGD([p], lr=0.5)

    def closure() -> Any:
        opt.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with dp.no_grad():
        assert opt.step(closure).item() == 9.0
    assert p.item() == 0.0


def test_a_step_makes_an_older_graph_stale() -> None:
    p = parameter(1.0, 2.0)
    loss = (p * p).sum()
    p.grad = dp.ones(2)
    dp.optim.SGD([p], lr=0.1).step()
    with pytest.raises(RuntimeError, match="changed in place"):
        loss.backward()


def test_an_optimizer_of_ones_own() -> None:
    class Sign(dp.optim.Optimizer):
        def __init__(self, params: Any) -> None:
            super().__init__(params, {"lr": 1.0})

        def step(self, closure: Any = None) -> None:
            with dp.no_grad():
                for p in self.param_groups[0]["params"]:
                    p.sub_(dp.sign(p.grad) * self.param_groups[0]["lr"])

    p = parameter(5.0, -5.0)
    (p * p).sum().backward()
    Sign([p]).step()
    assert p.tolist() == [4.0, -4.0]


P = (1.0,)
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("SGD", {"lr": -1.0}, "Invalid learning rate: -1.0; it must be 0 or more"),
    ("SGD", {"lr": float("nan")}, "Invalid learning rate: nan"),
    ("SGD", {"momentum": -0.5}, "Invalid momentum value: -0.5"),
    ("SGD", {"weight_decay": -1}, "Invalid weight_decay value: -1"),
    ("SGD", {"nesterov": True}, "Nesterov momentum requires a momentum and zero dampening"),
    ("Adagrad", {"lr_decay": -1}, "Invalid lr_decay value: -1"),
    ("Adagrad", {"initial_accumulator_value": -1}, "Invalid initial_accumulator_value value: -1"),
    ("Adadelta", {"rho": -0.1}, "Invalid rho value: -0.1; it must be 0 or more"),
    ("Adadelta", {"rho": 1.5}, "Invalid rho value: 1.5; it must be from 0 to 1"),
    ("Adadelta", {"eps": -1}, "Invalid epsilon value: -1"),
    ("RMSprop", {"alpha": -1}, "Invalid alpha value: -1"),
    ("RMSprop", {"eps": -1}, "Invalid epsilon value: -1"),
    ("Adam", {"betas": (1.0, 0.9)}, "Invalid beta parameter at index 0: 1.0"),
    ("Adam", {"betas": (0.9, -0.1)}, "Invalid beta parameter at index 1: -0.1"),
    ("Adam", {"betas": 0.9}, "betas must be two numbers"),
    ("Adam", {"betas": (0, 0.9)}, "betas must be either both floats or both Tensors"),
    ("AdamW", {"weight_decay": -1}, "Invalid weight_decay value: -1"),
    ("LBFGS", {"lr": -1}, "Invalid learning rate: -1"),
    ("LBFGS", {"line_search_fn": "armijo"}, "only 'strong_wolfe' is supported.*not 'armijo'"),
]


@pytest.mark.parametrize(("name", "options", "text"), BAD)
def test_options_out_of_range(name: str, options: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        getattr(dp.optim, name)([parameter(1.0)], **options)
    with pytest.raises(ValueError, match=text):  # in a group of its own too
        getattr(dp.optim, name)([{"params": [parameter(1.0)], **options}])


@pytest.mark.parametrize("name", NAMES)
def test_switches_of_pytorch_that_do_not_exist(name: str) -> None:
    make = getattr(dp.optim, name)
    make([parameter(1.0)], foreach=False, differentiable=False)
    for switch in ("foreach", "differentiable"):
        with pytest.raises(NotImplementedError, match=f"{switch}=True is not offered"):
            make([parameter(1.0)], **{switch: True})
    with pytest.raises(TypeError, match="unexpected keyword argument 'learning_rate'"):
        make([parameter(1.0)], learning_rate=1.0)


def test_parameters_that_cannot_be_optimized() -> None:
    make = dp.optim.SGD
    with pytest.raises(TypeError, match=r"but got one tensor, f32\[1\]; write \[tensor\]"):
        make(parameter(1.0))
    with pytest.raises(ValueError, match="optimizer got an empty parameter list"):
        make([])
    with pytest.raises(
        TypeError, match="can only optimize Tensors, but one of the params is float"
    ):
        make([1.0])
    with pytest.raises(ValueError, match=r"can't optimize a non-leaf Tensor: f32\[1\]"):
        make([parameter(1.0) * 2])
    with pytest.raises(TypeError, match="ordered collections"):
        make([{"params": {parameter(1.0)}}])
    p = parameter(1.0)
    with pytest.raises(ValueError, match="more than one parameter group"):
        make([{"params": [p]}, {"params": [p]}])
    with pytest.warns(UserWarning, match="duplicate parameters"):
        make([p, p])
    with pytest.raises(KeyError, match="needs the key"):
        make([{"lr": 1.0}])


def test_a_read_only_array_is_not_written_to() -> None:
    array = np.ones(2, np.float32)
    array.flags.writeable = False
    p = dp.Tensor(dp.tensor([1.0])._value)
    p._value.array, p._value.shape = array, (2,)
    p.requires_grad_()
    p.grad = dp.ones(2)
    with pytest.raises(RuntimeError, match=r"f32\[2\] cannot be written to"):
        dp.optim.SGD([p]).step()


def test_it_prints_its_groups() -> None:
    text = repr(dp.optim.SGD([parameter(1.0)], lr=0.5))
    assert text.startswith("SGD (\nParameter Group 0\n    dampening: 0\n")
    assert "    lr: 0.5\n" in text
