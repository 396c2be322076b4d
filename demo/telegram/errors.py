"""How the Bot API says no: one exception that carries code, words and parameters of a refused call."""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):  # noqa: N818 - what it is, not what went wrong
    """A call that Telegram answers with ``ok: false``."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters: Mapping[str, int] = parameters

    def answer(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return answer | {"parameters": dict(self.parameters)} if self.parameters else answer


def bad(reason: str, **parameters: int) -> Refusal:
    return Refusal(400, f"Bad Request: {reason}", **parameters)


def forbidden(reason: str) -> Refusal:
    return Refusal(403, f"Forbidden: {reason}")


def conflict(reason: str) -> Refusal:
    return Refusal(409, f"Conflict: {reason}")


def flood(seconds: int | None) -> Refusal:
    """Build a 429; Telegram leaves ``retry_after`` out now and then, so it may be None."""
    if seconds is None:
        return Refusal(429, "Too Many Requests")
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
