"""`denpa explain WHAT`: one pass with its numbers: of a run, a network in a file, or a formula."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from denpa.cli.arguments import add_common
from denpa.cli.console import Console
from denpa.core.errors import ArgumentError, DimError, GraphError
from denpa.words import reason, say

if TYPE_CHECKING:
    from denpa.explanation import Explanation

_BATCH = 32
_EPILOG = """\
what to explain:
  RUN                      a folder that denpa train has written: its network on its own data
  FILE:NAME --data DATA    a network in a file, or what makes one, on digits, mnist or a file
  FORMULA NAME=NUMBER …    a formula of numbers, with a number for each name in it: + - * /, ^ or **
                           for powers, and exp log ln sqrt sin cos tanh sigmoid relu abs max min
                           softplus erf square

examples:
  denpa explain runs/digits --sample 7 -o page.html
  denpa explain net.py:net --data digits --at "0.weight[3,2]"
  denpa explain "(a*x - y)**2" a=2 x=3 y=1 --at a

Without -o the values of the pass are listed, with --at the derivation of that gradient is written.
A formula that begins with a minus stands in brackets: "(-x)*y".
FILE is run, with your rights; do not explain code that you would not run.
"""
_PLACE = re.compile(r"(.*?)\s*\[([^\[\]]*)\]", re.DOTALL)
_VALUE = re.compile(r"\s*(\w+)\s*=(.*)", re.DOTALL)
_NETWORK = re.compile(r".*\.(py|pyw|ipynb)(:.*)?|[\w./\\]+:\w+", re.DOTALL)
# Which options belong to which of the three.
_BELONG = {
    "run": ("sample", "part", "batch", "data_dir"),
    "network": ("sample", "data", "target", "batch", "data_dir", "seed"),
    "formula": (),
}


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "explain",
        help="show every value and every message back of one pass",
        description="One pass forwards and back: each value, each message, and where any gradient "
        "comes from.",
        epilog=_EPILOG,
    )
    put = parser.add_argument
    put("what", metavar="WHAT", help="a run folder, FILE:NAME, or a formula, as below")
    put("values", metavar="NAME=NUMBER", nargs="*", help="of a formula")
    put("--sample", type=int, metavar="N", help="the row to look at first, and of --at, from 0")
    put("--batch", type=int, metavar="N", help=f"rows that go through together (default {_BATCH})")
    put("--part", metavar="PART", help="of the run's data: test, val or train (default: test)")
    put("--data", metavar="NAME|PATH", help="digits, mnist, or a file: inputs and targets")
    put("--target", metavar="COLUMN", help="of the file, to predict")
    put("--data-dir", metavar="DIR", help="where the files of mnist are")
    put("--seed", type=int, metavar="N", help="of what FILE draws (default 0)")
    put("--at", metavar="VALUE[I,J]", help="write the derivation of this element's gradient")
    put("-o", "--output", metavar="FILE", help="write a page with the picture of the pass")
    put("--overwrite", action="store_true", help="replace FILE if it is there")
    put("--lang", choices=("en", "ja"), help="of what is written (default: en; a page has both)")
    add_common(parser)
    parser.set_defaults(run=run_explain)


def run_explain(arguments: argparse.Namespace, console: Console, command: str) -> int:
    """Explain; write a page, or the values and a derivation on standard output."""
    kind = _kind(arguments)
    _refuse(arguments, kind)
    if arguments.output is not None:  # known before the work is done
        from denpa.report.outputs import check_output

        check_output(Path(arguments.output), _inputs(arguments), arguments.overwrite)
    try:
        e, first = _EXPLAINED[kind](arguments, console)
    except (DimError, GraphError) as error:
        raise ArgumentError(error.command_line) from None
    e.language = arguments.lang
    found: dict[str, Any] = {"what": arguments.what}
    if arguments.at is not None:
        d = _derivation(e, arguments, first)
        found["derivation"] = d.to_dict()
        if not console.json:
            console.write(d.text(arguments.lang or "en") if hasattr(d, "text") else str(d))
    elif arguments.output is None and not console.json:
        console.write(f"{e.title}\n{e}")
    if arguments.output is not None:
        try:
            e.save(arguments.output, lang=arguments.lang, overwrite=True)
        except OSError as error:
            raise ArgumentError(f"-o {arguments.output}: {reason(error)}") from None
        console.line(say("wrote {path}", path=arguments.output))
        found |= {"loss": e.loss, "batch": e.batch_size, "output": arguments.output}
    elif arguments.at is None:
        found = e.to_dict()
    if console.json:
        console.result(found)
    return 0


def _kind(arguments: argparse.Namespace) -> str:
    """What WHAT is: a formula where numbers are given, a folder that is there, FILE:NAME, or else a
    formula.

    Errors: ArgumentError for what is neither there nor a formula with its numbers.
    """
    what = arguments.what
    if arguments.values:
        return "formula"
    if os.path.isdir(what):
        return "run"
    if os.path.exists(what) or arguments.data is not None or _NETWORK.fullmatch(what):
        return "network"
    from denpa.explanation.parsing import FormulaError, letters, parsed

    absent = say("{what}: no such folder or file", what=what)
    try:
        names = letters(parsed(what)[1])
    except FormulaError as error:
        if not any(sign in what for sign in "+*^()"):
            raise ArgumentError(absent) from None
        raise error from None
    numbers = " ".join(f"{n}=2" for n in names)
    if "/" in what or len(names) == 1:
        hint = say("; for a formula, give numbers: {numbers}", numbers=numbers)
        raise ArgumentError(absent + hint * bool(names))
    if names:
        raise ArgumentError(say("give a number for each name: {numbers}", numbers=numbers))
    return "formula"


def _inputs(arguments: argparse.Namespace) -> list[str]:
    return [x for x in (arguments.what.rpartition(":")[0], arguments.data) if x]


def _refuse(arguments: argparse.Namespace, kind: str) -> None:
    """Options that do not go with what is explained. Errors: ArgumentError."""
    for option in sorted({o for known in _BELONG.values() for o in known}):
        if getattr(arguments, option) is None or option in _BELONG[kind]:
            continue
        flag = "--" + option.replace("_", "-")
        what = {
            "run": say("a run"),
            "network": say("a network"),
            "formula": say("a formula"),
        }
        raise ArgumentError(
            say(
                "{flag} does not go with {what}; {given} is taken for one",
                flag=flag,
                what=what[kind],
                given=arguments.what,
            )
        )
    if kind == "network" and arguments.data is None:
        raise ArgumentError(
            say("say which data go through the network: --data digits, --data mnist or --data FILE")
        )
    if arguments.overwrite and arguments.output is None:
        raise ArgumentError(say("--overwrite belongs to -o, which is not given"))


# -- the three -------------------------------------------------------------------------------------


def _of_run(arguments: argparse.Namespace, console: Console) -> tuple[Explanation, int]:
    from denpa.runs import load

    sample = arguments.sample or 0
    batch = _BATCH if arguments.batch is None else arguments.batch
    run = load(arguments.what)
    e = run.explain(sample, arguments.part, batch, data_dir=arguments.data_dir)
    return e, sample - e.start


def _of_network(arguments: argparse.Namespace, console: Console) -> tuple[Explanation, int]:
    from denpa.cli.explain_network import explain_network

    batch = _BATCH if arguments.batch is None else arguments.batch
    return explain_network(arguments, arguments.sample or 0, batch, console)


def _of_formula(arguments: argparse.Namespace, console: Console) -> tuple[Explanation, int]:
    from denpa.explanation import explain

    values = dict(_value(given) for given in arguments.values)
    if len(values) < len(arguments.values):
        names = [_value(given)[0] for given in arguments.values]
        twice = next(n for n in names if names.count(n) > 1)
        raise ArgumentError(say("{name} is given twice", name=twice))
    return explain(arguments.what, values=values), 0


def _value(given: str) -> tuple[str, float]:
    found = _VALUE.fullmatch(given)
    if found is None:
        raise ArgumentError(
            say("{given!r} is no number for a name; write it as in x=3", given=given)
        )
    name, text = found.groups()
    try:
        return name, float(text)
    except ValueError:
        raise ArgumentError(
            say("{name} must be a number, not {given!r}", name=name, given=text.strip())
        ) from None


_EXPLAINED = {"run": _of_run, "network": _of_network, "formula": _of_formula}

# -- one element -----------------------------------------------------------------------------------


def _derivation(e: Explanation, arguments: argparse.Namespace, first: int) -> Any:
    """The derivation that --at asks for; with --sample, that example's term."""
    name, index = _place(arguments.at, e)
    sample = None if arguments.sample is None else arguments.sample - first
    try:
        return e.derivation(name, index, sample)
    except DimError as error:
        raise ArgumentError(f"--at {arguments.at}: {error}") from None


def _place(given: str, e: Explanation) -> tuple[str, tuple[int, ...]]:
    """`0.weight[3,2]` as a name and an index.

    Errors: ArgumentError for an index that is no whole numbers.
    """
    found = _PLACE.fullmatch(given)
    if found is None or given in e.names:
        return given, ()
    name, inside = found.groups()
    try:
        return name, tuple(int(i) for i in inside.split(",") if inside.strip())
    except ValueError:
        raise ArgumentError(
            say("--at {given}: an index is made of whole numbers, as in [3,2]", given=given)
        ) from None
