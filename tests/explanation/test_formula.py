"""Formulas of numbers: their values and derivatives against Python's own and the complex step, the
formula as LaTeX read back, and what is said of those that do not parse."""

from __future__ import annotations

import cmath
import contextlib
import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import denpa as dp
from denpa.core.errors import ArgumentError, GraphError
from denpa.explanation.parsing import DEEPEST, FUNCTIONS, LONGEST, FormulaError
from denpa.words import speaking

# -- values and derivatives ------------------------------------------------------------------------

_ANALYTIC: dict[str, Any] = {
    "exp": cmath.exp,
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tanh": cmath.tanh,
    "sigmoid": lambda z: 1 / (1 + cmath.exp(-z)),
    "softplus": lambda z: cmath.log(1 + cmath.exp(z)),
    "square": lambda z: z * z,
}


def _formulas(functions: bool) -> st.SearchStrategy[str]:
    leaf = st.sampled_from(["a", "b", "c", "2", "0.5", "3"])

    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        pairs = st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner)
        kinds = [
            pairs.map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            pairs.map(lambda t: f"{t[0]}{t[1]}{t[2]}"),
            inner.map(lambda x: f"-{x}"),
            inner.map(lambda x: f"({x})**2"),
            inner.map(lambda x: f"({x})^3"),
        ]
        if functions:
            kinds.append(
                st.tuples(st.sampled_from(sorted(_ANALYTIC)), inner).map(
                    lambda t: f"{t[0]}({t[1]})"
                )
            )
        return st.one_of(kinds)

    return st.recursive(leaf, grown, max_leaves=8).filter(
        lambda t: re.search("[abc]", re.sub("|".join(FUNCTIONS), "", t)) and t not in "abc"
    )


def _python(formula: str, values: dict[str, complex]) -> complex | None:
    """Python's own answer; None where it is out of range."""
    try:
        found = eval(formula.replace("^", "**"), {**_ANALYTIC, "__builtins__": {}}, values)
    except (ZeroDivisionError, OverflowError):
        return None
    return found if abs(found) < 1e6 else None


def _names(formula: str) -> set[str]:
    return set(re.findall(r"[A-Za-z]+", formula)) & set("abc")


VALUES = {"a": 0.7, "b": -1.3, "c": 2.1}
H = 1e-30  # the step of the complex step has no cancellation: it may be as small as that


@settings(deadline=None)
@given(_formulas(functions=True))
def test_derivatives_are_those_of_the_complex_step(formula: str) -> None:
    values = {n: VALUES[n] for n in _names(formula)}
    plain = _python(formula, {n: complex(v) for n, v in values.items()})
    if plain is None:
        return
    try:
        e = dp.explain(formula, **values)
    except FormulaError:
        assert re.search(r"[/^*]", formula)  # 1/(2 - 2), (exp(exp(3)))^3
        return
    assert e.loss == pytest.approx(plain.real, rel=1e-9, abs=1e-9)
    for n in values:
        moved = {k: complex(v, H * (k == n)) for k, v in values.items()}
        found = _python(formula, moved)
        wanted = 0.0 if found is None else found.imag / H
        if abs(wanted) < 1e6:
            got = e.delta(n)
            assert got is not None
            assert float(got) == pytest.approx(wanted, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize(
    ("formula", "values", "loss", "slopes"),
    [
        ("(a*x - y)**2", {"a": 2, "x": 3, "y": 1}, 25, {"a": 30, "x": 20, "y": -10}),
        ("abs(x)", {"x": -3}, 3, {"x": -1}),
        ("relu(x) + relu(y)", {"x": -3, "y": 2}, 2, {"x": 0, "y": 1}),
        ("max(x, y, 2*z)", {"x": 1, "y": 3, "z": 4}, 8, {"x": 0, "y": 0, "z": 2}),
        ("min(x, y, z)", {"x": 1, "y": 3, "z": 4}, 1, {"x": 1, "y": 0, "z": 0}),
        ("erf(x)", {"x": 0.5}, math.erf(0.5), {"x": 2 / math.sqrt(math.pi) * math.exp(-0.25)}),
        ("ln(x) + log(x)", {"x": 4}, 2 * math.log(4), {"x": 0.5}),
        ("sqrt(x)", {"x": 16}, 4, {"x": 0.125}),
        ("x^y", {"x": 2, "y": 3}, 8, {"x": 12, "y": 8 * math.log(2)}),
        ("2^3^2 * x", {"x": 1}, 512, {"x": 512}),
        ("-x^2", {"x": 3}, -9, {"x": -6}),
        ("8/2/x", {"x": 2}, 2, {"x": -1}),
        ("5 - x - 1", {"x": 1}, 3, {"x": -1}),
        ("2*-x", {"x": 3}, -6, {"x": -2}),
        ("pi*x", {"x": 2}, 2 * math.pi, {"x": math.pi}),
        ("π*x", {"x": 2, "π": 3}, 6, {"x": 3, "π": 2}),
        ("1.5e1*x + .5", {"x": 2}, 30.5, {"x": 15}),
    ],
)  # fmt: skip
def test_by_hand(
    formula: str, values: dict[str, float], loss: float, slopes: dict[str, float]
) -> None:
    e = dp.explain(formula, values=values)
    assert e.loss == pytest.approx(loss, rel=1e-14)
    for name, slope in slopes.items():
        delta = e.delta(name)
        assert float(0 if delta is None else delta) == pytest.approx(slope, rel=1e-14)


def test_signs_and_letters_of_books_and_of_japanese_keyboards() -> None:
    e = dp.explain(
        "Ｌ ＝ （w₁·ｘ − 正解）＾２ ÷ 2 × λ", values={"w1": 2, "x": 3, "正解": 1, "λ": 0.5}
    )
    assert e.loss == 6.25
    assert float(e.delta("w1")) == 7.5
    assert e.names[-1] == "L"
    assert (
        float(dp.explain("µ*2", values={"μ": 4}).delta("μ")) == 2
    )  # the micro sign and the letter


def test_names_that_python_keeps_for_itself_are_letters_here() -> None:
    e = dp.explain("lambda * x + title", x=3, values={"lambda": 2, "title": 1})
    assert (e.loss, float(e.delta("lambda")), e.title) == (7, 3, "lambda * x + title")


def test_sigma_is_a_variable_without_a_bracket() -> None:
    e = dp.explain("(x - μ)/σ + σ(x)", x=0, values={"μ": 1, "σ": 2})
    assert e.loss == 0
    assert float(e.delta("σ")) == 0.25


def test_the_record_is_that_of_the_formula() -> None:
    e = dp.explain(" E = (a*x  - y)**2 ", a=2, x=3, y=1)
    record = e.to_dict()
    assert record["title"] == "E = (a*x - y)**2"
    assert record["formula"]["latex"] == r"E = \left(a \, x - y\right)^{2}"
    assert record["facts"]["given"] == [["a", 2.0], ["x", 3.0], ["y", 1.0]]
    assert [(n["name"], n["op"], n["role"]) for n in record["nodes"]] == [
        ("a", None, "input"), ("x", None, "input"), ("y", None, "input"),
        ("u", "mul", "value"), ("v", "sub", "value"), ("E", "pow", "loss"),
    ]  # fmt: skip
    assert record["groups"] == []
    assert [n["source"] for n in record["nodes"]] == [None] * 6


def test_letters_of_the_formula_are_not_given_to_values() -> None:
    e = dp.explain("(u*v + q)*r + 1", u=1, v=2, q=3, r=4)
    assert len(set(e.names)) == len(e.names)
    symbols = {n["symbol"]["base"] for n in e.to_dict()["nodes"]}
    assert len(symbols) == len(e.names)


def test_it_is_computed_in_float64() -> None:
    assert dp.explain("x + 1", x=1e-12).loss == 1 + 1e-12


def test_it_can_be_asked_where_nothing_is_recorded() -> None:
    with dp.no_grad():
        e = dp.explain("x*y", x=2, y=3)
        assert not dp.tensor(1.0, requires_grad=True).mul(2).requires_grad
    assert float(e.delta("x")) == 3
    assert dp.tensor(1.0, requires_grad=True).mul(2).requires_grad


def test_of_a_sum_of_as_many_terms_as_there_can_be() -> None:
    formula = "+".join(["x"] * (LONGEST // 2))
    e = dp.explain(formula, x=1)
    assert float(e.delta("x")) == e.loss == 500
    assert len(e.to_dict()["nodes"]) == 500


# -- as LaTeX --------------------------------------------------------------------------------------


def _read_back(latex: str) -> str:
    """LaTeX of + − · / and powers as Python."""
    text = latex.replace(r"\left(", "(").replace(r"\right)", ")")
    text = text.replace(r"\cdot", "*").replace(r"\,", "*")
    inner = re.compile(r"\\frac\{([^{}]*)\}\{([^{}]*)\}|\^\{([^{}]*)\}")
    while (found := inner.search(text)) is not None:
        top, bottom, power = found.groups()
        made = f"**({power})" if power is not None else f"(({top})/({bottom}))"
        text = text[: found.start()] + made + text[found.end() :]
    return text


@settings(deadline=None)
@given(_formulas(functions=False))
def test_the_latex_says_what_the_formula_says(formula: str) -> None:
    values = {n: VALUES[n] for n in _names(formula)}
    wanted = _python(formula, {n: complex(v) for n, v in values.items()})
    if wanted is None:
        return
    try:
        latex = dp.explain(formula, **values).formula
    except FormulaError:
        return
    assert latex is not None
    assert _python(_read_back(latex), values) == pytest.approx(wanted, rel=1e-9, abs=1e-12)


# -- what does not parse ---------------------------------------------------------------------------

WRONG = {
    "2*": (3, "ends here"),
    "(a+b": (1, "not closed"),
    "a+b)": (4, "not opened"),
    "((a)": (1, "not closed"),
    "2a": (2, "before 'a'"),
    "a b": (3, "before 'b'"),
    "(a)(b)": (4, "before '('"),
    "f(x)": (1, "f is no function"),
    "sin": (1, "sin is a function"),
    "sin+1": (1, "sin is a function"),
    "max(x)": (4, "two numbers or more"),
    "sin(x, y)": (4, "one number"),
    "a,b": (2, "comma"),
    "(a,b)": (3, "comma"),
    "a==b": (3, "not '='"),
    "E=x*y=2": (6, "= comes once"),
    "2=x": (2, "= comes once"),
    "sin = x": (1, "sin is a function"),
    "x²": (2, "a power is written"),
    "a & b": (3, "no sign"),
    "x.real": (2, "no sign"),
    "x[0]": (2, "no sign"),
    "__import__('os')": (12, "no sign"),
    "lambda: 0": (7, "no sign"),
    "a + * b": (5, "not '*'"),
    "9^9^9^9 * x": (4, "∞"),
    "1/0 + x": (2, "∞"),
    "0/0 + x": (2, "NaN"),
    "log(0-1)*x": (1, "NaN"),
    "1e999*x": (1, "more than float64"),
    "("*400 + "x" + ")"*400: (DEEPEST + 1, "inside each other"),
    "-"*900 + "x": (DEEPEST + 1, "inside each other"),
    "2*" + "-"*900 + "x": (DEEPEST + 3, "inside each other"),
    "x**"*300 + "x": (3*(DEEPEST + 1) - 1, "inside each other"),
    "sin("*150 + "x" + ")"*150: (4*(DEEPEST + 1), "inside each other"),
}  # fmt: skip


@pytest.mark.parametrize("formula", WRONG)
def test_where_it_does_not_parse(formula: str) -> None:
    column, words = WRONG[formula]
    with pytest.raises(FormulaError, match=re.escape(words)) as raised:
        dp.explain(formula, values={"x": 1.0} if "*x" in formula or " x" in formula else None)
    assert raised.value.column == column
    assert f"column {column}: " in str(raised.value)
    _, shown, caret = str(raised.value).split("\n")
    assert len(formula) > 60 or shown.strip() == formula
    if column <= len(formula):
        assert shown[caret.index("^")] == formula[column - 1]


def test_the_caret_stands_below_wide_letters() -> None:
    with pytest.raises(FormulaError) as raised:
        dp.explain("誤差＋(x ; y)")
    _, shown, caret = str(raised.value).split("\n")
    assert shown == "    誤差＋(x ; y)"
    assert caret.index("^") == 4 + 2 * 3 + 3  # three of the letters before it are two wide


@settings(deadline=None, max_examples=400)
@given(st.text(alphabet="ab2.e+-*/^()=,σπ誤 ²×\n\u200b'\"<&\\", max_size=60))
def test_any_text_is_a_formula_or_told(text: str) -> None:
    values = {"a": 1.0, "b": 2.0, "e": 1.0, "σ": 1.0, "誤": 1.0}
    with contextlib.suppress(ArgumentError):
        assert dp.explain(text, values=values).formula


@pytest.mark.parametrize(
    ("formula", "values", "words"),
    [
        ("", {}, "is empty"),
        (" \t\n", {}, "is empty"),
        ("x+" * 600 + "x", {"x": 1}, rf"1201 characters; {LONGEST} are read"),
        ("a + b", {"a": 1}, r"no number is given for b; add b=2"),
        ("a + b + c", {}, r"for a, b, c; add a=2, b=2, c=2"),
        ("title + x", {"x": 1}, r"add values=\{'title': 2\}"),
        ("a*a", {"a": 1, "c": 2}, r"c does not stand in the formula, which has a\.$"),
        ("alpha*2", {"alpa": 1}, r"no number is given for alpha"),
        ("alpha*2", {"alpha": 1, "alpa": 1}, r"which has alpha\. Did you mean 'alpha'\?"),
        ("a*a", {"a": 1, "exp": 3}, "exp is a function, not a variable"),
        ("2 + 3", {}, "no letter in the formula"),
        ("2*pi", {}, "no letter in the formula"),
        ("x", {"x": 1}, "letter alone"),
        ("E*x", {"E": 1, "x": 2}, "E is the letter of the result"),
        ("x = x*2", {"x": 2}, "x is the name of the result"),
        ("x*2", {"x": 10**400}, "x is more than float64 holds"),
        ("x*2", {"x": 1, "ｘ": 1}, "x is given twice"),
    ],
)
def test_what_cannot_be_explained(formula: str, values: dict[str, Any], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        dp.explain(formula, values=values)


@pytest.mark.parametrize("value", ["1", None, 1j, [1.0], True, np.bool_(True), np.complex64(1)])
def test_a_value_is_a_number(value: Any) -> None:
    with pytest.raises(TypeError, match=r"x is a (real )?number, not"):
        dp.explain("x*2", x=value)


@pytest.mark.parametrize("value", [3, 3.0, np.float32(3), np.int64(3)])
def test_a_value_is_any_number(value: Any) -> None:
    assert dp.explain("x*2", x=value).loss == 6


def test_numbers_go_with_a_formula() -> None:
    x = dp.tensor(1.0, requires_grad=True)
    with pytest.raises(TypeError, match="explain: y: numbers go with a formula"):
        dp.explain(x * 2, y=1)
    with pytest.raises(ArgumentError, match="x: given in values and by name"):
        dp.explain("x*2", x=1, values={"x": 2})
    with pytest.raises(TypeError, match="a text, not 3"):
        dp.explain("x*2", values={3: 2})  # type: ignore[dict-item]


def test_a_formula_in_a_compiled_function_is_refused() -> None:
    @dp.compile
    def step(x: dp.Tensor) -> dp.Tensor:
        dp.explain("a*2", a=1)
        return x * 2

    with pytest.raises(GraphError, match=r"outside dp\.compile"):
        step(dp.tensor(1.0))


# -- NaN and infinity ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "values", "began", "shown"),
    [
        ("1/x", {"x": 0}, ["loss"], math.inf),
        ("log(x - 1)*0 + x", {"x": 1}, ["v"], math.nan),
        ("0*x", {"x": math.inf}, ["x"], math.nan),
        ("x + y", {"x": math.nan, "y": 1}, ["x"], math.nan),
        ("sqrt(x) + 1/y", {"x": -1, "y": 0}, ["u", "v"], math.nan),
        ("exp(x)*exp(x)", {"x": 400}, ["loss"], math.inf),
    ],
)
def test_where_nan_and_infinity_began(
    formula: str, values: dict[str, float], began: list[str], shown: float
) -> None:
    e = dp.explain(formula, values=values)
    assert str(e.loss) == str(shown)
    assert [n["name"] for n in e.to_dict()["nodes"] if n["began"]] == began


def test_it_speaks_japanese() -> None:
    with speaking("ja"), pytest.raises(FormulaError) as raised:
        dp.explain("2a", a=1)
    assert str(raised.value).startswith("2 文字目: 'a' の前に ")


@pytest.mark.parametrize("formula", ["½*x", "1½*x", "x + ①", "¼x"])
def test_a_fraction_of_one_character_is_no_digit(formula: str) -> None:
    with pytest.raises(ValueError, match="no sign of a formula"):
        dp.explain(formula, x=2)
