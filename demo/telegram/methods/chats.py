"""Methods about the bot itself, chats, their members, topics and pins."""

from typing import Any

from demo.telegram import shapes
from demo.telegram.errors import bad
from demo.telegram.methods import common
from demo.telegram.parameters import Parameters
from demo.telegram.rooms import Room
from demo.telegram.world import World

ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip
MAX_TOPIC_TITLE = 128
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def get_me(world: World, parameters: Parameters) -> Any:
    del parameters
    return shapes.bot(world) | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "has_main_web_app": False,
    }


def get_chat(world: World, parameters: Parameters) -> Any:
    room = common.open_room(world, parameters)
    pinned = [room.messages[number] for number in room.pinned if number in room.messages]
    last = {"pinned_message": shapes.message(world, pinned[-1], with_reply=False)} if pinned else {}
    full = {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }
    return shapes.chat(world, room) | full | last


def get_chat_member(world: World, parameters: Parameters) -> Any:
    room = common.open_room(world, parameters)
    person = parameters.number("user_id")
    if person == world.bot_id:
        return shapes.member(world, world.bot_id, room.bot)
    if person not in world.cast.by_id:
        raise bad("invalid user_id specified" if person is None else "PARTICIPANT_ID_INVALID")
    return shapes.member(world, person, room.members.get(person, "left"))


def get_chat_administrators(world: World, parameters: Parameters) -> Any:
    room = _group(world, parameters)
    people = [person for person, status in room.members.items() if status in {"administrator", "creator"}]
    everybody = [*people, *([world.bot_id] if room.bot == "administrator" else [])]
    return [shapes.member(world, one, room.members.get(one, room.bot)) for one in everybody]


def get_chat_member_count(world: World, parameters: Parameters) -> Any:
    room = common.open_room(world, parameters)
    return 1 + sum(room.has(person) for person in room.members)


def leave_chat(world: World, parameters: Parameters) -> Any:
    room = _group(world, parameters, "chat can't be left: private chats can't be left")
    world.set_bot(room, "left", world.bot_id)
    return True


def create_forum_topic(world: World, parameters: Parameters) -> Any:
    room = _group(world, parameters, "the chat is not a forum")
    if not room.forum:
        raise bad("the chat is not a forum")
    room.require_admin("not enough rights to create a topic")
    title = parameters.text("name").strip()
    if not 1 <= len(title) <= MAX_TOPIC_TITLE:
        raise bad("TOPIC_TITLE_INVALID" if title else "topic name must be non-empty")
    topic = world.add_topic(room, title, world.bot_id)
    return {"message_thread_id": topic.id, "name": topic.title, "icon_color": 7322096}


def pin_chat_message(world: World, parameters: Parameters) -> Any:
    room = common.open_room(world, parameters)
    room.require_admin("not enough rights to manage pinned messages in the chat")
    number = parameters.number("message_id")
    if number is None or number not in room.messages:
        raise bad("message to pin not found")
    if room.messages[number].service:
        raise bad("message can't be pinned")
    if number not in room.pinned:
        world.pin(room, [*room.pinned, number])
        said = room.messages[number]
        silent = parameters.flag("disable_notification")
        service = {"pinned_message": number}
        world.post(room, sender=world.bot_id, thread_id=said.thread_id, silent=silent, service=service)
    return True


def unpin_chat_message(world: World, parameters: Parameters) -> Any:
    """Unpin the message named, or the latest pinned one."""
    room = common.open_room(world, parameters)
    room.require_admin("not enough rights to manage pinned messages in the chat")
    number = parameters.number("message_id") or (room.pinned[-1] if room.pinned else None)
    if number is None or number not in room.messages:
        raise bad("message to unpin not found")
    world.pin(room, [pinned for pinned in room.pinned if pinned != number])
    return True


def unpin_all_chat_messages(world: World, parameters: Parameters) -> Any:
    room = common.open_room(world, parameters)
    room.require_admin("not enough rights to manage pinned messages in the chat")
    world.pin(room, [])
    return True


def send_chat_action(world: World, parameters: Parameters) -> Any:
    room = common.open_room(world, parameters)
    room.require_topic(parameters.number("message_thread_id"))
    if parameters.text("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    world.events.publish("typing", chat_id=room.id, thread_id=parameters.number("message_thread_id"))
    return True


def _group(
    world: World, parameters: Parameters, otherwise: str = "there are no administrators in the private chat"
) -> Room:
    room = common.open_room(world, parameters)
    if room.private:
        raise bad(otherwise)
    return room
