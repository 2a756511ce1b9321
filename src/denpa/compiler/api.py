"""`denpa.compile`: what it promises."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from denpa.compiler.run.compiled import Compiled


def compile(
    model: Callable[..., Any] | None = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: str = "native",
    mode: str | None = None,
    options: Any = None,
    disable: bool = False,
) -> Any:
    """A function or module that runs as one native program, traced at its first call.

    Compile the whole step: forward, backward and update become one program. Parameters, `.grad`,
    the optimizer's state, buffers and random numbers change as in eager mode; a learning rate set
    between calls is followed. There is one program for each shape and dtype of the arguments (at
    most 8), for train and eval mode, and for other flags; Python numbers among the arguments are
    fixed in a program. `f.epoch(X, Y, batch_size=…)` runs the loop over mini-batches natively;
    `f.explain()` shows what was compiled.

    **When a program is used.** While the function is traced it is noted which Python code runs,
    and everything that this code has a name for is compared before every call: variables around
    it, globals, attributes of objects, classes and modules, entries of containers at any depth,
    defaults, hooks, the parts of networks and optimizers, optimizer state, and NumPy arrays. If
    anything is another than it was, the function is traced again; numbers in tensors, in learning
    rates and in NumPy arrays that become tensors are read at each call. What changes all the time
    is better passed as a tensor argument: after 64 traces the function runs eagerly, and a warning
    names what changed and the line.

    **What is not compiled.** A function that reads what cannot be compared (random numbers of
    NumPy or Python, generators and iterators, files, clocks, objects and functions written in C
    that are not known to be pure, arrays over 64 KiB, more than 5,000 entries) runs eagerly after
    one warning that names it and its line; nothing of it is used up by the attempt. What it stores
    outside is stored at each call if it is a tensor, a flag, a string or None in an attribute or
    dict; a tensor that it reads and replaces (`self.h = f(self.h)`) is a state of the program. What
    it makes when first asked for is made eagerly. Any other change of what is outside (a counter, a
    list that grows, tensors in a list) is a GraphError: return the value instead. Inside, values
    are not known: no `if` on a tensor, no `.item()`, no tensor in a text.

    Results are tensors, arrays and numbers in tuples, lists and dicts. Arguments are tensors of the
    program's own inside, arrays among them too; any other object counts by its identity. A backward
    of the result outside takes parameters as they are then (`.data` is not watched).

    Not noticed are: changes by other threads while a call runs; whether two arguments are one
    tensor; state hidden in C behind what is known to be pure (such as the precision of `decimal`);
    replaced functions inside Denpa's or NumPy's own modules; attributes that code in C reads under
    a name that stands nowhere in the Python code that runs; the names, annotations and docstrings
    of functions and classes. Code that asks for all attributes
    (`vars`, `getattr` with a computed name) makes all attributes of all objects that it reaches
    count.

    * `model`: the function or module; without it, a decorator with these options.
    * `backend`: "native"; "graph", the traced program run by NumPy; "eager", not compiled.
    * `disable`: the same as backend="eager". `fullgraph`: there is always one graph.

    Give a module that is part of another one to it as it is, and compile the whole: the compiled
    form of a module is no module.

    Without llvmlite (`pip install "denpa[compile]"`) everything runs eagerly, with one warning.

    Errors: GraphError, at the first call, for what a program cannot do; it names the line. An
    error that the function itself raises is raised as in eager mode.

    A compiled function can be copied as what it was made of can, and is pickled by its name, as
    functions are. Programs are not part of that. `repr(f)` says whether it runs eagerly, and why.

    >>> import denpa as dp
    >>> net = dp.nn.Linear(1, 1)
    >>> opt = dp.optim.SGD(net.parameters(), lr=0.5)
    >>> @dp.compile(backend="graph")
    ... def step(x, y):
    ...     opt.zero_grad()
    ...     loss = dp.nn.functional.mse_loss(net(x), y)
    ...     loss.backward()
    ...     opt.step()
    ...     return loss
    >>> x = dp.linspace(-1, 1, 64)[:, None]
    >>> losses = [step(x, 3 * x).item() for _ in range(20)]
    >>> losses[-1] < 0.01 * losses[0]
    True
    """
    for name, given in (("dynamic", dynamic), ("mode", mode), ("options", options)):
        if given not in (None, False):
            raise NotImplementedError(f"compile: {name}={given!r} is not offered; leave it out")
    backend = "eager" if disable else backend
    if backend not in ("native", "graph", "eager"):
        raise ValueError(f"backend={backend!r} is not one of 'native', 'graph', 'eager'")
    if model is None:
        return functools.partial(compile, backend=backend)
    if not callable(model):
        raise TypeError(f"compile takes a function or a module, not {type(model).__name__}")
    return Compiled(model, backend)
