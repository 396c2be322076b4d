"""Propose shows what an import would do, apply does just that: whole, once, and not on an estate that has changed."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from checks.model import ClientKind
from checks.readers.entries import ListKind
from checks.readers.flaws import Trouble
from checks.roll import Noun, Roll, Section
from checks.secret import Secret
from handlers.imports import Author, ListFile, Proposal, Stage, Verdict, apply, drop, propose
from storage import audit, registry
from storage.database import Database, open_database
from storage.secrets import Vault
from storage.tables import accesses, clients, proposals

LISTS = Path(__file__).parents[1] / "testdata" / "lists"
ANNA = Author(id=7, name="Анна", chat_id=70)


@pytest.fixture
def vault() -> Vault:
    return Vault(Fernet.generate_key())


def sample(name: str) -> ListFile:
    return ListFile(name, (LISTS / name).read_bytes())


def listed(*lines: str, file: str = "clients.csv") -> ListFile:
    return ListFile(file, "\n".join(("name,title,manager", *lines)).encode())


ALL = [sample(name) for name in ("clients.csv", "redirects.csv", "managers.csv", "online.csv")]


async def imported(database: Database, vault: Vault, now: datetime, *files: ListFile, **options: Any) -> Proposal:
    proposal = await propose(database, files, vault=vault, now=now)
    assert proposal.id is not None
    outcome = await apply(database, proposal.id, vault=vault, by=ANNA, now=now, **options)
    assert outcome.verdict is Verdict.APPLIED
    return proposal


async def known(database: Database, vault: Vault) -> Roll:
    async with database.read() as connection:
        return await registry.roll(connection, vault)


def section(proposal: Proposal | None, noun: Noun = Noun.CLIENT) -> Section:
    assert proposal is not None
    return next(section for section in proposal.difference.sections if section.noun is noun)


async def test_proposing_changes_nothing_and_applying_does_what_was_shown(
    database: Database, vault: Vault, noon: datetime
) -> None:
    proposal = await propose(database, ALL, vault=vault, now=noon)
    assert proposal.id is not None
    assert (await known(database, vault)).clients == {}

    outcome = await apply(database, proposal.id, vault=vault, by=ANNA, now=noon)

    roll = await known(database, vault)
    assert outcome.verdict is Verdict.APPLIED
    assert len(roll.clients) == len(section(proposal).added) == 8
    assert roll.clients["romashka"].client.kind is ClientKind.CLOUD
    assert roll.clients["progress"].client.kind is ClientKind.ONLINE
    assert roll.redirects.keys() == {"r1", "r2"}


async def test_what_is_kept_is_what_was_read(database: Database, vault: Vault, noon: datetime) -> None:
    await imported(database, vault, noon, *ALL)

    again = await propose(database, ALL, vault=vault, now=noon)

    assert again.difference.empty
    assert again.id is None
    assert [(file.name, file.kind, file.taken, file.refused) for file in again.files] == [
        ("clients.csv", ListKind.CLIENTS, 5, 0),
        ("redirects.csv", ListKind.REDIRECTS, 2, 0),
        ("managers.csv", ListKind.MANAGERS, 5, 0),
        ("online.csv", ListKind.ONLINE, 3, 0),
    ]


async def test_passwords_are_sealed_at_rest_also_in_a_waiting_proposal(
    database: Database, database_url: str, vault: Vault, noon: datetime
) -> None:
    waiting = await propose(database, [sample("online.csv")], vault=vault, now=noon)
    file = Path(database_url.removeprefix("sqlite+aiosqlite:///"))

    def on_disk() -> bytes:
        return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))

    assert b"s3cret" not in on_disk()
    assert waiting.id is not None
    await apply(database, waiting.id, vault=vault, by=ANNA, now=noon)
    assert b"s3cret" not in on_disk()
    access = (await known(database, vault)).accesses["online.example.org", "docs", "progress"]
    assert access.password == Secret("=s3cret;2")
    assert "s3cret" not in repr(waiting) + repr(access)


async def test_a_button_pressed_after_a_restart_still_works(database_url: str, vault: Vault, noon: datetime) -> None:
    async with open_database(database_url) as before:
        proposal = await propose(before, [listed("a,A,")], vault=vault, now=noon)
    assert proposal.id is not None

    async with open_database(database_url) as after:
        outcome = await apply(after, proposal.id, vault=vault, by=ANNA, now=noon + timedelta(days=1))
        assert outcome.verdict is Verdict.APPLIED
        assert (await known(after, vault)).clients.keys() == {"a"}


async def test_an_estate_that_has_changed_since_is_said_and_nothing_is_done(
    database: Database, vault: Vault, noon: datetime
) -> None:
    first = await propose(database, [listed("a,A,", "b,B,")], vault=vault, now=noon)
    await imported(database, vault, noon, listed("a,Другой,"))
    assert first.id is not None

    outcome = await apply(database, first.id, vault=vault, by=ANNA, now=noon)

    assert outcome.verdict is Verdict.STALE
    assert (await known(database, vault)).clients.keys() == {"a"}
    assert [item.name for item in section(outcome.proposal).added] == ["b"]
    assert outcome.proposal is not None
    assert outcome.proposal.id is not None
    fresh = await apply(database, outcome.proposal.id, vault=vault, by=ANNA, now=noon)
    assert fresh.verdict is Verdict.APPLIED
    assert (await known(database, vault)).clients.keys() == {"a", "b"}


async def test_of_two_presses_the_second_hears_who_was_first(database: Database, vault: Vault, noon: datetime) -> None:
    proposal = await propose(database, [listed("a,A,")], vault=vault, now=noon)
    assert proposal.id is not None
    boris = Author(id=8, name="Борис")

    one, two = await asyncio.gather(
        apply(database, proposal.id, vault=vault, by=ANNA, now=noon),
        apply(database, proposal.id, vault=vault, by=boris, now=noon),
    )

    first, second = (one, two) if one.verdict is Verdict.APPLIED else (two, one)
    assert (first.verdict, second.verdict) == (Verdict.APPLIED, Verdict.APPLIED_BEFORE)
    assert (second.by, second.at) == (first.by, noon)
    async with database.read() as connection:
        assert len(await audit.latest(connection, limit=10)) == 1


async def test_a_dropped_proposal_keeps_no_files_and_cannot_be_applied(
    database: Database, vault: Vault, noon: datetime
) -> None:
    proposal = await propose(database, [sample("online.csv")], vault=vault, now=noon)
    assert proposal.id is not None

    assert await drop(database, proposal.id, by=ANNA, now=noon) is None

    outcome = await apply(database, proposal.id, vault=vault, by=ANNA, now=noon)
    assert (outcome.verdict, outcome.by) == (Verdict.DROPPED_BEFORE, 7)
    again = await drop(database, proposal.id, by=ANNA, now=noon)
    assert again is not None
    assert again.verdict is Verdict.DROPPED_BEFORE
    async with database.read() as connection:
        assert (await connection.execute(select(proposals.c.body))).scalar_one() == b""
        assert [entry.act for entry in await audit.latest(connection, limit=10)] == ["import_drop"]


async def test_unknown_forgotten_and_unreadable_proposals_say_so(
    database: Database, vault: Vault, noon: datetime
) -> None:
    old = await propose(database, [listed("a,A,")], vault=vault, now=noon)
    late = noon + timedelta(days=8)
    young = await propose(database, [listed("b,B,")], vault=vault, now=late)
    assert old.id is not None
    assert young.id is not None

    other = Vault(Fernet.generate_key())
    for number, key in ((999, vault), (old.id, vault), (young.id, other)):
        assert (await apply(database, number, vault=key, by=ANNA, now=late)).verdict is Verdict.UNKNOWN


async def test_more_than_half_gone_wants_a_second_word(database: Database, vault: Vault, noon: datetime) -> None:
    await imported(database, vault, noon, listed("a,A,", "b,B,", "c,C,"))
    proposal = await propose(database, [listed("a,A,")], vault=vault, now=noon)
    assert proposal.id is not None
    assert proposal.difference.guarded

    held = await apply(database, proposal.id, vault=vault, by=ANNA, now=noon)
    assert held.verdict is Verdict.GUARDED
    assert not any(one.gone for one in (await known(database, vault)).clients.values())

    done = await apply(database, proposal.id, vault=vault, by=ANNA, now=noon, allow_gone=True)
    assert done.verdict is Verdict.APPLIED
    assert [name for name, one in (await known(database, vault)).clients.items() if one.gone] == ["b", "c"]


async def test_who_is_gone_is_kept_and_may_return(database: Database, vault: Vault, noon: datetime) -> None:
    both = listed("a,A,", "b,B,", "c,C,")
    await imported(database, vault, noon, both)
    await imported(database, vault, noon + timedelta(days=1), listed("a,A,", "b,B,"))
    async with database.read() as connection:
        gone_at = select(clients.c.name, clients.c.gone_at).where(clients.c.gone_at.is_not(None))
        assert (await connection.execute(gone_at)).all() == [("c", noon + timedelta(days=1))]

    back = await imported(database, vault, noon + timedelta(days=2), both)

    assert [(item.name, item.returned) for item in section(back).added] == [("c", True)]
    async with database.read() as connection:
        row = (await connection.execute(select(clients).where(clients.c.name == "c"))).one()
    assert (row.gone_at, row.created_at, row.updated_at) == (None, noon, noon + timedelta(days=2))


async def test_accesses_change_go_and_return(database: Database, vault: Vault, noon: datetime) -> None:
    line = "Ромашка,{},{},online.example,docs,https,Ольга,"
    one = ListFile("online.csv", "\n".join(line.format(n, f"pw{n}") for n in "123").encode())
    two = ListFile("online.csv", "\n".join([line.format(1, "new"), line.format(2, "pw2")]).encode())
    await imported(database, vault, noon, one)

    less = await imported(database, vault, noon, two)
    roll = await known(database, vault)

    assert [item.name for item in section(less, Noun.ACCESS).gone] == ["3"]
    assert {key[2]: (a.password, a.gone) for key, a in roll.accesses.items()} == {
        "1": (Secret("new"), False),
        "2": (Secret("pw2"), False),
        "3": (Secret("pw3"), True),
    }
    await imported(database, vault, noon, one)
    assert not any(a.gone for a in (await known(database, vault)).accesses.values())


async def test_passwords_sealed_with_a_lost_key_are_replaced_by_the_list(
    database: Database, vault: Vault, noon: datetime
) -> None:
    await imported(database, vault, noon, sample("online.csv"))
    fresh_key = Vault(Fernet.generate_key())

    proposal = await imported(database, fresh_key, noon, sample("online.csv"))

    assert len(section(proposal, Noun.ACCESS).changed) == 3
    assert all(access.password for access in (await known(database, fresh_key)).accesses.values())


async def test_going_with_an_unreadable_password_keeps_the_row_whole(
    database: Database, vault: Vault, noon: datetime
) -> None:
    await imported(database, vault, noon, sample("online.csv"))
    short = ListFile("online.csv", b"".join(sample("online.csv").content.splitlines(keepends=True)[:2]))

    await imported(database, Vault(Fernet.generate_key()), noon, short)

    async with database.read() as connection:
        gone = (await connection.execute(select(accesses).where(accesses.c.gone_at.is_not(None)))).one()
    assert vault.open(gone.password) == Secret('quo"te,comma')


async def test_nothing_half_applied_when_the_write_fails(database: Database, vault: Vault, noon: datetime) -> None:
    proposal = await propose(database, ALL, vault=vault, now=noon)
    assert proposal.id is not None

    def stumble(stage: Stage, done: int, total: int) -> None:
        if stage is Stage.WRITE and done:
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        await apply(database, proposal.id, vault=vault, by=ANNA, now=noon, progress=stumble)

    roll = await known(database, vault)
    assert (roll.clients, roll.redirects, roll.accesses) == ({}, {}, {})
    assert (await apply(database, proposal.id, vault=vault, by=ANNA, now=noon)).verdict is Verdict.APPLIED


async def test_bad_lines_stay_out_with_their_reasons_and_good_ones_go_in(
    database: Database, vault: Vault, noon: datetime
) -> None:
    proposal = await imported(database, vault, noon, sample("clients_bad.csv"))

    assert [(file.taken, file.refused) for file in proposal.files] == [(2, 16)]
    assert len(proposal.remarks) == 17
    assert (await known(database, vault)).clients.keys() == {"good", "mail1"}


async def test_a_file_that_cannot_be_read_keeps_the_others_out_too(
    database: Database, vault: Vault, noon: datetime
) -> None:
    proposal = await propose(
        database, [listed("a,A,"), ListFile("photo.jpg", b"\xff\xd8\xff\xe0")], vault=vault, now=noon
    )

    assert (proposal.id, proposal.unreadable) == (None, True)
    assert [(remark.file, remark.flaw.trouble) for remark in proposal.remarks] == [("photo.jpg", Trouble.NOT_A_LIST)]


async def test_a_list_that_tells_nothing_new_is_still_remembered_as_holding_its_clients(
    database: Database, vault: Vault, noon: datetime
) -> None:
    line = "{},,,smartupload,download,upload,process,donotping,,3600,604800"
    own = ListFile("clients.csv", b"name\na\nb\nc\n")
    await imported(database, vault, noon, own)
    today = ListFile("managers.csv", "\n".join(line.format(n) for n in "abc").encode())
    await imported(database, vault, noon, today)
    assert (await propose(database, [own, today], vault=vault, now=noon)).difference.empty

    less = await propose(database, [ListFile("clients.csv", b"name\na\nb\n")], vault=vault, now=noon)

    assert less.difference.empty
    assert not (await known(database, vault)).clients["c"].gone
    last = await propose(
        database, [ListFile("managers.csv", "\n".join(line.format(n) for n in "ab").encode())], vault=vault, now=noon
    )
    assert [item.name for item in section(last).gone] == ["c"]


async def test_an_import_is_in_the_audit(database: Database, vault: Vault, noon: datetime) -> None:
    await imported(database, vault, noon, *ALL)

    async with database.read() as connection:
        (entry,) = await audit.latest(connection, limit=10)
        assert (await connection.execute(select(func.count()).select_from(clients))).scalar_one() == 8
    assert (entry.person, entry.chat_id, entry.act) == ("Анна", 70, "import")
    assert entry.detail["client"] == {"added": 8, "changed": 0, "gone": 0}
