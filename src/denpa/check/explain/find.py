"""Which mistakes are meant by a word or two: by their names, titles and descriptions, in English
and in Japanese, with spelling mistakes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from denpa.check.explain.entries import MistakeExplanation
from denpa.words import translated

_WORD = re.compile(r"[a-z0-9+']+|[^\x00-\x7f]+")
_SMALL = {"a", "an", "the", "of", "in", "is", "not", "no", "to", "and", "or", "for", "with", "it"}
_NAME, _TITLE, _SAID = 16, 8, 2  # what a word is worth where it stands
_NEAR = 0.78  # of a word that is spelt wrong


def find(query: str, entries: Mapping[str, MistakeExplanation]) -> list[str]:
    """The names of the entries that are meant, likeliest first; none where no word is known.

    >>> from denpa.check.explain.entries import ENTRIES
    >>> find("bias", ENTRIES)[0], find("bais not sumed", ENTRIES)[0]
    ('bias-not-summed', 'bias-not-summed')
    """
    words = [w for w in _WORD.findall(query.lower()) if w not in _SMALL]
    places = {name: _places(name, entry) for name, entry in entries.items()}
    known = {w for heaps in places.values() for heap in heaps for w in heap if w.isascii()}
    scores: dict[str, float] = {}
    for word in words:
        meant = [word] if _is_known(word, known) else get_close_matches(word, known, 3, _NEAR)
        for name, heaps in places.items():
            worth = max((_worth(w, heaps) for w in meant), default=0.0)
            if worth:
                scores[name] = scores.get(name, 0.0) + worth
    order = list(entries)
    return sorted(scores, key=lambda n: (-scores[n], order.index(n)))


def _places(name: str, entry: MistakeExplanation) -> tuple[set[str], set[str], set[str]]:
    """The words of the name, of the titles, and of all the rest; Japanese as whole texts."""
    titles = f"{entry.title} {translated(entry.title, 'ja')}"
    rest = [entry.formula, entry.wrong, entry.right]
    for text in (entry.example, entry.training, entry.recognise):
        rest += [text, translated(text, "ja")]
    heaps = (name, titles, " ".join(rest))
    first, second, third = (set(_WORD.findall(heap.lower())) for heap in heaps)
    return first, second, third


def _is_known(word: str, known: set[str]) -> bool:
    return not word.isascii() or any(k.startswith(word) for k in known)


def _worth(word: str, heaps: tuple[set[str], ...]) -> float:
    """What a word is worth to an entry: the most where the name has it, whole."""
    for heap, worth in zip(heaps, (_NAME, _TITLE, _SAID), strict=True):
        if word in heap:
            return worth + 1.0
        inside = any(
            (k.startswith(word) and len(word) > 2) if word.isascii() else word in k for k in heap
        )
        if inside:
            return float(worth)
    return 0.0
