"""``/versions``: who runs which version, who is below the required one, and which that is."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from checks.access import Act, same_manager
from checks.buttons import Action, Press
from checks.model import Message as Words
from checks.versions import below, parse
from handlers import showing
from handlers.pages import cut
from handlers.pressed import on_command, on_press
from handlers.replies import answer, say, show, worded
from handlers.turn import Turn
from storage import facts, people, versions
from storage.database import Connection
from storage.versions import Requirement
from templates.watches import Running, version_sheet
from templates.workbook import workbook

OFF = frozenset({"нет", "off", "-", "снять"})
FILE = "versii.xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One client and what it runs."""

    name: str
    label: str
    manager: str | None
    version: str = ""
    at: datetime | None = None
    """When a report last said so."""
    below: bool = False


def router() -> Router:
    """Return the router of versions."""
    made = Router(name="versions")
    on_command(made, "versions", _versions)
    on_press(made, Action.VERSIONS, _pressed)
    return made


async def _versions(message: Message, command: CommandObject, turn: Turn) -> None:
    del message
    words = (command.args or "").strip()
    await say(turn, await (_require(turn, words) if words else _page(turn)))


async def _pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    word, _, page = press.arg.partition(".")
    await answer(turn, query, "empty")
    if word == "sheet":
        await _send(turn)
    elif word == "below":
        await show(turn, query, await _below(turn, page))
    else:
        await show(turn, query, await _page(turn, word))


# ── which is required ─────────────────────────────────────────────────────────────────────────────────────────────


async def _require(turn: Turn, words: str) -> Words:
    turn.require(Act.REQUIRE)
    configured = turn.deps.rules().required_version
    if words.casefold() in OFF:
        done = await turn.change("version_released", versions.release)
        return worded(turn, "versions_said", word="off" if done else "none", version=configured, below=0)
    if parse(words) is None:
        return worded(turn, "versions_said", word="bad", version=None, below=0)

    async def work(tx: Connection) -> bool:
        await versions.require(tx, words, by=turn.user_id, at=turn.now)
        return True

    await turn.change("version_required", work, target=words)
    rows, _ = await _read(turn)
    return worded(turn, "versions_said", word="set", version=words, below=sum(row.below for row in rows))


# ── who runs what ─────────────────────────────────────────────────────────────────────────────────────────────────


async def _read(turn: Turn) -> tuple[list[Row], Requirement | None]:
    """Return the clients that the person may see, the newest versions first, and what is required."""
    question, estate = showing.question(turn), turn.deps.rules().estate
    async with turn.deps.database.read() as connection:
        told = await facts.latest_of_all(connection)
        wanted = await versions.required(connection, turn.deps.rules().required_version)
    oldest = wanted.version if wanted else None
    rows = []
    for name, client in estate.clients.items():
        if question.only_manager is not None and not same_manager(question.only_manager, client.manager):
            continue
        latest = told.get(name)
        version = (latest.facts.version if latest else None) or ""
        at = latest.heard_at.get("version") if latest else None
        lower = below(version, oldest) is True
        rows.append(Row(name=name, label=client.label, manager=client.manager, version=version, at=at, below=lower))
    return sorted(rows, key=_order), wanted


def _order(row: Row) -> tuple[bool, tuple[int, ...], str, str]:
    numbers = tuple(-part for part in parse(row.version) or ())
    return not row.version, numbers or (1,), row.version, row.label.casefold()


def _grouped(rows: Sequence[Row]) -> list[Running]:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.version].append(row)
    return [
        Running(
            version=version,
            clients=tuple(row.label for row in some),
            below=some[0].below,
            heard_at=max((row.at for row in some if row.at), default=None),
            oldest_at=min((row.at for row in some if row.at), default=None),
        )
        for version, some in groups.items()
    ]


async def _page(turn: Turn, number: str = "") -> Words:
    rows, wanted = await _read(turn)
    shown, page = cut(_grouped(rows), number)
    by: Mapping[int, str] = {}
    if wanted is not None and wanted.by is not None:
        async with turn.deps.database.read() as connection:
            by = await people.names(connection, {wanted.by})
    return worded(
        turn,
        "versions",
        running=shown,
        page=page,
        clients=len(rows),
        required=wanted,
        by=by.get(wanted.by or 0) if wanted else None,
        below=sum(row.below for row in rows),
    )


async def _below(turn: Turn, number: str) -> Words:
    rows, wanted = await _read(turn)
    shown, page = cut([row for row in reversed(rows) if row.below], number)
    return worded(turn, "versions_below", rows=shown, page=page, required=wanted.version if wanted else "")


async def _send(turn: Turn) -> None:
    rows, wanted = await _read(turn)
    lines = [(row.label, row.name, row.manager or "", row.version, row.at, row.below) for row in rows]
    sheet = version_sheet(lines, wanted.version if wanted else None)
    content = await asyncio.to_thread(workbook, [sheet])
    await turn.bot.send_document(turn.chat_id, BufferedInputFile(content, FILE), message_thread_id=turn.thread_id)
