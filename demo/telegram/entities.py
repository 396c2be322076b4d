"""Reads message HTML exactly as strictly as Telegram: a wrong tag is a refusal that names its byte offset."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from demo.telegram.errors import Refusal, bad

TYPES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "s": "strikethrough", "strike": "strikethrough",
    "del": "strikethrough", "u": "underline", "ins": "underline", "tg-spoiler": "spoiler", "span": "spoiler",
    "pre": "pre", "code": "code", "blockquote": "blockquote", "a": "text_link", "tg-emoji": "custom_emoji",
}  # fmt: skip
SPACES = " \t\r\n\v\0"
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]{1,8})|#([0-9]{1,9})|(lt|gt|amp|quot)(?![A-Za-z]));?")
USER_LINK = re.compile(r"tg://user/?\?id=(\d+)")

Entity = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Formatted:
    """Text without markup and what is marked in it; offsets and lengths count UTF-16 units."""

    text: str
    entities: tuple[Entity, ...] = ()


NOTHING = Formatted("")


def units(text: str) -> int:
    """Length as Telegram counts it: in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def parse_html(source: str) -> Formatted:
    return _Parser(source).parse()


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    order: int


@dataclass(slots=True)
class _Parser:
    source: str
    at: int = 0
    offset: int = 0
    out: list[str] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    found: list[tuple[int, int, Entity]] = field(default_factory=list)
    opened: int = 0

    def parse(self) -> Formatted:
        while self.at < len(self.source):
            if self.source[self.at] != "<":
                self._put(self._character())
            elif self._peek(1) == "/":
                self._close()
            else:
                self._open()
        if self.stack:
            raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{self.stack[-1].tag}\"")
        found = sorted(self.found, key=lambda item: (item[0], -item[2]["length"], item[1]))
        return Formatted("".join(self.out), tuple(_without_language_twice([entity for _, _, entity in found])))

    def _peek(self, ahead: int = 0) -> str:
        position = self.at + ahead
        return self.source[position] if position < len(self.source) else "\0"

    def _put(self, character: str) -> None:
        self.out.append(character)
        self.offset += units(character)

    def _character(self) -> str:
        """Take one character, a decoded reference if one stands here."""
        match = CHARACTER.match(self.source, self.at) if self.source[self.at] == "&" else None
        decoded = _decode(match) if match else ""
        if match and decoded:
            self.at = match.end()
            return decoded
        self.at += 1
        return self.source[self.at - 1]

    def _error(self, what: str, position: int, more: str = "") -> Refusal:
        byte = len(self.source[:position].encode())
        return bad(f"can't parse entities: {what} at byte offset {byte}{more}")

    def _until(self, stops: str) -> str:
        start = self.at
        while self.at < len(self.source) and self.source[self.at] not in stops:
            self.at += 1
        return self.source[start : self.at]

    def _skip_spaces(self) -> None:
        while self.at < len(self.source) and self.source[self.at] in SPACES:
            self.at += 1

    def _open(self) -> None:
        begin = self.at
        self.at += 1
        tag = self._until(SPACES + ">").lower()
        if self.at >= len(self.source):
            raise self._error("Unclosed start tag", begin)
        if tag not in TYPES:
            raise self._error(f'Unsupported start tag "{tag}"', begin)
        argument = ""
        while True:
            self._skip_spaces()
            if self.at >= len(self.source):
                raise self._error(f'Unclosed start tag "{tag}"', begin)
            if self.source[self.at] == ">":
                break
            argument = _argument(tag, *self._attribute(tag, begin)) or argument
        self.at += 1
        if tag == "span" and argument != "spoiler":
            raise self._error('Tag "span" must have class "tg-spoiler"', begin)
        self.opened += 1
        self.stack.append(_Open(tag, argument, self.offset, self.opened))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name = self._until(SPACES + "=>/\"'")
        if not name:
            raise self._error(f'Empty attribute name in the tag "{tag}"', begin)
        self._skip_spaces()
        if self._peek() != "=":
            return name.lower(), ""
        self.at += 1
        self._skip_spaces()
        if self.at >= len(self.source):
            raise self._error(f'Unclosed start tag "{tag}"', begin)
        return name.lower(), self._quoted(tag, begin) if self._peek() in "\"'" else self._token()

    def _token(self) -> str:
        start = self.at
        while self._peek().isascii() and (self._peek().isalnum() or self._peek() in ".-"):
            self.at += 1
        if self._peek() not in SPACES + ">":
            raise self._error("Unexpected end of name token", start)
        return self.source[start : self.at].lower()

    def _quoted(self, tag: str, begin: int) -> str:
        quote = self.source[self.at]
        self.at += 1
        value = []
        while self.at < len(self.source) and self.source[self.at] != quote:
            value.append(self._character())
        if self.at >= len(self.source):
            raise self._error(f'Unclosed start tag "{tag}"', begin)
        self.at += 1
        return "".join(value)

    def _close(self) -> None:
        begin = self.at
        if not self.stack:
            raise self._error("Unexpected end tag", begin)
        self.at += 2
        name = self._until(SPACES + ">")
        self._skip_spaces()
        if self._peek() != ">":
            raise self._error("Unclosed end tag", begin)
        self.at += 1
        last = self.stack.pop()
        if name and name.lower() != last.tag:
            raise self._error("Unmatched end tag", begin, f', expected "</{last.tag}>", found "</{name}>"')
        self._found(last)

    def _found(self, opened: _Open) -> None:
        length = self.offset - opened.offset
        entity = _entity(opened, length) if length else None
        if entity is not None:
            self.found.append((opened.offset, opened.order, entity))


def _without_language_twice(entities: list[Entity]) -> list[Entity]:
    """``<pre><code class="language-…">`` is one block with a language; a language elsewhere means nothing."""
    kept: list[Entity] = []
    for entity in entities:
        language = entity.pop("language", None) if entity["type"] == "code" else None
        block = kept[-1] if kept and kept[-1]["type"] == "pre" else None
        if language and block and (block["offset"], block["length"]) == (entity["offset"], entity["length"]):
            block["language"] = language
        else:
            kept.append(entity)
    return kept


def _decode(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        return NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    surrogate = 0xD800 <= code <= 0xDFFF  # noqa: PLR2004
    return "" if code == 0 or surrogate or code > 0x10FFFF else chr(code)  # noqa: PLR2004


def _argument(tag: str, name: str, value: str) -> str:
    """Return what an attribute means to its tag, "" when it means nothing."""
    match (tag, name):
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case ("code", "class") if value.startswith("language-"):
            return value.removeprefix("language-")
        case ("span", "class") if value.startswith("tg-"):
            return value.removeprefix("tg-")
        case ("blockquote", "expandable"):
            return "expandable"
    return ""


def _entity(opened: _Open, length: int) -> Entity | None:
    entity: Entity = {"type": TYPES[opened.tag], "offset": opened.offset, "length": length}
    match opened.tag:
        case "a":
            return _link(entity, opened.argument)
        case "tg-emoji":
            return entity | {"custom_emoji_id": opened.argument}
        case "code" if opened.argument:
            return entity | {"language": opened.argument}
        case "blockquote" if opened.argument:
            return entity | {"type": "expandable_blockquote"}
    return entity


def _link(entity: Entity, target: str) -> Entity | None:
    """Telegram drops a link that it would not open, and keeps its words."""
    if user := USER_LINK.fullmatch(target):
        return entity | {"type": "text_mention", "user_id": int(user[1])}
    checked = checked_url(target)
    return entity | {"url": checked} if checked else None


def checked_url(target: str) -> str:
    """Return the link as Telegram would open it, "" if it would not."""
    target = target.strip()
    try:
        parts = urlsplit(target if "://" in target else f"http://{target}")
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return ""
    if parts.scheme == "tg":
        return target
    host = parts.hostname or ""
    fine = parts.scheme in {"http", "https", "ton"} and port_is_fine and not any(c in SPACES for c in target)
    looks_like_host = "." in host.strip(".") or ":" in host
    if not (fine and looks_like_host):
        return ""
    return parts.geturl() if parts.path else parts._replace(path="/").geturl()
