"""Beyond ten new messages in ten minutes everything folds into one card."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from checks.model import NoteKind
from checks.volume import Precedence, Volume, folds, precedence, rings_again, storm_over
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


@dataclass
class Chat:
    """A chat to which everything is told at once, by the decisions of ``checks.volume`` alone."""

    volume: Volume
    sent: list[float] = field(default_factory=list)
    cards: list[float] = field(default_factory=list)
    """When the storm card came as a new message."""
    waiting: list[float] = field(default_factory=list)
    """When K1 folded in that nobody has heard of yet."""
    longest: float = 0.0
    last_folded: float | None = None

    def passes(self, now: float) -> None:
        """What a tick does."""
        if self.last_folded is None:
            return
        unheard = bool(self.waiting)
        if rings_again(unheard=unheard, card_at=after(self.cards[-1]), now=after(now), volume=self.volume):
            self._card(now)
            self.last_folded = now
        if storm_over(after(self.last_folded), after(now), self.volume):
            self.last_folded = None

    def owes(self, now: float, *, silent: bool) -> None:
        recent = sum(1 for one in self.sent if now - one < 600)
        lasts = self.last_folded is not None
        if not folds(silent=silent, sent=recent, storm_open=lasts, volume=self.volume):
            self.sent.append(now)
            return
        if not silent:
            self.waiting.append(now)
        if not lasts:
            self._card(now)
        self.last_folded = now

    def _card(self, now: float) -> None:
        self.cards.append(now)
        self.longest = max([self.longest, *(now - one for one in self.waiting)])
        self.waiting.clear()


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.booleans()), max_size=80).map(sorted),
    st.integers(1, 20),
)
def test_whatever_comes_a_chat_gets_no_more_than_the_limit_in_any_window_and_hears_of_k1(
    wanted: list[tuple[int, bool]], limit: int
) -> None:
    chat = Chat(Volume(limit=limit))
    for second in range(4300):
        chat.passes(second)
        while wanted and wanted[0][0] <= second:
            chat.owes(second, silent=wanted.pop(0)[1])

    every = sorted(chat.sent + chat.cards)
    for start in every:
        assert sum(1 for one in every if start <= one < start + 600) <= limit
    assert chat.waiting == []
    assert chat.longest <= 600
