"""A silence mutes what it names, for as long as it says, and never hides what others share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Cause, CauseKind, Incident, Scope, Silence
from checks.silences import Cover, Ending, Preset, active, covering, covers, ends, undoable, until
from tests.builders import NOON, after, client, incident, symptom

MOSCOW = ZoneInfo("Europe/Moscow")
VLADIVOSTOK = ZoneInfo("Asia/Vladivostok")


def silence(scope: Scope = Scope.CLIENT, target: str = "romashka", **rest: Any) -> Silence:
    facts: dict[str, Any] = {"id": 1, "author": 7, "created_at": NOON, "until": after(hours=4)}
    return Silence(scope=scope, target=target, **{**facts, **rest})


def behind_r1(*names: str) -> Incident:
    signs = tuple(symptom("RedirectServerDown", subject=client(name)) for name in names)
    return incident(cause=Cause(CauseKind.REDIRECT, "r1"), code="RedirectServerDown", symptoms=signs)


def at_an_address(*names: str) -> Incident:
    signs = tuple(symptom(subject=client(name)) for name in names)
    return incident(cause=Cause(CauseKind.ADDRESS, "10.0.0.1:80"), symptoms=signs)


def test_a_client_is_muted_in_its_own_incident() -> None:
    assert covers(silence(), incident(), after(minutes=1)) is Cover.CLIENT
    assert covers(silence(target="vektor"), incident(), after(minutes=1)) is None


def test_a_muted_client_does_not_hide_a_dead_redirect_server() -> None:
    assert covers(silence(), behind_r1("romashka"), after(minutes=1)) is None


def test_two_muted_clients_together_mute_what_only_they_share() -> None:
    both = [silence(id=1), silence(id=2, target="vektor")]

    assert covering(both, at_an_address("romashka", "vektor"), after(minutes=1))
    assert covering(both[:1], at_an_address("romashka", "vektor"), after(minutes=1)) is None
    assert covering(both, at_an_address("romashka", "vektor", "progress"), after(minutes=1)) is None


def test_a_cause_and_a_kind_of_alert_are_muted_by_name() -> None:
    dead = behind_r1("romashka")

    assert covers(silence(Scope.CAUSE, "redirect:r1"), dead, after(minutes=1)) is Cover.CAUSE
    assert covers(silence(Scope.CODE, "RedirectServerDown"), dead, after(minutes=1)) is Cover.CODE
    assert covers(silence(Scope.CODE, "KodeksTcpStatus"), dead, after(minutes=1)) is None


def test_a_silence_of_one_chat_is_heard_by_the_others() -> None:
    here = silence(chat_id=-100)

    assert covers(here, incident(), after(minutes=1), chat_id=-100)
    assert covers(here, incident(), after(minutes=1), chat_id=-200) is None
    assert covers(here, incident(), after(minutes=1))


@pytest.mark.parametrize(
    ("now", "zone", "nine"),
    [
        (datetime(2026, 11, 23, 3, 0, tzinfo=UTC), MOSCOW, datetime(2026, 11, 23, 6, 0, tzinfo=UTC)),
        (datetime(2026, 11, 23, 6, 0, tzinfo=UTC), MOSCOW, datetime(2026, 11, 24, 6, 0, tzinfo=UTC)),
        (datetime(2026, 11, 23, 15, 0, tzinfo=UTC), VLADIVOSTOK, datetime(2026, 11, 23, 23, 0, tzinfo=UTC)),
        # the night when the clocks go forward in Berlin is an hour shorter
        (datetime(2026, 3, 28, 20, 0, tzinfo=UTC), ZoneInfo("Europe/Berlin"), datetime(2026, 3, 29, 7, 0, tzinfo=UTC)),
    ],
)
def test_until_nine_is_nine_in_the_chats_own_zone(now: datetime, zone: ZoneInfo, nine: datetime) -> None:
    assert until(Preset.MORNING, now, zone) == nine


def test_the_other_lengths() -> None:
    ends_at = [until(preset, NOON, MOSCOW) for preset in (Preset.HOUR, Preset.FOUR_HOURS, Preset.DAY, Preset.MENDED)]

    assert ends_at == [after(hours=1), after(hours=4), after(hours=24), None]


def test_time_ends_a_silence() -> None:
    assert ends(silence(), mended=False, matches=True, now=after(hours=3.9)) is None
    assert ends(silence(), mended=False, matches=True, now=after(hours=4)) is Ending.TIME


def test_until_mended_ends_with_its_incident() -> None:
    lasting = silence(until=None, incident_id=5)

    assert ends(lasting, mended=False, matches=True, now=after(days=9)) is None
    assert ends(lasting, mended=True, matches=False, now=after(minutes=1)) is Ending.MENDED


def test_until_mended_without_an_incident_ends_when_what_it_muted_is_over() -> None:
    lasting = silence(until=None)

    assert ends(lasting, mended=False, matches=False, now=after(hours=1)) is None
    matched = replace(lasting, last_matched_at=after(minutes=5))
    assert ends(matched, mended=False, matches=False, now=after(hours=1)) is Ending.MENDED


def test_a_silence_that_matches_nothing_for_a_day_ends_itself() -> None:
    long = silence(until=after(days=30))

    assert ends(long, mended=False, matches=False, now=after(hours=23)) is None
    assert ends(long, mended=False, matches=False, now=after(hours=24)) is Ending.IDLE
    matched = replace(long, last_matched_at=after(hours=10))
    assert ends(matched, mended=False, matches=False, now=after(hours=24)) is None
    assert ends(matched, mended=False, matches=False, now=after(hours=34)) is Ending.IDLE


def test_a_silence_can_be_taken_back_for_five_minutes() -> None:
    assert undoable(silence(), after(minutes=5))
    assert not undoable(silence(), after(minutes=5, seconds=1))
    assert not undoable(silence(ended_at=after(minutes=1)), after(minutes=2))


moments = st.integers(-(10**6), 10**7).map(lambda seconds: NOON + timedelta(seconds=seconds))
scopes = st.sampled_from(
    [
        (Scope.CLIENT, "romashka"),
        (Scope.CLIENT, "vektor"),
        (Scope.CAUSE, "client:romashka/service"),
        (Scope.CAUSE, "redirect:r1"),
        (Scope.CODE, "KodeksTcpStatus"),
        (Scope.CODE, "RedirectServerDown"),
    ]
)
silences = st.builds(
    lambda what, length, ended, chat: silence(
        *what, until=None if length is None else NOON + length, ended_at=ended, chat_id=chat
    ),
    scopes,
    st.none() | st.timedeltas(timedelta(minutes=1), timedelta(days=60)),
    st.none() | moments,
    st.none() | st.sampled_from([-100, -200]),
)
incidents = st.sampled_from(
    [incident(), behind_r1("romashka"), behind_r1(), at_an_address("romashka", "vektor"), at_an_address()]
)


@given(silences, incidents, moments)
def test_what_is_over_covers_nothing(one: Silence, what: Incident, now: datetime) -> None:
    if not active(one, now):
        assert covers(one, what, now) is None
        assert covering([one], what, now) is None


@given(silences, st.booleans(), st.booleans(), moments, moments)
def test_a_silence_of_a_given_length_never_outlasts_it(
    one: Silence, mended: bool, matches: bool, now: datetime, later: datetime
) -> None:
    if one.until is not None and one.ended_at is None and later >= one.until:
        assert ends(one, mended=mended, matches=matches, now=later) is Ending.TIME
    if ends(one, mended=mended, matches=matches, now=now) is Ending.TIME:
        assert not active(one, now)


@given(st.lists(silences, max_size=4), incidents, moments, st.sampled_from([-100, -200]))
def test_one_more_silence_never_unmutes(many: list[Silence], what: Incident, now: datetime, chat: int) -> None:
    if covering(many[1:], what, now, chat_id=chat) is not None:
        assert covering(many, what, now, chat_id=chat) is not None


@given(st.lists(silences, max_size=4), moments, st.sampled_from([-100, -200]))
def test_no_clients_silence_ever_hides_a_shared_cause(many: list[Silence], now: datetime, chat: int) -> None:
    own = [one for one in many if one.scope is Scope.CLIENT]

    assert covering(own, behind_r1("romashka", "vektor"), now, chat_id=chat) is None


@given(st.sampled_from(list(Preset)), moments, st.sampled_from([MOSCOW, VLADIVOSTOK, ZoneInfo("UTC")]))
def test_every_offered_length_ends_later_and_within_about_a_day(preset: Preset, now: datetime, zone: ZoneInfo) -> None:
    end = until(preset, now, zone)

    assert end is None or now < end <= now + timedelta(hours=25)
