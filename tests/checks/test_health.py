"""Judging: thresholds count looks, unknown changes nothing, a site that comes and goes is flapping."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from checks.health import CALM, judge, worth_writing
from checks.model import Health, Outcome, State, Threshold, Transition
from tests.builders import after, observation

THREE = Threshold(failures=3, successes=2)
OUTCOMES = {"F": Outcome.FAIL, "O": Outcome.OK, "?": Outcome.UNKNOWN}


def run(story: str, threshold: Threshold = THREE, *, every: float = 60) -> tuple[Health | None, list[Transition]]:
    """Judge a story such as ``OOFF?F``, one look a minute."""
    health: Health | None = None
    happened = []
    for place, letter in enumerate(story):
        health, transition = judge(health, observation(outcome=OUTCOMES[letter], at=after(place * every)), threshold)
        if transition:
            happened.append(transition)
    return health, happened


def states(story: str, threshold: Threshold = THREE) -> list[State]:
    return [transition.after for transition in run(story, threshold)[1]]


def test_two_failed_looks_of_three_say_nothing() -> None:
    assert states("OFF") == [State.OK]


def test_the_third_failed_look_is_a_failure_since_the_first() -> None:
    health, happened = run("OFFF")

    assert [one.after for one in happened] == [State.OK, State.FAIL]
    assert health is not None
    assert health.since == after(60)


def test_unknown_neither_opens_nor_closes_nor_interrupts() -> None:
    assert states("OF?F?F") == [State.OK, State.FAIL]
    assert states("OFFF???") == [State.OK, State.FAIL]


def test_one_good_look_does_not_mend() -> None:
    assert states("OFFFO") == [State.OK, State.FAIL]
    assert states("OFFFOO") == [State.OK, State.FAIL, State.OK]


def test_a_failure_that_must_last_is_believed_only_then() -> None:
    three_hours = Threshold(failures=2, successes=2, after=timedelta(hours=3))

    assert states("O" + "F" * 180, three_hours) == [State.OK]
    assert states("O" + "F" * 181, three_hours) == [State.OK, State.FAIL]
    assert states("O" + "F" * 170 + "O" + "F" * 170, three_hours) == [State.OK]


def test_a_site_down_every_other_look_is_flapping_and_said_once() -> None:
    assert states("OF" * 40) == [State.OK, State.FLAPPING]


def test_flapping_ends_with_the_state_that_holds() -> None:
    assert states("OF" * 10 + "O" * CALM) == [State.OK, State.FLAPPING, State.OK]
    assert states("OF" * 10 + "F" * CALM) == [State.OK, State.FLAPPING, State.FAIL]


def test_looks_that_arrive_late_change_nothing() -> None:
    health, _ = run("OOO")

    assert judge(health, observation(at=after(-5)), THREE) == (health, None)


@given(st.text(alphabet="FO?", max_size=80), st.integers(1, 5), st.integers(1, 5))
def test_a_failure_is_never_believed_before_its_threshold(story: str, failures: int, successes: int) -> None:
    threshold = Threshold(failures=failures, successes=successes)
    health: Health | None = None
    for place, letter in enumerate(story):
        before = health.state if health else State.UNKNOWN
        health, transition = judge(health, observation(outcome=OUTCOMES[letter], at=after(place)), threshold)
        if letter == "?":
            assert transition is None
        if transition and transition.after is State.FAIL and before is not State.FLAPPING:
            assert health.failures >= failures
        if transition and transition.after is State.OK and before is State.FAIL:
            assert health.successes >= successes
        assert (transition is None) == (health.state is before)


@given(st.text(alphabet="FO?", max_size=60))
def test_unknown_looks_could_as_well_not_have_been_made(story: str) -> None:
    with_unknown, _ = run(story)
    without, _ = run(story.replace("?", ""))

    if without is None:
        assert with_unknown is None or with_unknown.state is State.UNKNOWN
    else:
        assert with_unknown is not None
        assert (with_unknown.state, with_unknown.recent, with_unknown.failures) == (
            without.state,
            without.recent,
            without.failures,
        )


@given(st.text(alphabet="FOOOOO?", max_size=120), st.integers(1, 5), st.integers(1, 5), st.sampled_from((1, 60, 400)))
def test_what_is_not_written_down_changes_no_later_judgement(
    story: str, failures: int, successes: int, every: int
) -> None:
    threshold = Threshold(failures=failures, successes=successes)
    written: Health | None = None
    happened = []
    for place, letter in enumerate(story):
        judged, transition = judge(written, observation(outcome=OUTCOMES[letter], at=after(place * every)), threshold)
        written = judged if worth_writing(written, judged) else written
        happened += [transition] if transition else []

    assert happened == run(story, threshold, every=every)[1]


def test_a_good_check_is_written_down_once_in_ten_minutes() -> None:
    written: Health | None = None
    times = 0
    for place in range(31):
        judged, _ = judge(written, observation(outcome=Outcome.OK, at=after(place * 60)), THREE)
        if worth_writing(written, judged):
            written, times = judged, times + 1

    assert times == 3
