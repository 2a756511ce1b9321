"""What the faces of objects in notebooks say."""

from __future__ import annotations

from collections.abc import Mapping

from denpa.words import spoken, table

_EN = {
    # tensors
    "numbers": "values",
    "gradient": "gradient",
    "made": "made by {op}",
    "scalar": "a single number",
    "empty": "empty: no numbers",
    "least": "min",
    "most": "max",
    "mean": "mean",
    "of_finite": "of the {count} finite ones",
    "nan": "{count} NaN",
    "infinite": "{count} infinite",
    "true": "{count} of {total} are True",
    "huge": "too many numbers to draw",
    "heat": "heat map: {least} to {most}",
    "signs": "negative numbers carry a dash",
    "blocks": "a cell is the largest of {rows} × {columns} numbers",
    "lines": "read line by line, {columns} in a line",
    "tiles": "{down} × {across} tiles of the last two dimensions",
    "unknown": "grey: NaN",
    # networks
    "layer": "layer",
    "class": "class",
    "shapes": "parameters",
    "count": "number",
    "total": "all",
    "parameters": "{count} parameters",
    "parameter": "1 parameter",
    "trainable": "{count} of them are trained",
    "training": "training mode",
    "evaluation": "evaluation mode",
    "shared": "shared parameters are counted once in the sum",
    "left_out": "… {count} more …",
    # training
    "no_epoch": "no epoch has ended yet",
    "running": "running",
    "finished": "finished",
    "stopped": "stopped early",
    "interrupted": "interrupted",
    "diverged": "diverged",
    "epochs": "{count} epochs",
    "one_epoch": "1 epoch",
    "best": "best {metric}: epoch {epoch}",
    "best_mark": "best",
    "constant": "a constant answer",
    "falling": "{column} still falling at the end: train longer",
    "members": "{count} members",
    "report": "report",
    "folder": "folder",
    # graphs
    "value": "value",
    "equation": "equation",
    "shape": "shape",
    "line": "line",
    "input": "input",
    "constant_value": "constant",
    "equations": "{count} equations",
    "one_equation": "1 equation",
    "results": "results: {names}",
    "backward": "backward of {name}",
}


def words() -> Mapping[str, str]:
    """The texts in the language that is spoken."""
    return table(_EN, spoken(), "faces")
