"""A small stage for telling: chats with routes, incidents that open and end, and what each chat is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from checks.model import (
    Change,
    ChangeKind,
    Incident,
    IncidentState,
    NoteKind,
    OutboxState,
    Person,
    Priority,
    Role,
    RouteKind,
    Scope,
    Silence,
)
from checks.notifications import Decision, Policy
from checks.silences import Ending
from handlers import muting, notifications
from storage import chats, incidents, messages, outbox, people, routes, silences
from storage.database import Connection, Database
from storage.outbox import Owed
from tests.builders import NOON, after, client, incident, symptom

SUPPORT = -100
MANAGER = 42
ADMIN = 1


@dataclass
class Stage:
    """The telling half of the product over a real database, without Telegram."""

    database: Database
    policy: Policy = field(default_factory=Policy)

    async def bind(self, chat: int = SUPPORT, kind: RouteKind = RouteKind.TECHNICAL, **rest: Any) -> None:
        async def work(tx: Connection) -> None:
            await chats.meet(tx, chat, at=NOON)
            await routes.bind(tx, chat, kind, at=NOON, **rest)

        await self.database.write(work)

    async def admit(self, person: int = ADMIN, role: Role = Role.ADMIN) -> None:
        someone = Person(id=person, name=f"Человек {person}", role=role)
        await self.database.write(lambda tx: people.admit(tx, someone, username=None, at=NOON))

    async def opens(self, name: str = "romashka", *, at: datetime = NOON, **rest: Any) -> Incident:
        fresh = incident(
            **{
                "cause": replace(incident().cause, name=name),
                "symptoms": (symptom(subject=client(name)),),
                "opened_at": at,
                **rest,
            }
        )
        return await self.step(fresh, ChangeKind.OPENED, at=at)

    async def step(self, what: Incident, kind: ChangeKind, *, at: datetime) -> Incident:
        async def work(tx: Connection) -> Incident:
            saved = await incidents.save(tx, what, noticed_at=at)
            change = Change(kind=kind, incident=saved, at=at)
            self.decisions = await notifications.owe(tx, [change], now=at, policy=self.policy)
            return saved

        return await self.database.write(work)

    async def ends(self, what: Incident, *, at: datetime) -> Incident:
        over = replace(what, state=IncidentState.ENDED, ended_at=at, hold_until=None)
        return await self.step(over, ChangeKind.ENDED, at=at)

    async def tick(self, at: datetime) -> list[Decision]:
        return await self.database.write(lambda tx: notifications.tick(tx, at, policy=self.policy))

    async def mutes(self, target: str = "romashka", *, at: datetime, until: datetime | None, **rest: Any) -> Silence:
        async def work(tx: Connection) -> Silence:
            facts = {"scope": Scope.CLIENT, "author": 7, **rest}
            silence = await silences.add(tx, Silence(id=None, target=target, created_at=at, until=until, **facts))
            await muting.silenced(tx, silence, now=at)
            return silence

        return await self.database.write(work)

    async def unmutes(self, silence: Silence, *, at: datetime, why: Ending = Ending.UNDONE) -> None:
        assert silence.id is not None
        number = silence.id
        await self.database.write(lambda tx: muting.unsilence(tx, number, why=why, now=at, policy=self.policy))

    async def owed(self, chat: int = SUPPORT) -> list[Owed]:
        async with self.database.read() as connection:
            return await outbox.waiting(connection, chat)

    async def kinds(self, chat: int = SUPPORT) -> list[NoteKind]:
        return [note.kind for note in await self.owed(chat)]

    async def said(self, what: Incident, chat: int = SUPPORT, *, at: datetime, message_id: int = 500) -> None:
        """Deliver everything the chat is owed; cards become messages numbered from ``message_id``."""

        async def work(tx: Connection) -> None:
            for number, note in enumerate(await outbox.waiting(tx, chat), message_id):
                assert await outbox.claim(tx, note, now=at, fresh=note.kind is not NoteKind.UPDATE)
                await outbox.delivered(tx, note.id, message_id=number, at=at)
                if note.kind is not NoteKind.UPDATE:
                    said = messages.Said(
                        chat_id=chat,
                        message_id=number,
                        thread_id=None,
                        incident_id=what.id,
                        kind=note.kind,
                        sent_at=at,
                    )
                    await messages.keep(tx, said)

        await self.database.write(work)

    async def states(self, what: Incident, chat: int = SUPPORT) -> Sequence[tuple[NoteKind, OutboxState, str]]:
        assert what.id is not None
        async with self.database.read() as connection:
            notes = await outbox.of_incident(connection, what.id)
        return [(note.kind, note.state, note.why) for note in notes if note.chat_id == chat]


__all__ = ["ADMIN", "MANAGER", "SUPPORT", "Priority", "Stage", "after"]
