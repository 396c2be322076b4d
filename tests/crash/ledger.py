"""Judges the embedded Bot API's ledger: who was told what, how often, and whether repetitions carry their mark."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

NUMBER = re.compile(r"Авария №(\d+)")
MARK = "возможен повтор"
PLAIN, MARKED = "plain", "marked"

What = Literal["card", "reply"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One message of ours that Telegram accepted."""

    chat: int
    incident: int
    what: What
    marked: bool
    message: int

    @property
    def key(self) -> tuple[int, int, What]:
        return self.chat, self.incident, self.what

    @property
    def look(self) -> str:
        return MARKED if self.marked else PLAIN


def tellings(calls: Iterable[Mapping[str, Any]]) -> list[Telling]:
    """Return every new message about an incident that took effect, in order."""
    return [told for call in calls if call["method"] == "sendMessage" and call["accepted"] and (told := _telling(call))]


def _telling(call: Mapping[str, Any]) -> Telling | None:
    text = str(call["parameters"]["text"])
    number = NUMBER.search(text)
    if number is None:
        return None
    return Telling(
        chat=call["chat_id"],
        incident=int(number[1]),
        what="reply" if call["parameters"].get("reply_parameters") else "card",
        marked=MARK in text.lower(),
        message=call["message_id"],
    )


def by_subject(told: Iterable[Telling]) -> dict[tuple[int, int, What], list[str]]:
    """Return how each thing was told to each chat: ``["plain"]``, ``["plain", "marked"]``…"""
    found: defaultdict[tuple[int, int, What], list[str]] = defaultdict(list)
    for one in told:
        found[one.key].append(one.look)
    return dict(found)


def told_twice(told: Iterable[Telling]) -> list[str]:
    """Return what a chat heard more than once without the mark."""
    return [
        f"chat {chat}, incident {incident}: the {what} came {looks}"
        for (chat, incident, what), looks in by_subject(told).items()
        if any(look is PLAIN for look in looks[1:])
    ]


def shown(calls: Iterable[Mapping[str, Any]], chat: int, message: int) -> str:
    """Return the text that a message shows after all edits."""
    text = ""
    for call in calls:
        if not call["accepted"] or call["chat_id"] != chat:
            continue
        edited = call["method"] == "editMessageText" and int(call["parameters"]["message_id"]) == message
        if edited or (call["method"] == "sendMessage" and call["message_id"] == message):
            text = str(call["parameters"]["text"])
    return text


def readable(calls: Iterable[Mapping[str, Any]]) -> str:
    """Return the ledger as a test's failure should show it."""
    lines = []
    for call in calls:
        text = json.dumps(call["parameters"].get("text", ""), ensure_ascii=False)[:160]
        lines.append(
            f"{call['number']} {call['method']} {call['chat_id']}/{call['message_id']} {call['verdict']} {text}"
        )
    return "\n".join(lines)
