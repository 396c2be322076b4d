"""A manager's clients are sorted: what does not work first, then what is to be sold or kept; the rest is all right."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from checks.catalogue import ROWS
from checks.model import Answer, Client, Priority, Signal
from checks.portfolio import Entry, Struck, Topic, entries, near, topic_of, waits
from tests.builders import NOON, client

TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)


def signal(code: str, name: str = "romashka", **rest: object) -> Signal:
    return Signal(id=1, subject=client(name), code=code, client=name, cause="", since=NOON, **rest)  # type: ignore[arg-type]


def clients(*names: str, **ends: date) -> dict[str, Client]:
    return {name: Client(name=name, contract_end=ends.get(name)) for name in (*names, *ends)}


def listed(topic: Topic, found: list[Entry]) -> list[str]:
    return [one.name for one in found if topic in one.topics]


def test_who_has_nothing_is_not_listed() -> None:
    assert entries(clients("romashka"), [], [], today=TODAY) == []


def test_what_does_not_work_comes_before_what_is_to_be_sold() -> None:
    struck = [Struck(number=7, priority=Priority.K3, clients={"vektor", "foreign"})]
    found = entries(clients("romashka", "vektor"), struck, [signal("OnlineBillingDocsLeftZero")], today=TODAY)

    assert [one.name for one in found] == ["vektor", "romashka"]
    assert listed(Topic.DOWN, found) == ["vektor"]
    assert listed(Topic.UPSELL, found) == ["romashka"]
    assert listed(Topic.ALL, found) == ["vektor", "romashka"]


def test_an_answered_signal_waits_until_its_day() -> None:
    later = signal("OnlineNoLogin", answer=Answer.NOT_NOW, until=TODAY + DAY)

    assert not waits(later, TODAY)
    assert waits(later, TODAY + DAY)
    assert not waits(signal("OnlineNoLogin", answer=Answer.CALLED), TODAY)
    assert entries(clients("romashka"), [], [later], today=TODAY) == []


def test_a_contract_is_told_of_from_90_days_before_until_half_a_year_after() -> None:
    assert [near(TODAY + days * DAY, TODAY) for days in (91, 90, 0, -180, -181)] == [False, True, True, True, False]
    found = entries(clients(zarya=TODAY + 30 * DAY), [], [], today=TODAY)
    assert listed(Topic.RENEWAL, found) == ["zarya"]


def test_every_signal_of_the_catalogue_has_its_list_or_none() -> None:
    lists = {code: topic_of(code) for code in ROWS}

    assert lists["OnlineNoLogin"] is Topic.IDLE
    assert lists["RenewalAtRisk"] is Topic.RENEWAL
    assert topic_of("KodeksLicenseExpiring7day") is Topic.RENEWAL
    assert lists["LimitExhaustedOften"] is Topic.UPSELL
    assert lists["KodeksTcpStatus"] is None


names = st.sampled_from(["a", "b", "c", "d"])


@given(
    st.lists(st.tuples(names, st.sampled_from(sorted(ROWS)))),
    st.lists(st.tuples(st.sets(names), st.sampled_from(Priority))),
)
def test_nobody_is_listed_twice_and_no_trouble_is_left_out(
    raised: list[tuple[str, str]], broken: list[tuple[set[str], Priority]]
) -> None:
    struck = [Struck(number=place, priority=one[1], clients=one[0]) for place, one in enumerate(broken)]
    found = entries(clients("a", "b", "c"), struck, [signal(code, name) for name, code in raised], today=TODAY)

    assert len({one.name for one in found}) == len(found)
    assert {one.name for one in found} == {name for name, _ in raised if name != "d"} | {
        name for hit, _ in broken for name in hit if name != "d"
    }
    down = [bool(one.incidents) for one in found]
    assert down == sorted(down, reverse=True)
