"""Text for files that spreadsheets open."""

from __future__ import annotations

_STARTS = tuple("=+-@\t\r\n＝＋－＠|%")  # wide letters are as good as narrow ones to some


def cell(value: object) -> object:
    """A value for a CSV file that no spreadsheet takes for a formula.

    A text that begins as a formula does gets a quotation mark before it, as OWASP recommends (*CSV
    Injection*). Numbers stay, and so does a text that is one.

    >>> cell("=cmd|' /C calc'!A0"), cell("-1.5"), cell(-1.5), cell("a=b")
    ("'=cmd|' /C calc'!A0", '-1.5', -1.5, 'a=b')
    """
    # Marks before it count as part of it, so that two texts never become one.
    if isinstance(value, str) and value.lstrip("'").startswith(_STARTS) and not _number(value):
        return f"'{value}"
    return value


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
