"""What tests and the page see of the world: people, chats, messages and buttons as JSON."""

from typing import Any

from demo.telegram import shapes
from demo.telegram.files import File
from demo.telegram.rooms import Message, Room
from demo.telegram.world import World

View = dict[str, Any]


def people(world: World) -> list[View]:
    return [
        {"id": one.id, "name": one.name, "role": one.role, "title": one.title, "language": one.language}
        for one in world.cast.people
    ]


def chats(world: World) -> list[View]:
    return [chat(world, room) for room in world.rooms.values() if room.migrated_to is None]


def chat(world: World, room: Room) -> View:
    last = next(reversed(room.messages.values()), None)
    return {
        "id": room.id,
        "title": room.title,
        "type": "private" if room.private else "supergroup",
        "members": [{"id": person, "status": status} for person, status in room.members.items()],
        "bot": room.bot,
        "topics": [{"id": topic.id, "title": topic.title} for topic in room.topics.values()],
        "pinned": room.pinned,
        "last": message(world, last) if last else None,
    }


def bot(world: World) -> View:
    return {"id": world.bot_id, "name": world.cast.bot_name, "username": world.cast.bot_username}


def messages(world: World, room: Room, *, last: int = 0) -> list[View]:
    """Return what was said, oldest first; with ``last`` only so many of the latest."""
    return [message(world, said) for said in list(room.messages.values())[-last:]]


def message(world: World, said: Message) -> View:
    room = world.rooms[said.chat_id]
    return {
        "message_id": said.id,
        "from": _sender(world, said),
        "date": int(said.date.timestamp()),
        "text": said.body.text,
        "entities": [shapes.entity(world, found) for found in said.body.entities],
        "buttons": [[button(one) for one in row] for row in said.keyboard],
        "edited": said.edited is not None,
        "edit_date": int(said.edited.timestamp()) if said.edited else None,
        "via": world.cast.bot_username if said.via_bot else None,
        "reply_to": said.reply_to,
        "thread_id": said.thread_id,
        "silent": said.silent,
        "pinned": said.id in room.pinned,
        "photo": _photo(said.photo) if said.photo else None,
        "document": _document(said.document) if said.document else None,
        "reactions": list(said.reactions),
        "service": _service(world, said),
    }


def _sender(world: World, said: Message) -> View:
    if said.anonymous:
        return {"id": said.chat_id, "is_bot": False, "name": world.rooms[said.chat_id].title}
    shape = shapes.user(world, said.sender)
    return {"id": shape["id"], "is_bot": shape["is_bot"], "name": shape["first_name"]}


def button(given: View) -> View:
    match given:
        case {"callback_data": data}:
            return {"text": given["text"], "data": data}
        case {"url": url}:
            return {"text": given["text"], "url": url}
        case {"copy_text": {"text": copied}}:
            return {"text": given["text"], "copy": copied}
    return {"text": given["text"], "inline": given.get("switch_inline_query_current_chat", "")}


def _photo(stored: File) -> View:
    return {"url": f"/sim/files/{stored.path}", "width": stored.width, "height": stored.height, "size": stored.size}


def _document(stored: File) -> View:
    return {"url": f"/sim/files/{stored.path}", "name": stored.name, "size": stored.size}


def _service(world: World, said: Message) -> str | None:
    """Return the line that stands in the middle of the chat, None for an ordinary message."""
    who = _sender(world, said)["name"]
    names = [shapes.user(world, one)["first_name"] for one in said.service.get("new_chat_members", [])]
    match dict(said.service):
        case {"pinned_message": number}:
            pinned = world.rooms[said.chat_id].messages.get(number)
            first = pinned.body.text.partition("\n")[0] if pinned else ""
            return f"{who}: закреплено сообщение «{first[:60]}»" if first else f"{who}: закреплено сообщение"
        case {"new_chat_members": _}:
            return f"Теперь в группе: {', '.join(names)}"
        case {"left_chat_member": person}:
            return f"Больше не в группе: {shapes.user(world, person)['first_name']}"
        case {"forum_topic_created": {"name": title}}:
            return f"{who}: новая тема «{title}»"
        case {"migrate_to_chat_id": _}:
            return "Группа переехала: у чата новый номер"
        case {"migrate_from_chat_id": _}:
            return "Группа переехала сюда, прежние сообщения остались в старом чате"
    return None
