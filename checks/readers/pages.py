"""Read a page of an installation: its title, what it says about the installation, who really wrote it."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from checks.model import Mark

LONGEST: Final = 200
BEFORE: Final = 60
"""Characters of an excerpt that stand before the text found."""
DECLARED: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
DECLARED_WITHIN: Final = 2048
BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
CHARSETS: Final = frozenset(("utf-8", "cp1251", "koi8-r", "cp866", "utf-16", "utf-16-le", "utf-16-be", "iso8859-5"))
"""Codecs a page may choose; everything else (zip, rot13, idna, latin-1 that nobody means) is guessed instead."""

TAG: Final = re.compile(r"<[^<>]*>")
BLANKS: Final = re.compile(r"\s+")
WORD: Final = re.compile(r"[!-~]+")
HIDDEN: Final = {"<script": "</script", "<style": "</style", "<!--": "-->"}
HIDING: Final = re.compile("|".join(HIDDEN))

KODWEB: Final = ("www-kodeks", "kodweb")
OWN_WORDS: Final = ("техэксперт", "кодекс")
GATEWAY_STATUSES: Final = frozenset((502, 504, *range(520, 528)))
"""502 and 504 say so by definition; 520–527 are Cloudflare's."""
SIGNATURES: Final = (
    "<center>nginx",
    "<center>openresty",
    "<center>angie",
    "<address>apache",
    "welcome to nginx",
    "apache2 debian default page",
    "apache2 ubuntu default page",
    "<h1>it works!</h1>",
    "<title>iis windows",
    "no server is available to handle this request",
    "<center>cloudflare",
)
"""How the pages of proxies sign themselves, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one page said; every text is one clipped line."""

    title: str = ""
    marks: frozenset[Mark] = frozenset()
    excerpt: str = ""
    by_proxy: bool = False
    """The page was written by a reverse proxy, not by the server behind it."""
    by_kodweb: bool = False
    """Header or words of an installation."""


def read_page(
    body: bytes, *, content_type: str, server: str, status: int, url: str, texts: Mapping[Mark, tuple[str, ...]]
) -> Page:
    """Never raises, takes time in proportion to the page."""
    source = decode(body, content_type)
    lowered = source.lower()
    if len(lowered) != len(source):
        source = lowered  # a letter became two (İ): one text whose places agree with themselves
    kodweb = any(name in server.lower() for name in KODWEB)
    marks, excerpt = find(texts, source, f"{lowered}\n{url.lower()}")
    return Page(
        title=title_of(source, lowered),
        marks=marks,
        excerpt=excerpt,
        by_proxy=not kodweb and (status in GATEWAY_STATUSES or any(sign in lowered for sign in SIGNATURES)),
        by_kodweb=kodweb or any(word in lowered for word in OWN_WORDS),
    )


def decode(body: bytes, content_type: str) -> str:
    """By its mark, its header, its own word; else UTF-8 if it is that, else CP1251 as old pages are."""
    for bom, name in BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    declared = DECLARED.search(content_type.encode("latin-1", "replace")) or DECLARED.search(body[:DECLARED_WITHIN])
    if declared and (charset := _charset(declared[1].decode("ascii"))):
        return body.decode(charset, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        cut_off = error.start > len(body) - 4 and error.end == len(body)
        return body.decode("utf-8" if cut_off else "cp1251", "replace")


def _charset(name: str) -> str | None:
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return None
    return known if known in CHARSETS else None


def seen_by_people(source: str, lowered: str) -> str:
    """Return the text without scripts, comments and tags, blanks as one space."""
    kept, at = [], 0
    for opening in HIDING.finditer(lowered):
        if opening.start() < at:
            continue
        kept.append(source[at : opening.start()])
        end = lowered.find(HIDDEN[opening[0]], opening.end())
        if end < 0:
            at = len(source)
            break
        at = end + len("-->") if opening[0] == "<!--" else end
    kept.append(source[at:])
    return BLANKS.sub(" ", html.unescape(TAG.sub(" ", "".join(kept)))).strip()


def find(texts: Mapping[Mark, tuple[str, ...]], source: str, everywhere: str) -> tuple[frozenset[Mark], str]:
    """Return the marks whose text is there, and the surroundings of the first one.

    A phrase is for people and must be visible on the page. A single ASCII word (``toomanyusers``) is a name of the
    program's and may stand anywhere in the source or in the address: ``everywhere``, in lower case.
    """
    wanted = [(mark, " ".join(phrase.lower().split())) for mark, phrases in texts.items() for phrase in phrases]
    coded = "&#" in everywhere or "cy;" in everywhere
    possible = [(mark, phrase) for mark, phrase in wanted if phrase and _may_say(everywhere, phrase, coded=coded)]
    if not possible:
        return frozenset(), ""
    visible = seen_by_people(source, everywhere)
    lowered, marks, excerpt = visible.lower(), set(), ""
    for mark, phrase in possible:
        at = lowered.find(phrase)
        if at >= 0 or WORD.fullmatch(phrase):
            marks.add(mark)
            excerpt = excerpt or _around(visible, at)
    return frozenset(marks), excerpt


def _may_say(everywhere: str, phrase: str, *, coded: bool) -> bool:
    """Rule out most phrases cheaply: each word must stand in the source as it is, or be written in codes."""
    return (coded and not phrase.isascii()) or all(word in everywhere for word in phrase.split())


def _around(text: str, at: int) -> str:
    if at < 0:
        return ""
    start = max(0, at - BEFORE)
    if start and not text[start - 1].isspace():
        start = max(start, text.find(" ", start, at))
    return _line(text[start:])


def title_of(source: str, lowered: str) -> str:
    start = lowered.find("<title")
    begin = lowered.find(">", start) + 1 if start >= 0 else 0
    end = lowered.find("</title", begin) if begin else -1
    return _line(html.unescape(source[begin : min(end, begin + 10 * LONGEST)])) if end >= 0 else ""


def _line(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST]).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
