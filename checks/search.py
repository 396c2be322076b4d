"""Finds clients by what people type: part of a name, a typo, the wrong keyboard layout, Latin for Cyrillic."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from rapidfuzz import fuzz, process

from checks.estate import host_of
from checks.model import Client

MOST = 60
"""Hits beyond this are not worth ranking: the person has to type more."""
NEAR = 5
ALIKE = 75
"""Per cent: words that differ by less are taken for a typo."""
SUGGESTED = 55
SHORTEST_TYPO = 4
"""Shorter words are not corrected: everything is like them."""

CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё"
LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
TO_CYRILLIC = str.maketrans(LATIN, CYRILLIC)
TO_LATIN = str.maketrans(CYRILLIC, LATIN)
SOUNDS = str.maketrans(
    dict(
        zip(
            "абвгдежзийклмнопрстуфхцчшщъыьэюя",
            "a b v g d e zh z i i k l m n o p r s t u f h c ch sh sch _ y _ e u a".replace("_", "").split(" "),
            strict=True,
        )
    )
)
SPELLINGS = {
    "shch": "sch", "kh": "h", "ts": "c", "tz": "c", "ck": "k", "ph": "f", "yu": "u", "ju": "u", "iu": "u", "ya": "a",
    "ja": "a", "ia": "a", "yo": "e", "jo": "e", "ye": "e", "je": "e", "x": "ks", "w": "v", "j": "i", "y": "i", "q": "k",
}  # fmt: skip
SPELLED = re.compile("|".join(SPELLINGS))
TWICE = re.compile(r"([a-z])\1")
ODD = re.compile(r"[^\w.:-]+")
FORMS = frozenset("ооо оао зао пао ао ип нко фгуп фгбу гуп муп мку гбу ooo oao zao pao ao ip".split())  # noqa: SIM905
EXACT, BEGINNING, WORD, INSIDE, TYPO = 100, 90, 80, 60, 40


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first."""

    names: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    """Clients with a similar name, where nothing was found."""
    more: int = 0
    """How many hits were left out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One client as the search sees it, in sounds."""

    name: str
    label: str
    words: tuple[str, ...]
    whole: str
    exact: frozenset[str]


@dataclass(frozen=True, slots=True)
class Index:
    """All clients, prepared once a change of the lists."""

    entries: tuple[Entry, ...]
    words: Mapping[str, tuple[int, ...]] = field(repr=False)
    """Word → places of the entries that have it."""


def build(clients: Iterable[Client], addresses: Mapping[str, str] | None = None) -> Index:
    """Prepare clients for searching; ``addresses`` are direct addresses learnt beside the lists."""
    learned = addresses or {}
    entries = tuple(_entry(client, client.address or learned.get(client.name)) for client in clients)
    words: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        for word in set(entry.words):
            words.setdefault(word, []).append(place)
    return Index(entries, {word: tuple(places) for word, places in words.items()})


def find(index: Index, query: str, *, may_see: Callable[[str], bool] = lambda _name: True) -> Found:
    """Find what ``query`` means; of clients that ``may_see`` refuses nothing is said, not even that they are alike."""
    readings = [reading for reading in dict.fromkeys(_readings(query)) if reading]
    tried = chain((_hits(index, one) for one in readings), (_typos(index, one.split()) for one in readings))
    best = next((hits for hits in tried if hits), {})
    seen = [place for place in best if may_see(index.entries[place].name)]
    ranked = sorted(seen, key=lambda place: (-best[place], *_order(index.entries[place])))
    certain = [place for place in ranked if best[place] >= EXACT]
    chosen = certain if len(certain) == 1 else ranked
    names = tuple(index.entries[place].name for place in chosen[:MOST])
    return Found(names, () if names else _near(index, readings, may_see), max(0, len(chosen) - MOST))


def sounds(text: str) -> str:
    """Return ``text`` as it sounds, in Latin letters: «Ромашка», «romashka» and «Romashka» are one."""
    plain = ODD.sub(" ", text.casefold().replace("ё", "е"))
    latin = SPELLED.sub(lambda found: SPELLINGS[found[0]], plain.translate(SOUNDS))
    return TWICE.sub(r"\1", " ".join(latin.split()))


def _entry(client: Client, address: str | None) -> Entry:
    domain, host = _readable(host_of(client.domain) or ""), host_of(address) or ""
    title = " ".join(word for word in re.split(r"[\s\"«»“”,()]+", client.title) if word.casefold() not in FORMS)
    texts = [sounds(text) for text in (title, client.name, client.title, domain, host) if text]
    words = [word for text in texts for word in re.split(r"[\s.:_-]+", text) if word]
    return Entry(
        name=client.name,
        label=client.label,
        words=tuple(dict.fromkeys(words)),
        whole=" ".join(texts),
        exact=frozenset(texts),
    )


def _readable(host: str) -> str:
    """Return a host name as people read it: «щука.рф» for ``xn--…``."""
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def _readings(query: str) -> Iterable[str]:
    """Yield what may have been meant: as typed, and as the same keys say in the other layout."""
    text = query.strip()[:100].casefold()
    if "://" in text or "/" in text:
        text = host_of(text) or text
    yield sounds(text)
    bare = " ".join(word for word in text.split() if word.strip('"«»') not in FORMS)
    yield sounds(bare)
    yield sounds(bare.translate(TO_CYRILLIC))
    yield sounds(bare.translate(TO_LATIN))


def _hits(index: Index, reading: str) -> dict[int, float]:
    """Rank the entries that hold every word of the reading."""
    parts = reading.split()
    found: dict[int, float] = {}
    for place, entry in enumerate(index.entries):
        if parts[0] in entry.whole:
            score = _score(entry, reading, parts)
            if score:
                found[place] = score
    return found


def _score(entry: Entry, reading: str, parts: list[str]) -> float:
    if reading in entry.exact:
        return EXACT
    if any(text.startswith(reading) for text in entry.exact):
        return BEGINNING
    if all(any(word.startswith(part) for word in entry.words) for part in parts):
        return WORD
    return INSIDE if len(reading) > 1 and all(part in entry.whole for part in parts) else 0


def _typos(index: Index, parts: list[str]) -> dict[int, float]:
    """Rank the entries that have a word like every word typed."""
    found: dict[int, float] | None = None
    for part in parts:
        if len(part) < SHORTEST_TYPO:
            return {}
        alike = process.extract(part, index.words.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=MOST)
        here: dict[int, float] = {}
        for word, score, _ in alike:
            for place in index.words[word]:
                here[place] = max(here.get(place, 0), TYPO * score / 100)
        found = here if found is None else {place: min(found[place], here[place]) for place in found if place in here}
    return found or {}


def _order(entry: Entry) -> tuple[int, str]:
    return len(entry.label), entry.label.casefold()


def _near(index: Index, readings: list[str], may_see: Callable[[str], bool]) -> tuple[str, ...]:
    """Name the clients whose names are least unlike."""
    scores: dict[int, float] = {}
    for word in dict.fromkeys(part for reading in readings[:1] for part in (reading, *reading.split())):
        alike = process.extract(word, index.words.keys(), scorer=fuzz.ratio, score_cutoff=SUGGESTED, limit=MOST)
        for like, score, _ in alike:
            for place in index.words[like]:
                scores[place] = max(score, scores.get(place, 0))
    ranked = sorted(scores, key=lambda place: (-scores[place], *_order(index.entries[place])))
    return tuple(index.entries[place].name for place in ranked if may_see(index.entries[place].name))[:NEAR]
