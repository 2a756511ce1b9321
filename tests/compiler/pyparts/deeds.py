"""What is done to a network and an optimizer between two calls."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Deed:
    """What a driver does between calls to the network `<N>` or the optimizer `<O>`.

    `changes`: whether eager mode then computes something else. `needs`: what the program must have.
    """

    name: str
    code: str
    changes: bool = True
    needs: tuple[str, ...] = ()


_DEEDS = [
    Deed("weights in place", "with dp.no_grad():\n    <N>.b.weight.mul_(0.5)"),
    Deed("weights by NumPy", "<N>.b.weight.detach().numpy()[:] += 0.5"),
    Deed("element of the weights", "with dp.no_grad():\n    <N>.b.bias[1] = 3.0"),
    Deed("weights' data", "<N>.b.weight.data = <N>.b.weight.data * 0.5"),
    Deed("parameter replaced", "<N>.b.weight = nn.Parameter(<N>.b.weight.detach().clone() * 0.5)"),
    Deed(
        "parameter replaced by an equal one",
        "<N>.b.weight = nn.Parameter(<N>.b.weight.detach().clone())",
        True,
        ("trained",),
    ),
    Deed(
        "weights loaded", "<N>.load_state_dict({k: v * 0.5 for k, v in <N>.state_dict().items()})"
    ),
    Deed("weights saved", "copy.deepcopy(<N>.state_dict())", False),
    Deed("frozen", "<N>.b.requires_grad_(False)", True, ("trained",)),
    Deed("one frozen", "<N>.b.bias.requires_grad_(False)", True, ("trained",)),
    Deed("thawed", "<N>.requires_grad_(True)", False),
    Deed("evaluated", "<N>.eval()", True, ("modes",)),
    Deed("one layer evaluated", "<N>.mid.eval()", True, ("modes",)),
    Deed("mode without a layer that has modes", "<N>.eval()", False, ("no modes",)),
    Deed("training set", "<N>.mid.training = False", True, ("modes",)),
    Deed("layer replaced", "<N>.b = nn.Linear(3, 3)"),
    Deed("layer of a ModuleDict replaced", '<N>.more["t"] = nn.Sigmoid()'),
    Deed("layer deleted", "<N>.mid = nn.Identity()", True, ("modes",)),
    Deed("activation replaced", "<N>.act = dp.sigmoid"),
    Deed("attribute shadows the class", "<N>.scale = 1.75"),
    Deed("attribute of the class", "Net.scale = 1.75"),
    Deed("attribute deleted from the class", "del Net.scale"),
    Deed("forward patched", "<N>.forward = lambda x, net=<N>: Net.forward(net, x) * 0.5"),
    Deed(
        "class's forward patched",
        "Net.forward = (lambda old: lambda self, x: old(self, x) * 0.5)(Net.forward)",
    ),
    Deed("method patched", "<N>.scaled = lambda h: h * 0.25"),
    Deed("class's method patched", "Net.scaled = lambda self, h: h * 0.25"),
    Deed("class replaced", "<N>.__class__ = OtherNet"),
    Deed("layer's class replaced", "<N>.b.__class__ = Halved"),
    Deed("hook added", "<N>.b.register_forward_hook(lambda m, i, o: o * 0.5)"),
    Deed("hook on the network added", "<N>.register_forward_hook(lambda m, i, o: o * 0.5)"),
    Deed("pre-hook added", "<N>.b.register_forward_pre_hook(lambda m, i: (i[0] * 0.5,))"),
    Deed(
        "hook of a parameter added", "<N>.b.bias.register_hook(lambda g: g * 3)", True, ("trained",)
    ),
    Deed("hook that sees", "<N>.b.register_forward_hook(lambda m, i, o: None)", False),
    Deed(
        "hook added and removed",
        "<N>.b.register_forward_hook(lambda m, i, o: o * 0.5).remove()",
        False,
    ),
    Deed("unread attribute", "<N>.unread = 3", False),
    Deed("unread module", "<N>.other = nn.Linear(2, 2)", False),
    Deed("unread attribute of the class", "Net.unread = 3", False),
    Deed("unread global", "unread = 3", False),
    Deed("copied", "kept = copy.deepcopy(<N>)", False),
    Deed("collected", "gc.collect()", False),
    Deed("seeded", "dp.manual_seed(11)", True, ("dropout",)),
    Deed("seeded without need", "dp.manual_seed(11)", False, ("no dropout",)),
    Deed(
        "another one trained",
        "other = nn.Linear(2, 2)\nother(dp.ones(1, 2)).sum().backward()",
        False,
    ),
    Deed("run eagerly", "net0(dp.ones(5, 4))", False, ("no modes",)),
    Deed("gradient set", "<N>.b.bias.grad = dp.ones(3)", False, ("zeroed",)),
    Deed("gradients cleared", "<N>.zero_grad()", False, ("zeroed",)),
    Deed("hook removed", "handle.remove()", True, ("hooked", "trained")),
    # the optimizer
    Deed("lr", '<O>.param_groups[0]["lr"] *= 4', True, ("optimizer",)),
    Deed("lr, to an int", '<O>.param_groups[0]["lr"] = 0', True, ("optimizer",)),
    Deed("weight decay", '<O>.param_groups[0]["weight_decay"] = 0.5', True, ("optimizer",)),
    Deed("momentum", '<O>.param_groups[0]["momentum"] = 0.9', True, ("sgd",)),
    Deed("maximize", '<O>.param_groups[0]["maximize"] = True', True, ("sgd",)),
    Deed("betas", '<O>.param_groups[0]["betas"] = (0.1, 0.5)', True, ("adam",)),
    Deed("eps", '<O>.param_groups[0]["eps"] = 0.3', True, ("adam",)),
    Deed("state cleared", "<O>.state.clear()", True, ("state",)),
    Deed(
        "state edited",
        "for s in <O>.state.values():\n    for v in s.values():\n"
        "        if getattr(v, 'ndim', 0):\n"
        "            v.fill_(0.5) if isinstance(v, dp.Tensor) else v.fill(0.5)",
        True,
        ("state",),
    ),
    Deed("state loaded", "<O>.load_state_dict(copy.deepcopy(saved))", True, ("state",)),
    Deed("state saved", "copy.deepcopy(<O>.state_dict())", False, ("optimizer",)),
    Deed("parameter taken out", '<O>.param_groups[0]["params"].pop()', True, ("optimizer",)),
    Deed(
        "group added",
        '<O>.add_param_group({"params": [nn.Parameter(dp.ones(2))]})',
        False,
        ("optimizer",),
    ),
    Deed("unread option", '<O>.param_groups[0]["note"] = "x"', False, ("optimizer",)),
    Deed("unread default", '<O>.defaults["lr"] = 9.0', False, ("optimizer",)),
    Deed("scheduler", "dp.optim.lr_scheduler.ExponentialLR(<O>, 0.3).step()", True, ("optimizer",)),
    Deed("step patched", "<O>.step = lambda: None", True, ("optimizer",)),
    Deed(
        "class's step patched",
        "<O>.__class__ = type('Still', (type(<O>),), {'step': lambda self: None})",
        True,
        ("optimizer",),
    ),
]
DEEDS: dict[str, Deed] = {d.name: d for d in _DEEDS}
