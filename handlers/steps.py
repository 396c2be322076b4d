"""Names every point between a finished look and its recorded delivery at which a crash could fall."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """The way of one outage into a chat, in order; what runs the bot may watch it pass."""

    LOOKED = "looked"
    """A look is finished, nobody knows of it yet."""
    JUDGED = "judged"
    """In the transaction: what is believed is written."""
    SAVED = "saved"
    """In the transaction: the incident is written, nothing is owed yet."""
    OWED = "owed"
    """In the transaction: its notes stand in the outbox."""
    PLANNED = "planned"
    """In the transaction: the looks are written and due again; only the commit is missing."""
    COMMITTED = "committed"
    """The transaction is on disk, the delivery was not woken."""
    PICKED = "picked"
    """The delivery has found the note."""
    RENDERED = "rendered"
    CLAIMED = "claimed"
    """The note is marked as in hand, Telegram was not called."""
    SENT = "sent"
    """Telegram has answered, nothing of it is written."""
    SETTLED = "settled"
    """In the transaction: the answer is written; only the commit is missing."""
    RECORDED = "recorded"
    """The delivery is on disk."""


OnStep = Callable[[Step], None]


def unwatched(_step: Step) -> None:
    """Let a step pass."""
