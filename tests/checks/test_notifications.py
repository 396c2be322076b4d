"""Each step of an incident means one thing to each chat, and the reason is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from checks.model import (
    Audience,
    Cause,
    CauseKind,
    Change,
    ChangeKind,
    Incident,
    IncidentState,
    NoteKind,
    OutboxState,
    Priority,
    Route,
    RouteKind,
    Scope,
    Silence,
)
from checks.notifications import Decision, Policy, Reason, Told, plan, still
from checks.routes import Whose, visible
from tests.builders import NOON, after, incident

SUPPORT = -100
MANAGER = 42
ADMIN = 1
TECHNICAL = Route(chat_id=SUPPORT)


def muted(scope: Scope = Scope.CLIENT, target: str = "romashka", **rest: Any) -> Silence:
    facts: dict[str, Any] = {"id": 3, "author": 7, "created_at": NOON, "until": after(hours=4)}
    return Silence(scope=scope, target=target, **{**facts, **rest})


def told(*states: OutboxState, **rest: Any) -> dict[int, Told]:
    return {SUPPORT: Told(chat_id=SUPPORT, states=frozenset(states), **rest)}


def decide(kind: ChangeKind = ChangeKind.OPENED, what: Incident | None = None, **rest: Any) -> list[Decision]:
    now = rest.pop("now", after(minutes=1))
    facts: dict[str, Any] = {
        "routes": [TECHNICAL],
        "silences": [],
        "told": {},
        "audience": {Audience.SUPPORT},
        "whose": {"romashka": Whose(manager="Ольга", redirect="r1")},
        "admins": {ADMIN},
        "policy": Policy(),
        **rest,
    }
    change = Change(kind=kind, incident=what or incident(id=1), at=now)
    return plan(change, now=now, **facts)


def one(*args: Any, **rest: Any) -> Decision:
    (decision,) = decide(*args, **rest)
    return decision


def ended(minutes: float = 30, **rest: Any) -> Incident:
    return incident(id=1, state=IncidentState.ENDED, ended_at=after(minutes=minutes), **rest)


def test_a_critical_incident_sounds_in_the_chat_that_has_a_route() -> None:
    decision = one()

    assert (decision.reason, decision.kind, decision.chat_id) == (Reason.SENT_NEW, NoteKind.FIRING, SUPPORT)
    assert not decision.silent


def test_k3_is_a_silent_message_and_k4_is_not_sent() -> None:
    assert one(what=incident(id=1, priority=Priority.K3)).silent
    assert one(what=incident(id=1, priority=Priority.K4)).reason is Reason.PRIORITY_BELOW_ROUTE


def test_a_route_may_ask_for_k4() -> None:
    wide = replace(TECHNICAL, priorities=frozenset(Priority))

    assert one(what=incident(id=1, priority=Priority.K4), routes=[wide]).reason is Reason.SENT_NEW


def test_telling_waits_for_the_answer_about_the_shared_thing() -> None:
    waiting = incident(id=1, hold_until=after(minutes=1, seconds=20))

    decision = one(what=waiting)
    assert (decision.reason, decision.due_at) == (Reason.HELD, after(minutes=1, seconds=20))

    known = told(OutboxState.OWED, held=True)
    assert one(ChangeKind.RELEASED, incident(id=1), told=known).reason is Reason.RELEASED
    assert one(ChangeKind.ENDED, ended(), told=known).reason is Reason.RESOLVED_NOT_TOLD


def test_growing_and_taking_edit_the_card() -> None:
    for kind in (ChangeKind.GREW, ChangeKind.EASED, ChangeKind.TAKEN, ChangeKind.GIVEN_BACK, ChangeKind.HANDED):
        decision = one(kind, told=told(OutboxState.DELIVERED))
        assert (decision.reason, decision.kind, decision.silent) == (Reason.EDIT, NoteKind.UPDATE, True)


def test_what_waits_to_be_sent_will_show_the_news_by_itself() -> None:
    assert one(ChangeKind.GREW, told=told(OutboxState.OWED)).reason is Reason.ALREADY_TOLD


def test_worse_is_a_new_message() -> None:
    assert one(ChangeKind.WORSENED, told=told(OutboxState.DELIVERED)).reason is Reason.ESCALATED


def test_worse_under_a_silence_is_an_edit() -> None:
    assert one(ChangeKind.WORSENED, told=told(OutboxState.DELIVERED), silences=[muted()]).reason is Reason.EDIT


def test_an_end_is_a_silent_reply_and_sounds_after_a_long_critical_outage() -> None:
    assert one(ChangeKind.ENDED, ended(30), told=told(OutboxState.DELIVERED)).silent
    assert not one(ChangeKind.ENDED, ended(61), told=told(OutboxState.DELIVERED)).silent
    assert one(ChangeKind.ENDED, ended(61, priority=Priority.K2), told=told(OutboxState.DELIVERED)).silent


def test_a_muted_incident_keeps_the_silence_that_muted_it() -> None:
    decision = one(silences=[muted()])

    assert (decision.reason, decision.silence_id) == (Reason.MUTED, 3)
    assert one(ChangeKind.ENDED, ended(), told=told(OutboxState.MUTED)).reason is Reason.RESOLVED_NOT_TOLD


def test_an_incident_that_outgrows_its_silence_is_told() -> None:
    grown = incident(id=1, code="KodeksHttp200Status")

    decision = one(
        ChangeKind.WORSENED, grown, silences=[muted(Scope.CODE, "KodeksTcpStatus")], told=told(OutboxState.MUTED)
    )
    assert decision.reason is Reason.SENT_NEW


def test_a_silence_that_ends_on_an_open_incident_tells_aloud() -> None:
    facts: dict[str, Any] = {
        "routes": [TECHNICAL],
        "silences": [],
        "audience": {Audience.SUPPORT},
        "whose": {},
        "admins": set(),
        "now": after(hours=4),
    }
    quiet = incident(id=1, priority=Priority.K3)

    (decision,) = still(quiet, told=told(OutboxState.MUTED), **facts)
    assert (decision.reason, decision.kind, decision.silent) == (Reason.STILL, NoteKind.STILL, False)
    (decision,) = still(quiet, told={}, **{**facts, "silences": [muted(until=None)]})
    assert decision.reason is Reason.MUTED
    assert still(quiet, told={}, only=-999, **facts) == []


def test_a_manager_hears_only_about_his_own_clients() -> None:
    own = Route(chat_id=MANAGER, kinds=frozenset({RouteKind.OWN}), managers=frozenset({"Ольга"}))
    other = replace(own, chat_id=43, managers=frozenset({"Пётр"}))
    reasons = {decision.chat_id: decision.reason for decision in decide(routes=[own, other, TECHNICAL])}

    assert reasons == {SUPPORT: Reason.SENT_NEW, MANAGER: Reason.SENT_NEW, 43: Reason.NOT_ROUTED}


def test_a_route_shows_only_its_own_clients_of_a_shared_outage() -> None:
    own = Route(chat_id=MANAGER, managers=frozenset({"Ольга"}))
    whose = {"romashka": Whose(manager="Ольга"), "vektor": Whose(manager="Пётр")}

    assert visible([own], ["romashka", "vektor", "stranger"], whose) == ("romashka",)
    assert visible([TECHNICAL], ["romashka", "stranger"], whose) == ("romashka", "stranger")


def test_a_route_of_one_redirect_server_hears_that_server_and_what_is_behind_it() -> None:
    bound = Route(chat_id=SUPPORT, redirects=frozenset({"r1"}))
    dead = incident(id=1, cause=Cause(CauseKind.REDIRECT, "r1"), symptoms=())

    assert one(what=dead, routes=[bound]).reason is Reason.SENT_NEW
    assert one(routes=[bound]).reason is Reason.SENT_NEW
    assert one(what=replace(dead, cause=Cause(CauseKind.REDIRECT, "r2")), routes=[bound], admins=()).chat_id == SUPPORT


def test_a_manager_hears_of_the_server_before_whose_clients_anybody_has_looked() -> None:
    dead = incident(id=1, cause=Cause(CauseKind.REDIRECT, "r1"), symptoms=())
    own = Route(chat_id=MANAGER, kinds=frozenset({RouteKind.OWN}), managers=frozenset({"Ольга"}))

    assert one(what=dead, routes=[own]).reason is Reason.SENT_NEW


def test_without_any_route_the_admins_hear() -> None:
    assert one(routes=[]).chat_id == ADMIN
    assert one(routes=[], what=incident(id=1, priority=Priority.K3)).chat_id == ADMIN
    assert decide(routes=[], what=incident(id=1, priority=Priority.K5)) == []
    assert one(routes=[], admins=()).reason is Reason.NOBODY_LISTENS


def test_a_critical_incident_that_no_route_takes_goes_to_the_admins() -> None:
    business = Route(chat_id=-200, kinds=frozenset({RouteKind.BUSINESS}))
    reasons = {decision.chat_id: decision.reason for decision in decide(routes=[business])}

    assert reasons == {ADMIN: Reason.SENT_NEW, -200: Reason.NOT_ROUTED}


def test_a_chat_that_was_told_hears_the_end_though_its_route_is_gone() -> None:
    assert one(ChangeKind.ENDED, ended(), told=told(OutboxState.DELIVERED), routes=[]).reason is Reason.RESOLVED


def test_what_a_storm_card_told_is_kept_up_to_date_there() -> None:
    storm = told(OutboxState.FOLDED, storm_open=True)

    assert one(ChangeKind.GREW, told=storm).kind is NoteKind.STORM
    assert one(ChangeKind.ENDED, ended(), told=storm).kind is NoteKind.STORM
    assert one(ChangeKind.ENDED, ended(), told=told(OutboxState.FOLDED)).reason is Reason.RESOLVED


silence_sets = st.lists(
    st.sampled_from(
        [muted(), muted(until=None), muted(chat_id=SUPPORT), muted(Scope.CODE, "KodeksTcpStatus"), muted(target="no")]
    ),
    max_size=3,
)
tellings = st.builds(
    lambda states, held, storm: told(*states, held=held, storm_open=storm),
    st.sets(st.sampled_from(list(OutboxState))),
    st.booleans(),
    st.booleans(),
)
kinds = st.sampled_from([kind for kind in ChangeKind if kind not in {ChangeKind.ENDED, ChangeKind.MERGED}])


@given(silence_sets, tellings)
def test_the_end_always_passes_where_the_outage_was_told(many: list[Silence], known: dict[int, Told]) -> None:
    decision = one(ChangeKind.ENDED, ended(), silences=many, told=known)
    states = known[SUPPORT].states

    if states & {OutboxState.DELIVERED, OutboxState.SENDING}:
        assert decision.reason is Reason.RESOLVED
    if OutboxState.FOLDED in states:
        assert decision.kind in {NoteKind.RESOLVED, NoteKind.STORM}
    if not states & {
        OutboxState.DELIVERED,
        OutboxState.SENDING,
        OutboxState.UNKNOWN,
        OutboxState.OWED,
        OutboxState.FOLDED,
    }:
        assert decision.reason is Reason.RESOLVED_NOT_TOLD


@given(kinds, silence_sets, tellings)
def test_a_silence_never_lets_a_new_message_through(
    kind: ChangeKind, many: list[Silence], known: dict[int, Told]
) -> None:
    decision = one(kind, silences=[*many, muted()], told=known)

    new = decision.kind is NoteKind.FIRING and decision.reason is not Reason.MUTED
    assert not new or known[SUPPORT].pending
    assert decision.reason not in {Reason.SENT_NEW, Reason.ESCALATED}


@given(kinds, silence_sets, tellings)
def test_a_second_new_message_needs_a_worse_incident(
    kind: ChangeKind, many: list[Silence], known: dict[int, Told]
) -> None:
    decision = one(kind, silences=many, told=known)

    if known[SUPPORT].heard and decision.reason in {Reason.SENT_NEW, Reason.ESCALATED}:
        assert kind is ChangeKind.WORSENED


@given(kinds, tellings)
def test_without_a_silence_nothing_open_stays_untold(kind: ChangeKind, known: dict[int, Told]) -> None:
    decision = one(kind, told=known)

    assert decision.kind is not None or known[SUPPORT].pending
