"""Methods that put something new into a chat, and the one that fetches a file from it."""

from typing import Any

from demo.telegram import shapes
from demo.telegram.entities import Formatted
from demo.telegram.errors import bad
from demo.telegram.files import MAX_DOWNLOAD, File
from demo.telegram.methods import common
from demo.telegram.parameters import Parameters
from demo.telegram.rooms import Room
from demo.telegram.world import World


def send_message(world: World, parameters: Parameters) -> Any:
    room = common.open_room(world, parameters)
    return _send(world, room, parameters, common.text(parameters))


def send_photo(world: World, parameters: Parameters) -> Any:
    room = common.open_room(world, parameters)
    caption = common.caption(parameters)
    return _send(world, room, parameters, caption, photo=common.upload(world, parameters, "photo", photo=True))


def send_document(world: World, parameters: Parameters) -> Any:
    room = common.open_room(world, parameters)
    caption = common.caption(parameters)
    return _send(world, room, parameters, caption, document=common.upload(world, parameters, "document"))


def copy_message(world: World, parameters: Parameters) -> Any:
    room = common.open_room(world, parameters)
    source = world.room(parameters.number("from_chat_id"))
    number = parameters.number("message_id")
    if number not in source.messages:
        raise bad("message to copy not found")
    copied = source.messages[number]
    if copied.service:
        raise bad("message can't be copied")
    sent = _send(world, room, parameters, copied.body, photo=copied.photo, document=copied.document)
    return {"message_id": sent["message_id"]}


def get_file(world: World, parameters: Parameters) -> Any:
    stored = world.files.get(parameters.text("file_id"))
    if stored.size > MAX_DOWNLOAD:
        raise bad("file is too big")
    return shapes.file(stored) | {"file_path": stored.path}


def _send(
    world: World,
    room: Room,
    parameters: Parameters,
    body: Formatted,
    *,
    photo: File | None = None,
    document: File | None = None,
) -> shapes.Shape:
    replied = common.reply_to(room, parameters)
    said = world.post(
        room,
        sender=world.bot_id,
        body=body,
        keyboard=common.keyboard(parameters),
        photo=photo,
        document=document,
        thread_id=common.thread(room, parameters, replied),
        reply_to=replied,
        silent=parameters.flag("disable_notification"),
        protected=parameters.flag("protect_content"),
    )
    return shapes.message(world, said)
