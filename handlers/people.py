"""``/people`` and ``/invite``: who is in, in which role, and new invitations; for admins, by buttons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram.utils.deep_linking import create_start_link, create_startgroup_link

from checks.access import STAFF, Act, Allowed
from checks.buttons import Action, Press
from checks.model import Person, Role
from handlers.menus import give_menu
from handlers.paging import key_of, number_of, page_of
from handlers.pressed import on_command, on_press
from handlers.replies import answer, say, show, worded
from handlers.turn import Turn
from storage import invitations, people, routes
from storage import names as names_of
from storage.database import Connection

PEOPLE_A_PAGE = 8
NAMES_A_PAGE = 8
NO_NAME = "-"
"""A manager whom the lists do not know yet."""


def router() -> Router:
    """Return the router of people."""
    made = Router(name="people")
    on_command(made, "people", _people)
    on_command(made, "invite", _invite)
    on_press(made, Action.PEOPLE, _page)
    on_press(made, Action.ROLE, _pressed)
    return made


async def _people(_message: Message, turn: Turn) -> None:
    await say(turn, await _list(turn, 0))


async def _invite(_message: Message, turn: Turn) -> None:
    await say(turn, worded(turn, "invite", roles=list(Role)))


async def _page(query: CallbackQuery, press: Press, turn: Turn) -> None:
    await answer(turn, query, "empty")
    await show(turn, query, await _list(turn, press.id))


async def _pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    """Do what a button of these lists asks; ``press.arg`` is the word and, after a dot, its own argument."""
    word, _, arg = press.arg.partition(".")
    if word == "invite":
        await answer(turn, query, "empty")
        await show(turn, query, worded(turn, "invite", roles=list(Role)))
    elif word == "new":
        await _new_invitation(query, turn, arg)
    elif word == "names":
        await answer(turn, query, "empty")
        await show(turn, query, await _names(turn, press.id, number_of(arg)))
    elif word == "name":
        await _name_chosen(query, turn, press.id, arg)
    elif word == "card":
        await answer(turn, query, "empty")
        await _show_person(query, turn, press.id)
    elif word == "set":
        await _set_role(query, turn, press.id, arg)
    elif word in {"off", "on"}:
        await _switch(query, turn, press.id, off=word == "off")
    else:
        await answer(turn, query, "stale")
        await show(turn, query, await _list(turn, 0))


async def _list(turn: Turn, number: int) -> Any:
    async with turn.deps.database.read() as connection:
        everybody = await people.everybody(connection)
    page = page_of(everybody, number, PEOPLE_A_PAGE)
    editable = isinstance(turn.verdict(Act.INVITE), Allowed)
    return worded(turn, "people", page=page, total=len(everybody), editable=editable)


async def _new_invitation(query: CallbackQuery, turn: Turn, arg: str) -> None:
    role = _role(arg)
    if role is None:
        await answer(turn, query, "stale")
    elif role is Role.MANAGER:
        await answer(turn, query, "empty")
        await show(turn, query, await _names(turn, 0, 0))
    else:
        await answer(turn, query, "empty")
        await _make(query, turn, role, None)


async def _make(query: CallbackQuery, turn: Turn, role: Role, manager: str | None) -> None:
    code = await turn.change(
        "invited",
        lambda tx: invitations.make(tx, role=role, manager=manager, made_by=turn.user_id, now=turn.now),
        detail={"role": role, "manager": manager},
    )
    links = {
        "invite_link": await create_start_link(turn.bot, code),
        "group_link": await create_startgroup_link(turn.bot, code),
    }
    until = turn.now + invitations.LIFETIME
    message = worded(turn, "invitation", role=role, manager=manager, code=code, until=until, **links)
    await show(turn, query, message)


async def _names(turn: Turn, person_id: int, number: int) -> Any:
    """Suggest the managers of the client lists; ``person_id`` is 0 for a new invitation."""
    async with turn.deps.database.read() as connection:
        names = await names_of.managers(connection)
        person = await people.get(connection, person_id) if person_id else None
    page = page_of([(name, key_of(name)) for name in names], number, NAMES_A_PAGE)
    return worded(turn, "manager_names", page=page, person=person, person_id=person_id, no_name=NO_NAME)


async def _name_chosen(query: CallbackQuery, turn: Turn, person_id: int, key: str) -> None:
    async with turn.deps.database.read() as connection:
        names = await names_of.managers(connection)
    found = next((name for name in names if key_of(name) == key), None)
    if found is None and key != NO_NAME:
        await answer(turn, query, "stale")
        await show(turn, query, await _names(turn, person_id, 0))
    elif person_id:
        await _give(query, turn, person_id, Role.MANAGER, found)
    else:
        await answer(turn, query, "empty")
        await _make(query, turn, Role.MANAGER, found)


async def _set_role(query: CallbackQuery, turn: Turn, person_id: int, arg: str) -> None:
    role = _role(arg)
    if role is None:
        await answer(turn, query, "stale")
    elif role is Role.MANAGER:
        await answer(turn, query, "empty")
        await show(turn, query, await _names(turn, person_id, 0))
    else:
        await _give(query, turn, person_id, role, None)


async def _give(query: CallbackQuery, turn: Turn, person_id: int, role: Role, manager: str | None) -> None:
    async def work(tx: Connection) -> Person | None:
        changed = await people.set_role(tx, person_id, role, manager)
        if changed is not None and role not in STAFF:
            await routes.unbind(tx, person_id)  # what the private chat was told by the former role
        return changed

    changed = await turn.change(
        "role",
        work,
        target=str(person_id),
        detail={"role": role, "manager": manager},
    )
    await _after(query, turn, person_id, changed)


async def _switch(query: CallbackQuery, turn: Turn, person_id: int, *, off: bool) -> None:
    async def work(tx: Connection) -> Person | None:
        if not off:
            return await people.reinstate(tx, person_id)
        return await rest(tx, person_id, turn.now)

    changed = await turn.change("suspended" if off else "reinstated", work, target=str(person_id))
    await _after(query, turn, person_id, changed)


async def _after(query: CallbackQuery, turn: Turn, person_id: int, changed: Person | None) -> None:
    await answer(turn, query, "role_set" if changed else "nothing_changed", alert=changed is None)
    await _show_person(query, turn, person_id)
    if changed is not None:
        await give_menu(turn.bot, changed, turn.now)


async def _show_person(query: CallbackQuery, turn: Turn, person_id: int) -> None:
    async with turn.deps.database.read() as connection:
        person = await people.get(connection, person_id)
        admins = await people.with_role(connection, Role.ADMIN)
    if person is None:
        await show(turn, query, await _list(turn, 0))
        return
    last = [one.id for one in admins] == [person.id]
    await show(turn, query, worded(turn, "person", person=person, roles=_others(person), last_admin=last))


def _others(person: Person) -> Sequence[Role]:
    """Return the roles that can be given instead; another manager's name is a change too."""
    return [role for role in Role if role is not person.role or role is Role.MANAGER]


def _role(word: str) -> Role | None:
    return Role(word) if word in set(Role) else None


async def rest(tx: Connection, person_id: int, at: datetime) -> Person | None:
    """Suspend a person: no rights, and no alerts into the private chat either; None when nothing changed."""
    suspended = await people.suspend(tx, person_id, at)
    if suspended is not None:
        await routes.unbind(tx, person_id)
    return suspended
