"""Correlation: one cause, one incident, whatever the order in which its symptoms arrive."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from checks.estate import Estate, build
from checks.incidents import BLIND, REDIRECT_DOWN, Picture, correlate
from checks.model import (
    SELF,
    Cause,
    CauseKind,
    Change,
    ChangeKind,
    Client,
    Health,
    Incident,
    IncidentState,
    Priority,
    Redirect,
    State,
    Subject,
)
from tests.builders import NOON, after, client, health, redirect

NAMES = [f"c{n}" for n in range(8)]


def estate(*, shared_host: bool = False) -> Estate:
    """Romashka, and eight clients: six behind r1, two behind r2, each at its own address unless said otherwise."""
    return build(
        [
            Client(
                name=name,
                domain=f"{name}.test",
                redirect="r1" if n < 6 else "r2",
                address="http://10.0.0.1:8001" if shared_host and n < 4 else f"http://10.0.1.{n}",
                licman="10.9.9.9:8888" if n < 3 else None,
            )
            for n, name in enumerate(NAMES)
        ]
        + [Client(name="romashka", domain="romashka.test")],
        [Redirect(name="r1", address="10.1.1.1"), Redirect(name="r2", address="10.1.1.2")],
    )


class World:
    """Incidents as the database would keep them, over one step after another."""

    def __init__(self, watched: Estate | None = None) -> None:
        self.estate = watched or estate()
        self.beliefs: dict[tuple[Subject, str], Health] = {}
        self.incidents: dict[int, Incident] = {}

    def believe(self, *many: Health) -> None:
        self.beliefs.update({one.key: one for one in many})

    def step(self, now: datetime = NOON, *, pending: frozenset[Subject] = frozenset()) -> list[Change]:
        picture = Picture(
            failing=[one for one in self.beliefs.values() if one.state in {State.FAIL, State.FLAPPING}],
            shared=self.beliefs,
            estate=self.estate,
            open=self.open,
            pending=pending,
        )
        changes = []
        for change in correlate(picture, now):
            number = change.incident.id or len(self.incidents) + 1
            saved = replace(change.incident, id=number)
            self.incidents[number] = saved
            changes.append(replace(change, incident=saved))
        return changes

    @property
    def open(self) -> list[Incident]:
        return [one for one in self.incidents.values() if one.state is IncidentState.OPEN]

    @property
    def causes(self) -> set[str]:
        return {str(one.cause) for one in self.open}


def dead_domain(name: str, **rest: object) -> Health:
    return health("DomainUnreachable", subject=client(name), reason="refused", failures=3, seen_at=after(), **rest)


def well(name: str, code: str = "DomainUnreachable", **rest: object) -> Health:
    return health(code, State.OK, subject=client(name), **rest)


def server(state: State, name: str = "r1", **rest: object) -> Health:
    return health(REDIRECT_DOWN, state, subject=redirect(name), **rest)


def test_a_dead_redirect_server_is_one_incident_named_after_it() -> None:
    world = World()
    world.believe(server(State.FAIL), *(dead_domain(name) for name in NAMES[:6]))

    (change,) = world.step()

    assert change.kind is ChangeKind.OPENED
    assert (str(change.incident.cause), change.incident.code) == ("redirect:r1", REDIRECT_DOWN)
    assert change.incident.clients == tuple(NAMES[:6])


@settings(max_examples=60)
@given(st.permutations(range(9)), st.integers(1, 9))
def test_the_order_of_arrival_does_not_matter(order: list[int], batch: int) -> None:
    signs = [
        server(State.FAIL),
        *(dead_domain(name) for name in NAMES[:6]),
        health("KodeksTcpStatus", subject=client("c2")),
        health("KodeksOnlineSensLockCheck", subject=client("c7")),
    ]
    world = World()
    for start in range(0, len(order), batch):
        world.believe(*(signs[place] for place in order[start : start + batch]))
        world.step()

    assert world.causes == {"redirect:r1", "client:c2/service", "client:c7/service"}
    assert {str(s.subject) for one in world.open for s in one.symptoms if one.cause.kind is CauseKind.REDIRECT} == {
        "redirect:r1",
        *(f"client:{name}" for name in NAMES[:6]),
    }


def test_a_client_told_before_its_cause_was_found_becomes_part_of_it() -> None:
    world = World()
    world.believe(dead_domain("c0"))
    assert [change.kind for change in world.step()] == [ChangeKind.OPENED]

    world.believe(server(State.FAIL))
    changes = {change.kind: change for change in world.step(after(5))}

    assert set(changes) == {ChangeKind.OPENED, ChangeKind.MERGED}
    assert changes[ChangeKind.MERGED].into == Cause(CauseKind.REDIRECT, "r1")


def test_most_clients_failing_accuse_a_redirect_server_that_seems_well() -> None:
    world = World()
    world.believe(server(State.OK), *(dead_domain(name) for name in NAMES[:5]))

    world.step()

    assert world.causes == {"redirect:r1"}


def test_two_of_six_clients_accuse_nobody_but_themselves() -> None:
    world = World()
    world.believe(server(State.OK), *(dead_domain(name) for name in NAMES[:2]))

    world.step()

    assert world.causes == {"client:c0/domain", "client:c1/domain"}


def test_telling_waits_while_the_shared_thing_is_being_looked_at() -> None:
    world = World()
    world.believe(dead_domain("c0"))

    (opened,) = world.step(pending=frozenset({redirect()}))
    assert opened.incident.hold_until == after(30)
    assert world.step(after(10), pending=frozenset({redirect()})) == []

    (released,) = world.step(after(12))
    assert released.kind is ChangeKind.RELEASED
    assert released.incident.hold_until is None


def test_telling_waits_no_longer_than_the_hold() -> None:
    world = World()
    world.believe(dead_domain("c0"))
    world.step(pending=frozenset({redirect()}))

    assert [change.kind for change in world.step(after(31), pending=frozenset({redirect()}))] == [ChangeKind.RELEASED]


def test_after_the_server_recovers_its_clients_are_asked_again_before_they_are_blamed() -> None:
    world = World()
    world.believe(server(State.FAIL), *(dead_domain(name) for name in NAMES[:6]))
    world.step()

    world.believe(server(State.OK, since=after(60), seen_at=after(60)), *(well(name) for name in NAMES[:5]))
    (change,) = world.step(after(61))

    assert change.kind is ChangeKind.EASED
    assert world.causes == {"redirect:r1"}

    world.believe(well("c5"))
    assert [change.kind for change in world.step(after(70))] == [ChangeKind.ENDED]


def test_a_client_whose_first_good_look_came_late_is_not_blamed_while_it_recovers() -> None:
    world = World()
    world.believe(server(State.FAIL), *(dead_domain(name) for name in NAMES[:6]))
    world.step()

    world.believe(server(State.OK, since=after(60)), *(well(name) for name in NAMES[:5]))
    world.believe(replace(dead_domain("c5"), seen_at=after(90), successes=1))
    (change,) = world.step(after(90))

    assert change.kind is ChangeKind.EASED
    assert world.causes == {"redirect:r1"}


def test_what_still_fails_after_the_cause_is_over_gets_its_own_incident() -> None:
    world = World()
    world.believe(server(State.FAIL), *(dead_domain(name) for name in NAMES[:6]))
    world.step()

    world.believe(server(State.OK, since=after(60)), *(well(name) for name in NAMES[:5]))
    world.believe(replace(dead_domain("c5"), seen_at=after(90)))
    changes = world.step(after(90))

    assert world.causes == {"client:c5/domain"}
    assert {change.kind for change in changes} == {ChangeKind.OPENED, ChangeKind.ENDED}


def test_several_clients_of_one_dead_host_are_one_incident() -> None:
    world = World(estate(shared_host=True))
    world.believe(*(health("KodeksTcpStatus", subject=client(name)) for name in NAMES[:4]))

    world.step()

    assert world.causes == {"address:10.0.0.1"}


def test_a_licence_manager_explains_the_keys_lost_behind_it() -> None:
    world = World()
    world.believe(
        *(health("LicmanTcpStatus", subject=client(name)) for name in NAMES[:3]),
        health("KodeksOnlineSensLockCheck", subject=client("c1")),
    )

    world.step()

    assert world.causes == {"licman:10.9.9.9:8888"}


def test_one_client_with_several_signs_is_one_incident_led_by_the_worst() -> None:
    world = World()
    world.believe(health("ProductSetBroken"), health("KodeksOnlineSensLockCheck"), health("SmartStatusSilent"))

    (change,) = world.step()

    assert change.incident.code == "KodeksOnlineSensLockCheck"
    assert change.incident.priority is Priority.K1
    assert len(change.incident.symptoms) == 3


def test_a_worse_sign_is_a_new_message_another_sign_is_not() -> None:
    world = World()
    world.believe(health("ProductSetBroken"))
    world.step()

    world.believe(health("KodeksNeedSupport"))
    assert [change.kind for change in world.step()] == [ChangeKind.GREW]

    world.believe(health("KodeksTcpStatus"))
    assert [change.kind for change in world.step()] == [ChangeKind.WORSENED]
    assert world.step() == []


def test_a_certificate_that_comes_nearer_to_its_end_is_told_again() -> None:
    world = World()
    world.believe(health("CertificateExpiring", reason="days_30"))
    world.step()

    world.believe(health("CertificateExpiring", reason="days_14"))
    assert [change.kind for change in world.step()] == [ChangeKind.WORSENED]


def test_maintenance_opens_nothing() -> None:
    world = World()
    world.believe(health("KodeksMaintenance"))

    assert world.step() == []


def blindness(state: State, **rest: object) -> Health:
    return health(BLIND, state, subject=SELF, **rest)


def test_while_we_are_blind_only_that_is_told() -> None:
    world = World()
    world.believe(blindness(State.FAIL), *(health("KodeksTcpStatus", subject=client(name)) for name in NAMES))

    world.step()

    assert world.causes == {"self:bot/MonitorBlind"}


def test_what_was_seen_while_blind_is_looked_at_again_before_it_counts() -> None:
    world = World()
    stale = health("KodeksTcpStatus", seen_at=after(10))
    world.believe(blindness(State.OK, since=after(60)), stale)
    assert world.step(after(61)) == []

    world.believe(replace(stale, seen_at=after(65)))
    assert [change.kind for change in world.step(after(65))] == [ChangeKind.OPENED]


def test_silent_reports_of_everybody_are_our_intake() -> None:
    world = World()
    world.believe(
        health("IntakeSilent", subject=SELF), *(health("SmartStatusSilent", subject=client(n)) for n in NAMES)
    )

    world.step()

    assert world.causes == {"intake:bot/IntakeSilent"}


def test_a_flapping_site_is_one_incident_marked_as_such() -> None:
    world = World()
    world.believe(health("KodeksTcpStatus", State.FLAPPING))

    (change,) = world.step()

    assert [symptom.flapping for symptom in change.incident.symptoms] == [True]


@settings(max_examples=80)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["DomainUnreachable", "KodeksTcpStatus", "KodeksOnlineSensLockCheck", "SmartStatusSilent"]),
            st.sampled_from(NAMES),
            st.sampled_from([State.OK, State.FAIL, State.FLAPPING]),
        ),
        max_size=40,
    )
)
def test_every_failing_check_is_explained_by_exactly_one_open_incident(story: list[tuple[str, str, State]]) -> None:
    world = World()
    for place, (code, name, state) in enumerate(story):
        world.believe(health(code, state, subject=client(name), seen_at=after(place)))
        world.step(after(place) + timedelta(minutes=1))

        failing = sorted(str(key) for key, one in world.beliefs.items() if one.state is not State.OK)
        assert sorted(str(symptom.key) for one in world.open for symptom in one.symptoms) == failing
        assert len(world.causes) == len(world.open)
        assert world.step(after(place) + timedelta(minutes=1)) == []


def without(name: str) -> Estate:
    """The same estate after somebody has left the lists."""
    whole = estate()
    clients = [one for one in whole.clients.values() if one.name != name]
    return build(clients, [one for one in whole.redirects.values() if one.name != name])


def test_a_client_that_leaves_the_lists_ends_its_incident_and_nobody_says_mended() -> None:
    world = World()
    world.believe(health("KodeksTcpStatus", subject=client("c7")))
    world.step()

    world.estate = without("c7")
    (change,) = world.step(after(60))

    assert change.kind is ChangeKind.UNLISTED
    assert (change.incident.state, change.incident.unlisted) == (IncidentState.ENDED, True)
    assert world.step(after(61)) == []


def test_a_client_that_leaves_the_lists_is_no_longer_counted_behind_its_server() -> None:
    world = World()
    world.believe(server(State.FAIL), *(dead_domain(name) for name in NAMES[:6]))
    world.step()

    world.estate = without("c3")
    (change,) = world.step(after(60))

    assert change.kind is ChangeKind.EASED
    assert change.incident.clients == ("c0", "c1", "c2", "c4", "c5")


def test_a_server_that_leaves_the_lists_leaves_its_clients_troubles_to_themselves() -> None:
    world = World()
    world.believe(server(State.FAIL), *(dead_domain(name) for name in NAMES[:6]))
    world.step()

    world.estate = without("r1")
    kinds = {str(change.incident.cause): change.kind for change in world.step(after(60))}

    assert kinds.pop("redirect:r1") is ChangeKind.UNLISTED
    assert kinds == {f"client:{name}/domain": ChangeKind.OPENED for name in NAMES[:6]}
