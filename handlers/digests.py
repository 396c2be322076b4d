"""``/digest``: when this chat gets its morning digest, chosen by buttons or by words; and the digest at once."""

from __future__ import annotations

from datetime import timedelta

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from checks.access import Act, Allowed, ChatKind
from checks.buttons import Action, Press
from checks.model import Message as Words
from checks.recurring import daily, read_rhythm, said_rhythm
from handlers import mornings
from handlers.digest import read_digest, word_digest
from handlers.digest_parts import PARTS
from handlers.notes import view_of
from handlers.pressed import on_command, on_press
from handlers.replies import answer, say, show, worded
from handlers.turn import Turn
from storage import digests
from storage.database import Connection
from storage.digests import Due

OFF = frozenset({"выкл", "выключить", "нет", "не надо", "off"})
NOW = frozenset({"сейчас", "показать", "now"})
USUAL = frozenset({"как у всех", "по умолчанию"})
A_DAY = timedelta(days=1)


def router() -> Router:
    """Return the router of digests."""
    made = Router(name="digests")
    on_command(made, "digest", _digest)
    on_press(made, Action.DIGEST, _pressed)
    return made


async def _digest(_message: Message, command: CommandObject, turn: Turn) -> None:
    asked = " ".join((command.args or "").casefold().split())
    if not asked:
        await say(turn, await _menu(turn))
    elif asked in NOW:
        await say(turn, await _at_once(turn))
    else:
        chosen = "" if asked in OFF else None if asked in USUAL else read_rhythm(asked)
        if chosen is None and asked not in USUAL:
            await say(turn, worded(turn, "digest_unread", asked=asked))
            return
        await _choose(turn, chosen)
        await say(turn, await _menu(turn))


async def _pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    """Do what a button asks; ``press.arg`` is the word and, after dots, days and time."""
    word, days, clock = [*press.arg.split("."), "", ""][:3]
    if word == "now":
        await answer(turn, query, "empty")
        await say(turn, await _at_once(turn))
        return
    chosen = {"off": "", "usual": None}.get(word, _cron(days, clock) if word == "set" else press.arg)
    if chosen == press.arg:
        await answer(turn, query, "stale" if word != "menu" else "empty")
    else:
        await answer(turn, query, "bound" if await _choose(turn, chosen) else "bound_already")
    await show(turn, query, await _menu(turn))


def _cron(days: str, clock: str) -> str | None:
    known = days in {"*", "1-5"} and len(clock) == 4 and clock.isascii() and clock.isdecimal()  # noqa: PLR2004
    return read_rhythm(daily(int(clock[:2]), int(clock[2:]), days)) if known else None


async def _choose(turn: Turn, chosen: str | None) -> bool:
    """Keep the choice; in a group that is for those who may bind it."""
    if turn.chat is not ChatKind.PRIVATE:
        turn.require(Act.BIND)
    policy = turn.deps.rules().policy

    async def work(tx: Connection) -> bool:
        before = await digests.load(tx, turn.chat_id)
        if before is not None and before.chosen == chosen:
            return False
        await mornings.choose(tx, turn.chat_id, chosen, thread_id=turn.thread_id, now=turn.now, policy=policy)
        return True

    return await turn.change("digest", work, target=str(turn.chat_id), detail={"rhythm": chosen})


async def _menu(turn: Turn) -> Words:
    policy = turn.deps.rules().policy
    async with turn.deps.database.read() as connection:
        due = await digests.load(connection, turn.chat_id)
    cron = mornings.rhythm_of(due, policy)
    return worded(
        turn,
        "digest_menu",
        cron=cron,
        said=said_rhythm(cron),
        usual=due is None or due.chosen is None,
        hears=due is not None,
        due_at=due.due_at if due else None,
        mine=turn.chat is ChatKind.PRIVATE,
        changes=turn.chat is ChatKind.PRIVATE or isinstance(turn.verdict(Act.BIND), Allowed),
    )


async def _at_once(turn: Turn) -> Words:
    """Word the digest of this chat as if its time had come."""
    deps = turn.deps
    async with deps.database.read() as connection:
        due: Due | None = await digests.load(connection, turn.chat_id)
        view = await view_of(connection, turn.chat_id, turn.now, rules=deps.rules(), zone=deps.zone)
        since = min(due.told_until, turn.now - A_DAY) if due is not None else turn.now - A_DAY
        digest = await read_digest(connection, view, since=since, until=turn.now, parts=PARTS)
    return word_digest(digest, view)
