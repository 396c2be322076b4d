"""What several methods share: the room they write to, the text they carry, the message they mean."""

from typing import Any

from demo.telegram import words
from demo.telegram.entities import Formatted, units
from demo.telegram.errors import bad
from demo.telegram.files import File
from demo.telegram.keyboards import Keyboard, inline_keyboard
from demo.telegram.parameters import Parameters
from demo.telegram.rooms import Message, Room
from demo.telegram.world import World

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_SOURCE = 16_384
"""Longer than this, Telegram does not even parse."""


def open_room(world: World, parameters: Parameters) -> Room:
    """Return the chat that a call writes to; refuse when the bot may not."""
    if parameters.chat_id is None and parameters.text("chat_id"):
        raise bad("chat not found")
    room = world.room(parameters.chat_id)
    room.require_bot()
    return room


def text(parameters: Parameters) -> Formatted:
    body = _formatted(parameters, "text", "entities")
    if not body.text:
        raise bad("message text is empty")
    if units(body.text) > MAX_TEXT:
        raise bad("message is too long")
    return body


def caption(parameters: Parameters) -> Formatted:
    body = _formatted(parameters, "caption", "caption_entities")
    if units(body.text) > MAX_CAPTION:
        raise bad("message caption is too long")
    return body


def _formatted(parameters: Parameters, name: str, marks: str) -> Formatted:
    source = parameters.text(name)
    if len(source) > MAX_SOURCE:
        raise bad("message is too long" if name == "text" else "message caption is too long")
    return words.formatted(source, parse_mode=parameters.text("parse_mode"), entities=parameters.object(marks))


def keyboard(parameters: Parameters) -> Keyboard:
    return inline_keyboard(parameters.object("reply_markup"))


def reply_to(room: Room, parameters: Parameters) -> int | None:
    """Return the message replied to; one that is gone is refused unless the call allows for it."""
    reply: Any = parameters.object("reply_parameters") or {}
    if not isinstance(reply, dict):
        raise bad("can't parse ReplyParameters: expected an Object")
    number = Parameters(reply).number("message_id") or parameters.number("reply_to_message_id")
    if number is None or number in room.messages:
        return number
    allowed = parameters.flag("allow_sending_without_reply") or reply.get("allow_sending_without_reply") is True
    if allowed:
        return None
    raise bad("message to be replied not found")


def thread(room: Room, parameters: Parameters, replied: int | None) -> int | None:
    """Return the topic to write in: the one named, else that of the message replied to."""
    named = parameters.number("message_thread_id")
    room.require_topic(named)
    if named is None and replied is not None:
        return room.messages[replied].thread_id
    return named


def upload(world: World, parameters: Parameters, name: str, *, photo: bool = False) -> File:
    """Return the file of a call: sent along, attached by name, or one that is known already."""
    value = parameters.text(name)
    key = value.removeprefix("attach://") if value.startswith("attach://") else name
    if key in parameters.files:
        sent = parameters.files[key]
        return world.files.photo(sent.content) if photo else world.files.document(sent.name, sent.content)
    if not value:
        raise bad(f"there is no {name} in the request")
    if value.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    if value.startswith("attach://"):
        raise bad("attached file not found")
    known = world.files.get(value)
    if photo and not known.width:
        raise bad("can't use file of type Document as Photo")
    return known


def own_message(world: World, parameters: Parameters, *, act: str) -> Message:
    """Return the bot's own message that a call wants to edit."""
    if parameters.text("inline_message_id"):
        raise bad("MESSAGE_ID_INVALID")
    room = open_room(world, parameters)
    number = parameters.number("message_id")
    if number is None:
        raise bad("message identifier is not specified")
    if number not in room.messages:
        raise bad(f"message to {act} not found")
    said = room.messages[number]
    if said.sender != world.bot_id or said.service:
        raise bad(f"message can't be {act}ed")
    return said
