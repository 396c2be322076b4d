"""What a pressed button carries: version, action, number and argument, packed into Telegram's 64 bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

VERSION = "1"
LIMIT = 64
SEPARATOR = ":"
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
LARGEST_ID = 2**63
LAST_MINUTE = 4_102_444_800 // 60
"""The year 2100: later moments are no reminders."""


class Action(StrEnum):
    """What a press asks for. The value travels in the button; never give a value another meaning."""

    TAKE = "take"
    GIVE_BACK = "back"
    LOOK_NOW = "look"
    REMIND = "rem"
    """At the moment in the argument: minutes since the epoch, base 36."""
    FORGET_REMINDER = "norem"
    DETAILS = "more"
    CARD = "card"
    """Back to the card."""
    MUTE_MENU = "mm"
    MUTE = "mute"
    UNDO_MUTE = "undo"
    UNMUTE = "unmute"
    ADDRESSES = "addr"
    OWNER_TEXT = "otext"
    HANDED = "handed"
    CLIENT_TEXT = "ctext"
    RETURN_TEXT = "rtext"
    STATUS = "st"
    HISTORY = "hist"
    IMPORT_APPLY = "iapply"
    IMPORT_DROP = "idrop"
    HERE = "here"
    QUIET = "quiet"
    DUTY = "duty"
    """Shifts, and who is away."""
    ROLE = "role"
    """Answers of the /invite and /people dialogues."""
    PEOPLE = "people"
    JOURNAL = "audit"
    HELP = "help"
    BOARD = "board"
    DIGEST = "digest"
    MAINTENANCE = "maint"
    DOWN = "down"
    MUTES = "mutes"
    MINE = "mine"
    """A list of one's clients: its topic, its page."""
    BILLING = "bill"
    """Quotas: of a client, or a page of all."""
    SIGNAL_ANSWER = "sa"
    """Says that a signal is in work, or that the client was called: the argument."""
    SIGNAL_LATER = "sl"
    """Not before the date in the argument; without one: asks which."""
    SIGNAL_WRONG = "sw"
    """The rule is wrong, for the reason in the argument; without one: asks why."""
    SIGNAL_TEXT = "stext"
    SIGNALS = "sigs"
    """How this chat hears of signals."""
    CHART = "chart"
    """A picture: its kind, then what it is of."""
    THEME = "theme"
    """The same picture, light instead of dark or the other way round, from now on."""
    SHEET = "sheet"
    """The figures behind a picture, as a file."""
    CALL = "call"
    """A call to the client: how it went, and when to call again."""
    WATCH = "watch"
    """Work at a client and the watch after it; the number is the watch's."""
    VERSIONS = "vers"
    AGENT = "agent"
    """Scripts of reports for a client; the number says for which system, 0 asks."""
    WHY = "why"
    """What was decided about an incident; the argument is the page."""
    WHY_CLIENT = "whyc"
    """The same about a client, named in the argument; the number is the page."""


WORDS = frozenset(action.value for action in Action)


@dataclass(frozen=True, slots=True)
class Press:
    """One press, read from a button: what is asked, of which incident (or silence, page, proposal), with what word."""

    action: Action
    id: int = 0
    arg: str = ""


def pack(action: Action, id: int = 0, arg: str = "") -> str:  # noqa: A002 - the number of what is meant
    """Return the data of a button.

    Raises:
        ValueError: the data would not fit into 64 bytes; the argument is too long for a button.

    """
    data = SEPARATOR.join([VERSION, action.value, to_base36(id), *([arg] if arg else [])])
    if len(data.encode()) > LIMIT:
        raise ValueError(f"button data over {LIMIT} bytes: {data!r}")
    return data


def parse(data: str) -> Press | None:
    """Read the data of a button; None = not ours, of another version, or mangled. Never raises."""
    version, _, rest = data.partition(SEPARATOR)
    action, _, rest = rest.partition(SEPARATOR)
    number, _, arg = rest.partition(SEPARATOR)
    if version != VERSION or action not in WORDS:
        return None
    id_ = from_base36(number)
    return None if id_ is None else Press(Action(action), id_, arg)


def moment_word(at: datetime) -> str:
    """Return a moment as a button's argument, to the minute."""
    return to_base36(int(at.timestamp()) // 60)


def moment_of(word: str) -> datetime | None:
    """Read a moment from a button's argument; None for anything that is none. Never raises."""
    minutes = from_base36(word)
    return None if minutes is None or minutes > LAST_MINUTE else datetime.fromtimestamp(minutes * 60, UTC)


def to_base36(number: int) -> str:
    """Write ``number`` (not negative: chats never travel in buttons) in base 36."""
    if number < 0:
        raise ValueError(f"a number in a button is not negative: {number}")
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = BASE36[digit] + digits
        if not number:
            return digits


def from_base36(text: str) -> int | None:
    """Read a number in base 36 as ``to_base36`` writes it; None for anything else."""
    if not text or len(text) > 13 or any(letter not in BASE36 for letter in text):  # noqa: PLR2004 - 36**13 > 2**63
        return None
    number = int(text, 36)
    return number if number < LARGEST_ID else None
