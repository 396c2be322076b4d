"""People come in by invitation, keep their role, and the last admin cannot be lost."""

import asyncio
from datetime import timedelta

from checks.model import Person, Role
from storage import audit, invitations, people, updates
from storage.invitations import Invitation

ANNA = Person(id=1, name="Анна", role=Role.ADMIN)
OLGA = Person(id=2, name="Ольга", role=Role.MANAGER, manager="Ольга Иванова")


async def admit(database, *everybody, at):
    for person in everybody:
        await database.write(lambda tx, person=person: people.admit(tx, person, username=None, at=at))


async def get(database, number):
    async with database.read() as connection:
        return await people.get(connection, number)


async def test_a_person_is_remembered(database, noon):
    await admit(database, ANNA, OLGA, at=noon)

    async with database.read() as connection:
        assert await people.get(connection, 2) == OLGA
        assert await people.get(connection, 3) is None
        assert await people.everybody(connection) == [ANNA, OLGA]
        assert await people.with_role(connection, Role.ADMIN) == [ANNA]
        assert await people.names(connection, {1, 3}) == {1: "Анна"}


async def test_the_last_admin_stays(database, noon):
    await admit(database, ANNA, OLGA, at=noon)

    assert await database.write(lambda tx: people.suspend(tx, 1, noon)) is None
    assert await database.write(lambda tx: people.set_role(tx, 1, Role.VIEWER, None)) is None

    await database.write(lambda tx: people.set_role(tx, 2, Role.ADMIN, None))
    assert await database.write(lambda tx: people.suspend(tx, 1, noon))
    assert await database.write(lambda tx: people.suspend(tx, 2, noon)) is None


async def test_only_a_change_is_a_change(database, noon):
    await admit(database, ANNA, OLGA, at=noon)

    assert await database.write(lambda tx: people.set_role(tx, 2, Role.MANAGER, "Ольга Иванова")) is None
    assert await database.write(lambda tx: people.reinstate(tx, 2)) is None
    suspended = await database.write(lambda tx: people.suspend(tx, 2, noon))
    assert suspended
    assert suspended.suspended
    assert await database.write(lambda tx: people.suspend(tx, 2, noon)) is None
    assert await database.write(lambda tx: people.reinstate(tx, 2)) == OLGA


async def test_an_invitation_lets_one_person_in_once(database, noon):
    code = await database.write(lambda tx: invitations.make(tx, role=Role.SUPPORT, made_by=1, now=noon))

    tries = [database.write(lambda tx, by=by: invitations.use(tx, code, by=by, now=noon)) for by in (5, 6)]
    first, second = await asyncio.gather(*tries)

    assert (first, second) == (Invitation(Role.SUPPORT, None, 1), None)
    async with database.read() as connection:
        assert await invitations.used_by(connection, code) == 5


async def test_an_invitation_is_soon_over_and_never_kept_readable(database, database_url, noon):
    code = await database.write(lambda tx: invitations.make(tx, role=Role.SUPPORT, made_by=1, now=noon))
    late = noon + timedelta(minutes=15)

    assert await database.write(lambda tx: invitations.use(tx, code, by=5, now=late)) is None
    assert await database.write(lambda tx: invitations.use(tx, "\udcff", by=5, now=noon)) is None
    await database.write(lambda tx: invitations.prune(tx, late + timedelta(1)))
    async with database.read() as connection:
        assert await invitations.used_by(connection, code) is None


async def test_a_new_admin_code_ends_the_old_one(database, noon):
    old = await database.write(lambda tx: invitations.make_admin_code(tx, noon))
    new = await database.write(lambda tx: invitations.make_admin_code(tx, noon))

    assert await database.write(lambda tx: invitations.use(tx, old, by=5, now=noon)) is None
    assert await database.write(lambda tx: invitations.use(tx, new, by=5, now=noon)) == Invitation(
        Role.ADMIN, None, None
    )


async def test_the_audit_is_read_newest_first_in_pages(database, noon):
    for number in range(5):
        await database.write(
            lambda tx, number=number: audit.write(
                tx, at=noon, person_id=1, person="Анна", chat_id=-5, act="take", target=f"#{number}"
            )
        )

    async with database.read() as connection:
        page = await audit.latest(connection, limit=2)
        older = await audit.latest(connection, limit=9, before=page[-1].id)
    assert [entry.target for entry in page + older] == ["#4", "#3", "#2", "#1", "#0"]
    assert page[0].at == noon


async def test_an_update_is_marked_once_until_it_is_too_old(database, noon):
    assert await database.write(lambda tx: updates.mark(tx, 10, noon))
    assert not await database.write(lambda tx: updates.mark(tx, 10, noon))

    await database.write(lambda tx: updates.prune(tx, noon + timedelta(days=4)))
    async with database.read() as connection:
        assert not await updates.seen(connection, 10)
