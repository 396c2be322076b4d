"""Says no: why, and whom to ask instead."""

from __future__ import annotations

from typing import Any

from aiogram.types import CallbackQuery, Message

from checks.access import Refusal, Refused
from handlers.replies import ANSWER_AT_MOST, answer_with, say, worded
from handlers.turn import Turn
from storage import people
from templates import phrase

NAMED_AT_MOST = 3


async def refuse(turn: Turn, event: Message | CallbackQuery, refused: Refused) -> None:
    """Answer a command with one line, a press with a pop-up."""
    facts = await _facts(turn, refused)
    if isinstance(event, Message):
        await say(turn, worded(turn, "refusal", plain=False, **facts), reply_to=event.message_id)
        return
    words: dict[str, Any] = {"now": turn.now, "zone": turn.zone, "limit": ANSWER_AT_MOST, "plain": True}
    text = phrase("refusal", **words, **facts) or phrase("refusal", **words, **{**facts, "ask": [], "managers": []})
    await answer_with(event, text or "", alert=True)


async def _facts(turn: Turn, refused: Refused) -> dict[str, Any]:
    """Name whom to ask; strangers are told no names."""
    ask: list[str] = []
    if refused.reason not in {Refusal.STRANGER, Refusal.ANONYMOUS}:
        async with turn.deps.database.read() as connection:
            ask = [one.name for one in await people.with_role(connection, refused.ask)]
    return {
        "reason": refused.reason,
        "role": refused.ask,
        "ask": ask[:NAMED_AT_MOST],
        "managers": refused.managers[:NAMED_AT_MOST],
    }
