"""What a file holds, recognised; and what people give by mistake, told like a person would."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denpa.check.frameworks.base import needed
from denpa.check.frameworks.known import framework_of
from denpa.check.opening.constructors import constructors
from denpa.check.opening.guess import Sizes
from denpa.check.opening.load import Stopped, UserError, arrays_of, beside, load, run_theirs
from denpa.check.opening.open import Given, opened, reported
from denpa.core.errors import ArgumentError

RNG = np.random.default_rng(0)

Checked = Callable[..., Any]


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    """The report on NAME of a file with this text."""

    def run(text: str, name: str, **given: Any) -> Any:
        file = tmp_path / "theirs.py"
        file.write_text("import numpy as np\n" + textwrap.dedent(text))
        found, _ = load(f"{file}:{name}", 5.0)
        if isinstance(given.get("gradient"), str):
            given["gradient"] = beside(f"{file}:{name}", given["gradient"])
        asked = Given(**given)
        subject = run_theirs(lambda: opened(found, name, asked), name, "making it", 5.0)
        return run_theirs(lambda: reported(subject, asked), name, "checking it", 5.0)

    return run


def named(report: Any) -> list[tuple[str, str]]:
    return [(f.name, f.mistake) for f in report.findings]


# -- recognised ------------------------------------------------------------------------------------

TWO_LAYERS = """
    class Net:
        def __init__(self, input_size, hidden_size, output_size):
            self.params = {
                "W1": 0.3 * np.random.default_rng(0).standard_normal((input_size, hidden_size)),
                "b1": np.zeros(hidden_size),
                "W2": 0.3 * np.random.default_rng(1).standard_normal((hidden_size, output_size)),
                "b2": np.zeros(output_size),
            }

        def predict(self, x):
            self.x = x
            self.h = np.tanh(x @ self.params["W1"] + self.params["b1"])
            a = self.h @ self.params["W2"] + self.params["b2"]
            e = np.exp(a - a.max(axis=1, keepdims=True))
            return e / e.sum(axis=1, keepdims=True)

        def loss(self, x, t):
            return -np.sum(t * np.log(self.predict(x) + 1e-7)) / len(x)

        def gradient(self, x, t):
            y = self.predict(x)
            dy = (y - t) / len(x)
            grads = {}
            grads["W2"] = self.h.T @ dy
            grads["b2"] = dy.sum(axis=0)
            dh = (dy @ self.params["W2"].T) * (1 - self.h**2)
            grads["W1"] = x.T @ dh
            grads["b1"] = dh.sum(axis=0)
            return grads
"""


def test_a_network_with_loss_and_gradient(checked: Checked) -> None:
    right = checked(TWO_LAYERS, "Net")
    # The 1e-7 within the logarithm is in the loss and not in the gradient, as in the textbook.
    assert right.ok, str(right)
    assert set(right.compared) == {"W1", "b1", "W2", "b2"}
    wrong = checked(TWO_LAYERS.replace("dy.sum(axis=0)", "dy[0]"), "Net")
    assert [f.name for f in wrong.findings] == ["b2"]
    assert wrong.findings[0].location.text == 'grads["b2"] = dy[0]'
    forgotten = checked(TWO_LAYERS.replace(" * (1 - self.h**2)", ""), "Net")
    (finding,) = forgotten.findings
    assert {finding.name, *finding.also} == {"W1", "b1"}
    assert "dh = " in finding.location.text


def test_constructors_with_several_layers() -> None:
    class Net:
        def __init__(self, W1, b1, W2, b2): ...

    def shapes(of: Any, sizes: Sizes) -> dict[str, tuple[int, ...]]:
        return {k: np.shape(v) for k, v in arrays_of(next(constructors(of, sizes)), 0).items()}

    assert shapes(Net, Sizes()) == {"W1": (4, 6), "b1": (6,), "W2": (6, 3), "b2": (3,)}
    sizes = shapes(Net, Sizes(64, 10, 20))
    assert (sizes["W1"], sizes["b2"]) == ((64, 20), (10,))

    class Recurrent:
        def __init__(self, Wx, Wh, b): ...

    assert shapes(Recurrent, Sizes()) == {"Wx": (4, 3), "Wh": (3, 3), "b": (3,)}


EMBEDDING = """
    class Embedding:
        def __init__(self, W):
            self.W, self.dW = W, None
        def forward(self, idx):
            self.idx = idx
            return self.W[idx]
        def backward(self, dout):
            self.dW = np.zeros_like(self.W)
            np.add.at(self.dW, self.idx, dout)
"""


def test_whole_numbers_are_tried_where_floats_do_not_go(checked: Checked) -> None:
    assert checked(EMBEDDING, "Embedding").ok
    wrong = EMBEDDING.replace("np.add.at(self.dW, self.idx, dout)", "self.dW[self.idx] = dout")
    assert [n for n, _ in named(checked(wrong, "Embedding"))] == ["W"]


def test_functions_with_their_gradient(checked: Checked) -> None:
    text = """
        def f(x, w):
            return np.sum((x * w) ** 2)
        def df(x, w):
            return 2 * x * w**2, x**2 * w
    """
    assert named(checked(text, "f", gradient="df", input="x=rand(5), w=rand(5)")) == [
        ("w", "scale")
    ]
    assert named(checked("def g(x): return np.sin(x)\ndef dg(x): return np.sin(x)", "g",
                         gradient="dg")) == [("x", "wrong-function")]  # fmt: skip
    assert named(checked(text, "f")) == named(checked(text, "df")) == [("w", "scale")]
    with pytest.raises(ArgumentError, match="--grad NAME"):
        checked("def f(x): return x**2", "f")
    with pytest.raises(ArgumentError, match=r"has no 'dff'\. Did you mean 'df'\?"):
        checked(text, "f", gradient="dff")


DENPA = """
    import denpa as dp

    class Half(dp.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x
        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * x

    class Square(dp.nn.Module):
        def forward(self, x):
            return Half.apply(x)

    net = dp.nn.Sequential(dp.nn.Linear(6, 5), Square(), dp.nn.Linear(5, 3))

    class Net(dp.nn.Module):
        def __init__(self, in_features, num_classes):
            super().__init__()
            self.conv = dp.nn.Conv2d(2, 3, 3)
            self.out = dp.nn.Linear(in_features, num_classes)
        def forward(self, x):
            return self.conv(x).mean(dim=(2, 3)) @ self.out.weight[:, :3].T

    def make():
        return dp.nn.Sequential(dp.nn.Embedding(7, 3), dp.nn.Linear(3, 2))
"""


def test_modules_and_functions_of_denpa(checked: Checked) -> None:
    assert named(checked(DENPA, "Half")) == [("x", "scale")]
    found = checked(DENPA, "net")
    assert [(f.part, f.mistake) for f in found.findings] == [("1 (Square), Half", "scale")]
    assert found.findings[0].location.text == "return g * x"
    assert checked(DENPA, "Net").ok
    assert checked(DENPA, "net", input="x=rand(3,6), t=np.array([0,1,2])",
                   loss="cross_entropy").compared["0.bias"].checked == 5  # fmt: skip
    with pytest.raises(ArgumentError, match=r"Did you mean 'mse_loss'\?"):
        checked(DENPA, "net", input="x=rand(3,6), t=rand(3,3)", loss="mse")
    with pytest.raises(UserError, match=r"(mat1|matmul|linear)"):
        checked(DENPA, "net", input="x=rand(3,4)")


def test_types_are_told_without_importing_what_the_file_did_not() -> None:
    assert framework_of(np.ones(2)) is None
    assert framework_of(load) is None
    with pytest.raises(ArgumentError, match="pip install nothing_of_the_kind"):
        needed("nothing_of_the_kind", "Nothing")


# -- mistakes of people ----------------------------------------------------------------------------

BAD = """
    class Fine:
        def forward(self, x):
            self.x = x
            return x * x
        def backward(self, dout):
            return 2 * self.x * dout

    class Config:
        def __init__(self, config):
            self.k = config.k
        def forward(self, x):
            return x * self.k
        def backward(self, dout):
            return dout * self.k

    class Forward(Fine):
        def forward(self, x):
            raise KeyError("mine")

    class Backward(Fine):
        def backward(self, dout):
            raise KeyError("mine")

    class HangsMade(Fine):
        def __init__(self):
            while True: pass

    class HangsForward(Fine):
        def forward(self, x):
            while True:
                try:
                    while True: pass
                except Exception:
                    pass

    class NoneReturned(Fine):
        def forward(self, x):
            super().forward(x)

    class Integers(Fine):
        def forward(self, x):
            return (x > 0).astype(int)

    class Exits(Fine):
        def forward(self, x):
            raise SystemExit(3)
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Fin", r"Did you mean 'Fine'\?"),
        ("Zebra", "It has Fine, Config"),
        ("Config", 'no usual arguments fit.*AttributeError.*--init "W=rand'),
        ("Forward", r"theirs.py:\d+: KeyError: 'mine'"),
        ("Backward", r"backward raised\n.*theirs.py(.|\n)*KeyError: 'mine'"),
        ("HangsMade", "making it raised\n(.|\n)*Stopped: it took longer than"),
        ("HangsForward", "Stopped: it took longer than"),
        ("NoneReturned", "forward returned NoneType; it must return an array"),
        ("Integers", r"forward returned whole numbers \(int64\)"),
        ("Exits", "SystemExit: 3"),
    ],
)
def test_mistakes_of_people(checked: Checked, name: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "theirs.py"
    file.write_text("import numpy as np\n" + textwrap.dedent(BAD))

    def run() -> None:
        found, _ = load(f"{file}:{name}", 1.0)
        asked = run_theirs(lambda: opened(found, name, Given()), name, "making it", 0.3)
        most = 0.3 if name.startswith("Hangs") else 5.0  # what raises is analysed
        run_theirs(lambda: reported(asked, Given()), name, "making it", most)

    with pytest.raises(ArgumentError, match=said) as error:
        run()
    assert "denpa/check" not in str(error.value)


def test_files_that_do_not_import(tmp_path: Path) -> None:
    for text, said in (
        ("import nothing_of_the_kind", r'broken.py", line 1, in <module>'),
        ("def f(:\n", "SyntaxError: .*broken.py, line 1"),
        ("1 / 0", "ZeroDivisionError"),
        ("while True: pass", "Stopped: it took longer than 0.2 s"),
        ("raise ModuleNotFoundError('no torch', name='torch')", "install it with: pip install"),
    ):
        file = tmp_path / "broken.py"
        file.write_text(text)
        with pytest.raises(UserError, match=said) as error:
            load(f"{file}:A", 0.2)
        assert "denpa/check" not in str(error.value)
    with pytest.raises(ArgumentError, match="there is no such file"):
        load(f"{tmp_path / 'none.py'}:A")
    with pytest.raises(ArgumentError, match=r"mylayers\.py:Affine, not 'broken\.py'"):
        load("broken.py")


def test_given_arguments_that_do_not_fit(checked: Checked) -> None:
    with pytest.raises(UserError, match=r"theirs\.py(.|\n)*operands"):
        checked("class L:\n  def forward(self, x): return x + np.ones(3)\n"
                "  def backward(self, d): return d", "L", input="x=rand(5,4)")  # fmt: skip
    with pytest.raises(UserError, match="unexpected keyword"):
        checked(BAD, "Config", init="wrong=1")
    with pytest.raises(ArgumentError, match="write them as"):
        arrays_of("W=rand(4", 0)
    with pytest.raises(ArgumentError, match="no argument is an array of floats"):
        checked(DENPA, "Half", input="x=np.array([1, 2])")


@pytest.mark.parametrize("returned", ["float(y.sum())", "y.tolist()", "[y.sum()]"])
def test_numbers_and_lists_are_arrays_too(checked: Checked, returned: str) -> None:
    grown = "np.full(self.x.shape, dout) * 3" if "sum" in returned else "(3 * dout).tolist()"
    found = checked(
        f"""
        class L:
            def forward(self, x):
                print("noise")
                self.x = x
                y = 3 * x
                return {returned}
            def backward(self, dout):
                return {grown}
        """, "L")  # fmt: skip
    assert found.ok, str(found)


def test_the_time_limit_leaves_no_alarm_behind() -> None:
    import signal

    before = signal.getsignal(signal.SIGALRM)
    assert run_theirs(lambda: 3, "it", "running", 5.0) == 3
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert issubclass(Stopped, BaseException)
    assert not issubclass(Stopped, Exception)
