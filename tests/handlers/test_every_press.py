"""Every command and button, given by every role, about an own and a foreign client, in private, group and topic."""

from __future__ import annotations

import pytest

from checks.access import COMMANDS, PRESSES, Act, ChatKind, Refused, may
from checks.buttons import Action, pack
from checks.model import Cause, CauseKind, Role
from tests.builders import client, incident, symptom
from tests.talk import ADMIN, ANNA, HEAD, OLGA, PETR, STAFF, SUPPORT, settle_estate

pytestmark = pytest.mark.slow

NO = ("другая роль", "не ваш клиент", "чужих клиентов", "для личного чата", "подтвердил")
WHO = {Role.ADMIN: ADMIN, Role.HEAD: HEAD, Role.SUPPORT: ANNA, Role.MANAGER: OLGA, Role.VIEWER: PETR}
CLIENTS = {"romashka": ["Ольга Иванова"], "vektor": ["Михаил"]}
PLACES = {"private": (None, None), "group": (SUPPORT, None), "topic": (SUPPORT, 2)}
ABOUT_INCIDENTS = frozenset(
    {
        Action.TAKE, Action.GIVE_BACK, Action.HANDED, Action.LOOK_NOW, Action.DETAILS, Action.CARD, Action.ADDRESSES,
        Action.OWNER_TEXT, Action.CLIENT_TEXT, Action.RETURN_TEXT, Action.WHY, Action.MUTE_MENU, Action.MUTE,
    }
)  # fmt: skip
ON_TOP = {Action.BOARD: Act.BIND, "board": Act.BIND}
"""What these need beyond their row in a group: a board is hung up by those who may bind it."""
DRAWS = frozenset({"week"})
"""Takes seconds to draw; its row is judged in tests/checks."""
ABOUT_CLIENTS = frozenset({Action.STATUS, Action.HISTORY, Action.WHY_CLIENT})
ARGUMENTS = {Action.MUTE: "cause.1h", Action.MUTE_MENU: "cause", Action.ROLE: "invite", Action.HERE: "menu"}


@pytest.fixture
async def estate(database):
    await settle_estate(database)


def button(action: Action, number: int, name: str) -> str:
    if action in ABOUT_CLIENTS:
        return pack(action, 0, name)
    if action in ABOUT_INCIDENTS:
        return pack(action, number, ARGUMENTS.get(action, ""))
    return pack(action, 0, ARGUMENTS.get(action, ""))


def _act(what: Action | str, act: Act, chat: ChatKind) -> Act:
    return act if chat is ChatKind.PRIVATE else ON_TOP.get(what, act)


def refused(role: Role, act, chat: ChatKind, owners) -> bool:
    person = next(one for one in STAFF if one.id == WHO[role].id)
    return isinstance(may(person, act, chat=chat, owners=owners), Refused)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("role", Role)
async def test_every_button(estate, talk, role, place):
    room, thread = PLACES[place]
    kind = ChatKind.PRIVATE if room is None else ChatKind.GROUP
    await talk.says(WHO[role], "/help", room, **({"thread_id": thread} if thread else {}))
    said = (await talk.heard((room or WHO[role]).id))[-1]
    wrong = []
    for name, owners in CLIENTS.items():
        cause = Cause(CauseKind.CLIENT, name, "service")
        number = await talk.opens(incident(cause=cause, symptoms=(symptom(subject=client(name)),)))
        for action in Action:
            about = owners if action in ABOUT_INCIDENTS | ABOUT_CLIENTS else None
            told = await talk.forges(WHO[role], button(action, number, name), room, message=said)
            answer = told["answer"] or ""
            no = any(word in answer for word in NO)
            if no is not refused(role, _act(action, PRESSES[action], kind), kind, about) or "сбой" in answer:
                wrong.append((action.name, name, answer))

    assert wrong == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("role", Role)
async def test_every_command(estate, talk, role, place):
    room, thread = PLACES[place]
    kind = ChatKind.PRIVATE if room is None else ChatKind.GROUP
    wrong = []
    for word, act in COMMANDS.items():
        if word in DRAWS:
            continue
        heard = await talk.says(WHO[role], f"/{word}", room, **({"thread_id": thread} if thread else {}))
        text = " ".join(one["text"] for one in heard)
        no = any(sign in text for sign in NO[:4])
        if no is not refused(role, _act(word, act, kind), kind, None) or not heard or "сбой" in text:
            wrong.append((word, text[:80]))

    assert wrong == []
