"""The texts that say what a result is worth, in English and in Japanese."""

from __future__ import annotations

# ruff: noqa: E501  -- a Japanese letter counts as two columns, and texts are easier to compare unbroken

EN = {
    "worth.better": "better than the baseline",
    "worth.unclear": "better than the baseline, perhaps by chance",
    "worth.equal": "no better than the baseline",
    "worth.worse": "worse than the baseline",
    "worth.rows": "{count} rows",
    "worth.row": "1 row",
    "worth.classes": "The network is right in {right} of {rows} ({network}); always answering "
    "“{answer}”, the most frequent class in training, in {usual} ({constant}).",
    "worth.numbers": "The network's RMSE on {rows} is {network}; always predicting {answer}, the "
    "mean in training, has {constant}.",
    "worth.unit": "in standard units",
    "worth.unit_text": "Every loss is measured with the target in standard units: its mean is 0 there, "
    "and 1 is {unit}, its standard deviation in training. RMSE and mean absolute "
    "error are in the target's own unit.",
    "worth.on_val": "These rows chose the best epoch: a test part is fairer (--test 0.1).",
    "worth.on_train": "These rows were learnt by heart: only a test part tells (--test 0.1).",
    "worth.never": "never found: {names}",
    "worth.each": "class by class",
    "worth.lost": "“{name}”",
    "worth.lost_few": "“{name}” (none of only {rows})",
    "worth.class": "Of {rows} of “{name}”, {found} found; right in {found} of {answered} such answers.",
    "worth.class_never": "Of {rows} of “{name}”, none found; the network never gave this answer.",
    "worth.more": "The report has {count} more classes.",
    "worth.remedy": "what can be done",
    "worth.remedy_text": "More rows of the rare classes help most. denpa train cannot weight classes; "
    "in Python, nn.CrossEntropyLoss(weight=…) can.",
    "worth.threshold": "Or compare the column p({name}) of denpa predict with a threshold of your own, "
    "lower than one half: it helps if p is higher for true cases than for others.",
    "worth.comma": ", ",
    "worth.table": "Each class by itself: recall is found of all, precision is right of all such answers.",
    "worth.improving": "still improving",
    "worth.falling": "not at an end",
    "worth.surer": "the loss falls, the answers stay",
    "worth.settled": "settled",
    "worth.rising": "memorising",
    "worth.climbing": "the loss rises",
    "worth.unknown": "one epoch only",
    "worth.improving_text": "The {loss} was still falling at the end ({first} in epoch {start}, {last} in "
    "epoch {end}): train longer, with --epochs {more}.",
    "worth.falling_text": "The {loss} was still falling at the end ({first} in epoch {start}, {last} in "
    "epoch {end}). Whether a longer training (--epochs {more}) serves new data, "
    "validation rows would show (--validation 0.1).",
    "worth.surer_text": "The {loss} was still falling at the end ({first} in epoch {start}, {last} in epoch "
    "{end}), but the {accuracy} is no better than before ({before}, then {now}): a longer "
    "training would hardly change answers.",
    "worth.settled_text": "The {loss} was not clearly falling any more at the end: {first} in epoch {start}, "
    "the best of {epochs}, and {last} in the last.",
    "worth.settled_best_text": "The {loss} was not clearly falling any more at the end: the last of {epochs} "
    "epochs, with {last}, is the best, but not clearly better than those before.",
    "worth.rising_text": "The {loss} was best in epoch {start} of {epochs} ({first}) and has risen since "
    "({last} in the last) while the training loss fell: the network memorises. The "
    "weights of epoch {start} are kept; --patience N ends such a training N epochs "
    "after the best one.",
    "worth.climbing_text": "The {loss} was best in epoch {start} of {epochs} ({first}) and has risen since "
    "({last} in the last), and the training loss has not fallen: try smaller "
    "steps, with --lr.",
    "worth.climbing_alone_text": "The {loss} was best in epoch {start} of {epochs} ({first}) and has risen "
    "since ({last} in the last): try smaller steps, with --lr.",
    "worth.unknown_text": "Whether the {loss} still falls is not known after {epochs}: train longer, with "
    "--epochs {more}.",
    "worth.val_accuracy": "validation accuracy",
    "worth.train_accuracy": "training accuracy",
    "worth.val_loss": "validation loss",
    "worth.train_loss": "training loss",
    "worth.card": "baseline {value}",
}
