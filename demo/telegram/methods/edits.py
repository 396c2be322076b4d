"""Methods that change or remove what was said."""

from datetime import timedelta
from typing import Any

from demo.telegram import shapes
from demo.telegram.errors import bad
from demo.telegram.methods import common
from demo.telegram.parameters import Parameters
from demo.telegram.rooms import Message, Room
from demo.telegram.world import World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
DELETABLE = timedelta(hours=48)
MOST_DELETED = 100
REACTIONS = set(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡"
)


def edit_message_text(world: World, parameters: Parameters) -> Any:
    said = common.own_message(world, parameters, act="edit")
    body = common.text(parameters)
    if said.file:
        raise bad("there is no text in the message to edit")
    return _changed(world, said, body=body, keyboard=common.keyboard(parameters))


def edit_message_caption(world: World, parameters: Parameters) -> Any:
    said = common.own_message(world, parameters, act="edit")
    body = common.caption(parameters)
    if not said.file:
        raise bad("there is no caption in the message to edit")
    return _changed(world, said, body=body, keyboard=common.keyboard(parameters))


def edit_message_reply_markup(world: World, parameters: Parameters) -> Any:
    said = common.own_message(world, parameters, act="edit")
    return _changed(world, said, keyboard=common.keyboard(parameters))


def edit_message_media(world: World, parameters: Parameters) -> Any:
    said = common.own_message(world, parameters, act="edit")
    media = parameters.object("media")
    if not isinstance(media, dict) or media.get("type") not in {"photo", "document"}:
        raise bad("can't parse InputMedia: unsupported type specified")
    inner = Parameters(media | {"media": media.get("media")}, parameters.files)
    photo = media["type"] == "photo"
    stored = common.upload(world, inner, "media", photo=photo)
    return _changed(
        world,
        said,
        body=common.caption(inner),
        keyboard=common.keyboard(parameters),
        photo=stored if photo else None,
        document=None if photo else stored,
    )


def _changed(world: World, said: Message, **changes: Any) -> shapes.Shape:
    if all(getattr(said, name) == value for name, value in changes.items()):
        raise bad(NOT_MODIFIED)
    only_buttons = set(changes) == {"keyboard"}
    edited = said.edited if only_buttons else world.now()
    return shapes.message(world, world.change(said, edited=edited, **changes))


def delete_message(world: World, parameters: Parameters) -> Any:
    room = common.open_room(world, parameters)
    number = parameters.number("message_id")
    if number is None:
        raise bad("message identifier is not specified")
    if number not in room.messages:
        raise bad("message to delete not found")
    _delete(world, room, room.messages[number])
    return True


def delete_messages(world: World, parameters: Parameters) -> Any:
    """Delete what is there of the messages named; missing ones are passed over."""
    room = common.open_room(world, parameters)
    numbers = parameters.object("message_ids")
    if not isinstance(numbers, list) or not all(isinstance(number, int) for number in numbers):
        raise bad("can't parse message identifiers: expected an Array of Integer")
    if not 1 <= len(numbers) <= MOST_DELETED:
        raise bad("message identifiers are not specified")
    for said in [room.messages[number] for number in numbers if number in room.messages]:
        _delete(world, room, said)
    return True


def _delete(world: World, room: Room, said: Message) -> None:
    others = said.sender != world.bot_id
    if room.private and world.now() - said.date > DELETABLE:
        raise bad("message can't be deleted for everyone")
    if not room.private and others and room.bot != "administrator":
        raise bad("message can't be deleted")
    world.delete(said)


def set_message_reaction(world: World, parameters: Parameters) -> Any:
    room = common.open_room(world, parameters)
    number = parameters.number("message_id")
    if number not in room.messages:
        raise bad("message to react not found")
    reactions = parameters.object("reaction") or []
    if not isinstance(reactions, list) or len(reactions) > 1:
        raise bad("REACTIONS_TOO_MANY")
    emoji = tuple(str(reaction.get("emoji", "")) for reaction in reactions if isinstance(reaction, dict))
    if not set(emoji) <= REACTIONS | {f"{one}\ufe0f" for one in REACTIONS}:
        raise bad("REACTION_INVALID")
    world.change(room.messages[number], reactions=emoji)
    return True
