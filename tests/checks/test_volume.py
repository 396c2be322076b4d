"""Beyond ten new messages in ten minutes everything folds into one card."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from checks.model import NoteKind
from checks.volume import Precedence, Volume, folds, precedence, storm_over
from tests.builders import NOON, after


def test_nine_messages_and_the_storm_card_make_ten() -> None:
    volume = Volume()

    assert [folds(silent=False, sent=sent, storm_open=False, volume=volume) for sent in (8, 9)] == [False, True]


def test_the_last_places_are_kept_for_what_sounds() -> None:
    volume = Volume()

    assert folds(silent=True, sent=7, storm_open=False, volume=volume)
    assert not folds(silent=False, sent=7, storm_open=True, volume=volume)
    assert folds(silent=True, sent=0, storm_open=True, volume=volume)


def test_a_storm_is_over_after_a_quiet_window() -> None:
    assert not storm_over(NOON, after(minutes=9), Volume())
    assert storm_over(NOON, after(minutes=10), Volume())


def test_precedence_follows_urgency() -> None:
    order = [
        precedence(NoteKind.FIRING, silent=False),
        Precedence.ANSWER,
        precedence(NoteKind.RESOLVED, silent=True),
        precedence(NoteKind.FIRING, silent=True),
        precedence(NoteKind.UPDATE, silent=True),
    ]

    assert order == sorted(order)
    assert len(set(order)) == 5


@given(
    st.lists(st.tuples(st.floats(0, 3000), st.booleans()), max_size=80).map(sorted),
    st.integers(1, 20),
)
def test_whatever_comes_a_chat_gets_no_more_than_the_limit_in_any_window(
    wanted: list[tuple[float, bool]], limit: int
) -> None:
    volume = Volume(limit=limit)
    sent: list[float] = []
    cards: list[float] = []
    last_folded: float | None = None
    for moment, silent in wanted:
        if last_folded is not None and storm_over(after(last_folded), after(moment), volume):
            last_folded = None
        recent = sum(1 for one in sent if moment - one < 600)
        if folds(silent=silent, sent=recent, storm_open=last_folded is not None, volume=volume):
            if last_folded is None:
                cards.append(moment)
            last_folded = moment
        else:
            sent.append(moment)
    every = sorted(sent + cards)
    for start in every:
        assert sum(1 for one in every if start <= one < start + volume.window / timedelta(seconds=1)) <= limit
