"""How much may be told at once, what goes first, and when the rest folds into one storm card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from checks.model import NoteKind


class Precedence(IntEnum):
    """Who goes first when Telegram lets only so many through."""

    CRITICAL = 0
    ANSWER = 1
    RESOLVED = 2
    REMINDER = 3
    EDIT = 4
    BOARD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """At most ``limit`` new messages in ``window`` a chat; beyond it they fold into one storm card."""

    limit: int = 10
    window: timedelta = timedelta(minutes=10)

    @property
    def places(self) -> int:
        """How many messages beside the storm card."""
        return max(self.limit - 1, 0)

    @property
    def kept(self) -> int:
        """The last places are kept for what sounds."""
        return self.limit // 5


def folds(*, silent: bool, sent: int, storm_open: bool, volume: Volume) -> bool:
    """Say whether a new message goes into the chat's storm card instead.

    ``sent``: new messages of the last ``volume.window``, storm cards not counted (one place is theirs). While a storm
    lasts only what sounds still gets a message of its own, if there is room.
    """
    if silent:
        return storm_open or sent >= volume.places - volume.kept
    return sent >= volume.places


def rings_again(*, unheard: bool, card_at: datetime, now: datetime, volume: Volume) -> bool:
    """Say whether the card of a lasting storm is told anew, aloud.

    Whatever folds into a lasting storm only edits its card, and an edit makes no sound. ``unheard``: K1 has folded in
    since the card came (``card_at``) and still lasts. The card's one place in the window is free again once its last
    telling is a whole window old: so K1 is silent for one window at most, and no window holds more than the limit.
    """
    return unheard and now - card_at >= volume.window


def storm_over(last_folded: datetime, now: datetime, volume: Volume) -> bool:
    """Say whether a storm has ended: nothing was folded for a whole window."""
    return now - last_folded >= volume.window


def precedence(kind: NoteKind, *, silent: bool) -> Precedence:
    """Say how urgent a note is among everything that waits for the same chat."""
    match kind:
        case NoteKind.UPDATE:
            return Precedence.EDIT
        case NoteKind.BOARD:
            return Precedence.BOARD
        case NoteKind.RESOLVED:
            return Precedence.RESOLVED
        case NoteKind.FIRING | NoteKind.STILL | NoteKind.BLIND | NoteKind.STORM if not silent:
            return Precedence.CRITICAL
        case _:
            return Precedence.REMINDER
