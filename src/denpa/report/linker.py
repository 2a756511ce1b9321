"""The modules of a page as one script.

A page that has a server loads ES modules as they are. A saved page cannot: browsers refuse to load
modules from a file. So they are put into one script, each in a scope of its own, in the order of
their imports. Only the plain forms are known, `import { a, b } from "./x.js"` and `export` before a
declaration; anything else is refused, never guessed. Comments on lines of their own stay behind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+)\.js";\n', re.M)
_KEYWORD = re.compile(r"^export (?=const|let|function|class|async)", re.M)
_REMARK = re.compile(r"^[ \t]*(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/[ \t]*)\n", re.M | re.S)
_EXPORT = re.compile(r"^export (?:const|let|function|class|async function) (\w+)", re.M)


def linked(modules: Mapping[str, str]) -> str:
    """One script of some modules, by name without `.js`; what they export are its names.

    Errors: ValueError for a form that is not known, a module that is not there, a name that two
    modules export or that one does not, and modules that import each other.

    >>> print(linked({"b": 'import { one } from "./a.js";\\nexport const two = one + 1;\\n',
    ...               "a": "export const one = 1;\\n"}))
    // a.js
    const { one } = (() => {
    const one = 1;
    return { one };
    })();
    // b.js
    const { two } = (() => {
    const two = one + 1;
    return { two };
    })();
    """
    needs: dict[str, set[str]] = {}
    exported: dict[str, list[str]] = {}
    home: dict[str, str] = {}
    for name, text in modules.items():
        exported[name] = _EXPORT.findall(text)
        for word in exported[name]:
            if word in home:
                raise ValueError(f"{home[word]}.js and {name}.js both export {word}")
            home[word] = name
    for name, text in modules.items():
        needs[name] = set()
        for words, source in _IMPORT.findall(text):
            if source not in modules:
                raise ValueError(f"{name}.js imports {source}.js, which is not there")
            for word in filter(None, (w.strip() for w in words.split(","))):
                if word not in exported[source]:
                    raise ValueError(f"{name}.js imports {word}, which {source}.js does not export")
            needs[name].add(source)
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise ValueError(f"modules import each other: {' -> '.join(error.args[1])}") from None
    return "".join(_scoped(name, modules[name], exported[name]) for name in order).rstrip("\n")


def _scoped(name: str, text: str, words: list[str]) -> str:
    body = re.sub(
        r"^export (?=const|let|function|class|async)", "", _IMPORT.sub("", text), flags=re.M
    )
    left = re.search(r"^(?:import|export)\b.*$", body, re.M)
    if left:
        raise ValueError(f"{name}.js: cannot be linked: {left[0]}")
    body = _REMARK.sub("", body)
    names = ", ".join(words)
    if not words:
        return f"// {name}.js\n(() => {{\n{body}}})();\n"
    return f"// {name}.js\nconst {{ {names} }} = (() => {{\n{body}return {{ {names} }};\n}})();\n"


@cache
def script() -> str:
    """The script of the pages, from the modules beside this file; `mount` is its entry."""
    folder = files("denpa.report").joinpath("web")
    found = {p.name[:-3]: p.read_text("utf-8") for p in folder.iterdir() if p.name.endswith(".js")}
    found.pop("types")  # types alone
    return linked(dict(sorted(found.items())))
