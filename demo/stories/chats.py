"""The chats of a story: an embedded Telegram that is spoken to directly, and a record of all that was said."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from checks.buttons import Press, parse
from demo.stories.script import MOSCOW, Presses, Says, ScriptError
from demo.telegram import people
from demo.telegram.cast import Cast
from demo.telegram.errors import Refusal
from demo.telegram.methods import BY_LOWER_NAME, COUNTED
from demo.telegram.parameters import Parameters, Upload
from demo.telegram.queries import Query
from demo.telegram.rooms import Message, Room
from demo.telegram.world import World

TOLD = {"sendMessage", "editMessageText", "sendPhoto", "editMessageCaption", "sendDocument"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something that appeared in a chat: by the bot (``by`` empty) or by a person."""

    at: datetime
    chat_id: int
    text: str
    by: str = ""
    edit: bool = False
    message_id: int = 0

    def as_json(self) -> dict[str, Any]:
        shown = {"at": self.at.astimezone(MOSCOW).isoformat(), "chat_id": self.chat_id, "text": self.text}
        return shown | {"by": self.by, "edit": self.edit, "message_id": self.message_id}


@dataclass(slots=True)
class Chats:
    """One story's Telegram."""

    cast: Cast
    token: str
    now: Callable[[], datetime]
    world: World = field(init=False)
    said: list[Said] = field(default_factory=list)
    done: list[Said] = field(default_factory=list)
    """What people did: their words and the buttons they pressed."""

    def __post_init__(self) -> None:
        self.world = World(cast=self.cast, now=self.now, token=self.token, limits=False)

    # ── the bot's side ────────────────────────────────────────────────────────────────────────────────────────

    async def call(
        self, name: str, values: Mapping[str, Any], files: Mapping[str, tuple[str, bytes]]
    ) -> tuple[int, str]:
        """Run a method of the Bot API; return the HTTP status and the JSON answer, as the real one would."""
        known, method = BY_LOWER_NAME.get(name.lower(), (name, None))
        if method is None:
            return _refused(Refusal(404, "Not Found: method not found"))
        parameters = Parameters(values, {key: Upload(*sent) for key, sent in files.items()})
        try:
            self._admit(known, parameters)
            result = method(self.world, parameters)
            result = await result if inspect.isawaitable(result) else result
        except Refusal as refusal:
            return _refused(refusal)
        if known in TOLD:
            self._remember(known, result)
        return 200, json.dumps({"ok": True, "result": result}, ensure_ascii=False)

    def _admit(self, method: str, parameters: Parameters) -> None:
        room = self.world.rooms.get(parameters.chat_id or 0)
        if room is not None and method in COUNTED:
            self.world.flood.admit(room.id, group=not room.private, now=self.now())

    def _remember(self, method: str, shape: Mapping[str, Any]) -> None:
        chat, number = shape["chat"]["id"], shape["message_id"]
        text = self.world.rooms[chat].messages[number].body.text
        edit = method.startswith("edit")
        self.said.append(Said(at=self.now(), chat_id=chat, text=text, edit=edit, message_id=number))

    def updates(self) -> list[dict[str, Any]]:
        """Take the updates that wait for the bot."""
        waiting = list(self.world.updates.pending)
        self.world.updates.pending.clear()
        return waiting

    # ── the people's side ─────────────────────────────────────────────────────────────────────────────────────

    def say(self, act: Says) -> None:
        chat = act.chat if act.chat is not None else self.cast.groups[0].id
        people.say(self.world, chat_id=chat, user_id=act.who, text=act.text)
        self._did(act.who, chat, act.text)

    def press(self, act: Presses) -> Query:
        """Press the newest button that means this; ``ScriptError`` when the person can see none."""
        rooms = [room for room in self.world.rooms.values() if room.has(act.who)]
        messages = [(said, room) for room in rooms for said in room.messages.values()]
        for said, room in sorted(messages, key=lambda one: one[0].id, reverse=True):
            for button in _buttons(said):
                if _means(button, act):
                    return self._press(room, said, act.who, button)
        raise ScriptError(f"{self.cast.by_id[act.who].name} sees no button that means {act.action.name}")

    def _press(self, room: Room, said: Message, who: int, button: Mapping[str, Any]) -> Query:
        self._did(who, room.id, f"[{button['text']}]")
        return people.press(
            self.world, chat_id=room.id, user_id=who, message_id=said.id, data=str(button["callback_data"])
        )

    def _did(self, who: int, chat: int, text: str) -> None:
        self.done.append(Said(at=self.now(), chat_id=chat, text=text, by=self.cast.by_id[who].name))


def _refused(refusal: Refusal) -> tuple[int, str]:
    return refusal.code, json.dumps(refusal.answer(), ensure_ascii=False)


def _buttons(said: Message) -> list[Mapping[str, Any]]:
    return [button for row in said.keyboard for button in row]


def _means(button: Mapping[str, Any], act: Presses) -> bool:
    press: Press | None = parse(str(button.get("callback_data", "")))
    return press is not None and press.action is act.action and (not act.arg or press.arg == act.arg)
