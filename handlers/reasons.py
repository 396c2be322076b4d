"""A reply to what was just muted is the reason why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from aiogram import Bot, Router
from aiogram.filters import Filter
from aiogram.types import Message

from checks.access import Act
from checks.model import Cause, Scope, Silence
from handlers.access import ACT
from handlers.deps import Deps
from handlers.muting import silenced
from handlers.replies import say, worded
from handlers.turn import Turn
from handlers.wishes import facts_of
from storage import messages, signals, silences
from storage.database import Connection

EXPLAINED_WITHIN = timedelta(minutes=15)
REASON_AT_MOST = 200


def router(deps: Deps) -> Router:
    """Return the router of reasons."""
    made = Router(name="reasons")
    made.message.register(_explain, Explains(deps), flags={ACT: Act.MUTE_CLIENT})
    return made


class Explains(Filter):
    """Matches a reply to a message of ours by somebody who muted what it shows a moment ago and gave no reason yet."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def __call__(self, message: Message, bot: Bot) -> bool | dict[str, Any]:
        replied, user = message.reply_to_message, message.from_user
        if replied is None or replied.from_user is None or replied.from_user.id != bot.id or user is None:
            return False
        if not message.text or message.text.startswith("/"):
            return False
        async with self._deps.database.read() as connection:
            said = await messages.load(connection, message.chat.id, replied.message_id)
            found = await silences.lasting(connection)
        since = self._deps.now() - EXPLAINED_WITHIN
        about = None if said is None else said.incident_id
        mine = [one for one in found if one.author == user.id and not one.reason and one.created_at > since]
        wanted = [one for one in mine if about is None or one.incident_id == about]
        return {"silence": wanted[-1]} if wanted else False


async def _explain(message: Message, turn: Turn, silence: Silence) -> None:
    reason = " ".join((message.text or "").split())[:REASON_AT_MOST]

    async def work(tx: Connection) -> bool:
        assert silence.id is not None
        done = await silences.explain(tx, silence.id, reason)
        if done:
            await silenced(tx, replace(silence, reason=reason), now=turn.now)
            if silence.scope is Scope.CAUSE:
                await signals.explain(tx, Cause.parse(silence.target), reason)
        return done

    facts = {**facts_of(silence), "reason": reason}
    done = await turn.change("reason", work, target=f"{silence.scope}:{silence.target}", detail=facts)
    if done:
        turn.owe()
    await say(turn, worded(turn, "mute_reason", reason=reason, kept=done), reply_to=message.message_id)
