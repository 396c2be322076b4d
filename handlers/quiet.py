"""``/quiet``: when this chat wants its peace, what may sound then, what comes without a sound, what waits."""

from __future__ import annotations

from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from checks.access import Act, Allowed, ChatKind
from checks.buttons import Action, Press
from checks.model import Message as Words
from checks.model import Priority
from checks.quiet import Quiet
from handlers.hearing import quiet_of
from handlers.pressed import on_command, on_press
from handlers.replies import answer, say, show, worded
from handlers.turn import Turn
from storage import chats
from storage.database import Connection

HOURS = frozenset(str(hour) for hour in range(24))
LEVELS = frozenset(str(level) for level in range(len(Priority) + 1))


def router() -> Router:
    """Return the router of quiet hours."""
    made = Router(name="quiet")
    on_command(made, "quiet", _quiet)
    on_press(made, Action.QUIET, _pressed)
    return made


async def _quiet(message: Message, turn: Turn) -> None:
    await say(turn, await _card(turn), reply_to=None if turn.chat is ChatKind.PRIVATE else message.message_id)


async def _pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    """Do what a button asks; ``press.arg`` is the word and, after a dot, its own argument."""
    word, _, arg = press.arg.partition(".")
    if word in {"", "begin", "end"} and not arg:
        await answer(turn, query, "empty")
        await show(turn, query, await _card(turn, question=word))
        return
    if turn.chat is not ChatKind.PRIVATE:
        turn.require(Act.BIND)

    async def work(tx: Connection) -> bool:
        before = (await chats.meet(tx, turn.chat_id, at=turn.now)).quiet
        known = quiet_of(await chats.load(tx, turn.chat_id), turn.deps.rules().policy.quiet)
        after = _chosen(known, word, arg)
        if after in (before, {}):
            return False
        await chats.set_quiet(tx, turn.chat_id, after)
        return True

    done = await turn.change("quiet", work, target=str(turn.chat_id), detail={"word": word, "arg": arg})
    await answer(turn, query, "kept" if done else "nothing_changed")
    await show(turn, query, await _card(turn))


def _chosen(known: Quiet, word: str, arg: str) -> dict[str, Any] | None:
    """Return the quiet hours after a press, None = the operator's again, nothing at all = a mangled button."""
    kept = {"begin": f"{known.begin:%H:%M}", "end": f"{known.end:%H:%M}", "loud": known.loud, "comes": known.comes}
    if word == "usual":
        return None
    if word == "off":
        return {**kept, "begin": "00:00", "end": "00:00"}
    if word in {"begin", "end"} and arg in HOURS:
        return {**kept, word: f"{int(arg):02d}:00"}
    if word == "loud" and arg in LEVELS:
        return {**kept, "loud": int(arg), "comes": max(int(arg), known.comes)}
    if word == "comes" and arg in LEVELS:
        return {**kept, "comes": int(arg), "loud": min(int(arg), known.loud)}
    return {}


async def _card(turn: Turn, question: str = "") -> Words:
    policy = turn.deps.rules().policy
    async with turn.deps.database.read() as connection:
        chat = await chats.load(connection, turn.chat_id)
    own = turn.chat is ChatKind.PRIVATE
    return worded(
        turn,
        "quiet",
        quiet=quiet_of(chat, policy.quiet),
        chosen=bool(chat and chat.quiet),
        private=own,
        editable=own or isinstance(turn.verdict(Act.BIND), Allowed),
        question=question,
    )
