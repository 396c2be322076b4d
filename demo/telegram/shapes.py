"""Shapes of the Bot API: users, chats and messages as JSON objects that a bot library expects."""

from typing import TYPE_CHECKING, Any

from demo.telegram.cast import Person
from demo.telegram.entities import Entity
from demo.telegram.files import File
from demo.telegram.rooms import Message, Room

if TYPE_CHECKING:
    from demo.telegram.world import World

Shape = dict[str, Any]
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
    "can_pin_messages", "can_manage_topics", "can_send_welcome_messages",
)  # fmt: skip


def user(world: "World", person_id: int) -> Shape:
    if person_id == world.bot_id:
        return bot(world)
    person: Person = world.cast.by_id[person_id]
    shape: Shape = {"id": person.id, "is_bot": False, "first_name": person.name, "language_code": person.language}
    return shape | {"username": person.username} if person.username else shape


def bot(world: "World") -> Shape:
    cast = world.cast
    return {"id": world.bot_id, "is_bot": True, "first_name": cast.bot_name, "username": cast.bot_username}


def chat(world: "World", room: Room) -> Shape:
    if room.private:
        person = user(world, room.id)
        named = {key: person[key] for key in ("first_name", "username") if key in person}
        return {"id": room.id, "type": "private"} | named
    shape: Shape = {"id": room.id, "type": "supergroup", "title": room.title}
    return shape | {"is_forum": True} if room.forum else shape


def file(stored: File) -> Shape:
    return {"file_id": stored.id, "file_unique_id": f"u{stored.id}", "file_size": stored.size}


def _photo(stored: File) -> list[Shape]:
    return [file(stored) | {"width": stored.width, "height": stored.height}]


def _document(stored: File) -> Shape:
    return file(stored) | {"file_name": stored.name, "mime_type": stored.mime}


def entity(world: "World", found: Entity) -> Shape:
    if found["type"] != "text_mention":
        return found
    person_id = found["user_id"]
    known = person_id in world.cast.by_id
    someone = user(world, person_id) if known else {"id": person_id, "is_bot": False, "first_name": "?"}
    return {key: value for key, value in found.items() if key != "user_id"} | {"user": someone}


def keyboard(said: Message) -> Shape:
    return {"reply_markup": {"inline_keyboard": [list(row) for row in said.keyboard]}} if said.keyboard else {}


def message(world: "World", said: Message, *, with_reply: bool = True) -> Shape:
    """Return a message as Telegram tells it; a quoted message stands inside, without its own quote."""
    room = world.rooms[said.chat_id]
    shape: Shape = {"message_id": said.id, "date": int(said.date.timestamp()), "chat": chat(world, room)}
    if said.anonymous:
        shape |= {"from": ANONYMOUS, "sender_chat": chat(world, room)}
    else:
        shape["from"] = user(world, said.sender)
    if said.thread_id is not None:
        shape |= {"message_thread_id": said.thread_id, "is_topic_message": True}
    if with_reply and (quoted := _quoted(world, room, said)):
        shape["reply_to_message"] = quoted
    if said.edited:
        shape["edit_date"] = int(said.edited.timestamp())
    if said.via_bot:
        shape["via_bot"] = bot(world)
    if said.protected:
        shape["has_protected_content"] = True
    return shape | _content(world, said) | keyboard(said) | _service(world, room, said)


def _quoted(world: "World", room: Room, said: Message) -> Shape | None:
    """Return the message replied to; in a topic, for want of one, the message that opened the topic."""
    if said.reply_to in room.messages:
        return message(world, room.messages[said.reply_to], with_reply=False)
    topic = room.topics.get(said.thread_id or 0)
    if said.reply_to is not None or topic is None:
        return None
    opening = Message(
        id=topic.id,
        chat_id=room.id,
        sender=next(iter(room.members), world.bot_id),
        date=said.date,
        thread_id=topic.id,
        service={"forum_topic_created": {"name": topic.title, "icon_color": 7322096}},
    )
    return message(world, opening, with_reply=False)


def _content(world: "World", said: Message) -> Shape:
    entities = [entity(world, found) for found in said.body.entities]
    if said.file is None:
        return _text("text", "entities", said.body.text, entities)
    carried = {"photo": _photo(said.photo)} if said.photo else {"document": _document(said.file)}
    return carried | _text("caption", "caption_entities", said.body.text, entities)


def _text(name: str, marks: str, text: str, entities: list[Shape]) -> Shape:
    if not text:
        return {}
    return {name: text, marks: entities} if entities else {name: text}


def _service(world: "World", room: Room, said: Message) -> Shape:
    service = dict(said.service)
    for key in ("new_chat_members", "left_chat_member"):
        if key in service:
            people = service[key]
            service[key] = [user(world, one) for one in people] if isinstance(people, list) else user(world, people)
    if "pinned_message" in service:
        found = room.messages.get(service.pop("pinned_message"))
        service |= {"pinned_message": message(world, found, with_reply=False)} if found else {}
    return service


def member(world: "World", person_id: int, status: str) -> Shape:
    shape: Shape = {"user": user(world, person_id), "status": status}
    match status:
        case "administrator":
            return shape | {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(RIGHTS, True)
        case "creator":
            return shape | {"is_anonymous": False}
        case "kicked":
            return shape | {"until_date": 0}
    return shape
