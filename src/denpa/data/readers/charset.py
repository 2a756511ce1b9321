"""Which encoding text that is not UTF-8 may have: advice for an error, never a guess to read by."""

from __future__ import annotations

import codecs
import re

__all__ = ["encoding_advice", "wide_advice"]

_MARKS = {
    "UTF-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
    "UTF-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),  # UTF-32LE begins like UTF-16LE
}
_WIDE = ("UTF-32LE", "UTF-32BE", "UTF-16LE", "UTF-16BE")
_NARROW = ("cp932", "euc_jp", "cp1252", "utf-8")
for _name in (*_WIDE, *_NARROW):
    codecs.lookup(_name)  # imported now, not because of what stands in a file
_KANA = re.compile("[\u3040-\u30ff]")
_WESTERN = re.compile(r"(?<=[A-Za-z])[\u00c0-\u00ff]|[\u00c0-\u00ff](?=[A-Za-z])|[£°²³µ½¼«»]")


def encoding_advice(raw: bytes) -> str:
    """Return what to do about these bytes, naming the likeliest encoding or saying that it is open.

    >>> encoding_advice("名前,都市\\nカメラ,とうきょう\\n".encode("cp932"))
    'It looks like CP932 (Shift_JIS). Save it as UTF-8, for example with: iconv -f CP932 -t UTF-8.'
    >>> encoding_advice("name\\nRenée\\nMünchen\\n".encode("latin-1"))[:44]
    'It looks like Windows-1252 (Latin-1, Western'
    """
    if wide := wide_advice(raw):
        return wide
    likely = {}
    for name in ("cp932", "euc_jp"):
        text = _decoded(raw, name)
        if text is not None:
            likely[name] = _japanese(text)
    western = _decoded(raw, "cp1252")
    if western is not None:
        likely["cp1252"] = _share(_WESTERN, western)
    best = max(likely, key=lambda name: likely[name], default="")
    rivals = [n for n in likely if n != best and likely[n] > 0.7 * likely[best]]
    if not best or likely[best] < 0.3 or rivals:
        return (
            "Which encoding it has cannot be told for sure; try Windows-1252 (Western languages),"
            " CP932 or EUC-JP (Japanese). Save it as UTF-8, for example with: iconv -f WINDOWS-1252"
            " -t UTF-8."
        )
    shown, flag = {
        "cp932": ("CP932 (Shift_JIS)", "CP932"),
        "euc_jp": ("EUC-JP", "EUC-JP"),
        "cp1252": ("Windows-1252 (Latin-1, Western languages)", "WINDOWS-1252"),
    }[best]
    return _advice(f"It looks like {shown}", flag)


def wide_advice(raw: bytes) -> str:
    """Return what to do about UTF-16 or UTF-32, also without the mark of its order, or "".

    >>> wide_advice("a,b\\n1,2\\n".encode("utf-16-le"))[:55]
    'It looks like UTF-16LE. Save it as UTF-8, for example w'
    """
    for flag, marks in _MARKS.items():
        if raw.startswith(marks):
            return _advice(f"It looks like {flag} (as Excel's Unicode Text)", flag)
    best, most = "", 0
    zeros = raw.count(b"\0")
    if not zeros or (zeros < len(raw) / 4 and _decoded(raw, "utf-8") is not None):
        return ""
    for flag in _WIDE:
        text = _decoded(raw, flag)
        if text and all(c.isprintable() or c in "\t\r\n\u3000" for c in text):
            ascii_signs = sum(c.isascii() for c in text)  # separators, digits, ends of lines
            if ascii_signs > most:
                best, most = flag, ascii_signs
    return _advice(f"It looks like {best}", best) if best else ""


def _advice(what: str, flag: str) -> str:
    return f"{what}. Save it as UTF-8, for example with: iconv -f {flag} -t UTF-8."


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        # A sample may end in the middle of a character.
        return raw[: error.start].decode(encoding) if error.start > len(raw) - 4 else None


def _share(pattern: re.Pattern[str], text: str) -> float:
    """Return the share of the characters beyond ASCII that the pattern finds."""
    beyond = sum(not c.isascii() for c in text)
    return len(pattern.findall(text)) / beyond if beyond else 0.0


def _japanese(text: str) -> float:
    """Return the share of the characters beyond ASCII that Japanese text often has: kana, the
    first level of kanji, full-width signs, and half-width kana beside others."""
    beyond = [c for c in text if not c.isascii()]
    good: float = sum(
        bool(_KANA.match(c)) or "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uff5e" or _common(c)
        for c in beyond
    )
    # Two bytes of EUC-JP read as CP932 are two of these.
    good += 0.5 * sum(len(run) for run in re.findall("[\uff61-\uff9f]{2,}", text))
    return good / len(beyond) if beyond else 0.0


def _common(c: str) -> bool:
    """Whether a kanji is of the first level of JIS X 0208, rows 16 to 47."""
    code = c.encode("euc_jp", "ignore")
    return len(code) == 2 and 0xB0 <= code[0] <= 0xCF
