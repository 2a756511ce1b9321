"""The picture of a pass in a notebook, to be clicked: a widget of anywidget, an extra of Denpa."""

from __future__ import annotations

import json
import sys
from functools import cache
from importlib.util import find_spec
from typing import Any

from denpa.report.explanation import widget_script
from denpa.report.explanation_words import texts
from denpa.words import spoken


@cache
def widget_class() -> Any:
    """The class `ExplanationWidget`, made when it is first wanted: anywidget is an extra.

    Its traits are texts: `record` and `texts` as JSON, and `lang`, None for the browser's.

    Errors: ImportError where anywidget is not installed; `pip install "denpa[notebook]"`.
    """
    import anywidget
    import traitlets

    class ExplanationWidget(anywidget.AnyWidget):
        """A pass that can be gone through, opened and derived from in a notebook's cell."""

        _esm = widget_script()
        record = traitlets.Unicode().tag(sync=True)
        texts = traitlets.Unicode().tag(sync=True)
        lang = traitlets.Unicode(None, allow_none=True).tag(sync=True)

    return ExplanationWidget


def live() -> bool:
    """Whether somebody can click: a kernel runs this, and anywidget is installed.

    Without a kernel there is nobody to send the picture to: Python and IPython in a terminal, a
    script, a test.
    """
    shell = sys.modules.get("IPython")  # what is not loaded does not run this
    running = None if shell is None else shell.get_ipython()
    return getattr(running, "kernel", None) is not None and find_spec("anywidget") is not None


def bundle(explanation: Any) -> dict[str, Any]:
    """What a notebook may choose from: the picture to be clicked, a table without script, a text.

    The first is there only where it can be shown (`live`), and lives as long as the kernel, unless
    the notebook saves the state of widgets; a front end that does not know widgets takes the table.

    >>> import denpa as dp
    >>> x = dp.tensor(2.0, requires_grad=True)
    >>> sorted(bundle(dp.explain(x * x)))
    ['text/html', 'text/plain']
    """
    static = {"text/plain": repr(explanation), "text/html": explanation._repr_html_()}
    if not live():
        return static
    record = explanation.to_dict()
    language = record.get("language") or (None if spoken() == "en" else spoken())
    widget = widget_class()(
        record=json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":")),
        texts=json.dumps(texts(), ensure_ascii=False, separators=(",", ":")),
        lang=language,
    )
    shown: Any = widget._repr_mimebundle_()
    data = shown[0] if isinstance(shown, tuple) else shown
    return {**static, **{k: v for k, v in data.items() if k not in static}}
