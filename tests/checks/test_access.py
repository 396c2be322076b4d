"""The table of rights: every command and every button, every role, own and foreign clients, private chat and group."""

import pytest

from checks.access import (
    COMMANDS,
    PRESSES,
    RULES,
    Act,
    Allowed,
    ChatKind,
    Refusal,
    Refused,
    may,
    owns,
    sees_all,
)
from checks.buttons import Action
from checks.model import Person, Role

OWN, FOREIGN = ["Ольга Иванова"], ["Игорь"]
ROLES = "AHSMV"
BY_LETTER = dict(zip(ROLES, (Role.ADMIN, Role.HEAD, Role.SUPPORT, Role.MANAGER, Role.VIEWER), strict=True))

# act: who may in private with his own client (or none concerned) · with a foreign client · in a group, own client
TABLE = {
    Act.HELP: ("AHSMV", "AHSMV", "AHSMV"),
    Act.SEE_ESTATE: ("AHSMV", "AHSMV", "AHSMV"),
    Act.SEE: ("AHSMV", "AHSV", "AHSMV"),
    Act.SEE_WEEK: ("AH", "AH", "AH"),
    Act.LOOK: ("AHSM", "AHS", "AHSM"),
    Act.WORK: ("AHSM", "AHS", "AHSM"),
    Act.MUTE_CLIENT: ("AHSM", "AHS", "AHSM"),
    Act.MUTE_CAUSE: ("AHSM", "AHS", "AHSM"),
    Act.MUTE_CODE: ("AHS", "AHS", "AHS"),
    Act.PLAN_CLIENT: ("AHSM", "AHS", "AHSM"),
    Act.PLAN_SHARED: ("AHS", "AHS", "AHS"),
    Act.PLAN_ALL: ("AH", "AH", "AH"),
    Act.BIND: ("AHS", "AHS", "AHS"),
    Act.BIND_OWN: ("AHSM", "AHSM", "AHSM"),
    Act.FALLBACK: ("AH", "AH", "AH"),
    Act.QUIET: ("AHSMV", "AHSMV", "AHSMV"),
    Act.SIGNALS: ("AHM", "AHM", "AHM"),
    Act.DUTY: ("AHSMV", "AHSMV", "AHSMV"),
    Act.LEAVE: ("AHS", "AHS", "AHS"),
    Act.ROTA: ("AH", "AH", "AH"),
    Act.PEOPLE: ("AH", "AH", ""),
    Act.INVITE: ("A", "A", ""),
    Act.AUDIT: ("A", "A", ""),
    Act.IMPORT: ("A", "A", ""),
    Act.AGENT: ("A", "A", ""),
    Act.WATCH: ("AHSM", "AHS", "AHSM"),
    Act.REQUIRE: ("AH", "AH", "AH"),
}

WAYS = [*(pytest.param(act, id=f"/{word}") for word, act in COMMANDS.items())]
WAYS += [pytest.param(act, id=f"[{action.name}]") for action, act in PRESSES.items()]
WAYS += [pytest.param(act, id=act.name) for act in Act]


def person(role=Role.MANAGER, **rest):
    return Person(id=7, name="Анна", role=role, **{"manager": "ольга  иванова", **rest})


def allowed(*args, **kwargs):
    return isinstance(may(*args, **kwargs), Allowed)


@pytest.mark.parametrize("act", WAYS)
@pytest.mark.parametrize("letter", ROLES)
def test_the_table_of_rights(act, letter):
    own, foreign, group = TABLE[act]
    who = person(BY_LETTER[letter])

    assert allowed(who, act, chat=ChatKind.PRIVATE, owners=OWN) == (letter in own)
    assert allowed(who, act, chat=ChatKind.PRIVATE) == (letter in own)
    assert allowed(who, act, chat=ChatKind.PRIVATE, owners=FOREIGN) == (letter in foreign)
    assert allowed(who, act, chat=ChatKind.GROUP, owners=OWN) == (letter in group)
    assert allowed(who, act, chat=ChatKind.GROUP, owners=FOREIGN) == (letter in group and letter in foreign)


def test_every_act_has_its_rule_and_every_button_its_act():
    assert set(RULES) == set(Act) == set(TABLE)
    assert set(PRESSES) == set(Action)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("chat", ChatKind)
def test_strangers_and_the_suspended_may_nothing(act, chat):
    assert may(None, act, chat=chat) == Refused(Refusal.STRANGER)
    suspended = may(person(Role.ADMIN, suspended=True), act, chat=chat)
    assert suspended == Refused(Refusal.SUSPENDED)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", Role)
def test_a_group_that_nobody_introduced_hears_nothing(act, role):
    binds = act in {Act.BIND, Act.BIND_OWN} and allowed(person(role), act, chat=ChatKind.GROUP)
    assert allowed(person(role), act, chat=ChatKind.UNKNOWN) == (binds or act is Act.HELP)


def test_a_shared_outage_is_seen_but_not_muted_by_one_of_its_managers():
    owners = [*OWN, *FOREIGN, None]

    assert allowed(person(), Act.SEE, chat=ChatKind.GROUP, owners=owners)
    verdict = may(person(), Act.MUTE_CAUSE, chat=ChatKind.GROUP, owners=owners)
    assert verdict == Refused(Refusal.SHARED, Role.SUPPORT, ("Игорь",))


def test_a_refusal_names_the_manager_to_ask():
    verdict = may(person(), Act.SEE, chat=ChatKind.PRIVATE, owners=FOREIGN)
    assert verdict == Refused(Refusal.FOREIGN, Role.SUPPORT, ("Игорь",))


def test_managers_may_be_let_to_see_all_but_never_to_mute_all():
    assert allowed(person(), Act.SEE, chat=ChatKind.PRIVATE, owners=FOREIGN, managers_see_all=True)
    assert not allowed(person(), Act.MUTE_CLIENT, chat=ChatKind.PRIVATE, owners=FOREIGN, managers_see_all=True)
    assert sees_all(person(), managers_see_all=True)
    assert not sees_all(person())


@pytest.mark.parametrize("owners", [[], [None], [""]])
def test_what_is_nobodys_is_not_a_managers(owners):
    assert not allowed(person(manager=None), Act.SEE, chat=ChatKind.PRIVATE, owners=owners)
    assert not allowed(person(manager=""), Act.SEE, chat=ChatKind.PRIVATE, owners=owners)
    assert not owns(person(manager=""), "")
