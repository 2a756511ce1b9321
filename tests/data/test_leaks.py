"""Columns that know the answer are named, and others are not."""

from __future__ import annotations

import numpy as np
import pytest

from denpa.core.wording import command_line
from denpa.data import possible_leaks, read

pd = pytest.importorskip("pandas")
RNG = np.random.default_rng(99)


def table(n: int, seed: int = 0, columns: int = 10) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    return {f"c{i}": rng.normal(size=n) for i in range(columns)}


def named(frame: object, target: str = "y") -> list[str]:
    return [s.split("'")[1] for s in possible_leaks(read(frame, target=target))]


def test_a_column_that_knows_the_class() -> None:
    rng = np.random.default_rng(1)
    kind = rng.integers(0, 3, 600)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(kind * 100 + rng.integers(0, 9, 600), "D")
    frame = pd.DataFrame(
        {
            **table(600),
            "code": kind * 10 + rng.uniform(0, 9, 600),
            "word": np.array(["x", "y", "z"])[kind],
            "day": days,
            "noisy": np.where(rng.random(600) < 0.01, (kind + 1) % 3, kind),
            "y": np.array(["red", "green", "blue"])[kind],
        }
    )
    assert named(frame) == ["code", "word", "day"]
    sentence = possible_leaks(read(frame, target="y"))[0]
    assert sentence.startswith(
        "column 'code' alone predicts 'y' almost perfectly (100.00% right on rows held out): a"
        " leak, unless"
    )
    assert "drop=['code']" in sentence
    assert "--drop code" in command_line(sentence)


@pytest.mark.parametrize("law", [lambda v: 3 * v + 7, np.exp, lambda v: v**3, lambda v: -v * 1e9])
def test_a_column_that_knows_the_value(law: object) -> None:
    frame = pd.DataFrame(table(400))
    frame["copy"] = RNG.normal(size=400)
    frame["half"] = frame["copy"] + 0.1 * RNG.normal(size=400)  # R² 0.99 of the copy
    frame["y"] = law(frame["copy"])
    assert named(frame) == ["copy"]


def test_small_and_lopsided_data_do_not_cry_wolf() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        for n in (20, 60, 199):
            frame = pd.DataFrame(table(n, seed, 30))
            near = frame["c0"] + 0.1 * rng.normal(size=n)  # 97 % and R² 0.99
            assert named(frame.assign(y=np.where(near > 0, "a", "b"))) == []
            assert named(frame.assign(y=near)) == []
        # One in a thousand: a column that says nothing is right in 99.9 %.
        rare = np.where(np.arange(2000) % 1000 == 0, "fraud", "fair")
        assert named(pd.DataFrame({**table(2000, seed), "y": rare})) == []
        # Two far values that one column meets and the rest that it does not.
        far = np.where(np.arange(300) % 150 == seed, 1e6, 0)
        frame = pd.DataFrame(table(300, seed))
        frame["c1"] = frame["c1"] + far
        assert named(frame.assign(y=rng.normal(size=300) + far)) == []


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("share", [0.002, 0.01, 0.3])
def test_cells_that_were_filled_in_do_not_hide_a_copy(task: str, share: float) -> None:
    rng = np.random.default_rng(5)
    y = rng.integers(0, 3, 2000) if task == "classification" else rng.normal(size=2000)
    copy = np.where(rng.random(2000) < share, np.nan, 2.0 * y)
    frame = pd.DataFrame({**table(2000), "copy": copy, "y": y})
    if task == "classification":
        frame["word"] = np.where(np.isnan(copy), None, np.array(["x", "y", "z"])[y % 3])
    data = read(frame, target="y", task=task, missing="mean")
    assert [s.split("'")[1] for s in possible_leaks(data)] == [
        "copy", *["word"] * (task == "classification"),
    ]  # fmt: skip
    # Nor do they make one: the mean of few cells says nothing of the others.
    few = np.where(np.arange(2000) < 90, y, np.nan)
    data = read(frame[["c0", "y"]].assign(few=few), target="y", task=task, missing="mean")
    assert possible_leaks(data) == ()


@pytest.mark.parametrize(("n", "cases"), [(2100, 21), (2000, 5), (100_000, 60), (300, 5)])
def test_a_flag_of_a_rare_class(n: int, cases: int) -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        fraud = rng.permutation(n) < cases
        late, noisy = fraud.copy(), fraud.copy()
        late[np.flatnonzero(fraud)[0]] = False  # misses one
        noisy[rng.choice(np.flatnonzero(~fraud), max(5, n // 100))] = True  # false alarms
        frame = pd.DataFrame(
            {
                **table(n, seed, 3),
                "flag": fraud * 1,
                "score": fraud * 20 + rng.normal(size=n),
                "word": np.where(fraud, "chargeback", "none"),
                "late": late * 1,
                "noisy": noisy * 1,
                "chance": rng.integers(0, 2, n),
                "y": np.where(fraud, "fraud", "fair"),
            }
        )
        assert named(frame) == ["flag", "score", "word"]


def test_two_values_with_noise_around_each() -> None:
    rng = np.random.default_rng(3)
    for share in (0.1, 0.3, 0.5, 0.7):
        second = rng.random(400) < share
        frame = pd.DataFrame({**table(400), "c": np.where(second, "B2", "A1")})
        frame["y"] = np.where(second, 50.0, 100.0) + 0.01 * rng.normal(size=400)
        assert named(frame) == ["c"]


def test_one_column_is_no_leak() -> None:
    x = RNG.normal(size=(500, 1))
    assert possible_leaks(read((x, 2 * x[:, 0]))) == ()
    assert len(possible_leaks(read((np.hstack([x, x]), 2 * x[:, 0])))) == 2
    images = RNG.random((300, 4, 4))
    assert possible_leaks(read((images, np.arange(300) % 2))) == ()


def test_the_cost_does_not_grow_with_the_rows() -> None:
    import time

    wide = read((RNG.normal(size=(100_000, 20)), RNG.normal(size=100_000)))
    clock = time.process_time()
    possible_leaks(wide)
    assert time.process_time() - clock < 1  # of this process alone; 0.03 s alone on the machine


@pytest.mark.parametrize("n", [105, 130, 210])
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_column_of_groups_that_know_the_answer(n: int, task: str) -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        patient, sick = rng.integers(0, 20, n), rng.normal(size=20)
        y = (
            np.where(sick > 0, "ill", "well")[patient]
            if task == "classification"
            else sick[patient]
        )
        frame = pd.DataFrame({**table(n, seed, 4), "patient": patient, "y": y})
        assert named(frame) == ["patient"]
        assert named(frame.assign(patient=[f"p{k}" for k in patient])) == ["patient"]
        shuffled = frame.assign(y=rng.permutation(y))
        assert named(shuffled) == []


def test_honest_small_data_do_not_cry_wolf() -> None:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        # Fisher's iris by its published means and deviations: one class lies apart, two do not.
        means = np.array([[5.0, 3.4, 1.46, 0.25], [5.9, 2.8, 4.26, 1.33], [6.6, 3.0, 5.55, 2.03]])
        spread = np.array(
            [[0.35, 0.38, 0.17, 0.1], [0.52, 0.31, 0.47, 0.2], [0.64, 0.32, 0.55, 0.27]]
        )
        kind = np.repeat([0, 1, 2], 50)
        x = (means[kind] + spread[kind] * rng.normal(size=(150, 4))).round(1)
        assert possible_leaks(read((x, kind))) == ()
        # Pixels of ten digits, from 0 to 16, and thirteen rounded measures of three wines.
        kind = rng.integers(0, 10, 300)
        x = np.clip(rng.uniform(0, 16, (10, 64))[kind] + 4 * rng.normal(size=(300, 64)), 0, 16)
        assert possible_leaks(read((x.round(), kind))) == ()
        kind = rng.integers(0, 3, 178)
        x = rng.normal(size=(3, 13))[kind] * 1.2 + rng.normal(size=(178, 13))
        assert possible_leaks(read((x.round(1), kind))) == ()
        # Rows that stand there more than once.
        x = np.repeat(rng.normal(size=(100, 5)), 3, axis=0)
        assert possible_leaks(read((x, np.repeat(rng.integers(0, 2, 100), 3)))) == ()
