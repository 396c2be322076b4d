"""What Telegram does to every text: cleans it, trims it and finds commands, links and names in it."""

import json
import re
from typing import Any

from demo.telegram.entities import Entity, Formatted, parse_html, units
from demo.telegram.errors import bad

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\u2028-\u202e]")
FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"']+[^\s<>\"'.,:;!?)\]»])"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w/@])(?P<mention>@[A-Za-z]\w{3,31})\b"
    r"|(?<![\w/<>@:.])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<![\w#])(?P<hashtag>#\w*[^\W\d_]\w*)"
    r"|(?<![\w+])(?P<phone_number>\+\d(?:[ ()-]{0,2}\d){9,13})(?!\w)"
    r"|(?<![\w@/.-])(?P<domain>(?:[\w-]+\.)+(?:ru|com|net|org|su|info|biz|рф|io|me|dev)\b(?:/[^\s<>\"']*)?)",
)
OPAQUE = {"code", "pre", "text_link", "text_mention"}


def formatted(text: str, *, parse_mode: str, entities: Any = None) -> Formatted:
    """Read a text as a bot sends it: parsed, cleaned, trimmed, with automatic links."""
    match parse_mode.lower():
        case "html":
            parsed = parse_html(text.replace("\r", ""))
        case "" | "none":
            parsed = Formatted(text.replace("\r", ""), tuple(_explicit(entities)))
        case _:
            raise bad("unsupported parse_mode")
    return with_links(trimmed(Formatted(CONTROL.sub(" ", parsed.text), parsed.entities)))


def typed(text: str) -> Formatted:
    """Read a text as a person types it: no markup."""
    return formatted(text, parse_mode="")


def _explicit(entities: Any) -> list[Entity]:
    if not entities:
        return []
    if not isinstance(entities, list):
        raise bad("can't parse entities: expected an Array of MessageEntity")
    return [_entity(given) for given in entities]


def _entity(given: Any) -> Entity:
    fits = isinstance(given, dict) and isinstance(given.get("type"), str)
    if not fits or not all(isinstance(given.get(name), int) for name in ("offset", "length")):
        raise bad(f"can't parse entities: can't parse MessageEntity {json.dumps(given)[:100]}")
    if given["type"] != "text_mention":
        return dict(given)
    user = given.get("user")
    if not isinstance(user, dict) or not isinstance(user.get("id"), int):
        raise bad("can't parse entities: can't find field \"user\"")
    return {"type": "text_mention", "offset": given["offset"], "length": given["length"], "user_id": user["id"]}


def trimmed(message: Formatted) -> Formatted:
    """Cut blank ends off; what is marked moves along and shrinks with the text."""
    start = units(message.text) - units(message.text.lstrip())
    text = message.text.strip()
    end = units(text)
    kept = []
    for entity in message.entities:
        first = max(entity["offset"] - start, 0)
        last = min(entity["offset"] + entity["length"] - start, end)
        if last > first:
            kept.append(entity | {"offset": first, "length": last - first})
    return Formatted(text, tuple(kept))


def with_links(message: Formatted) -> Formatted:
    """Add what clients make tappable by themselves, never inside code or links."""
    closed = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in message.entities
        if entity["type"] in OPAQUE
    ]
    found: list[Entity] = []
    for match in FOUND.finditer(message.text):
        kind = (match.lastgroup or "").replace("domain", "url")
        offset = units(message.text[: match.start()])
        length = units(match[0])
        if not any(offset < last and first < offset + length for first, last in closed):
            found.append({"type": kind, "offset": offset, "length": length})
    entities = sorted((*message.entities, *found), key=lambda entity: (entity["offset"], -entity["length"]))
    return Formatted(message.text, tuple(entities))
