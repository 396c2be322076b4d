"""Decides who may do what: rights belong to people and their roles, a manager's reach to his own clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from checks.buttons import Action
from checks.model import Person, Role, Scope


class Act(StrEnum):
    """What a person asks of the bot, whether by command or by button."""

    HELP = "help"
    SEE_ESTATE = "see_estate"
    """Lists: a manager is shown his own part of them."""
    SEE = "see"
    SEE_WEEK = "see_week"
    LOOK = "look"
    WORK = "work"
    """Take, give back, hand over to the owner."""
    MUTE_CLIENT = "mute_client"
    MUTE_CAUSE = "mute_cause"
    MUTE_CODE = "mute_code"
    PLAN_CLIENT = "plan_client"
    """Announce planned work at a client, end it before its time."""
    PLAN_SHARED = "plan_shared"
    """The same for a redirect server or a kind of alert."""
    PLAN_ALL = "plan_all"
    BIND = "bind"
    BIND_OWN = "bind_own"
    FALLBACK = "fallback"
    """Choose who hears in place of a chat that is lost."""
    QUIET = "quiet"
    """Choose quiet hours: one's own in private, a group's with the right to bind there."""
    DUTY = "duty"
    LEAVE = "leave"
    """Say that oneself will be away, and who stands in."""
    ROTA = "rota"
    """Make shifts, and send others away."""
    PEOPLE = "people"
    INVITE = "invite"
    AUDIT = "audit"
    IMPORT = "import"
    AGENT = "agent"
    WATCH = "watch"
    """Announce work at a client, end it, call the watch off."""
    REQUIRE = "require"
    """Say which version is required."""
    SIGNALS = "signals"
    """Choose how a chat hears of signals: one's own in private, a group's by those who may bind there."""


class ChatKind(StrEnum):
    """Where it is asked."""

    PRIVATE = "private"
    GROUP = "group"
    UNKNOWN = "unknown"
    """A group that nobody with the right to do so has introduced."""


class Refusal(StrEnum):
    """Why not; each has its sentence in the templates."""

    STRANGER = "stranger"
    SUSPENDED = "suspended"
    ROLE = "role"
    FOREIGN = "foreign"
    """Another manager's client."""
    SHARED = "shared"
    """It concerns other managers' clients too."""
    ELSEWHERE = "elsewhere"
    """The chat is bound to other clients; in private one may ask about this one."""
    SECOND = "second"
    """Alone one may not; another person must press too, in a chat where both are."""
    ONLY_PRIVATE = "only_private"
    UNKNOWN_CHAT = "unknown_chat"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Go on."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not, and who could do it instead."""

    reason: Refusal
    ask: Role = Role.ADMIN
    managers: tuple[str, ...] = ()
    """The managers whose clients are concerned, as the lists call them."""


Verdict = Allowed | Refused


class Reach(StrEnum):
    """How much of what is concerned must be a manager's own."""

    NOTHING = "nothing"
    SOME = "some"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table of rights."""

    roles: frozenset[Role]
    reach: Reach = Reach.NOTHING
    seeing: bool = False
    """Managers may be configured to do this with every client."""
    private: bool = False
    """Only in a private chat: the answer is nobody else's business."""
    introduces: bool = False
    """May be done in a group that is not known yet."""


EVERYBODY = frozenset(Role)
STAFF = frozenset({Role.ADMIN, Role.HEAD, Role.SUPPORT})
WORKERS = STAFF | {Role.MANAGER}
ADMINS = frozenset({Role.ADMIN})
HEADS = frozenset({Role.ADMIN, Role.HEAD})

RULES: Mapping[Act, Rule] = {
    Act.HELP: Rule(roles=EVERYBODY),
    Act.SEE_ESTATE: Rule(roles=EVERYBODY),
    Act.SEE: Rule(roles=EVERYBODY, reach=Reach.SOME, seeing=True),
    Act.SEE_WEEK: Rule(roles=HEADS),
    Act.LOOK: Rule(roles=WORKERS, reach=Reach.SOME, seeing=True),
    Act.WORK: Rule(roles=WORKERS, reach=Reach.ALL),
    Act.MUTE_CLIENT: Rule(roles=WORKERS, reach=Reach.ALL),
    Act.MUTE_CAUSE: Rule(roles=WORKERS, reach=Reach.ALL),
    Act.MUTE_CODE: Rule(roles=STAFF),
    Act.PLAN_CLIENT: Rule(roles=WORKERS, reach=Reach.ALL),
    Act.PLAN_SHARED: Rule(roles=STAFF),
    Act.PLAN_ALL: Rule(roles=frozenset({Role.ADMIN, Role.HEAD})),
    Act.BIND: Rule(roles=STAFF, introduces=True),
    Act.BIND_OWN: Rule(roles=WORKERS, introduces=True),
    Act.FALLBACK: Rule(roles=frozenset({Role.ADMIN, Role.HEAD})),
    Act.QUIET: Rule(roles=EVERYBODY),
    Act.SIGNALS: Rule(roles=frozenset({Role.ADMIN, Role.HEAD, Role.MANAGER})),
    Act.DUTY: Rule(roles=EVERYBODY),
    Act.LEAVE: Rule(roles=STAFF),
    Act.ROTA: Rule(roles=frozenset({Role.ADMIN, Role.HEAD})),
    Act.PEOPLE: Rule(roles=frozenset({Role.ADMIN, Role.HEAD}), private=True),
    Act.INVITE: Rule(roles=ADMINS, private=True),
    Act.AUDIT: Rule(roles=ADMINS, private=True),
    Act.IMPORT: Rule(roles=ADMINS, private=True),
    Act.AGENT: Rule(roles=ADMINS, private=True),
    Act.WATCH: Rule(roles=WORKERS, reach=Reach.ALL),
    Act.REQUIRE: Rule(roles=frozenset({Role.ADMIN, Role.HEAD})),
}

COMMANDS: Mapping[str, Act] = {
    "status": Act.SEE_ESTATE,
    "down": Act.SEE_ESTATE,
    "mutes": Act.SEE_ESTATE,
    "maintenance": Act.SEE_ESTATE,
    "signals": Act.SIGNALS,
    "digest": Act.SEE_ESTATE,
    "board": Act.SEE_ESTATE,
    "why": Act.SEE_ESTATE,
    "week": Act.SEE_WEEK,
    "my": Act.SEE_ESTATE,
    "idle": Act.SEE_ESTATE,
    "upsell": Act.SEE_ESTATE,
    "renewals": Act.SEE_ESTATE,
    "billing": Act.SEE_ESTATE,
    "report": Act.SEE_ESTATE,
    "versions": Act.SEE_ESTATE,
    "work": Act.WATCH,
    "help": Act.HELP,
    "here": Act.BIND_OWN,
    "duty": Act.DUTY,
    "quiet": Act.QUIET,
    "people": Act.PEOPLE,
    "invite": Act.INVITE,
    "audit": Act.AUDIT,
    "cancel": Act.HELP,
}
"""What each command needs at the least; ``/start`` is open to all, for that is how people come in."""

PRESSES: Mapping[Action, Act] = {
    Action.TAKE: Act.WORK,
    Action.GIVE_BACK: Act.WORK,
    Action.HANDED: Act.WORK,
    Action.REMIND: Act.WORK,
    Action.FORGET_REMINDER: Act.WORK,
    Action.LOOK_NOW: Act.LOOK,
    Action.DETAILS: Act.SEE,
    Action.CARD: Act.SEE,
    Action.ADDRESSES: Act.SEE,
    Action.OWNER_TEXT: Act.SEE,
    Action.CLIENT_TEXT: Act.SEE,
    Action.RETURN_TEXT: Act.SEE,
    Action.STATUS: Act.SEE,
    Action.HISTORY: Act.SEE,
    Action.WHY: Act.SEE,
    Action.WHY_CLIENT: Act.SEE,
    Action.DOWN: Act.SEE_ESTATE,
    Action.MUTES: Act.SEE_ESTATE,
    Action.SIGNAL_ANSWER: Act.WORK,
    Action.SIGNAL_LATER: Act.WORK,
    Action.SIGNAL_WRONG: Act.WORK,
    Action.SIGNAL_TEXT: Act.SEE,
    Action.SIGNALS: Act.SIGNALS,
    Action.DIGEST: Act.SEE_ESTATE,
    Action.BOARD: Act.SEE_ESTATE,
    Action.MINE: Act.SEE_ESTATE,
    Action.BILLING: Act.SEE_ESTATE,
    Action.CHART: Act.SEE_ESTATE,
    Action.THEME: Act.SEE_ESTATE,
    Action.SHEET: Act.SEE_ESTATE,
    Action.MAINTENANCE: Act.SEE_ESTATE,
    Action.HELP: Act.HELP,
    Action.MUTE_MENU: Act.MUTE_CLIENT,
    Action.MUTE: Act.MUTE_CLIENT,
    Action.UNDO_MUTE: Act.MUTE_CLIENT,
    Action.UNMUTE: Act.MUTE_CLIENT,
    Action.AGENT: Act.AGENT,
    Action.CALL: Act.WORK,
    Action.WATCH: Act.WATCH,
    Action.VERSIONS: Act.SEE_ESTATE,
    Action.IMPORT_APPLY: Act.IMPORT,
    Action.IMPORT_DROP: Act.IMPORT,
    Action.HERE: Act.BIND_OWN,
    Action.QUIET: Act.QUIET,
    Action.DUTY: Act.DUTY,
    Action.ROLE: Act.INVITE,
    Action.PEOPLE: Act.PEOPLE,
    Action.JOURNAL: Act.AUDIT,
}
"""What each button needs at the least; a mute by cause or kind and a binding need their own act on top."""

Owners = Sequence[str | None]
"""The managers of the clients concerned, one a client; None = a client without a manager."""


def may(
    person: Person | None,
    act: Act,
    *,
    chat: ChatKind,
    owners: Owners | None = None,
    managers_see_all: bool = False,
) -> Verdict:
    """Say whether ``person`` may do ``act`` here. ``owners`` is None while no client is concerned (yet)."""
    rule = RULES[act]
    if person is None:
        return Refused(Refusal.STRANGER)
    if person.suspended:
        return Refused(Refusal.SUSPENDED)
    if person.role not in rule.roles:
        return Refused(Refusal.ROLE, _who_can(rule))
    if rule.private and chat is not ChatKind.PRIVATE:
        return Refused(Refusal.ONLY_PRIVATE)
    if chat is ChatKind.UNKNOWN and not (rule.introduces or act is Act.HELP):
        return Refused(Refusal.UNKNOWN_CHAT)
    if person.role is Role.MANAGER and owners is not None and not (rule.seeing and managers_see_all):
        return _within_reach(person, rule.reach, owners)
    return Allowed()


def may_mute_alone(role: Role, scope: Scope, length: timedelta | None, limit: timedelta | None) -> bool:
    """Say whether one person's press makes a silence; ``length`` None = until mended, ``limit`` None = no limit.

    A whole kind of alert takes an admin or two people; a long silence an admin, a head or two people.
    """
    if role is Role.ADMIN:
        return True
    if scope is Scope.CODE:
        return False
    return role is Role.HEAD or limit is None or (length is not None and length <= limit)


def owns(person: Person, manager: str | None) -> bool:
    """Whether the lists mean ``person`` by ``manager``; case and spaces do not count."""
    return same_manager(person.manager, manager)


def same_manager(one: str | None, other: str | None) -> bool:
    """Whether two lists mean one manager."""
    return bool(one and other) and _folded(one) == _folded(other)


def sees_all(person: Person, *, managers_see_all: bool = False) -> bool:
    """Whether lists are shown to ``person`` whole."""
    return person.role is not Role.MANAGER or managers_see_all


def _within_reach(person: Person, reach: Reach, owners: Owners) -> Verdict:
    own = [owns(person, owner) for owner in owners]
    others = tuple(sorted({owner for owner in owners if owner and not owns(person, owner)}))
    if reach is Reach.NOTHING or (any(own) and (reach is Reach.SOME or all(own))):
        return Allowed()
    return Refused(Refusal.SHARED if any(own) else Refusal.FOREIGN, Role.SUPPORT, others)


def _who_can(rule: Rule) -> Role:
    return Role.SUPPORT if Role.SUPPORT in rule.roles else Role.ADMIN


def _folded(name: str | None) -> str:
    return " ".join((name or "").split()).casefold()
