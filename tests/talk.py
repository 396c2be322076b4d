"""Talks with the bot as people do: a real dispatcher polling the embedded Bot API over HTTP, a temporary database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from cryptography.fernet import Fernet
from sqlalchemy import insert

from checks.access import ChatKind
from checks.model import Incident, NoteKind, Person, Role, Silence, Subject
from checks.notifications import Policy
from checks.rules import Rules
from demo import telegram
from demo.telegram.people import press
from demo.telegram.queries import answered
from demo.telegram.seams import WORLD
from handlers import routers, showing
from handlers.deps import Deps
from handlers.replies import say
from handlers.turn import Turn
from storage import audit, chats, estate, incidents, messages, people, silences, tables
from storage.database import Database
from storage.messages import Said
from storage.secrets import Vault
from tests.builders import NOON

TOKEN = "1000:secret"

ADMIN = telegram.Person(id=1, name="Вера", role="admin", username="vera")
HEAD = telegram.Person(id=2, name="Глеб", role="head")
ANNA = telegram.Person(id=3, name="Анна", role="support")
IGOR = telegram.Person(id=4, name="Игорь", role="support")
OLGA = telegram.Person(id=5, name="Ольга", role="manager")
PETR = telegram.Person(id=6, name="Пётр", role="viewer")
STRANGER = telegram.Person(id=7, name="Чужой", role="stranger")
HOSTILE = telegram.Person(id=8, name="<b>evil.ru & @all</b> \u202e/down", role="stranger")
MISHA = telegram.Person(id=9, name="Миша", role="manager")
EVERYBODY = (ADMIN, HEAD, ANNA, IGOR, OLGA, PETR, STRANGER, HOSTILE, MISHA)

SUPPORT = telegram.Group(
    id=-1001,
    title="Техподдержка",
    members=tuple(person.id for person in EVERYBODY),
    admins=(ADMIN.id,),
    topics=(telegram.Topic(id=2, title="Аварии"),),
)
OUTSIDE = telegram.Group(id=-1002, title="Рыбалка", members=(ADMIN.id, ANNA.id, STRANGER.id), bot="left")
CAST = telegram.Cast(people=EVERYBODY, groups=(SUPPORT, OUTSIDE))

STAFF = (
    Person(id=ADMIN.id, name=ADMIN.name, role=Role.ADMIN),
    Person(id=HEAD.id, name=HEAD.name, role=Role.HEAD),
    Person(id=ANNA.id, name=ANNA.name, role=Role.SUPPORT),
    Person(id=IGOR.id, name=IGOR.name, role=Role.SUPPORT),
    Person(id=OLGA.id, name=OLGA.name, role=Role.MANAGER, manager="Ольга Иванова"),
    Person(id=MISHA.id, name=MISHA.name, role=Role.MANAGER, manager="Михаил"),
    Person(id=PETR.id, name=PETR.name, role=Role.VIEWER),
)


@dataclass
class Clock:
    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def passes(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass
class Looks:
    """Looks out of turn, as the prober would do them."""

    asked: list[Subject] = field(default_factory=list)
    found: bool = True
    takes: float = 0.0

    async def __call__(self, subject: Subject) -> bool:
        self.asked.append(subject)
        await asyncio.sleep(self.takes)
        return self.found


@dataclass
class Talk:
    """People and the bot in one room."""

    address: str
    world: Any
    http: aiohttp.ClientSession
    dispatcher: Dispatcher
    bot: Bot
    database: Database
    clock: Clock
    deps: Deps
    looks: Looks
    woken: list[datetime]

    async def post(self, path: str, **body: Any) -> Any:
        async with self.http.post(f"{self.address}/sim/{path}", json=body) as answer:
            told = await answer.json()
            assert answer.status == 200, told
            return told

    async def get(self, path: str) -> Any:
        async with self.http.get(f"{self.address}/sim/{path}") as answer:
            return await answer.json()

    async def settled(self) -> None:
        """Wait until the bot has nothing in hand."""
        async with asyncio.timeout(10):
            while self.world.updates.pending or self.dispatcher._handle_update_tasks:  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def says(self, person: Any, text: str, chat: Any = None, **more: Any) -> list[dict[str, Any]]:
        """Say it and return what the bot said after it in the same chat."""
        chat_id = person.id if chat is None else chat.id
        said = await self.post("messages", chat_id=chat_id, user_id=person.id, text=text, **more)
        await self.settled()
        return await self.heard(chat_id, since=said["message_id"])

    async def heard(self, chat_id: int, since: int = 0) -> list[dict[str, Any]]:
        messages = await self.get(f"chats/{chat_id}/messages")
        return [one for one in messages if one["from"]["is_bot"] and one["message_id"] > since]

    async def last(self, chat: Any) -> dict[str, Any]:
        return (await self.heard(chat.id))[-1]

    async def presses(self, person: Any, button: Any, chat: Any = None, message: Any = None) -> dict[str, Any]:
        """Press a button of the bot's last message (or ``message``) and return ``{answer, alert}``."""
        chat_id = person.id if chat is None else chat.id
        number = (message or (await self.heard(chat_id))[-1])["message_id"]
        told = await self.post("presses", chat_id=chat_id, user_id=person.id, message_id=number, button=button, wait=5)
        await self.settled()
        return dict(told)

    async def forges(self, person: Any, data: str, chat: Any = None, message: Any = None) -> dict[str, Any]:
        """Press a button that the message does not show (any more), as an old client or a forger would."""
        chat_id = person.id if chat is None else chat.id
        number = (message or (await self.heard(chat_id))[-1])["message_id"]
        query = press(self.world, chat_id=chat_id, user_id=person.id, message_id=number, data=data)
        told = await answered(query, 5)
        await self.settled()
        return told or {"answer": None, "alert": False}

    async def opens(self, incident: Incident) -> int:
        """Open an incident and owe nobody anything; returns its number."""
        saved = await self.database.write(lambda tx: incidents.save(tx, incident, noticed_at=self.clock()))
        assert saved.id is not None
        return saved.id

    async def shows(self, number: int, chat: Any, viewer: Person = STAFF[0]) -> dict[str, Any]:
        """Put the card of an incident into a chat, as delivery does; returns it as the chat shows it."""
        turn = Turn(
            deps=self.deps, bot=self.bot, update_id=0, now=self.clock(), chat_id=chat.id,
            chat=ChatKind.PRIVATE if chat.id > 0 else ChatKind.GROUP,
            zone=self.deps.zone, user_id=viewer.id, user_name=viewer.name, person=viewer,
        )  # fmt: skip
        message = await showing.card(turn, number)
        assert message is not None
        message_id = await say(turn, message)
        assert message_id is not None
        said = Said(
            chat_id=chat.id, message_id=message_id, thread_id=None, incident_id=number,
            kind=NoteKind.FIRING, sent_at=self.clock(), digest=message.digest,
        )  # fmt: skip
        await self.database.write(lambda tx: messages.keep(tx, said))
        return await self.last(chat)

    async def incident(self, number: int) -> Incident:
        async with self.database.read() as connection:
            found = await incidents.load(connection, number)
        assert found is not None
        return found

    async def lasting(self) -> list[Silence]:
        async with self.database.read() as connection:
            return await silences.lasting(connection)

    async def calls(self, method: str) -> list[dict[str, Any]]:
        return list(await self.get(f"calls?method={method}"))

    async def audit(self) -> list[tuple[str, str]]:
        """Return who did what, oldest first."""
        async with self.database.read() as connection:
            entries = await audit.latest(connection, limit=100)
        return [(entry.person, entry.act) for entry in reversed(entries)]


def labels(message: dict[str, Any]) -> list[str]:
    return [button["text"] for row in message["buttons"] for button in row]


@asynccontextmanager
async def talking(
    database: Database, *, clock: Clock | None = None, known: bool = True, policy: Policy | None = None, **deps: Any
) -> AsyncIterator[Talk]:
    """Run the embedded chat and the bot; with ``known`` the staff and the support group are there already."""
    clock = clock or Clock()
    deps = {"vault": Vault(Fernet.generate_key()), **deps}
    app = telegram.create_app(cast=CAST, now=clock, token=TOKEN, limits=False)
    looks, woken = Looks(), list[datetime]()
    if known:
        await database.write(lambda tx: _people(tx, clock()))
    async with telegram.serving(app) as address, aiohttp.ClientSession() as http:
        session = AiohttpSession(api=TelegramAPIServer.from_base(address), timeout=5)
        async with Bot(TOKEN, session=session) as bot:
            async with database.read() as connection:
                found = Rules(estate=await estate.load(connection), policy=policy or Policy())
            wired = Deps(
                rules=lambda: found,
                database=database,
                now=clock,
                look_now=looks,
                wake=lambda: woken.append(clock()),
                **deps,
            )
            dispatcher = Dispatcher()
            dispatcher.include_router(routers.build(wired))
            async with _polling(dispatcher, bot):
                yield Talk(address, app[WORLD], http, dispatcher, bot, database, clock, wired, looks, woken)


@asynccontextmanager
async def _polling(dispatcher: Dispatcher, bot: Bot) -> AsyncIterator[None]:
    polling = asyncio.create_task(
        dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False, polling_timeout=1)
    )
    await bot.me()
    try:
        yield
    finally:
        await dispatcher.stop_polling()
        await polling
        await bot.get_updates(timeout=0)  # ends the poll that the server still holds open


async def settle_estate(database: Database) -> None:
    """Two redirect servers, three clients of two managers and of nobody."""

    async def work(tx: Any) -> None:
        stamps = {"created_at": NOON, "updated_at": NOON}
        await tx.execute(insert(tables.redirects), [{"name": name, **stamps} for name in ("r1", "r2")])
        rows = [
            {"name": "romashka", "title": "Ромашка", "manager": "Ольга Иванова", "address": "http://10.0.0.1"},
            {"name": "vektor", "title": "<b>Вектор & Co</b>", "manager": "Михаил", "address": "http://10.0.0.2"},
            {"name": "progress", "title": "Прогресс", "manager": None, "address": None},
        ]
        more = {"kind": "server", "domain": None, "redirect": "r1", "search": "", "lists": {}, **stamps}
        await tx.execute(insert(tables.clients), [{**row, **more} for row in rows])

    await database.write(work)


async def _people(tx: Any, at: datetime) -> None:
    for person in STAFF:
        await people.admit(tx, person, username=None, at=at)
    await chats.introduce(tx, SUPPORT.id, title=SUPPORT.title, kind="supergroup", at=at)
