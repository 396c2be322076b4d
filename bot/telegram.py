"""Speaks to Telegram: a session that tries several proxies, and one place that knows what each answer means."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

CONNECT_TIMEOUT = 10.0
DIRECT = "direct"
LOST_IN_A_ROW = 2
"""So many lost answers in a row, and the way itself is doubted."""
TEXT_LIMIT = 4096
CLIP_AT = 3800

# ── what an answer means ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Sent:
    """It is in the chat."""

    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """The message already looked like that."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not sent; ``seconds`` is what Telegram asks for, None when it does not say."""

    seconds: float | None


@dataclass(frozen=True, slots=True)
class NotSent:
    """Surely not sent: nobody was reached, or our token was not accepted."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer was lost: the call may have taken effect."""

    why: str


@dataclass(frozen=True, slots=True)
class Dead:
    """Nothing can be said in this chat any more."""

    why: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """Not sent: the chat has another id now."""

    to: int


@dataclass(frozen=True, slots=True)
class LostTopic:
    """Not sent: the topic was deleted or closed."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The message that was to be edited is no longer there, or can no longer be edited."""


@dataclass(frozen=True, slots=True)
class BadText:
    """Not sent: the text or the buttons are not to Telegram's liking; plain text may be."""

    why: str


Meaning = Sent | NotModified | Wait | NotSent | Unknown | Dead | Migrated | LostTopic | Gone | BadText

_NOT_MODIFIED = ("message is not modified",)
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid", "message identifier is not")
_TOPIC = ("message thread not found", "topic_closed", "topic_deleted", "topic is closed", "thread_id_invalid")
_DEAD = (
    "chat not found",
    "peer_id_invalid",
    "have no rights to send",
    "not enough rights to send",
    "chat_write_forbidden",
    "group chat was deactivated",
    "user is deactivated",
    "chat_restricted",
    "need administrator rights",
)


def meaning_of(error: Exception) -> Meaning:
    """Sort an error of aiogram or aiohttp by what it means for the message; anything unheard of is *unknown*."""
    why = redact(f"{type(error).__name__}: {error}")
    match error:
        case TelegramRetryAfter():
            return Wait(float(error.retry_after))
        case TelegramMigrateToChat():
            return Migrated(error.migrate_to_chat_id)
        case TelegramForbiddenError():
            return Dead(why)
        case TelegramUnauthorizedError() | TelegramNotFound():
            return NotSent(why)
        case TelegramBadRequest() | TelegramEntityTooLarge():
            return _refusal(error.message, why)
        case TelegramNetworkError():
            return NotSent(why) if surely_unsent(error) else Unknown(why)
        case TelegramAPIError() if "too many requests" in error.message.lower():
            return Wait(None)
        case ProxyError() | ProxyConnectionError() | ProxyTimeoutError():
            return NotSent(why)
        case _:  # 5xx, a page instead of JSON (ClientDecodeError), TimeoutError, and what nobody has seen yet
            return Unknown(why)


def _refusal(said: str, why: str) -> Meaning:
    text = said.lower()
    for words, meaning in ((_NOT_MODIFIED, NotModified()), (_GONE, Gone()), (_TOPIC, LostTopic()), (_DEAD, Dead(why))):
        if any(word in text for word in words):
            return meaning
    return BadText(why)


def surely_unsent(error: BaseException) -> bool:
    """Say whether a network error happened before anything was written: no name, no connection, no proxy."""
    cause = error.__cause__ if isinstance(error, TelegramNetworkError) else error
    return isinstance(
        cause,
        (
            aiohttp.ClientConnectorError,
            aiohttp.ConnectionTimeoutError,
            aiohttp.InvalidURL,
            ProxyError,
            ProxyConnectionError,
            ProxyTimeoutError,
        ),
    )


async def ask(bot: Bot, method: TelegramMethod[Any], *, seconds: float) -> Meaning:
    """Make one call and say what came of it; never raises but for cancellation."""
    try:
        async with asyncio.timeout(seconds + CONNECT_TIMEOUT):
            result = await bot(method, request_timeout=max(1, int(seconds)))
    except Exception as error:  # noqa: BLE001 - sorted in one place, whatever it is
        return meaning_of(error)
    return Sent(getattr(result, "message_id", None))


_TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{5,}|(?<=/bot)[^/\s]+")


def redact(text: str) -> str:
    """Take the bot's token out of a text that may carry a URL of the Bot API."""
    return _TOKEN.sub("***", text)


# ── the text as Telegram counts it ────────────────────────────────────────────────────────────────────────────────


def plain(text: str) -> str:
    """Return an HTML message without its markup."""
    return html.unescape(re.sub(r"<[^<>]*>", "", text))


def units(text: str) -> int:
    """Count UTF-16 units, as Telegram does."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clipped(text: str, limit: int = CLIP_AT) -> str:
    """Cut plain text so that it fits, at a line's end where one is near."""
    if units(text) <= limit:
        return text
    cut = text.encode("utf-16-le", "surrogatepass")[: (limit - 2) * 2].decode("utf-16-le", "ignore")
    head, _, tail = cut.rpartition("\n")
    return (head if head and len(tail) < limit // 4 else cut) + "\n…"


# ── the session ───────────────────────────────────────────────────────────────────────────────────────────────────


class Session(BaseSession):
    """Reaches the Bot API directly or through the first of several proxies that works.

    A call goes to the next one at once only when it was surely not sent. A proxy that takes calls and lets them hang is
    left as well: after two lost answers in a row the next call goes another way. ``direct`` in the list means no proxy.
    """

    def __init__(self, *, api_url: str | None = None, proxies: Sequence[str] = (), timeout: float = 15.0) -> None:
        api = PRODUCTION if api_url is None else TelegramAPIServer.from_base(api_url)
        super().__init__(api=api, timeout=timeout)
        ways: Sequence[str | None] = [None if one == DIRECT else one for one in proxies] or [None]
        self._lines = [AiohttpSession(proxy=way, api=api, timeout=timeout) for way in ways]
        self._at = 0
        self._lost = 0

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's
    ) -> TelegramType:
        total = self.timeout if timeout is None else timeout
        limit: Any = aiohttp.ClientTimeout(total=total, sock_connect=min(CONNECT_TIMEOUT, total))
        for left in range(len(self._lines) - 1, -1, -1):
            at = self._at
            try:
                result = await self._lines[at].make_request(bot, method, limit)
            except (ProxyError, ProxyConnectionError, ProxyTimeoutError) as error:
                failure = TelegramNetworkError(method=method, message=f"proxy: {type(error).__name__}")
                failure.__cause__ = error
            except TelegramNetworkError as error:
                failure = error
            except TelegramAPIError:
                self._lost = 0
                raise
            else:
                self._lost = 0
                return result
            if not surely_unsent(failure):
                self._doubt(at)
            if not surely_unsent(failure) or not left:
                raise failure
            self._at = (at + 1) % len(self._lines)
        raise AssertionError("a session has at least one line")

    def _doubt(self, at: int) -> None:
        """Note a lost answer; calls in flight together count once for the line they went by."""
        if at != self._at:
            return
        self._lost += 1
        if self._lost >= LOST_IN_A_ROW:
            self._lost = 0
            self._at = (at + 1) % len(self._lines)

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109 - aiogram's signature
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        line = self._lines[self._at]
        async for chunk in line.stream_content(url, headers, timeout, chunk_size, raise_for_status):
            yield chunk

    async def close(self) -> None:
        await asyncio.gather(*(line.close() for line in self._lines))


__all__ = ["ClientDecodeError", "Meaning", "Session", "ask", "meaning_of", "redact"]
