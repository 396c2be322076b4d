"""Imports lists in two steps, the same for the command line and the chat: propose shows, apply does what was shown."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from checks.merging import Merged, Remark, merge
from checks.readers.entries import Listed, ListKind
from checks.readers.lists import read_list
from checks.roll import Difference
from storage import audit, proposals, registry
from storage.database import Connection, Database
from storage.secrets import Vault


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file as it came; its content may hold passwords and is not shown."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """What a file turned out to be; without a kind it could not be read at all."""

    name: str
    kind: ListKind | None
    taken: int
    """Lines that go in."""
    refused: int
    """Lines that stay out."""

    @property
    def useless(self) -> bool:
        """Whether every line of it is bad."""
        return self.refused > 0 and not self.taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an import would do. Without an ``id`` there is nothing to decide: nothing to change, or nothing readable."""

    id: int | None
    files: tuple[FileRead, ...]
    difference: Difference
    remarks: tuple[Remark, ...]

    @property
    def unreadable(self) -> bool:
        """Some file could not be read; then none is imported."""
        return not all(file.kind for file in self.files)

    @property
    def refused(self) -> tuple[Remark, ...]:
        """Why files and lines stay out."""
        return tuple(remark for remark in self.remarks if remark.flaw.refused)

    @property
    def noted(self) -> tuple[Remark, ...]:
        """What else is worth a look."""
        return tuple(remark for remark in self.remarks if not remark.flaw.refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who applies: for the audit. The command line has no ``id``."""

    id: int | None
    name: str
    chat_id: int | None = None


class Verdict(StrEnum):
    """What came of applying a proposal."""

    APPLIED = "applied"
    STALE = "stale"
    """The estate has changed since; nothing was done, the outcome holds a fresh proposal."""
    GUARDED = "guarded"
    """More than half would go; to be confirmed once more (``allow_gone``)."""
    APPLIED_BEFORE = "applied_before"
    DROPPED_BEFORE = "dropped_before"
    UNKNOWN = "unknown"
    """No such proposal: forgotten after a week, or sealed with another key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer to a press: what was done, or who was first, or what to decide now."""

    verdict: Verdict
    proposal: Proposal | None = None
    by: int | None = None
    at: datetime | None = None


class Stage(StrEnum):
    READ = "read"
    COMPARE = "compare"
    WRITE = "write"


Progress: TypeAlias = Callable[[Stage, int, int], None]
"""Told the stage and how much of how much is done; called from the loop."""


def unwatched(_stage: Stage, _done: int, _total: int) -> None:
    """Tell nobody."""


async def propose(
    database: Database,
    files: Sequence[ListFile],
    *,
    vault: Vault,
    now: datetime,
    by: int | None = None,
    progress: Progress = unwatched,
) -> Proposal:
    """Read ``files``, compare them with what is known, and keep the proposal for ``apply``."""
    lists = await _read(files, progress)
    async with database.read() as connection:
        merged = await _merge(connection, vault, lists, progress)
    proposal = _proposal(None, lists, merged)
    if proposal.unreadable:
        return proposal
    if merged.difference.empty:
        await _note_who_lists_whom(database, lists, vault=vault, now=now)
        return proposal
    body = await asyncio.to_thread(_pack, vault, files)
    kinds = "+".join(sorted({str(file.kind) for file in proposal.files}))
    names = ", ".join(file.name for file in files)

    async def keep(tx: Connection) -> int:
        base = merged.difference.fingerprint
        return await proposals.put(tx, kind=kinds, file=names, base=base, body=body, made_by=by, at=now)

    return _proposal(await database.write(keep), lists, merged)


async def apply(
    database: Database,
    proposal_id: int,
    *,
    vault: Vault,
    by: Author,
    now: datetime,
    allow_gone: bool = False,
    progress: Progress = unwatched,
) -> Outcome:
    """Do what the proposal showed, whole and once; if that is no longer what would be done, say so and do nothing."""
    async with database.read() as connection:
        stored = await proposals.get(connection, proposal_id)
    content = await asyncio.to_thread(vault.unpack, stored.body) if stored and stored.body else None
    if stored is None or (content is None and stored.body):
        return Outcome(verdict=Verdict.UNKNOWN)
    if content is None:
        return _decided(stored)
    files = _unpack(content)
    lists = await _read(files, progress)

    async def work(tx: Connection) -> Outcome:
        present = await proposals.get(tx, proposal_id)
        if present is None or not present.body:
            return _decided(present) if present else Outcome(verdict=Verdict.UNKNOWN)
        merged = await _merge(tx, vault, lists, progress)
        if merged.difference.fingerprint != present.base:
            await proposals.settle(tx, proposal_id, by=by.id, at=now, applied=False)
            return Outcome(verdict=Verdict.STALE)
        proposal = _proposal(proposal_id, lists, merged)
        if merged.difference.guarded and not allow_gone:
            return Outcome(verdict=Verdict.GUARDED, proposal=proposal)
        await _write(tx, merged, vault=vault, now=now, progress=progress)
        await proposals.settle(tx, proposal_id, by=by.id, at=now, applied=True)
        await _note(tx, by, "import", files=present.file, now=now, difference=merged.difference)
        return Outcome(verdict=Verdict.APPLIED, proposal=proposal, by=by.id, at=now)

    outcome = await database.write(work)
    if outcome.verdict is not Verdict.STALE:
        return outcome
    fresh = await propose(database, files, vault=vault, now=now, by=by.id)
    return Outcome(verdict=Verdict.STALE, proposal=fresh)


async def drop(database: Database, proposal_id: int, *, by: Author, now: datetime) -> Outcome | None:
    """Forget a proposal and its files; None when that was done, else who was first."""

    async def work(tx: Connection) -> Outcome | None:
        stored = await proposals.get(tx, proposal_id)
        if await proposals.settle(tx, proposal_id, by=by.id, at=now, applied=False):
            await _note(tx, by, "import_drop", files=stored.file if stored else "", now=now)
            return None
        return _decided(stored) if stored else Outcome(verdict=Verdict.UNKNOWN)

    return await database.write(work)


def _decided(stored: proposals.Stored) -> Outcome:
    verdict = Verdict.APPLIED_BEFORE if stored.applied_at else Verdict.DROPPED_BEFORE
    return Outcome(verdict=verdict, by=stored.applied_by, at=stored.applied_at or stored.dropped_at)


# ── the steps ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def _read(files: Sequence[ListFile], progress: Progress) -> list[Listed]:
    lists = []
    for done, file in enumerate(files):
        progress(Stage.READ, done, len(files))
        lists.append(await asyncio.to_thread(read_list, file.name, file.content))
    progress(Stage.READ, len(files), len(files))
    return lists


async def _merge(connection: Connection, vault: Vault, lists: Sequence[Listed], progress: Progress) -> Merged:
    progress(Stage.COMPARE, 0, 1)
    known = await registry.roll(connection, vault)
    merged = await asyncio.to_thread(merge, known, lists)
    progress(Stage.COMPARE, 1, 1)
    return merged


async def _write(tx: Connection, merged: Merged, *, vault: Vault, now: datetime, progress: Progress) -> None:
    def written(done: int, total: int) -> None:
        progress(Stage.WRITE, done, total)

    await registry.save(tx, merged.before, merged.after, vault=vault, at=now, written=written)


async def _note_who_lists_whom(database: Database, lists: Sequence[Listed], *, vault: Vault, now: datetime) -> None:
    """Remember, when nothing visible changes, that these lists hold these clients: later they may leave them."""

    async def work(tx: Connection) -> None:
        merged = await _merge(tx, vault, lists, unwatched)
        if merged.difference.empty and merged.before != merged.after:
            await _write(tx, merged, vault=vault, now=now, progress=unwatched)

    await database.write(work)


async def _note(
    tx: Connection, by: Author, act: str, *, files: str, now: datetime, difference: Difference | None = None
) -> None:
    sections = [section for section in difference.sections if not section.empty] if difference else []
    detail = {
        str(section.noun): {
            "added": len(section.added),
            "changed": len(section.changed),
            "gone": len(section.gone),
        }
        for section in sections
    }
    await audit.write(
        tx, at=now, person_id=by.id, person=by.name, chat_id=by.chat_id, act=act, target=files, detail=detail
    )


def _proposal(proposal_id: int | None, lists: Sequence[Listed], merged: Merged) -> Proposal:
    return Proposal(
        id=proposal_id,
        files=tuple(_file(listed, merged.remarks) for listed in lists),
        difference=merged.difference,
        remarks=merged.remarks,
    )


def _file(listed: Listed, remarks: Sequence[Remark]) -> FileRead:
    lines = {remark.flaw.line for remark in remarks if remark.file == listed.file and remark.flaw.refused}
    taken = sum(entry.line not in lines for entry in listed.entries)
    return FileRead(name=listed.file, kind=listed.kind, taken=taken, refused=len(lines))


def _pack(vault: Vault, files: Sequence[ListFile]) -> bytes:
    head = json.dumps([[file.name, len(file.content)] for file in files]).encode()
    return vault.pack(b"\n".join([head, b"".join(file.content for file in files)]))


def _unpack(content: bytes) -> list[ListFile]:
    head, _, rest = content.partition(b"\n")
    files = []
    for name, size in json.loads(head):
        files.append(ListFile(name, rest[:size]))
        rest = rest[size:]
    return files
