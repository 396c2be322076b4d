"""A file sent by an admin is read as a list: shown as a difference first, applied when a button says so."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, Document, Message

from checks.access import Act
from checks.buttons import Action, Press
from handlers.access import ACT
from handlers.imports import Author, ListFile, Outcome, Verdict, apply, drop, propose
from handlers.pressed import on_press
from handlers.replies import answer, say, show, worded
from handlers.turn import Turn
from storage import people
from storage.secrets import Vault

LIMIT = 20 * 1024 * 1024
"""What the Bot API lets a bot download."""
TOO_BIG = "file is too big"
GONE = "gone"
"""The argument of the second press, when more than half would go."""
DECIDED = {Verdict.APPLIED: "import_applied", Verdict.DROPPED_BEFORE: "import_over", Verdict.UNKNOWN: "import_over"}


def router(vault: Vault) -> Router:
    """Return the router of lists sent as files; ``vault`` keeps them sealed until they are decided."""
    made = Router(name="documents")

    async def sent(message: Message, turn: Turn) -> None:
        assert message.document is not None
        content = await _download(turn, message.document)
        if content is None:
            await say(turn, worded(turn, "file_too_big", limit=LIMIT // 1024**2), reply_to=message.message_id)
            return
        file = ListFile(message.document.file_name or "list", content)
        proposal = await propose(turn.deps.database, [file], vault=vault, now=turn.now, by=turn.user_id)
        await say(turn, worded(turn, "proposal", proposal=proposal, asked_twice=False), reply_to=message.message_id)

    async def applied(query: CallbackQuery, press: Press, turn: Turn) -> None:
        outcome = await apply(
            turn.deps.database,
            press.id,
            vault=vault,
            by=_author(turn),
            now=turn.now,
            allow_gone=press.arg == GONE,
        )
        await _show(query, turn, outcome)

    async def dropped(query: CallbackQuery, press: Press, turn: Turn) -> None:
        first = await drop(turn.deps.database, press.id, by=_author(turn), now=turn.now)
        if first is None:
            await answer(turn, query, "import_dropped")
            facts = {"word": "dropped", "who": turn.someone.name, "at": turn.now, "sections": ()}
            await show(turn, query, worded(turn, "proposal_decided", **facts))
        else:
            await _show(query, turn, first)

    made.message.register(sent, F.document, F.chat.type == "private", flags={ACT: Act.IMPORT})
    on_press(made, Action.IMPORT_APPLY, applied)
    on_press(made, Action.IMPORT_DROP, dropped)
    return made


async def _download(turn: Turn, document: Document) -> bytes | None:
    """Return the file; None when it is larger than a bot may have."""
    if (document.file_size or 0) > LIMIT:
        return None
    try:
        content = await turn.bot.download(document)
    except TelegramBadRequest as error:
        if TOO_BIG in error.message:
            return None
        raise
    return content.read() if content is not None else None


async def _show(query: CallbackQuery, turn: Turn, outcome: Outcome) -> None:
    """Show what came of it: done, by whom before, or what to decide anew."""
    if outcome.verdict in {Verdict.GUARDED, Verdict.STALE} and outcome.proposal is not None:
        twice = outcome.verdict is Verdict.GUARDED
        await answer(turn, query, "import_twice" if twice else "stale", alert=True)
        await show(turn, query, worded(turn, "proposal", proposal=outcome.proposal, asked_twice=twice))
        return
    async with turn.deps.database.read() as connection:
        names = await people.names(connection, {outcome.by} if outcome.by else set())
    await answer(turn, query, DECIDED.get(outcome.verdict, "import_over"))
    sections = outcome.proposal.difference.sections if outcome.proposal else ()
    facts = {"word": outcome.verdict, "who": names.get(outcome.by or 0), "at": outcome.at, "sections": sections}
    await show(turn, query, worded(turn, "proposal_decided", **facts))


def _author(turn: Turn) -> Author:
    return Author(id=turn.user_id, name=turn.someone.name, chat_id=turn.chat_id)
