"""Rooms and messages of the embedded chat: frozen messages inside rooms that remember them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from demo.telegram.cast import Topic
from demo.telegram.entities import NOTHING, Formatted
from demo.telegram.errors import bad, forbidden
from demo.telegram.files import File
from demo.telegram.keyboards import Keyboard

GENERAL = 1
"""Number of the General topic: it exists, but no message may be sent to it by number."""
KEPT = 5_000
INSIDE = {"member", "administrator", "creator"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message; ``body`` is its text, or its caption when it carries a file."""

    id: int
    chat_id: int
    sender: int
    date: datetime
    body: Formatted = NOTHING
    keyboard: Keyboard = ()
    photo: File | None = None
    document: File | None = None
    thread_id: int | None = None
    reply_to: int | None = None
    silent: bool = False
    protected: bool = False
    anonymous: bool = False
    via_bot: bool = False
    """Written with the bot's inline mode."""
    edited: datetime | None = None
    reactions: tuple[str, ...] = ()
    service: Mapping[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> File | None:
        return self.photo or self.document


@dataclass(slots=True)
class Room:
    """A private chat with the bot or a supergroup, with everything said in it."""

    id: int
    title: str
    members: dict[int, str]
    private: bool = False
    bot: str = "administrator"
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    migrated_to: int | None = None

    @property
    def forum(self) -> bool:
        return bool(self.topics)

    def has(self, person: int) -> bool:
        return self.members.get(person) in INSIDE

    def keep(self, message: Message) -> None:
        self.messages[message.id] = message
        if len(self.messages) > KEPT:
            del self.messages[next(iter(self.messages))]

    def require_bot(self) -> None:
        """Refuse as Telegram does when the bot may not speak here."""
        if self.migrated_to is not None:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=self.migrated_to)
        match self.bot:
            case "new":
                raise forbidden("bot can't initiate conversation with a user")
            case "kicked" if self.private:
                raise forbidden("bot was blocked by the user")
            case "kicked":
                raise forbidden("bot was kicked from the supergroup chat")
            case "left":
                raise forbidden("bot is not a member of the supergroup chat")

    def require_admin(self, reason: str) -> None:
        if not self.private and self.bot != "administrator":
            raise bad(reason)

    def require_topic(self, thread_id: int | None) -> None:
        if thread_id is not None and thread_id not in self.topics:
            raise bad("message thread not found")
