"""Every fixed text of the report. Placeholders in braces are filled by name."""

from __future__ import annotations

from collections.abc import Mapping

from denpa.report import worth_words
from denpa.words import table

# ruff: noqa: E501  -- a Japanese letter counts as two columns, and texts are easier to compare unbroken

_EN = {
    "kind": "Training report",
    "created": "Written",
    "command": "Command",
    "contents": "Contents",
    "figure": "Figure {n}.",
    "table": "Table {n}.",
    "footer": "Made by Denpa. This page holds all of its data and asks no other machine for anything.",
    # numbers
    "metric_label": "{part} {metric}",
    "part.train": "Training",
    "part.val": "Validation",
    "part.test": "Test",
    "metric.loss": "loss",
    "metric.accuracy": "accuracy",
    "metric.rmse": "RMSE",
    "metric.mae": "mean absolute error",
    "metric.mse": "mean squared error",
    "metric.r2": "R²",
    "chart.loss": "Loss",
    "chart.accuracy": "Accuracy",
    "chart.learning_rate": "Learning rate",
    "series.train": "training",
    "series.val": "validation",
    "axis.epoch": "epoch",
    "axis.log": "{label} (log scale)",
    "axis.percent": "share right (%)",
    "axis.loss": "loss per example",
    "axis.loss_unit": "loss per example, target in standard units",
    "axis.rate": "step size",
    "axis.layer": "layer, in order of the forward pass",
    "axis.std": "standard deviation",
    "axis.true": "true",
    "axis.predicted": "predicted",
    "axis.error": "predicted − true",
    "axis.count": "examples",
    "empty": "no finite value",
    "of_examples": "{right} of {total} examples",
    "best": "best: {epoch}",
    # sections
    "result": "Result",
    "result.ask": "How well does the network do on data that it never saw? The test part took no "
    "share in training or in the choice of the best epoch, so trust these figures "
    "before all others.",
    "check": "Gradient check",
    "check.ask": "Are the gradients right? Backpropagation is compared with numeric derivatives "
    "on this run's own data in float64. The largest relative error is mostly below "
    "1e-6; a wrong derivative is off by far more than 1e-4, where the check fails.",
    "check.text": "{checked} of {parameters} gradients checked against numeric ones; the largest relative "
    "error is {worst}, in {where}.",
    "check.passed": "passed",
    "check.failed": "failed",
    "curves": "Learning curves",
    "curves.ask": "Has training converged, and does what was learned carry over? If validation "
    "loss rises while training loss falls, the network is memorising.",
    "curves.caption": "Loss and metrics after each epoch.",
    "curves.best": "The lowest validation loss is {value}, in epoch {epoch} of {total}.",
    "curves.last": "After the last epoch the loss is {train} on training and {val} on validation.",
    "curves.last_train": "After the last epoch the training loss is {train}.",
    "curves.bad": "The loss is not a finite number in {count} of {total} epochs, first in epoch "
    "{epoch}. Training has diverged: try a smaller learning rate, or clip the gradients.",
    "curves.values": "Values of every epoch",
    "curves.some": "{shown} of {total} epochs, evenly spaced; history.csv holds all of them.",
    "confusion": "Confusion matrix",
    "confusion.ask": "Which classes are taken for which? Cells off the diagonal are mistakes: a "
    "strong one is a pair of classes that the network cannot tell apart.",
    "confusion.caption": "Counts on the test part. The tint is the share of the row; on the right, "
    "the recall of each class.",
    "confusion.large": "{count} classes are too many for a picture; the most frequent confusions "
    "stand in the table.",
    "confusion.none": "No example was misclassified.",
    "confusion.top": "The most frequent confusions.",
    "confusion.recall": "recall",
    "precision": "precision",
    "column.rows": "Examples",
    "column.found": "Found",
    "column.answered": "Answers",
    "true": "True",
    "predicted": "Predicted",
    "times": "Times",
    "share": "Share of the class",
    "scatter": "Predicted against true",
    "scatter.ask": "How far from the truth are the predictions? Points on the line are exact; a "
    "bend or a widening fan is an error with a system to it.",
    "scatter.caption": "Each point is one example of the test part; on the line, predicted equals true.",
    "scatter.errors": "Errors",
    "scatter.errors_caption": "The errors should stand around zero, alike on both sides.",
    "mistakes": "Hardest mistakes",
    "mistakes.ask": "Where is the network most wrong while most sure? Look for wrong labels, "
    "spoilt examples, and classes that truly look alike.",
    "errors": "Largest errors",
    "errors.ask": "Where are the predictions farthest from the truth? Look for wrong or misplaced "
    "digits, unusual examples, and what they have in common.",
    "mistakes.caption": "True class → predicted class, with the probability that the network gave "
    "to its answer.",
    "errors.caption": "True value → predicted value.",
    "errors.caption_table": "The examples with the largest errors.",
    "mistakes.more": "{count} more columns are not shown.",
    "mistakes.line": "Lines are those of the file; its header is line 1.",
    "mistakes.index": "The index counts from 0 in the data as they were read.",
    "mistakes.file": "The files lie in the folder of the data.",
    "mistake.p": "probability",
    "mistake.line": "Line",
    "mistake.index": "Index",
    "mistake.file": "File",
    "mistake.error": "Error",
    "activations": "Activations",
    "activations.ask": "Does every layer carry a signal? A large share of zeros means units that "
    "are switched off; heaps at both ends mean units that are saturated.",
    "activations.caption": "Outputs of each layer on a sample of the data. A cut bar bears its count.",
    "gradients": "Gradients",
    "gradients.ask": "Does learning reach every layer? Gradients that shrink from the last layer "
    "to the first are vanishing; gradients that grow are exploding.",
    "gradients.caption": "Gradient of the loss with respect to each layer's values. A cut bar bears "
    "its count.",
    "gradients.size": "Size of gradients by layer",
    "activations.size": "Size of activations by layer",
    "size.caption": "A line that stays within a factor of ten is healthy; one that falls or rises "
    "steadily is not.",
    "mean": "mean {mean}",
    "spread": "std {std} · zeros {zeros}",
    "more_layers": "The other {count} layers",
    "network": "Network",
    "network.ask": "What was trained, and where do its parameters sit? Follow the shapes from row "
    "to row; B is the batch.",
    "network.caption": "Layers with the shapes of one batch and their number of parameters.",
    "layer": "Layer",
    "type": "Type",
    "input": "Input",
    "output": "Output",
    "parameters": "Parameters",
    "total": "Total",
    "repeat": "Data and settings",
    "repeat.ask": "What would it take to get these numbers again? The same command, data and "
    "versions: the seed fixes the rest.",
    "data": "Data",
    "name": "Name",
    "source": "Source",
    "licence": "Licence",
    "sha256": "SHA-256",
    "parts": "Examples",
    "note": "Note",
    "settings": "Settings",
    "versions": "Versions",
    "column.epoch": "Epoch",
    "column.learning_rate": "Learning rate",
    "column.seconds": "Seconds",
    "yes": "yes",
    "no": "no",
    **worth_words.EN,
}


def words(lang: str) -> Mapping[str, str]:
    """Return the texts of one language.

    Errors: ArgumentError for any other than "en" and "ja".

    >>> from denpa.report.words import words
    >>> words("ja")["confusion"]
    '混同行列'
    """
    return {**table(_EN, lang, "report"), "gap": "" if lang == "ja" else " "}
