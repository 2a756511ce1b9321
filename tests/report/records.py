"""Made-up records: a usual one, a regression, and awkward ones."""

from __future__ import annotations

import math

import numpy as np

from denpa.report.record import (
    DataFacts,
    LayerHistogram,
    LayerRow,
    Mistake,
    Pairs,
    ReportData,
)


def layer(name: str, values: np.ndarray) -> LayerHistogram:
    counts, edges = np.histogram(values, bins=40)
    return LayerHistogram(
        name, counts.tolist(), edges.tolist(), float(values.mean()), float(values.std()),
        float((values == 0).mean()),
    )  # fmt: skip


def digits(epochs: int = 30) -> ReportData:
    """A usual run: ten classes, small grey images, a network that memorises a little."""
    rng = np.random.default_rng(0)
    t = np.arange(1, epochs + 1)
    train = 2.1 * np.exp(-t / 3) + 0.004 + 0.002 * rng.random(epochs)
    val = 2.1 * np.exp(-t / 3) + 0.085 + 0.0016 * t + 0.006 * rng.random(epochs)
    counts = np.diag(rng.integers(33, 37, 10))
    for i, j, n in ((8, 1, 3), (9, 4, 2), (3, 9, 1), (5, 6, 1), (7, 2, 1), (1, 8, 1)):
        counts[i, j] += n
    yy, xx = np.mgrid[0:8, 0:8]
    images = [
        np.clip(1.3 * np.exp(-((np.hypot(yy - 3.5, xx - 3.5) - 1 - k % 3) ** 2))
                + 0.2 * rng.random((8, 8)), 0, 1)
        for k in range(9)
    ]  # fmt: skip
    pairs = [(8, 1), (9, 4), (8, 1), (3, 9), (5, 6), (8, 1), (7, 2), (1, 8), (9, 4)]
    acts = [
        layer("0.hidden", np.maximum(rng.normal(-0.2, 1, 4000), 0)),
        layer("1.dropout", np.maximum(rng.normal(-0.4, 1.1, 4000), 0)),
        layer("2.hidden", np.tanh(rng.normal(0, 2, 4000))),
        layer("3.output", rng.normal(-3, 4, 4000)),
    ]
    grads = [layer(a.name, rng.standard_t(3, 4000) * 10.0 ** (-6 + i))
             for i, a in enumerate(acts)]  # fmt: skip
    return ReportData(
        title="Handwritten digits",
        command="denpa train digits --hidden 64,64 --activation relu --dropout 0.2 --epochs 30",
        created="2026-11-21T09:41:05.123456+09:00",
        summary=[
            ("Best epoch", 17),
            ("Parameters", 8970),
            ("Time to train", "2.4 s"),
            ("Device", "CPU, 2 threads"),
        ],
        metrics={"test_accuracy": 0.9722222, "test_loss": 0.10834, "val_accuracy": 0.9763},
        gradient_check="gradients: 106 of 4,810 checked against numeric ones, "
        "largest relative error 3.1e-10 in 0.hidden.weight[3,7]",
        gradient_check_passed=True,
        history={
            "epoch": t.tolist(),
            "train_loss": train.tolist(),
            "train_accuracy": (1 - 0.9 * np.exp(-t / 2.5)).tolist(),
            "val_loss": val.tolist(),
            "val_accuracy": (0.976 - 0.9 * np.exp(-t / 2.2)).tolist(),
            "learning_rate": (0.001 * (1 + np.cos(np.pi * t / epochs)) / 2).tolist(),
            "seconds": (0.08 + 0.01 * rng.random(epochs)).tolist(),
        },
        best_epoch=int(t[np.argmin(val)]),
        confusion=counts,
        classes=[str(i) for i in range(10)],
        mistakes=[
            Mistake(str(a), str(b), 0.99 - 0.05 * k, 0.01, images[k], row=17 * k + 3)
            for k, (a, b) in enumerate(pairs)
        ],
        activations=acts,
        gradients=grads,
        network=[
            LayerRow("0.hidden", "Linear", (None, 64), (None, 64), 4160),
            LayerRow("1.relu", "ReLU", (None, 64), (None, 64), 0),
            LayerRow("2.dropout", "Dropout(0.2)", (None, 64), (None, 64), 0),
            LayerRow("3.hidden", "Linear", (None, 64), (None, 64), 4160),
            LayerRow("4.relu", "ReLU", (None, 64), (None, 64), 0),
            LayerRow("5.output", "Linear", (None, 64), (None, 10), 650),
        ],
        settings={
            "hidden": (64, 64), "activation": "relu", "dropout": 0.2, "batch_norm": False,
            "optimizer": "Adam", "lr": 0.001, "batch_size": 32, "epochs": epochs, "seed": 20260,
            "weight_decay": 0.0, "l1": None,
        },
        versions={"denpa": "0.1.0", "numpy": "2.1.3", "python": "3.11.2", "platform": "Linux"},
        data=DataFacts(
            "digits", "UCI Optical Recognition of Handwritten Digits, Alpaydin and Kaynak, 1998",
            "CC BY 4.0", "9f2c" * 16, {"train": 1257, "val": 180, "test": 360},
            ["1,797 images of 8×8 pixels in 17 levels of grey"],
        ),
    )  # fmt: skip


def houses() -> ReportData:
    """A regression from a table, in one unit."""
    rng = np.random.default_rng(1)
    true = rng.gamma(4, 80, 700)
    predicted = true * rng.normal(1, 0.1, 700) + rng.normal(0, 12, 700)
    order = np.argsort(-np.abs(true - predicted))[:10]
    t = np.arange(1, 41)
    return ReportData(
        title="houses.csv: price",
        command="denpa train houses.csv --target price",
        created="2026-11-21T09:41:05+09:00",
        metrics={"test_rmse": 38.214, "test_mae": 27.55, "test_r2": 0.9431},
        gradient_check="gradients: 84 of 2,113 checked against numeric ones, "
        "largest relative error 8.8e-10 in 2.output.bias[0]",
        history={
            "train_loss": (40000 * np.exp(-t / 4) + 900).tolist(),
            "val_loss": (40000 * np.exp(-t / 4) + 1300).tolist(),
            "val_rmse": np.sqrt(40000 * np.exp(-t / 4) + 1300).tolist(),
        },
        best_epoch=40,
        scatter=Pairs(true.tolist(), predicted.tolist(), "k€"),
        mistakes=[
            Mistake(
                float(true[i]), float(predicted[i]), row=int(i) + 2, counted="line",
                features={"rooms": int(i) % 7, "area": 51.5 + int(i) / 7, "district": "Neustadt",
                          "year": 1962, "floor": 2, "lift": True, "heating": "gas",
                          "balcony": False, "garage": 0},
            )
            for i in order
        ],
        network=[LayerRow("0.hidden", "Linear", (None, 9), (None, 64), 640),
                 LayerRow("2.output", "Linear", (None, 64), (None, 1), 65)],
        data=DataFacts("houses.csv", "a local file", "", "ab" * 32, {"train": 4900, "test": 700}),
    )  # fmt: skip


def broken() -> ReportData:
    """One epoch, two classes, losses that are not numbers."""
    return ReportData(
        title="One epoch of two classes",
        metrics={"test_accuracy": 0.5, "test_loss": math.nan},
        gradient_check="gradients: 12 of 12 checked against numeric ones, "
        "largest relative error 0.51 in 0.weight[0,0]",
        gradient_check_passed=False,
        history={"train_loss": [math.nan], "val_loss": [math.inf], "train_accuracy": [0.5]},
        best_epoch=1,
        confusion=np.array([[20, 0], [20, 0]]),
        classes=["no", "yes"],
        activations=[LayerHistogram("0", [5], [1.0, 1.0], 1.0, 0.0, 0.0)],
    )


def large() -> ReportData:
    """26 classes with long names, 60 layers, gaps in the losses, many epochs, colour images."""
    rng = np.random.default_rng(2)
    names = [f"{chr(65 + i)}: a rather long class name <{i}>" for i in range(26)]
    counts = rng.poisson(0.6, (26, 26)) + np.diag(rng.integers(200, 12000, 26))
    loss = (3 * np.exp(-np.arange(1000) / 200) + 0.1 * rng.random(1000)).tolist()
    loss[300:420] = [math.nan] * 120
    acts = [layer(f"{i}.block.convolution", rng.normal(0, 0.9**i, 500)) for i in range(60)]
    grads = [layer(f"{i}.block.convolution", rng.normal(0, 1e-9 * 1.4**i, 500)) for i in range(60)]
    return ReportData(
        title="photos/: 26 classes with a title that is long enough to need a second line on paper",
        command="denpa train photos/ --model cnn " + "--a-long-option value " * 12,
        created="2026-11-21",
        metrics={"test_accuracy": 0.91234, "test_loss": 12345.678},
        history={"train_loss": loss, "val_loss": [None] * 999 + [0.5]},
        best_epoch=1000,
        confusion=counts,
        classes=names,
        mistakes=[
            Mistake(names[i], names[25 - i], 0.9, image=rng.random((224, 200, 3)),
                    row=f"c{i}/0.png", counted="file")
            for i in range(26)
        ],
        activations=acts,
        gradients=grads,
        network=[
            LayerRow(f"{i}.block.convolution", "Conv2d(64, 64, kernel_size=3, padding=1)",
                     (None, 64, 32, 32), (None, 64, 32, 32), 36928) for i in range(60)
        ],
        settings={f"option_{i}": "x" * i for i in range(60)},
    )  # fmt: skip
