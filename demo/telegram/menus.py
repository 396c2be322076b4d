"""The menu of commands per scope, role and language, and which of them a person sees."""

import re
from dataclasses import dataclass, field
from typing import Any

from demo.telegram.errors import bad
from demo.telegram.rooms import Room

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
MOST = 100
SCOPES = {
    "default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat", "chat_administrators",
    "chat_member",
}  # fmt: skip

Scope = tuple[str, int | None, int | None]
Commands = list[dict[str, str]]


def scope(value: Any) -> Scope:
    """Read a BotCommandScope; none given means the default one."""
    if not value:
        return ("default", None, None)
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    return (kind, _id(value, "chat_id"), _id(value, "user_id"))


def _id(value: dict[str, Any], name: str) -> int | None:
    try:
        return int(value[name]) if value.get(name) is not None else None
    except (TypeError, ValueError):
        raise bad("chat not found") from None


def commands(value: Any) -> Commands:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise bad("can't parse commands: expected an Array of BotCommand")
    if len(value) > MOST:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    found = [
        {"command": str(item.get("command", "")).removeprefix("/"), "description": str(item.get("description", ""))}
        for item in value
    ]
    for item in found:
        if not COMMAND.fullmatch(item["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(item["description"].strip()) <= 256:  # noqa: PLR2004
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return found


@dataclass(slots=True)
class Menus:
    lists: dict[tuple[Scope, str], Commands] = field(default_factory=dict)

    def seen_by(self, person_id: int, language: str, room: Room) -> Commands:
        """Return what a person sees in a chat: the narrowest scope that says anything."""
        for kind in _scopes(person_id, room):
            for tongue in (language, ""):
                if found := self.lists.get((kind, tongue)):
                    return found
        return []


def _scopes(person_id: int, room: Room) -> list[Scope]:
    if room.private:
        return [("chat", room.id, None), ("all_private_chats", None, None), ("default", None, None)]
    admin = room.members.get(person_id) in {"administrator", "creator"}
    return [
        ("chat_member", room.id, person_id),
        *([("chat_administrators", room.id, None)] if admin else []),
        ("chat", room.id, None),
        *([("all_chat_administrators", None, None)] if admin else []),
        ("all_group_chats", None, None),
        ("default", None, None),
    ]  # fmt: skip
