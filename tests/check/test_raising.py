"""Backwards that raise: the line, the shapes and what fits, proven by differences."""

from __future__ import annotations

import itertools
import linecache
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from denpa.check.exceptions import plain_words, told_raise
from denpa.check.report import Report
from denpa.check.subject import Subject
from denpa.check.subjects.layer import Layer
from denpa.check.subjects.pair import Pair
from tests.check.raising_courses import COURSES
from tests.check.raising_helpers import HELPERS
from tests.check.raising_written import MAKE, WRONG, Wrong, X, affine

_count = itertools.count()


def module(source: str) -> types.ModuleType:
    """A file with this text, as tracebacks and `inspect` find it."""
    file = f"<homework {next(_count)}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    made = types.ModuleType(f"homework_{next(_count)}")
    sys.modules[made.__name__] = made
    exec(compile(source, file, "exec", dont_inherit=True), made.__dict__)
    return made


@contextmanager
def silenced(cls: type, name: str, stand_in: Any) -> Iterator[None]:
    """A method that does nothing: objects are opened by running it."""
    own = getattr(cls, name)
    setattr(cls, name, stand_in)
    try:
        yield
    finally:
        setattr(cls, name, own)


def opened(made: Any, given: tuple[Any, ...]) -> Subject:
    if isinstance(made, tuple):
        return Pair(*made, given, lenient=True)
    if hasattr(made, "gradient"):
        return Layer(made, given, run="loss", back="gradient", slope_first=True, lenient=True)
    return Layer(made, given, lenient=True)


def raised(subject: Subject, upstream: np.ndarray) -> Exception:
    try:
        subject.backward(subject.values, upstream)
    except Exception as error:
        return error
    raise AssertionError("backward does not raise")


def above(subject: Subject) -> np.ndarray:
    y = np.asarray(subject.forward(subject.values))
    return np.random.default_rng(5).standard_normal(y.shape) if y.ndim else np.ones(())


def told(source: str, make: str, given: tuple[Any, ...], language: str = "en") -> Report | None:
    names = module(source).__dict__ | {"rng": np.random.default_rng(0)}
    subject = opened(eval(make, names), given)
    upstream = above(subject)
    return told_raise(subject, subject.values, upstream, raised(subject, upstream), language)


@pytest.mark.parametrize("case", [*WRONG, *COURSES, *HELPERS], ids=lambda c: c.name)
def test_the_line_and_what_fits_are_told(case: Wrong) -> None:
    found = told(case.source, case.make, case.given)
    assert found is not None
    first, *rest = found.findings
    mistake, *words = case.words
    assert first.name == case.gradient, str(found)
    assert first.mistake == mistake, str(found)
    for text in words:
        assert text in first.text, str(found)
    assert first.expected == case.expected, str(found)
    assert first.location is not None
    assert first.location.text.endswith(case.line.strip()), str(found)
    assert [f.name for f in rest] == list(case.also), str(found)
    if first.verified is None:  # what it makes is wrong by another line, too
        first = rest[0]
    assert first.verified is not None
    assert first.verified < 1e-6


PRODUCTS = (
    "{a}.dot({b})", "np.dot({a}, {b})", "{a} @ {b}", "np.matmul({a}, {b})",
    "np.einsum('ij,jk->ik', {a}, {b})", "np.tensordot({a}, {b}, axes=1)",
    "np.tensordot({a}, {b}, axes=([1], [0]))", "np.tensordot({a}, {b}, (1, 0))",
)  # fmt: skip
SIZES = st.lists(st.integers(2, 7), min_size=3, max_size=3, unique=True)


@hypothesis.given(SIZES, st.sampled_from(PRODUCTS), st.booleans())
@hypothesis.settings(max_examples=40)
def test_every_spelling_of_the_product_is_told(
    sizes: list[int], product: str, columns: bool
) -> None:
    n, i, o = sizes
    a, b = ("self.W.T", "dout") if columns else ("dout", "self.W.T")
    right = product.format(a=a, b=b)
    source = affine(right.replace("self.W.T", "self.W"))
    if columns:
        source = source.replace("x.dot(self.W) + self.b", "self.W.dot(x) + self.b[:, None]")
        source = source.replace("self.x.T.dot(dout)", "dout.dot(self.x.T)")
        source = source.replace("axis=0", "axis=1")
    rng = np.random.default_rng(n)
    W = (o, i) if columns else (i, o)
    make = f"Affine(rng.standard_normal({W}), rng.standard_normal({o}))"
    x = rng.standard_normal((i, n) if columns else (n, i))
    found = told(source, make, (x,))
    assert found is not None
    (finding,) = found.findings
    assert (finding.name, finding.mistake) == ("x", "operand-transposed")
    assert finding.text.endswith("does not fit; self.W.T does")
    assert f"self.W {W}" in finding.text
    assert finding.expected == right
    assert finding.location is not None
    assert finding.location.line == 12
    assert all(c.ok for name, c in found.compared.items() if name != "x")


@hypothesis.given(SIZES, st.sampled_from(PRODUCTS))
@hypothesis.settings(max_examples=25)
def test_the_weights_gradient_is_told_in_every_spelling(sizes: list[int], product: str) -> None:
    n, i, o = sizes
    right = product.format(a="self.x.T", b="dout")
    source = affine(dW=right.replace(".T", ""))
    make = f"Affine(rng.standard_normal(({i}, {o})), rng.standard_normal({o}))"
    found = told(source, make, (np.random.default_rng(n).standard_normal((n, i)),))
    assert found is not None
    (finding,) = found.findings
    assert (finding.name, finding.expected) == ("W", right)
    assert finding.text.endswith("self.x.T does")


@hypothesis.given(SIZES, st.sampled_from(PRODUCTS), st.sampled_from(PRODUCTS))
@hypothesis.settings(max_examples=15)
def test_two_lines_that_raise_are_both_told(sizes: list[int], first: str, second: str) -> None:
    n, i, o = sizes
    source = affine(first.format(a="dout", b="self.W"), second.format(a="self.x", b="dout"))
    make = f"Affine(rng.standard_normal(({i}, {o})), rng.standard_normal({o}))"
    found = told(source, make, (np.random.default_rng(n).standard_normal((n, i)),))
    assert found is not None
    assert {f.name: f.text.rsplit("; ", 1)[1] for f in found.findings} == {
        "W": "self.x.T does", "x": "self.W.T does"
    }  # fmt: skip


def test_it_is_told_in_japanese() -> None:
    found = told(affine("dout.dot(self.W)"), MAKE, X, "ja")
    assert found is not None
    text = str(found)
    assert "dout (5, 3) と self.W (4, 3) の積は形が合いません。self.W.T なら合います" in text
    assert "正しくは   dout.dot(self.W.T)" in text


@pytest.mark.parametrize("case", [*WRONG, *COURSES, *HELPERS], ids=lambda c: c.name)
def test_no_english_is_left_in_japanese(case: Wrong) -> None:
    found = told(case.source, case.make, case.given, "ja")
    assert found is not None
    for finding in found.findings[:1]:
        for text in (finding.text, finding.why):
            assert not any(f" {word} " in f" {text} " for word in ("does", "is", "the", "of", "no"))


NEVER_SET = """
import numpy as np
class Relu:
    def __init__(self):
        {init}
    def forward(self, x):
        mask = x > 0
        {forward}
        return x * mask
    def backward(self, dout):
        return dout * self.mask
"""


@pytest.mark.parametrize(
    ("init", "forward", "text"),
    [
        ("pass", "pass", "forward does not set self.mask"),
        ("pass", "self.x = x", "forward does not set self.mask; it sets self.x"),
        ("self.mask = None", "self.x = x", "forward does not set self.mask, which is None"),
    ],
)
def test_what_forward_does_not_keep_is_told(init: str, forward: str, text: str) -> None:
    found = told(NEVER_SET.format(init=init, forward=forward), "Relu()", X)
    assert found is not None
    (finding,) = found.findings
    assert (finding.mistake, finding.text) == ("not-kept", text)
    assert finding.expected == "self.mask = mask"


def test_a_name_that_is_like_no_other_is_told_without_a_correction() -> None:
    found = told(affine("dout.dot(qqq)"), MAKE, X)
    assert found is not None
    (finding,) = found.findings
    assert (finding.name, finding.mistake) == ("x", "undefined-name")
    assert finding.text == "qqq is not defined"
    assert finding.verified is None


UNPROVEN = {
    "set when it trains": ("""
import numpy as np
class Dropout:
    def forward(self, x, train=False):
        if train:
            self.mask = np.random.rand(*x.shape) > 0.5
            return x * self.mask
        return x
    def backward(self, dout):
        return dout * self.mask
""", "Dropout()", "self.mask"),
    "zeroed by a method": ("""
import numpy as np
class Scale:
    def __init__(self, a):
        self.a, self.da = a, None
    def zero_grad(self):
        self.da = np.zeros_like(self.a)
    def forward(self, x):
        self.x = x
        return self.a * x
    def backward(self, dout):
        self.da += np.sum(dout * self.x, axis=0)
        return dout * self.a
""", "Scale(rng.standard_normal(4))", "self.da is None"),
    "a global of the main program": ("""
class Scale:
    def __init__(self):
        self.factor = 3
    def forward(self, x):
        return x * self.factor
    def backward(self, dout):
        return dout * factor
if __name__ == "__main__":
    factor = 3
""", "Scale()", "factor is not defined"),
    "raised on purpose": ("""
class Scale:
    def forward(self, x):
        return x * 3
    def backward(self, dout):
        raise NotImplementedError("an exercise")
""", "Scale()", "NotImplementedError: an exercise"),
    "nothing fits": ("""
import numpy as np
class Odd:
    def forward(self, x):
        self.x = x
        return np.sin(x) * np.cumsum(np.exp(x), axis=0)
    def backward(self, dout):
        return dout @ self.x
""", "Odd()", "dout (5, 4) times self.x (5, 4) does not fit"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNPROVEN)
def test_what_is_not_proven_is_told_and_not_called_wrong(name: str) -> None:
    source, make, words = UNPROVEN[name]
    assert told(source, make, X) is None
    subject = opened(eval(make, module(source).__dict__ | {"rng": np.random.default_rng(0)}), X)
    upstream = above(subject)
    text = plain_words(subject, subject.values, upstream, raised(subject, upstream))
    assert words in text
    line = text.splitlines()[0].rpartition("   ")[2]
    assert line in [x.strip() for x in source.splitlines()]


SQUARE = """
import numpy as np
class Odd:
    def __init__(self, W):
        self.W = W
    def forward(self, x):
        self.x = x
        return np.sin(x @ self.W) * np.cumsum(np.exp(x @ self.W), axis=1)
    def backward(self, dout):
        self.dW = self.x @ dout
        return dout @ self.W
"""


def test_where_nothing_mends_it_the_square_trial_is_told() -> None:
    made, rng = module(SQUARE), np.random.default_rng(0)
    subject = opened(made.Odd(rng.standard_normal((4, 3))), X)
    square = Layer(made.Odd(rng.standard_normal((4, 4))), (rng.standard_normal((4, 4)),))
    upstream = above(subject)
    error = raised(subject, upstream)
    assert told_raise(subject, subject.values, upstream, error) is None
    found = told_raise(subject, subject.values, upstream, error, square=square)
    assert found is not None
    assert not found.ok
    assert "self.x (5, 4) times dout (5, 3) does not fit" in found.notes[0]


def test_the_users_code_is_left_as_it_was() -> None:
    made = module(affine("dout.dot(self.W)", "self.x.dot(dout)"))
    code, names = made.Affine.backward.__code__, set(vars(made))
    subject = opened(made.Affine(np.ones((4, 3)), np.ones(3)), X)
    upstream = above(subject)
    error = raised(subject, upstream)
    assert told_raise(subject, subject.values, upstream, error) is not None
    assert made.Affine.backward.__code__ is code
    assert set(vars(made)) == names
    assert "not aligned" in str(raised(subject, upstream))


def test_a_report_of_a_line_that_raises_is_data_and_a_page_as_any_other() -> None:
    found = told(affine("dout.dot(self.W)"), MAKE, X)
    assert found is not None
    data = found.to_dict()
    assert data["gradients"]["x"]["ok"] is False
    assert data["gradients"]["W"]["ok"] is True
    assert "self.W.T does" in found.to_html()


def test_functions_made_inside_a_function_are_mended() -> None:
    found = told(
        """
import numpy as np
def make():
    W = np.random.default_rng(0).normal(size=(4, 3))
    def f(x):
        return x @ W, (x,)
    def gradient(dout, cache):
        return dout @ W
    return f, gradient
""",
        "make()",
        X,
    )
    assert found is not None
    assert found.findings[0].text == "dout (5, 3) times W (4, 3) does not fit; W.T does"


def test_a_gradient_that_needs_random_numbers_is_mended() -> None:
    found = told(
        """
import numpy as np
class Dropout:
    def forward(self, x):
        self.mask = np.random.rand(*x.shape) > 0.4
        return x * self.mask
    def backward(self, dout):
        return dout @ self.mask
""",
        "Dropout()",
        X,
    )
    assert found is not None
    assert found.findings[0].expected == "dout * self.mask"


def test_where_no_line_of_the_users_is_to_be_seen_nothing_is_told() -> None:
    source = affine("dout.dot(self.W)")
    hidden: dict[str, Any] = {"__name__": "hidden"}
    exec(compile(source, "<hidden>", "exec"), hidden)
    for made in (module(source).Affine, hidden["Affine"]):
        subject = opened(made(np.ones((4, 3)), np.ones(3)), X)
        upstream = above(subject)
        error = raised(subject, upstream) if made is hidden["Affine"] else ValueError("of ours")
        assert told_raise(subject, subject.values, upstream, error) is None
        assert plain_words(subject, subject.values, upstream, error) == ""


def test_a_line_after_which_a_loop_need_not_end_is_not_changed() -> None:
    """`i -= 1` as `i = 1` would run for ever."""
    source = """
import numpy as np
class Sums:
    def forward(self, x):
        self.n = x.shape[1]
        return np.cumsum(x, axis=1)
    def backward(self, dout):
        dx, s, i = np.zeros_like(dout), 0, None
        while i != 0:
            i -= 1
            s = s + dout[:, i]
            dx[:, i] = s
        return dx
"""
    assert told(source, "Sums()", X) is None
