"""Words: everything the bot says, as templates; the only home of Russian prose besides the catalogue.

``render`` turns facts into a message that Telegram takes whatever the facts hold: fields are cleaned and clipped before
they are escaped, rows that do not fit are dropped whole and told as a number, finished HTML is never cut.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from functools import cache, partial
from html import unescape
from pathlib import Path
from re import sub
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from checks.model import Message
from templates.clean import clean, clip, looks_like_a_link, units
from templates.deciding import DECIDING_WORDS
from templates.filters import FILTERS
from templates.keys import Keys, is_web_address
from templates.letters import STANDINGS
from templates.lists import LIST_WORDS
from templates.signals import SIGNAL_WORDS
from templates.words import WORDS

MOSCOW = ZoneInfo("Europe/Moscow")
LIMIT = 3_800
"""UTF-16 units of a message; Telegram's own limit is 4,096 after parsing."""
CAPTION_LIMIT = 1_000
"""The same under a picture or a file; Telegram's own limit is 1,024."""
ENTITY_LIMIT = 100
"""Marked passages of a message; Telegram forgets the marks of all that follow, and links appear there."""
COPY_LIMIT = 256
MOST_ROWS = 400
WIDTHS = (300, 100, 40, 16)
"""How long a single field may be; narrower only when nothing else is left to drop."""
UNKNOWN = "неизвестно"


def render(template: str, *, now: datetime, zone: tzinfo = MOSCOW, at_most: int = LIMIT, **facts: Any) -> Message:
    """Word ``facts`` by the template ``NAME.html.j2``, as seen at ``now`` by people of ``zone``.

    ``at_most`` UTF-16 units: less under a picture (``CAPTION_LIMIT``).

    Raises:
        jinja2.UndefinedError: the template asks for a fact that was not given.
        ValueError: not even without rows and with the shortest fields does it fit; a fault of the template.

    """
    known = {**facts, "now": now, "zone": zone}
    for width in WIDTHS:
        message = _roomiest(partial(_words, template, known, width), at_most)
        if _fits(message, at_most):
            return message
    raise ValueError(f"{template}: too long without a single row")


def phrase(template: str, *, now: datetime, zone: tzinfo = MOSCOW, limit: int = COPY_LIMIT, **facts: Any) -> str | None:
    """Word a plain text for people to copy by ``NAME.txt.j2``; None when it would not fit into ``limit`` units."""
    found = _environment(markup=False).get_template(f"{template}.txt.j2")
    text = " ".join(found.render(facts, now=now, zone=zone, room=MOST_ROWS, width=COPY_LIMIT).split())
    return text if units(text) <= limit else None


def script(template: str, **facts: str | int) -> str:
    """Word a file for another machine by ``NAME.j2``: nothing of it is clipped, tidied or escaped.

    The caller answers for the facts: whatever they are put into must take them literally.
    """
    return _scripts().get_template(f"{template}.j2").render(facts)


def unmarked(message: Message) -> str:
    """Return the same words without markup, for a chat that refuses the markup."""
    return unescape(sub(r"<[^>]*>", "", message.text))


def names() -> Iterator[str]:
    """Name every template of a message."""
    return (path.name.removesuffix(".html.j2") for path in sorted(_folder().glob("[!_]*.html.j2")))


def _roomiest(words: Callable[[int], Message], at_most: int) -> Message:
    """Return the message with as many rows as fit; with none at all when even that is too long."""
    whole = words(MOST_ROWS)
    if _fits(whole, at_most):
        return whole
    first_too_long = bisect_left(range(MOST_ROWS), True, key=lambda room: not _fits(words(room), at_most))
    return words(max(0, first_too_long - 1))


def _fits(message: Message, at_most: int) -> bool:
    return units(message.text) <= at_most and message.text.count("</") <= ENTITY_LIMIT


def _words(template: str, facts: dict[str, Any], width: int, room: int) -> Message:
    keys = Keys()
    found = _environment(markup=True).get_template(f"{template}.html.j2")
    text = found.render(facts, room=room, width=width, keys=keys.row, press=keys.press, link=keys.link, copy=keys.copy)
    return Message(text=_tidy(text), buttons=tuple(keys.rows))


def _tidy(text: str) -> str:
    """No blanks at the ends of lines nor two in a row, no two empty lines in a row, none at the ends."""
    lines = "\n".join(sub(" {2,}", " ", line).strip() for line in text.split("\n"))
    return sub(r"\n{3,}", "\n\n", lines.replace("\n</blockquote>", "</blockquote>")).strip()


def _folder() -> Path:
    return Path(__file__).parent


@cache
def _environment(*, markup: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_folder()),
        autoescape=markup,  # noqa: S701 - off for plain texts only, which go out without a parse mode
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_finalize,
    )
    environment.filters.update(FILTERS)
    environment.tests["pressable"] = is_web_address
    environment.tests["linkish"] = lambda text: looks_like_a_link(clean(text))
    environment.globals.update(WORDS)
    environment.globals.update(LIST_WORDS)
    environment.globals.update(SIGNAL_WORDS)
    environment.globals.update(DECIDING_WORDS, STANDINGS=STANDINGS)
    return environment


@cache
def _scripts() -> Environment:
    return Environment(
        loader=FileSystemLoader(_folder()),
        autoescape=False,  # noqa: S701 - plain files for other machines, facts are checked before
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


@pass_context
def _finalize(context: Context, value: Any) -> Any:
    """Every field passes here on its way into a message, before it is escaped."""
    if value is None:
        return UNKNOWN
    if isinstance(value, str) and not isinstance(value, Markup):
        if value.isspace():
            return " "
        before, after = " " * value[:1].isspace(), " " * value[-1:].isspace()
        return f"{before}{clip(clean(value), context['width'])}{after}"
    return value
