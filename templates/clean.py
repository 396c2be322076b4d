"""Makes hostile text harmless: no control characters, no tricks with direction, no endless fields."""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"
UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
MARKS_IN_A_ROW = 2
"""A letter with accents needs no more; towers of combining marks overflow into other lines."""
NEAR = 0.7
"""A word that ends within the last part of a cut text is where the cut is made."""
BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and symbols that look like nothing at all."""
LINKISH = re.compile(r"\w\.\w|://|[@#$]\w|(?<!\S)/\w", re.UNICODE)


def clean(text: str) -> str:
    """Return ``text`` on one line, without control, invisible, direction-changing and unassigned characters."""
    kept: list[str] = []
    marks = 0
    for letter in text:
        category = unicodedata.category(letter)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if letter.isspace() or category in {"Zl", "Zp"}:
            kept.append(" ")
        elif category not in UNWANTED and letter not in BLANKS and marks <= MARKS_IN_A_ROW:
            kept.append(letter)
    return " ".join("".join(kept).split())


def units(text: str) -> int:
    """Count UTF-16 units, as Telegram does."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def clip(text: str, most: int) -> str:
    """Shorten ``text`` to ``most`` UTF-16 units, after a whole word where one ends near; what was cut shows as «…»."""
    if units(text) <= most:
        return text
    room = most - units(ELLIPSIS)
    kept: list[str] = []
    for letter in text:
        room -= units(letter)
        if room < 0:
            break
        kept.append(letter)
    cut = "".join(kept)
    if not text[len(cut)].isspace():
        words = cut.rpartition(" ")[0]
        cut = words if len(words) > len(cut) * NEAR else cut
    return cut.rstrip() + ELLIPSIS


def looks_like_a_link(text: str) -> bool:
    """Whether a chat might make ``text`` tappable: a host, an address, a @name, a #tag, a /command."""
    return LINKISH.search(text) is not None
