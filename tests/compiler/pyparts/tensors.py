"""Functions, layers and tensors, as a program reads them."""

from __future__ import annotations

from tests.compiler.pyparts.kind import Kind, times

KINDS = [
    Kind(
        "function",
        ("dp.tanh", "(lambda t: t * 0.5)", "torch_like.tanh", "$half"),
        (
            "dp.sigmoid",
            "(lambda t: t * 1.5 + 0.1)",
            "nn.functional.softplus",
            "functools.partial(dp.mul, 2.0)",
            "nn.Softplus()",
            "$twice",
        ),
        (
            ("call", "<H> = <E>(<H>)"),
            ("in a list", "for f in [<E>]:\n    <H> = f(<H>)"),
            ("reduce", "<H> = functools.reduce(lambda t, f: f(t), [<E>], <H>)"),
            ("map", "<H> = next(map(<E>, [<H>]))"),
            ("keyword", "<H> = (lambda f, t: f(t))(f=<E>, t=<H>)"),
            ("dispatch", '<H> = {"f": <E>}["f"](<H>)'),
            ("decorated", "<H> = (lambda f: lambda t: f(t) + 0.5)(<E>)(<H>)"),
        ),
        setup="def $half(t):\n    return t * 0.75\n\n\ndef $twice(t):\n    return t * 2 - 0.5\n",
    ),
    Kind(
        "local function",
        ("$maker(0.5)",),
        ("$maker(1.5)",),
        (("call", "<H> = <E>(<H>)"), ("map", "[<H>] = map(<E>, [<H>])")),
        edits=(
            ("defaults set", "<E>.__defaults__ = (1.25,)"),
            ("cell set", "<E>.__closure__[0].cell_contents = 1.5"),
            ("code set", "<E>.__code__ = $maker.__globals__['$other'](3.0).__code__"),
            ("attribute set", "<E>.shift = 0.5"),
        ),
        setup="def $maker(k):\n    def made(t, d=0.5):\n        return t * k * d + made.shift\n"
        "    made.shift = 0.25\n    return made\n\n\n"
        "def $other(k):\n    def made(t, d=0.5):\n        return t * k - d + made.shift\n"
        "    made.shift = 0.25\n    return made\n",
    ),
    Kind(
        "layer with numbers",
        ("nn.LeakyReLU(0.3)", "nn.LeakyReLU(0.1)"),
        ("nn.Softplus()", "nn.ELU(0.7)", "nn.Hardtanh(-0.2, 0.2)", "nn.Identity()"),
        (("call", "<H> = <E>(<H> - 0.2)"), ("forward", "<H> = <E>.forward(<H> - 0.2)")),
        edits=(
            ("attribute set", "<E>.negative_slope = 0.9"),
            ("forward patched", "<E>.forward = lambda t: t * 0.75"),
        ),
    ),
    Kind(
        "linear layer",
        ("nn.Linear(3, 3)",),
        ("nn.Linear(3, 3)", "nn.Linear(3, 3, bias=False)"),
        (
            ("call", "<H> = <E>(<H>)"),
            ("its weight", "<H> = <H> * <E>.weight.sum()"),
            ("functional", "<H> = nn.functional.linear(<H>, <E>.weight)"),
        ),
        edits=(
            ("weights in place", "with dp.no_grad():\n    <E>.weight.mul_(0.5)"),
            ("weights by NumPy", "<E>.weight.detach().numpy()[:] += 0.5"),
            ("data set", "<E>.weight.data = <E>.weight.data * 0.5"),
            ("parameter replaced", "<E>.weight = nn.Parameter(dp.ones(3, 3))"),
            ("loaded", "<E>.load_state_dict({**<E>.state_dict(), 'weight': dp.ones(3, 3)})"),
            (
                "hook added",
                "<E>.register_forward_hook(lambda m, i, o: o * 0.5)\n<E>.weight.data *= 2",
            ),
        ),
    ),
    Kind(
        "dropout layer",
        ("nn.Dropout(0.3)",),
        ("nn.Dropout(0.7)", "nn.Identity()"),
        (("call", "<H> = <E>(<H>)"),),
        edits=(
            ("attribute set", "<E>.p = 0.8"),
            ("evaluated", "<E>.eval()"),
            ("never", "<E>.p = 0.0"),
        ),
    ),
    Kind(
        "batch norm",
        ("nn.BatchNorm1d(3)",),
        ("nn.BatchNorm1d(3, eps=0.5)", "nn.LayerNorm(3)"),
        (("call", "<H> = <E>(<H>)"),),
        edits=(
            ("evaluated", "<E>.eval()"),
            ("eps", "<E>.eps = 0.5"),
            ("weights in place", "<E>.weight.data.mul_(0.5)"),
        ),
        rows=True,
    ),
    Kind(
        "sequence of layers",
        ("nn.Sequential(nn.Linear(3, 3), nn.Tanh())", "nn.Sequential(nn.Tanh())"),
        ("nn.Sequential(nn.Sigmoid(), nn.Linear(3, 3))",),
        (
            ("call", "<H> = <E>(<H>)"),
            ("iterated", "for layer in <E>:\n    <H> = layer(<H>)"),
            ("children", "for layer in <E>.children():\n    <H> = layer(<H>)"),
            ("by index", "for k in range(len(<E>)):\n    <H> = <E>[k](<H>)"),
        ),
        edits=(
            ("layer replaced", "<E>[-1] = nn.Sigmoid()"),
            ("layer appended", "<E>.append(nn.Softplus())"),
        ),
    ),
    Kind(
        "list of layers",
        ("nn.ModuleList([nn.Tanh(), nn.Linear(3, 3)])", "[nn.Tanh(), nn.Tanh()]"),
        ("nn.ModuleList([nn.Sigmoid()])", "[nn.Linear(3, 3)]", "(nn.Sigmoid(), nn.Tanh())"),
        (("for", "for layer in <E>:\n    <H> = layer(<H>)"),),
        edits=(
            ("layer replaced", "<E>[0] = nn.Softplus()"),
            ("layer appended", "<E>.append(nn.Sigmoid())"),
            ("layer inserted", "<E>.insert(0, nn.Softplus())"),
        ),
    ),
    Kind(
        "tensor",
        ("dp.tensor([0.5, 0.75, 0.625])",),
        ("dp.tensor([1.25, 1.75, 2.5])", "dp.tensor([1.5, 2.5, 1.25])"),
        (
            *times("<E>", "<E>.sum()", "<E>[0]", "<E>.detach()", "dp.stack([<E>, <E>])[1]"),
            ("add", "<H> = <H> + <E>"),
            ("iterated", "for v in <E>:\n    <H> = <H> * v"),
            ("where", "<H> = dp.where(<E> > 1, <H>, <H> * 0.5)"),
        ),
        edits=(
            ("copied into", "with dp.no_grad():\n    <E>.copy_(dp.tensor([1.25, 1.75, 2.5]))"),
            ("multiplied in place", "with dp.no_grad():\n    <E>.mul_(3)"),
            ("items set", "with dp.no_grad():\n    <E>[0] = 1.5\n    <E>[1:] = 2.0"),
            ("data set", "<E>.data = dp.tensor([1.25, 1.75, 2.5])"),
            ("by NumPy", "<E>.detach().numpy()[:] = 2.5"),
            ("filled", "with dp.no_grad():\n    <E>.fill_(1.75)"),
        ),
    ),
    Kind(
        "parameter",
        ("nn.Parameter(dp.tensor([0.5, 0.75, 0.625]))",),
        ("nn.Parameter(dp.tensor([1.25, 1.75, 2.5]))",),
        (*times("<E>", "<E>.sum()"), ("add", "<H> = <H> + <E>")),
        edits=(
            ("data set", "<E>.data = <E>.data * 3"),
            ("in place", "with dp.no_grad():\n    <E>.mul_(3)"),
        ),
    ),
    Kind(
        "list of tensors",
        ("[dp.tensor([0.5, 0.75, 0.625])]",),
        ("[dp.tensor(1.25), dp.tensor(2.0)]",),
        (
            ("for", "for v in <E>:\n    <H> = <H> * v"),
            ("sum", "<H> = <H> + sum(v.sum() for v in <E>)"),
            ("stack", "<H> = <H> * dp.stack([v.sum() for v in <E>]).mean()"),
        ),
        edits=(
            ("appended", "<E>.append(dp.tensor(2.5))"),
            ("item set", "<E>[0] = dp.tensor([1.25, 1.75, 2.5])"),
            ("item in place", "<E>[0].mul_(3)"),
        ),
    ),
    Kind(
        "dtype",
        ("dp.float64",),
        ("dp.float32", "dp.int64"),
        (("to", "<H> = (<H> * 3).to(<E>).double()"),),
    ),
]
