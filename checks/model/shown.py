"""What a chat is shown: a message and its buttons."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One inline button; exactly one of ``data``, ``url``, ``copy`` is set."""

    text: str
    data: str | None = None
    url: str | None = None
    copy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A rendered message: HTML under 3,800 UTF-16 units, its buttons, and the same words without markup."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()

    @property
    def digest(self) -> str:
        """A short fingerprint: equal digests look equal in the chat."""
        return sha256(repr((self.text, self.buttons)).encode()).hexdigest()[:16]
