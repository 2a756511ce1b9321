"""`dp.check.jax` on functions with derivatives of their own and on those that JAX makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denpa.check.subjects.jax import jax as check_jax
from denpa.cli.main import main
from denpa.core.errors import ArgumentError

jax = pytest.importorskip("jax")
jnp = jax.numpy
RNG = np.random.default_rng(0)
X = RNG.standard_normal((5, 4))
P = {"W": RNG.standard_normal((4, 3)), "b": np.zeros(3)}


@jax.custom_vjp
def square(x):
    return x**2


def square_fwd(x):
    return x**2, x


def square_bwd(x, g):
    dx = g * x
    return (dx,)


square.defvjp(square_fwd, square_bwd)


@jax.custom_vjp
def affine(p, x):
    return x @ p["W"] + p["b"]


def affine_bwd(kept, g):
    p, x = kept
    dW = x.T @ g
    db = g[0]
    return {"W": dW, "b": db}, g @ p["W"].T


affine.defvjp(lambda p, x: (affine(p, x), (p, x)), affine_bwd)


@jax.custom_vjp
def wide(x):
    return 3 * x


wide.defvjp(lambda x: (3 * x, None), lambda kept, g: (3 * g.sum(0),))


def named(report: Any) -> list[tuple[str, str, str]]:
    return [(f.part, f.name, f.mistake) for f in report.findings]


@pytest.mark.parametrize("wrap", [lambda f: f, jax.jit], ids=["plain", "jit"])
def test_what_jax_differentiates_is_right(wrap: Any) -> None:
    found = check_jax(wrap(lambda p, x: jnp.tanh(x @ p["W"] + p["b"]).mean()), P, X)
    assert found.ok, str(found)
    assert list(found.compared) == ["p['W']", "p['b']", "x"]
    assert jnp.ones(2).dtype == np.float32  # x64 is off again
    found = check_jax(lambda x, k: (x[k], {"s": x.sum()}), X, np.array([0, 0, 1]))
    assert found.ok
    assert list(found.compared) == ["x"]


def test_a_rule_alone() -> None:
    found = check_jax(square, X)
    assert named(found) == [("", "x", "scale")]
    assert found.findings[0].location.text == "dx = g * x"
    found = check_jax(affine, P, X)
    assert named(found) == [("", "p['b']", "bias-not-summed")]
    assert found.findings[0].location.text == "db = g[0]"
    found = check_jax(jax.jit(square), X)  # jit hides the rule, but not from this
    assert found.findings[0].location.text == "dx = g * x"


@pytest.mark.parametrize("wrap", [lambda f: f, jax.jit], ids=["plain", "jit"])
def test_rules_inside_a_function(wrap: Any) -> None:
    def net(p, x):
        return jnp.sum(square(jnp.tanh(affine(p, x))))

    def one(x):
        return jnp.sum(jnp.sin(square(x)))

    found = check_jax(wrap(net), P, X)
    assert named(found) == [("affine", "p['b']", "bias-not-summed"), ("square", "x", "scale")]
    assert named(check_jax(wrap(one), X)) == [("square", "x", "scale")]
    assert square.bwd is square_bwd


def test_shapes_and_counts() -> None:
    assert [f.mistake for f in check_jax(wide, X).findings] == ["shape"]
    assert [f.mistake for f in check_jax(lambda x: wide(jnp.sin(x)), X).findings] == ["shape"]

    @jax.custom_vjp
    def bare(x):
        return x

    bare.defvjp(lambda x: (x, None), lambda kept, g: g)
    with pytest.raises(ArgumentError, match="1 arguments have gradients, and bwd returned"):
        check_jax(bare, X)
    with pytest.raises(ArgumentError, match="no argument holds floats"):
        check_jax(square, np.array([1, 2]))


def test_a_fwd_with_another_value() -> None:
    @jax.custom_vjp
    def twice(x):
        return 2 * x

    twice.defvjp(lambda x: (3 * x, None), lambda kept, g: (2 * g,))
    found = check_jax(twice, X)
    assert found.ok
    assert found.notes == ["fwd returns another value than the function itself"]


def test_arguments_without_a_derivative() -> None:
    def power(n, x):
        return x**n

    f = jax.custom_vjp(power, nondiff_argnums=(0,))
    f.defvjp(lambda n, x: (x**n, x), lambda n, x, g: (g * n * x ** (n - 1),))
    assert check_jax(f, 3, X).ok
    f.defvjp(lambda n, x: (x**n, x), lambda n, x, g: (g * x ** (n - 1),))
    assert named(check_jax(f, 3, X)) == [("", "x", "scale")]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "theirs.py").write_text(
        "import jax\n"
        "@jax.custom_vjp\n"
        "def square(x):\n    return x**2\n"
        "def bwd(x, g):\n    return (g * x,)\n"
        "square.defvjp(lambda x: (x**2, x), bwd)\n"
        "def f(x):\n    return jax.numpy.sin(x).sum()\n"
    )
    file = tmp_path / "theirs.py"
    assert main(["check", f"{file}:square"]) == 1
    assert "it is 0.5 times what it should be" in capsys.readouterr().out
    assert main(["check", f"{file}:f", "--jax"]) == 0
    assert main(["check", f"{file}:f"]) == 2
    assert "--jax" in capsys.readouterr().err
