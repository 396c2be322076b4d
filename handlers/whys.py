"""Tells why: what was measured, what was decided about telling, what was sent, and why something was not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, TypeVar

from checks.catalogue import ROWS
from checks.model import Incident, Message, OutboxState, Silence, Subject, SubjectKind, Transition
from checks.notifications import Reason
from handlers.pages import cut, line_of
from handlers.reading import View, mute_of
from handlers.status import Question, choose, open_view, own_names
from storage import chats, decisions, health, incidents, outbox, people, silences
from storage.database import Connection
from storage.decisions import Decided
from storage.outbox import Owed
from templates import render
from templates.cards import Mute
from templates.whys import Chosen, Done, Happened, Measured, Moment, Places
from templates.words import title

T = TypeVar("T")

SPAN = timedelta(days=14)
"""How far back a client's account goes; an incident's own account begins with it."""
BEFORE = timedelta(minutes=15)
"""What was measured so long before an incident opened belongs to it."""
PER_PAGE = 15
NAMED = 3
"""Chats named in one line; the rest is a number."""
MEASURED_OF = 5
"""Subjects of a shared cause whose measurements are shown."""
PUT_OFF = frozenset({Reason.HELD, Reason.QUIET})
"""Decisions whose moment is worth telling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the lines need to name chats and people."""

    view: View
    titles: Mapping[int, str]
    """Chats that this person may hear of by name."""
    who: Mapping[int, str]
    silences: Mapping[int, Silence]

    def places(self, ids: Iterable[int | None]) -> Places:
        several = {one for one in ids if one is not None}
        here = self.view.chat_id in several
        elsewhere = sorted(several - {self.view.chat_id})
        known = [self.titles[one] for one in elsewhere if self.titles.get(one)][:NAMED]
        return Places(here=here, named=tuple(known), others=len(elsewhere) - len(known))

    def mute(self, silence_id: int | None) -> Mute | None:
        silence = self.silences.get(silence_id or 0)
        return mute_of(silence, self.who.get(silence.author, ""), self.view.now) if silence else None


async def search(question: Question, query: str) -> Message:
    """Answer ``/why words``: the account of the client, or a choice of those who fit."""
    found = await choose(question, query, action="why_client")
    if isinstance(found, Message):
        return found
    async with question.database.read() as connection:
        view, _ = await open_view(connection, question)
        return await _client(connection, question, view, found, "")


async def client(question: Question, name: str, arg: str) -> Message | None:
    """Return a page of the client's account; None = not on the lists, or not this manager's."""
    async with question.database.read() as connection:
        view, book = await open_view(connection, question)
        if name not in own_names(question, book):
            return None
        return await _client(connection, question, view, name, arg)


async def incident(question: Question, number: int, arg: str) -> Message | None:
    """Return a page of an incident's account; None = there is no such incident."""
    async with question.database.read() as connection:
        view, _ = await open_view(connection, question)
        found = await incidents.load(connection, number)
        if found is None:
            return None
        began, over = found.opened_at - BEFORE, (found.ended_at or view.now) + BEFORE
        past = await health.history(connection, _subjects(found), since=began)
        codes = {symptom.code for symptom in found.symptoms} or {found.code}
        seen = [one for one in past if one.code in codes and one.at <= over]
        moments = await _account(connection, question, view, [found], seen)
    return _word(view, moments, arg, number=number)


async def _client(connection: Connection, question: Question, view: View, name: str, arg: str) -> Message:
    since = view.now - SPAN
    known = await incidents.of_client(connection, name, since=since)
    seen = await health.history(connection, [Subject(SubjectKind.CLIENT, name)], since=since)
    moments = await _account(connection, question, view, known, [one for one in seen if one.code in ROWS])
    recent = [one for one in moments if one.at >= since]
    return _word(view, recent, arg, label=view.estate.clients[name].label, name=name)


def _word(view: View, moments: Sequence[Moment], arg: str, **facts: Any) -> Message:
    """Word one page: the newest moments come on the first page, and on each page the newest stands last."""
    shown, page = cut(moments[::-1], arg, PER_PAGE)
    whole: dict[str, Any] = {"number": 0, "label": "", "name": "", "days": SPAN.days, **facts}
    return render("why", now=view.now, zone=view.zone, moments=shown[::-1], page=page, **whole)


async def _account(
    connection: Connection,
    question: Question,
    view: View,
    known: Sequence[Incident],
    seen: Sequence[Transition],
) -> list[Moment]:
    """Put everything that is known of these incidents and measurements into one order."""
    ids = [one.id for one in known if one.id is not None]
    steps = await incidents.entries_of(connection, ids)
    made = await decisions.of_incidents(connection, ids)
    notes = await outbox.of_incidents(connection, ids)
    quiet = await silences.some(connection, {one for one in _silence_ids(made, notes) if one is not None})
    asked = {step.person_id for step in steps if step.person_id} | {one.author for one in quiet.values()}
    chat_ids = {note.chat_id for note in notes} | {one.decision.chat_id for one in made if one.decision.chat_id}
    who = await people.names(connection, asked | {one for one in chat_ids if one > 0})
    everything = question.only_manager is None and question.sees is None
    titles = await _titles(connection, who) if everything else {}
    words = _Known(view=view, titles=titles, who=who, silences=quiet)
    moments: list[Moment] = [_measured(one) for one in seen if one.code in ROWS]
    moments += [
        Happened(at=step.at, number=step.incident_id, line=line_of(step, who.get(step.person_id or 0)))
        for step in steps
    ]
    moments += _chosen(made, words)
    moments += _done(notes, words)
    return sorted(moments, key=attrgetter("at"))


def _silence_ids(made: Iterable[Decided], notes: Iterable[Owed]) -> set[int | None]:
    return {one.decision.silence_id for one in made} | {note.silence_id for note in notes}


async def _titles(connection: Connection, who: Mapping[int, str]) -> dict[int, str]:
    known = await chats.everyone(connection)
    return {chat.id: chat.title for chat in known.values() if chat.title} | dict(who)


def _subjects(one: Incident) -> list[Subject]:
    """Name what was measured for an incident; of many clients behind a shared thing only a few."""
    several = sorted({symptom.subject for symptom in one.symptoms}, key=lambda s: (s.kind is SubjectKind.CLIENT, s))
    return several[:MEASURED_OF]


def _measured(one: Transition) -> Measured:
    row = ROWS[one.code]
    return Measured(
        at=one.at,
        state=one.after,
        title=title(one.code, row.title, one.reason),
        well=row.well,
        reason=one.reason,
        detail=one.detail,
    )


def _chosen(made: Sequence[Decided], known: _Known) -> list[Moment]:
    """Return decisions as lines; those that are the same for several chats share one."""
    alike = _alike(made, lambda one: (one.at, one.decision.incident_id, one.decision.reason, one.decision.silence_id))
    return [
        Chosen(
            at=some[0].at,
            number=some[0].decision.incident_id,
            reason=some[0].decision.reason,
            places=known.places(one.decision.chat_id for one in some),
            until=some[0].decision.due_at if some[0].decision.reason in PUT_OFF else None,
            mute=known.mute(some[0].decision.silence_id) if some[0].decision.reason is Reason.MUTED else None,
        )
        for some in alike
    ]


def _done(notes: Sequence[Owed], known: _Known) -> list[Moment]:
    """Return what became of notes as lines; those that went alike to several chats at about one time share one."""
    said = [replace(note, done_at=_when(note, known.view.now)) for note in notes]
    alike = _alike(
        said,
        lambda note: (
            note.incident_id,
            note.kind,
            note.state,
            note.silent,
            _why(note),
            _minute(note.done_at),
        ),
    )
    return [_end(some, known) for some in alike]


def _end(some: Sequence[Owed], known: _Known) -> Done:
    note = some[0]
    over = note.state in {OutboxState.DELIVERED, OutboxState.FOLDED, OutboxState.MUTED}
    return Done(
        at=note.done_at or note.owed_at,
        number=note.incident_id or 0,
        note=note.kind,
        state=note.state,
        places=known.places(one.chat_id for one in some),
        silent=note.silent,
        why=_why(note),
        error="" if over else note.error,
        mute=known.mute(note.silence_id) if note.state is OutboxState.MUTED else None,
    )


def _when(note: Owed, now: datetime) -> datetime:
    """Return when a note was done with; what still waits waits now."""
    return note.done_at or max(note.owed_at, min(note.due_at, now))


def _why(note: Owed) -> str:
    return note.why if note.state in {OutboxState.BURIED, OutboxState.FOLDED} else ""


def _minute(at: datetime | None) -> datetime | None:
    return at and at.replace(second=0, microsecond=0)


def _alike(rows: Iterable[T], key: Callable[[T], Hashable]) -> Collection[list[T]]:
    found: dict[Hashable, list[T]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found.values()
