"""Receives reports: what was sent becomes facts, the receipt and what follows from it one transaction."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, Protocol

from checks.hours import zone_of
from checks.model import Observation
from checks.model.installation import FactChange
from checks.readers.metrics import Meter, read_metrics
from checks.readers.status import MAX_BYTES, read_status
from checks.readers.sysinfo import Sysinfo, read_sysinfo
from checks.readers.values import MOSCOW, Manner
from checks.reports import Broken, Report, ReportKind
from checks.rules import Rules
from checks.written import write_apart
from handlers import facts, rhythms
from handlers.facts import Told
from handlers.ledger import Answer, Delivery, Ledger
from handlers.meanings import NO_RULES, Usual, meanings
from storage import arrivals, reports, tokens
from storage.database import Database
from storage.files import Body, Shelf, Spool
from storage.tokens import Pass

BATCH = 200
AT_ONCE = 10
"""Senders answered before the loop may turn to others."""

KINDS: Mapping[str, ReportKind] = {
    "zip": ReportKind.SYSINFO,
    "xml": ReportKind.SYSINFO,
    "status": ReportKind.STATUS,
}
"""File endings of the deployed scripts."""

Transaction = Any
"""The writer's connection; SQL itself stays in storage."""


class Record(Protocol):
    """Judges observations within a transaction (``handlers.observations.record_in``, with its rules given)."""

    def __call__(self, tx: Transaction, observations: Sequence[Observation], *, now: datetime) -> Awaitable[Any]: ...


Read = Callable[[Body, str | None], Awaitable[Sysinfo]]
"""Reads one sysinfo file; the second argument is the client's time zone as lists write it."""


@dataclass(slots=True)
class _Waiting:
    delivery: Delivery
    done: asyncio.Future[Answer]


class Changed(Protocol):
    """Follows what reports say has changed (``handlers.watching.changed``, with its rules given)."""

    def __call__(self, tx: Transaction, changes: Sequence[FactChange], *, now: datetime) -> Awaitable[Any]: ...


async def _unnoticed(tx: Transaction, changes: Sequence[FactChange], *, now: datetime) -> None:
    """Let changes pass."""
    del tx, changes, now


class Intake:
    """Receives reports in batches: whatever waits while one transaction runs shares the next.

    A caller that goes away does not stop its report. ``read`` reads sysinfo files (in processes of their own, but for
    tests and stories), ``meters`` say which metrics tell facts. ``after`` hears what ``record`` returned, after the
    commit.
    """

    def __init__(
        self,
        database: Database,
        shelf: Shelf,
        *,
        now: Callable[[], datetime],
        record: Record,
        changed: Changed = _unnoticed,
        after: Callable[[Any], None] = lambda _: None,
        read: Read | None = None,
        meters: Sequence[Meter] = (),
        rules: Callable[[], Rules] = lambda: NO_RULES,
    ) -> None:
        self.shelf = shelf
        self._database = database
        self._now = now
        self._record = record
        self._changed = changed
        self._after = after
        self._waiting: deque[_Waiting] = deque()
        self._flushing: asyncio.Task[None] | None = None
        self._read = read or read_in_thread
        self._meters = meters
        self._rules = rules
        self._usual = Usual()

    def spool(self) -> Spool:
        """Begin to take a body in."""
        return self.shelf.spool()

    async def has_come(self, client: str, ending: str) -> bool:
        """Tell whether a report of this kind has come; ``.zip`` and ``.xml`` are the same kind."""
        async with self._database.read() as connection:
            return await arrivals.has_come(connection, client, KINDS[ending])

    async def upload(self, client: str, ending: str, body: Body, sender: Pass) -> Answer:
        """Read and receive a file ``client.ending``; return once it is on disk for good.

        Raises:
            OSError: the disk does not take it.
            Exception: the database does not take it; nothing is kept then.

        """
        try:
            return await self._upload(client, ending, body, sender)
        finally:
            body.drop()

    async def _upload(self, client: str, ending: str, body: Body, sender: Pass) -> Answer:
        kind = KINDS[ending]
        report, said = await (self._status(client, body) if kind is ReportKind.STATUS else self._sysinfo(client, body))
        delivery = Delivery(
            report=report,
            facts=said,
            file=f"{client}.{ending}",
            digest=body.digest,
            size=body.size,
            sender=sender,
            place=self.shelf.place(client, ending, body),
            body=body,
        )
        return await self.receive(delivery)

    async def receive(self, delivery: Delivery) -> Answer:
        """Receive a report that has been read; return after the commit."""
        waiting = _Waiting(self._measured(delivery), asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush(), name="intake")
        return await asyncio.shield(waiting.done)

    def _measured(self, delivery: Delivery) -> Delivery:
        """Add what its metrics tell, where the configuration says which do."""
        report = delivery.report
        if not self._meters or not report.samples or report.broken:
            return delivery
        told = read_metrics(report.samples, self._meters, report.reported_at, Manner())
        return replace(delivery, report=replace(report, facts=told))

    async def close(self) -> None:
        """Finish what is in hand."""
        if self._flushing is not None:
            await self._flushing

    async def _status(self, client: str, body: Body) -> tuple[Report, Mapping[str, Any]]:
        read = read_status(body.data if body.part is None else await asyncio.to_thread(_head, body))
        report = Report(
            client=client,
            kind=ReportKind.STATUS,
            reported_at=read.reported_at,
            broken=read.broken,
            samples=read.samples,
        )
        return report, read.as_json()

    async def _sysinfo(self, client: str, body: Body) -> tuple[Report, Mapping[str, Any]]:
        async with self._database.read() as connection:
            known = await reports.known_clients(connection, [client])
        read = await self._read(body, known.get(client))
        report = Report(
            client=client,
            kind=ReportKind.SYSINFO,
            reported_at=read.facts.reported_at,
            broken=read.broken,
            facts=None if read.broken else read.facts,
        )
        return report, {"detail": read.detail} if read.broken else write_apart(read.facts)[0]

    async def _flush(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                await self._try(batch)
        finally:
            self._flushing = None

    async def _try(self, batch: Sequence[_Waiting]) -> None:
        """Receive a batch; if it fails for another reason than the database, one by one, so that one spoils nobody."""
        try:
            answers = await self._receive([waiting.delivery for waiting in batch])
        except Exception as error:  # noqa: BLE001 - it belongs to the senders, whatever it is
            if len(batch) == 1 or self._database.trouble is not None:
                for waiting in batch:
                    _fail(waiting, error)
                return
            for waiting in batch:
                await self._try([waiting])
            return
        for number, (waiting, answer) in enumerate(zip(batch, answers, strict=True)):
            if not waiting.done.done():
                waiting.done.set_result(answer)
            if number % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)

    async def _receive(self, deliveries: Sequence[Delivery]) -> Sequence[Answer]:
        """Put files in place, commit, then remove the files that the new ones replace.

        A sysinfo file may hold more than we can read: it is on disk for good before the commit. All that a status says
        stands in its row: its file need not wait for the disk.
        """
        placed = {each.place: each.body for each in deliveries if each.body is not None}
        light = {place: body for place, body in placed.items() if place.endswith(".status") and body.part is None}
        if heavy := {place: body for place, body in placed.items() if place not in light}:
            await asyncio.to_thread(self.shelf.keep, heavy.items())
        writing = asyncio.to_thread(self.shelf.put, light.items())
        receipt, _ = await asyncio.gather(self._database.write(lambda tx: self._save(tx, deliveries)), writing)
        self._after(receipt.recorded)
        await asyncio.to_thread(self.shelf.remove, receipt.replaced)
        return receipt.answers

    async def _save(self, tx: Transaction, deliveries: Sequence[Delivery]) -> _Receipt:
        now = self._now()
        names = {each.report.client for each in deliveries}
        known = await reports.known_clients(tx, names)
        heard = await arrivals.of_clients(tx, names)
        same = await reports.received(tx, names, {each.digest for each in deliveries})
        ledger = Ledger(now, heard, same)
        answers = [ledger.enter(each) if each.report.client in known else Answer.UNKNOWN_CLIENT for each in deliveries]
        await reports.save(tx, list(ledger.new.values()), ledger.again)
        await arrivals.save(tx, ledger.changed.values())
        new = [each.report for each, answer in zip(deliveries, answers, strict=True) if answer is Answer.NEW]
        news = await facts.keep(tx, [_told(report, now, known) for report in new if report.facts is not None])
        await self._changed(tx, news, now=now)
        sent = {client for client, kind in ledger.changed if kind is ReportKind.SYSINFO}
        in_time = await rhythms.heard(tx, sent, now, zones=known) if sent else []
        meant = await meanings(tx, new, now, zones=known, rules=self._rules(), usual=self._usual)
        await tokens.used(tx, [each.sender.hash for each in deliveries], now)
        recorded = await self._record(tx, [*ledger.observations, *in_time, *meant], now=now)
        wanted = {arrival.file for arrival in ledger.heard.values()}
        replaced = ({each.place for each in deliveries} | {arrival.file for arrival in heard.values()}) - wanted - {""}
        return _Receipt(answers=answers, recorded=recorded, replaced=replaced)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Receipt:
    answers: Sequence[Answer]
    recorded: Any
    replaced: set[str]


def _told(report: Report, now: datetime, known: Mapping[str, str | None]) -> Told:
    assert report.facts is not None
    zone = zone_of(known.get(report.client), MOSCOW)
    return Told(client=report.client, kind=report.kind, facts=report.facts, at=now, zone=zone)


async def read_in_thread(body: Body, zone: str | None) -> Sysinfo:
    """Read a file that is trusted not to be large or hostile (tests, stories)."""
    return await asyncio.to_thread(_sysinfo, body, zone_of(zone, MOSCOW))


def _sysinfo(body: Body, where: tzinfo) -> Sysinfo:
    try:
        with body.open() as file:
            return read_sysinfo(file, zone=where)
    except OSError:
        return Sysinfo(broken=Broken.UNREADABLE)


def _head(body: Body) -> bytes:
    with body.open() as file:
        return file.read(MAX_BYTES + 1)


def _fail(waiting: _Waiting, error: Exception) -> None:
    if not waiting.done.done():
        waiting.done.set_exception(error)
        waiting.done.exception()  # a sender that went away never asks: do not warn about it
