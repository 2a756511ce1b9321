"""Modules become one script, or it is said why not."""

from __future__ import annotations

import pytest

from denpa.report.linker import linked, script


def test_the_order_is_that_of_the_imports() -> None:
    text = linked({
        "main": 'import { two } from "./two.js";\nexport const all = two;\n',
        "two": 'import { one } from "./one.js";\nconst own = 1;\nexport const two = one + own;\n',
        "one": "export function one() {}\n",
    })  # fmt: skip
    assert [text.index(f"// {name}.js") for name in ("one", "two", "main")] == sorted(
        text.index(f"// {name}.js") for name in ("one", "two", "main")
    )
    assert "import" not in text
    assert "export" not in text


@pytest.mark.parametrize(
    ("modules", "says"),
    [
        ({"a": "export const x = 1;\n", "b": "export let x = 2;\n"}, "both export x"),
        ({"a": 'import { y } from "./b.js";\n'}, r"b\.js, which is not there"),
        ({"a": 'import { y } from "./b.js";\n', "b": "const y = 1;\n"}, "does not export"),
        ({"a": "export default 1;\n"}, "cannot be linked: export default"),
        ({"a": 'import all from "./b.js";\n', "b": ""}, "cannot be linked: import all"),
        ({"a": 'import { y } from "./b.js";\nexport const x = y;\n',
          "b": 'import { x } from "./a.js";\nexport const y = x;\n'}, "import each other"),
    ],
)  # fmt: skip
def test_what_it_does_not_know_it_refuses(modules: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        linked(modules)


def test_the_pages_own_modules_are_linked() -> None:
    assert "function mount(" in script()
    assert script() is script()


def test_comments_stay_behind_and_code_does_not() -> None:
    text = linked({
        "a": "// about\n/** Words.\n * @param {number} x */\nexport function f(x) {\n"
             "  // why\n  const y =\n    /** @type {number} */ (x); // kept\n"
             "  /** @type {number} */\n  return y;\n}\n",
    })  # fmt: skip
    assert text.splitlines() == [
        "// a.js", "const { f } = (() => {", "function f(x) {", "  const y =",
        "    /** @type {number} */ (x); // kept", "  return y;", "}", "return { f };", "})();",
    ]  # fmt: skip
