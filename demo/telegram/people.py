"""What people do in the embedded chat: write, send files, press buttons, search, come and go."""

from demo.telegram import shapes, words
from demo.telegram.cast import Person
from demo.telegram.entities import Formatted, units
from demo.telegram.errors import bad
from demo.telegram.keyboards import Keyboard
from demo.telegram.queries import Query
from demo.telegram.rooms import GENERAL, Message, Room
from demo.telegram.world import World

MAX_TEXT = 4096


def present(world: World, chat_id: int, user_id: int) -> tuple[Room, Person]:
    """Return the chat and the person in it, or say who is missing."""
    room, person = world.room(chat_id), world.person(user_id)
    if not room.has(person.id):
        raise bad(f"{person.name} is not in this chat")
    if room.migrated_to is not None:
        raise bad(f"this chat has moved to {room.migrated_to}")
    return room, person


def say(
    world: World,
    *,
    chat_id: int,
    user_id: int,
    text: str = "",
    document: tuple[str, bytes] | None = None,
    thread_id: int | None = None,
    reply_to: int | None = None,
    anonymous: bool = False,
) -> Message:
    """Put a person's message into a chat and give it to the bot."""
    room, person = present(world, chat_id, user_id)
    body = words.typed(text)
    if not body.text and document is None:
        raise bad("message text is empty")
    if units(body.text) > MAX_TEXT:
        raise bad("message is too long")
    if reply_to is not None and reply_to not in room.messages:
        raise bad("message to be replied not found")
    thread = None if thread_id == GENERAL else thread_id
    room.require_topic(thread)
    if room.private:
        _start(world, room, person)
    said = world.post(
        room,
        sender=person.id,
        body=body,
        document=world.files.document(*document) if document else None,
        thread_id=thread,
        reply_to=reply_to,
        anonymous=anonymous and room.members[person.id] in {"administrator", "creator"},
    )
    world.tell(said)
    return said


def _start(world: World, room: Room, person: Person) -> None:
    """Whoever writes to a bot has started it, or lets it write again."""
    if room.bot in {"new", "kicked"}:
        world.set_bot(room, "member", person.id)


def edit(world: World, *, chat_id: int, user_id: int, message_id: int, text: str) -> Message:
    room, person = present(world, chat_id, user_id)
    said = room.messages.get(message_id)
    if said is None or said.sender != person.id or said.service:
        raise bad("message can't be edited")
    body: Formatted = words.typed(text)
    if not body.text:
        raise bad("message text is empty")
    changed = world.change(said, body=body, edited=world.now())
    world.tell(changed, "edited_message")
    return changed


def press(world: World, *, chat_id: int, user_id: int, message_id: int, data: str) -> Query:
    """Ask the bot what a button says; the answer comes into the returned query."""
    room, person = present(world, chat_id, user_id)
    if message_id not in room.messages:
        raise bad("message not found")
    query = world.queries.ask(world.now())
    payload = {
        "id": query.id,
        "from": shapes.user(world, person.id),
        "message": shapes.message(world, room.messages[message_id]),
        "chat_instance": str(room.id),
        "data": data,
    }
    world.updates.add("callback_query", payload)
    return query


def search(world: World, *, user_id: int, text: str) -> Query:
    person = world.person(user_id)
    query = world.queries.ask(world.now())
    payload = {"id": query.id, "from": shapes.user(world, person.id), "query": text, "offset": ""}
    world.updates.add("inline_query", payload | {"chat_type": "private"})
    return query


def choose(
    world: World, *, chat_id: int, user_id: int, thread_id: int | None, body: Formatted, keyboard: Keyboard
) -> Message:
    """Put what the bot found into a chat, as the person's own message."""
    room, person = present(world, chat_id, user_id)
    if thread_id is not None and thread_id not in room.topics:
        raise bad("message thread not found")
    said = world.post(room, sender=person.id, body=body, keyboard=keyboard, thread_id=thread_id, via_bot=True)
    world.tell(said)
    return said


def membership(world: World, *, chat_id: int, user_id: int, who: int, status: str) -> None:
    """Let a person, or the bot, join, leave, rise or be thrown out; ``user_id`` is who does it."""
    room = world.room(chat_id)
    world.person(user_id)
    if who == world.bot_id:
        world.set_bot(room, status, user_id)
    else:
        world.person(who)
        world.set_member(room, who, status, user_id)
