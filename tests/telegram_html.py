"""Judges messages, stricter than Telegram: tags known, closed in order, nothing nested where it must not be."""

from __future__ import annotations

import re
from html import unescape

from checks.buttons import parse
from checks.model import Button, Message

TAGS = {"b", "i", "u", "s", "code", "pre", "blockquote", "a", "tg-spoiler"}
OPENING = re.compile(
    r"<(b|i|u|s|code|pre|tg-spoiler|blockquote|blockquote expandable)>|<a href=\"(?:https?://[^\"<>]*|tg://user\?id=\d+)\">"
)
CLOSING = re.compile(r"</([a-z-]+)>")
ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-f]+);")
TELEGRAM_LIMIT = 4_096
ENTITY_LIMIT = 100
ODD = re.compile(
    r"[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def check_html(text: str) -> str:
    """Return the words without markup; AssertionError where Telegram would refuse or misread them."""
    open_tags: list[str] = []
    words: list[str] = []
    place = entities = 0
    while place < len(text):
        letter = text[place]
        if letter == "<":
            opening, closing = OPENING.match(text, place), CLOSING.match(text, place)
            assert opening or closing, f"a bare < at {place}: {text[place : place + 40]!r}"
            if opening:
                name = opening[0].strip("<>").split()[0]
                assert not {"code", "pre"} & set(open_tags), f"{name} inside {open_tags}"
                assert not (name in {"code", "pre"} and {"b", "i", "u", "s"} & set(open_tags)), f"{name} in {open_tags}"
                assert name not in open_tags, f"{name} inside itself"
                open_tags.append(name)
                entities += 1
            else:
                assert closing
                assert open_tags, f"</{closing[1]}> closes nothing"
                assert open_tags.pop() == closing[1]
            place = (opening or closing).end()  # type: ignore[union-attr]
        elif letter == "&":
            entity = ENTITY.match(text, place)
            assert entity, f"a bare & at {place}: {text[place : place + 40]!r}"
            words.append(unescape(entity[0]))
            place = entity.end()
        else:
            words.append(letter)
            place += 1
    assert not open_tags, f"left open: {open_tags}"
    assert entities <= ENTITY_LIMIT, f"{entities} entities"
    said = "".join(words)
    assert said.strip() == said, "blanks at the ends"
    assert said, "nothing said"
    assert utf16(said) <= TELEGRAM_LIMIT
    assert not ODD.search(said), f"invisible characters: {ODD.search(said)}"
    return said


def check_button(button: Button) -> None:
    assert button.text.strip(), "a button without words"
    assert utf16(button.text) <= 64
    assert [button.data, button.url, button.copy].count(None) == 2, f"not exactly one purpose: {button}"
    if button.data is not None:
        assert len(button.data.encode()) <= 64
        assert parse(button.data), f"nobody can read {button.data!r}"
    if button.copy is not None:
        assert 1 <= utf16(button.copy) <= 256
    if button.url is not None:
        assert re.fullmatch(r"(?i)https?://[^\s<>\"]+", button.url)


def check_message(message: Message) -> str:
    """Judge a whole message; returns its words without markup."""
    assert sum(len(row) for row in message.buttons) <= 100
    for row in message.buttons:
        assert 1 <= len(row) <= 8
        for button in row:
            check_button(button)
    return check_html(message.text)
