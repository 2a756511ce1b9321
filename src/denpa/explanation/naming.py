"""What each value is (input, parameter, target, …), what it is called, and the letter it has in
formulas.

Names are what a user types: a parameter's path, a layer's path for its output, the variable of the
user's own line. Letters follow the texts: W, b, z, h with the number of the layer above; t for the
target, E for the loss.
"""

from __future__ import annotations

from dataclasses import dataclass

from denpa.core.dtype import is_float
from denpa.explanation import spoken
from denpa.explanation.tape import Node, Tape

_NORMS = ("BatchNorm", "LayerNorm", "InstanceNorm", "GroupNorm")
_LETTERS = "uvqrscdfgklmop"


@dataclass(frozen=True)
class Symbol:
    """A letter in formulas, the number of its layer, and the letter of one of its elements."""

    base: str
    layer: str = ""
    element: str = ""

    def latex(self, index: tuple[object, ...] = ()) -> str:
        """As LaTeX, with an index below.

        >>> Symbol("W", "1", "w").latex((3, 2))
        'w^{(1)}_{3,2}'
        """
        letter = (self.element or self.base) if index else self.base
        text = letter if len(letter) == 1 or letter.startswith("\\") else rf"\mathrm{{{letter}}}"
        above = rf"^{{({self.layer})}}" if self.layer else ""
        below = f"_{{{','.join(map(str, index))}}}" if index else ""
        return text + above + below

    def __str__(self) -> str:
        return self.base.lstrip("\\") + self.layer


def name_all(tape: Tape, given: dict[int, str] | None = None) -> dict[Node, Symbol]:
    """Set role, name, path and the batch of every node; returns their symbols. `given` are names
    by id of a value."""
    given = given or {}
    spoken_of = _spoken(tape) | given
    _roles(tape, spoken_of)
    symbols: dict[Node, Symbol] = {}
    taken: dict[str, int] = {}
    layer = _layers(tape, symbols)
    _outputs(tape, layer, symbols)
    letters = iter(_LETTERS)
    used = {str(s) for s in symbols.values()} | {"E"}
    usual = {"input": Symbol("x"), "target": Symbol("t")}
    for n in tape.nodes:
        word = spoken_of.get(id(n.value), "")
        if n.role == "target" and not word and n.readers:  # criterion(z, t)
            word = (["", "", *spoken.argument_names(n.readers[0].target.source)][-1:] or [""])[0]
        if n is tape.loss:
            symbols[n] = Symbol("E")
        elif n not in symbols:
            symbol = written(word) or usual.pop(n.role, None)
            while symbol is None or (not word and str(symbol) in used):
                letter = next(letters, "")
                symbol = Symbol(letter) if letter else Symbol("v", str(n.number))
            symbols[n] = symbol
        used.add(str(symbols[n]))
        n.name = _unique(_called(n, word, symbols[n]), taken)
        n.word = word
    return symbols


def _unique(name: str, taken: dict[str, int]) -> str:
    """The name, or `y (3)`. `taken` holds for each name how often it was asked for."""
    found, k = name, taken.get(name, 0)
    while k and found in taken:
        k += 1
        found = f"{name} ({k})"
    taken[found] = 1
    taken[name] = max(k, 1)
    return found


def _called(n: Node, word: str, symbol: Symbol) -> str:
    if n.role == "loss":
        return word or "loss"
    return n.path or word or str(symbol)


_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
}  # fmt: skip


def written(word: str) -> Symbol | None:
    """The symbol of a variable: z1 is z of layer 1, and lambda is λ; None for what is no name."""
    if not word.isidentifier():
        return None
    word = _GREEK.get(word, word)
    head = word.rstrip("0123456789")
    tail = word[len(head) :]
    if len(head) == 1 and tail:
        return Symbol(head, tail)
    return Symbol(word.replace("_", r"\_") if len(word) > 1 else word)


# -- what it is ------------------------------------------------------------------------------------


def _spoken(tape: Tape) -> dict[int, str]:
    """The variables of the user's lines, by id of a value."""
    found: dict[int, str] = {}
    call: dict[Node, int] = {}  # equations of one call follow each other
    last: dict[int, Node] = {}
    first: dict[int, Node] = {}
    before: tuple[object, ...] = ()
    for n in tape.nodes:
        if n.op is None or n.source is None:
            continue
        place = (n.source.code, n.source.instruction)
        call[n] = len(first) - 1 if place == before else len(first)
        before = place
        first.setdefault(call[n], n)
        last[call[n]] = n
    for n in last.values():  # the last equation of a call is its result
        if name := spoken.result_name(n.source):
            found[id(n.value)] = name
    for n in tape.nodes:
        if n.op is None or n.source is None:
            continue
        single = first[call[n]] is last[call[n]]
        words = spoken.argument_names(n.source, len(n.inputs) if single else 1)
        leaves = [x for x in n.inputs if isinstance(x, Node)]
        if single and len(words) == len(n.inputs):
            pairs = [(x, w) for x, w in zip(n.inputs, words, strict=True) if isinstance(x, Node)]
        elif first[call[n]] is n and words:  # net(x): what its first equation reads first
            pairs = [(leaves[0], words[0])] if leaves else []
        else:
            pairs = _by_kind(n, leaves, words)
        for x, word in pairs:
            if word and x.op is None and word != "self":
                found.setdefault(id(x.value), word)
    return found


def _by_kind(n: Node, leaves: list[Node], words: list[str]) -> list[tuple[Node, str]]:
    """criterion(z, t): the second argument is the leaf that is not an intermediate value."""
    if len(words) != 2 or not words[1]:
        return []
    rest = [x for x in leaves if x.op is None and not _parameter(x) and x.shape]
    return [(rest[-1], words[1])] if len(rest) == 1 else []


def _parameter(n: Node) -> str:
    """The attribute that a parameter was assigned to; empty for anything else."""
    if n.op is not None or n.value.owner is None:
        return ""
    tensor = n.value.owner()
    return getattr(tensor, "_name", "") if tensor is not None else ""


def _scope_of(n: Node) -> str:
    """The module that a parameter is read in; a penalty reads it outside of any."""
    return next((e.target.scope for e in n.readers if e.target.scope), "")


def _roles(tape: Tape, spoken_of: dict[int, str]) -> None:
    leaves = [n for n in tape.nodes if n.op is None]
    order = {id(e.source): e.number for e in reversed(tape.edges)}
    leaves.sort(key=lambda n: order.get(id(n), 0))
    for n in leaves:
        attribute = _parameter(n)
        frozen = _frozen(n)
        if attribute or frozen:
            scope = _scope_of(n)
            n.role = "parameter"
            n.path = ".".join(p for p in (scope, attribute or frozen) if p)
    others = [n for n in leaves if n.role != "parameter"]
    named = any(n.role == "parameter" for n in leaves)
    _batch(tape, [n for n in others if n.shape], named)
    size = tape.batch
    targets = []
    for n in others:
        rows = size is not None and bool(n.shape) and n.shape[0] == size
        if n.role == "input":
            pass
        elif n.value.requires_grad:  # beside data, what is trained without being a module's
            n.role = "input" if size is None or rows else "parameter"
        elif n.value.dtype.kind in "iu" and rows and _picks(n):
            n.role = "target"
        elif rows and is_float(n.value.dtype) and not _inside(n) and _compared(n):
            targets.append(n)
        elif n.shape == () and spoken_of.get(id(n.value)):
            n.role = "input" if is_float(n.value.dtype) and size is None else "constant"
        else:
            n.role = "constant"
        if size is not None and rows and n.role in ("input", "target"):
            n.axis = 0
    aids = any(n.role == "target" for n in others)
    for n in targets:  # beside classes, what else has rows is an aid of the loss
        n.role, n.axis = ("constant", None) if aids else ("target", 0)
    tape.loss.role = "loss"


def _frozen(n: Node) -> str:
    """A parameter that is not trained is known by the place it is read in."""
    if n.value.requires_grad or not n.readers:
        return ""
    e = n.readers[0]
    name = e.target.op.name if e.target.op is not None else ""
    if name == "linear" and e.slot in (1, 2) and e.target.kind == "Linear":
        return ("weight", "bias")[e.slot - 1]
    return ""


def _inside(n: Node) -> bool:
    """Read by a layer alone: a mask, a running mean."""
    return all(e.target.scope for e in n.readers)


def _compared(n: Node) -> bool:
    """It meets a computed value of its own shape."""
    return any(
        isinstance(x, Node) and x.op is not None and x.shape == n.shape
        for e in n.readers
        for x in e.target.inputs
    )


def _picks(n: Node) -> bool:
    """It is the last index of what a loss picks: the class, behind the number of the row."""
    return any(
        e.target.op is not None
        and e.target.op.name in ("gather", "scatter_add")
        and e.slot == len(e.target.inputs) - 1 > 0
        for e in n.readers
    )


def _batch(tape: Tape, leaves: list[Node], named: bool) -> None:
    """The input is the leaf that is read first; its first axis is the batch."""
    plain = [n for n in leaves if not n.value.requires_grad]
    first = plain or (leaves if named else [])
    if not first:
        return
    x = first[0]
    if len(x.shape) == 1 and (_multiplied(x) or (x.value.dtype.kind in "iu" and not _picks(x))):
        return
    if len(x.shape) == 2 and any(_name(e.target) == "matmul" and e.slot == 1 for e in x.readers):
        return  # w @ x: its first axis is summed over
    tape.batch = x.shape[0]
    x.role, x.axis = "input", 0


def _name(n: Node) -> str:
    return n.op.name if n.op is not None else ""


def _multiplied(x: Node) -> bool:
    """Whether it is a vector: what reads it, other shapes of it aside, is a matrix product."""
    stack, seen = [x], {x}
    while stack:
        for e in stack.pop().readers:
            y = e.target
            if _name(y) in ("linear", "matmul"):
                return True
            if _name(y) in ("reshape", "permute", "cast", "broadcast_to") and y not in seen:
                seen.add(y)
                stack.append(y)
    return False


# -- letters ---------------------------------------------------------------------------------------


def _layers(tape: Tape, symbols: dict[Node, Symbol]) -> dict[str, str]:
    """Layers with parameters are numbered from 1 in the order of computation: W⁽¹⁾, b⁽¹⁾."""
    number: dict[str, str] = {}
    letters: dict[Node, str] = {}
    for e in tape.edges:
        n = e.source
        if n.role != "parameter" or n in letters:
            continue
        scope, _, attribute = n.path.rpartition(".")
        kind = e.target.kind
        if any(kind.startswith(k) for k in _NORMS):
            letter = {"weight": r"\gamma", "bias": r"\beta"}.get(attribute, attribute)
        else:
            letter = {"weight": "W", "bias": "b"}.get(attribute, attribute)
        number.setdefault(scope, str(len(number) + 1))
        letters[n] = letter if letter.isascii() and written(letter.lstrip("\\")) else "p"
    for n, letter in letters.items():
        scope = n.path.rpartition(".")[0]
        base = letter if letter.startswith("\\") else letter.replace("_", r"\_")
        symbols[n] = Symbol(base, number[scope], "w" if letter == "W" else "")
    return number


_ACTIVATIONS = (
    "ReLU",
    "Sigmoid",
    "Tanh",
    "GELU",
    "SiLU",
    "LeakyReLU",
    "ELU",
    "Softplus",
    "Softmax",
)


def _outputs(tape: Tape, layer: dict[str, str], symbols: dict[Node, Symbol]) -> None:
    """The last equation of a layer is its output: z, and behind an activation h."""
    last: dict[str, Node] = {}
    for n in tape.nodes:
        if n.op is not None and n.scope:
            last[n.scope] = n
    number = ""
    used: set[str] = set()
    for scope, n in last.items():
        n.path = scope
        if scope in layer:
            number = layer[scope]
            letter = "y" if any(n.kind.startswith(k) for k in _NORMS) else "z"
        elif n.kind in _ACTIVATIONS:
            letter = "h"
        else:
            continue
        symbol = Symbol(letter, number)
        if n is not tape.loss and str(symbol) not in used:
            symbols[n] = symbol
            used.add(str(symbol))
