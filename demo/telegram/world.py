"""Everything the embedded Telegram remembers, and the few acts that change it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from demo.telegram import shapes
from demo.telegram.cast import Cast, Group, Person, Topic
from demo.telegram.entities import NOTHING, Formatted
from demo.telegram.errors import bad
from demo.telegram.events import Events
from demo.telegram.faults import Faults
from demo.telegram.files import File, Files
from demo.telegram.keyboards import Keyboard
from demo.telegram.ledger import Ledger
from demo.telegram.limits import Flood
from demo.telegram.menus import Menus
from demo.telegram.queries import Queries
from demo.telegram.rooms import Message, Room
from demo.telegram.updates import Updates

NUMBERS_FROM = datetime(2020, 1, 1, tzinfo=UTC)
FALLBACK_BOT_ID = 1000


class World:
    """One bot, its people and chats.

    Numbers of messages and updates go on from the seconds since 2020, so that after a restart of the server no number
    that a bot has remembered ever names something else.
    """

    def __init__(self, *, cast: Cast, now: Callable[[], datetime], token: str, limits: bool) -> None:
        self.cast = cast
        self.now = now
        self.token = token
        number = token.partition(":")[0]
        self.bot_id = int(number) if number.isdecimal() else FALLBACK_BOT_ID
        start = max(int((now() - NUMBERS_FROM).total_seconds()), 0)
        self.numbers = count(start + 1)
        self.rooms: dict[int, Room] = {room.id: room for room in _rooms(cast)}
        self.updates = Updates(next_id=start + 1)
        self.files = Files(prefix=f"f{start}")
        self.queries = Queries(prefix=f"{start}")
        self.found: dict[int, list[dict[str, Any]]] = {}
        """By person, what the bot found for the last words typed after its name."""
        self.menus = Menus()
        self.flood = Flood(enforced=limits)
        self.faults = Faults()
        self.ledger = Ledger()
        self.events = Events()

    def room(self, chat_id: int | None) -> Room:
        """Return a chat that the bot may name, or refuse as Telegram does."""
        if chat_id is None:
            raise bad("chat_id is empty")
        if chat_id not in self.rooms:
            raise bad("chat not found")
        return self.rooms[chat_id]

    def person(self, person_id: int) -> Person:
        if person_id not in self.cast.by_id:
            raise bad("user not found")
        return self.cast.by_id[person_id]

    def post(
        self,
        room: Room,
        *,
        sender: int,
        body: Formatted = NOTHING,
        keyboard: Keyboard = (),
        photo: File | None = None,
        document: File | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
        silent: bool = False,
        protected: bool = False,
        anonymous: bool = False,
        via_bot: bool = False,
        service: Mapping[str, Any] | None = None,
    ) -> Message:
        """Put a message into a chat and show it to everybody."""
        said = Message(
            id=next(self.numbers),
            chat_id=room.id,
            sender=sender,
            date=self.now(),
            body=body,
            keyboard=keyboard,
            photo=photo,
            document=document,
            thread_id=thread_id,
            reply_to=reply_to,
            silent=silent,
            protected=protected,
            anonymous=anonymous,
            via_bot=via_bot,
            service=service or {},
        )
        room.keep(said)
        self.events.publish("message", chat_id=room.id, message_id=said.id)
        return said

    def change(self, said: Message, **changes: Any) -> Message:
        changed = replace(said, **changes)
        self.rooms[said.chat_id].messages[said.id] = changed
        self.events.publish("message", chat_id=said.chat_id, message_id=said.id)
        return changed

    def delete(self, said: Message) -> None:
        room = self.rooms[said.chat_id]
        del room.messages[said.id]
        if said.id in room.pinned:
            room.pinned.remove(said.id)
        self.events.publish("deleted", chat_id=said.chat_id, message_id=said.id)

    def pin(self, room: Room, pinned: list[int]) -> None:
        room.pinned = pinned
        self.events.publish("pinned", chat_id=room.id)

    def tell(self, said: Message, kind: str = "message") -> None:
        """Give the bot an update about a message, if it may see it."""
        if self._visible(said):
            self.updates.add(kind, shapes.message(self, said))

    def _visible(self, said: Message) -> bool:
        """Tell whether the bot sees it: no administrator sees only commands, replies to it and its name."""
        room = self.rooms[said.chat_id]
        if room.bot not in {"member", "administrator"}:
            return False
        replied = room.messages.get(said.reply_to or 0)
        to_bot = replied is not None and replied.sender == self.bot_id
        named = f"@{self.cast.bot_username}" in said.body.text
        command = said.body.text.startswith("/")
        return room.private or room.bot == "administrator" or command or named or to_bot or bool(said.service)

    def set_bot(self, room: Room, status: str, by: int) -> None:
        """Change what the bot is in a chat and tell it, as ``my_chat_member`` does."""
        old, room.bot = room.bot, status
        if old != status and room.migrated_to is None:
            self.updates.add("my_chat_member", self._membership(room, by, self.bot_id, old, status))
        self.events.publish("state")

    def set_member(self, room: Room, person_id: int, status: str, by: int) -> None:
        """Let a person join, leave, rise or be thrown out, with the message that groups show then."""
        old, room.members[person_id] = room.members.get(person_id, "left"), status
        if old == status:
            return
        if not room.has(person_id):
            self.tell(self.post(room, sender=by, service={"left_chat_member": person_id}))
        elif old in {"left", "kicked"}:
            self.tell(self.post(room, sender=by, service={"new_chat_members": [person_id]}))
        self.updates.add("chat_member", self._membership(room, by, person_id, old, status))
        self.events.publish("state")

    def _membership(self, room: Room, by: int, who: int, old: str, new: str) -> dict[str, Any]:
        return {
            "chat": shapes.chat(self, room),
            "from": shapes.user(self, by),
            "date": int(self.now().timestamp()),
            "old_chat_member": shapes.member(self, who, _told_status(old)),
            "new_chat_member": shapes.member(self, who, _told_status(new)),
        }

    def migrate(self, room: Room) -> Room:
        """Move a group to a new id; nothing said before can be reached under the new one."""
        heir = Room(
            id=room.id - 10_000_000,
            title=room.title,
            members=dict(room.members),
            bot=room.bot,
            topics=dict(room.topics),
        )
        self.rooms[heir.id] = heir
        sender = next(iter(room.members), self.bot_id)
        self.tell(self.post(room, sender=sender, service={"migrate_to_chat_id": heir.id}))
        room.migrated_to = heir.id
        self.tell(self.post(heir, sender=sender, service={"migrate_from_chat_id": room.id}))
        self.events.publish("state")
        return heir

    def add_topic(self, room: Room, title: str, by: int) -> Topic:
        opening = self.post(room, sender=by)
        topic = Topic(id=opening.id, title=title)
        room.topics[topic.id] = topic
        service = {"forum_topic_created": {"name": title, "icon_color": 7322096}}
        self.change(opening, thread_id=topic.id, service=service)
        self.events.publish("state")
        return topic


def _told_status(status: str) -> str:
    return "left" if status == "new" else status


def _rooms(cast: Cast) -> list[Room]:
    return [*(_group(group) for group in cast.groups), *(_private(person) for person in cast.people)]


def _group(group: Group) -> Room:
    members = {member: "administrator" if member in group.admins else "member" for member in group.members}
    topics = {topic.id: topic for topic in group.topics}
    return Room(id=group.id, title=group.title, members=members, bot=group.bot, topics=topics)


def _private(person: Person) -> Room:
    status = "member" if person.started else "new"
    return Room(id=person.id, title=person.name, members={person.id: "member"}, private=True, bot=status)
